//! A programme as a whole: drawn up, described, published, taken away as a sheet.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem, RegionCode, ScheduleBasis, typed};
use ledger::programmes::{self, Outline, ProgrammeForm};
use ledger::tables::programmes::Model as Programme;
use ledger::words::DecisionMode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::audit::Event;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::{
    Access, App, Checked, Frame, Json, Method, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components,
    download, outcome, page,
};

use crate::authority;
use crate::bench::{Bench, Here, changes, zh};
use crate::sheet::{self, Format};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/new", EDIT),
    Route::post("/office/programmes", EDIT),
    Route::get("/office/programmes/{slug}", ENTER),
    Route::post("/office/programmes/{slug}", EDIT),
    Route::post("/office/programmes/{slug}/publication", EDIT),
    Route::get("/office/programmes/{slug}/export", ENTER),
    Route::post("/api/v1/programmes", EDIT),
    Route::new(Method::Patch, "/api/v1/programmes/{slug}", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/new", get(ask))
        .route("/office/programmes", post(create))
        .route("/office/programmes/{slug}", get(show).post(change))
        .route("/office/programmes/{slug}/publication", post(publish))
        .route("/office/programmes/{slug}/export", get(export))
        .routes(routes!(create_by_api))
        .routes(routes!(change_by_api));
    Step { router, routes: ROUTES }
}

/// What people fill in; everything is text until it has been looked at.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProgrammeFields {
    region: String,
    year: String,
    series: String,
    title: String,
    title_en: String,
    adopted_by: String,
    decision_mode: String,
    schedule_basis: String,
    progress_rule: String,
    default_cut_off: String,
    version: i32,
}

impl ProgrammeFields {
    fn of(programme: &Programme) -> Self {
        Self {
            region: authority::region(programme).short(),
            year: programme.year.to_string(),
            series: programme.series.clone(),
            title: programme.title.clone(),
            title_en: programme.title_en.clone(),
            adopted_by: programme.adopted_by.clone(),
            decision_mode: programme.decision_mode.clone(),
            schedule_basis: programme.schedule_basis.clone(),
            progress_rule: programme.progress_rule.clone(),
            default_cut_off: programme.default_cut_off.map(|day| day.to_string()).unwrap_or_default(),
            version: programme.version,
        }
    }

    /// The description over what holds; place, year and series stay.
    fn read_over(&self, form: ProgrammeForm) -> Result<ProgrammeForm, Problem> {
        let default_cut_off = typed::optional_day("default_cut_off", &self.default_cut_off)?;
        Ok(ProgrammeForm {
            title: self.title.clone(),
            title_en: self.title_en.clone(),
            adopted_by: self.adopted_by.clone(),
            decision_mode: DecisionMode::parse(&self.decision_mode).unwrap_or(form.decision_mode),
            schedule_basis: ScheduleBasis::parse(&self.schedule_basis).unwrap_or(form.schedule_basis),
            progress_rule: self.progress_rule.clone(),
            default_cut_off,
            ..form
        })
    }

    fn read_new(&self) -> Result<ProgrammeForm, Problem> {
        let region = self
            .region
            .trim()
            .parse::<RegionCode>()
            .map_err(|problem| Problem::field("region", problem.message.zh, problem.message.en))?;
        let year = self
            .year
            .trim()
            .parse()
            .map_err(|_| Problem::field("year", "请填四位年份", "A year of four digits is needed"))?;
        let form = ProgrammeForm { series: self.series.trim().to_owned(), ..ProgrammeForm::new(region, year, "") };
        self.read_over(form)
    }
}

#[derive(Template)]
#[template(path = "programme_new.html")]
struct NewProgrammePage {
    f: Frame,
    fields: ProgrammeFields,
    problem: Option<Problem>,
}

async fn ask(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    use chrono::Datelike;
    let own = me.scopes(Permission::EditProgramme).first().map(|range| range.start().short());
    let fields = ProgrammeFields {
        region: own.unwrap_or_default(),
        year: (app.store.clock().today().year() + 1).to_string(),
        ..ProgrammeFields::default()
    };
    page(&NewProgrammePage { f, fields, problem: None })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Checked(fields): Checked<ProgrammeFields>,
) -> Result<Response> {
    let made = match fields.read_new() {
        Ok(form) => make(&app, &me, &form).await,
        Err(problem) => Err(problem.into()),
    };
    let next = |programme: Programme| format!("/office/programmes/{}?saved=1", programme.slug);
    let again = async |problem| Ok(NewProgrammePage { f, fields, problem: Some(problem) });
    outcome(made, next, again).await
}

async fn make(app: &App, me: &SignedIn, form: &ProgrammeForm) -> Result<Programme> {
    if ledger::regions::find(app.store.reader(), form.region, form.year).await?.is_none() {
        let code = form.region.short();
        let zh = format!("没有代码为 {code} 的行政区划：请检查代码");
        return Err(Problem::field("region", zh, format!("There is no division {code}: check the code")).into());
    }
    me.require(Permission::EditProgramme, form.region)?;
    let mut tx = app.store.begin(&me.actor()).await?;
    let programme = programmes::create(&tx, form).await?;
    let outline = Outline::load(tx.on(), programme.clone()).await?;
    ledger::search::index_outline(&tx, &outline).await?;
    let detail = json!({ "title": programme.title, "region": form.region, "year": form.year });
    tx.record(Event::new("programme.created", "programme", &programme.slug, detail)).await?;
    tx.commit().await?;
    Ok(programme)
}

#[derive(Template)]
#[template(path = "programme.html")]
struct ProgrammePage {
    f: Frame,
    bench: Bench,
    fields: ProgrammeFields,
    saved: bool,
    problem: Option<Problem>,
}

impl ProgrammePage {
    fn decision_modes(&self) -> Vec<(String, String)> {
        components::choices(&self.f, DecisionMode::ALL, DecisionMode::code, DecisionMode::name)
    }

    fn schedule_bases(&self) -> Vec<(String, String)> {
        let name = |zh, en| self.f.lang.t(zh, en).to_owned();
        vec![
            ("months".to_owned(), name("按月：已过整月 ÷ 12", "by month: whole months ÷ 12")),
            ("days".to_owned(), name("按日：已过天数 ÷ 全年天数", "by day: days ÷ days of the year")),
        ]
    }
}

/// What redirects after a form say.
#[derive(Deserialize)]
pub(crate) struct Shown {
    pub(crate) saved: Option<String>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let bench = Bench::open(&app, &f, &outline, Here::Programme).await?;
    let fields = ProgrammeFields::of(&outline.programme);
    page(&ProgrammePage { f, bench, fields, saved: shown.saved.is_some(), problem: None })
}

async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<ProgrammeFields>,
) -> Result<Response> {
    let programme = authority::programme(&app, &me, &slug, Permission::EditProgramme).await?;
    let edited = match fields.read_over(ProgrammeForm::from(&programme)) {
        Ok(form) => edit(&app, &me, &programme, fields.version, &form).await,
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| {
        let outline = Outline::load(app.store.reader(), programme).await?;
        let bench = Bench::open(&app, &f, &outline, Here::Programme).await?;
        Ok(ProgrammePage { f, bench, fields, saved: false, problem: Some(problem) })
    };
    outcome(edited, |()| format!("/office/programmes/{slug}?saved=1"), again).await
}

async fn edit(app: &App, me: &SignedIn, was: &Programme, version: i32, form: &ProgrammeForm) -> Result<()> {
    let mut tx = app.store.begin(&me.actor()).await?;
    programmes::edit(&tx, was.id, version, form).await?;
    let programme = programmes::find(tx.on(), &was.slug).await?.unwrap_or_else(|| was.clone());
    let outline = Outline::load(tx.on(), programme).await?;
    ledger::search::index_outline(&tx, &outline).await?;
    let detail = json!({ "changes": differences(was, form) });
    tx.record(Event::new("programme.changed", "programme", &was.slug, detail)).await?;
    Ok(tx.commit().await?)
}

fn differences(was: &Programme, form: &ProgrammeForm) -> Value {
    let before = ProgrammeForm::from(was);
    let words = |form: &ProgrammeForm| {
        [
            form.title.clone(),
            form.title_en.clone(),
            form.adopted_by.clone(),
            zh(form.decision_mode.name()),
            form.schedule_basis.code().to_owned(),
            form.progress_rule.clone(),
            form.default_cut_off.map(|day| day.to_string()).unwrap_or_default(),
        ]
    };
    let names =
        ["title", "title_en", "adopted_by", "decision_mode", "schedule_basis", "progress_rule", "default_cut_off"];
    let pairs = words(&before).into_iter().zip(words(form));
    let fields: Vec<_> = names.into_iter().zip(pairs).map(|(name, (before, after))| (name, before, after)).collect();
    changes(&fields)
}

#[derive(Deserialize)]
struct PublicationForm {
    version: i32,
    published: bool,
}

async fn publish(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(form): Checked<PublicationForm>,
) -> Result<Response> {
    let programme = authority::programme(&app, &me, &slug, Permission::EditProgramme).await?;
    set_published(&app, &me, &programme, form.version, form.published).await?;
    Ok(Redirect::to(&format!("/office/programmes/{slug}?saved=1")).into_response())
}

async fn set_published(app: &App, me: &SignedIn, was: &Programme, version: i32, published: bool) -> Result<()> {
    let mut tx = app.store.begin(&me.actor()).await?;
    programmes::edit(&tx, was.id, version, &ProgrammeForm { published, ..ProgrammeForm::from(was) }).await?;
    let action = if published { "programme.published" } else { "programme.unpublished" };
    tx.record(Event::new(action, "programme", &was.slug, json!({}))).await?;
    Ok(tx.commit().await?)
}

#[derive(Deserialize)]
struct Wanted {
    format: Option<String>,
}

async fn export(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response> {
    let programme = authority::programme(&app, &me, &slug, Permission::EnterOffice).await?;
    let format = if wanted.format.as_deref() == Some("csv") { Format::Csv } else { Format::Xlsx };
    let mut bytes = Vec::new();
    sheet::export(&app.store, &slug, format, &mut bytes).await?;
    Ok(download::file(bytes, format.media_type(), &format!("{}.{}", programme.title, format.ending())))
}

/// A programme to be drawn up, or what is to change of one.
#[derive(Deserialize, utoipa::ToSchema)]
struct ProgrammeBody {
    /// Division code; for a new programme only.
    region: Option<String>,
    /// For a new programme only.
    year: Option<i32>,
    /// For a new programme only; empty for the livelihood programme itself.
    series: Option<String>,
    title: Option<String>,
    title_en: Option<String>,
    /// The session that adopted it.
    adopted_by: Option<String>,
    /// `voted`, `recommended`, `assigned`, `none`.
    decision_mode: Option<String>,
    /// `months`, `days`.
    schedule_basis: Option<String>,
    progress_rule: Option<String>,
    /// The cut-off that pages open with; an empty text for none.
    default_cut_off: Option<String>,
    /// Whether the public sees it.
    published: Option<bool>,
    /// The version that was read; for a change only.
    version: Option<i32>,
}

impl ProgrammeBody {
    fn over(self, fields: ProgrammeFields) -> ProgrammeFields {
        ProgrammeFields {
            region: self.region.unwrap_or(fields.region),
            year: self.year.map_or(fields.year, |year| year.to_string()),
            series: self.series.unwrap_or(fields.series),
            title: self.title.unwrap_or(fields.title),
            title_en: self.title_en.unwrap_or(fields.title_en),
            adopted_by: self.adopted_by.unwrap_or(fields.adopted_by),
            decision_mode: self.decision_mode.unwrap_or(fields.decision_mode),
            schedule_basis: self.schedule_basis.unwrap_or(fields.schedule_basis),
            progress_rule: self.progress_rule.unwrap_or(fields.progress_rule),
            default_cut_off: self.default_cut_off.unwrap_or(fields.default_cut_off),
            version: self.version.unwrap_or(fields.version),
        }
    }
}

/// A programme as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct ProgrammeDetails {
    slug: String,
    /// Twelve digits.
    region: String,
    year: i32,
    title: String,
    published: bool,
    /// Send it back with the next change.
    version: i32,
}

impl From<&Programme> for ProgrammeDetails {
    fn from(row: &Programme) -> Self {
        Self {
            slug: row.slug.clone(),
            region: authority::region(row).to_string(),
            year: row.year,
            title: row.title.clone(),
            published: row.published,
            version: row.version,
        }
    }
}

/// Draws up a programme.
#[utoipa::path(post, path = "/api/v1/programmes", tag = "office", request_body = ProgrammeBody,
    responses((status = 201, body = ProgrammeDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(State(app): State<App>, me: SignedIn, Json(body): Json<ProgrammeBody>) -> Result<Response> {
    let published = body.published.unwrap_or_default();
    let form = ProgrammeForm { published, ..body.over(ProgrammeFields::default()).read_new()? };
    let programme = make(&app, &me, &form).await?;
    let location = [(axum::http::header::LOCATION, format!("/api/v1/programmes/{}", programme.slug))];
    Ok((StatusCode::CREATED, location, axum::Json(ProgrammeDetails::from(&programme))).into_response())
}

/// Changes a programme's description or publishes it; only what is sent changes.
#[utoipa::path(patch, path = "/api/v1/programmes/{slug}", tag = "office", request_body = ProgrammeBody,
    params(("slug" = String, Path)),
    responses((status = 200, body = ProgrammeDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<ProgrammeBody>,
) -> Result<axum::Json<ProgrammeDetails>> {
    let programme = authority::programme(&app, &me, &slug, Permission::EditProgramme).await?;
    let version = needed_version(body.version)?;
    let published = body.published.unwrap_or(programme.published);
    let form = body.over(ProgrammeFields::of(&programme)).read_over(ProgrammeForm::from(&programme))?;
    edit(&app, &me, &programme, version, &ProgrammeForm { published: programme.published, ..form }).await?;
    if published != programme.published {
        let now = authority::programme(&app, &me, &slug, Permission::EditProgramme).await?;
        set_published(&app, &me, &now, now.version, published).await?;
    }
    let now = authority::programme(&app, &me, &slug, Permission::EditProgramme).await?;
    Ok(axum::Json(ProgrammeDetails::from(&now)))
}

/// The version that a change by API must name.
pub(crate) fn needed_version(version: Option<i32>) -> Result<i32, Problem> {
    version.ok_or_else(|| Problem::field("version", "请带上读取时的 version", "Send the version that was read"))
}
