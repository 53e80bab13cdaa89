//! The pages of the sheet: the template, the preview, the taking.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem};
use ledger::programmes::Outline;
use plan::sheet::faults::{Fault, Faults};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::listing::escape;
use web::{
    Access, App, Checked, Error, Frame, Query, Result, Route, SignedIn, Step, Upload, components, download, page_with,
};

use super::reading::{Lines, limits, read};
use super::taking::{Change, Outcome, Taking};
use super::template;
use crate::entering::{surroundings, typed_inputs};
use crate::inputs::standing;
use crate::store as rows;

const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/office/assessments/inputs/template", SCORE),
    Route::post("/office/assessments/inputs/sheet", SCORE),
    Route::post("/office/assessments/inputs/sheet/confirmation", SCORE),
];

/// Room for the rows that a confirmation brings back.
const ROWS: usize = 16 << 20;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let file = usize::try_from(limits().file).unwrap_or(usize::MAX).saturating_add(1 << 16);
    let router = OpenApiRouter::new()
        .route("/office/assessments/inputs/template", get(send_template))
        .route("/office/assessments/inputs/sheet", post(preview).layer(DefaultBodyLimit::max(file)))
        .route("/office/assessments/inputs/sheet/confirmation", post(confirm).layer(DefaultBodyLimit::max(ROWS)));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "sheet/page.html")]
struct SheetPage {
    f: Frame,
    slug: String,
    title: String,
    demo: bool,
    /// The rows as they are sent back to be taken.
    rows: String,
    outcome: Outcome,
    faults: Option<Faults>,
    problem: Option<Problem>,
}

impl SheetPage {
    fn place_of(&self, fault: &Fault) -> String {
        self.f.say(&fault.at()).to_owned()
    }

    fn changes(&self) -> &[Change] {
        &self.outcome.changes
    }

    fn address(&self) -> String {
        format!("/office/assessments/inputs?programme={}", escape(&self.slug))
    }
}

#[derive(Deserialize)]
struct Asked {
    programme: String,
}

async fn send_template(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &asked.programme, Permission::ScoreYear).await?;
    let (subjects, schemes) = surroundings(&app, &outline).await?;
    let all = rows::inputs_of(app.store.reader(), outline.programme.id).await?;
    let inputs = typed_inputs(&schemes);
    let named: Vec<_> = inputs.values().map(|(input, _)| (*input, input.name.clone())).collect();
    let bytes = template::template(&subjects, &named, &standing(&all, app.store.clock().today()))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download::file(bytes, kind, &template::file_name(f.lang, &outline.programme.title)))
}

async fn preview(State(app): State<App>, f: Frame, me: SignedIn, upload: Upload) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, upload.field("programme"), Permission::ScoreYear).await?;
    let Some(file) = upload.file() else {
        let problem = Problem::field("file", "请先选择文件", "Choose a file first");
        return shown(f, &outline, (String::new(), Outcome::default()), (None, Some(problem)));
    };
    let lines = match read(file).await? {
        Ok(lines) => lines,
        Err(faults) => return shown(f, &outline, (String::new(), Outcome::default()), (Some(faults), None)),
    };
    let (subjects, schemes) = surroundings(&app, &outline).await?;
    let taking = Taking { outline: &outline, subjects: &subjects, schemes: &schemes };
    match taking.preview(&app.store, (&me.actor(), &me.display_name), &lines).await? {
        Ok(outcome) => {
            let rows = serde_json::to_string(&lines).map_err(Error::fault)?;
            shown(f, &outline, (rows, outcome), (None, None))
        }
        Err(faults) => shown(f, &outline, (String::new(), Outcome::default()), (Some(faults), None)),
    }
}

#[derive(Deserialize)]
struct Rows {
    programme: String,
    rows: String,
}

async fn confirm(State(app): State<App>, f: Frame, me: SignedIn, Checked(sent): Checked<Rows>) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &sent.programme, Permission::ScoreYear).await?;
    let none = || (String::new(), Outcome::default());
    let Ok(lines) = serde_json::from_str::<Lines>(&sent.rows) else {
        let problem =
            Problem::invalid("预览内容不完整，请重新上传表格", "The preview is incomplete: send the sheet again");
        return shown(f, &outline, none(), (None, Some(problem)));
    };
    let (subjects, schemes) = surroundings(&app, &outline).await?;
    let taking = Taking { outline: &outline, subjects: &subjects, schemes: &schemes };
    let taken = taking.take(&app.store, (&me.actor(), &me.display_name), &lines).await;
    match Error::mendable(taken)? {
        Ok(Ok(_)) => {
            let to = format!("/office/assessments/inputs?programme={}&saved=1", escape(&sent.programme));
            Ok(Redirect::to(&to).into_response())
        }
        Ok(Err(faults)) => shown(f, &outline, none(), (Some(faults), None)),
        Err(problem) => shown(f, &outline, none(), (None, Some(problem))),
    }
}

fn shown(
    f: Frame,
    outline: &Outline,
    (rows, outcome): (String, Outcome),
    (faults, problem): (Option<Faults>, Option<Problem>),
) -> Result<Response> {
    let status = match &problem {
        Some(problem) => Error::from(problem.clone()).status(),
        None if faults.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let programme = &outline.programme;
    page_with(
        status,
        &SheetPage {
            slug: programme.slug.clone(),
            title: programme.title.clone(),
            demo: programme.demo,
            rows,
            outcome,
            faults,
            problem,
            f,
        },
    )
}
