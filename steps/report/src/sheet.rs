//! Reporting by sheet (离线填报): a body's whole round goes out as a workbook, comes back filled in, and is taken whole or
//! not at all.
//!
//! The upload is read and judged first and nothing is written; what was read travels in the form that confirms it, so that
//! the server keeps no state in between, and is judged again by the rules of submitting.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Place, Problem};
use plan::sheet::archive::Limits;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Error, Frame, Path, Result, Route, SignedIn, Step, Upload, components, page, page_with,
    refusal,
};

use crate::authority;
use crate::by::By;
use crate::names::Names;
use crate::returns::{self, Batch, Content, Filling, check};
use crate::rounds::Round;
use crate::store as rows;

mod columns;
mod reading;
mod writing;

use reading::{Located, read};

const FILL: Access = Access::Needs(Permission::FillReturns);

const ROUTES: &[Route] = &[
    Route::get("/office/rounds/{id}/sheet", FILL),
    Route::post("/office/rounds/{id}/sheet", FILL),
    Route::get("/office/rounds/{id}/sheet.xlsx", FILL),
    Route::post("/office/rounds/{id}/sheet/taking", FILL),
];

/// The largest file: a body's round has some thousand rows.
const LARGEST: usize = 8 << 20;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/rounds/{id}/sheet", get(ask).merge(post(look).layer(DefaultBodyLimit::max(LARGEST))))
        .route("/office/rounds/{id}/sheet.xlsx", get(download))
        .route("/office/rounds/{id}/sheet/taking", post(take).layer(DefaultBodyLimit::max(LARGEST)));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "sheet.html")]
struct SheetPage {
    f: Frame,
    round: Uuid,
    cut_off: String,
    returns: usize,
    preview: Option<Preview>,
    faults: Vec<(String, String)>,
    problem: Option<Problem>,
}

struct Preview {
    rows: Vec<Line>,
    unfinished: usize,
    /// What was read, as the confirming form sends it back.
    payload: String,
}

struct Line {
    project: String,
    place: String,
    indicator: String,
    raw: String,
    last: String,
    remarks: Vec<String>,
}

/// What the viewer's bodies may still fill in of a round.
async fn own(app: &App, me: &SignedIn, round: Uuid) -> Result<(Round, Batch)> {
    let (round, _) = authority::round(app, me, round).await?;
    let on = app.store.reader();
    let mut found = rows::of_round(on, round.id).await?;
    found.retain(|row| authority::is_own(me, row) && row.state().is_owed());
    Ok((round, Batch::of(on, found, app.store.clock().today()).await?))
}

async fn ask(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (round, batch) = own(&app, &me, id).await?;
    page(&sheet_page(f, &round, &batch))
}

fn sheet_page(f: Frame, round: &Round, batch: &Batch) -> SheetPage {
    SheetPage {
        round: round.id,
        cut_off: f.day(&round.cut_off),
        returns: batch.returns.len(),
        preview: None,
        faults: Vec::new(),
        problem: None,
        f,
    }
}

async fn download(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (round, batch) = own(&app, &me, id).await?;
    let on = app.store.reader();
    let beside = batch.held(on).await?;
    let year = batch.outlines.values().map(|outline| outline.programme.year).max().unwrap_or(i32::MAX);
    let names = Names::of(on, &batch.returns, year).await?;
    let lines = writing::lines(&batch, &beside, &names, f.lang)?;
    let bytes = tokio::task::spawn_blocking(move || writing::workbook(&lines)).await.map_err(Error::fault)?;
    let bytes = bytes.map_err(Error::fault)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(web::download::file(bytes, kind, &format!("填报表-{}.xlsx", round.cut_off)))
}

async fn look(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
) -> Result<Response> {
    let (round, batch) = own(&app, &me, id).await?;
    let mut shown = sheet_page(f, &round, &batch);
    let Some(file) = upload.take("file").into_iter().next() else {
        shown.problem = Some(Problem::field("file", "请先选择填好的表格", "Choose the sheet first"));
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    let (path, name) = (file.path().to_owned(), file.name.clone());
    let read = tokio::task::spawn_blocking(move || read(&path, &name, &Limits::default())).await;
    match read.map_err(Error::fault)?.and_then(|sheet| sheet.settle(&batch)) {
        Ok(located) => preview(&app, &mut shown, &batch, &located).await?,
        Err(store::Error::Problem(problem)) => {
            shown.faults = told(&shown.f, &problem.places);
            shown.problem = Some(Problem { places: Vec::new(), ..problem });
        }
        Err(fault) => return Err(fault.into()),
    }
    drop(file);
    let status = if shown.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &shown)
}

fn told(f: &Frame, places: &[Place]) -> Vec<(String, String)> {
    places.iter().map(|place| (f.say(&place.at).to_owned(), f.say(&place.message).to_owned())).collect()
}

/// Judges what was read as submitting would; grave faults refuse the sheet, others are remarks of the preview.
async fn preview(app: &App, shown: &mut SheetPage, batch: &Batch, located: &Located) -> Result<()> {
    let on = app.store.reader();
    let contents: HashMap<Uuid, Content> =
        located.fillings.iter().map(|filling| (filling.id, filling.content.clone())).collect();
    let checked = check(on, batch, &contents).await?;
    let beside = batch.held(on).await?;
    let year = batch.outlines.values().map(|outline| outline.programme.year).max().unwrap_or(i32::MAX);
    let names = Names::of(on, &batch.returns, year).await?;
    let lang = shown.f.lang;
    let mut view = Preview { rows: Vec::new(), unfinished: 0, payload: String::new() };
    let mut grave = Vec::new();
    for row in &batch.returns {
        let (Some(content), Some(checked)) = (contents.get(&row.id), checked.get(&row.id)) else { continue };
        view.unfinished += usize::from(!checked.faults.is_empty());
        let outline = batch.outline(row)?;
        let mut by_field = BTreeMap::<&str, Vec<String>>::new();
        for faulty in &checked.faults {
            if faulty.grave || faulty.unreadable {
                grave.push(Place { at: located.place(row.id, &faulty.field), message: faulty.text.clone() });
            }
            by_field.entry(&faulty.field).or_default().push(faulty.text.get(lang).to_owned());
        }
        for asked in batch.asked(row, &beside)? {
            let number = outline.indicator_by_id(asked.indicator).map_or(0, |row| row.number);
            let remarks = [format!("raw-{number}"), format!("reason-{number}")];
            let faults = remarks.iter().filter_map(|field| by_field.get(field.as_str())).flatten().cloned();
            let judged = checked.judged.get(&asked.indicator);
            let flags = judged.into_iter().flat_map(|judged| &judged.flags).map(|flag| flag.text.get(lang).to_owned());
            view.rows.push(Line {
                project: names.project(row),
                place: names.place(row),
                raw: content.lines.get(&asked.indicator).map(|typed| typed.raw.clone()).unwrap_or_default(),
                last: asked.last().map(|(_, value)| figures::print_grouped(value)).unwrap_or_default(),
                remarks: faults.chain(flags).collect(),
                indicator: asked.name,
            });
        }
    }
    if grave.is_empty() {
        view.payload = serde_json::to_string(&located.fillings).map_err(Error::fault)?;
        shown.preview = Some(view);
    } else {
        shown.faults = told(&shown.f, &grave);
        let problem = Problem::in_sheet(grave);
        shown.problem = Some(Problem { places: Vec::new(), ..problem });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Taking {
    act: String,
    payload: String,
}

async fn take(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<Taking>,
) -> Result<Response> {
    let (round, batch) = own(&app, &me, id).await?;
    let broken = |_| Problem::invalid("表单内容不完整，请重新上传表格", "The form is incomplete: send the sheet again");
    let fillings: Vec<Filling> = serde_json::from_str(&form.payload).map_err(broken)?;
    if batch.returns.is_empty() {
        return Err(Problem::conflict("这一期已没有要填的内容，请刷新页面", "Nothing is owed any more").into());
    }
    let by = By::viewer(&me);
    let outcome = match form.act.as_str() {
        "submit" => returns::submit(&app.store, &by, &fillings).await,
        _ => returns::save(&app.store, &by, &fillings).await,
    };
    match Error::mendable(outcome)? {
        Ok(_) if form.act == "submit" => Ok(Redirect::to("/office/returns?submitted=1").into_response()),
        Ok(_) => Ok(Redirect::to("/office/returns").into_response()),
        Err(problem) => {
            let status = refusal(&problem);
            let mut shown = sheet_page(f, &round, &batch);
            shown.faults = told(&shown.f, &problem.places);
            shown.problem = Some(Problem { places: Vec::new(), ..problem });
            page_with(status, &shown)
        }
    }
}
