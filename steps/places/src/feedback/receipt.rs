//! Following one's own feedback with the receipt, and rating the answer.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::Problem;
use kernel::calendar::Calendar;
use serde::Deserialize;
use store::Actor;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Form, Frame, Path, Query, Result, Route, Step, components, page, page_with};

use super::public::{Said, told};
use super::rules::ANSWER_WITHIN;
use super::store::{self as feedbacks, Doing};
use super::tables::feedback;
use super::words::{Act, State, Verdict};
use crate::sites::store::find;
use crate::sites::tables::sites::Model as Site;

const ROUTES: &[Route] = &[
    Route::get("/feedback", Access::Public),
    Route::get("/feedback/{receipt}", Access::Public),
    Route::post("/feedback/{receipt}/rating", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/feedback", get(ask))
        .route("/feedback/{receipt}", get(show))
        .route("/feedback/{receipt}/rating", post(rate));
    Step { router, routes: ROUTES }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    receipt: String,
    new: String,
}

#[derive(Template)]
#[template(path = "feedback/receipt.html")]
struct ReceiptPage {
    f: Frame,
    receipt: String,
    fresh: bool,
    found: Option<(Said, Site)>,
    problem: Option<Problem>,
    said: String,
}

impl ReceiptPage {
    fn may_rate(&self) -> bool {
        self.found.as_ref().is_some_and(|(said, _)| said.row.state() == State::Answered)
    }

    fn verdicts(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Verdict::ALL, Verdict::code, Verdict::name)
    }
}

/// An unknown receipt reads the same as none: whether one exists is nobody's business but its holder's.
fn unknown() -> Problem {
    Problem::field(
        "receipt",
        "没有找到这个回执。请核对十位字母和数字",
        "There is no such receipt: check its ten letters and digits",
    )
}

async fn ask(Shared(app): Shared<App>, f: Frame, Query(asked): Query<Asked>) -> Result<Response> {
    let receipt = asked.receipt.trim().to_ascii_uppercase();
    if receipt.is_empty() {
        return page(&ReceiptPage { f, receipt, fresh: false, found: None, problem: None, said: String::new() });
    }
    if feedbacks::with_receipt(app.store.reader(), &receipt).await?.is_some() {
        return Ok(Redirect::to(&format!("/feedback/{}", web::listing::escape(&receipt))).into_response());
    }
    let shown = ReceiptPage { f, receipt, fresh: false, found: None, problem: Some(unknown()), said: String::new() };
    page_with(StatusCode::NOT_FOUND, &shown)
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    Path(receipt): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let fresh = !asked.new.is_empty();
    render(&app, f, receipt, fresh, None, String::new()).await
}

async fn render(
    app: &App,
    f: Frame,
    receipt: String,
    fresh: bool,
    problem: Option<Problem>,
    said: String,
) -> Result<Response> {
    let Some(row) = feedbacks::with_receipt(app.store.reader(), &receipt).await? else {
        let shown = ReceiptPage { f, receipt, fresh: false, found: None, problem: Some(unknown()), said };
        return page_with(StatusCode::NOT_FOUND, &shown);
    };
    let site = find(app.store.reader(), row.site_id).await?;
    let site = site.ok_or_else(|| web::Error::fault(format!("feedback {} has no site", row.id)))?;
    let told = told(app, &f, vec![row]).await?.into_iter().next();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let found = told.map(|told| (told, site));
    page_with(status, &ReceiptPage { f, receipt, fresh, found, problem, said })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Rating {
    verdict: String,
    words: String,
}

async fn rate(
    Shared(app): Shared<App>,
    f: Frame,
    Path(receipt): Path<String>,
    Form(form): Form<Rating>,
) -> Result<Response> {
    let row = feedbacks::with_receipt(app.store.reader(), &receipt).await?.ok_or_else(unknown)?;
    match take(&app, &row, &form).await {
        Ok(()) => Ok(Redirect::to(&format!("/feedback/{}", web::listing::escape(&receipt))).into_response()),
        Err(web::Error::Problem(problem)) => render(&app, f, receipt, false, Some(problem), form.words).await,
        Err(fault) => Err(fault),
    }
}

async fn take(app: &App, row: &feedback::Model, form: &Rating) -> Result<()> {
    let verdict = Verdict::parse(&form.verdict)
        .ok_or_else(|| Problem::field("verdict", "请选择是否满意", "Choose whether you are satisfied"))?;
    if verdict == Verdict::Dissatisfied && form.words.trim().is_empty() {
        return Err(Problem::field("words", "请写明哪里没有解决", "Say what is not solved").into());
    }
    super::rules::checked(
        super::words::Kind::Problem,
        None,
        if form.words.trim().is_empty() { "–" } else { &form.words },
    )?;
    let again = verdict == Verdict::Dissatisfied && !row.reopened;
    let today = app.store.clock().today();
    let due_on = again.then(|| Calendar::shipped().add_working_days(today, ANSWER_WITHIN));
    let doing = Doing { words: form.words.clone(), verdict: Some(verdict), due_on, ..Doing::default() };
    let mut tx = app.store.begin(&Actor::operator("resident")).await?;
    feedbacks::act(&mut tx, row, Act::Rate, &doing).await?;
    tx.commit().await?;
    Ok(())
}
