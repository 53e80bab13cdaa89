//! `/map`: the map with its filters, and beside it the same as lists, which need no script.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Extension, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Level, RegionCode};
use ledger::board::Board;
use ledger::entries::View;
use ledger::rules::{self, Light};
use ledger::tables::programmes::Model as Programme;
use maps::{BoundingBox, LngLat};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Query, Result, Route, Step, page};

use super::snapshot::Picked;
use super::{Atlas, Filter, Snapshot};
use crate::sites::page::list;
use crate::sites::shown::{self, Listed};
use crate::sites::words::Stage;

const ROUTES: &[Route] = &[Route::get("/map", Access::Public).in_menu("地图", "Map")];

/// Routes and their list.
pub(crate) fn step(atlas: &Atlas) -> Step {
    Step { router: OpenApiRouter::new().route("/map", get(show)).layer(Extension(atlas.clone())), routes: ROUTES }
}

/// Sites of a page of the list.
const AT_ONCE: usize = 30;

/// Places whose progress is derived for one page.
const MOST_PLACES: usize = 24;

/// Everything that the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Where the list goes on: the number of sites passed over.
    after: String,
    /// Latitude and longitude of whoever asks what is near, rounded by their browser to a hundred metres.
    near: String,
}

impl Asked {
    fn near(&self) -> Option<LngLat> {
        let (lat, lng) = self.near.split_once(',')?;
        let point = LngLat::new(lng.trim().parse().ok()?, lat.trim().parse().ok()?);
        point.is_on_globe().then_some(point)
    }
}

/// A place with the light of its part of the programme.
struct Place {
    code: String,
    name: String,
    light: Option<Light>,
    shown: components::Light,
    percent: Option<(String, Bullet)>,
    sites: usize,
    href: String,
}

/// A choice of the filter: value, name, chosen.
type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "map/page.html")]
struct MapPage {
    f: Frame,
    filter: Filter,
    near: Option<LngLat>,
    programmes: Vec<Choice>,
    years: Vec<Choice>,
    categories: Vec<Choice>,
    kinds: Vec<Choice>,
    stages: Vec<Choice>,
    lights: Vec<(components::Light, usize, String, bool)>,
    places: Vec<Place>,
    place: Option<(String, String)>,
    cut_off: Option<NaiveDate>,
    sites: Vec<Listed>,
    count: usize,
    next: Option<String>,
    bounds: String,
    tiles: String,
    demo: bool,
    official: bool,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Extension(atlas): Extension<Atlas>,
    Query(mut filter): Query<Filter>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let snapshot = atlas.now(&app.store).await?;
    if filter.programme.is_empty() && filter.year.is_empty() {
        filter.programme = usual(&snapshot).map_or_else(String::new, |programme| programme.slug.clone());
    }
    let picked = filter.pick(&snapshot);
    let programme = snapshot.programmes.iter().find(|programme| programme.slug == filter.programme);
    let region: Option<RegionCode> = filter.region.parse().ok();
    let top = region.or_else(|| programme.and_then(|programme| RegionCode::from_stored(programme.region)));
    let places = match (programme, top) {
        (Some(programme), Some(top)) => places(&app, &f, &snapshot, &filter, (programme, top)).await?,
        _ => Places::default(),
    };
    let (numbers, next) = slice(&snapshot, &picked, &asked, &filter);
    let today = app.store.clock().today();
    let sites = list(&app, &f, &snapshot, today, numbers).await?;
    let lights = snapshot.lights(&picked);
    let count = lights.iter().map(|(_, count)| count).sum();
    let place = match region {
        Some(region) => Some((ledger::regions::name_in(app.store.reader(), region, i32::MAX).await?, region.short())),
        None => None,
    };
    let bounds = bounds(&snapshot, &picked, top);
    let query = filter.query("");
    let near = asked.near();
    let shown = MapPage {
        programmes: choices(
            snapshot.programmes.iter().map(|one| (one.slug.clone(), shown::heading(f.lang, one).to_owned())),
            &filter.programme,
        ),
        years: years(&snapshot, &filter),
        categories: choices(
            categories(&snapshot, &filter).into_iter().map(|name| (name.clone(), name)),
            &filter.category,
        ),
        kinds: choices(kinds(&snapshot).into_iter().map(|name| (name.clone(), name)), &filter.kind),
        stages: choices(
            Stage::ALL.into_iter().map(|stage| (stage.code().to_owned(), stage.name().get(f.lang).to_owned())),
            &filter.stage,
        ),
        lights: lights
            .into_iter()
            .map(|(light, count)| {
                let code = light.map_or("none", Light::code);
                let chosen = filter.light == code;
                let rest = filter.query("light");
                let href = if chosen { format!("/map?{rest}") } else { format!("/map?{rest}&light={code}") };
                (shown::light(f.lang, light), count, href, chosen)
            })
            .collect(),
        cut_off: places.cut_off,
        places: places.list,
        demo: programme.is_some_and(|programme| programme.demo),
        official: snapshot.boundaries.all().any(|boundary| boundary.official),
        tiles: if query.is_empty() { String::new() } else { format!("?{query}") },
        near,
        place,
        sites,
        count,
        next,
        bounds,
        filter,
        f,
    };
    let mut response = page(&shown)?;
    if near.is_some() {
        // Where somebody is stays with them.
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// The newest programme that has sites, else the newest of all.
fn usual(snapshot: &Snapshot) -> Option<&Programme> {
    let with_sites = |at: usize| snapshot.projects.iter().any(|project| project.programme == at && project.sites > 0);
    let found = (0..snapshot.programmes.len()).find(|at| with_sites(*at));
    snapshot.programmes.get(found.unwrap_or(0))
}

fn choices(all: impl Iterator<Item = (String, String)>, chosen: &str) -> Vec<Choice> {
    all.map(|(value, name)| (value.clone(), name, value == chosen)).collect()
}

fn years(snapshot: &Snapshot, filter: &Filter) -> Vec<Choice> {
    let mut years: Vec<i32> = snapshot.programmes.iter().map(|programme| programme.year).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    choices(years.into_iter().map(|year| (year.to_string(), year.to_string())), &filter.year)
}

fn categories(snapshot: &Snapshot, filter: &Filter) -> Vec<String> {
    let of_programme = snapshot.projects.iter().filter(|project| {
        project.sites > 0
            && (["", "all"].contains(&filter.programme.as_str())
                || snapshot.programmes[project.programme].slug == filter.programme)
    });
    let mut names: Vec<String> = Vec::new();
    for project in of_programme {
        if !names.contains(&project.category) {
            names.push(project.category.clone());
        }
    }
    names
}

fn kinds(snapshot: &Snapshot) -> Vec<String> {
    let mut kinds: Vec<String> = snapshot.kinds.iter().filter(|kind| !kind.is_empty()).cloned().collect();
    kinds.sort_unstable();
    kinds
}

/// The part of the list that is shown, and the address of the next part.
fn slice(
    snapshot: &Snapshot,
    picked: &Picked<'_>,
    asked: &Asked,
    filter: &Filter,
) -> (Vec<(u32, Option<f64>)>, Option<String>) {
    if let Some(near) = asked.near() {
        let found = snapshot.index.nearest(near, AT_ONCE, |number| picked.holds(number));
        return (found.into_iter().map(|(number, metres)| (number, Some(metres))).collect(), None);
    }
    let skip: usize = asked.after.parse().unwrap_or(0);
    let mut numbers: Vec<_> = picked.all().skip(skip).take(AT_ONCE + 1).map(|(number, _)| (number, None)).collect();
    let goes_on = numbers.len() > AT_ONCE;
    numbers.truncate(AT_ONCE);
    (numbers, goes_on.then(|| format!("/map?{}&after={}", filter.query(""), skip + AT_ONCE)))
}

/// What the map opens with: the place, else what was picked, else the country.
fn bounds(snapshot: &Snapshot, picked: &Picked<'_>, top: Option<RegionCode>) -> String {
    let place = top.and_then(|top| snapshot.boundaries.bounds(top));
    let around_sites = || {
        let points = picked.all().filter_map(|(number, _)| snapshot.point(number)).take(10_000);
        BoundingBox::around(points)
    };
    let bounds = place.or_else(around_sites).unwrap_or(maps::suspect::CHINA);
    format!("{:.4},{:.4},{:.4},{:.4}", bounds.min.lng, bounds.min.lat, bounds.max.lng, bounds.max.lat)
}

#[derive(Default)]
struct Places {
    list: Vec<Place>,
    cut_off: Option<NaiveDate>,
}

/// The places directly below one with their part of a programme: mean progress of its projects there, derived from the
/// ledger at the programme's usual cut-off, against the schedule.
async fn places(
    app: &App,
    f: &Frame,
    snapshot: &Snapshot,
    filter: &Filter,
    (programme, top): (&Programme, RegionCode),
) -> Result<Places> {
    let on = app.store.reader();
    let children = ledger::regions::children(on, top, programme.year).await?;
    let rest = Filter { region: String::new(), ..filter.clone() };
    let mut counts = BTreeMap::<RegionCode, usize>::new();
    let picked = rest.pick(snapshot);
    let level = children.first().and_then(|child| Level::from_number(child.level)).unwrap_or(Level::County);
    for (_, record) in picked.all() {
        if let Some(region) = RegionCode::from_stored(record.region) {
            *counts.entry(region.at(level)).or_default() += 1;
        }
    }
    let cut_off = programme.default_cut_off;
    let mut list = Vec::with_capacity(children.len());
    for (at, child) in children.into_iter().enumerate() {
        let Some(region) = RegionCode::from_stored(child.code) else { continue };
        let standing = match cut_off {
            // Towns are counted, not derived: a county has dozens, and programmes rarely reach down to them.
            Some(day) if at < MOST_PLACES && level <= Level::County => standing(on, programme, region, day).await?,
            _ => None,
        };
        let light = standing.map(|(_, _, light)| light);
        let query = rest.query("region");
        let bar = |(percent, due, light): (Decimal, Decimal, Light)| {
            use rust_decimal::prelude::ToPrimitive;
            let float = |value: Decimal| value.to_f64().unwrap_or_default();
            (percent.round_dp(1).to_string(), Bullet::new(float(percent), Some(float(due)), light.code()))
        };
        list.push(Place {
            shown: match light {
                Some(_) => shown::light(f.lang, light),
                None => components::Light { class: "", word: f.lang.t("没有数字", "no figures").to_owned() },
            },
            percent: standing.map(bar),
            sites: counts.get(&region).copied().unwrap_or(0),
            href: format!("/map?{query}&region={}", region.short()),
            code: region.short(),
            name: child.name,
            light,
        });
    }
    Ok(Places { list, cut_off })
}

/// Mean progress, what should be done by then, and the light of both.
async fn standing<C: sea_orm::ConnectionTrait>(
    on: &C,
    programme: &Programme,
    region: RegionCode,
    day: NaiveDate,
) -> Result<Option<(Decimal, Decimal, Light)>> {
    let view = View { cut_off: Some(day), known: None };
    let board = Board::at(on, programme.clone(), region, view).await?;
    let each: Vec<_> = board.adopted_projects().filter_map(|project| project.progress).collect();
    let mean = rules::mean_progress(&each).zip(board.schedule);
    Ok(mean.map(|(mean, schedule)| (mean, schedule.percent, board.light(mean, &schedule))))
}
