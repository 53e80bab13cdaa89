//! 一键找桩: the nearest free connector, by position, by place, by name, or near a station; works without script.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::Datelike;
use evcs::lenient::scaled;
use kernel::{Level, Problem, RegionCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Frame, Query, Result, Route, Step, components, page};

use super::rules::Point;
use super::shown::Seen;
use super::store::nearest::{self, Filter};
use super::store::{listing, operators};
use super::uncached;

const ROUTES: &[Route] = &[Route::get("/chargers", Access::Public).in_menu("找充电桩", "Chargers")];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/chargers", get(show)), routes: ROUTES }
}

/// Stations on the page.
const SHOWN: usize = 20;

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
    fn filter(&self) -> Filter {
        let fast = match self.kind.as_str() {
            "fast" => Some(true),
            "slow" => Some(false),
            _ => None,
        };
        Filter { fast, free: !self.free.is_empty(), rural: !self.rural.is_empty() }
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
    stations: i64,
}

#[derive(Template)]
#[template(path = "chargers/find.html")]
struct FindPage {
    f: Frame,
    asked: Asked,
    /// Value and label of each place to choose.
    places: Vec<(String, String)>,
    counties: Vec<County>,
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

    fn open(&self, seen: &Seen) -> &'static str {
        match seen.open {
            Some(true) => self.f.lang.t("营业中", "open"),
            Some(false) => self.f.lang.t("未营业", "closed now"),
            None => "",
        }
    }

    fn age(&self, seen: &Seen) -> String {
        seen.age(self.f.lang)
    }

    /// Class and word for whether something is free.
    fn light(&self, seen: &Seen) -> (&'static str, String) {
        let free = seen.counts.free();
        match (free, self.f.lang) {
            (0, kernel::Lang::Zh) => ("behind", "暂无空闲".to_owned()),
            (0, kernel::Lang::En) => ("behind", "none free".to_owned()),
            (free, kernel::Lang::Zh) => ("steady", format!("空闲 {free}")),
            (free, kernel::Lang::En) => ("steady", format!("{free} free")),
        }
    }
}

async fn show(Shared(app): Shared<App>, f: Frame, Query(asked): Query<Asked>) -> Result<Response> {
    let on = app.store.reader();
    let now_ms = app.store.clock().now_ms();
    let (places, counties) = places(&app).await?;
    let demo = operators::all(on).await?.iter().any(|row| row.demo);
    let mut shown = FindPage { f, asked, places, counties, from: None, found: None, problem: None, demo };
    if shown.asked.is_empty() {
        return Ok(uncached(page(&shown)?));
    }
    let from = match shown.asked.point() {
        Ok(point) => point.map(|point| (point, shown.f.lang.t("您的位置", "your position").to_owned())),
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
    let filter = shown.asked.filter();
    let keys: Vec<(Uuid, Option<u32>)> = match from.or(near) {
        Some((point, name)) => {
            shown.from = Some(name);
            let wanted = if shown.asked.open.is_empty() { SHOWN } else { LOOKED_AT };
            let found = nearest::nearest(on, point, filter, wanted).await?;
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
    shown.found = Some(found);
    Ok(uncached(page(&shown)?))
}

/// The places with stations: counties, each followed by its towns; and the counties with their counts.
async fn places(app: &App) -> Result<(Vec<(String, String)>, Vec<County>)> {
    let on = app.store.reader();
    let all = listing::places(on).await?;
    let year = app.store.clock().today().year();
    let codes = all.iter().flat_map(|(code, _)| [code.at(Level::County), *code]);
    let names = ledger::regions::names(on, codes, year).await?;
    let named = |code: RegionCode| names.get(&code).cloned().unwrap_or_else(|| code.short());
    let mut counties = Vec::<(RegionCode, i64)>::new();
    let mut places = Vec::new();
    for (code, stations) in all {
        let county = code.at(Level::County);
        match counties.last_mut() {
            Some((last, sum)) if *last == county => *sum += stations,
            _ => {
                counties.push((county, stations));
                places.push((county.short(), named(county)));
            }
        }
        if code.level() >= Level::Town {
            places.push((code.short(), format!("　{}", named(code))));
        }
    }
    let counties =
        counties.into_iter().map(|(code, stations)| County { code: code.short(), name: named(code), stations });
    let counties = counties.collect();
    Ok((places, counties))
}
