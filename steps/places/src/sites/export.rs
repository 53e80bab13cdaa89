//! Sites to take away: rows for lists, the sheet that the import reads, GeoJSON.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use figures::Decimal;
use kernel::{Lang, Problem, Text};
use ledger::programmes::{self, Outline};
use maps::{Crs, Shape, geojson};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Error, Result, Store};
use uuid::Uuid;
use web::download::{Cell, Row};

use super::import::{COLUMNS, Column};
use super::store as rows;
use super::tables::sites::Model;

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An Excel workbook.
    Xlsx,
    /// CSV in UTF-8 with a byte order mark.
    Csv,
    /// GeoJSON in WGS 84.
    GeoJson,
}

impl Format {
    /// The form that a word or a file's ending asks for.
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "xlsx" => Some(Self::Xlsx),
            "csv" => Some(Self::Csv),
            "geojson" | "json" => Some(Self::GeoJson),
            _ => None,
        }
    }

    /// The ending of such a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::GeoJson => "geojson",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// Writes the sites of a programme, as [`super::import`] reads them.
///
/// # Errors
/// Not found; when the target cannot be written.
pub async fn export(store: &Store, slug: &str, format: Format, target: &mut (dyn Write + Send)) -> Result<usize> {
    let on = store.reader();
    let missing = || Problem::not_found(format!("没有方案“{slug}”"), format!("there is no programme {slug}"));
    let programme = programmes::find(on, slug).await?.ok_or_else(missing)?;
    let outline = Outline::load(on, programme).await?;
    let all = rows::of_programme(on, outline.programme.id, &rows::Asked::default(), None, None).await?;
    let sheet = Sheet::of(&outline, &all);
    match format {
        Format::Csv => sheet.csv(target)?,
        Format::Xlsx => {
            let bytes = sheet.xlsx().map_err(std::io::Error::other)?;
            target.write_all(&bytes)?;
        }
        Format::GeoJson => sheet.geojson(target)?,
    }
    Ok(all.len())
}

struct Sheet<'a> {
    outline: &'a Outline,
    rows: &'a [Model],
    attributes: BTreeSet<String>,
    projects: HashMap<Uuid, &'a str>,
    indicators: HashMap<Uuid, &'a str>,
}

impl<'a> Sheet<'a> {
    fn of(outline: &'a Outline, rows: &'a [Model]) -> Self {
        Self {
            attributes: rows.iter().flat_map(|row| row.attributes().into_keys()).collect(),
            projects: outline.projects.iter().map(|row| (row.id, row.name.as_str())).collect(),
            indicators: outline.indicators.iter().map(|row| (row.id, row.name.as_str())).collect(),
            outline,
            rows,
        }
    }

    fn headings(&self) -> Vec<String> {
        let known = COLUMNS.iter().map(|column| column.1.to_owned());
        known.chain(self.attributes.iter().map(|name| format!("属性：{name}"))).collect()
    }

    fn value(&self, row: &Model, column: Column) -> Cell {
        let text = |text: &str| if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) };
        let given = || match row.content().given() {
            Some(Shape::Point(point)) => Some(point),
            _ => None,
        };
        let degrees = |degrees: f64| format!("{degrees:.7}").parse::<Decimal>().ok().map(|degrees| degrees.normalize());
        match column {
            Column::Programme => text(&self.outline.programme.slug),
            Column::Reference => text(&row.reference),
            Column::Name => text(&row.name),
            Column::Project => text(self.projects.get(&row.project_id).copied().unwrap_or_default()),
            Column::Indicator => {
                text(row.indicator_id.and_then(|id| self.indicators.get(&id).copied()).unwrap_or_default())
            }
            Column::Region => text(&row.region().short()),
            Column::Address => text(&row.address),
            Column::Kind => text(&row.kind),
            Column::Stage => text(&row.stage().name().zh),
            Column::Body => text(&row.body),
            Column::Telephone => text(&row.telephone),
            Column::StartsOn => row.starts_on.into(),
            Column::DueOn => row.due_on.into(),
            Column::FinishedOn => row.finished_on.into(),
            Column::Quantity => row.quantity().into(),
            Column::Money => row.money().into(),
            Column::Crs => row.given.as_ref().map(|_| row.crs.clone()).into(),
            Column::Longitude => given().and_then(|point| degrees(point.lng)).into(),
            Column::Latitude => given().and_then(|point| degrees(point.lat)).into(),
            Column::Note => text(&row.note),
        }
    }

    fn cells(&self, row: &Model) -> Vec<Cell> {
        let attributes = row.attributes();
        let known = COLUMNS.iter().map(|column| self.value(row, column.0));
        known.chain(self.attributes.iter().map(|name| attributes.get(name).cloned().into())).collect()
    }

    fn csv(&self, target: &mut (dyn Write + Send)) -> Result<()> {
        target.write_all(b"\xef\xbb\xbf")?;
        let mut writer = csv::Writer::from_writer(target);
        let broken = |error: csv::Error| Error::from(std::io::Error::other(error));
        writer.write_record(self.headings()).map_err(broken)?;
        for row in self.rows {
            writer.write_record(self.cells(row).iter().map(written)).map_err(broken)?;
        }
        Ok(writer.flush()?)
    }

    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let bold = Style::new().set_bold();
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("民生实事项目")?.set_freeze_panes(1, 0)?;
        for (at, heading) in (0_u16..).zip(self.headings()) {
            sheet.set_column_width(at, 16)?;
            sheet.write_string_with_format(0, at, heading, &bold)?;
        }
        for (number, row) in (1_u32..).zip(self.rows) {
            for (at, cell) in (0_u16..).zip(self.cells(row)) {
                match cell {
                    Cell::Number(value) => sheet.write_number(number, at, value.to_f64().unwrap_or_default())?,
                    Cell::Empty => sheet,
                    other => sheet.write_string(number, at, written(&other))?,
                };
            }
        }
        workbook.save_to_buffer()
    }

    fn geojson(&self, target: &mut (dyn Write + Send)) -> Result<()> {
        target.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
        for (at, row) in self.rows.iter().enumerate() {
            target.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            let mut properties = Map::new();
            for (heading, cell) in self.headings().into_iter().zip(self.cells(row)) {
                // Where it is stands in the geometry, in one system for all.
                let place = [Column::Longitude, Column::Latitude].map(Column::heading).contains(&heading.as_str());
                match cell {
                    Cell::Empty => {}
                    _ if place => {}
                    _ if heading == Column::Crs.heading() => {
                        properties.insert(heading, Crs::Wgs84.code().into());
                    }
                    Cell::Number(value) => {
                        let number = value.to_string().parse::<serde_json::Number>();
                        properties.insert(heading, number.map_or(Value::Null, Value::Number));
                    }
                    other => {
                        properties.insert(heading, written(&other).into());
                    }
                }
            }
            let feature =
                json!({ "type": "Feature", "id": row.code, "geometry": geometry(row), "properties": properties });
            target.write_all(feature.to_string().as_bytes())?;
        }
        target.write_all(b"\n]}\n")?;
        Ok(())
    }
}

fn written(cell: &Cell) -> String {
    match cell {
        // A spreadsheet would run it; the import takes the apostrophe off again.
        Cell::Text(text) if text.starts_with(['=', '+', '-', '@']) => format!("'{text}"),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Day(day) => day.to_string(),
        Cell::Empty => String::new(),
    }
}

/// Where a site is in WGS 84, as a GeoJSON geometry; `null` where nobody knows.
pub(crate) fn geometry(row: &Model) -> Value {
    let shape = row.shape.as_deref().and_then(geojson::parse_geometry);
    let shape = shape.or_else(|| row.point().map(Shape::Point));
    shape.map_or(Value::Null, |shape| geojson::geometry(&shape))
}

/// A site in the API.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SiteRow {
    /// The short code, as in `/s/{code}`.
    pub code: String,
    /// The programme's name in addresses.
    pub programme: String,
    pub project: String,
    pub indicator: Option<String>,
    /// The number that its office gave it.
    pub reference: String,
    pub name: String,
    /// The division: six, nine or twelve digits.
    pub region: String,
    pub place: String,
    pub address: String,
    pub kind: String,
    /// `planned`, `building`, `stopped`, `finished` or `in_use`.
    pub stage: &'static str,
    /// `done`, `steady`, `behind`, `late` or `none`.
    pub light: &'static str,
    pub body: String,
    pub telephone: String,
    pub starts_on: Option<chrono::NaiveDate>,
    pub due_on: Option<chrono::NaiveDate>,
    pub finished_on: Option<chrono::NaiveDate>,
    /// What it gives to the indicator, an exact decimal.
    pub quantity: Option<String>,
    /// Money in 万元, an exact decimal.
    pub money: Option<String>,
    /// Degrees east in WGS 84 (CGCS2000).
    pub longitude: Option<f64>,
    /// Degrees north.
    pub latitude: Option<f64>,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub attributes: std::collections::BTreeMap<String, String>,
    #[serde(skip)]
    pub words: (String, String),
}

impl Row for SiteRow {
    fn file_name() -> Text {
        Text::new("点位", "sites")
    }

    fn headings() -> Vec<Text> {
        let mut headings: Vec<Text> = [("编码", "code"), ("亮灯", "light"), ("地方", "place")]
            .into_iter()
            .map(|(zh, en)| Text::new(zh, en))
            .collect();
        headings.extend(COLUMNS.iter().map(|column| Text::new(column.1, column.2)));
        headings.push(Text::new("其他属性", "attributes"));
        headings
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        let decimal = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok()).into();
        let degrees = |value: Option<f64>| value.and_then(|value| format!("{value:.7}").parse::<Decimal>().ok()).into();
        let attributes: Vec<_> = self.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
        vec![
            self.code.as_str().into(),
            self.words.1.as_str().into(),
            self.place.as_str().into(),
            self.programme.as_str().into(),
            self.reference.as_str().into(),
            self.name.as_str().into(),
            self.project.as_str().into(),
            self.indicator.clone().into(),
            self.region.as_str().into(),
            self.address.as_str().into(),
            self.kind.as_str().into(),
            self.words.0.as_str().into(),
            self.body.as_str().into(),
            self.telephone.as_str().into(),
            self.starts_on.into(),
            self.due_on.into(),
            self.finished_on.into(),
            decimal(&self.quantity),
            decimal(&self.money),
            Crs::Wgs84.code().into(),
            degrees(self.longitude),
            degrees(self.latitude),
            "".into(),
            attributes.join("；").into(),
        ]
    }
}
