//! Money in the API and in sheets: by source, what is derived from it, and the amounts within projects.

use axum::extract::State;
use axum::response::Response;
use figures::{Decimal, Number};
use kernel::{Lang, Text};
use ledger::board::{Basis, Board, Row as BoardRow};
use ledger::words::{FundSource, Kind, Purpose};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, Step};

use crate::balance::Remainder;
use crate::figure_api::{FigureDetails, basis_name, details, percent};
use crate::money::Purse;
use crate::scoreboard::{Asked, published};

const ROUTES: &[Route] = &[Route::get("/api/v1/programmes/{slug}/money", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().routes(routes!(list)), routes: ROUTES }
}

/// Money of one source, of all sources, or of a project.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MoneyDetails {
    /// The indicator's number in the programme; none for what is derived.
    indicator: Option<i32>,
    name: String,
    /// `funding` for the programme's own money, else what the indicator is for.
    purpose: &'static str,
    /// Where it comes from: `higher`, `province`, `city`, `county`, `town`, `other`; none for the whole.
    source: Option<&'static str>,
    /// `published`, or `derived` for the sources that are not told one by one.
    #[schema(value_type = String)]
    basis: Basis,
    planned: Option<FigureDetails>,
    spent: Option<FigureDetails>,
    /// Spent of planned in percent, four decimals.
    #[schema(example = "55.9512")]
    percent: Option<String>,
    /// What should be spent by the day of the figure, in percent.
    schedule: Option<String>,
    /// Points ahead of that; negative when behind.
    lead: Option<String>,
}

impl Row for MoneyDetails {
    fn file_name() -> Text {
        Text::new("资金", "money")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("指标号", "indicator"),
            Text::new("名称", "name"),
            Text::new("用途", "purpose"),
            Text::new("来源", "source"),
            Text::new("公布或计算", "basis"),
            Text::new("安排", "planned"),
            Text::new("已用", "spent"),
            Text::new("单位", "unit"),
            Text::new("截至", "cut-off"),
            Text::new("使用进度（%）", "percent"),
            Text::new("序时进度（%）", "schedule"),
            Text::new("快于序时（百分点）", "points ahead"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let decimal = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<Decimal>().ok());
        let value = |figure: &Option<FigureDetails>| figure.as_ref().and_then(FigureDetails::decimal);
        let either = self.spent.as_ref().or(self.planned.as_ref());
        let source = self.source.and_then(FundSource::parse).map(|source| source.name().get(lang).to_owned());
        vec![
            self.indicator.map(i64::from).into(),
            self.name.as_str().into(),
            self.purpose.into(),
            source.into(),
            basis_name(self.basis, lang).into(),
            value(&self.planned).into(),
            value(&self.spent).into(),
            either.map(|figure| figure.unit.clone()).into(),
            either.and_then(|figure| figure.as_of).into(),
            decimal(&self.percent).into(),
            decimal(&self.schedule).into(),
            decimal(&self.lead).into(),
        ]
    }
}

/// The rows of a board as the API gives them.
pub(crate) fn listed(board: &Board) -> Vec<MoneyDetails> {
    let mut rows = Vec::new();
    if let Some(purse) = Purse::of(board) {
        rows.push(of_row(purse.whole));
        rows.extend(purse.sources.iter().map(|(row, _)| of_row(row)));
        rows.extend(purse.remainder().map(|rest| of_remainder(&purse, rest)));
    }
    let others = board.all_rows().into_iter().filter(|row| row.indicator.kind() == Kind::Money);
    rows.extend(others.filter(|row| row.indicator.purpose() != Purpose::Funding).map(of_row));
    rows
}

fn of_row(row: &BoardRow) -> MoneyDetails {
    MoneyDetails {
        indicator: Some(row.indicator.number),
        name: row.indicator.name.clone(),
        purpose: row.indicator.purpose().code(),
        source: row.indicator.fund_source().map(FundSource::code),
        basis: row.actual.as_ref().or(row.target.as_ref()).map_or(Basis::Published, |shown| shown.basis),
        planned: details(row.target.as_ref()),
        spent: details(row.actual.as_ref()),
        percent: row.progress.map(percent),
        schedule: row.schedule.map(|schedule| percent(schedule.percent)),
        lead: row.progress.zip(row.schedule).map(|(progress, schedule)| percent(progress - schedule.percent)),
    }
}

fn of_remainder(purse: &Purse<'_>, rest: Remainder) -> MoneyDetails {
    let schedule = purse.whole.schedule;
    let figure = |number: Number| FigureDetails {
        value: Some(number.value.normalize().to_string()),
        printed: number.to_string(),
        qualifier: "eq",
        unit: "元".to_owned(),
        as_of: purse.whole.actual.as_ref().and_then(|shown| shown.as_of),
        basis: Basis::Derived,
        places: 0,
        region: None,
        entry: None,
        trail: None,
    };
    MoneyDetails {
        indicator: None,
        name: "其余来源合计".to_owned(),
        purpose: Purpose::Funding.code(),
        source: None,
        basis: Basis::Derived,
        planned: Some(figure(rest.planned)),
        spent: Some(figure(rest.spent)),
        percent: Some(percent(rest.percent)),
        schedule: schedule.map(|schedule| percent(schedule.percent)),
        lead: schedule.map(|schedule| percent(rest.percent - schedule.percent)),
    }
}

/// The money of a programme by source, then the money of its projects; the two are never added.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/money", tag = "programmes",
    params(("slug" = String, Path, example = "330200-2024"), Asked, Paging),
    responses((status = 200, body = Slice<MoneyDetails>), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn list(
    State(app): State<App>,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let on = app.store.reader();
    let board = asked.board(on, published(on, &slug).await?).await?;
    Slice::of_all(listed(&board), &wanted)?.reply(&wanted).await
}
