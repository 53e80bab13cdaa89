//! Sites to take away: rows for lists, the sheet that the import reads, GeoJSON.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use figures::Decimal;
use kernel::{Lang, Problem, Text};
use ledger::programmes::{self, Outline};
use maps::{Crs, Shape, geojson};
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format as Style, Workbook, XlsxError};
use sea_orm::DatabaseConnection;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Result, Store};
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

/// How many sites are held in memory at once.
const PART: u64 = 1_000;

/// Writes the sites of a programme by reference, as [`super::import`] reads them, and says how many there are.
///
/// They are read twice, in parts: a sheet's headings name every attribute before the first row.
///
/// # Errors
/// Not found; when the target cannot be written.
pub async fn export(store: &Store, slug: &str, format: Format, target: &mut (dyn Write + Send)) -> Result<usize> {
    let on = store.reader();
    let missing = || Problem::not_found(format!("没有方案“{slug}”"), format!("there is no programme {slug}"));
    let programme = programmes::find(on, slug).await?.ok_or_else(missing)?;
    let outline = Outline::load(on, programme).await?;
    let mut attributes = BTreeSet::new();
    let mut parts = Parts { on, programme: outline.programme.id, last: None };
    while let Some(rows) = parts.next().await? {
        attributes.extend(rows.iter().flat_map(|row| row.attributes().into_keys()));
    }
    let sheet = Sheet::of(&outline, attributes);
    let mut file = sheet.begin(format, target)?;
    let mut count = 0;
    let mut parts = Parts { last: None, ..parts };
    while let Some(rows) = parts.next().await? {
        count += rows.len();
        for row in &rows {
            file.add(&sheet, row)?;
        }
    }
    file.finish()?;
    Ok(count)
}

/// The sites of a programme, [`PART`] at a time.
struct Parts<'a> {
    on: &'a DatabaseConnection,
    programme: Uuid,
    /// The last reference that was read.
    last: Option<String>,
}

impl Parts<'_> {
    async fn next(&mut self) -> Result<Option<Vec<Model>>> {
        let asked = rows::Asked::default();
        let part = rows::of_programme(self.on, self.programme, &asked, self.last.take(), Some(PART)).await?;
        self.last = part.last().map(|row| row.reference.clone());
        Ok(Some(part).filter(|part| !part.is_empty()))
    }
}

/// What the columns of a row are.
struct Sheet<'a> {
    outline: &'a Outline,
    attributes: BTreeSet<String>,
    headings: Vec<String>,
    projects: HashMap<Uuid, &'a str>,
    indicators: HashMap<Uuid, &'a str>,
}

impl<'a> Sheet<'a> {
    fn of(outline: &'a Outline, attributes: BTreeSet<String>) -> Self {
        let known = COLUMNS.iter().map(|column| column.1.to_owned());
        Self {
            headings: known.chain(attributes.iter().map(|name| format!("属性：{name}"))).collect(),
            attributes,
            projects: outline.projects.iter().map(|row| (row.id, row.name.as_str())).collect(),
            indicators: outline.indicators.iter().map(|row| (row.id, row.name.as_str())).collect(),
            outline,
        }
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

    /// A file with its headings and no site yet.
    fn begin<'t>(&self, format: Format, target: &'t mut (dyn Write + Send)) -> Result<Open<'t>> {
        Ok(match format {
            Format::Csv => {
                target.write_all(b"\xef\xbb\xbf")?;
                let mut writer = csv::Writer::from_writer(target);
                writer.write_record(&self.headings).map_err(std::io::Error::other)?;
                Open::Csv(Box::new(writer))
            }
            Format::Xlsx => {
                let workbook = Box::new(self.workbook().map_err(std::io::Error::other)?);
                Open::Xlsx { workbook, rows: 1, target }
            }
            Format::GeoJson => {
                target.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
                Open::GeoJson { target, between: b"\n" }
            }
        })
    }

    fn workbook(&self) -> Result<Workbook, XlsxError> {
        let mut workbook = Workbook::new();
        let bold = Style::new().set_bold();
        // Rows go to a file of its own while they are written.
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("民生实事项目")?.set_freeze_panes(1, 0)?;
        for (at, heading) in (0_u16..).zip(&self.headings) {
            sheet.set_column_width(at, 16)?;
            sheet.write_string_with_format(0, at, heading, &bold)?;
        }
        Ok(workbook)
    }

    /// A site as a GeoJSON feature.
    fn feature(&self, row: &Model) -> Value {
        let mut properties = Map::new();
        for (heading, cell) in self.headings.iter().zip(self.cells(row)) {
            // Where it is stands in the geometry, in one system for all.
            let place = [Column::Longitude, Column::Latitude].map(Column::heading).contains(&heading.as_str());
            let value = match cell {
                Cell::Empty => continue,
                _ if place => continue,
                _ if heading == Column::Crs.heading() => Crs::Wgs84.code().into(),
                Cell::Number(value) => value.to_string().parse().map_or(Value::Null, Value::Number),
                other => written(&other).into(),
            };
            properties.insert(heading.clone(), value);
        }
        json!({ "type": "Feature", "id": row.code, "geometry": geometry(row), "properties": properties })
    }
}

/// A file to which sites are added.
enum Open<'t> {
    Csv(Box<csv::Writer<&'t mut (dyn Write + Send)>>),
    Xlsx { workbook: Box<Workbook>, rows: u32, target: &'t mut (dyn Write + Send) },
    GeoJson { target: &'t mut (dyn Write + Send), between: &'static [u8] },
}

impl Open<'_> {
    fn add(&mut self, sheet: &Sheet<'_>, row: &Model) -> Result<()> {
        match self {
            Self::Csv(writer) => {
                writer.write_record(sheet.cells(row).iter().map(written)).map_err(std::io::Error::other)?;
            }
            Self::Xlsx { workbook, rows, .. } => {
                add_row(workbook, *rows, sheet.cells(row)).map_err(std::io::Error::other)?;
                *rows += 1;
            }
            Self::GeoJson { target, between } => {
                target.write_all(between)?;
                target.write_all(sheet.feature(row).to_string().as_bytes())?;
                *between = b",\n";
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush()?,
            Self::Xlsx { mut workbook, target, .. } => {
                target.write_all(&workbook.save_to_buffer().map_err(std::io::Error::other)?)?;
            }
            Self::GeoJson { target, .. } => target.write_all(b"\n]}\n")?,
        }
        Ok(())
    }
}

fn add_row(workbook: &mut Workbook, number: u32, cells: Vec<Cell>) -> Result<(), XlsxError> {
    let sheet = workbook.worksheet_from_index(0)?;
    for (at, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Number(value) => sheet.write_number(number, at, value.to_f64().unwrap_or_default())?,
            Cell::Empty => sheet,
            other => sheet.write_string(number, at, written(&other))?,
        };
    }
    Ok(())
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
