//! The scoreboard of a programme: `/programmes/{slug}?cut_off=&known=`.
//!
//! Opened without a cut-off it stands at the programme's usual one; figures that exist only later are shown under their
//! own day. With a cut-off it shows what had been reached by then and nothing later; with `known` what the ledger knew
//! at the end of that day.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Lang, Problem};
use ledger::board::{Board, CategoryBoard, ProjectBoard};
use ledger::entries::View;
use ledger::programmes;
use ledger::rules::Light;
use ledger::tables::programmes::Model as Programme;
use ledger::words::{DecisionMode, Purpose, Statistic};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use watch::read_day;
use watch::rules::lights::Cause;
use web::components;
use web::{Access, App, Frame, Path, Query, Result, Route, Step, page};

use crate::changes::{Change, Changes, Side};
use crate::headline::{Funding, Headline, funding, headlines};
use crate::lit::{Lit, Reasons};
use crate::shown::{Dated, Line, Setting};

const ROUTES: &[Route] = &[Route::get("/programmes/{slug}", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/programmes/{slug}", get(show)), routes: ROUTES }
}

/// The published programme of this name.
///
/// # Errors
/// Not found, also for a programme that the public does not see yet.
pub(crate) async fn published<C: ConnectionTrait>(on: &C, slug: &str) -> Result<Programme> {
    let found = programmes::find(on, slug).await?.filter(|programme| programme.published);
    Ok(found.ok_or_else(|| {
        Problem::not_found(
            "没有这份方案，或尚未公布。请从各地进度重新进入",
            "There is no such programme, or it is not public yet: start again from the list of places",
        )
    })?)
}

/// From which side of time a page is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Figures up to this day, such as `2024-06-30`.
    #[serde(default)]
    cut_off: String,
    /// A day typed in; it goes before the one chosen from the list.
    #[serde(default)]
    day: String,
    /// What the ledger knew at the end of this day, such as `2024-08-01`.
    #[serde(default)]
    known: String,
}

impl Asked {
    /// The cut-off and the day of knowledge, where they are asked for.
    ///
    /// # Errors
    /// When one of them is no day.
    pub(crate) fn view(&self) -> Result<View> {
        let typed = read_day("day", &self.day)?;
        let chosen = read_day("cut_off", &self.cut_off)?;
        Ok(View { cut_off: typed.or(chosen), known: read_day("known", &self.known)? })
    }

    /// The board of `programme` as asked for, its projects lit as on the office's board.
    ///
    /// # Errors
    /// When one of the days is none, or the database fails.
    pub(crate) async fn lit<C: ConnectionTrait>(&self, on: &C, programme: Programme) -> Result<Lit> {
        Ok(Lit::load(on, programme, self.view()?).await?)
    }

    /// The figures alone, for what shows no project.
    ///
    /// # Errors
    /// As [`Asked::lit`].
    pub(crate) async fn board<C: ConnectionTrait>(&self, on: &C, programme: Programme) -> Result<Board> {
        let view = self.view()?;
        Ok(match view.cut_off {
            Some(_) => Board::load(on, programme, view).await?,
            None => Board::open(on, programme, view.known).await?,
        })
    }
}

#[derive(Template)]
#[template(path = "scoreboard.html")]
struct ScoreboardPage<'a> {
    f: &'a Frame,
    board: &'a Board,
    dated: Dated,
    /// Whether the reader asked for a cut-off, rather than for the usual one.
    asked: bool,
    place: String,
    heading: &'a str,
    size: String,
    headlines: Vec<Headline>,
    strip: Option<Strip>,
    categories: Vec<Section>,
    context: Vec<Section>,
    funding: Option<Funding>,
    /// What was asked of the congress about adopted projects, and what it decided.
    changes: Vec<Change>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let programme = published(on, &slug).await?;
    let Lit { board, why, .. } = asked.lit(on, programme).await?;
    let changes = Changes::load(on, &board.outline, board.view.known).await?;
    let setting = Setting::of(on, &f, &board, &changes).await?;
    let region = board.outline.region();
    let programme = &board.outline.programme;
    page(&ScoreboardPage {
        f: &f,
        board: &board,
        dated: setting.dated,
        asked: asked.view()?.cut_off.is_some(),
        place: ledger::regions::name_in(on, region, programme.year).await?,
        heading: programme.title_in(f.lang),
        size: size(f.lang, &board),
        headlines: headlines(&f, &board),
        strip: strip(f.lang, &board, &why),
        categories: board.adopted_categories().map(|category| Section::of(&setting, category)).collect(),
        context: board
            .context()
            .map(|category| Section::of(&setting, category))
            .filter(|section| !section.groups.is_empty())
            .collect(),
        funding: funding(&f, &board),
        changes: changes.shown(&f, &board.outline),
    })
}

/// 15 类 37 项, as published where it is published.
pub(crate) fn size(lang: Lang, board: &Board) -> String {
    let published = |statistic| Some(board.published(statistic)?.number?.grouped());
    let categories = published(Statistic::Categories);
    let projects = published(Statistic::Projects);
    let said = match lang {
        Lang::Zh => [categories.map(|count| format!("{count} 类")), projects.map(|count| format!("{count} 项"))],
        Lang::En => {
            [categories.map(|count| format!("{count} categories")), projects.map(|count| format!("{count} projects"))]
        }
    };
    let said: Vec<_> = said.into_iter().flatten().collect();
    if !said.is_empty() {
        return said.join(lang.t(" ", ", "));
    }
    let (categories, projects) = (board.adopted_categories().count(), board.adopted_projects().count());
    match (lang, categories) {
        (_, 0) => String::new(),
        (Lang::Zh, _) => format!("{categories} 类 {projects} 个项目"),
        (Lang::En, _) => format!("{categories} categories, {projects} projects"),
    }
}

impl ScoreboardPage<'_> {
    fn decided(&self) -> String {
        let programme = &self.board.outline.programme;
        let mode = DecisionMode::parse(&programme.decision_mode).filter(|mode| *mode != DecisionMode::Unstated);
        let mode = mode.map(|mode| mode.name().get(self.f.lang).to_owned());
        let by = Some(programme.adopted_by.clone()).filter(|by| !by.is_empty());
        [by, mode].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.f.lang.day(*day)
    }

    fn at(&self, day: &NaiveDate) -> bool {
        self.asked && self.board.view.cut_off == Some(*day)
    }

    fn schedule(&self) -> Option<(String, String)> {
        let schedule = self.board.schedule?;
        Some((figures::print_percent(schedule.percent, 1), schedule.count().get(self.f.lang).to_owned()))
    }

    fn undated(&self) -> bool {
        self.dated == Dated::None
    }

    fn blank(&self) -> bool {
        self.dated == Dated::NoFigure
    }

    /// What stands where there is no figure.
    fn missing(&self) -> &str {
        match self.asked || self.board.view.known.is_some() {
            true => self.f.lang.t("此时尚无", "none by then"),
            false => self.f.lang.t("未公布", "not published"),
        }
    }

    fn year(&self) -> String {
        self.board.outline.programme.year.to_string()
    }

    fn changes_path(&self) -> String {
        crate::changes::path(&self.board.outline.programme.slug)
    }

    fn region_path(&self) -> String {
        format!("/regions/{}", self.board.outline.region().short())
    }
}

/// One small cell per project.
struct Strip {
    title: String,
    cells: Vec<Cell>,
    /// Said once for all cells, where single ones are not known.
    label: String,
    legend: Vec<components::Light>,
    note: String,
}

struct Cell {
    class: &'static str,
    /// Where it leads and what it says; none where it is not known which project it is.
    project: Option<(String, String)>,
}

/// The strip of a programme whose projects have lights, or whose published counts stand in for them.
fn strip(lang: Lang, board: &Board, why: &Reasons) -> Option<Strip> {
    let projects: Vec<_> = board.adopted_projects().collect();
    if projects.iter().any(|project| project.light.is_some()) {
        return Some(lit_strip(lang, board, &projects, why));
    }
    let count = |statistic| usize::try_from(board.published(statistic)?.value()?.trunc().mantissa()).ok();
    let all = count(Statistic::Projects).filter(|all| *all <= 500)?;
    let done = count(Statistic::DoneEarly).filter(|done| *done <= all)?;
    let rest = all - done;
    let cells = (0..all).map(|at| Cell { class: if at < done { "done" } else { "unknown" }, project: None }).collect();
    let above = board
        .published(Statistic::AboveThreshold)
        .and_then(|shown| shown.number)
        .zip(board.published(Statistic::Threshold).and_then(|shown| shown.number));
    let note = match (lang, above) {
        (Lang::Zh, Some((above, threshold))) => format!(
            "公布了 {done} 项提前完成、{above} 项进展率超过 {threshold}%，没有公布是哪些项目，也没有说明 {above} 项是否包含这 {done} 项。因此只标完成数，不给单个项目亮灯。"
        ),
        (Lang::Zh, None) => format!("公布了 {done} 项提前完成，没有公布是哪些项目。因此只标完成数，不给单个项目亮灯。"),
        (Lang::En, Some((above, threshold))) => format!(
            "{done} done early and {above} above {threshold}% are published, but not which ones, nor whether the {above} include the {done}. So only the count is marked and no single project has a light."
        ),
        (Lang::En, None) => {
            format!("{done} done early are published, but not which ones. So no single project has a light.")
        }
    };
    Some(Strip {
        title: match lang {
            Lang::Zh => format!("{all} 项"),
            Lang::En => format!("{all} projects"),
        },
        cells,
        label: match lang {
            Lang::Zh => format!("{all} 项中 {done} 项已完成，其余 {rest} 项的进度未逐项公布"),
            Lang::En => format!("{done} of {all} projects done, progress of the other {rest} not published one by one"),
        },
        legend: vec![
            components::Light { class: "done", word: format!("{} {done}", lang.t("完成", "done")) },
            components::Light {
                class: "", word: format!("{} {rest}", lang.t("未逐项公布", "not published singly"))
            },
        ],
        note,
    })
}

fn lit_strip(lang: Lang, board: &Board, projects: &[&ProjectBoard], why: &Reasons) -> Strip {
    let unknown = lang.t("没有目标或没有日期，不亮灯", "no target or no day, so no light");
    let cells = projects.iter().map(|project| {
        let word = project.light.map_or_else(|| unknown.to_owned(), |light| light.name().get(lang).to_owned());
        Cell {
            class: project.light.map_or("unknown", Light::code),
            project: Some((format!("#project-{}", project.project.id), told(lang, project, &word, why))),
        }
    });
    let mut legend: Vec<_> = board
        .lights()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(light, count)| components::Light {
            class: light.code(),
            word: format!("{} {count}", light.name().get(lang)),
        })
        .collect();
    let dark = projects.iter().filter(|project| project.light.is_none()).count();
    if dark > 0 {
        legend.push(components::Light { class: "", word: format!("{} {dark}", lang.t("不亮灯", "no light")) });
    }
    let published = board.published(Statistic::Projects).and_then(|shown| shown.number);
    let published = published.filter(|count| count.value != projects.len().into());
    let split = published.map(|count| match lang {
        Lang::Zh => format!("公布为 {count} 项，这里按内容分成 {} 个项目。", projects.len()),
        Lang::En => format!("Published as {count} projects; split here into {} by content. ", projects.len()),
    });
    let why = match (lang, dark) {
        (_, 0) => String::new(),
        (Lang::Zh, _) => "公布了目标、又有日期的项目才亮灯；其余项目只列成果。".to_owned(),
        (Lang::En, _) => {
            "Only projects with a published target and a day have a light; the others list what was done.".to_owned()
        }
    };
    Strip {
        title: match lang {
            Lang::Zh => format!("{} 个项目", projects.len()),
            Lang::En => format!("{} projects", projects.len()),
        },
        cells: cells.collect(),
        label: String::new(),
        legend,
        note: split.unwrap_or_default() + &why,
    }
}

/// A project with its light and the reason that decided it.
fn told(lang: Lang, project: &ProjectBoard, word: &str, why: &Reasons) -> String {
    let decisive = why.get(&project.project.id).and_then(|verdict| verdict.why.first());
    let reason = decisive.filter(|why| project.light.is_some() || why.cause == Cause::Cancelled);
    match reason {
        Some(why) if project.light.is_none() => format!("{} · {}", project.project.name, why.words.get(lang)),
        Some(why) => format!("{} · {word} · {}", project.project.name, why.words.get(lang)),
        None => format!("{} · {word}", project.project.name),
    }
}

/// A category with its projects, ready to print.
struct Section {
    number: Option<i32>,
    name: String,
    /// Whether any of its indicators has a target: the table then has all five columns.
    targets: bool,
    groups: Vec<Group>,
}

/// A project with its rows.
struct Group {
    id: String,
    /// Empty where it only repeats the category or its one indicator.
    heading: String,
    /// What was changed of the project as a whole, where the heading stands.
    remarks: Vec<String>,
    lines: Vec<Line>,
}

impl Section {
    fn anchor(&self) -> String {
        match self.number {
            Some(number) => format!("category-{number}"),
            None => format!("context-{}", self.name),
        }
    }

    fn ordinal(&self) -> String {
        self.number.map(|number| number.to_string()).unwrap_or_default()
    }

    fn empty(&self) -> bool {
        self.groups.iter().all(|group| group.lines.is_empty())
    }

    fn of(setting: &Setting<'_>, category: &CategoryBoard) -> Self {
        let adopted = category.category.number.is_some();
        let groups: Vec<_> = category
            .projects
            .iter()
            .map(|project| Group::of(setting, category, project))
            // What is adopted stands on the page even before it has a figure.
            .filter(|group| adopted || !group.lines.is_empty())
            .collect();
        Self {
            number: category.category.number,
            name: category.category.name.clone(),
            targets: adopted && groups.iter().flat_map(|group| &group.lines).any(|line| line.target.is_some()),
            groups,
        }
    }
}

impl Group {
    fn of(setting: &Setting<'_>, category: &CategoryBoard, project: &ProjectBoard) -> Self {
        // Money has a section of its own.
        let rows = project.rows.iter().filter(|row| row.indicator.purpose() != Purpose::Funding);
        let mut lines: Vec<_> = rows.flat_map(|row| setting.lines(row)).collect();
        // Outside the adopted categories a target is a published number like any other.
        if category.category.number.is_none() {
            lines.iter_mut().for_each(|line| line.stand_in(setting.lang()));
        }
        let name = &project.project.name;
        let repeated = *name == category.category.name || lines.len() == 1 && lines[0].name == *name;
        let mut remarks = setting.changes_of_project(project.project.id);
        if let Some(first) = lines.first_mut().filter(|_| repeated) {
            first.remarks.append(&mut remarks);
        }
        Self {
            id: format!("project-{}", project.project.id),
            heading: if repeated { String::new() } else { name.clone() },
            remarks,
            lines,
        }
    }
}
