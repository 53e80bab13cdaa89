//! The same matter in several places, side by side: each figure with its own day, unit and qualifier, and no total.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDate;
use figures::Qualifier;
use kernel::{Lang, Problem, RegionCode, Text};
use ledger::board::Shown;
use ledger::matters::{self, Line, Matter};
use ledger::search::{indicator_path, programme_path};
use ledger::words::Accumulation;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::components::{self, FigureLink};
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Frame, Path, ProblemDetails, Result, Route, Step, page};

use crate::comparison::{Compared, differences};
use crate::figure_api::{FigureDetails, details};
use crate::shown;

const ROUTES: &[Route] = &[
    Route::get("/matters", Access::Public).in_menu("同一事项", "Same matter"),
    Route::get("/matters/{code}", Access::Public),
    Route::get("/api/v1/matters", Access::Public),
    Route::get("/api/v1/matters/{code}", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/matters", get(list))
        .route("/matters/{code}", get(show))
        .routes(routes!(list_by_api))
        .routes(routes!(show_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "matters.html")]
struct MattersPage {
    f: Frame,
    matters: Vec<(Matter, Vec<Entry>)>,
}

#[derive(Template)]
#[template(path = "matter.html")]
struct MatterPage {
    f: Frame,
    matter: Matter,
    entries: Vec<Entry>,
    differences: Vec<Text>,
}

/// What one place says, ready to be shown.
struct Entry {
    place: String,
    region: String,
    year: i32,
    indicator: String,
    indicator_path: String,
    programme: String,
    programme_path: String,
    /// 当年新增 · 次数.
    counting: String,
    actual: Option<FigureLink>,
    target: Option<FigureLink>,
    day: Option<String>,
    /// Generated, which every page that shows it must say.
    demo: bool,
    /// The place has more than one figure, so that its name does not say which.
    repeated: bool,
}

/// Names of the places that any of `matters` speaks of.
struct Names(BTreeMap<RegionCode, String>);

impl Names {
    async fn of(app: &App, matters: &[Matter]) -> store::Result<Self> {
        let lines = || matters.iter().flat_map(|matter| &matter.lines);
        let year = lines().map(|line| line.programme.year).max().unwrap_or_default();
        let codes = lines().filter_map(|line| RegionCode::from_stored(line.programme.region));
        Ok(Self(ledger::regions::names(app.store.reader(), codes, year).await?))
    }

    fn get(&self, line: &Line) -> (String, String) {
        match RegionCode::from_stored(line.programme.region) {
            Some(code) => (self.0.get(&code).cloned().unwrap_or_else(|| code.short()), code.short()),
            None => (String::new(), String::new()),
        }
    }

    fn entry(&self, lang: Lang, line: &Line) -> Entry {
        let (place, region) = self.get(line);
        let figure = |shown: &Shown| shown::of_line(lang, line, shown);
        let programme = &line.programme;
        let counting = accumulation(line).map(|accumulation| accumulation.name().get(lang).to_owned());
        Entry {
            place,
            region,
            year: programme.year,
            indicator: line.indicator.name.clone(),
            indicator_path: indicator_path(&programme.slug, line.indicator.number),
            programme: programme.title_in(lang).to_owned(),
            programme_path: programme_path(&programme.slug),
            counting: counting.unwrap_or_default(),
            actual: line.actual.as_ref().map(figure),
            target: line.target.as_ref().map(figure),
            day: line.actual.as_ref().or(line.target.as_ref()).and_then(|shown| shown::day(lang, shown)),
            demo: programme.demo,
            repeated: false,
        }
    }

    fn entries(&self, lang: Lang, matter: &Matter) -> Vec<Entry> {
        let mut entries: Vec<_> = matter.lines.iter().map(|line| self.entry(lang, line)).collect();
        for at in 0..entries.len() {
            entries[at].repeated = entries.iter().filter(|other| other.region == entries[at].region).count() > 1;
        }
        entries
    }

    fn differences(&self, matter: &Matter) -> Vec<Text> {
        let places: Vec<_> = matter.lines.iter().map(|line| self.get(line).0).collect();
        let compared: Vec<_> = matter.lines.iter().zip(&places).map(|(line, place)| compared(line, place)).collect();
        differences(&compared)
    }
}

fn accumulation(line: &Line) -> Option<Accumulation> {
    Accumulation::parse(&line.indicator.accumulation)
}

fn compared<'a>(line: &'a Line, place: &'a str) -> Compared<'a> {
    let shown = line.actual.as_ref().or(line.target.as_ref());
    Compared {
        place,
        year: line.programme.year,
        unit: shown.map_or(&line.indicator.unit, |shown| &shown.unit),
        kind: line.indicator.kind(),
        accumulation: accumulation(line).unwrap_or(Accumulation::New),
        qualifier: shown.map_or(Qualifier::Exact, |shown| shown.qualifier),
        day: shown.and_then(Shown::day),
    }
}

fn no_such_matter() -> Problem {
    Problem::not_found(
        "没有这个事项，可从“同一事项”页面查找",
        "There is no such matter: look through the list of matters",
    )
}

async fn list(State(app): State<App>, f: Frame) -> Result<Response> {
    let mut matters = matters::all(app.store.reader()).await?;
    matters.sort_by_key(|matter| std::cmp::Reverse(matter.lines.len()));
    let names = Names::of(&app, &matters).await?;
    let matters = matters
        .into_iter()
        .map(|matter| {
            let entries = names.entries(f.lang, &matter);
            (matter, entries)
        })
        .collect();
    page(&MattersPage { f, matters })
}

async fn show(State(app): State<App>, f: Frame, Path(code): Path<String>) -> Result<Response> {
    let matter = matters::find(app.store.reader(), &code).await?.ok_or_else(no_such_matter)?;
    let names = Names::of(&app, std::slice::from_ref(&matter)).await?;
    let entries = names.entries(f.lang, &matter);
    let differences = names.differences(&matter);
    page(&MatterPage { f, matter, entries, differences })
}

/// A matter that several places count.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MatterDetails {
    /// The name in addresses.
    #[schema(example = "charging-piles")]
    code: String,
    name: String,
    name_en: String,
    /// Why the figures of the places are not to be added.
    caveat: String,
    caveat_en: String,
    /// How many figures stand side by side.
    figures: i64,
}

impl From<&Matter> for MatterDetails {
    fn from(matter: &Matter) -> Self {
        let row = &matter.row;
        Self {
            code: row.code.clone(),
            name: row.name.clone(),
            name_en: row.name_en.clone(),
            caveat: row.caveat.clone(),
            caveat_en: row.caveat_en.clone(),
            figures: i64::try_from(matter.lines.len()).unwrap_or(i64::MAX),
        }
    }
}

impl Row for MatterDetails {
    fn file_name() -> Text {
        Text::new("同一事项", "matters")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("代码", "code"),
            Text::new("事项", "matter"),
            Text::new("英文名", "name in English"),
            Text::new("为何不能相加", "why not to be added"),
            Text::new("为何不能相加（英文）", "why not to be added (English)"),
            Text::new("数字个数", "figures"),
        ]
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.code.as_str().into(),
            self.name.as_str().into(),
            self.name_en.as_str().into(),
            self.caveat.as_str().into(),
            self.caveat_en.as_str().into(),
            self.figures.into(),
        ]
    }
}

/// All matters, as a sheet.
pub(crate) async fn all(app: &App) -> Result<Vec<MatterDetails>> {
    Ok(matters::all(app.store.reader()).await?.iter().map(MatterDetails::from).collect())
}

/// A matter with the figures of all places, which are never added.
#[derive(Serialize, utoipa::ToSchema)]
struct MatterComparison {
    #[serde(flatten)]
    matter: MatterDetails,
    /// What keeps the figures from being added, in the language asked for.
    differences: Vec<String>,
    /// Always null: figures of several places are never added.
    total: Option<String>,
    places: Vec<PlaceFigure>,
}

/// What one place says about a matter.
#[derive(Serialize, utoipa::ToSchema)]
struct PlaceFigure {
    /// Six, nine or twelve digits.
    #[schema(example = "330200")]
    region: String,
    place: String,
    year: i32,
    /// The programme's name in addresses.
    #[schema(example = "330200-2024")]
    programme: String,
    /// The indicator's number in the programme.
    indicator: i32,
    indicator_name: String,
    /// What is counted: `count`, `people`, `times` …
    kind: String,
    /// `new`, `stock`, `rate` or `change`.
    accumulation: String,
    /// The last day of the period, where no cut-off is printed.
    period_end: Option<NaiveDate>,
    actual: Option<FigureDetails>,
    target: Option<FigureDetails>,
}

/// Matters that published programmes count, by code.
#[utoipa::path(get, path = "/api/v1/matters", tag = "matters", params(Paging),
    responses((status = 200, body = Slice<MatterDetails>), (status = 422, body = ProblemDetails)))]
async fn list_by_api(State(app): State<App>, wanted: Wanted) -> Result<Response> {
    let after: Option<String> = wanted.after()?;
    let all = matters::all(app.store.reader()).await?;
    let behind = all.iter().filter(|matter| after.as_ref().is_none_or(|after| matter.row.code > *after));
    let fetched: Vec<_> = behind.map(MatterDetails::from).collect();
    Slice::cut(fetched, &wanted, |matter| matter.code.clone()).reply(&wanted).await
}

/// One matter, place beside place.
#[utoipa::path(get, path = "/api/v1/matters/{code}", tag = "matters", params(("code" = String, Path)),
    responses((status = 200, body = MatterComparison), (status = 404, body = ProblemDetails)))]
async fn show_by_api(State(app): State<App>, f: Frame, Path(code): Path<String>) -> Result<Response> {
    let matter = matters::find(app.store.reader(), &code).await?.ok_or_else(no_such_matter)?;
    let names = Names::of(&app, std::slice::from_ref(&matter)).await?;
    let place = |line: &Line| {
        let (place, region) = names.get(line);
        PlaceFigure {
            region,
            place,
            year: line.programme.year,
            programme: line.programme.slug.clone(),
            indicator: line.indicator.number,
            indicator_name: line.indicator.name.clone(),
            kind: line.indicator.kind.clone(),
            accumulation: line.indicator.accumulation.clone(),
            period_end: line.actual.as_ref().and_then(|shown| shown.until),
            actual: details(line.actual.as_ref()),
            target: details(line.target.as_ref()),
        }
    };
    let comparison = MatterComparison {
        differences: names.differences(&matter).iter().map(|text| f.say(text).to_owned()).collect(),
        total: None,
        places: matter.lines.iter().map(place).collect(),
        matter: MatterDetails::from(&matter),
    };
    Ok(axum::Json(comparison).into_response())
}
