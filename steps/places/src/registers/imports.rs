//! A register from a sheet: uploaded, read, shown as a preview, and taken whole or given up.

use std::path::PathBuf;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use kernel::Problem;
use plan::sheet::archive::Limits;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{App, Error, Frame, Path, Result, Route, SignedIn, Step, Upload, components, page_with};

use super::content::Content;
use super::keeping::{Divisions, Taken, take};
use super::person::{KEEP, keeps};
use super::public::service_of;
use super::sheet;
use crate::catalogue::{Catalogue, Service};

/// The media type of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The largest sheet that is taken; 50,000 entries are about 8 MB.
const LARGEST: usize = 20 << 20;

/// Entries that a preview shows.
const SHOWN: usize = 10;

const ROUTES: &[Route] =
    &[Route::get("/office/registers/{kind}/import", KEEP), Route::post("/office/registers/{kind}/import", KEEP)];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router = OpenApiRouter::new()
        .route("/office/registers/{kind}/import", get(ask).post(import))
        .layer(Extension(catalogue))
        .layer(DefaultBodyLimit::max(LARGEST));
    Step { router, routes: ROUTES }
}

/// What was read and waits for a confirmation.
struct Preview {
    /// The random name under which the file waits.
    token: Uuid,
    name: String,
    taken: Taken,
    examples: Vec<(String, String, String)>,
    rows: usize,
}

#[derive(Template)]
#[template(path = "registers/import.html")]
struct ImportPage<'a> {
    f: Frame,
    service: &'a Service,
    problem: Option<Problem>,
    preview: Option<Preview>,
    done: Option<Taken>,
}

impl ImportPage<'_> {
    fn register(&self) -> String {
        format!("/office/registers/{}", self.service.slug)
    }
}

async fn ask(f: Frame, Extension(catalogue): Extension<Arc<Catalogue>>, Path(kind): Path<String>) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    page_with(StatusCode::OK, &ImportPage { f, service, problem: None, preview: None, done: None })
}

/// The file of a form: a new upload, or the one that waits under `token`.
struct Waiting {
    path: PathBuf,
    token: Uuid,
    name: String,
    confirmed: bool,
}

fn waiting(app: &App, mut upload: Upload) -> Result<Waiting> {
    let missing = || Problem::field("file", "请选择文件", "Choose a file");
    let lost = || Problem::field("file", "预览已过期，请重新选择文件", "The preview is gone: choose the file again");
    if let Ok(token) = upload.field("token").parse::<Uuid>() {
        let path = app.settings.uploads.join(token.to_string());
        if !path.is_file() {
            return Err(lost().into());
        }
        let confirmed = upload.field("confirm") == "1";
        return Ok(Waiting { path, token, name: upload.field("name").to_owned(), confirmed });
    }
    let file = upload.take("file").into_iter().next().ok_or_else(missing)?;
    let name = file.name.clone();
    let path = file.keep();
    let token = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let token = token.ok_or_else(|| Error::fault("an upload without a random name"))?;
    Ok(Waiting { path, token, name, confirmed: false })
}

async fn import(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    upload: Upload,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let refuse = |f: Frame, problem: Problem| {
        let page = ImportPage { f, service, problem: Some(problem), preview: None, done: None };
        page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
    };
    let waiting = match waiting(&app, upload) {
        Ok(waiting) => waiting,
        Err(Error::Problem(problem)) => return refuse(f, problem),
        Err(error) => return Err(error),
    };
    let divisions = Arc::new(Divisions::load(app.store.reader()).await?);
    let read = read(&app, &me, service, &divisions, &waiting).await;
    let contents = match read {
        Ok(contents) => contents,
        Err(store::Error::Problem(problem)) => {
            forget(&waiting.path).await;
            return refuse(f, problem);
        }
        Err(error) => return Err(error.into()),
    };
    let taken = take(&app.store, &me.actor(), service, &contents, (!waiting.confirmed, false)).await?;
    if waiting.confirmed {
        forget(&waiting.path).await;
        return page_with(StatusCode::OK, &ImportPage { f, service, problem: None, preview: None, done: Some(taken) });
    }
    let examples = contents.iter().take(SHOWN).map(|content| {
        let values: Vec<String> = service
            .attributes
            .iter()
            .filter_map(|attribute| {
                let kept = content.values.get(&attribute.key)?;
                Some(format!("{} {}{}", f.say(&attribute.name), attribute.show(kept, f.lang), attribute.unit))
            })
            .collect();
        (content.name.clone(), divisions.full_name(content.region), values.join(f.lang.t("，", ", ")))
    });
    let preview =
        Preview { token: waiting.token, name: waiting.name, taken, examples: examples.collect(), rows: contents.len() };
    page_with(StatusCode::OK, &ImportPage { f, service, problem: None, preview: Some(preview), done: None })
}

/// Reads the file off the threads that serve pages.
async fn read(
    app: &App,
    me: &SignedIn,
    service: &Service,
    divisions: &Arc<Divisions>,
    waiting: &Waiting,
) -> store::Result<Vec<Content>> {
    let today = app.store.clock().today();
    let (service, divisions, viewer) = (service.clone(), divisions.clone(), me.0.clone());
    let (path, name) = (waiting.path.clone(), waiting.name.clone());
    let reading = move || {
        let allowed = |region| keeps(&viewer, region);
        sheet::read(&path, &name, &Limits::default(), &service, (&divisions, today), allowed)
    };
    match tokio::task::spawn_blocking(reading).await {
        Ok(read) => read,
        Err(broken) => Err(std::io::Error::other(broken).into()),
    }
}

async fn forget(path: &std::path::Path) {
    if let Err(error) = tokio::fs::remove_file(path).await {
        tracing::warn!(%error, "uploaded file could not be removed");
    }
}
