//! Imports: a sheet is uploaded, read and checked in the background, shown as a preview, and taken or given up.
//!
//! How far it has come stands in the database, so that another copy of the server can tell; the file waits in the
//! folder of uploads under a random name and goes when the import is over, given up or a day old.

use std::path::PathBuf;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem, Text};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, Upload, UploadedFile,
    components, download, page,
};

use crate::sheet::archive::Limits;
use crate::sheet::faults::{Fault, Faults};
use crate::sheet::import::{too_large, try_import};
use crate::sheet::{self, Format, Options, Progress, Report, Stage};
use crate::store as jobs;
use crate::tables::import_jobs::Model as Job;

const IMPORT: Access = Access::Needs(Permission::ImportProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/imports", IMPORT).in_menu("导入", "Import"),
    Route::post("/office/imports", IMPORT),
    Route::get("/office/imports/template", IMPORT),
    Route::get("/office/imports/{id}", IMPORT),
    Route::post("/office/imports/{id}/confirmation", IMPORT),
    Route::post("/office/imports/{id}/cancellation", IMPORT),
    Route::post("/api/v1/imports", IMPORT),
    Route::get("/api/v1/imports/template", IMPORT),
    Route::get("/api/v1/imports/{id}", IMPORT),
    Route::post("/api/v1/imports/{id}/confirmation", IMPORT),
];

/// Routes and their list.
pub(crate) fn step(limits: Limits) -> Step {
    // Room for the other parts of the form; the file itself is held against its own limit.
    let body = usize::try_from(limits.file).unwrap_or(usize::MAX).saturating_add(1 << 20);
    let router = OpenApiRouter::new()
        .route("/office/imports", get(list).post(upload))
        .route("/office/imports/template", get(template))
        .route("/office/imports/{id}", get(show))
        .route("/office/imports/{id}/confirmation", post(confirm))
        .route("/office/imports/{id}/cancellation", post(give_up))
        .routes(routes!(upload_by_api))
        .routes(routes!(template_by_api))
        .routes(routes!(show_by_api))
        .routes(routes!(confirm_by_api))
        .layer(Extension(limits))
        .layer(DefaultBodyLimit::max(body));
    Step { router, routes: ROUTES }
}

/// How long a file may wait for somebody to look at its preview.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// How long a reading job may be silent before it is taken for dead, as after a restart.
const LONGEST_SILENCE: Duration = Duration::from_secs(120);

/// How often progress is written down.
const PROGRESS_EVERY: Duration = Duration::from_millis(400);

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// The file is read and checked.
    Reading,
    /// It may be taken.
    Preview,
    /// It has faults.
    Refused,
    /// It is being taken.
    Writing,
    /// It is in the ledger.
    Done,
    /// It was given up.
    GivenUp,
    /// The program failed.
    Failed,
}

impl JobState {
    const ALL: [Self; 7] =
        [Self::Reading, Self::Preview, Self::Refused, Self::Writing, Self::Done, Self::GivenUp, Self::Failed];

    /// The word in the table.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Preview => "preview",
            Self::Refused => "refused",
            Self::Writing => "writing",
            Self::Done => "done",
            Self::GivenUp => "given_up",
            Self::Failed => "failed",
        }
    }

    fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.code() == word).unwrap_or(Self::Failed)
    }

    /// Whether something is going on.
    fn is_busy(self) -> bool {
        matches!(self, Self::Reading | Self::Writing)
    }

    /// The step of the four on the page.
    fn step(self) -> u8 {
        match self {
            Self::Reading => 2,
            Self::Preview | Self::Refused => 3,
            _ => 4,
        }
    }

    fn name(self) -> Text {
        match self {
            Self::Reading => Text::new("正在读取", "being read"),
            Self::Preview => Text::new("待确认", "to be confirmed"),
            Self::Refused => Text::new("有错误", "has faults"),
            Self::Writing => Text::new("正在写入", "being written"),
            Self::Done => Text::new("已导入", "imported"),
            Self::GivenUp => Text::new("已放弃", "given up"),
            Self::Failed => Text::new("没有完成", "failed"),
        }
    }
}

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    f: Frame,
    limit: u64,
    jobs: Vec<Listed>,
    problem: Option<Problem>,
}

struct Listed {
    id: Uuid,
    name: String,
    at_ms: i64,
    state: JobState,
    summary: String,
}

async fn list(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Extension(limits): Extension<Limits>,
) -> Result<Response> {
    page(&imports_page(&app, f, &me, limits, None).await?)
}

async fn imports_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    limits: Limits,
    problem: Option<Problem>,
) -> Result<ImportsPage> {
    let jobs = jobs::latest(&app.store, me.account, 20).await?;
    let listed = |job: Job| Listed {
        id: job.id,
        at_ms: job.created_ms,
        state: JobState::parse(&job.state),
        summary: report(&job).map(|report| f.say(&report.summary()).to_owned()).unwrap_or_default(),
        name: job.name,
    };
    let jobs = jobs.into_iter().map(listed).collect();
    Ok(ImportsPage { limit: limits.file >> 20, jobs, problem, f })
}

fn report(job: &Job) -> Option<Report> {
    job.report.as_deref().and_then(|text| serde_json::from_str(text).ok())
}

fn faults(job: &Job) -> Option<Faults> {
    job.faults.as_deref().and_then(|text| serde_json::from_str(text).ok())
}

async fn upload(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Extension(limits): Extension<Limits>,
    upload: Upload,
) -> Result<Response> {
    match upload.file() {
        Some(file) => {
            let id = begin(&app, &me, file, limits, false).await?;
            Ok(Redirect::to(&format!("/office/imports/{id}")).into_response())
        }
        None => {
            let problem = Problem::field("file", "请先选择文件", "Choose a file first");
            let page = imports_page(&app, f, &me, limits, Some(problem)).await?;
            web::page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// Notes a job for an uploaded file and begins to read it; `take` takes it at once if nothing is wrong.
async fn begin(app: &App, me: &SignedIn, file: UploadedFile, limits: Limits, take: bool) -> Result<Uuid> {
    if file.size > limits.file {
        return Err(too_large(&file.name, &limits).into());
    }
    forget_old_files(app).await?;
    let name: String = file.name.chars().take(200).collect();
    let now = app.store.clock().now_ms();
    let path = file.keep();
    let job = Job {
        id: Uuid::now_v7(),
        account_id: me.account,
        name: name.clone(),
        file: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        state: JobState::Reading.code().to_owned(),
        done: 0,
        total: 0,
        report: None,
        faults: None,
        created_ms: now,
        updated_ms: now,
    };
    let id = job.id;
    jobs::add(&app.store, job.clone()).await?;
    let options =
        Options { name, limits, preview: !take, publish: false, within: Some(me.scopes(Permission::ImportProgramme)) };
    let work = Work { app: app.clone(), actor: me.actor(), job, options };
    tokio::spawn(work.run());
    Ok(id)
}

/// Files whose preview nobody has looked at for a day go.
async fn forget_old_files(app: &App) -> Result<()> {
    let wait = i64::try_from(LONGEST_WAIT.as_millis()).unwrap_or(i64::MAX);
    for job in jobs::forgotten(&app.store, app.store.clock().now_ms() - wait).await? {
        remove(app, &job.file).await;
        jobs::finish(&app.store, job.id, JobState::GivenUp, (job.report, job.faults), "").await?;
    }
    Ok(())
}

async fn remove(app: &App, file: &str) {
    if file.is_empty() {
        return;
    }
    if let Err(error) = tokio::fs::remove_file(app.settings.uploads.join(file)).await {
        tracing::warn!(%error, "uploaded sheet could not be removed");
    }
}

/// A sheet that is read, or taken, in the background.
struct Work {
    app: App,
    actor: store::Actor,
    job: Job,
    options: Options,
}

impl Work {
    async fn run(self) {
        let id = self.job.id;
        if let Err(error) = self.try_run().await {
            tracing::error!(job.id = %id, error = ?error, "import failed");
        }
    }

    async fn try_run(&self) -> store::Result<()> {
        let store = &self.app.store;
        let path: PathBuf = self.app.settings.uploads.join(&self.job.file);
        let (tell, told) = tokio::sync::watch::channel(None::<Progress>);
        let mut watch = |progress| {
            tell.send_replace(Some(progress));
        };
        let outcome = {
            let work = try_import(store, &self.actor, &path, &self.options, &mut watch);
            tokio::pin!(work);
            loop {
                tokio::select! {
                    outcome = &mut work => break outcome,
                    () = tokio::time::sleep(PROGRESS_EVERY) => {}
                }
                // While figures are written the embedded database has no room for a second writer.
                let progress = told.borrow().filter(|progress| progress.stage == Stage::Reading);
                if let Some(Progress { done, total, .. }) = progress {
                    let stored = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                    jobs::note_progress(store, self.job.id, stored(done), stored(total)).await?;
                }
            }
        };
        let (state, report, faults) = match outcome {
            Ok(Ok(report)) if self.options.preview => (JobState::Preview, Some(report), None),
            Ok(Ok(report)) => (JobState::Done, Some(report), None),
            Ok(Err(faults)) => (JobState::Refused, None, Some(faults)),
            Err(store::Error::Problem(problem)) => {
                let faults = Faults::whole(&self.job.name, problem.message.zh, problem.message.en);
                (JobState::Refused, None, Some(faults))
            }
            Err(error) => {
                tracing::error!(job.id = %self.job.id, error = ?error, "import failed");
                (JobState::Failed, None, None)
            }
        };
        let kept = if state == JobState::Preview { self.job.file.as_str() } else { "" };
        if kept.is_empty() {
            remove(&self.app, &self.job.file).await;
        }
        let texts = (as_json(report.as_ref()), as_json(faults.as_ref()));
        jobs::finish(store, self.job.id, state, texts, kept).await
    }
}

fn as_json(value: Option<&impl Serialize>) -> Option<String> {
    value.and_then(|value| serde_json::to_string(value).ok())
}

#[derive(Template)]
#[template(path = "import.html", blocks = ["job"])]
struct ImportPage {
    f: Frame,
    id: Uuid,
    name: String,
    state: JobState,
    stuck: bool,
    percent: Option<u8>,
    told: String,
    report: Option<Report>,
    faults: Option<Faults>,
}

impl ImportPage {
    fn of(app: &App, f: Frame, job: &Job) -> Self {
        let state = JobState::parse(&job.state);
        let silence = i64::try_from(LONGEST_SILENCE.as_millis()).unwrap_or(i64::MAX);
        let percent = (job.total > 0).then(|| u8::try_from((job.done * 100 / job.total).clamp(0, 100)).unwrap_or(100));
        Self {
            id: job.id,
            name: job.name.clone(),
            state,
            stuck: state == JobState::Reading && app.store.clock().now_ms() - job.updated_ms > silence,
            percent,
            told: report(job).map(|report| f.say(&report.summary()).to_owned()).unwrap_or_default(),
            report: report(job),
            faults: faults(job),
            f,
        }
    }

    fn steps(&self) -> [(u8, &'static str); 4] {
        let t = |zh, en| self.f.lang.t(zh, en);
        [
            (1, t("选择文件", "Choose a file")),
            (2, t("读取", "Read")),
            (3, t("检查", "Check")),
            (4, t("确认", "Confirm")),
        ]
    }

    fn has_changes(&self) -> bool {
        self.report.as_ref().is_some_and(|report| !report.nothing_changed())
    }

    fn place(&self, fault: &Fault) -> String {
        match (fault.column.is_empty(), fault.heading.is_empty()) {
            (true, true) => String::new(),
            _ => format!("{} {}", fault.column, fault.heading).trim().to_owned(),
        }
    }
}

async fn existing(app: &App, me: &SignedIn, id: Uuid) -> Result<Job> {
    let missing = || Problem::not_found("没有这次导入", "There is no such import");
    Ok(jobs::find(&app.store, me.account, id).await?.ok_or_else(missing)?)
}

async fn show(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let job = existing(&app, &me, id).await?;
    let shown = ImportPage::of(&app, f, &job);
    if shown.f.fragment() { page(&shown.as_job()) } else { page(&shown) }
}

#[derive(Deserialize)]
struct Nothing {}

async fn confirm(
    State(app): State<App>,
    me: SignedIn,
    Extension(limits): Extension<Limits>,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    take(&app, &me, limits, id).await?;
    Ok(Redirect::to(&format!("/office/imports/{id}")).into_response())
}

/// Takes a sheet whose preview was looked at.
async fn take(app: &App, me: &SignedIn, limits: Limits, id: Uuid) -> Result<()> {
    let job = existing(app, me, id).await?;
    let gone = || {
        Problem::conflict(
            "这次导入已经确认、放弃或过期，请重新上传",
            "This import was confirmed, given up or has expired: send the file again",
        )
    };
    if !app.settings.uploads.join(&job.file).is_file() {
        return Err(gone().into());
    }
    if !jobs::advance(&app.store, id, JobState::Preview, JobState::Writing).await? {
        return Err(gone().into());
    }
    let within = Some(me.scopes(Permission::ImportProgramme));
    let options = Options { name: job.name.clone(), limits, preview: false, publish: false, within };
    tokio::spawn(Work { app: app.clone(), actor: me.actor(), job, options }.run());
    Ok(())
}

async fn give_up(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    let job = existing(&app, &me, id).await?;
    if jobs::advance(&app.store, id, JobState::Preview, JobState::GivenUp).await? {
        remove(&app, &job.file).await;
        jobs::finish(&app.store, id, JobState::GivenUp, (job.report, job.faults), "").await?;
    }
    Ok(Redirect::to("/office/imports").into_response())
}

async fn template() -> Result<Response> {
    template_file()
}

fn template_file() -> Result<Response> {
    let bytes = sheet::template()?;
    Ok(download::file(bytes, Format::Xlsx.media_type(), "民生实事项目模板.xlsx"))
}

/// An import and how far it has come.
#[derive(Serialize, utoipa::ToSchema)]
struct ImportDetails {
    id: Uuid,
    /// The file's name.
    name: String,
    state: JobState,
    /// How much is read, of `total`.
    done: i64,
    total: i64,
    /// What was or would be done.
    #[schema(value_type = Option<Object>)]
    report: Option<Report>,
    /// What is wrong, each with sheet, row, column and heading.
    #[schema(value_type = Option<Object>)]
    faults: Option<Faults>,
}

impl From<Job> for ImportDetails {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            state: JobState::parse(&job.state),
            done: job.done,
            total: job.total,
            report: report(&job),
            faults: faults(&job),
            name: job.name,
        }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct HowToTake {
    /// Takes the sheet at once if nothing is wrong with it; without, it waits for a confirmation.
    #[serde(default)]
    confirm: bool,
}

/// Sends a sheet (multipart, field `file`); it is read in the background.
#[utoipa::path(post, path = "/api/v1/imports", tag = "office", params(HowToTake),
    request_body(content_type = "multipart/form-data", content = String),
    responses((status = 202, body = ImportDetails), (status = 413, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn upload_by_api(
    State(app): State<App>,
    me: SignedIn,
    Extension(limits): Extension<Limits>,
    Query(how): Query<HowToTake>,
    upload: Upload,
) -> Result<Response> {
    let file = upload.file().ok_or_else(|| Problem::field("file", "请附上文件", "Send a file"))?;
    let id = begin(&app, &me, file, limits, how.confirm).await?;
    accepted(&app, &me, id).await
}

async fn accepted(app: &App, me: &SignedIn, id: Uuid) -> Result<Response> {
    let location = [(axum::http::header::LOCATION, format!("/api/v1/imports/{id}"))];
    let details = ImportDetails::from(existing(app, me, id).await?);
    Ok((StatusCode::ACCEPTED, location, axum::Json(details)).into_response())
}

/// How far an import has come, what it would do or did, or what is wrong.
#[utoipa::path(get, path = "/api/v1/imports/{id}", tag = "office", params(("id" = Uuid, Path)),
    responses((status = 200, body = ImportDetails), (status = 404, body = ProblemDetails)))]
async fn show_by_api(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>) -> Result<axum::Json<ImportDetails>> {
    Ok(axum::Json(existing(&app, &me, id).await?.into()))
}

/// Takes a sheet whose preview was looked at.
#[utoipa::path(post, path = "/api/v1/imports/{id}/confirmation", tag = "office", params(("id" = Uuid, Path)),
    responses((status = 202, body = ImportDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
async fn confirm_by_api(
    State(app): State<App>,
    me: SignedIn,
    Extension(limits): Extension<Limits>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    take(&app, &me, limits, id).await?;
    accepted(&app, &me, id).await
}

/// The empty sheet with Chinese headings and an explanation of every column.
#[utoipa::path(get, path = "/api/v1/imports/template", tag = "office",
    responses((status = 200, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
async fn template_by_api() -> Result<Response> {
    template_file()
}
