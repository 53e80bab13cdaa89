//! Adjustments on pages and in the API: the office asks, the congress decides.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Permission, Problem, typed};
use ledger::programmes::{self, Outline};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::components::Light;
use web::{
    Access, App, Checked, Frame, Json, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components, outcome,
    page,
};

use super::{Adjustment, AdjustmentKind, Decision, NewAdjustment, Ruling};
use crate::authority;
use crate::programmes::Shown;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);
const DECIDE: Access = Access::Needs(Permission::DecideAdjustments);

const ROUTES: &[Route] = &[
    Route::get("/office/adjustments", DECIDE).in_menu("项目调整", "Adjustments"),
    Route::get("/office/programmes/{slug}/adjustments", ENTER),
    Route::post("/office/programmes/{slug}/adjustments", EDIT),
    Route::get("/office/adjustments/{id}", ENTER),
    Route::post("/office/adjustments/{id}/decision", DECIDE),
    Route::get("/api/v1/programmes/{slug}/adjustments", ENTER),
    Route::post("/api/v1/programmes/{slug}/adjustments", EDIT),
    Route::post("/api/v1/adjustments/{id}/decision", DECIDE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/adjustments", get(super::desk::show))
        .route("/office/programmes/{slug}/adjustments", get(list).post(ask))
        .route("/office/adjustments/{id}", get(show))
        .route("/office/adjustments/{id}/decision", post(decide))
        .routes(routes!(list_by_api, ask_by_api))
        .routes(routes!(decide_by_api));
    Step { router, routes: ROUTES }
}

/// Where it stands, in a word.
fn light(f: &Frame, one: &Adjustment) -> Light {
    let (class, word) = match one.decision {
        None => ("behind", f.lang.t("待审议", "waits for a decision").to_owned()),
        Some(Decision::Approved) => ("done", f.say(&Decision::Approved.name()).to_owned()),
        Some(Decision::Rejected) => ("", f.say(&Decision::Rejected.name()).to_owned()),
    };
    Light { class, word }
}

/// One adjustment as it is shown.
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) project: String,
    pub(super) indicator: Option<String>,
    pub(super) kind: String,
    pub(super) original: String,
    pub(super) proposed: String,
    pub(super) reason: String,
    pub(super) requested: String,
    pub(super) requested_name: String,
    pub(super) decided: Option<String>,
    pub(super) document: String,
    pub(super) note: String,
    pub(super) light: Light,
    pub(super) version: i32,
    pub(super) is_open: bool,
}

impl Line {
    pub(super) fn of(f: &Frame, outline: &Outline, one: &Adjustment) -> Self {
        let project = outline.projects.iter().find(|row| row.id == one.project);
        let indicator = one.indicator.and_then(|id| outline.indicator_by_id(id));
        let unit = indicator.map(|row| row.unit.as_str()).unwrap_or_default();
        let with_unit = |text: &str| if text.is_empty() { String::new() } else { format!("{text}{unit}") };
        // A deadline is stored as a day in digits and shown like every other day of the page.
        let original = match one.kind {
            AdjustmentKind::Postpone => one.original.parse().map_or_else(|_| one.original.clone(), |day| f.day(&day)),
            _ => with_unit(&one.original),
        };
        let day = |at: i64| china_time(at).map(|time| f.day(&time.date_naive())).unwrap_or_default();
        Self {
            id: one.id,
            project: project.map(|row| row.name.clone()).unwrap_or_default(),
            indicator: indicator.map(|row| row.name.clone()),
            kind: f.say(&one.kind.name()).to_owned(),
            original,
            proposed: one.proposed_on.map_or_else(|| with_unit(&one.proposed), |day| f.day(&day)),
            reason: one.reason.clone(),
            requested: day(one.requested_ms),
            requested_name: one.requested_name.clone(),
            decided: one.decided_ms.map(day),
            document: one.document.clone().unwrap_or_default(),
            note: one.note.clone().unwrap_or_default(),
            light: light(f, one),
            version: one.version,
            is_open: one.is_open(),
        }
    }
}

#[derive(Template)]
#[template(path = "adjustments/list.html")]
struct ListPage {
    f: Frame,
    home: String,
    slug: String,
    title: String,
    demo: bool,
    lines: Vec<Line>,
    may_ask: bool,
    needs_decision: bool,
    projects: Vec<(String, String)>,
    indicators: Vec<(String, String)>,
    fields: AdjustmentFields,
    saved: bool,
    problem: Option<Problem>,
}

impl ListPage {
    fn kinds(&self) -> Vec<(String, String)> {
        components::choices(&self.f, AdjustmentKind::ALL, AdjustmentKind::code, AdjustmentKind::name)
    }
}

#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct AdjustmentFields {
    /// The project's key; follows from the indicator where one is told.
    project: String,
    /// The indicator's number, for a change of target.
    indicator: String,
    /// `content`, `target`, `postpone` or `cancel`.
    kind: String,
    /// What it is to become.
    proposed: String,
    /// The day to which it is postponed.
    proposed_on: String,
    /// Why.
    reason: String,
}

impl AdjustmentFields {
    fn read(&self, outline: &Outline) -> Result<NewAdjustment, Problem> {
        let kind = AdjustmentKind::parse(&self.kind)
            .ok_or_else(|| Problem::field("kind", "请选择调整事项", "Choose what is to be changed"))?;
        let number = self.indicator.trim().parse::<i32>().ok();
        let indicator = number.and_then(|number| outline.indicators.iter().find(|row| row.number == number));
        let indicator = indicator.filter(|_| kind == AdjustmentKind::Target);
        let project = indicator.map(|row| row.project_id).or_else(|| self.project.trim().parse().ok());
        let proposed_on = typed::optional_day("proposed_on", &self.proposed_on)?;
        let project = match (project, kind) {
            (Some(project), _) => project,
            (None, AdjustmentKind::Target) => {
                return Err(Problem::field("indicator", "请选择要调整目标的指标", "Choose the indicator"));
            }
            (None, _) => return Err(Problem::field("project", "请选择项目", "Choose the project")),
        };
        Ok(NewAdjustment {
            project,
            indicator: indicator.map(|row| row.id),
            kind,
            proposed: self.proposed.clone(),
            proposed_on: proposed_on.filter(|_| kind == AdjustmentKind::Postpone),
            reason: self.reason.clone(),
        })
    }
}

async fn list_page(
    app: &App,
    f: Frame,
    outline: &Outline,
    (fields, saved, problem): (AdjustmentFields, bool, Option<Problem>),
) -> Result<ListPage> {
    let all = super::of_programme(app.store.reader(), outline.programme.id).await?;
    let none = (String::new(), f.lang.t("请选择", "choose").to_owned());
    let projects = outline.projects.iter().map(|row| (row.id.to_string(), row.name.clone()));
    let indicators = outline.indicators.iter().map(|row| (row.number.to_string(), row.name.clone()));
    Ok(ListPage {
        home: format!("/office/programmes/{}", outline.programme.slug),
        slug: outline.programme.slug.clone(),
        title: outline.programme.title_in(f.lang).to_owned(),
        demo: outline.programme.demo,
        lines: all.iter().map(|one| Line::of(&f, outline, one)).collect(),
        may_ask: f.allows(Permission::EditProgramme, Some(outline.region())),
        needs_decision: programmes::needs_decision(&outline.programme),
        projects: std::iter::once(none.clone()).chain(projects).collect(),
        indicators: std::iter::once(none).chain(indicators).collect(),
        fields,
        saved,
        problem,
        f,
    })
}

async fn list(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let said = (AdjustmentFields::default(), shown.saved.is_some(), None);
    page(&list_page(&app, f, &outline, said).await?)
}

async fn ask(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<AdjustmentFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let asked = request(&app, &me, &outline, &fields).await;
    let again = async |problem| list_page(&app, f, &outline, (fields, false, Some(problem))).await;
    outcome(asked, |_| format!("/office/programmes/{slug}/adjustments?saved=1"), again).await
}

async fn request(app: &App, me: &SignedIn, outline: &Outline, fields: &AdjustmentFields) -> Result<Uuid> {
    let new = fields.read(outline)?;
    let mut tx = app.store.begin(&me.actor()).await?;
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let id = super::request(&mut tx, &outline, &new).await?;
    tx.commit().await?;
    Ok(id)
}

#[derive(Template)]
#[template(path = "adjustments/show.html")]
struct ShowPage {
    f: Frame,
    list: String,
    title: String,
    demo: bool,
    line: Line,
    may_decide: bool,
    own: bool,
    fields: RulingFields,
    problem: Option<Problem>,
}

impl ShowPage {
    fn decisions(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("请选择", "choose").to_owned());
        let all = components::choices(&self.f, Decision::ALL, Decision::code, Decision::name);
        std::iter::once(none).chain(all).collect()
    }
}

#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct RulingFields {
    /// `approved` or `rejected`.
    decision: String,
    /// 决议文号.
    document: String,
    /// A remark.
    note: String,
    /// The version that was read.
    version: i32,
}

impl RulingFields {
    fn read(&self) -> Result<Ruling, Problem> {
        let decision = Decision::parse(&self.decision)
            .ok_or_else(|| Problem::field("decision", "请选择审议结果", "Choose what was decided"))?;
        Ok(Ruling { decision, document: self.document.clone(), note: self.note.clone() })
    }
}

/// The adjustment and its programme, for somebody who holds `permission` there.
async fn found(app: &App, me: &SignedIn, id: Uuid, permission: Permission) -> Result<(Adjustment, Outline)> {
    let missing = || Problem::not_found("没有这个调整申请", "There is no such request");
    let on = app.store.reader();
    let one = super::find(on, id).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, one.programme).await?.ok_or_else(missing)?;
    Ok((one, authority::outline(app, me, &programme.slug, permission).await?))
}

fn show_page(
    f: Frame,
    outline: &Outline,
    one: &Adjustment,
    (fields, problem): (RulingFields, Option<Problem>),
) -> ShowPage {
    ShowPage {
        list: format!("/office/programmes/{}/adjustments", outline.programme.slug),
        title: outline.programme.title_in(f.lang).to_owned(),
        demo: outline.programme.demo,
        line: Line::of(&f, outline, one),
        may_decide: one.is_open() && f.allows(Permission::DecideAdjustments, Some(outline.region())),
        own: one.requested_by.is_some() && f.viewer().map(|viewer| viewer.account) == one.requested_by,
        fields,
        problem,
        f,
    }
}

async fn show(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (one, outline) = found(&app, &me, id, Permission::EnterOffice).await?;
    page(&show_page(f, &outline, &one, (RulingFields::default(), None)))
}

async fn decide(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<RulingFields>,
) -> Result<Response> {
    let (_, outline) = found(&app, &me, id, Permission::DecideAdjustments).await?;
    let ruled = rule(&app, &me, &outline, id, &fields).await;
    let again = async |problem| {
        let (one, outline) = found(&app, &me, id, Permission::DecideAdjustments).await?;
        Ok(show_page(f, &outline, &one, (fields, Some(problem))))
    };
    outcome(ruled, |_| format!("/office/adjustments/{id}"), again).await
}

async fn rule(app: &App, me: &SignedIn, outline: &Outline, id: Uuid, fields: &RulingFields) -> Result<Adjustment> {
    let ruling = fields.read()?;
    let mut tx = app.store.begin(&me.actor()).await?;
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let decided = super::decide(&mut tx, &outline, id, fields.version, &ruling).await?;
    tx.commit().await?;
    Ok(decided)
}

/// A change of an adopted project.
#[derive(Serialize, utoipa::ToSchema)]
struct AdjustmentDetails {
    id: Uuid,
    project: Uuid,
    indicator: Option<Uuid>,
    /// `content`, `target`, `postpone` or `cancel`.
    #[schema(value_type = String)]
    kind: AdjustmentKind,
    original: String,
    proposed: String,
    proposed_on: Option<NaiveDate>,
    reason: String,
    requested_ms: i64,
    /// `approved` or `rejected`; none while it waits.
    #[schema(value_type = Option<String>)]
    decision: Option<Decision>,
    decided_ms: Option<i64>,
    document: Option<String>,
    /// Send it back with a decision.
    version: i32,
}

impl From<Adjustment> for AdjustmentDetails {
    fn from(one: Adjustment) -> Self {
        Self {
            id: one.id,
            project: one.project,
            indicator: one.indicator,
            kind: one.kind,
            original: one.original,
            proposed: one.proposed,
            proposed_on: one.proposed_on,
            reason: one.reason,
            requested_ms: one.requested_ms,
            decision: one.decision,
            decided_ms: one.decided_ms,
            document: one.document,
            version: one.version,
        }
    }
}

/// The adjustments of a programme, newest first.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/adjustments", tag = "office",
    params(("slug" = String, Path)),
    responses((status = 200, body = Vec<AdjustmentDetails>), (status = 404, body = ProblemDetails)))]
async fn list_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
) -> Result<axum::Json<Vec<AdjustmentDetails>>> {
    let programme = authority::programme(&app, &me, &slug, Permission::EnterOffice).await?;
    let all = super::of_programme(app.store.reader(), programme.id).await?;
    Ok(axum::Json(all.into_iter().map(AdjustmentDetails::from).collect()))
}

/// Asks the congress for a change of an adopted project.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/adjustments", tag = "office", request_body = AdjustmentFields,
    params(("slug" = String, Path)),
    responses((status = 201, body = AdjustmentDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn ask_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(fields): Json<AdjustmentFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let id = request(&app, &me, &outline, &fields).await?;
    let (one, _) = found(&app, &me, id, Permission::EditProgramme).await?;
    Ok((StatusCode::CREATED, axum::Json(AdjustmentDetails::from(one))).into_response())
}

/// Writes down what the congress decided.
#[utoipa::path(post, path = "/api/v1/adjustments/{id}/decision", tag = "office", request_body = RulingFields,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = AdjustmentDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn decide_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(fields): Json<RulingFields>,
) -> Result<axum::Json<AdjustmentDetails>> {
    let (_, outline) = found(&app, &me, id, Permission::DecideAdjustments).await?;
    Ok(axum::Json(rule(&app, &me, &outline, id, &fields).await?.into()))
}
