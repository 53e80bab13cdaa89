//! Indicators in the API: the list of a programme with current figures, and one with history, parts and places.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use figures::Decimal;
use kernel::{Lang, Problem, Text};
use ledger::board::{Board, Row as BoardRow};
use ledger::entries;
use ledger::rules::Light;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, Step};

use crate::entries_api::EntryDetails;
use crate::figure_api::{FigureDetails, details, percent};
use crate::places;
use crate::scoreboard::{Asked, published};

const ROUTES: &[Route] = &[
    Route::get("/api/v1/programmes/{slug}/indicators", Access::Public),
    Route::get("/api/v1/programmes/{slug}/indicators/{number}", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)), routes: ROUTES }
}

/// What is counted, with what is known of it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct IndicatorDetails {
    /// Its number in addresses, never used again in its programme.
    number: i32,
    name: String,
    /// The number of its category as adopted; none for context.
    category: Option<i32>,
    category_name: String,
    project: String,
    unit: String,
    /// `count`, `length`, `area`, `money`, `percent`, `rate_change`, `ratio`, `rank`, `boolean`, `people` or `times`.
    kind: String,
    /// `new`, `stock`, `rate` or `change`.
    accumulation: String,
    /// `more` or `less` is better.
    direction: String,
    /// The level at which its figures are collected.
    grain: &'static str,
    /// `delivery`, `funding`, `statistic` or `mechanism`.
    purpose: String,
    /// Which headline number it is.
    statistic: Option<String>,
    /// Where the money comes from.
    fund_source: Option<String>,
    /// The number of the indicator that it belongs to.
    parent: Option<i32>,
    /// `part_of`, `yoy_of`, `ratio_of` or `target_for`.
    relation: Option<String>,
    /// Whether its parts are all of it: `complete` or `partial`.
    breakdown: Option<String>,
    /// The matter that it shares with other places.
    matter: Option<String>,
    /// What is done.
    actual: Option<FigureDetails>,
    /// What is to be done.
    target: Option<FigureDetails>,
    /// The sum over places, where a published total exists too.
    sum_below: Option<FigureDetails>,
    /// Done of to be done in percent, not capped.
    #[schema(example = "137.1429")]
    progress: Option<String>,
    /// What should be done by the day of the figure, in percent.
    schedule: Option<String>,
    /// Points ahead of that; negative when behind.
    lead: Option<String>,
    /// `done`, `steady`, `behind` or `late`.
    light: Option<&'static str>,
}

/// Every indicator of a board in the order of the page.
pub(crate) fn indicators(board: &Board) -> Vec<IndicatorDetails> {
    board.all_rows().into_iter().map(|row| of(board, row)).collect()
}

fn of(board: &Board, row: &BoardRow) -> IndicatorDetails {
    let indicator = &row.indicator;
    let project = board.outline.projects.iter().find(|project| project.id == indicator.project_id);
    let category =
        project.and_then(|project| board.outline.categories.iter().find(|row| row.id == project.category_id));
    let parent = indicator.parent_id.and_then(|parent| board.outline.indicator_by_id(parent));
    IndicatorDetails {
        number: indicator.number,
        name: indicator.name.clone(),
        category: category.and_then(|category| category.number),
        category_name: category.map(|category| category.name.clone()).unwrap_or_default(),
        project: project.map(|project| project.name.clone()).unwrap_or_default(),
        unit: indicator.unit.clone(),
        kind: indicator.kind.clone(),
        accumulation: indicator.accumulation.clone(),
        direction: indicator.direction.clone(),
        grain: indicator.grain().code(),
        purpose: indicator.purpose.clone(),
        statistic: indicator.statistic.clone(),
        fund_source: indicator.fund_source.clone(),
        parent: parent.map(|parent| parent.number),
        relation: indicator.relation.clone(),
        breakdown: indicator.breakdown.clone(),
        matter: indicator.matter.clone(),
        actual: details(row.actual.as_ref()),
        target: details(row.target.as_ref()),
        sum_below: details(row.sum_below.as_ref()),
        progress: row.progress.map(percent),
        schedule: row.schedule.map(|schedule| percent(schedule.percent)),
        lead: row.schedule.and_then(|schedule| row.lead(&schedule)).map(percent),
        light: row.light.map(Light::code),
    }
}

impl Row for IndicatorDetails {
    fn file_name() -> Text {
        Text::new("指标与数字", "indicators")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("指标号", "indicator"),
            Text::new("类别号", "category number"),
            Text::new("类别", "category"),
            Text::new("项目", "project"),
            Text::new("指标", "name"),
            Text::new("属于指标号", "belongs to"),
            Text::new("关系", "relation"),
            Text::new("单位", "unit"),
            Text::new("完成", "actual"),
            Text::new("完成（原文）", "actual as printed"),
            Text::new("修饰", "qualifier"),
            Text::new("截至", "cut-off"),
            Text::new("公布或计算", "basis"),
            Text::new("目标", "target"),
            Text::new("目标（原文）", "target as printed"),
            Text::new("进度（%）", "progress in percent"),
            Text::new("序时（%）", "schedule in percent"),
            Text::new("快于序时（百分点）", "points ahead"),
            Text::new("亮灯", "light"),
            Text::new("来历", "trail"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let decimal = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
        let actual = self.actual.as_ref();
        let target = self.target.as_ref();
        let light = self.light.and_then(|code| Light::ALL.into_iter().find(|light| light.code() == code));
        vec![
            i64::from(self.number).into(),
            self.category.map(i64::from).into(),
            self.category_name.as_str().into(),
            self.project.as_str().into(),
            self.name.as_str().into(),
            self.parent.map(i64::from).into(),
            self.relation.clone().into(),
            self.unit.as_str().into(),
            actual.and_then(FigureDetails::decimal).into(),
            actual.map(|figure| figure.printed.clone()).into(),
            actual.map(|figure| figure.qualifier_name(lang)).into(),
            actual.and_then(|figure| figure.as_of).into(),
            actual.or(target).map(|figure| figure.basis_name(lang)).into(),
            target.and_then(FigureDetails::decimal).into(),
            target.map(|figure| figure.printed.clone()).into(),
            decimal(&self.progress).into(),
            decimal(&self.schedule).into(),
            decimal(&self.lead).into(),
            light.map(|light| light.name().get(lang).to_owned()).into(),
            actual.or(target).and_then(|figure| figure.trail.clone()).into(),
        ]
    }
}

/// An indicator with its history, its parts and the places below.
#[derive(Serialize, utoipa::ToSchema)]
struct IndicatorStory {
    #[serde(flatten)]
    indicator: IndicatorDetails,
    /// What belongs to it.
    parts: Vec<IndicatorDetails>,
    /// All entries at the programme's own place, oldest first, superseded ones included.
    history: Vec<EntryDetails>,
    /// The places directly below that have a figure.
    places: Vec<PlaceDetails>,
    /// How many places directly below have none; null where it is not collected below.
    silent_places: Option<usize>,
}

/// An indicator at a place below.
#[derive(Serialize, utoipa::ToSchema)]
struct PlaceDetails {
    /// Six, nine or twelve digits.
    region: String,
    place: String,
    actual: Option<FigureDetails>,
    target: Option<FigureDetails>,
    progress: Option<String>,
    light: Option<&'static str>,
}

/// The indicators of a programme with the figures that count, in the order of the page.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/indicators", tag = "programmes",
    params(("slug" = String, Path, example = "330200-2024"), Asked, Paging),
    responses((status = 200, body = Slice<IndicatorDetails>), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let on = app.store.reader();
    let board = asked.lit(on, published(on, &slug).await?).await?.board;
    Slice::of_all(indicators(&board), &wanted)?.reply(&wanted).await
}

/// One indicator with its history, parts and places.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/indicators/{number}", tag = "programmes",
    params(("slug" = String, Path, example = "330200-2024"), ("number" = i32, Path, example = 71), Asked),
    responses((status = 200, body = IndicatorStory), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    Path((slug, number)): Path<(String, i32)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let lit = asked.lit(on, published(on, &slug).await?).await?;
    let board = &lit.board;
    let row = board
        .all_rows()
        .into_iter()
        .find(|row| row.indicator.number == number)
        .ok_or_else(|| Problem::not_found("这份方案没有这个指标", "The programme has no such indicator"))?;
    let home = board.outline.region();
    let rows = entries::of_place(on, &[row.indicator.id], home).await?;
    let below = places::below(on, &lit, &row.indicator, home).await?;
    let silent_places = below.as_ref().map(|below| below.silent);
    let place = |place: places::PlaceFigures| PlaceDetails {
        region: place.code.short(),
        place: place.name,
        actual: details(place.actual.as_ref()),
        target: details(place.target.as_ref()),
        progress: place.progress.map(percent),
        light: place.light.map(Light::code),
    };
    let story = IndicatorStory {
        indicator: of(board, row),
        parts: row.parts.iter().map(|part| of(board, part)).collect(),
        history: EntryDetails::all(on, &board.outline, rows).await?,
        places: below.map(|below| below.places.into_iter().map(place).collect()).unwrap_or_default(),
        silent_places,
    };
    Ok(axum::Json(story).into_response())
}
