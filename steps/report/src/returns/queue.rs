//! The reviewers' queue: what has waited longest comes first; one or many are passed on, approved or sent back.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem, RegionCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, page_with, refusal,
};

use super::batch::Batch;
use super::page::{Instead, render};
use super::sight::{content_of, shown};
use super::{pass_or_approve, send_back};
use crate::authority;
use crate::by::By;
use crate::names::Names;
use crate::rules::moves::decide;
use crate::store as rows;
use crate::words::Act;

const REVIEW: Access = Access::Needs(Permission::ReviewReturns);

const ROUTES: &[Route] = &[
    Route::get("/office/reviews", REVIEW).in_menu("审核", "Reviews"),
    Route::post("/office/reviews", REVIEW),
    Route::post("/office/returns/{id}/review", REVIEW),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/reviews", get(queue).post(review_many))
        .route("/office/returns/{id}/review", post(review_one));
    Step { router, routes: ROUTES }
}

/// Returns of one page, each with its figures.
const SHOWN: u64 = 30;

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

#[derive(Template)]
#[template(path = "returns/queue.html")]
struct QueuePage {
    f: Frame,
    count: i64,
    oldest: i64,
    below: bool,
    skip: u64,
    next: Option<u64>,
    rows: Vec<Row>,
    reason: String,
    done: Option<u64>,
    problem: Option<Problem>,
}

struct Row {
    /// Key and version, as the form sends them back.
    read: String,
    id: Uuid,
    project: String,
    place: String,
    body: String,
    cut_off: String,
    waited: i64,
    level: String,
    desk: String,
    figures: Vec<String>,
    flags: Vec<String>,
    /// Why the viewer must leave it to somebody else.
    not_by_me: Option<String>,
    chosen: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    below: bool,
    skip: u64,
    done: Option<u64>,
}

async fn queue(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    queue_page(&app, f, &me, asked, ReviewFields::default(), None).await
}

async fn queue_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    asked: Asked,
    fields: ReviewFields,
    problem: Option<Problem>,
) -> Result<Response> {
    let (on, clock) = (app.store.reader(), app.store.clock());
    let desks = me.scopes(Permission::ReviewReturns);
    let waiting = rows::waiting(on, &desks, !asked.below).await?;
    let mut found = waiting.page(on, (asked.skip, SHOWN + 1)).await?;
    let goes_on = found.len() as u64 > SHOWN;
    found.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let batch = Batch::of(on, found, clock.today()).await?;
    let beside = batch.held(on).await?;
    let year = batch.outlines.values().map(|outline| outline.programme.year).max().unwrap_or(i32::MAX);
    let mut names = Names::of(on, &batch.returns, year).await?;
    let at: Vec<RegionCode> = batch.returns.iter().flat_map(|row| batch.desks(row).iter().copied()).collect();
    names.add_places(on, &at, year).await?;
    let by = By::viewer(me);
    let mut listed = Vec::with_capacity(batch.returns.len());
    for row in &batch.returns {
        let content = content_of(&batch, row);
        let lines = shown(&batch, &beside, row, (&content, None), f.lang)?;
        let case = batch.case(row)?;
        let refused = decide(&case, case.review(), &by).err();
        let read = format!("{}:{}", row.id, row.version);
        listed.push(Row {
            id: row.id,
            project: names.project(row),
            place: names.place(row),
            body: names.body(row),
            cut_off: row.cut_off.to_string(),
            waited: row.submitted_ms.map_or(0, |at| (clock.now_ms() - at).max(0) / DAY),
            level: format!("{}/{}", case.level + 1, case.desks.len()),
            desk: row.awaits.map(|desk| names.place_at(desk)).unwrap_or_default(),
            figures: lines.iter().filter(|line| !line.is_part).map(|line| line.phrase(f.lang)).collect(),
            flags: lines.iter().flat_map(|line| line.flags.clone()).collect(),
            not_by_me: refused.map(|why| f.say(&why.text()).to_owned()),
            chosen: fields.returns.contains(&read),
            read,
        });
    }
    let page = QueuePage {
        count: waiting.count,
        oldest: waiting.oldest.map_or(0, |at| (clock.now_ms() - at).max(0) / DAY),
        below: asked.below,
        skip: asked.skip,
        next: goes_on.then_some(asked.skip + SHOWN),
        rows: listed,
        reason: fields.reason,
        done: asked.done,
        problem,
        f,
    };
    let status = page.problem.as_ref().map_or(StatusCode::OK, refusal);
    page_with(status, &page)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ReviewFields {
    /// Key and version of each.
    returns: Vec<String>,
    act: String,
    reason: String,
    version: i32,
}

impl ReviewFields {
    fn read(&self) -> Result<Vec<(Uuid, i32)>, Problem> {
        let unreadable =
            || Problem::invalid("表单内容不完整，请刷新页面重试", "The form is incomplete: reload the page");
        let one = |told: &String| {
            let (id, version) = told.split_once(':').ok_or_else(unreadable)?;
            Ok((id.parse().map_err(|_| unreadable())?, version.parse().map_err(|_| unreadable())?))
        };
        self.returns.iter().map(one).collect()
    }
}

/// Passes on or sends back; says how many.
async fn review(app: &App, by: &By, read: &[(Uuid, i32)], fields: &ReviewFields) -> store::Result<u64> {
    let done = match Act::parse(&fields.act) {
        Some(Act::Pass) => pass_or_approve(&app.store, by, read).await?,
        Some(Act::SendBack) => send_back(&app.store, by, read, &fields.reason).await?,
        _ => return Err(Problem::field("act", "请选择通过或退回", "Choose to pass or to send back").into()),
    };
    Ok(done.len() as u64)
}

async fn review_many(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Checked(fields): Checked<ReviewFields>,
) -> Result<Response> {
    let by = By::viewer(&me);
    let outcome = match fields.read() {
        Ok(read) => review(&app, &by, &read, &fields).await,
        Err(problem) => Err(problem.into()),
    };
    match Error::mendable(outcome)? {
        Ok(done) => Ok(Redirect::to(&format!("/office/reviews?done={done}")).into_response()),
        Err(problem) => queue_page(&app, f, &me, Asked::default(), fields, Some(problem)).await,
    }
}

async fn review_one(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<ReviewFields>,
) -> Result<Response> {
    authority::return_of(&app, &me, id).await?;
    let by = By::viewer(&me);
    match Error::mendable(review(&app, &by, &[(id, fields.version)], &fields).await)? {
        Ok(done) => Ok(Redirect::to(&format!("/office/reviews?done={done}")).into_response()),
        Err(problem) => {
            // What the reviewer has not seen yet is shown, so the version is the new one.
            let batch = authority::return_of(&app, &me, id).await?;
            let instead = Instead { reason: fields.reason, problem: Some(problem), ..Instead::default() };
            render(&app, f, &me, &batch, instead).await
        }
    }
}
