//! Indicators (指标): what is counted, in what, how it adds up, and what it is part of.

mod api;
mod fields;
mod keeping;
mod page;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use kernel::{Level, Permission, Problem};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Accumulation, Kind, Purpose};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Method, Path, Query, Result, Route, SignedIn, Step, outcome, page, page_with, refusal,
};

use self::fields::IndicatorFields;
use self::keeping::{add, edit};
use self::page::{edit_page, new_page};
use crate::authority;
use crate::programmes::Shown;
use crate::targets::Goals;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/indicators/new", EDIT),
    Route::post("/office/programmes/{slug}/indicators", EDIT),
    Route::get("/office/programmes/{slug}/indicators/{number}", ENTER),
    Route::post("/office/programmes/{slug}/indicators/{number}", EDIT),
    Route::post("/api/v1/programmes/{slug}/indicators", EDIT),
    Route::new(Method::Patch, "/api/v1/programmes/{slug}/indicators/{number}", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/indicators/new", get(ask))
        .route("/office/programmes/{slug}/indicators", post(create))
        .route("/office/programmes/{slug}/indicators/{number}", get(show).post(change))
        .merge(api::router());
    Step { router, routes: ROUTES }
}

#[derive(Deserialize)]
struct Within {
    project: Uuid,
}

async fn ask(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(within): Query<Within>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let level = outline.region().level();
    let grain = Level::ALL.into_iter().find(|below| *below > level).unwrap_or(level);
    let fields = IndicatorFields {
        project: Some(within.project),
        kind: Kind::Count.code().to_owned(),
        accumulation: Accumulation::New.code().to_owned(),
        purpose: Purpose::Delivery.code().to_owned(),
        grain: grain.code().to_owned(),
        ..IndicatorFields::default()
    };
    page(&new_page(&app, f, &outline, fields, None).await?)
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<IndicatorFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let added = add(&app, &me, &outline, &fields, None).await;
    let again = async |problem| new_page(&app, f, &outline, fields, Some(problem)).await;
    outcome(added, |number| address(&slug, number), again).await
}

/// The page of an indicator that was saved.
fn address(slug: &str, number: i32) -> String {
    format!("/office/programmes/{slug}/indicators/{number}?saved=1")
}

/// The indicator of this number.
pub(crate) fn existing(outline: &Outline, number: i32) -> Result<Indicator, Problem> {
    let found = outline.indicators.iter().find(|row| row.number == number).cloned();
    found.ok_or_else(|| Problem::not_found("没有这个指标", "There is no such indicator"))
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let row = existing(&outline, number)?;
    let fields = IndicatorFields::of(&outline, &row);
    let goals = Goals::load(&app, &f, &outline, &row).await?;
    page(&edit_page(&app, f, &outline, &row, (fields, goals), shown.saved.is_some(), None).await?)
}

/// The page of an indicator with what was typed into either of its forms.
pub(crate) async fn refused_goals(
    app: &App,
    f: Frame,
    outline: &Outline,
    row: &Indicator,
    goals: Goals,
    problem: Problem,
) -> Result<Response> {
    let (fields, status) = (IndicatorFields::of(outline, row), refusal(&problem));
    page_with(status, &edit_page(app, f, outline, row, (fields, goals), false, Some(problem)).await?)
}

async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Checked(fields): Checked<IndicatorFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    let edited = edit(&app, &me, &outline, &row, &fields).await;
    let again = async |problem| {
        let goals = Goals::load(&app, &f, &outline, &row).await?;
        edit_page(&app, f, &outline, &row, (fields, goals), false, Some(problem)).await
    };
    outcome(edited, |()| address(&slug, number), again).await
}
