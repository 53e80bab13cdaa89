//! Vector tiles: `/tiles/{layer}/{z}/{x}/{y}.mvt`, with the filter of the page in the query. Layers are `sites`, `regions` and
//! `chargers`, which lives beside the ledger and is never kept.

use axum::extract::{Extension, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::{Level, Problem};
use ledger::rules::Light;
use maps::mercator::DEEPEST;
use maps::tile::{Layer, Value, encode};
use maps::{Shape, TileId};
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Path, Query, Result, Route, Step};

use super::{Atlas, Filter, Snapshot};
use crate::chargers::layer::{self, Live};
use crate::chargers::uncached;

const ROUTES: &[Route] = &[Route::get("/tiles/{layer}/{z}/{x}/{y}", Access::Public)];

/// Routes and their list.
pub(crate) fn step(atlas: &Atlas, live: &Live) -> Step {
    let router = OpenApiRouter::new()
        .route("/tiles/{layer}/{z}/{x}/{y}", get(serve))
        .layer(Extension(atlas.clone()))
        .layer(Extension(live.clone()));
    Step { router, routes: ROUTES }
}

/// Sites are put together in cells of this many halvings of a tile: 64 pixels at the usual size.
const CLUSTER_DEPTH: u8 = 3;

/// How far signs of clusters keep away from the edges of their cells, in sides of a cell: 18 pixels, so that those of
/// neighbours do not lie on each other.
pub(crate) const APART: f64 = 0.28;

/// From this zoom on every site stands for itself, unless it shares its very spot with others.
const SINGLE_FROM: u8 = 15;

/// From this zoom on lines and areas are drawn beside the points that stand for them.
const SHAPES_FROM: u8 = 9;

/// From these zooms on counties and towns are drawn.
const COUNTIES_FROM: u8 = 6;
const TOWNS_FROM: u8 = 10;

const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

async fn serve(
    State(app): State<App>,
    Extension(atlas): Extension<Atlas>,
    Extension(live): Extension<Live>,
    Path((layer, z, x, y)): Path<(String, u8, u32, String)>,
    Query(filter): Query<Filter>,
    Query(piles): Query<layer::Asked>,
) -> Result<Response> {
    let missing = || Problem::not_found("没有这个图块", "There is no such tile");
    let y: u32 = y.strip_suffix(".mvt").and_then(|y| y.parse().ok()).ok_or_else(missing)?;
    let tile = TileId::new(z, x, y).filter(|tile| tile.z() <= DEEPEST).ok_or_else(missing)?;
    if layer == "chargers" {
        let bytes = live.now(&app.store).await?.tile(tile, piles.filter());
        return Ok(uncached(([(CONTENT_TYPE, MEDIA_TYPE)], bytes).into_response()));
    }
    let snapshot = atlas.now(&app.store).await?;
    let bytes = match layer.as_str() {
        "sites" => sites(&snapshot, tile, &filter),
        "regions" => regions(&snapshot, tile),
        _ => return Err(missing().into()),
    };
    // The entity tag, which is put on every answer, makes asking again cheap.
    let headers = [(CONTENT_TYPE, MEDIA_TYPE), (CACHE_CONTROL, "public, no-cache")];
    Ok((headers, bytes).into_response())
}

/// Clusters, sites, and their lines and areas.
pub fn sites(snapshot: &Snapshot, tile: TileId, filter: &Filter) -> Vec<u8> {
    let picked = filter.pick(snapshot);
    let depth = if tile.z() >= SINGLE_FROM { 12 } else { CLUSTER_DEPTH };
    let cells = if picked.everything {
        snapshot.index.cells(tile, depth, 1)
    } else {
        snapshot.index.cells_of(tile, depth, 1, |number| picked.holds(number))
    };
    let mut layer = Layer::new(tile, "sites");
    for cell in cells {
        match cell.members.first() {
            Some(number) if cell.count == 1 => {
                layer.point(u64::from(*number) + 1, cell.middle, tags(snapshot, *number));
            }
            _ => layer.point(
                0,
                cell.apart(tile, depth, APART),
                [("count", Value::from(i64::try_from(cell.count).unwrap_or(i64::MAX)))],
            ),
        }
    }
    let mut shapes = Layer::new(tile, "shapes");
    if tile.z() >= SHAPES_FROM {
        let around = tile.bounds(0.05);
        let here = snapshot.shapes.iter().filter(|one| one.bounds.meets(&around) && picked.holds(one.number));
        for one in here {
            shapes.shape(u64::from(one.number) + 1, &one.shape, tags(snapshot, one.number));
        }
    }
    encode(&[layer, shapes])
}

fn tags(snapshot: &Snapshot, number: u32) -> [(&'static str, Value); 4] {
    let record = snapshot.record(number);
    [
        ("code", snapshot.code(number).into()),
        ("name", snapshot.name(number).into()),
        ("light", record.light.map_or("none", Light::code).into()),
        ("stage", record.stage.code().into()),
    ]
}

/// Boundaries and their names.
pub fn regions(snapshot: &Snapshot, tile: TileId) -> Vec<u8> {
    let (mut areas, mut labels) = (Layer::new(tile, "regions"), Layer::new(tile, "labels"));
    let around = tile.bounds(0.05);
    for boundary in snapshot.boundaries.all().filter(|one| one.bounds.meets(&around)) {
        let level = boundary.region.level();
        let shown = match level {
            Level::Province => false,
            Level::City => true,
            Level::County => tile.z() >= COUNTIES_FROM,
            Level::Town | Level::Village => tile.z() >= TOWNS_FROM,
        };
        if !shown {
            continue;
        }
        let tags = || {
            [
                ("code", Value::from(boundary.region.short())),
                ("name", Value::from(boundary.name.as_str())),
                ("level", Value::from(level.code())),
                ("official", Value::Flag(boundary.official)),
            ]
        };
        let id = boundary.region.number();
        areas.shape(id, &boundary.shape, tags());
        labels.shape(id, &Shape::Point(boundary.label), tags());
    }
    encode(&[areas, labels])
}
