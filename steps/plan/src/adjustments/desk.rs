//! Adjustments across programmes: what waits for the congress, and what it decided lately.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::{Lang, Permission, Text};
use ledger::programmes::{self, Outline};
use people::Viewer;
use uuid::Uuid;
use web::{App, Frame, Result, SignedIn, Todo, components, page};

use super::pages::Line;
use super::{Adjustment, latest_at, waiting_at};

/// Requests shown at once that wait.
const WAITING: u64 = 200;

/// Decisions shown.
const DECIDED: u64 = 50;

/// Requests told one by one on the desk; more are only counted.
const ONE_BY_ONE: u64 = 10;

/// Days after which a request presses: a standing committee meets every two months or so (组织法: at least once in two
/// months).
const PRESSING: i64 = 60;

#[derive(Template)]
#[template(path = "adjustments/desk.html")]
struct DeskPage {
    f: Frame,
    waiting: Vec<Item>,
    decided: Vec<Item>,
}

/// An adjustment with its programme.
struct Item {
    programme: String,
    demo: bool,
    days: i64,
    line: Line,
}

/// All that the viewer decides on, those that wait first.
pub(super) async fn show(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    let (on, scopes) = (app.store.reader(), me.scopes(Permission::DecideAdjustments));
    let waiting = waiting_at(on, &scopes, WAITING).await?;
    let decided = latest_at(on, &scopes, DECIDED).await?;
    let mut outlines = HashMap::<Uuid, Outline>::new();
    for one in waiting.iter().chain(&decided) {
        if !outlines.contains_key(&one.programme)
            && let Some(row) = programmes::with_key(on, one.programme).await?
        {
            outlines.insert(one.programme, Outline::load(on, row).await?);
        }
    }
    let now = app.store.clock().now_ms();
    let item = |one: &Adjustment| {
        let outline = outlines.get(&one.programme)?;
        Some(Item {
            programme: outline.programme.title_in(f.lang).to_owned(),
            demo: outline.programme.demo,
            days: (now - one.requested_ms) / 86_400_000,
            line: Line::of(&f, outline, one),
        })
    };
    let (waiting, decided) = (waiting.iter().filter_map(item).collect(), decided.iter().filter_map(item).collect());
    page(&DeskPage { waiting, decided, f })
}

/// The requests that wait for `viewer` to write down what the congress decided, the oldest first.
pub(crate) async fn todos(app: &App, viewer: &Viewer, lang: Lang) -> Result<Vec<Todo>> {
    let scopes = viewer.scopes(Permission::DecideAdjustments);
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let on = app.store.reader();
    let waiting = waiting_at(on, &scopes, WAITING).await?;
    let now = app.store.clock().now_ms();
    let mut todos = Vec::new();
    for one in waiting.iter().filter(|one| one.requested_by != Some(viewer.account)).take(ONE_BY_ONE as usize) {
        let Some(row) = programmes::with_key(on, one.programme).await? else { continue };
        let title = row.title_in(lang).to_owned();
        let outline = Outline::load(on, row).await?;
        let project = outline.projects.iter().find(|row| row.id == one.project);
        let days = (now - one.requested_ms) / 86_400_000;
        let said = Text::new(format!("已等 {days} 天"), format!("waits for {days} days"));
        let name = project.map(|row| row.name.as_str()).unwrap_or_default();
        todos.push(Todo {
            title: format!("{} {}{}{name}", lang.t("审议", "Decide:"), one.kind.name().get(lang), lang.t("：", ": ")),
            link: format!("/office/adjustments/{}", one.id),
            small: format!("{title} · {}", said.get(lang)),
            word: lang.t("待审议", "to decide").to_owned(),
            class: if days > PRESSING { "late" } else { "behind" },
            due_in: Some(PRESSING - days),
        });
    }
    let told = todos.len();
    if waiting.len() > told && told as u64 == ONE_BY_ONE {
        let rest = waiting.len() - told;
        todos.push(Todo {
            title: Text::new(format!("另有 {rest} 件调整申请"), format!("{rest} more adjustments"))
                .get(lang)
                .to_owned(),
            link: "/office/adjustments".to_owned(),
            small: lang.t("项目调整", "Adjustments").to_owned(),
            word: lang.t("待审议", "to decide").to_owned(),
            class: "behind",
            due_in: None,
        });
    }
    Ok(todos)
}
