//! The desk: one's own programmes, what is left to do, what happened lately.

use std::collections::{HashMap, HashSet};

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Permission, RegionCode};
use ledger::entries;
use ledger::programmes::{self, Outline};
use ledger::tables::entries::Model as Entry;
use ledger::tables::programmes::Model as Programme;
use ledger::words::{Measure, Purpose};
use store::audit;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Frame, Result, Route, SignedIn, Step, Todo, page};

use crate::authority;
use crate::bench::{History, Line};

const ROUTES: &[Route] = &[Route::get("/office", Access::Needs(Permission::EnterOffice)).in_menu("工作台", "Desk")];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office", get(desk)), routes: ROUTES }
}

/// Programmes that the desk looks into; more are only listed.
const LOOKED_INTO: usize = 30;

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    f: Frame,
    programmes: Vec<Listed>,
    above: Vec<Above>,
    tasks: Vec<Todo>,
    history: History,
    may_edit: bool,
    may_import: bool,
}

struct Listed {
    slug: String,
    title: String,
    size: String,
    cut_off: String,
    figures: String,
    published: bool,
    demo: bool,
}

/// A programme of a place above, of which the viewer's place has a part.
struct Above {
    slug: String,
    title: String,
    demo: bool,
    place: String,
    place_name: String,
    /// Indicators with a share there.
    shares: u64,
}

async fn desk(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    let mut mine = programmes::all(app.store.reader()).await?;
    let above = from_above(&app, &f, &me, &mine).await?;
    mine.retain(|programme| me.allows(Permission::EnterOffice, Some(authority::region(programme))));
    mine.sort_by_key(|programme| (-programme.year, programme.region));
    let (mut listed, mut tasks) = (Vec::new(), app.todos_of(&me, f.lang).await?);
    for programme in mine.iter().take(LOOKED_INTO) {
        let outline = Outline::load(app.store.reader(), programme.clone()).await?;
        tasks.extend(tasks_of(&app, &f, &outline).await?);
        listed.push(look_into(&app, &f, &outline).await?);
    }
    let history = History {
        title: f.lang.t("最近发生", "Lately"),
        empty: f.lang.t("还没有记录", "Nothing yet"),
        lines: lately(&app, &f, &mine).await?,
    };
    let may_edit = f.allows(Permission::EditProgramme, None);
    let may_import = f.allows(Permission::ImportProgramme, None);
    page(&DeskPage { f, programmes: listed, above, tasks, history, may_edit, may_import })
}

/// The programmes above the viewer's place that give it a share, newest year first.
async fn from_above(app: &App, f: &Frame, me: &SignedIn, all: &[Programme]) -> Result<Vec<Above>> {
    let mut found = Vec::new();
    for programme in all.iter().filter(|programme| programme.published) {
        let home = authority::region(programme);
        let Some(place) = authority::own_place(me, home).filter(|place| *place != home) else { continue };
        let shares = entries::targets_at(app.store.reader(), programme.id, place).await?;
        if shares > 0 {
            found.push(Above {
                slug: programme.slug.clone(),
                title: programme.title_in(f.lang).to_owned(),
                demo: programme.demo,
                place: place.short(),
                place_name: ledger::regions::name_in(app.store.reader(), place, programme.year).await?,
                shares,
            });
        }
    }
    found.sort_by(|a, b| b.slug.cmp(&a.slug));
    found.truncate(LOOKED_INTO);
    Ok(found)
}

async fn look_into(app: &App, f: &Frame, outline: &Outline) -> Result<Listed> {
    let programme = &outline.programme;
    // What stands under a heading without a number is context of the year, no category or project that was adopted.
    let adopted: HashSet<Uuid> =
        outline.categories.iter().filter(|row| row.number.is_some()).map(|row| row.id).collect();
    let projects =
        outline.projects.iter().filter(|row| adopted.is_empty() || adopted.contains(&row.category_id)).count();
    let (categories, indicators) = (adopted.len(), outline.indicators.len());
    let size = match (f.lang, projects) {
        (_, 0) => f.lang.t("尚无项目", "no project yet").to_owned(),
        (kernel::Lang::Zh, _) => format!("{categories} 类 {projects} 项 {indicators} 个指标"),
        (kernel::Lang::En, _) => format!("{categories} categories, {projects} projects, {indicators} indicators"),
    };
    let latest = ledger::rollup::cut_offs(app.store.reader(), outline, outline.region()).await?;
    Ok(Listed {
        slug: programme.slug.clone(),
        title: programme.title_in(f.lang).to_owned(),
        size,
        cut_off: latest.first().map(|day| f.day(day)).unwrap_or_default(),
        figures: figures(app, f, programme.id).await?,
        published: programme.published,
        demo: programme.demo,
    })
}

/// Figures are counted so far; a year of villages has a million, and a desk need not know how many exactly.
const COUNTED: u64 = 10_000;

/// 441, or 1万以上.
async fn figures(app: &App, f: &Frame, programme: Uuid) -> Result<String> {
    let count = entries::count_up_to(app.store.reader(), programme, COUNTED).await?;
    Ok(if count < COUNTED { count.to_string() } else { f.lang.t("1万以上", "10,000 or more").to_owned() })
}

/// What is left to do in a draft: indicators that people get something by and that have no goal yet, projects without
/// an indicator, and the publication itself.
async fn tasks_of(app: &App, f: &Frame, outline: &Outline) -> Result<Vec<Todo>> {
    let programme = &outline.programme;
    if programme.published || !f.allows(Permission::EditProgramme, Some(outline.region())) {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = outline.indicators.iter().map(|row| row.id).collect();
    let own = entries::of_place(app.store.reader(), &ids, outline.region()).await?;
    let has_goal = |id: Uuid| own.iter().any(|row| row.indicator_id == id && row.measure == Measure::Target.number());
    let without_goal: Vec<_> = outline
        .indicators
        .iter()
        .filter(|row| row.purpose() == Purpose::Delivery && row.parent_id.is_none() && !has_goal(row.id))
        .collect();
    let empty: Vec<_> = outline
        .projects
        .iter()
        .filter(|project| outline.indicators.iter().all(|row| row.project_id != project.id))
        .collect();
    let link = |rest: String| format!("/office/programmes/{}{rest}", programme.slug);
    let word = f.lang.t("未填", "open").to_owned();
    let mut tasks = Vec::new();
    if let Some(first) = without_goal.first() {
        tasks.push(Todo {
            title: f.lang.tally("个指标没有目标", "Indicators without a target", without_goal.len()),
            link: link(format!("/indicators/{}", first.number)),
            small: programme.title_in(f.lang).to_owned(),
            word: word.clone(),
            class: "",
            due_in: None,
        });
    }
    if let Some(first) = empty.first() {
        tasks.push(Todo {
            title: f.lang.tally("个项目没有指标", "Projects without an indicator", empty.len()),
            link: link(format!("/projects/{}", first.id)),
            small: programme.title_in(f.lang).to_owned(),
            word: word.clone(),
            class: "",
            due_in: None,
        });
    }
    tasks.push(Todo {
        title: f.lang.t("核对后公开", "Check and publish").to_owned(),
        link: link(String::new()),
        small: programme.title_in(f.lang).to_owned(),
        word: f.lang.t("草稿", "draft").to_owned(),
        class: "",
        due_in: None,
    });
    Ok(tasks)
}

async fn lately(app: &App, f: &Frame, mine: &[Programme]) -> Result<Vec<Line>> {
    let on = app.store.reader();
    let slugs: Vec<String> = mine.iter().map(|programme| programme.slug.clone()).collect();
    let titles: HashMap<&str, &str> = mine.iter().map(|row| (row.slug.as_str(), row.title_in(f.lang))).collect();
    let mut lines: Vec<(i64, Line)> = Vec::new();
    for event in audit::about(on, "programme", &slugs, 12).await? {
        let mut line = Line::of_event(f, &event);
        if let Some(title) = titles.get(event.subject.as_str()) {
            line.small = format!("{title} · {}", line.small);
        }
        line.link = Some(format!("/office/programmes/{}", event.subject));
        lines.push((event.at_ms, line));
    }
    let ids: Vec<Uuid> = mine.iter().map(|programme| programme.id).collect();
    let corrected = entries::latest_corrections(on, &ids, 8).await?;
    let indicators: Vec<Uuid> = corrected.iter().map(|entry| entry.indicator_id).collect();
    let names: HashMap<Uuid, String> =
        programmes::indicators_among(on, &indicators).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let year = mine.iter().map(|programme| programme.year).max().unwrap_or_default();
    let codes = corrected.iter().filter_map(|entry| RegionCode::from_stored(entry.region));
    let places = ledger::regions::names(on, codes, year).await?;
    for entry in corrected {
        let old = match entry.supersedes {
            Some(old) => entries::find(on, old).await?,
            None => None,
        };
        let number = |entry: &Entry| entry.number().map(|number| number.grouped()).unwrap_or_default();
        let region = RegionCode::from_stored(entry.region);
        let place = region.and_then(|code| places.get(&code).cloned()).unwrap_or_default();
        lines.push((
            entry.recorded_ms,
            Line {
                title: format!(
                    "{}{}",
                    f.lang.t("更正：", "Corrected: "),
                    names.get(&entry.indicator_id).cloned().unwrap_or_default()
                ),
                phrase: format!("{} → {}", old.as_ref().map(number).unwrap_or_default(), number(&entry)),
                small: format!("{place} · {}", f.time(&entry.recorded_ms)),
                link: Some(format!("/entries/{}", entry.id)),
            },
        ));
    }
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    lines.truncate(12);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}
