//! The catch-up plan of an order: milestones of its own, kept with those of the project, so that the board watches them.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Permission, Problem};
use ledger::programmes::Outline;
use plan::milestones::{self, MilestoneForm, NewMark, Stage};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Store};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Frame, Path, Result, Route, SignedIn, Step, components, outcome, page};

use super::acting::{Deed, act_in};
use super::letter::Found;
use super::{By, person};
use crate::tables::orders::Model as Order;
use crate::words::{Act, Party};

const BODY: Access = Access::Needs(Permission::AnswerOrders);

const ROUTES: &[Route] = &[
    Route::get("/office/orders/{id}/catch-up", BODY),
    Route::post("/office/orders/{id}/catch-up", BODY),
    Route::post("/office/orders/{id}/catch-up/marks", BODY),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/orders/{id}/catch-up", get(ask).post(send))
        .route("/office/orders/{id}/catch-up/marks", post(mark));
    Step { router, routes: ROUTES }
}

/// Lines that the form offers.
const LINES: usize = 6;

/// A milestone of a catch-up plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatchUp {
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The day by which it should be reached.
    pub planned_on: Option<NaiveDate>,
    /// The day on which it was.
    pub reached_on: Option<NaiveDate>,
}

/// The catch-up plan of an order, by day.
///
/// # Errors
/// When the database fails.
pub async fn of_order<C: ConnectionTrait>(on: &C, order: &Order) -> store::Result<Vec<CatchUp>> {
    let all = milestones::of_programme(on, order.programme_id).await?;
    let marks = milestones::marks_of_programme(on, order.programme_id, None).await?;
    let own = all.into_iter().filter(|one| one.source_key == Some(order.id));
    let mut plan: Vec<CatchUp> = own
        .map(|one| CatchUp {
            id: one.id,
            reached_on: milestones::rules::reached_on(&marks, one.id, order.region(), None),
            name: one.name,
            planned_on: one.planned_on,
        })
        .collect();
    plan.sort_by_key(|one| (one.planned_on, one.id));
    Ok(plan)
}

/// Adds milestones to the catch-up plan of the order that stood at `version` when it was read.
///
/// # Errors
/// As [`super::act`]; a problem of the field `milestones` when one has no name or no day.
pub async fn plan_catch_up(
    store: &Store,
    actor: &Actor,
    by: &By,
    parties: &[Party],
    (order, version): (&Order, i32),
    outline: &Outline,
    forms: &[MilestoneForm],
) -> store::Result<()> {
    if forms.is_empty() {
        return Err(Problem::field("milestones", "请至少填写一个节点", "Give one milestone at least").into());
    }
    let told = |form: &MilestoneForm| {
        format!("{} {}", form.planned_on.map(|day| day.to_string()).unwrap_or_default(), form.name)
    };
    let text = forms.iter().map(told).collect::<Vec<_>>().join("；");
    let mut tx = store.begin(actor).await?;
    let deed = Deed { act: Act::Plan, text, due_on: None, evidence: Vec::new() };
    act_in(&mut tx, by, parties, (order.id, version), &deed).await?;
    milestones::add_catch_up(&tx, outline, (order.project_id, order.region()), order.id, forms).await?;
    tx.commit().await
}

/// Says that a milestone of the catch-up plan was reached on `day`.
///
/// # Errors
/// A problem of the field `reached_on`; not found when it is none of the order's.
pub async fn reach(
    store: &Store,
    actor: &Actor,
    by: &By,
    order: &Order,
    outline: &Outline,
    (milestone, day): (Uuid, NaiveDate),
) -> store::Result<()> {
    let own = of_order(store.reader(), order).await?;
    let Some(own) = own.iter().find(|one| one.id == milestone) else {
        return Err(Problem::not_found("追赶计划中没有这个节点", "The catch-up plan has no such milestone").into());
    };
    let mut tx = store.begin(actor).await?;
    let detail = json!({ "name": own.name, "reached_on": day, "order": order.id });
    let event = Event::new("milestone.reached", "project", order.project_id, detail);
    let new = NewMark { milestone, region: order.region(), reached_on: day, by_name: by.name.clone(), return_id: None };
    milestones::mark(&tx, outline, event.id, &[new]).await?;
    tx.record(event).await?;
    tx.commit().await
}

/// Everything that was typed: names and days of the lines are `name_1`, `day_1` …
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
struct Fields(BTreeMap<String, String>);

impl Fields {
    fn of(&self, field: &str, line: &usize) -> String {
        self.0.get(&format!("{field}_{line}")).map(|text| text.trim().to_owned()).unwrap_or_default()
    }

    fn version(&self) -> i32 {
        self.0.get("version").and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    fn read(&self) -> Result<Vec<MilestoneForm>, Problem> {
        let mut forms = Vec::new();
        for line in 1..=LINES {
            let (name, day) = (self.of("name", &line), self.of("day", &line));
            if name.is_empty() && day.is_empty() {
                continue;
            }
            let wrong = |field: &str, zh: &str, en: &str| {
                Problem::field(&format!("{field}_{line}"), format!("第 {line} 行：{zh}"), format!("Line {line}: {en}"))
            };
            if name.is_empty() {
                return Err(wrong("name", "请写明节点名称", "give the milestone a name"));
            }
            let day = day.parse::<NaiveDate>();
            let planned_on =
                day.map_err(|_| wrong("day", "请写成 2025-06-30 这样的日期", "write a day such as 2025-06-30"))?;
            forms.push(MilestoneForm {
                id: None,
                stage: Stage::parse_any(&name).unwrap_or(Stage::Other),
                name,
                weight: Decimal::ZERO,
                planned_on: Some(planned_on),
            });
        }
        Ok(forms)
    }
}

#[derive(Template)]
#[template(path = "orders/catch_up.html")]
struct CatchUpPage {
    f: Frame,
    order: Order,
    fields: Fields,
    problem: Option<Problem>,
}

impl CatchUpPage {
    fn here(&self) -> String {
        format!("/office/orders/{}", self.order.id)
    }

    fn lines(&self) -> std::ops::RangeInclusive<usize> {
        1..=LINES
    }

    fn line(&self, field: &str, line: &usize) -> components::Field {
        let name = format!("{field}_{line}");
        let label = match field {
            "name" => format!("{} {line}", self.f.lang.t("节点", "Milestone")),
            _ => self.f.lang.t("何时完成", "By when").to_owned(),
        };
        let kind = if field == "day" { "date" } else { "text" };
        let value = self.fields.of(field, line);
        components::field(&name, &label).kind(kind).value(&value).problem(&self.f, &self.problem)
    }
}

async fn ask(Shared(app): Shared<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    page(&CatchUpPage { f, order: found.order, fields: Fields::default(), problem: None })
}

async fn send(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let outline = Outline::load(app.store.reader(), found.programme.clone()).await?;
    let parties = person::parties(&me, &found.order, found.top());
    let by = person::on_order(&app, &me, Party::Body, &found.order, found.top()).await?;
    let done = match fields.read() {
        Ok(forms) => {
            let at = (&found.order, fields.version());
            plan_catch_up(&app.store, &me.actor(), &by, &parties, at, &outline, &forms).await
        }
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| {
        let now = Found::load(&app, &me, id).await?.order;
        Ok(CatchUpPage { f, order: now, fields, problem: Some(problem) })
    };
    outcome(done, |()| format!("/office/orders/{id}?saved=plan#catch-up"), again).await
}

#[derive(Deserialize)]
struct Marked {
    milestone: Uuid,
}

async fn mark(
    Shared(app): Shared<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(marked): Checked<Marked>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let acts_for = me.organisations(Permission::AnswerOrders, found.order.region());
    if !acts_for.contains(&found.order.organisation_id) {
        let (zh, en) = ("节点由责任单位登记", "Milestones are for the body addressed");
        return Err(Problem::new(kernel::ProblemKind::Forbidden, zh, en).into());
    }
    let outline = Outline::load(app.store.reader(), found.programme.clone()).await?;
    let by = person::on_order(&app, &me, Party::Body, &found.order, found.top()).await?;
    let today = china_time(app.store.clock().now_ms()).map(|time| time.date_naive()).unwrap_or_default();
    reach(&app.store, &me.actor(), &by, &found.order, &outline, (marked.milestone, today)).await?;
    Ok(Redirect::to(&format!("/office/orders/{id}?saved=mark#catch-up")).into_response())
}
