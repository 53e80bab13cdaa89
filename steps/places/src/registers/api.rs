//! Services in the API: the catalogue, and the registers as JSON, CSV and XLSX.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use kernel::{Lang, RegionCode, Text};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{self, Cell, Row};
use web::listing::{Format, Paging, Slice, Wanted};
use web::{Access, App, Error, Path, ProblemDetails, Query, Result, Route, Step};

use super::content::fields;
use super::nearby::{self, Found};
use super::public::{KindAsked, found, moment, service_of};
use crate::catalogue::details::{ServiceDetails, ServiceLine};
use crate::catalogue::{Catalogue, Service};

const ROUTES: &[Route] = &[
    Route::get("/api/v1/services", Access::Public),
    Route::get("/api/v1/services/{kind}", Access::Public),
    Route::get("/api/v1/services/{kind}/entries", Access::Public),
];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(entries))
        .layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

impl Row for ServiceLine {
    fn file_name() -> Text {
        Text::new("便民服务目录", "services")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("编号", "number"),
            Text::new("地址名", "slug"),
            Text::new("领域", "domain"),
            Text::new("服务", "service"),
            Text::new("英文名", "name in English"),
            Text::new("原型", "archetypes"),
            Text::new("属性数", "attributes"),
            Text::new("指标数", "indicators"),
            Text::new("公布值数", "published facts"),
        ]
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        let number = |number: usize| Cell::from(i64::try_from(number).unwrap_or(i64::MAX));
        vec![
            self.service.as_str().into(),
            self.slug.as_str().into(),
            self.domain.as_str().into(),
            self.name.zh.as_str().into(),
            self.name.en.as_str().into(),
            self.archetypes.join("+").into(),
            number(self.attributes),
            number(self.indicators),
            number(self.facts),
        ]
    }
}

/// The kinds of services that the catalogue knows, by number.
#[utoipa::path(get, path = "/api/v1/services", tag = "services", params(Paging),
    responses((status = 200, body = Slice<ServiceLine>), (status = 422, body = ProblemDetails)))]
async fn list(Extension(catalogue): Extension<Arc<Catalogue>>, wanted: Wanted) -> Result<Response> {
    let after: Option<String> = wanted.after()?;
    let lines = catalogue.services.iter().map(ServiceLine::from);
    let behind = lines.filter(|line| after.as_ref().is_none_or(|after| line.service > *after)).collect();
    Slice::cut(behind, &wanted, |line| line.service.clone()).reply(&wanted).await
}

/// One kind, by its number or its name in addresses: attributes, counting rules, hours, checklist, facts.
#[utoipa::path(get, path = "/api/v1/services/{kind}", tag = "services", params(("kind" = String, Path)),
    responses((status = 200, body = ServiceDetails), (status = 404, body = ProblemDetails)))]
async fn show(Extension(catalogue): Extension<Arc<Catalogue>>, Path(kind): Path<String>) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    Ok(axum::Json(ServiceDetails::of(&catalogue, service)).into_response())
}

/// An entry of a register, as everybody may see it.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct EntryDetails {
    id: Uuid,
    /// The number of the service.
    #[schema(example = "D017")]
    service: String,
    name: String,
    /// Six, nine or twelve digits.
    #[schema(example = "330226100")]
    region: String,
    address: String,
    /// Degrees east in WGS 84.
    lng: Option<f64>,
    /// Degrees north in WGS 84.
    lat: Option<f64>,
    /// Opening hours in Chinese notation.
    hours: Option<String>,
    /// Whether it is open at the moment; null where the hours are not known or it cannot be used yet.
    open: Option<bool>,
    /// Metres from the point that was asked for.
    metres: Option<f64>,
    grade: Option<String>,
    /// `planned`, `started`, `built`, `accepted`, `in_use` or `closed`.
    stage: String,
    /// The day from which it counts.
    as_of: chrono::NaiveDate,
    /// Public attributes by key.
    attributes: BTreeMap<String, String>,
    /// Made up for demonstration.
    demo: bool,
}

impl EntryDetails {
    fn of(service: &Service, one: &Found) -> Self {
        let content = &one.content;
        let point = nearby::point(&one.row);
        let attributes = service
            .public_attributes()
            .filter_map(|attribute| Some((attribute.key.clone(), content.values.get(&attribute.key)?.clone())));
        Self {
            id: one.row.id,
            service: service.code.clone(),
            name: content.name.clone(),
            region: content.region.short(),
            address: content.address.clone(),
            lng: point.map(|point| point.lng),
            lat: point.map(|point| point.lat),
            hours: content.open_hours(service).map(|hours| hours.to_string()),
            open: one.state.map(crate::hours::State::is_open),
            metres: one.metres.map(f64::round),
            grade: Some(content.grade.clone()).filter(|grade| !grade.is_empty()),
            stage: content.stage.code().to_owned(),
            as_of: content.as_of,
            attributes: attributes.collect(),
            demo: one.row.demo,
        }
    }
}

/// What narrows a register.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "documents the query, which is read as a map because attributes differ by service")]
struct Narrowed {
    /// Words in name or address.
    q: Option<String>,
    /// A division code: entries in it and below.
    region: Option<String>,
    /// `1`: only what is open at the moment.
    open: Option<String>,
    /// The key of a grade.
    grade: Option<String>,
    /// Degrees north of a point: the nearest first.
    lat: Option<f64>,
    /// Degrees east of that point.
    lng: Option<f64>,
    /// The code of a division: the nearest to the middle of what is registered there first.
    near: Option<String>,
}

/// The entries of a register; choices among attributes narrow it as `a-<key>=<value>`.
#[utoipa::path(get, path = "/api/v1/services/{kind}/entries", tag = "services", params(("kind" = String, Path), Paging, Narrowed),
    responses((status = 200, body = Slice<EntryDetails>), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn entries(
    Shared(app): Shared<App>,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    wanted: Wanted,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let (found, _) = found(&app, service, &KindAsked::read(service, &query), moment(&app)).await?;
    let slice = Slice::of_all(found, &wanted)?;
    if wanted.format != Format::Json {
        return sheet(service, &slice.items, wanted.format, wanted.lang, true).await;
    }
    Ok(axum::Json(slice.map(|one| EntryDetails::of(service, &one))).into_response())
}

/// A register as a sheet with the headings of the template, so that it can be changed and taken in again.
pub(super) async fn sheet(
    service: &Service,
    found: &[Found],
    format: Format,
    lang: Lang,
    public: bool,
) -> Result<Response> {
    let shown = |field: &str| {
        let attribute = field.strip_prefix("a-").and_then(|key| service.attribute(key));
        !public || attribute.is_none_or(|attribute| attribute.public)
    };
    let fields: Vec<(String, Text)> = fields(service).into_iter().filter(|(field, _)| shown(field)).collect();
    let headings: Vec<String> = fields.iter().map(|(_, name)| name.get(lang).to_owned()).collect();
    let rows: Vec<Vec<String>> = found.iter().map(|one| cells(service, one, &fields, lang)).collect();
    let name = format!("{}.{}", service.name.get(lang), if format == Format::Csv { "csv" } else { "xlsx" });
    if format == Format::Csv {
        let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
        for row in std::iter::once(&headings).chain(&rows) {
            writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(Error::fault)?;
        }
        let bytes = writer.into_inner().map_err(|error| Error::fault(error.into_error()))?;
        return Ok(download::file(bytes, "text/csv; charset=utf-8", &name));
    }
    let written = tokio::task::spawn_blocking(move || workbook(&headings, &rows)).await;
    let bytes = written.map_err(Error::fault)?.map_err(Error::fault)?;
    Ok(download::file(bytes, super::imports::XLSX, &name))
}

fn workbook(headings: &[String], rows: &[Vec<String>]) -> std::result::Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let bold = rust_xlsxwriter::Format::new().set_bold();
    sheet.set_freeze_panes(1, 2)?;
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.set_column_width(column, 16)?;
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell)?;
        }
    }
    workbook.save_to_buffer()
}

/// Text that a spreadsheet would run as a formula gets an apostrophe in front; reading a sheet takes it away again.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() }
}

fn cells(service: &Service, one: &Found, fields: &[(String, Text)], lang: Lang) -> Vec<String> {
    let typed = one.content.typed();
    let text = |field: &String| {
        let kept = typed.get(field).cloned().unwrap_or_default();
        if kept.is_empty() {
            return kept;
        }
        match field.as_str() {
            "stage" => one.content.stage.name().get(lang).to_owned(),
            "grade" => service.grade(&kept).map(|grade| grade.name.get(lang).to_owned()).unwrap_or(kept),
            "region" => RegionCode::short(one.content.region),
            _ => match field.strip_prefix("a-").and_then(|key| service.attribute(key)) {
                Some(attribute) => attribute.show(&kept, lang),
                None => kept,
            },
        }
    };
    fields.iter().map(|(field, _)| text(field)).collect()
}
