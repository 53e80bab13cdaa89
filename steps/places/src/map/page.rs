//! `/map`: the map with its filters, and beside it the same as lists, which need no script.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Level, RegionCode, Schedule, ScheduleBasis};
use ledger::board::{self, Matrix};
use ledger::entries::View;
use ledger::programmes::Outline;
use ledger::rules::{self, Light, LightRules};
use ledger::tables::programmes::Model as Programme;
use ledger::tables::projects::Model as Project;
use ledger::words::Purpose;
use maps::{BoundingBox, LngLat};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Query, Result, Route, Step, page};

use super::snapshot::Picked;
use super::{Atlas, Canvas, Filter, Pin, Snapshot};
use crate::chargers::layer::Live;
use crate::chargers::rules::Point;
use crate::chargers::shown::Seen;
use crate::chargers::store::nearest;
use crate::chargers::uncached;
use crate::sites::page::list;
use crate::sites::shown::{self, Listed};
use crate::sites::words::Stage;

const ROUTES: &[Route] = &[Route::get("/map", Access::Public).in_menu("地图", "Map")];

/// Routes and their list.
pub(crate) fn step(atlas: &Atlas, live: &Live) -> Step {
    let router = OpenApiRouter::new().route("/map", get(show));
    Step { router: router.layer(Extension(atlas.clone())).layer(Extension(live.clone())), routes: ROUTES }
}

/// Sites of a page of the list.
const AT_ONCE: usize = 30;

/// Charging stations beside the map.
const STATIONS: usize = 12;

/// What the address says beside the filter of sites.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    /// Where the list goes on: the number of sites passed over.
    after: String,
    /// Latitude and longitude of whoever asks what is near, rounded by their browser to a hundred metres.
    lat: String,
    lng: String,
    /// Whether charging stations are shown too.
    piles: String,
}

impl Asked {
    fn near(&self) -> Option<LngLat> {
        let point = LngLat::new(self.lng.trim().parse().ok()?, self.lat.trim().parse().ok()?);
        point.is_on_globe().then_some(point)
    }

    fn piles(&self) -> bool {
        !self.piles.is_empty()
    }

    /// The page with this filter, chargers shown as before.
    fn address(&self, query: &str) -> String {
        let piles = if self.piles() { "piles=1" } else { "" };
        let both = [query, piles].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        if both.is_empty() { "/map".to_owned() } else { format!("/map?{both}") }
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
    asked: Asked,
    near: Option<LngLat>,
    canvas: Canvas,
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
    stations: Vec<Seen>,
    demo: bool,
    outlines: Outlines,
}

/// Where the outlines come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outlines {
    Sketched,
    Mixed,
    Official,
}

impl Outlines {
    fn of(snapshot: &Snapshot) -> Self {
        let (mut official, mut sketched) = (false, false);
        for boundary in snapshot.boundaries.all() {
            official |= boundary.official;
            sketched |= !boundary.official;
        }
        match (official, sketched) {
            (true, true) => Self::Mixed,
            (true, false) => Self::Official,
            (false, _) => Self::Sketched,
        }
    }

    fn note(self, f: &Frame) -> &'static str {
        match self {
            Self::Sketched => f.lang.t("示意图，非行政区域界线", "Sketch, no official boundaries"),
            Self::Mixed => f.lang.t("部分边界为示意图", "Some outlines are sketches"),
            Self::Official => f.lang.t("边界由办公室导入", "Boundaries imported by the office"),
        }
    }
}

impl MapPage {
    /// Without any choice but the programme.
    fn cleared(&self) -> String {
        self.asked.address(&format!("programme={}", web::listing::escape(&self.filter.programme)))
    }

    /// The same without the place of whoever asks.
    fn everywhere(&self) -> String {
        self.asked.address(&self.filter.query(""))
    }

    /// With chargers, or without them.
    fn toggled(&self) -> String {
        Asked { piles: if self.asked.piles() { String::new() } else { "1".to_owned() }, ..Asked::default() }
            .address(&self.filter.query(""))
    }

    /// Whether a sketch would have to lie over a real map, where it is not drawn.
    fn hides_sketch(&self) -> bool {
        self.f.tianditu().is_some() && self.outlines == Outlines::Sketched
    }

    fn grouped(&self, number: &usize) -> String {
        figures::print_grouped((*number).into())
    }

    fn narrowed(&self) -> bool {
        !self.filter.query("programme").is_empty()
    }
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Extension(atlas): Extension<Atlas>,
    Extension(live): Extension<Live>,
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
        (Some(programme), Some(top)) => places(&app, &f, &snapshot, (&filter, &asked), (programme, top)).await?,
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
    let near = asked.near();
    let outlines = Outlines::of(&snapshot);
    let canvas = Canvas::of_many(&f, bounds(&snapshot, &picked, top)).sites(&filter.query("")).here(near);
    let canvas = canvas.note(outlines.note(&f));
    let canvas = if asked.piles() { canvas.piles("") } else { canvas };
    let stations = if asked.piles() { stations(&app, &live, near, top).await? } else { Vec::new() };
    let shown = MapPage {
        programmes: choices(
            snapshot.programmes.iter().map(|one| (one.slug.clone(), one.title_in(f.lang).to_owned())),
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
                let href = if chosen { rest } else { format!("{rest}&light={code}") };
                let href = asked.address(href.trim_start_matches('&'));
                (shown::light(f.lang, light), count, href, chosen)
            })
            .collect(),
        cut_off: places.cut_off,
        places: places.list,
        demo: programme.is_some_and(|programme| programme.demo),
        outlines,
        stations,
        near,
        canvas,
        place,
        sites,
        count,
        next,
        filter,
        asked,
        f,
    };
    let response = page(&shown)?;
    // Where somebody is stays with them, and chargers live beside the ledger.
    Ok(if near.is_some() || shown.asked.piles() { uncached(response) } else { response })
}

/// The charging stations beside the map: the nearest, else those of the place with most free connectors.
async fn stations(app: &App, live: &Live, near: Option<LngLat>, top: Option<RegionCode>) -> Result<Vec<Seen>> {
    let on = app.store.reader();
    let keys: Vec<(Uuid, Option<u32>)> = match near {
        Some(near) => {
            let found = nearest::nearest(on, Point::of_degrees(near), nearest::Filter::default(), STATIONS).await?;
            found.into_iter().map(|one| (one.station, Some(one.metres))).collect()
        }
        None => live.now(&app.store).await?.most_free(top, STATIONS).into_iter().map(|id| (id, None)).collect(),
    };
    Ok(Seen::all(on, &keys, app.store.clock().now_ms()).await?)
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
    let after = format!("{}&after={}", filter.query(""), skip + AT_ONCE);
    (numbers, goes_on.then(|| asked.address(after.trim_start_matches('&'))))
}

/// What the map opens with: the place, else what was picked, else the country.
fn bounds(snapshot: &Snapshot, picked: &Picked<'_>, top: Option<RegionCode>) -> BoundingBox {
    let place = top.and_then(|top| snapshot.boundaries.bounds(top));
    let around_sites = || {
        let points = picked.all().filter_map(|(number, _)| snapshot.point(number)).take(10_000);
        BoundingBox::around(points)
    };
    place.or_else(around_sites).unwrap_or(maps::suspect::CHINA)
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
    (filter, asked): (&Filter, &Asked),
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
    let regions: Vec<_> = children.iter().filter_map(|child| RegionCode::from_stored(child.code)).collect();
    let standings = match cut_off {
        // Towns are counted, not derived: programmes rarely reach down to them.
        Some(day) if level <= Level::County => Some(Standings::load(on, programme, &regions, day).await?),
        _ => None,
    };
    let mut list = Vec::with_capacity(children.len());
    for child in children {
        let Some(region) = RegionCode::from_stored(child.code) else { continue };
        let standing = standings.as_ref().and_then(|standings| standings.of(region));
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
            href: asked.address(format!("{query}&region={}", region.short()).trim_start_matches('&')),
            code: region.short(),
            name: child.name,
            light,
        });
    }
    Ok(Places { list, cut_off })
}

/// How the programme stands in places: all of them in as many statements as one.
struct Standings {
    outline: Outline,
    matrix: Matrix,
    schedule: Schedule,
    lights: LightRules,
}

impl Standings {
    async fn load<C: sea_orm::ConnectionTrait>(
        on: &C,
        programme: &Programme,
        places: &[RegionCode],
        day: NaiveDate,
    ) -> Result<Self> {
        let outline = Outline::load(on, programme.clone()).await?;
        let matrix = board::matrix(on, &outline, places, View { cut_off: Some(day), known: None }).await?;
        let basis = ScheduleBasis::parse(&programme.schedule_basis).unwrap_or_default();
        let schedule = Schedule::at(day, programme.year, basis);
        let lights = rules::rule_set(outline.region(), programme.year).into();
        Ok(Self { outline, matrix, schedule, lights })
    }

    /// Mean progress of the adopted projects at a place, each the mean of its indicators and capped at 100, what should be
    /// done by then, and the light of both; none where nothing is known.
    fn of(&self, place: RegionCode) -> Option<(Decimal, Decimal, Light)> {
        let adopted = |project: &&Project| {
            let category = self.outline.categories.iter().find(|row| row.id == project.category_id);
            category.is_some_and(|category| category.number.is_some())
        };
        let of_project = |project: &Project| {
            let own = self.outline.indicators.iter().filter(|row| {
                row.project_id == project.id
                    && row.purpose() == Purpose::Delivery
                    && self.outline.whole_of(row).is_none()
            });
            let each: Vec<_> = own.filter_map(|row| self.matrix.progress(place, row)).collect();
            rules::mean_progress(&each)
        };
        let each: Vec<_> = self.outline.projects.iter().filter(adopted).filter_map(of_project).collect();
        let mean = rules::mean_progress(&each)?;
        Some((mean, self.schedule.percent, rules::light(mean, &self.schedule, self.lights)))
    }
}
