//! Programmes in the API: the list, one with its outline, its scoreboard at any cut-off as known on any day.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use kernel::{Lang, RegionCode, Schedule, Text};
use ledger::board::Board;
use ledger::entries::View;
use ledger::programmes;
use ledger::search::programme_path;
use ledger::tables::programmes::Model as Programme;
use ledger::words::Statistic;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, Step};

use crate::figure_api::{FigureDetails, details, percent};
use crate::indicators_api::{IndicatorDetails, indicators};
use crate::lit::Lit;
use crate::scoreboard::{Asked, published};

const ROUTES: &[Route] = &[
    Route::get("/api/v1/programmes", Access::Public),
    Route::get("/api/v1/programmes/{slug}", Access::Public),
    Route::get("/api/v1/programmes/{slug}/scoreboard", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(scoreboard));
    Step { router, routes: ROUTES }
}

/// The programme of a place and a year.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProgrammeDetails {
    /// The name in addresses.
    #[schema(example = "330200-2024")]
    slug: String,
    /// Six, nine or twelve digits.
    #[schema(example = "330200")]
    region: String,
    place: String,
    year: i32,
    /// Empty for the livelihood programme itself.
    series: String,
    title: String,
    title_en: String,
    /// The session that adopted it; empty when not told.
    adopted_by: String,
    /// `voted`, `recommended`, `assigned` or `none`.
    decision_mode: String,
    /// `months` or `days`.
    schedule_basis: String,
    /// How progress is averaged, in words.
    progress_rule: String,
    /// The cut-off that pages open with.
    default_cut_off: Option<NaiveDate>,
    /// Generated data (演示数据).
    demo: bool,
    /// The address of its page.
    path: String,
}

impl ProgrammeDetails {
    fn of(programme: &Programme, place: String) -> Self {
        Self {
            slug: programme.slug.clone(),
            region: RegionCode::from_stored(programme.region).map(RegionCode::short).unwrap_or_default(),
            place,
            year: programme.year,
            series: programme.series.clone(),
            title: programme.title.clone(),
            title_en: programme.title_en.clone(),
            adopted_by: programme.adopted_by.clone(),
            decision_mode: programme.decision_mode.clone(),
            schedule_basis: programme.schedule_basis.clone(),
            progress_rule: programme.progress_rule.clone(),
            default_cut_off: programme.default_cut_off,
            demo: programme.demo,
            path: programme_path(&programme.slug),
        }
    }

    async fn one(app: &App, programme: &Programme) -> Result<Self> {
        let place = match RegionCode::from_stored(programme.region) {
            Some(code) => ledger::regions::name_in(app.store.reader(), code, programme.year).await?,
            None => String::new(),
        };
        Ok(Self::of(programme, place))
    }

    /// These programmes with the names of their places.
    pub(crate) async fn all(app: &App, rows: &[Programme]) -> Result<Vec<Self>> {
        let codes = rows.iter().filter_map(|row| RegionCode::from_stored(row.region));
        let year = rows.iter().map(|row| row.year).max().unwrap_or_default();
        let names = ledger::regions::names(app.store.reader(), codes, year).await?;
        let place = |row: &Programme| names.get(&RegionCode::from_stored(row.region)?).cloned();
        Ok(rows.iter().map(|row| Self::of(row, place(row).unwrap_or_default())).collect())
    }
}

impl Row for ProgrammeDetails {
    fn file_name() -> Text {
        Text::new("年度方案", "programmes")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("方案", "programme"),
            Text::new("区划代码", "region"),
            Text::new("地方", "place"),
            Text::new("年份", "year"),
            Text::new("系列", "series"),
            Text::new("标题", "title"),
            Text::new("英文标题", "title in English"),
            Text::new("通过", "adopted by"),
            Text::new("决定方式", "decision"),
            Text::new("序时算法", "schedule"),
            Text::new("进度算法", "progress rule"),
            Text::new("通常截止日", "usual cut-off"),
            Text::new("演示数据", "demo"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        vec![
            self.slug.as_str().into(),
            self.region.as_str().into(),
            self.place.as_str().into(),
            i64::from(self.year).into(),
            self.series.as_str().into(),
            self.title.as_str().into(),
            self.title_en.as_str().into(),
            self.adopted_by.as_str().into(),
            self.decision_mode.as_str().into(),
            self.schedule_basis.as_str().into(),
            self.progress_rule.as_str().into(),
            self.default_cut_off.into(),
            if self.demo { lang.t("是", "yes") } else { lang.t("否", "no") }.into(),
        ]
    }
}

/// A programme with what it consists of.
#[derive(Serialize, utoipa::ToSchema)]
struct ProgrammeOutline {
    #[serde(flatten)]
    programme: ProgrammeDetails,
    /// Adopted categories first, context behind them.
    categories: Vec<CategoryDetails>,
    /// The texts that the figures come from.
    documents: Vec<DocumentDetails>,
    /// Days at which there are figures, newest first.
    cut_offs: Vec<NaiveDate>,
}

/// A category with its projects.
#[derive(Serialize, utoipa::ToSchema)]
struct CategoryDetails {
    /// The number as adopted; none for context.
    number: Option<i32>,
    name: String,
    projects: Vec<ProjectDetails>,
}

/// A project.
#[derive(Serialize, utoipa::ToSchema)]
struct ProjectDetails {
    /// The number as adopted, if it has one.
    number: Option<i32>,
    name: String,
    /// The name as adopted, where it differs.
    formal_name: String,
    /// What is to be done, in words.
    content: String,
    /// The mean of its indicators' progress, each capped at 100, in percent, at the usual cut-off.
    progress: Option<String>,
    /// `done`, `steady`, `behind` or `late`.
    light: Option<&'static str>,
    /// The numbers of its indicators.
    indicators: Vec<i32>,
}

/// A text that figures come from.
#[derive(Serialize, utoipa::ToSchema)]
struct DocumentDetails {
    code: String,
    title: String,
    publisher: String,
    published_on: Option<NaiveDate>,
}

fn categories(board: &Board) -> Vec<CategoryDetails> {
    let of = |category: &ledger::board::CategoryBoard| CategoryDetails {
        number: category.category.number,
        name: category.category.name.clone(),
        projects: category
            .projects
            .iter()
            .map(|project| ProjectDetails {
                number: project.project.number,
                name: project.project.name.clone(),
                formal_name: project.project.formal_name.clone(),
                content: project.project.content.clone(),
                progress: project.progress.map(percent),
                light: project.light.map(ledger::rules::Light::code),
                indicators: project.rows.iter().flat_map(|row| row.all()).map(|row| row.indicator.number).collect(),
            })
            .collect(),
    };
    board.categories.iter().map(of).collect()
}

/// What should be done by a day.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ScheduleDetails {
    /// Percent of the year.
    percent: String,
    /// Months or days elapsed.
    elapsed: u32,
    /// Months or days of the whole year.
    whole: u32,
    /// `months` or `days`.
    basis: &'static str,
}

impl From<Schedule> for ScheduleDetails {
    fn from(schedule: Schedule) -> Self {
        Self {
            percent: percent(schedule.percent),
            elapsed: schedule.elapsed,
            whole: schedule.whole,
            basis: schedule.basis.code(),
        }
    }
}

/// A programme at a cut-off, as known on a day.
#[derive(Serialize, utoipa::ToSchema)]
struct ScoreboardDetails {
    #[serde(flatten)]
    programme: ProgrammeDetails,
    /// The cut-off of the board; none when each figure stands at its own.
    cut_off: Option<NaiveDate>,
    /// The day of knowledge that was asked for.
    known: Option<NaiveDate>,
    schedule: Option<ScheduleDetails>,
    /// Published headline numbers by name: `mean_progress`, `projects`, `done_early`, `funds_ratio` …
    published: BTreeMap<&'static str, FigureDetails>,
    /// The mean progress that follows from the ledger.
    derived_mean: Option<DerivedMean>,
    /// How many adopted projects show each light.
    lights: BTreeMap<&'static str, usize>,
    categories: Vec<CategoryDetails>,
    /// Every indicator, in the order of the page.
    indicators: Vec<IndicatorDetails>,
}

/// A mean with the rule that it follows.
#[derive(Serialize, utoipa::ToSchema)]
struct DerivedMean {
    percent: String,
    /// Over how many projects.
    projects: usize,
    rule: &'static str,
}

/// Published programmes by place and year.
#[utoipa::path(get, path = "/api/v1/programmes", tag = "programmes", params(Paging),
    responses((status = 200, body = Slice<ProgrammeDetails>), (status = 422, body = ProblemDetails)))]
async fn list(State(app): State<App>, wanted: Wanted) -> Result<Response> {
    let after: Option<String> = wanted.after()?;
    let rows = programmes::list_published(app.store.reader(), after.as_deref(), wanted.fetch()).await?;
    let all = ProgrammeDetails::all(&app, &rows).await?;
    Slice::cut(all, &wanted, |row| row.slug.clone()).reply(&wanted).await
}

/// One programme with its categories, projects and documents.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}", tag = "programmes",
    params(("slug" = String, Path, example = "330200-2024")),
    responses((status = 200, body = ProgrammeOutline), (status = 404, body = ProblemDetails)))]
async fn show(State(app): State<App>, Path(slug): Path<String>) -> Result<Response> {
    let on = app.store.reader();
    let programme = published(on, &slug).await?;
    let board = Lit::load(on, programme, View::default()).await?.board;
    let document = |row: &ledger::tables::documents::Model| DocumentDetails {
        code: row.code.clone(),
        title: row.title.clone(),
        publisher: row.publisher.clone(),
        published_on: row.published_on,
    };
    let outline = ProgrammeOutline {
        programme: ProgrammeDetails::one(&app, &board.outline.programme).await?,
        categories: categories(&board),
        documents: board.documents.iter().map(document).collect(),
        cut_offs: board.cut_offs.clone(),
    };
    Ok(axum::Json(outline).into_response())
}

/// The scoreboard of a programme, at any cut-off and as the ledger knew it on any day.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/scoreboard", tag = "programmes",
    params(("slug" = String, Path, example = "330200-2024"), Asked),
    responses((status = 200, body = ScoreboardDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn scoreboard(State(app): State<App>, Path(slug): Path<String>, Query(asked): Query<Asked>) -> Result<Response> {
    let on = app.store.reader();
    let board = asked.lit(on, published(on, &slug).await?).await?.board;
    let headline = |statistic: &Statistic| Some((statistic.code(), details(board.published(*statistic))?));
    let scoreboard = ScoreboardDetails {
        programme: ProgrammeDetails::one(&app, &board.outline.programme).await?,
        cut_off: board.view.cut_off,
        known: board.view.known,
        schedule: board.schedule.map(ScheduleDetails::from),
        published: board.statistics.keys().filter_map(headline).collect(),
        derived_mean: board.derived_mean().map(|(mean, projects)| DerivedMean {
            percent: percent(mean),
            projects,
            rule: "mean over the projects that have a progress, each capped at 100 percent",
        }),
        lights: board.lights().into_iter().map(|(light, count)| (light.code(), count)).collect(),
        categories: categories(&board),
        indicators: indicators(&board),
    };
    Ok(axum::Json(scoreboard).into_response())
}
