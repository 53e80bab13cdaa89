//! The page of an inspector at a site: what is known of it, what was noted, and the form that also works off-line.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use files::Limits;
use kernel::{Permission, Problem};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::{self, EvidenceList};
use web::{Access, App, Frame, Path, Result, Route, SignedIn, Step, Upload, components, page_with};

use super::store::{self as notes, EVIDENCE, NewNote};
use super::tables::site_notes;
use crate::sites::page::none;
use crate::sites::store as sites;
use crate::sites::tables::sites::Model as Site;

/// Files of one note.
const MOST_FILES: usize = 8;

const ENTER: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] = &[
    Route::get("/office/site/{id}/notes", ENTER),
    Route::post("/office/site/{id}/notes", ENTER),
    Route::get("/service-worker.js", Access::Public),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let bound = DefaultBodyLimit::max(Limits::default().body(MOST_FILES));
    let router = OpenApiRouter::new()
        .route("/office/site/{id}/notes", get(show).post(take).layer(bound))
        .route("/service-worker.js", get(worker));
    Step { router, routes: ROUTES }
}

struct Noted {
    row: site_notes::Model,
    pictures: EvidenceList,
}

#[derive(Template)]
#[template(path = "notes/page.html")]
struct NotesPage {
    f: Frame,
    site: Site,
    programme: Programme,
    place: String,
    noted: Vec<Noted>,
    key: Uuid,
    words: String,
    problem: Option<Problem>,
}

async fn load(app: &App, me: &SignedIn, id: Uuid) -> Result<(Site, Programme)> {
    let on = app.store.reader();
    let site = sites::find(on, id).await?.filter(|site| !site.withdrawn).ok_or_else(none)?;
    me.require(Permission::EnterOffice, Some(site.region()))?;
    let programme = programmes::with_key(on, site.programme_id).await?.ok_or_else(none)?;
    Ok((site, programme))
}

/// Goes on for somebody who may read the notes about the site of this one.
pub(super) async fn may_read(app: &App, me: &SignedIn, note: Uuid) -> Result<()> {
    let note = notes::find(app.store.reader(), note).await?.ok_or_else(none)?;
    load(app, me, note.site_id).await.map(drop)
}

async fn show(Shared(app): Shared<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (site, programme) = load(&app, &me, id).await?;
    render(&app, f, site, programme, String::new(), None).await
}

async fn render(
    app: &App,
    f: Frame,
    site: Site,
    programme: Programme,
    words: String,
    problem: Option<Problem>,
) -> Result<Response> {
    let on = app.store.reader();
    let rows = notes::of_site(on, site.id).await?;
    let keys: Vec<_> = rows.iter().map(|row| row.id).collect();
    let files = files::store::of_subjects(on, EVIDENCE, &keys).await?;
    let of = |row: &site_notes::Model| {
        let own: Vec<_> = files.iter().filter(|file| file.subject_id == row.id).cloned().collect();
        evidence::list(&f, &own)
    };
    let noted: Vec<Noted> = rows.into_iter().map(|row| Noted { pictures: of(&row), row }).collect();
    let names = ledger::regions::names(on, [site.region()], programme.year).await?;
    let place = names.get(&site.region()).cloned().unwrap_or_default();
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_with(status, &NotesPage { f, site, programme, place, noted, key: Uuid::now_v7(), words, problem })
}

async fn take(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut form: Upload,
) -> Result<Response> {
    let (site, programme) = load(&app, &me, id).await?;
    let key = form.field("key").parse().unwrap_or_else(|_| Uuid::now_v7());
    let now = app.store.clock().now_ms();
    let written_ms = form.field("written_ms").parse().unwrap_or(now);
    let words = form.field("words").to_owned();
    match write(&app, &me, &site, &mut form, NewNote { id: key, words: words.clone(), written_ms, evidence: vec![] })
        .await
    {
        Ok(()) => Ok(Redirect::to(&format!("/office/site/{id}/notes")).into_response()),
        Err(web::Error::Problem(problem)) => render(&app, f, site, programme, words, Some(problem)).await,
        Err(fault) => Err(fault),
    }
}

async fn write(app: &App, me: &SignedIn, site: &Site, form: &mut Upload, new: NewNote) -> Result<()> {
    let evidence = evidence::keep(app, form, "evidence").await?;
    notes::write(&app.store, &me.actor(), &me.display_name, site, &NewNote { evidence, ..new }).await?;
    Ok(())
}

/// The script that keeps pages readable without a network. Its address is fixed and above the pages it keeps, which is
/// what browsers ask of a service worker; so it is not kept for ever like other scripts.
async fn worker(Shared(app): Shared<App>) -> Result<Response> {
    let script = app.assets.text("service-worker.js");
    let script = script.ok_or_else(|| Problem::not_found("没有这个文件", "There is no such file"))?;
    let headers = [(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, script).into_response())
}
