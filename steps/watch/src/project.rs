//! One project: `/office/watch/{slug}/projects/{id}`. Its numbers, why its light is what it is, how it went and where it
//! leads, indicator by indicator and place by place.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Lang, Permission, Problem, RegionCode};
use ledger::entries::View;
use ledger::search::indicator_path;
use ledger::series::Standing;
use ledger::tables::programmes::Model as Programme;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Path, Query, Result, Route, SignedIn, Step, page};

use crate::asked::Asked;
use crate::heading::Heading;
use crate::rules::lights::Node;
use crate::rules::streak;
use crate::shown::{self, Reason};
use crate::state::{self, Cell, Gathered, Moment, ProjectState};

const ROUTES: &[Route] = &[Route::get("/office/watch/{slug}/projects/{id}", Access::Needs(Permission::EnterOffice))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch/{slug}/projects/{id}", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "project.html")]
struct ProjectPage<'a> {
    f: &'a Frame,
    head: Heading,
    name: String,
    formal: String,
    category: String,
    content: String,
    lead: String,
    light: components::Light,
    since: String,
    reasons: Vec<Reason>,
    due: Option<(String, String)>,
    quantity: Option<(String, Bullet, String)>,
    image: String,
    money: Option<(String, String)>,
    forecast: Option<Estimate>,
    points: Vec<Point>,
    indicators: Vec<IndicatorLine>,
    places: Vec<PlaceLine>,
    nodes: Vec<NodeLine>,
    turned: Vec<(NaiveDate, components::Light)>,
}

/// The estimate with all that must stand beside it.
struct Estimate {
    value: String,
    range: String,
    chance: components::Light,
    reports: usize,
    pace: String,
}

/// A row under the chart: a cut-off with what was done, what was due and, from the last report on, what is expected.
#[derive(Default)]
struct Point {
    day: String,
    actual: String,
    due: String,
    forecast: String,
    low: String,
    high: String,
    /// Whether the row is the end of the year, which is only expected.
    expected: bool,
}

/// An indicator of the project.
struct IndicatorLine {
    name: String,
    href: Option<String>,
    actual: String,
    target: String,
    unit: String,
    percent: String,
    basis: String,
    entry: Option<Uuid>,
}

/// The project at a place below.
struct PlaceLine {
    name: String,
    href: String,
    quantity: String,
    bullet: Option<Bullet>,
    deviation: String,
    light: components::Light,
    since: String,
    last: String,
    silent: bool,
    lead: String,
}

/// A milestone.
struct NodeLine {
    name: String,
    planned: String,
    reached: String,
    late: bool,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let since = store::audit::last_number(on).await?;
    let (programme, place) = asked.programme(&app, &me, &slug).await?;
    let (gathered, below) = gather(on, programme, place, asked.view()?).await?;
    let found = gathered.projects().into_iter().find(|(_, project)| project.id == id);
    let (category, project) =
        found.ok_or_else(|| Problem::not_found("这份方案没有这个项目", "The programme has no such project"))?;
    let history = gathered.history(id, place);
    let one = ProjectState::of(&gathered, place, (category, project), &history, gathered.learnt(place).as_ref())
        .ok_or_else(|| web::Error::fault("a history always has its cut-off"))?;
    let lang = f.lang;
    let head = Heading::of(&f, &asked, &gathered, place, &format!("/projects/{id}"), since);
    let due = one.due.as_ref();
    page(&ProjectPage {
        name: project.name.clone(),
        formal: if project.formal_name == project.name { String::new() } else { project.formal_name.clone() },
        category: shown::numbered(category.number, &category.name),
        content: project.content.clone(),
        lead: one.lead.map(|body| gathered.body(body)).unwrap_or_default(),
        light: shown::light(lang, one.light),
        since: one.lagging.map(|(_, months)| shown::months(lang, months)).unwrap_or_default(),
        reasons: one.why.iter().map(|why| Reason::of(lang, why)).collect(),
        due: due.map(|due| (shown::share(Some(due.percent)), due.basis.get(lang).to_owned())),
        quantity: one.quantity.map(|quantity| {
            let bullet = shown::bullet(quantity, due.map(|due| due.percent), one.light);
            let lead = one.deviation.map(|points| shown::lead(lang, points)).unwrap_or_default();
            (shown::share(Some(quantity)), bullet, lead)
        }),
        image: shown::share(one.image),
        money: one.money.map(|money| (shown::share(money.percent()), shown::division(lang, &money))),
        forecast: estimate(&f, &one),
        points: points(&gathered, &one, &history),
        indicators: indicators(&f, &gathered, &history),
        places: below.iter().filter_map(|place| place_line(&f, &gathered, id, *place, &head)).collect(),
        nodes: nodes(&f, &gathered, id, place),
        turned: streak::turned(&state::turns(&history))
            .into_iter()
            .map(|(day, light)| (day, shown::light(lang, Some(light))))
            .collect(),
        f: &f,
        head,
    })
}

async fn gather<C: ConnectionTrait>(
    on: &C,
    programme: Programme,
    place: RegionCode,
    view: View,
) -> Result<(Gathered, Vec<RegionCode>)> {
    let below = state::places_below(on, place, programme.year).await?;
    let all: Vec<_> = std::iter::once(place).chain(below.iter().copied()).collect();
    Ok((Gathered::load(on, programme, &all, view).await?, below))
}

fn estimate(f: &Frame, one: &ProjectState) -> Option<Estimate> {
    let (forecast, chance) = one.forecast.as_ref().zip(one.chance)?;
    let (value, range) = shown::estimate(forecast);
    let pace = shown::bare(Some(forecast.slope));
    Some(Estimate {
        value,
        range,
        chance: components::Light { class: shown::chance_class(chance), word: chance.name().get(f.lang).to_owned() },
        reports: forecast.reports,
        pace: match f.lang {
            Lang::Zh => format!("每月约 {pace} 个百分点"),
            Lang::En => format!("about {pace} points a month"),
        },
    })
}

/// The year so far; behind it the end of the year as it is expected.
fn points(gathered: &Gathered, one: &ProjectState, history: &[Moment]) -> Vec<Point> {
    let mut points: Vec<_> = history
        .iter()
        .map(|moment| Point {
            day: moment.cut_off.to_string(),
            actual: if moment.progress.latest == Some(moment.cut_off) {
                shown::bare(moment.progress.quantity)
            } else {
                String::new()
            },
            due: shown::bare(Some(gathered.due(one.project.id, gathered.places()[0], moment.cut_off).percent)),
            ..Point::default()
        })
        .collect();
    // A quantity is capped at all of it, and so is what is expected of it.
    let whole = |value: Decimal| shown::bare(Some(value.min(Decimal::ONE_HUNDRED)));
    let year_end = NaiveDate::from_ymd_opt(gathered.outline.programme.year, 12, 31);
    if let Some((forecast, end)) = one.forecast.as_ref().zip(year_end) {
        // The expectation begins where the reports end.
        if let Some(last) = points.iter_mut().rfind(|point| !point.actual.is_empty()) {
            last.forecast.clone_from(&last.actual);
        }
        points.push(Point {
            day: end.to_string(),
            actual: String::new(),
            due: shown::bare(Some(gathered.due(one.project.id, gathered.places()[0], end).percent)),
            forecast: whole(forecast.value),
            low: whole(forecast.low),
            high: whole(forecast.high),
            expected: true,
        });
    }
    points
}

fn indicators(f: &Frame, gathered: &Gathered, history: &[Moment]) -> Vec<IndicatorLine> {
    let Some(now) = history.last() else { return Vec::new() };
    let programme = &gathered.outline.programme;
    now.progress
        .each
        .iter()
        .filter_map(|one| {
            let row = gathered.outline.indicator_by_id(one.indicator)?;
            Some(IndicatorLine {
                name: row.name.clone(),
                href: programme.published.then(|| indicator_path(&programme.slug, row.number)),
                actual: number(one.actual),
                target: number(one.target),
                unit: f.lang.t(&row.unit, figures::units::in_english(&row.unit)).to_owned(),
                percent: shown::share(one.percent),
                basis: one.actual.map(|standing| basis(f.lang, standing)).unwrap_or_default(),
                entry: one.actual.and_then(|standing| standing.entry),
            })
        })
        .collect()
}

fn number(standing: Option<Standing>) -> String {
    let value: Option<Decimal> = standing.and_then(|one| one.value);
    value.map(|value| figures::print_grouped(value.normalize())).unwrap_or_default()
}

/// Where a figure comes from and up to when it counts.
fn basis(lang: Lang, standing: Standing) -> String {
    let from = match (lang, standing.places) {
        (_, 0) => String::new(),
        (Lang::Zh, places) => format!("{places} 个地方合计，"),
        (Lang::En, places) => format!("sum of {places} places, "),
    };
    match standing.as_of {
        Some(day) => format!("{from}{}{day}", lang.t("截至 ", "to ")),
        None => format!("{from}{}", lang.t("未注截止日", "no cut-off given")),
    }
}

fn place_line(f: &Frame, gathered: &Gathered, project: Uuid, place: RegionCode, head: &Heading) -> Option<PlaceLine> {
    let cell = Cell::of(gathered, project, place)?;
    let due = gathered.due(project, place, gathered.cut_off).percent;
    Some(PlaceLine {
        name: gathered.name(place),
        href: head.project_at(project, place),
        quantity: shown::share(cell.quantity),
        bullet: cell.quantity.map(|quantity| shown::bullet(quantity, Some(due), cell.light)),
        deviation: shown::points(cell.deviation),
        light: shown::light(f.lang, cell.light),
        since: cell.lagging.map(|(_, months)| shown::months(f.lang, months)).unwrap_or_default(),
        last: cell.last.map(|day| day.to_string()).unwrap_or_default(),
        silent: cell.silent,
        lead: cell.lead.map(|body| gathered.body(body)).unwrap_or_default(),
    })
}

/// The milestones of the plan, then those that a supervision order asked for.
fn nodes(f: &Frame, gathered: &Gathered, project: Uuid, place: RegionCode) -> Vec<NodeLine> {
    let plan = gathered.nodes(project, place);
    let catch_up = gathered
        .catch_up(project, place)
        .into_iter()
        .map(|node| Node { name: format!("{}{}", f.lang.t("赶工：", "catch-up: "), node.name), ..node });
    plan.into_iter().chain(catch_up).map(|node| node_line(&node, gathered.cut_off)).collect()
}

fn node_line(node: &Node, cut_off: NaiveDate) -> NodeLine {
    let reached = node.reached_on.filter(|day| *day <= cut_off);
    NodeLine {
        name: node.name.clone(),
        planned: node.planned_on.map(|day| day.to_string()).unwrap_or_default(),
        reached: reached.map(|day| day.to_string()).unwrap_or_default(),
        late: node.planned_on.is_some_and(|planned| reached.map_or(planned < cut_off, |day| planned < day)),
    }
}
