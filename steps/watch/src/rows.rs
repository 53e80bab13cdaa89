//! The tables of the board as rows to take away.

use chrono::NaiveDate;
use kernel::{Lang, Text};
use ledger::rules::Light;
use rust_decimal::Decimal;
use serde::Serialize;
use web::download::{Cell, Row};

use crate::api::light_code;
use crate::shown;
use crate::state::{BodyState, Matrix, PlaceState, ProjectState, Silent, Watched};

/// A percentage or a number of points with one decimal, as text, so that no reader rounds it again.
fn one_place(value: Option<Decimal>) -> Option<String> {
    value.map(|value| shown::bare(Some(value)))
}

fn number(text: &Option<String>) -> Cell {
    text.as_ref().and_then(|text| text.parse::<Decimal>().ok()).into()
}

fn count(count: usize) -> Cell {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}

/// A project on the board.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ProjectRow {
    /// The project's key.
    project: String,
    name: String,
    /// The category's number as adopted.
    category_number: Option<i32>,
    category: String,
    /// The cut-off.
    cut_off: NaiveDate,
    /// What should be done, in percent.
    #[schema(example = "50.0")]
    schedule: Option<String>,
    /// How that was counted.
    schedule_basis: Option<String>,
    /// Done of to be done, in percent.
    quantity: Option<String>,
    /// 形象进度 as its reporter estimates it, in percent.
    image: Option<String>,
    /// Money used of money planned, in percent.
    money: Option<String>,
    /// Quantity less schedule, in points.
    deviation: Option<String>,
    /// `done`, `steady`, `behind`, `late` or `none`.
    light: &'static str,
    /// Why, rule by rule.
    why: String,
    stage: Option<String>,
    /// An estimate (预测) for the end of the year, in percent.
    forecast: Option<String>,
    forecast_low: Option<String>,
    forecast_high: Option<String>,
    /// `on_course`, `likely`, `doubtful` or `unlikely`.
    chance: Option<crate::rules::forecast::Chance>,
    /// The first cut-off from which it lags without a break.
    lagging_since: Option<NaiveDate>,
    /// In how many months of these.
    lagging_months: Option<u32>,
    /// The latest cut-off of a figure.
    reported_to: Option<NaiveDate>,
    /// Whether there is no figure of the cut-off.
    silent: bool,
    lead: Option<String>,
    #[serde(skip)]
    light_name: String,
}

impl ProjectRow {
    /// A project as a row.
    pub(crate) fn of(watched: &Watched, one: &ProjectState, lang: Lang) -> Self {
        let due = one.due.as_ref();
        let reasons: Vec<_> = one.why.iter().map(|why| why.words.get(lang)).collect();
        let forecast = one.forecast.as_ref();
        Self {
            project: one.project.id.to_string(),
            name: one.project.name.clone(),
            category_number: one.category.number,
            category: one.category.name.clone(),
            cut_off: watched.gathered.cut_off,
            schedule: one_place(due.map(|due| due.percent)),
            schedule_basis: due.map(|due| due.basis.get(lang).to_owned()),
            quantity: one_place(one.quantity),
            image: one_place(one.image),
            money: one_place(one.money.and_then(|money| money.percent())),
            deviation: one_place(one.deviation),
            light: light_code(one.light),
            why: reasons.join(lang.t("；", "; ")),
            stage: one.stage.clone(),
            forecast: one_place(forecast.map(|one| one.value)),
            forecast_low: one_place(forecast.map(|one| one.low)),
            forecast_high: one_place(forecast.map(|one| one.high)),
            chance: one.chance,
            lagging_since: one.lagging.map(|(since, _)| since),
            lagging_months: one.lagging.map(|(_, months)| months),
            reported_to: one.last,
            silent: one.silent,
            lead: one.lead.map(|body| watched.gathered.body(body)),
            light_name: shown::light(lang, one.light).word,
        }
    }
}

impl Row for ProjectRow {
    fn file_name() -> Text {
        Text::new("监测-项目", "watch-projects")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("类别序号", "category number"),
            Text::new("类别", "category"),
            Text::new("项目", "project"),
            Text::new("牵头单位", "lead body"),
            Text::new("截至", "cut-off"),
            Text::new("序时进度（%）", "schedule (%)"),
            Text::new("序时算法", "counted as"),
            Text::new("数量进度（%）", "quantity (%)"),
            Text::new("偏差（百分点）", "deviation (points)"),
            Text::new("形象进度（%）", "image (%)"),
            Text::new("资金进度（%）", "money (%)"),
            Text::new("状态", "light"),
            Text::new("原因", "why"),
            Text::new("连续滞后月数", "months lagging"),
            Text::new("阶段", "stage"),
            Text::new("预测年底（%）", "forecast (%)"),
            Text::new("预测下限（%）", "forecast, low (%)"),
            Text::new("预测上限（%）", "forecast, high (%)"),
            Text::new("填报到", "reported to"),
        ]
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.category_number.map(i64::from).into(),
            self.category.as_str().into(),
            self.name.as_str().into(),
            self.lead.clone().into(),
            self.cut_off.into(),
            number(&self.schedule),
            self.schedule_basis.clone().into(),
            number(&self.quantity),
            number(&self.deviation),
            number(&self.image),
            number(&self.money),
            self.light_name.as_str().into(),
            self.why.as_str().into(),
            self.lagging_months.map(i64::from).into(),
            self.stage.clone().into(),
            number(&self.forecast),
            number(&self.forecast_low),
            number(&self.forecast_high),
            self.reported_to.into(),
        ]
    }
}

/// A place or a body in a ranking.
#[derive(Serialize, utoipa::ToSchema)]
struct Standing {
    /// 1 is best; none without a mean.
    place: Option<usize>,
    /// Whether others share it (并列).
    tied: bool,
    /// The mean quantity of its projects, in percent.
    mean: Option<String>,
    projects: usize,
    done: usize,
    on_schedule: usize,
    behind: usize,
    far_behind: usize,
    /// Projects without a figure of the cut-off.
    silent: usize,
    cut_off: NaiveDate,
}

impl Standing {
    fn headings() -> [Text; 10] {
        [
            Text::new("名次", "place"),
            Text::new("并列", "tied"),
            Text::new("平均数量进度（%）", "mean quantity (%)"),
            Text::new("项目数", "projects"),
            Text::new("完成", "done"),
            Text::new("正常", "on schedule"),
            Text::new("滞后", "behind"),
            Text::new("严重滞后", "far behind"),
            Text::new("缺本期", "silent"),
            Text::new("截至", "cut-off"),
        ]
    }

    fn cells(&self, lang: Lang) -> [Cell; 10] {
        [
            self.place.map(|place| i64::try_from(place).unwrap_or(i64::MAX)).into(),
            if self.tied { lang.t("是", "yes").into() } else { Cell::Empty },
            number(&self.mean),
            count(self.projects),
            count(self.done),
            count(self.on_schedule),
            count(self.behind),
            count(self.far_behind),
            count(self.silent),
            self.cut_off.into(),
        ]
    }
}

/// A place below.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PlaceRow {
    /// Six, nine or twelve digits.
    region: String,
    name: String,
    #[serde(flatten)]
    standing: Standing,
}

impl PlaceRow {
    /// A place as a row.
    pub(crate) fn of(matrix: &Matrix, one: &PlaceState) -> Self {
        Self {
            region: one.place.short(),
            name: one.name.clone(),
            standing: Standing {
                place: one.rank.map(|rank| rank.place),
                tied: one.rank.is_some_and(|rank| rank.tied),
                mean: one_place(one.mean),
                projects: one.projects(),
                done: one.count(Light::Done),
                on_schedule: one.count(Light::OnSchedule),
                behind: one.count(Light::Behind),
                far_behind: one.count(Light::FarBehind),
                silent: one.silent(),
                cut_off: matrix.gathered.cut_off,
            },
        }
    }
}

impl Row for PlaceRow {
    fn file_name() -> Text {
        Text::new("监测-各地排名", "watch-regions")
    }

    fn headings() -> Vec<Text> {
        let own = [Text::new("地区代码", "region"), Text::new("地方", "name")];
        own.into_iter().chain(Standing::headings()).collect()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let own = [self.region.as_str().into(), self.name.as_str().into()];
        own.into_iter().chain(self.standing.cells(lang)).collect()
    }
}

/// A lead body.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BodyRow {
    /// The body's key.
    body: String,
    name: String,
    #[serde(flatten)]
    standing: Standing,
}

impl BodyRow {
    /// A body as a row.
    pub(crate) fn of(matrix: &Matrix, one: &BodyState) -> Self {
        let lit = |light: Light| one.lights.iter().find(|(lit, _)| *lit == light).map_or(0, |(_, count)| *count);
        Self {
            body: one.body.to_string(),
            name: one.name.clone(),
            standing: Standing {
                place: one.rank.map(|rank| rank.place),
                tied: one.rank.is_some_and(|rank| rank.tied),
                mean: one_place(one.mean),
                projects: one.projects,
                done: lit(Light::Done),
                on_schedule: lit(Light::OnSchedule),
                behind: lit(Light::Behind),
                far_behind: lit(Light::FarBehind),
                silent: one.silent,
                cut_off: matrix.gathered.cut_off,
            },
        }
    }
}

impl Row for BodyRow {
    fn file_name() -> Text {
        Text::new("监测-牵头单位", "watch-bodies")
    }

    fn headings() -> Vec<Text> {
        std::iter::once(Text::new("牵头单位", "lead body")).chain(Standing::headings()).collect()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        std::iter::once(self.name.as_str().into()).chain(self.standing.cells(lang)).collect()
    }
}

/// A project at a place.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CellRow {
    region: String,
    place: String,
    /// The project's key.
    project: String,
    name: String,
    quantity: Option<String>,
    /// Quantity less schedule, in points.
    deviation: Option<String>,
    /// `done`, `steady`, `behind`, `late` or `none`.
    light: &'static str,
    why: String,
    lagging_months: Option<u32>,
    reported_to: Option<NaiveDate>,
    silent: bool,
    lead: Option<String>,
    #[serde(skip)]
    light_name: String,
}

impl CellRow {
    /// All cells, place by place.
    pub(crate) fn all(matrix: &Matrix, lang: Lang) -> Vec<Self> {
        let of = |place: &PlaceState| {
            let cells = matrix.projects.iter().zip(&place.cells);
            let rows = cells.filter_map(|((_, project), cell)| {
                let cell = cell.as_ref()?;
                Some(Self {
                    region: place.place.short(),
                    place: place.name.clone(),
                    project: project.id.to_string(),
                    name: project.name.clone(),
                    quantity: one_place(cell.quantity),
                    deviation: one_place(cell.deviation),
                    light: light_code(cell.light),
                    why: cell.why.iter().map(|why| why.words.get(lang)).collect::<Vec<_>>().join(lang.t("；", "; ")),
                    lagging_months: cell.lagging.map(|(_, months)| months),
                    reported_to: cell.last,
                    silent: cell.silent,
                    lead: cell.lead.map(|body| matrix.gathered.body(body)),
                    light_name: shown::light(lang, cell.light).word,
                })
            });
            rows.collect::<Vec<_>>()
        };
        matrix.places.iter().flat_map(of).collect()
    }
}

impl Row for CellRow {
    fn file_name() -> Text {
        Text::new("监测-项目与地方", "watch-matrix")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("地区代码", "region"),
            Text::new("地方", "place"),
            Text::new("项目", "project"),
            Text::new("数量进度（%）", "quantity (%)"),
            Text::new("偏差（百分点）", "deviation (points)"),
            Text::new("状态", "light"),
            Text::new("原因", "why"),
            Text::new("连续滞后月数", "months lagging"),
            Text::new("填报到", "reported to"),
            Text::new("牵头单位", "lead body"),
        ]
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.region.as_str().into(),
            self.place.as_str().into(),
            self.name.as_str().into(),
            number(&self.quantity),
            number(&self.deviation),
            self.light_name.as_str().into(),
            self.why.as_str().into(),
            self.lagging_months.map(i64::from).into(),
            self.reported_to.into(),
            self.lead.clone().into(),
        ]
    }
}

/// What a place owes.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MissingRow {
    region: String,
    place: String,
    /// The project's key.
    project: String,
    name: String,
    /// The key of the return that is owed; none where no round says so.
    #[serde(rename = "return")]
    owed: Option<String>,
    /// The body that owes it; empty where nobody is known.
    body: String,
    /// Where its return stands.
    state: String,
    /// The latest cut-off of a figure; none when there was never one.
    reported_to: Option<NaiveDate>,
    /// Days past the last day of the round, or past the cut-off without one; negative while there is time.
    days: i64,
}

impl MissingRow {
    /// What is owed as a row.
    pub(crate) fn of(one: Silent, lang: Lang) -> Self {
        let Silent { place, name, project, project_name, owed, body, state, last, days } = one;
        Self {
            region: place.short(),
            place: name,
            project: project.to_string(),
            name: project_name,
            owed: owed.map(|id| id.to_string()),
            body,
            state: state.get(lang).to_owned(),
            reported_to: last,
            days,
        }
    }
}

impl Row for MissingRow {
    fn file_name() -> Text {
        Text::new("监测-未报", "watch-missing")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("地区代码", "region"),
            Text::new("地方", "place"),
            Text::new("项目", "project"),
            Text::new("单位", "body"),
            Text::new("填报状态", "state"),
            Text::new("上次报到", "reported to"),
            Text::new("逾期天数", "days late"),
        ]
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.region.as_str().into(),
            self.place.as_str().into(),
            self.name.as_str().into(),
            self.body.as_str().into(),
            self.state.as_str().into(),
            self.reported_to.into(),
            self.days.into(),
        ]
    }
}
