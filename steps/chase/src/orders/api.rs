//! One order in the API: as it stands, and acting on it.

use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use files::Limits;
use kernel::clock::china_time;
use kernel::{Permission, Problem, typed};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{Access, App, Path, ProblemDetails, Result, Route, SignedIn, Step, Upload, evidence};

use super::Deed;
use super::acting::EVIDENCE;
use super::letter::{Found, MOST_FILES, deed, open_to};
use super::shown::OrderDetails;
use crate::tables::order_acts::Model as ActRow;
use crate::words::Act;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const ACT: Access = Access::AnyOf(&[Permission::AnswerOrders, Permission::RaiseOrders, Permission::CloseOrders]);

const ROUTES: &[Route] = &[Route::get("/api/v1/orders/{id}", ENTER), Route::post("/api/v1/orders/{id}/acts", ACT)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let bound = DefaultBodyLimit::max(Limits::default().body(MOST_FILES));
    let router =
        OpenApiRouter::new().routes(routes!(show)).merge(OpenApiRouter::new().routes(routes!(take)).layer(bound));
    Step { router, routes: ROUTES }
}

/// An order with what happened to it.
#[derive(Serialize, utoipa::ToSchema)]
struct WholeOrder {
    #[serde(flatten)]
    order: OrderDetails,
    acts: Vec<ActDetails>,
    /// What the caller can do now.
    open: Vec<&'static str>,
}

/// One thing that happened.
#[derive(Serialize, utoipa::ToSchema)]
struct ActDetails {
    id: Uuid,
    /// `raise`, `answer`, `send_back`, `apply`, `check`, `refuse`, `verify`, `reopen`, `extend`, `escalate`, `withdraw`.
    act: String,
    /// `body`, `lead`, `office`, `supervision`.
    party: String,
    /// The state that it led to.
    state: String,
    due_on: NaiveDate,
    /// Whether the body was late.
    late: bool,
    name: String,
    organisation: String,
    text: String,
    /// Addresses of the files that show it.
    evidence: Vec<String>,
    on: Option<NaiveDate>,
    at_ms: i64,
}

impl ActDetails {
    fn of(row: &ActRow, files: &[files::tables::evidence::Model]) -> Self {
        let own = files.iter().filter(|file| file.subject_id == row.id);
        Self {
            id: row.id,
            act: row.act.clone(),
            party: row.party.clone(),
            state: row.state.clone(),
            due_on: row.due_on,
            late: row.late,
            name: row.account_name.clone(),
            organisation: row.organisation_name.clone(),
            text: row.text.clone(),
            evidence: own.map(|file| format!("/files/{}", file.id)).collect(),
            on: china_time(row.at_ms).map(|time| time.date_naive()),
            at_ms: row.at_ms,
        }
    }
}

async fn whole(app: &App, me: &SignedIn, id: Uuid) -> Result<WholeOrder> {
    let found = Found::load(app, me, id).await?;
    let on = app.store.reader();
    let order = OrderDetails::all(on, std::slice::from_ref(&found.order), app.store.clock().today()).await?.remove(0);
    let keys: Vec<Uuid> = found.acts.iter().map(|act| act.id).collect();
    let files = files::store::of_subjects(on, EVIDENCE, &keys).await?;
    let open = open_to(&found, me).into_iter().map(Act::code).collect();
    Ok(WholeOrder { order, acts: found.acts.iter().map(|row| ActDetails::of(row, &files)).collect(), open })
}

/// An order with what happened to it.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "chase", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeOrder), (status = 404, body = ProblemDetails)))]
async fn show(Shared(app): Shared<App>, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    Ok(axum::Json(whole(&app, &me, id).await?).into_response())
}

/// What is done to an order. A form with files, so that a closing can be applied for with its evidence.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form; its fields are read one by one")]
struct ActBody {
    /// `answer`, `apply`, `send_back`, `extend`, `withdraw`, `check`, `refuse`, `verify`, `reopen`.
    act: String,
    text: String,
    /// Until when, with `answer` and `extend`.
    due_on: Option<NaiveDate>,
    /// The version that was read.
    version: i32,
    /// JPEG, PNG, WebP or PDF; needed with `apply`.
    #[schema(value_type = Vec<String>, format = Binary)]
    evidence: Vec<u8>,
}

/// Acts on an order.
#[utoipa::path(post, path = "/api/v1/orders/{id}/acts", tag = "chase", params(("id" = Uuid, Path)),
    request_body(content = ActBody, content_type = "multipart/form-data"),
    responses((status = 200, body = WholeOrder), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn take(Shared(app): Shared<App>, me: SignedIn, Path(id): Path<Uuid>, mut upload: Upload) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let act = Act::parse(upload.field("act")).filter(|act| *act != Act::Escalate).ok_or_else(|| {
        Problem::field("act", "act 不是可办事项；升级请另发督办", "act is none of those; raise an order to escalate")
    })?;
    let version = upload
        .field("version")
        .parse()
        .map_err(|_| Problem::field("version", "请带上读取时的 version", "Send the version that was read"))?;
    let due_on = typed::optional_day("due_on", upload.field("due_on"))?;
    let text = upload.field("text").to_owned();
    let evidence = evidence::keep(&app, &mut upload, "evidence").await?;
    deed(&app, &me, &found, version, &Deed { act, text, due_on, evidence }).await?;
    Ok(axum::Json(whole(&app, &me, id).await?).into_response())
}
