//! Importing sites on a page: a file is read and checked, shown as a preview, and taken when confirmed.
//!
//! Between preview and confirmation the file waits in the folder of uploads under a name that carries the account, so that
//! nobody confirms another's; a new upload of the same account takes its place.

use std::path::PathBuf;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem};
use maps::Crs;
use plan::sheet::faults::{Fault, Faults};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Query, Result, Route, SignedIn, Step, Upload, components, download, page, page_with,
};

use super::{COLUMNS, Options, Report, template, try_import};

const IMPORT: Access = Access::Needs(Permission::ImportProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/sites-import", IMPORT),
    Route::post("/office/sites-import", IMPORT),
    Route::post("/office/sites-import/confirmation", IMPORT),
    Route::get("/office/sites-import/template", IMPORT),
];

/// Bytes of an uploaded file.
const LARGEST: usize = 64 << 20;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/sites-import", get(show).post(upload))
        .route("/office/sites-import/confirmation", post(confirm))
        .route("/office/sites-import/template", get(template_file))
        .layer(DefaultBodyLimit::max(LARGEST + (1 << 20)));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "sites/import/page.html")]
struct ImportPage {
    f: Frame,
    crs: Crs,
    name: String,
    report: Option<Report>,
    faults: Option<Faults>,
    problem: Option<Problem>,
    done: String,
}

impl ImportPage {
    fn new(f: Frame) -> Self {
        Self {
            f,
            crs: Crs::default(),
            name: String::new(),
            report: None,
            faults: None,
            problem: None,
            done: String::new(),
        }
    }

    fn systems(&self) -> Vec<(String, String)> {
        let name = |crs: Crs| self.f.lang.t(crs.name().0, crs.name().1).to_owned();
        Crs::ALL.into_iter().map(|crs| (crs.code().to_owned(), name(crs))).collect()
    }

    fn place(&self, fault: &Fault) -> String {
        let at = format!("{} {}", fault.column, fault.heading);
        if fault.row == 0 { at.trim().to_owned() } else { format!("{} {}", fault.row, at.trim()) }
    }

    fn columns(&self) -> Vec<(&'static str, &'static str)> {
        COLUMNS
            .iter()
            .map(|column| (if self.f.lang == kernel::Lang::Zh { column.1 } else { column.2 }, column.4))
            .collect()
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Shown {
    done: String,
}

async fn show(f: Frame, Query(shown): Query<Shown>) -> Result<Response> {
    // What was done is said in numbers only; words from the address are never repeated.
    let numbers: Vec<u64> = shown.done.split('-').filter_map(|number| number.parse().ok()).collect();
    let mut page_of = ImportPage::new(f);
    if let [new, changed, unchanged] = numbers.as_slice() {
        page_of.done = match page_of.f.lang {
            kernel::Lang::Zh => format!("新增 {new} 个点位，更新 {changed} 个，没有变化 {unchanged} 个。"),
            kernel::Lang::En => format!("{new} sites new, {changed} changed, {unchanged} unchanged."),
        };
    }
    page(&page_of)
}

fn waiting(app: &App, account: Uuid) -> PathBuf {
    app.settings.uploads.join(format!("sites-{account}"))
}

fn options(me: &SignedIn, name: &str, crs: Crs, preview: bool) -> Options {
    Options {
        name: name.chars().take(200).collect(),
        crs,
        preview,
        within: Some(me.scopes(Permission::ImportProgramme)),
        by: me.display_name.clone(),
    }
}

async fn upload(State(app): State<App>, f: Frame, me: SignedIn, upload: Upload) -> Result<Response> {
    let mut shown = ImportPage::new(f);
    shown.crs = Crs::parse(upload.field("crs")).unwrap_or_default();
    let Some(file) = upload.file() else {
        shown.problem = Some(Problem::field("file", "请先选择文件", "Choose a file first"));
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    };
    shown.name = file.name.clone();
    let options = options(&me, &file.name, shown.crs, true);
    match web::Error::mendable(try_import(&app.store, &me.actor(), file.path(), &options).await)? {
        Ok(Ok(report)) => {
            tokio::fs::rename(file.keep(), waiting(&app, me.account)).await.map_err(web::Error::fault)?;
            shown.report = Some(report);
            page(&shown)
        }
        Ok(Err(faults)) => {
            shown.faults = Some(faults);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(problem) => {
            shown.problem = Some(problem);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

#[derive(Deserialize)]
struct Confirmed {
    crs: String,
    name: String,
}

async fn confirm(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Checked(confirmed): Checked<Confirmed>,
) -> Result<Response> {
    let gone = || {
        Problem::conflict(
            "这份文件已经导入或已被新的上传取代，请重新上传",
            "This file was imported, or another took its place: send it again",
        )
    };
    // Moved first: of two confirmations only one finds it.
    let mine = app.settings.uploads.join(format!("sites-{}-{}", me.account, Uuid::now_v7()));
    if tokio::fs::rename(waiting(&app, me.account), &mine).await.is_err() {
        return Err(gone().into());
    }
    let crs = Crs::parse(&confirmed.crs).unwrap_or_default();
    let options = options(&me, &confirmed.name, crs, false);
    let outcome = try_import(&app.store, &me.actor(), &mine, &options).await;
    if let Err(error) = tokio::fs::remove_file(&mine).await {
        tracing::warn!(%error, "uploaded sites could not be removed");
    }
    let mut shown = ImportPage::new(f);
    shown.crs = crs;
    shown.name = options.name;
    match web::Error::mendable(outcome)? {
        Ok(Ok(report)) => {
            let Report { new, changed, unchanged, .. } = report;
            Ok(Redirect::to(&format!("/office/sites-import?done={new}-{changed}-{unchanged}")).into_response())
        }
        Ok(Err(faults)) => {
            shown.faults = Some(faults);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(problem) => {
            shown.problem = Some(problem);
            page_with(StatusCode::CONFLICT, &shown)
        }
    }
}

async fn template_file() -> Result<Response> {
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(download::file(template()?, kind, "点位导入模板.xlsx"))
}
