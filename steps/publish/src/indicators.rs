//! The page of an indicator: `/programmes/{slug}/indicators/{number}?place=`.
//!
//! Its figure, its history, its parts, the places below level by level, the same matter elsewhere, who answers for it,
//! and every entry that was ever recorded for it at the place shown.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use figures::{Decimal, Number, relations};
use kernel::{Lang, Problem, RegionCode};
use ledger::board::{Basis, Board, Row, Shown};
use ledger::matters::{self, Matter};
use ledger::programmes::{ResponsibilityRole, responsibilities_of};
use ledger::search::{indicator_path, programme_path};
use ledger::tables::{categories, projects};
use ledger::words::{Accumulation, Breakdown, Direction, Measure, Relation};
use serde::Deserialize;
use store::Store;
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet, FigureLink, Tag};
use web::{Access, App, Frame, Path, Query, Result, Route, Step, page};

use crate::changes::{Change, Changes};
use crate::history::{self, Known, Point};
use crate::places::{self, PlaceFigures, PlacesBelow};
use crate::scoreboard::{Asked, published};
use crate::shown::{self, Progress};

const ROUTES: &[Route] = &[Route::get("/programmes/{slug}/indicators/{number}", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new().route("/programmes/{slug}/indicators/{number}", get(show));
    Step { router, routes: ROUTES }
}

#[derive(Deserialize)]
struct AskedPlace {
    #[serde(default)]
    place: String,
}

#[derive(Template)]
#[template(path = "indicators.html")]
struct IndicatorPage {
    f: Frame,
    board: Board,
    row: Row,
    project: Option<projects::Model>,
    category: Option<categories::Model>,
    /// The place whose places are listed, and its name.
    above: RegionCode,
    above_name: String,
    own_name: String,
    history: Vec<Point>,
    below: Option<PlacesBelow>,
    matter: Option<Matter>,
    names: BTreeMap<RegionCode, String>,
    roles: Vec<(String, Vec<String>)>,
    records: Vec<Record>,
    /// What was asked of the congress about it, and what it decided.
    changes: Vec<Change>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Path((slug, number)): Path<(String, i32)>,
    Query(asked): Query<Asked>,
    Query(asked_place): Query<AskedPlace>,
) -> Result<Response> {
    let on = app.store.reader();
    let programme = published(on, &slug).await?;
    let lit = asked.lit(on, programme).await?;
    let board = &lit.board;
    let row = board.all_rows().into_iter().find(|row| row.indicator.number == number).cloned().ok_or_else(|| {
        Problem::not_found(
            "这份方案没有这个指标，请从方案页重新进入",
            "The programme has no such indicator: start again from its page",
        )
    })?;
    let home = board.outline.region();
    let above = place_asked(&asked_place.place, home)?;
    let year = board.outline.programme.year;
    let indicator = &row.indicator;
    let project = board.outline.projects.iter().find(|project| project.id == indicator.project_id).cloned();
    let category = project
        .as_ref()
        .and_then(|project| board.outline.categories.iter().find(|category| category.id == project.category_id));
    let all = history::known(on, board, &row).await?;
    let matter = match &indicator.matter {
        Some(code) => matters::find(on, code).await?.map(|found| elsewhere(found, &row)),
        None => None,
    };
    let matter = matter.filter(|matter| !matter.lines.is_empty());
    let shown = IndicatorPage {
        names: shown::place_names(on, matter.as_slice()).await?,
        category: category.cloned(),
        project,
        above,
        above_name: ledger::regions::name_in(on, above, year).await?,
        own_name: ledger::regions::name_in(on, home, year).await?,
        history: history::points(on, board, &row, &all).await?,
        below: places::below(on, &lit, indicator, above).await?,
        matter,
        roles: roles(&app.store, &f, &row).await?,
        records: records(f.lang, &row, &all),
        changes: Changes::load(on, &board.outline, board.view.known).await?.of_indicator(
            &f,
            &board.outline,
            row.indicator.project_id,
            row.indicator.id,
        ),
        f,
        row,
        board: lit.board,
    };
    page(&shown)
}

/// The place to list below: the programme's own, or one inside it.
fn place_asked(text: &str, home: RegionCode) -> Result<RegionCode> {
    if text.is_empty() {
        return Ok(home);
    }
    let inside = text.parse::<RegionCode>().ok().filter(|place| home.contains(*place));
    Ok(inside.ok_or_else(|| Problem::not_found("这份方案不含这个地方", "The programme does not reach this place"))?)
}

/// The matter without the indicator of this page.
fn elsewhere(mut matter: Matter, row: &Row) -> Matter {
    matter.lines.retain(|line| line.indicator.id != row.indicator.id);
    matter
}

/// Who answers for the indicator, by role: bodies and posts by name, persons never.
async fn roles(store: &Store, f: &Frame, row: &Row) -> Result<Vec<(String, Vec<String>)>> {
    let mut roles = BTreeMap::<ResponsibilityRole, Vec<String>>::new();
    let all = responsibilities_of(store.reader(), row.indicator.project_id).await?;
    for one in all.iter().filter(|one| one.indicator_id.is_none_or(|id| id == row.indicator.id)) {
        let Some(role) = ResponsibilityRole::parse(&one.role) else { continue };
        let Some(organisation) = one.organisation_id else { continue };
        let Some(body) = people::store::organisations::find(store, organisation).await? else { continue };
        let mut name = body.name;
        if let Some(post) = one.post_id {
            let posts = people::store::organisations::posts_of(store, organisation).await?;
            if let Some(post) = posts.into_iter().find(|found| found.id == post) {
                name = format!("{name} {}", post.title);
            }
        }
        roles.entry(role).or_default().push(name);
    }
    Ok(roles.into_iter().map(|(role, names)| (role.name().get(f.lang).to_owned(), names)).collect())
}

/// An entry in the list of all.
struct Record {
    recorded_ms: i64,
    measure: &'static str,
    figure: FigureLink,
    day: Option<String>,
    state: String,
    superseded: bool,
}

fn records(lang: Lang, row: &Row, all: &[Known]) -> Vec<Record> {
    let mut records: Vec<_> = all
        .iter()
        .map(|known| {
            let successor = all.iter().find(|other| other.entry.supersedes == Some(known.entry.id));
            let state = match successor {
                Some(newer) => {
                    let reason = newer.reason.map(|reason| reason.name());
                    let reason = reason.as_ref().map_or("", |reason| reason.get(lang));
                    match lang {
                        Lang::Zh => format!("已取代：{reason}"),
                        Lang::En => format!("superseded: {reason}"),
                    }
                }
                None if known.entry.withdrawn => lang.t("已撤回", "withdrawn").to_owned(),
                None => lang.t("现行", "current").to_owned(),
            };
            let mut figure = shown::figure(lang, row.indicator.kind(), &known.shown);
            if known.entry.withdrawn {
                figure.text = lang.t("撤回", "withdrawn").to_owned();
                figure.words = true;
            }
            Record {
                recorded_ms: known.entry.recorded_ms,
                measure: match Measure::from_number(known.entry.measure) {
                    Measure::Actual => lang.t("完成", "done"),
                    Measure::Target => lang.t("目标", "target"),
                },
                figure,
                day: shown::bare_day(lang, &known.shown),
                state,
                superseded: successor.is_some(),
            }
        })
        .collect();
    records.reverse();
    records
}

/// A part of the whole with its bar.
struct Part {
    name: String,
    href: String,
    figure: Option<FigureLink>,
    share: Option<(Bullet, String)>,
}

impl IndicatorPage {
    fn name(&self) -> &str {
        &self.row.indicator.name
    }

    fn heading(&self) -> &str {
        self.board.outline.programme.title_in(self.f.lang)
    }

    fn programme_path(&self) -> String {
        programme_path(&self.board.outline.programme.slug)
    }

    fn region_path(&self, code: &RegionCode) -> String {
        format!("{}?place={}#places", self.path_of(self.row.indicator.number), code.short())
    }

    fn path_of(&self, number: i32) -> String {
        indicator_path(&self.board.outline.programme.slug, number)
    }

    fn figure(&self, shown: &Shown) -> FigureLink {
        let mut figure = shown::figure(self.f.lang, self.row.indicator.kind(), shown);
        if shown.places > 0 && self.row.indicator.kind() == ledger::words::Kind::Boolean {
            figure.unit = self.f.lang.t("个地方", "places").to_owned();
        }
        figure
    }

    fn tag(&self, shown: &Shown) -> Tag {
        match shown.basis {
            Basis::Published => components::tag_published(&self.f),
            Basis::Derived => components::tag_derived(&self.f),
        }
    }

    fn day(&self) -> Option<String> {
        let shown = self.row.actual.as_ref().or(self.row.target.as_ref())?;
        shown::day(self.f.lang, shown)
    }

    fn progress(&self) -> Option<Progress> {
        Progress::of(self.f.lang, &self.row)
    }

    fn schedule(&self) -> Option<String> {
        let schedule = self.row.schedule.filter(|_| self.row.progress.is_some())?;
        Some(figures::print_percent(schedule.percent, 1))
    }

    /// 96 ÷ 70.
    fn division(&self) -> String {
        let number = |shown: &Option<Shown>| Some(shown::plain(self.f.lang, shown.as_ref()?.number?));
        let division = number(&self.row.actual).zip(number(&self.row.target));
        match self.row.indicator.direction() {
            Direction::More => division.map(|(done, due)| format!("{done} ÷ {due}")).unwrap_or_default(),
            Direction::Less => self.f.lang.t("越少越好：目标 ÷ 完成", "less is better: target ÷ outcome").to_owned(),
        }
    }

    fn places_summed(&self) -> Option<String> {
        let sum = [&self.row.actual, &self.row.sum_below].into_iter().flatten().find(|shown| shown.places > 0)?;
        Some(match self.f.lang {
            Lang::Zh => format!("{} 个地方合计", sum.places),
            Lang::En => format!("sum of {} places", sum.places),
        })
    }

    /// A published total beside a sum: both are shown, neither is added to the other.
    fn other_total(&self) -> Option<FigureLink> {
        self.row.sum_below.as_ref().map(|shown| self.figure(shown))
    }

    fn point_progress(&self, point: &Point) -> String {
        point.progress.map(|progress| figures::print_percent(progress, 1)).unwrap_or_default()
    }

    fn point_lead(&self, point: &Point) -> String {
        point.progress.map(|progress| shown::lead(self.f.lang, progress - point.schedule.percent)).unwrap_or_default()
    }

    fn point_day(&self, point: &Point) -> String {
        shown::bare_day(self.f.lang, &point.shown).unwrap_or_else(|| self.f.lang.day(point.day))
    }

    fn point_value(&self, point: &Point) -> String {
        point.shown.value().map(|value| value.normalize().to_string()).unwrap_or_default()
    }

    fn due(&self, point: &Point) -> String {
        point.due.map(|due| due.normalize().to_string()).unwrap_or_default()
    }

    fn due_words(&self, point: &Point) -> String {
        point.due.map(|due| figures::print_grouped(due.normalize())).unwrap_or_default()
    }

    fn unit(&self) -> String {
        shown::unit(self.f.lang, &self.row.indicator.unit)
    }

    /// The parts that make up the whole.
    fn parts(&self) -> Vec<Part> {
        let whole = self.row.actual.as_ref().and_then(Shown::value);
        let of = |row: &Row| {
            let value = row.actual.as_ref().and_then(Shown::value);
            let share =
                value.zip(whole).and_then(|(part, whole)| ledger::rules::progress(part, whole, Direction::More));
            let counted = row.indicator.kind() != ledger::words::Kind::Boolean;
            Part {
                name: row.indicator.name.clone(),
                href: self.path_of(row.indicator.number),
                figure: row
                    .actual
                    .as_ref()
                    .or(row.target.as_ref())
                    .map(|shown| shown::figure(self.f.lang, row.indicator.kind(), shown)),
                share: share
                    .filter(|_| counted)
                    .map(|share| (shown::bullet(share, None, None), figures::print_percent(share, 1))),
            }
        };
        self.part_rows().map(of).collect()
    }

    fn part_rows(&self) -> impl Iterator<Item = &Row> {
        self.row.parts.iter().filter(|part| part.indicator.relation() == Some(Relation::PartOf))
    }

    /// What else belongs to it: its change, a share of it.
    fn related(&self) -> Vec<Part> {
        let others = self.row.parts.iter().filter(|part| part.indicator.relation() != Some(Relation::PartOf));
        others
            .map(|row| Part {
                name: row.indicator.name.clone(),
                href: self.path_of(row.indicator.number),
                figure: row
                    .actual
                    .as_ref()
                    .or(row.target.as_ref())
                    .map(|shown| shown::figure(self.f.lang, row.indicator.kind(), shown)),
                share: None,
            })
            .collect()
    }

    fn complete(&self) -> bool {
        self.row.indicator.breakdown() == Some(Breakdown::Complete)
    }

    /// What the parts leave of the whole, with its share; none for a complete breakdown.
    fn rest(&self) -> Option<(FigureLink, Bullet, String)> {
        if self.complete() {
            return None;
        }
        let whole = self.row.actual.as_ref()?;
        let counted = self.part_rows().filter(|row| row.indicator.kind() != ledger::words::Kind::Boolean);
        let known: Vec<Number> = counted.filter_map(|row| row.actual.as_ref()?.number).collect();
        let sum: Decimal = known.iter().map(|number| number.value).sum();
        let rest = whole.value()?.checked_sub(sum).filter(|rest| !known.is_empty() && *rest > Decimal::ZERO)?;
        let share = ledger::rules::progress(rest, whole.value()?, Direction::More)?;
        let text = figures::print_grouped(rest.normalize());
        let unit = self.unit();
        let figure = FigureLink { value: rest.normalize().to_string(), text, unit, ..FigureLink::default() };
        Some((figure, shown::bullet(share, None, None), figures::print_percent(share, 1)))
    }

    /// 80 + 55 + 21 + 10 + 17 = 183, and whether that agrees.
    fn written_sum(&self) -> Option<(String, bool)> {
        let whole = self.row.actual.as_ref()?.number?;
        let parts: Vec<Number> = self.part_rows().filter_map(|row| row.actual.as_ref()?.number).collect();
        let agrees = relations::sum(&parts, whole, true).verdict.agrees();
        (self.complete() && !parts.is_empty()).then(|| (shown::written_sum(self.f.lang, &parts, whole), agrees))
    }

    fn place_progress(&self, place: &PlaceFigures) -> Option<Progress> {
        let progress = place.progress?;
        let behind = place.schedule.map(|schedule| schedule.percent - progress);
        Some(Progress {
            bullet: shown::bullet(progress, place.schedule, place.light),
            percent: figures::print_percent(progress, 1),
            light: place.light.map(|light| shown::light(self.f.lang, light, behind)),
        })
    }

    fn place_day(&self, place: &PlaceFigures) -> String {
        place.actual.as_ref().and_then(|shown| shown::day(self.f.lang, shown)).unwrap_or_default()
    }

    /// The way back up from a place that was asked for.
    fn upward(&self) -> Option<String> {
        let home = self.board.outline.region();
        let parent = self.above.parent().filter(|_| self.above != home)?;
        Some(self.region_path(&parent))
    }

    fn level_name(&self, level: kernel::Level) -> String {
        level.name().get(self.f.lang).to_owned()
    }

    fn matter_figure(&self, line: &matters::Line) -> Option<FigureLink> {
        let shown = line.actual.as_ref().or(line.target.as_ref())?;
        let mut figure = shown::figure(self.f.lang, line.indicator.kind(), shown);
        if shown.places > 0 {
            figure.trail = Some(indicator_path(&line.programme.slug, line.indicator.number));
        }
        Some(figure)
    }

    fn matter_day(&self, line: &matters::Line) -> Option<String> {
        shown::bare_day(self.f.lang, line.actual.as_ref().or(line.target.as_ref())?)
    }

    fn matter_heading(&self, line: &matters::Line) -> String {
        shown::place_and_year(&self.names, &line.programme)
    }

    fn counting(&self) -> String {
        let lang = self.f.lang;
        let indicator = &self.row.indicator;
        let accumulation = Accumulation::parse(&indicator.accumulation).map(|word| word.name());
        let words = [Some(indicator.kind().name()), accumulation, Some(indicator.direction().name())];
        let words = words.into_iter().flatten().map(|word| word.get(lang).to_owned());
        let unit = Some(self.unit()).filter(|unit| !unit.is_empty());
        unit.into_iter().chain(words).collect::<Vec<_>>().join(" · ")
    }
}
