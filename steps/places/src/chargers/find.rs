//! 一键找桩: the nearest free connector, by position, by place, by name, or near a station; works without script.

use askama::Template;
use axum::extract::{Extension, State as Shared};
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use evcs::lenient::scaled;
use kernel::{Level, Problem, RegionCode};
use maps::BoundingBox;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Frame, Query, Result, Route, Step, components, page};

use super::layer::{self, Live, Stations};
use super::rules::Point;
use super::shown::Seen;
use super::store::nearest::{self, Filter};
use super::store::rural::Sums;
use super::store::{listing, operators};
use super::uncached;
use crate::map::{Canvas, Pin};

const ROUTES: &[Route] = &[Route::get("/chargers", Access::Public).in_menu("找充电桩", "Chargers")];

/// Routes and their list.
pub(crate) fn step(live: &Live) -> Step {
    let router = OpenApiRouter::new().route("/chargers", get(show)).layer(Extension(live.clone()));
    Step { router, routes: ROUTES }
}

/// Stations on the page.
const SHOWN: usize = 20;

/// Of these, those with which the map opens around somebody.
const IN_SIGHT: usize = 5;

/// Stations that are looked at where opening hours, which are words, have to be read.
const LOOKED_AT: usize = 120;

/// What is asked for. Everything may be missing or nonsense: the page then says so.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) lat: String,
    pub(crate) lng: String,
    pub(crate) near: String,
    pub(crate) place: String,
    pub(crate) q: String,
    pub(crate) kind: String,
    pub(crate) free: String,
    pub(crate) open: String,
    pub(crate) rural: String,
}

impl Asked {
    /// What of it narrows the map as well.
    fn layer(&self) -> layer::Asked {
        let [kind, free, rural] = [&self.kind, &self.free, &self.rural].map(Clone::clone);
        layer::Asked { kind, free, rural }
    }

    fn filter(&self) -> Filter {
        self.layer().filter()
    }

    /// The same for the addresses of tiles.
    fn tiles(&self) -> String {
        let Filter { fast, free, rural } = self.filter();
        let kind = fast.map(|fast| if fast { "kind=fast" } else { "kind=slow" });
        let all = [kind, free.then_some("free=1"), rural.then_some("rural=1")];
        all.into_iter().flatten().collect::<Vec<_>>().join("&")
    }

    /// The position, in WGS 84 as browsers give it.
    pub(crate) fn point(&self) -> Result<Option<Point>, Problem> {
        if self.lat.is_empty() && self.lng.is_empty() {
            return Ok(None);
        }
        let millionths = |text: &str, most: i64| {
            scaled(text, 6).filter(|at| at.abs() <= most * 1_000_000).and_then(|at| i32::try_from(at).ok())
        };
        match (millionths(&self.lat, 90), millionths(&self.lng, 180)) {
            (Some(lat), Some(lng)) => Ok(Some(Point { lat, lng })),
            _ => Err(Problem::field(
                "lat",
                "经纬度无法识别，如 lat=29.8683&lng=121.5441",
                "lat and lng are degrees, such as 29.8683 and 121.5441",
            )),
        }
    }

    fn is_empty(&self) -> bool {
        [&self.lat, &self.lng, &self.near, &self.place, &self.q].iter().all(|part| part.trim().is_empty())
    }
}

/// A county in the overview.
struct County {
    code: String,
    name: String,
    sums: Sums,
    /// Connectors free now, of all.
    free: u32,
    connectors: u32,
}

#[derive(Template)]
#[template(path = "chargers/find.html")]
struct FindPage {
    f: Frame,
    asked: Asked,
    /// Value and label of each place to choose.
    places: Vec<(String, String)>,
    counties: Vec<County>,
    whole: Sums,
    canvas: Canvas,
    /// What distances are counted from, in words; none where they are not.
    from: Option<String>,
    found: Option<Vec<Seen>>,
    problem: Option<Problem>,
    demo: bool,
}

impl FindPage {
    fn place_choices(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部地方", "Everywhere").to_owned());
        std::iter::once(all).chain(self.places.iter().cloned()).collect()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let kinds = [
            ("", "快充、慢充", "Fast and slow"),
            ("fast", "快充（直流）", "Fast (DC)"),
            ("slow", "慢充（交流）", "Slow (AC)"),
        ];
        kinds.map(|(code, zh, en)| (code.to_owned(), self.f.lang.t(zh, en).to_owned())).to_vec()
    }

    /// The same list on the big map, around its first station.
    fn on_the_map(&self) -> String {
        let first = self.found.iter().flatten().find_map(Seen::point).map(Point::degrees);
        match first {
            Some(at) => format!("/map?piles=1#map=14/{:.4}/{:.4}", at.lat, at.lng),
            None => "/map?piles=1".to_owned(),
        }
    }

    fn grouped(&self, number: &i64) -> String {
        figures::print_grouped((*number).into())
    }
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    Extension(live): Extension<Live>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let now_ms = app.store.clock().now_ms();
    let stations = live.now(&app.store).await?;
    let Overview { places, counties, whole } = overview(&app, &stations).await?;
    let demo = operators::all(on).await?.iter().any(|row| row.demo);
    let everywhere = stations.bounds().unwrap_or(maps::suspect::CHINA);
    let tiles = asked.tiles();
    let canvas = |bounds: BoundingBox| Canvas::of_many(&f, bounds).piles(&tiles);
    let mut shown = FindPage {
        canvas: canvas(everywhere),
        f: f.clone(),
        asked,
        places,
        counties,
        whole,
        from: None,
        found: None,
        problem: None,
        demo,
    };
    if shown.asked.is_empty() {
        return Ok(uncached(page(&shown)?));
    }
    let point = match shown.asked.point() {
        Ok(point) => point,
        Err(problem) => {
            shown.problem = Some(problem);
            return Ok(uncached(page(&shown)?));
        }
    };
    let near = match shown.asked.near.parse::<Uuid>() {
        Ok(id) => listing::find(on, id).await?,
        Err(_) => None,
    };
    let near = near.and_then(|row| Some((Point { lat: row.lat?, lng: row.lng? }, row.name)));
    let here = point.map(|point| (point, shown.f.lang.t("您的位置", "your position").to_owned())).or(near);
    let filter = shown.asked.filter();
    let keys: Vec<(Uuid, Option<u32>)> = match &here {
        Some((point, _)) => {
            let wanted = if shown.asked.open.is_empty() { SHOWN } else { LOOKED_AT };
            let found = nearest::nearest(on, *point, filter, wanted).await?;
            found.into_iter().map(|one| (one.station, Some(one.metres))).collect()
        }
        None => {
            let place = shown.asked.place.parse::<RegionCode>().ok();
            let words = ::store::search::normalise(&shown.asked.q);
            let found = listing::search(on, place, &words, filter, LOOKED_AT as u64).await?;
            found.into_iter().map(|id| (id, None)).collect()
        }
    };
    let mut found = Seen::all(on, &keys, now_ms).await?;
    if !shown.asked.open.is_empty() {
        found.retain(|seen| seen.open == Some(true));
    }
    found.truncate(SHOWN);
    let here_at = here.as_ref().map(|(point, _)| point.degrees());
    // Around somebody the nearest ones are seen one by one; the others wait at the edges.
    let sight = if here_at.is_some() { IN_SIGHT } else { SHOWN };
    let spots = found.iter().filter_map(Seen::point).map(Point::degrees).take(sight).chain(here_at);
    shown.canvas = canvas(BoundingBox::around(spots).unwrap_or(everywhere)).here(here_at);
    shown.from = here.map(|(_, name)| name);
    shown.found = Some(found);
    Ok(uncached(page(&shown)?))
}

/// What there is in which place.
struct Overview {
    /// Value and label of the places with stations: counties, each followed by its towns.
    places: Vec<(String, String)>,
    counties: Vec<County>,
    whole: Sums,
}

async fn overview(app: &App, stations: &Stations) -> Result<Overview> {
    let on = app.store.reader();
    let tallies = stations.tallies();
    let free = stations.by_county();
    let year = app.store.clock().today().year();
    let codes = tallies.iter().flat_map(|tally| [tally.region.at(Level::County), tally.region]);
    let names = ledger::regions::names(on, codes, year).await?;
    let named = |code: RegionCode| names.get(&code).cloned().unwrap_or_else(|| code.short());
    let (mut counties, mut places) = (Vec::<County>::new(), Vec::new());
    let mut last = None;
    for tally in tallies {
        let code = tally.region;
        let county = code.at(Level::County);
        if last.is_none_or(|last: RegionCode| last.at(Level::County) != county) {
            let standing = free.get(&county).copied().unwrap_or_default();
            places.push((county.short(), named(county)));
            counties.push(County {
                code: county.short(),
                name: named(county),
                sums: Sums::of(tallies, |region| county.contains(region)),
                free: standing.free,
                connectors: standing.all,
            });
        }
        if code.level() >= Level::Town && last != Some(code) {
            places.push((code.short(), format!("　{}", named(code))));
        }
        last = Some(code);
    }
    Ok(Overview { places, counties, whole: Sums::of(tallies, |_| true) })
}
