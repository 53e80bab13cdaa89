//! What a body owes: its returns with the days that are left.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Lang, Permission, Text};
use ledger::programmes;
use people::Viewer;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Frame, Query, Result, Route, SignedIn, Step, Todo, page};

use crate::authority;
use crate::names::{Names, due, state_light};
use crate::rules::window::{Window, window};
use crate::store as rows;
use crate::words::State as Stands;

const ROUTES: &[Route] =
    &[Route::get("/office/returns", Access::Needs(Permission::FillReturns)).in_menu("我的填报", "My returns")];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/returns", get(mine)), routes: ROUTES }
}

/// Returns shown at once.
const SHOWN: u64 = 300;

#[derive(Template)]
#[template(path = "returns/mine.html")]
struct MinePage {
    f: Frame,
    done: bool,
    rounds: Vec<Group>,
}

struct Group {
    id: Uuid,
    title: String,
    cut_off: String,
    due: String,
    open: bool,
    demo: bool,
    rows: Vec<Row>,
}

struct Row {
    id: Uuid,
    project: String,
    place: String,
    body: String,
    class: &'static str,
    word: String,
    remark: String,
    action: &'static str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    done: bool,
}

async fn mine(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let found = rows::of_bodies(on, &authority::bodies(&me), asked.done, SHOWN).await?;
    let mut keys: Vec<Uuid> = found.iter().map(|row| row.round_id).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut rounds = rows::rounds_with_keys(on, &keys).await?;
    rounds.sort_by_key(|round| std::cmp::Reverse((round.cut_off, round.id)));
    let ids: Vec<Uuid> = rounds.iter().map(|round| round.programme_id).collect();
    let titles: BTreeMap<Uuid, _> = programmes::all(on)
        .await?
        .into_iter()
        .filter(|programme| ids.contains(&programme.id))
        .map(|programme| (programme.id, programme))
        .collect();
    let year = titles.values().map(|programme| programme.year).max().unwrap_or(i32::MAX);
    let names = Names::of(on, &found, year).await?;
    let mut groups = Vec::with_capacity(rounds.len());
    for round in rounds {
        let of_round = found.iter().filter(|row| row.round_id == round.id);
        let rows = of_round.map(|row| {
            let window = window(round.span(), row.late_until, today);
            let (class, word) = state_light(row, window, f.lang);
            let writable = row.state().is_owed() && window.is_open();
            let action = match row.state() {
                Stands::Returned if writable => f.lang.t("修改", "Correct"),
                Stands::Owed | Stands::Draft if writable => f.lang.t("填报", "Fill in"),
                _ => f.lang.t("查看", "Open"),
            };
            let late = matches!(window, Window::Late { .. });
            let remark = if late { f.say(&due(window)).to_owned() } else { String::new() };
            let (project, place, body) = (names.project(row), names.place(row), names.body(row));
            Row { id: row.id, project, place, body, class, word, remark, action }
        });
        let programme = titles.get(&round.programme_id);
        groups.push(Group {
            id: round.id,
            title: programme.map(|programme| programme.title_in(f.lang).to_owned()).unwrap_or_default(),
            demo: programme.is_some_and(|programme| programme.demo),
            cut_off: f.day(&round.cut_off),
            due: f.say(&due(round.window(today))).to_owned(),
            open: round.window(today).is_open(),
            rows: rows.collect(),
        });
    }
    page(&MinePage { done: asked.done, rounds: groups, f })
}

/// What a body still owes and what waits for a reviewer, for the desk.
///
/// # Errors
/// When the database fails.
pub(crate) async fn left_to_do(app: &App, viewer: &Viewer, lang: Lang) -> Result<Vec<Todo>> {
    let (on, clock) = (app.store.reader(), app.store.clock());
    let (today, mut todos) = (clock.today(), Vec::new());
    let bodies = authority::bodies(viewer);
    if !bodies.is_empty() {
        let owed = rows::of_bodies(on, &bodies, false, SHOWN).await?;
        let mut keys: Vec<Uuid> = owed.iter().map(|row| row.round_id).collect();
        keys.sort_unstable();
        keys.dedup();
        for round in rows::rounds_with_keys(on, &keys).await? {
            let of_round = || owed.iter().filter(|row| row.round_id == round.id && row.state().is_owed());
            let count = of_round().count();
            let window = of_round()
                .map(|row| window(round.span(), row.late_until, today))
                .find(|window| window.is_open())
                .unwrap_or(round.window(today));
            if count == 0 || matches!(window, Window::NotYet { .. }) {
                continue;
            }
            let due_in = match window {
                Window::Open { days_left, .. } => days_left,
                Window::Late { until } => (until - today).num_days(),
                _ => -(today - round.closes_on).num_days(),
            };
            let title = Text::new(
                format!("填报 {count} 份（截至 {}）", round.cut_off),
                format!("{count} returns to {}", round.cut_off),
            );
            todos.push(Todo {
                title: title.get(lang).to_owned(),
                link: "/office/returns".to_owned(),
                small: due(window).get(lang).to_owned(),
                word: lang.t("待填报", "to fill in").to_owned(),
                class: if due_in < 0 { "late" } else { "behind" },
                due_in: Some(due_in),
            });
        }
    }
    let desks = viewer.scopes(Permission::ReviewReturns);
    let waiting = rows::waiting(on, &desks, true).await?;
    if let Some(oldest) = waiting.oldest {
        let count = waiting.count;
        let days = (clock.now_ms() - oldest) / 86_400_000;
        let title = Text::new(format!("审核 {count} 份填报"), format!("{count} returns to review"));
        let small = Text::new(format!("最早一份已等 {days} 天"), format!("the oldest has waited {days} days"));
        todos.push(Todo {
            title: title.get(lang).to_owned(),
            link: "/office/reviews".to_owned(),
            small: small.get(lang).to_owned(),
            word: lang.t("待审核", "to review").to_owned(),
            class: if days > 3 { "late" } else { "behind" },
            due_in: Some(3 - days),
        });
    }
    Ok(todos)
}
