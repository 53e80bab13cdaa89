//! Signing in and out, and changing one's own password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum_extra::extract::CookieJar;
use kernel::Problem;
use people::Viewer;
use people::store::{accounts, sessions};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::components;
use crate::{
    Access, App, Checked, Error, Form, Frame, Json, Method, ProblemDetails, Query, Result, Route, SignedIn, Step, page,
    page_with, session,
};

const ROUTES: &[Route] = &[
    Route::get("/sign-in", Access::Public),
    Route::post("/sign-in", Access::Public),
    Route::post("/sign-out", Access::SignedIn),
    Route::get("/account/password", Access::SignedIn),
    Route::post("/account/password", Access::SignedIn),
    Route::post("/api/v1/sessions", Access::Public),
    Route::new(Method::Delete, "/api/v1/sessions", Access::SignedIn),
    Route::get("/api/v1/me", Access::SignedIn),
];

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/sign-in", get(ask).post(begin))
        .route("/sign-out", post(end))
        .route("/account/password", get(ask_password).post(change_password))
        .routes(routes!(begin_by_api, end_by_api))
        .routes(routes!(me));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    f: Frame,
    form: SignInForm,
    problem: Option<Problem>,
}

#[derive(Default, Deserialize)]
struct SignInForm {
    #[serde(default)]
    sign_in_name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

async fn ask(f: Frame, Query(form): Query<SignInForm>) -> Result<Response> {
    page(&SignInPage { f, form, problem: None })
}

async fn begin(State(app): State<App>, f: Frame, cookies: CookieJar, Form(form): Form<SignInForm>) -> Result<Response> {
    let tried =
        sessions::sign_in(&app.store, &app.settings.accounts, &app.passwords, &form.sign_in_name, &form.password).await;
    match tried {
        Ok(begun) => {
            let next = if begun.viewer.must_change {
                "/account/password".to_owned()
            } else {
                own_address(&form.next).unwrap_or_else(|| f.home_of(&begun.viewer).to_owned())
            };
            Ok((cookies.add(session::cookie(&app, begun.token)), Redirect::to(&next)).into_response())
        }
        Err(store::Error::Problem(problem)) => {
            let status = Error::from(problem.clone()).status();
            page_with(status, &SignInPage { f, form, problem: Some(problem) })
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `next`, if it leads to a page of this site: anything else would let a link send people elsewhere after signing in.
fn own_address(next: &str) -> Option<String> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    own.then(|| next.to_owned())
}

#[derive(Deserialize)]
struct Nothing {}

async fn end(
    State(app): State<App>,
    me: SignedIn,
    cookies: CookieJar,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    sessions::sign_out(&app.store, &me).await?;
    Ok((cookies.remove(session::cookie(&app, String::new())), Redirect::to("/")).into_response())
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    f: Frame,
    saved: bool,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct PasswordForm {
    current: String,
    password: String,
    again: String,
}

async fn ask_password(f: Frame) -> Result<Response> {
    page(&PasswordPage { f, saved: false, problem: None })
}

async fn change_password(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Checked(form): Checked<PasswordForm>,
) -> Result<Response> {
    let changed = if form.password == form.again {
        let rules = &app.settings.accounts;
        accounts::change_password(&app.store, rules, &app.passwords, &me, &form.current, &form.password).await
    } else {
        Err(Problem::field("again", "两次输入的新密码不一致", "The two new passwords differ").into())
    };
    match Error::mendable(changed)? {
        Ok(()) => page(&PasswordPage { f, saved: true, problem: None }),
        Err(problem) => {
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &PasswordPage { f, saved: false, problem: Some(problem) })
        }
    }
}

/// Name and password.
#[derive(Deserialize, utoipa::ToSchema)]
struct Credentials {
    sign_in_name: String,
    password: String,
}

/// A session that has begun.
#[derive(Serialize, utoipa::ToSchema)]
struct Begun {
    /// Goes into `Authorization: Bearer …`.
    token: String,
    #[serde(flatten)]
    me: Me,
}

/// Who is signed in.
#[derive(Serialize, utoipa::ToSchema)]
struct Me {
    account: uuid::Uuid,
    sign_in_name: String,
    display_name: String,
    /// Whether the password must be changed before anything else.
    must_change: bool,
    grants: Vec<GrantDetails>,
}

/// A role that is held.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct GrantDetails {
    pub(crate) role: &'static str,
    /// Twelve digits; none for administrators.
    pub(crate) region: Option<String>,
    pub(crate) organisation: Option<uuid::Uuid>,
}

impl From<&kernel::Grant> for GrantDetails {
    fn from(grant: &kernel::Grant) -> Self {
        Self {
            role: grant.role.code(),
            region: grant.region.map(|region| region.to_string()),
            organisation: grant.organisation,
        }
    }
}

impl From<&Viewer> for Me {
    fn from(viewer: &Viewer) -> Self {
        Self {
            account: viewer.account,
            sign_in_name: viewer.sign_in_name.clone(),
            display_name: viewer.display_name.clone(),
            must_change: viewer.must_change,
            grants: viewer.grants.iter().map(GrantDetails::from).collect(),
        }
    }
}

/// Signs in and gives a token.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "accounts", request_body = Credentials,
    responses((status = 201, body = Begun), (status = 401, body = ProblemDetails), (status = 429, body = ProblemDetails)))]
async fn begin_by_api(State(app): State<App>, Json(given): Json<Credentials>) -> Result<Response> {
    let begun =
        sessions::sign_in(&app.store, &app.settings.accounts, &app.passwords, &given.sign_in_name, &given.password)
            .await?;
    let body = Begun { token: begun.token, me: Me::from(&begun.viewer) };
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}

/// Ends the session of the token.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "accounts", responses((status = 204), (status = 401, body = ProblemDetails)))]
async fn end_by_api(State(app): State<App>, me: SignedIn) -> Result<StatusCode> {
    sessions::sign_out(&app.store, &me).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who the token belongs to.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = Me), (status = 401, body = ProblemDetails)))]
async fn me(me: SignedIn) -> axum::Json<Me> {
    axum::Json(Me::from(&*me))
}
