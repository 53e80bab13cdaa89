//! Sites as open data: `/api/v1/sites` as JSON, CSV, XLSX and GeoJSON, with the filter of the map.

use std::collections::HashMap;

use axum::extract::{Extension, State};
use axum::response::Response;
use kernel::{Lang, Problem};
use ledger::programmes;
use ledger::rules::Light;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, Step, download};

use super::export::{SiteRow, geometry};
use super::page::{none, public};
use super::shown;
use super::store;
use super::tables::sites::Model;
use crate::map::{Atlas, Filter, Snapshot};

const ROUTES: &[Route] = &[
    Route::get("/api/v1/sites", Access::Public),
    Route::get("/api/v1/sites/geojson", Access::Public),
    Route::get("/api/v1/sites/{code}", Access::Public),
];

/// Routes and their list.
pub(crate) fn step(atlas: &Atlas) -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(as_geojson))
        .routes(routes!(show))
        .layer(Extension(atlas.clone()));
    Step { router, routes: ROUTES }
}

/// Features of one GeoJSON answer.
const MOST_FEATURES: usize = 20_000;

/// Sites of published programmes
#[utoipa::path(get, path = "/api/v1/sites", tag = "places", params(
    ("programme" = Option<String>, Query, description = "A programme's name in addresses"),
    ("year" = Option<i32>, Query, description = "A year"),
    ("category" = Option<String>, Query, description = "A category's name"),
    ("light" = Option<String>, Query, description = "done, steady, behind, late or none"),
    ("stage" = Option<String>, Query, description = "planned, building, stopped, finished or in_use"),
    ("kind" = Option<String>, Query, description = "A sort of facility"),
    ("region" = Option<String>, Query, description = "A division's code; its subtree counts"),
    Paging,
), responses((status = 200, body = Slice<SiteRow>), (status = 422, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    Extension(atlas): Extension<Atlas>,
    Query(filter): Query<Filter>,
    wanted: Wanted,
) -> Result<Response> {
    let snapshot = atlas.now(&app.store).await?;
    let after: Option<u32> = wanted.after()?;
    let fetch = usize::try_from(wanted.fetch()).unwrap_or(usize::MAX);
    let picked = filter.pick(&snapshot);
    let behind = picked.all().map(|(number, _)| number).filter(|number| after.is_none_or(|after| *number > after));
    let numbers: Vec<u32> = behind.take(fetch).collect();
    let slice = Slice::cut(numbers, &wanted, u32::to_string);
    let keys: Vec<Uuid> = slice.items.iter().map(|number| snapshot.record(*number).id).collect();
    let rows = rows(&app, &snapshot, store::with_keys(app.store.reader(), &keys).await?, wanted.lang).await?;
    Slice { items: rows, next: slice.next }.reply(&wanted).await
}

/// Sites of published programmes as GeoJSON in WGS 84, 20,000 at most
#[utoipa::path(get, path = "/api/v1/sites/geojson", tag = "places", params(
    ("programme" = Option<String>, Query, description = "A programme's name in addresses"),
    ("region" = Option<String>, Query, description = "A division's code; its subtree counts"),
), responses((status = 200, content_type = "application/geo+json", body = Vec<u8>)))]
async fn as_geojson(
    State(app): State<App>,
    Extension(atlas): Extension<Atlas>,
    Query(filter): Query<Filter>,
) -> Result<Response> {
    let snapshot = atlas.now(&app.store).await?;
    let picked = filter.pick(&snapshot);
    let keys: Vec<Uuid> = picked.all().map(|(_, record)| record.id).take(MOST_FEATURES).collect();
    let found = store::with_keys(app.store.reader(), &keys).await?;
    let geometries: HashMap<String, _> = found.iter().map(|row| (row.code.clone(), geometry(row))).collect();
    let features: Vec<_> = rows(&app, &snapshot, found, Lang::Zh)
        .await?
        .into_iter()
        .map(|row| json!({ "type": "Feature", "id": row.code, "geometry": geometries.get(&row.code), "properties": row }))
        .collect();
    let all = json!({ "type": "FeatureCollection", "features": features });
    Ok(download::file(all.to_string().into_bytes(), "application/geo+json", "sites.geojson"))
}

/// One site by its short code
#[utoipa::path(get, path = "/api/v1/sites/{code}", tag = "places", params(("code" = String, Path)),
    responses((status = 200, body = SiteRow), (status = 404, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    Extension(atlas): Extension<Atlas>,
    Path(code): Path<String>,
) -> Result<axum::Json<SiteRow>> {
    let (row, _) = public(&app, &code).await?;
    let snapshot = atlas.now(&app.store).await?;
    let row = rows(&app, &snapshot, vec![row], Lang::Zh).await?.into_iter().next();
    let missing: Problem = none();
    Ok(axum::Json(row.ok_or(missing)?))
}

async fn rows(app: &App, snapshot: &Snapshot, found: Vec<Model>, lang: Lang) -> Result<Vec<SiteRow>> {
    let on = app.store.reader();
    let places = ledger::regions::names(on, found.iter().map(Model::region), i32::MAX).await?;
    let mut keys: Vec<Uuid> = found.iter().filter_map(|row| row.indicator_id).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut indicators = HashMap::new();
    for chunk in keys.chunks(1_000) {
        indicators.extend(programmes::indicators_among(on, chunk).await?.into_iter().map(|row| (row.id, row.name)));
    }
    let today = app.store.clock().today();
    let row = |row: Model| {
        let number = snapshot.number_of(row.id)?;
        let project = &snapshot.projects[snapshot.record(number).project as usize];
        let (light, region, stage, point) = (row.light(today), row.region(), row.stage(), row.point());
        Some(SiteRow {
            attributes: row.attributes(),
            quantity: row.quantity().map(|value| value.to_string()),
            money: row.money().map(|value| value.to_string()),
            indicator: row.indicator_id.and_then(|id| indicators.get(&id).cloned()),
            code: row.code,
            programme: snapshot.programmes[project.programme].slug.clone(),
            project: project.name.clone(),
            reference: row.reference,
            name: row.name,
            region: region.short(),
            place: places.get(&region).cloned().unwrap_or_default(),
            address: row.address,
            kind: row.kind,
            stage: stage.code(),
            light: light.map_or("none", Light::code),
            body: row.body,
            telephone: row.telephone,
            starts_on: row.starts_on,
            due_on: row.due_on,
            finished_on: row.finished_on,
            longitude: point.map(|point| point.lng),
            latitude: point.map(|point| point.lat),
            words: (stage.name().get(lang).to_owned(), shown::light(lang, light).word),
        })
    };
    Ok(found.into_iter().filter_map(row).collect())
}
