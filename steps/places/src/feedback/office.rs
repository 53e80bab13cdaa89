//! Feedback in the office: what is made public, who deals with a problem until when, and the answer.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::calendar::Calendar;
use kernel::{Permission, Problem, ProblemKind, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use people::store::organisations;
use people::tables::organisations::Model as Organisation;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::{self, EvidenceList};
use web::listing::{Slice, Wanted};
use web::{Access, App, Checked, Frame, Path, Query, Result, Route, SignedIn, Step, components, page, page_with};

use super::public::EVIDENCE;
use super::rules::ANSWER_WITHIN;
use super::store::{self as feedbacks, Doing, Scope, Shelf};
use super::tables::{acts, feedback};
use super::words::{Act, Kind, Sight, State};
use crate::sites::store as sites;
use crate::sites::tables::sites::Model as Site;

const ENTER: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] = &[
    Route::get("/office/feedback", ENTER).in_menu("群众反馈", "Feedback"),
    Route::get("/office/feedback/{id}", ENTER),
    Route::post("/office/feedback/{id}/{act}", ENTER),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/feedback", get(list))
        .route("/office/feedback/{id}", get(show))
        .route("/office/feedback/{id}/{act}", post(take));
    Step { router, routes: ROUTES }
}

/// What `me` sees: an office its places, a body what it was given.
pub(crate) fn scope(me: &people::Viewer) -> Scope {
    let office = [Permission::RaiseOrders, Permission::CloseOrders];
    let mut regions: Vec<(i64, i64)> = office
        .into_iter()
        .flat_map(|permission| me.scopes(permission))
        .map(|range| (range.start().stored(), range.end().stored()))
        .collect();
    regions.sort_unstable();
    regions.dedup();
    let answering = me.grants.iter().filter(|grant| grant.allows(Permission::AnswerOrders, None));
    Scope { regions, bodies: answering.filter_map(|grant| grant.organisation).collect() }
}

fn sees(scope: &Scope, row: &feedback::Model) -> bool {
    scope.regions.iter().any(|(first, last)| (*first..=*last).contains(&row.region))
        || row.organisation_id.is_some_and(|body| scope.bodies.contains(&body))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    shelf: String,
}

/// One line of the queue.
struct Line {
    row: feedback::Model,
    site: String,
    place: String,
    body: String,
    overdue: bool,
}

#[derive(Template)]
#[template(path = "feedback/list.html")]
struct ListPage {
    f: Frame,
    shelf: Shelf,
    shelves: Vec<(Shelf, u64)>,
    slice: Slice<Line>,
}

impl ListPage {
    fn shelf_address(&self, shelf: &Shelf) -> String {
        format!("/office/feedback?shelf={}", shelf.code())
    }
}

async fn list(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let scope = scope(&me);
    let mut shelves = Vec::with_capacity(Shelf::ALL.len());
    for shelf in Shelf::ALL {
        shelves.push((*shelf, feedbacks::count(on, &scope, *shelf, today).await?));
    }
    // Without a choice the first list that asks for something.
    let pressing = shelves.iter().find(|(_, count)| *count > 0).map_or(Shelf::All, |(shelf, _)| *shelf);
    let shelf = Shelf::parse(&asked.shelf).unwrap_or(pressing);
    let after = wanted.after::<Uuid>()?;
    let rows = feedbacks::by_age(on, &scope, (shelf, today), after, wanted.fetch()).await?;
    let cut = Slice::cut(rows, &wanted, |row| row.id.to_string());
    let slice = Slice { items: lines(&app, cut.items).await?, next: cut.next };
    page(&ListPage { f, shelf, shelves, slice })
}

async fn lines(app: &App, rows: Vec<feedback::Model>) -> Result<Vec<Line>> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let mut keys: Vec<_> = rows.iter().map(|row| row.site_id).collect();
    keys.sort_unstable();
    keys.dedup();
    let named = sites::with_keys(on, &keys).await?;
    let places = ledger::regions::names(on, rows.iter().map(feedback::Model::region), i32::MAX).await?;
    let bodies: Vec<_> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let bodies = organisations::with_keys(on, &bodies).await?;
    Ok(rows
        .into_iter()
        .map(|row| Line {
            site: named.iter().find(|site| site.id == row.site_id).map(|site| site.name.clone()).unwrap_or_default(),
            place: places.get(&row.region()).cloned().unwrap_or_default(),
            body: bodies
                .iter()
                .find(|body| Some(body.id) == row.organisation_id)
                .map(|body| body.name.clone())
                .unwrap_or_default(),
            overdue: row.state().awaits_body() && row.due_on.is_some_and(|day| day < today),
            row,
        })
        .collect())
}

/// A feedback with what surrounds it, for somebody who may see it.
struct Found {
    row: feedback::Model,
    site: Site,
    programme: Programme,
}

impl Found {
    async fn load(app: &App, me: &SignedIn, id: Uuid) -> Result<Self> {
        let missing = || Problem::not_found("没有这件反馈", "There is no such feedback");
        let on = app.store.reader();
        let row = feedbacks::find(on, id).await?.filter(|row| sees(&scope(me), row)).ok_or_else(missing)?;
        let site = sites::find(on, row.site_id).await?.ok_or_else(missing)?;
        let programme = programmes::with_key(on, row.programme_id).await?.ok_or_else(missing)?;
        Ok(Self { row, site, programme })
    }

    /// What the viewer may do now: offices look, assign and close, bodies answer.
    fn open_to(&self, me: &SignedIn) -> Vec<Act> {
        let office = me.allows(Permission::RaiseOrders, Some(self.row.region()));
        let body = self
            .row
            .organisation_id
            .is_some_and(|body| me.organisations(Permission::AnswerOrders, self.row.region()).contains(&body));
        let allowed = |act: &Act| match act {
            Act::Show => office && !self.row.words.is_empty() && self.row.sight() != Sight::Shown,
            Act::Hide => office && !self.row.words.is_empty() && self.row.sight() != Sight::Hidden,
            Act::Assign | Act::Close => office,
            Act::Answer => body || office,
            Act::Receive | Act::Rate => false,
        };
        let state = self.row.state();
        let has_place = |act: &Act| super::rules::after(state, *act, None, self.row.reopened).is_some();
        Act::ALL.iter().copied().filter(allowed).filter(has_place).collect()
    }
}

/// Goes on for somebody who may see the feedback.
pub(super) async fn may_read(app: &App, me: &SignedIn, id: Uuid) -> Result<()> {
    Found::load(app, me, id).await.map(drop)
}

#[derive(Template)]
#[template(path = "feedback/item.html")]
struct ItemPage {
    f: Frame,
    row: feedback::Model,
    site: Site,
    programme: Programme,
    acts: Vec<acts::Model>,
    pictures: EvidenceList,
    body: String,
    overdue: bool,
    open: Vec<Act>,
    organisations: Vec<(String, String)>,
    due_on: String,
    said: String,
    problem: Option<Problem>,
}

impl ItemPage {
    /// The body that has it, so that nothing is assigned by not looking.
    fn organisation(&self) -> String {
        self.row.organisation_id.map(|id| id.to_string()).unwrap_or_default()
    }

    fn may(&self, act: &str) -> bool {
        self.open.iter().any(|open| open.code() == act)
    }

    fn trouble_at(&self, act: &str) -> Option<Problem> {
        self.problem.clone().filter(|_| self.said.starts_with(act))
    }

    fn words_at(&self, act: &str) -> &str {
        self.said.split_once('\n').filter(|(at, _)| *at == act).map(|(_, words)| words).unwrap_or_default()
    }
}

async fn show(Shared(app): Shared<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    render(&app, f, &me, found, String::new(), None).await
}

async fn render(
    app: &App,
    f: Frame,
    me: &SignedIn,
    found: Found,
    said: String,
    problem: Option<Problem>,
) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let open = found.open_to(me);
    let Found { row, site, programme } = found;
    let acts = feedbacks::acts_of(on, &[row.id]).await?;
    let files = files::store::of_subjects(on, EVIDENCE, &[row.id]).await?;
    let body = match row.organisation_id {
        Some(id) => organisations::find(&app.store, id).await?.map(|body| body.name).unwrap_or_default(),
        None => String::new(),
    };
    let candidates = if open.contains(&Act::Assign) { bodies_near(app, row.region()).await? } else { Vec::new() };
    let nobody = std::iter::once((String::new(), f.lang.t("请选择", "choose").to_owned()));
    let candidates: Vec<(String, String)> =
        nobody.chain(candidates.into_iter().map(|body| (body.id.to_string(), body.name))).collect();
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| match problem.kind {
        ProblemKind::Conflict => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    });
    let shown = ItemPage {
        pictures: evidence::list(&f, &files),
        overdue: row.state().awaits_body() && row.due_on.is_some_and(|day| day < today),
        due_on: Calendar::shipped().add_working_days(today, ANSWER_WITHIN).to_string(),
        organisations: candidates,
        f,
        row,
        site,
        programme,
        acts,
        body,
        open,
        said,
        problem,
    };
    page_with(status, &shown)
}

/// Bodies of the place and of those above it.
async fn bodies_near(app: &App, region: RegionCode) -> Result<Vec<Organisation>> {
    let places: Vec<_> = region.lineage().collect();
    Ok(organisations::of_places(app.store.reader(), &places).await?)
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    words: String,
    organisation: String,
    due_on: String,
    version: i32,
}

async fn take(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path((id, act)): Path<(Uuid, String)>,
    Checked(typed): Checked<Typed>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let act = Act::parse(&act).ok_or_else(|| Problem::not_found("没有这项操作", "There is no such act"))?;
    match done(&app, &me, &found, act, &typed).await {
        Ok(()) => Ok(Redirect::to(&format!("/office/feedback/{id}")).into_response()),
        Err(web::Error::Problem(problem)) if matches!(problem.kind, ProblemKind::Invalid | ProblemKind::Conflict) => {
            let again = Found::load(&app, &me, id).await?;
            render(&app, f, &me, again, format!("{}\n{}", act.code(), typed.words), Some(problem)).await
        }
        Err(error) => Err(error),
    }
}

async fn done(app: &App, me: &SignedIn, found: &Found, act: Act, typed: &Typed) -> Result<()> {
    let row = &found.row;
    if row.version != typed.version {
        return Err(Problem::conflict(
            "这件反馈刚刚已由他人处理，您的操作没有保存；请看下面的最新情况",
            "Somebody else has just dealt with this; nothing of yours was saved. See below how it stands now",
        )
        .into());
    }
    if !found.open_to(me).contains(&act) {
        me.require(Permission::RaiseOrders, Some(row.region()))?;
    }
    let mut doing = Doing { words: typed.words.clone(), by: me.display_name.clone(), ..Doing::default() };
    match act {
        Act::Assign => {
            let chosen: Uuid = typed
                .organisation
                .parse()
                .map_err(|_| Problem::field("organisation", "请选择单位", "Choose a body"))?;
            let body = organisations::find(&app.store, chosen).await?;
            let body = body.ok_or_else(|| Problem::field("organisation", "没有这个单位", "There is no such body"))?;
            let day: chrono::NaiveDate = typed
                .due_on
                .parse()
                .map_err(|_| Problem::field("due_on", "请填写日期，如2024-06-30", "Give a date such as 2024-06-30"))?;
            if day < app.store.clock().today() {
                return Err(Problem::field("due_on", "期限不能早于今天", "The last day cannot lie in the past").into());
            }
            doing.body = Some((body.id, body.name));
            doing.due_on = Some(day);
        }
        Act::Answer => {
            if let Some(id) = row.organisation_id {
                doing.body = organisations::find(&app.store, id).await?.map(|body| (body.id, body.name));
            }
        }
        _ => {}
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    feedbacks::act(&mut tx, row, act, &doing).await?;
    if matches!(act, Act::Show | Act::Hide) {
        files::store::set_public(&tx, EVIDENCE, &[row.id], act == Act::Show).await?;
    }
    tx.commit().await?;
    Ok(())
}
