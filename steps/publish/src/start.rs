//! The start page: places and years with what they publish as a whole, and how to read a figure.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use figures::Decimal;
use kernel::{RegionCode, Schedule, ScheduleBasis};
use ledger::board::{Board, Shown};
use ledger::matters::{self, Line, Matter};
use ledger::programmes;
use ledger::rules::Light;
use ledger::search::programme_path;
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet, FigureLink, Tag};
use web::{Access, App, Frame, Result, Route, Step, page};

use crate::{headline, scoreboard, shown};

/// How many matters the start page shows.
const TEASERS: usize = 3;

const ROUTES: &[Route] = &[Route::get("/", Access::Public).in_menu("各地进度", "Places")];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    f: Frame,
    entries: Vec<Entry>,
    places: usize,
    indicators: usize,
    teasers: Vec<Matter>,
    names: BTreeMap<RegionCode, String>,
}

/// A programme in the register.
struct Entry {
    href: String,
    place: String,
    year: i32,
    title: String,
    size: String,
    cut_off: Option<String>,
    mean: Option<Mean>,
    documents: String,
    indicators: usize,
    demo: bool,
}

/// The mean progress of a programme with its bar.
struct Mean {
    figure: FigureLink,
    tag: Tag,
    bullet: Bullet,
}

async fn show(State(app): State<App>, f: Frame) -> Result<Response> {
    let on = app.store.reader();
    let mut entries = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for programme in programmes::all(on).await?.into_iter().filter(|programme| programme.published) {
        let board = Board::open(on, programme, None).await?;
        let region = board.outline.region();
        seen.insert(region);
        let place = ledger::regions::name_in(on, region, board.outline.programme.year).await?;
        entries.push(entry(&f, &board, place));
    }
    let teasers = teasers(matters::all(on).await?);
    let names = shown::place_names(on, &teasers).await?;
    let indicators = entries.iter().map(|entry| entry.indicators).sum();
    page(&StartPage { f, entries, places: seen.len(), indicators, teasers, names })
}

fn entry(f: &Frame, board: &Board, place: String) -> Entry {
    let programme = &board.outline.programme;
    let title = programme.title_in(f.lang);
    Entry {
        href: programme_path(&programme.slug),
        title: title.to_owned(),
        place,
        year: programme.year,
        size: scoreboard::size(f.lang, board),
        cut_off: programme.default_cut_off.map(|day| f.lang.day(day)),
        mean: mean(f, board),
        documents: board.documents.iter().map(|document| document.title.clone()).collect::<Vec<_>>().join("、"),
        indicators: board.outline.indicators.len(),
        demo: programme.demo,
    }
}

/// What leads the scoreboard too: as published, else derived where every project can be counted.
fn mean(f: &Frame, board: &Board) -> Option<Mean> {
    let headline = headline::mean(f, board)?;
    Some(Mean { figure: headline.figure?, tag: headline.tag?, bullet: headline.bullet? })
}

/// The matters that most places count.
fn teasers(mut all: Vec<Matter>) -> Vec<Matter> {
    let places = |matter: &Matter| {
        let mut regions: Vec<_> =
            matter.lines.iter().filter(|line| line.actual.is_some()).map(|line| line.programme.region).collect();
        regions.sort_unstable();
        regions.dedup();
        regions.len()
    };
    // A matter that a place counts twice needs more room than a teaser has; generated figures are no example.
    for matter in &mut all {
        matter.lines.retain(|line| !line.programme.demo);
    }
    all.retain(|matter| matter.lines.len() == places(matter));
    all.sort_by_key(|matter| std::cmp::Reverse(places(matter)));
    all.truncate(TEASERS);
    all
}

impl StartPage {
    fn line_figure(&self, line: &Line) -> Option<FigureLink> {
        line.actual.as_ref().map(|shown| shown::of_line(self.f.lang, line, shown))
    }

    fn line_day(&self, line: &Line) -> String {
        let day = line.actual.as_ref().and_then(|shown: &Shown| shown::day(self.f.lang, shown));
        day.unwrap_or_else(|| self.f.lang.t("未注截止日", "no cut-off given").to_owned())
    }

    fn line_heading(&self, line: &Line) -> String {
        shown::place_and_year(&self.names, &line.programme)
    }

    /// The bar of the example: 58.6 % in the middle of the year.
    fn example(&self) -> Bullet {
        let june = chrono::NaiveDate::from_ymd_opt(2024, 6, 30).unwrap_or_default();
        let schedule = Schedule::at(june, 2024, ScheduleBasis::Months);
        shown::bullet(Decimal::new(586, 1), Some(schedule), Some(Light::OnSchedule))
    }

    fn lights(&self) -> Vec<components::Light> {
        Light::ALL.into_iter().map(|light| shown::light(self.f.lang, light, None)).collect()
    }
}
