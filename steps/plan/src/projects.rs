//! Projects (项目) of a programme and who answers for them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem};
use ledger::programmes::{self, Outline, ProjectForm, ResponsibilityRole, needs_decision};
use ledger::tables::projects::Model as Project;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::audit::{Event, sm3_hex};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{
    Access, App, Checked, Frame, Json, Method, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components,
    outcome, page,
};

use crate::authority;
use crate::bench::{Bench, Here, changes};
use crate::bodies::{self, Seat};
use crate::categories::{number, overtaken};
use crate::programmes::Shown;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/projects/new", EDIT),
    Route::post("/office/programmes/{slug}/projects", EDIT),
    Route::get("/office/programmes/{slug}/projects/{id}", ENTER),
    Route::post("/office/programmes/{slug}/projects/{id}", EDIT),
    Route::post("/api/v1/programmes/{slug}/projects", EDIT),
    Route::new(Method::Patch, "/api/v1/programmes/{slug}/projects/{id}", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/projects/new", get(ask))
        .route("/office/programmes/{slug}/projects", post(create))
        .route("/office/programmes/{slug}/projects/{id}", get(show).post(change))
        .routes(routes!(create_by_api))
        .routes(routes!(change_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ProjectFields {
    category: Option<Uuid>,
    number: String,
    name: String,
    formal_name: String,
    content: String,
    lead: String,
    supporting: String,
    leader_in_charge: String,
    responsible_person: String,
    was: String,
}

impl ProjectFields {
    async fn of(app: &App, outline: &Outline, row: &Project) -> Result<Self> {
        let on = app.store.reader();
        let home = outline.region().stored();
        let standing: Vec<_> = programmes::standing_responsibilities(on, outline.programme.id)
            .await?
            .into_iter()
            .filter(|held| held.project_id == row.id && held.region == home && held.indicator_id.is_none())
            .collect();
        let mut fields = Self {
            category: Some(row.category_id),
            number: row.number.map(|number| number.to_string()).unwrap_or_default(),
            name: row.name.clone(),
            formal_name: row.formal_name.clone(),
            content: row.content.clone(),
            was: String::new(),
            lead: bodies::written(on, &standing, ResponsibilityRole::Lead).await?,
            supporting: bodies::written(on, &standing, ResponsibilityRole::Supporting).await?,
            leader_in_charge: bodies::written(on, &standing, ResponsibilityRole::LeaderInCharge).await?,
            responsible_person: bodies::written(on, &standing, ResponsibilityRole::ResponsiblePerson).await?,
        };
        fields.was = fields.digest();
        Ok(fields)
    }

    /// A digest of what is shown: a change of somebody else is noticed.
    fn digest(&self) -> String {
        let Self { number, name, formal_name, content, .. } = self;
        let bodies = self.bodies().map(|(_, text)| text);
        sm3_hex(json!([number, name, formal_name, content, bodies]).to_string())
    }

    fn bodies(&self) -> [(ResponsibilityRole, &str); 4] {
        [
            (ResponsibilityRole::Lead, &self.lead),
            (ResponsibilityRole::Supporting, &self.supporting),
            (ResponsibilityRole::LeaderInCharge, &self.leader_in_charge),
            (ResponsibilityRole::ResponsiblePerson, &self.responsible_person),
        ]
    }

    fn form(&self) -> Result<ProjectForm, Problem> {
        Ok(ProjectForm {
            number: number(&self.number)?,
            name: self.name.trim().to_owned(),
            formal_name: self.formal_name.trim().to_owned(),
            content: self.content.trim().to_owned(),
        })
    }
}

#[derive(Template)]
#[template(path = "project.html")]
struct ProjectPage {
    f: Frame,
    bench: Bench,
    id: Option<Uuid>,
    category: String,
    fields: ProjectFields,
    saved: bool,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Within {
    category: Uuid,
}

fn category_name(outline: &Outline, id: Option<Uuid>) -> Result<String, Problem> {
    let found = outline.categories.iter().find(|row| Some(row.id) == id);
    found
        .map(|row| row.name.clone())
        .ok_or_else(|| Problem::field("category", "请选择类别", "There is no such category in the programme"))
}

async fn ask(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(within): Query<Within>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let category = category_name(&outline, Some(within.category))?;
    let fields = ProjectFields { category: Some(within.category), ..ProjectFields::default() };
    let bench = Bench::open(&app, &f, &outline, Here::Project(None)).await?;
    page(&ProjectPage { f, bench, id: None, category, fields, saved: false, problem: None })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<ProjectFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let category = category_name(&outline, fields.category)?;
    let added = add(&app, &me, &outline, &fields).await;
    let again = async |problem| {
        let bench = Bench::open(&app, &f, &outline, Here::Project(None)).await?;
        Ok(ProjectPage { f, bench, id: None, category, fields, saved: false, problem: Some(problem) })
    };
    outcome(added, |id| address(&slug, id), again).await
}

/// The page of a project that was saved.
fn address(slug: &str, id: Uuid) -> String {
    format!("/office/programmes/{slug}/projects/{id}?saved=1")
}

async fn add(app: &App, me: &SignedIn, outline: &Outline, fields: &ProjectFields) -> Result<Uuid> {
    let form = fields.form()?;
    if form.name.is_empty() {
        return Err(Problem::field("name", "请填写项目名称", "The project needs a name").into());
    }
    category_name(outline, fields.category)?;
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let category = fields.category.unwrap_or_default();
    let (id, new) = outline.project(&tx, category, form.number, &form.name).await?;
    if !new {
        let zh = format!("这一类别已有项目“{}”", form.name);
        return Err(Problem::conflict(zh, format!("The category has a project “{}”", form.name)).into());
    }
    programmes::edit_project(&tx, outline.programme.id, id, &form).await?;
    put_bodies(app, &tx, &outline, id, fields).await?;
    let detail = json!({ "name": form.name, "number": form.number });
    tx.record(Event::new("project.created", "programme", &outline.programme.slug, detail)).await?;
    reindex(&tx, &outline).await?;
    tx.commit().await?;
    Ok(id)
}

async fn put_bodies(
    app: &App,
    tx: &store::Tx,
    outline: &Outline,
    project: Uuid,
    fields: &ProjectFields,
) -> Result<u64> {
    let today = app.store.clock().today();
    let home = outline.region();
    let government = format!("{}人民政府", ledger::regions::name_in(tx.on(), home, outline.programme.year).await?);
    let lead = bodies::parse(&fields.lead, ResponsibilityRole::Lead)?.into_iter().find_map(|body| body.name);
    let mut changed = 0;
    for (role, text) in fields.bodies() {
        let usual = match (role, &lead) {
            (ResponsibilityRole::ResponsiblePerson, Some(lead)) => lead.clone(),
            _ => government.clone(),
        };
        let seat = Seat { programme: outline.programme.id, project, region: home, usual };
        changed += bodies::put(tx, &seat, role, &bodies::parse(text, role)?, today).await?;
    }
    Ok(changed)
}

async fn reindex(tx: &store::Tx, outline: &Outline) -> Result<()> {
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    Ok(ledger::search::index_outline(tx, &outline).await?)
}

fn existing(outline: &Outline, id: Uuid) -> Result<Project, Problem> {
    let found = outline.projects.iter().find(|row| row.id == id).cloned();
    found.ok_or_else(|| Problem::not_found("没有这个项目", "There is no such project"))
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let row = existing(&outline, id)?;
    let fields = ProjectFields::of(&app, &outline, &row).await?;
    let category = category_name(&outline, Some(row.category_id))?;
    let bench = Bench::open(&app, &f, &outline, Here::Project(Some(id))).await?;
    page(&ProjectPage { f, bench, id: Some(id), category, fields, saved: shown.saved.is_some(), problem: None })
}

async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<ProjectFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, id)?;
    let edited = edit(&app, &me, &outline, &row, &fields).await;
    let again = async |problem| {
        let category = category_name(&outline, Some(row.category_id))?;
        let bench = Bench::open(&app, &f, &outline, Here::Project(Some(id))).await?;
        Ok(ProjectPage { f, bench, id: Some(id), category, fields, saved: false, problem: Some(problem) })
    };
    outcome(edited, |()| address(&slug, id), again).await
}

async fn edit(app: &App, me: &SignedIn, outline: &Outline, row: &Project, fields: &ProjectFields) -> Result<()> {
    let form = fields.form()?;
    let before = ProjectFields::of(app, outline, row).await?;
    if fields.was != before.was {
        return Err(overtaken().into());
    }
    let twin = |other: &Project| other.id != row.id && other.category_id == row.category_id && other.name == form.name;
    if outline.projects.iter().any(twin) {
        return Err(Problem::field("name", "这一类别已有同名项目", "The category has a project of this name").into());
    }
    if needs_decision(&outline.programme) && !row.content.is_empty() && form.content != row.content {
        return Err(Problem::field(
            "content",
            "已通过并公布的项目内容要调整，请在“项目调整”里申请，经人大审议批准后生效",
            "The content of an adopted project changes by a decision of the congress: ask for it under adjustments",
        )
        .into());
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    programmes::replace_project(&tx, row, &form).await?;
    let bodies = put_bodies(app, &tx, outline, row.id, fields).await?;
    let text = |fields: &ProjectFields| fields.bodies().map(|(_, text)| text.trim().to_owned()).join(" / ");
    let after = if bodies > 0 { text(fields) } else { text(&before) };
    let detail = json!({ "name": form.name, "changes": changes(&[
        ("name", row.name.clone(), form.name.clone()),
        ("number", before.number.clone(), fields.number.trim().to_owned()),
        ("formal_name", row.formal_name.clone(), form.formal_name.clone()),
        ("content", row.content.clone(), form.content.clone()),
        ("bodies", text(&before), after),
    ]) });
    tx.record(Event::new("project.changed", "programme", &outline.programme.slug, detail)).await?;
    reindex(&tx, outline).await?;
    Ok(tx.commit().await?)
}

/// A project, or what is to change of one.
#[derive(Deserialize, utoipa::ToSchema)]
struct ProjectBody {
    /// The category's key; for a new project only.
    category: Option<Uuid>,
    name: Option<String>,
    /// The number as adopted.
    number: Option<i32>,
    formal_name: Option<String>,
    content: Option<String>,
    /// Bodies divided by 、.
    lead: Option<String>,
    /// Bodies divided by 、.
    supporting: Option<String>,
    /// Posts, never names: `单位：职务`.
    leader_in_charge: Option<String>,
    /// Posts, never names: `单位：职务`.
    responsible_person: Option<String>,
    /// The digest that was read; for a change only.
    was: Option<String>,
}

impl ProjectBody {
    fn over(self, fields: ProjectFields) -> ProjectFields {
        ProjectFields {
            category: self.category.or(fields.category),
            number: self.number.map_or(fields.number, |number| number.to_string()),
            name: self.name.unwrap_or(fields.name),
            formal_name: self.formal_name.unwrap_or(fields.formal_name),
            content: self.content.unwrap_or(fields.content),
            lead: self.lead.unwrap_or(fields.lead),
            supporting: self.supporting.unwrap_or(fields.supporting),
            leader_in_charge: self.leader_in_charge.unwrap_or(fields.leader_in_charge),
            responsible_person: self.responsible_person.unwrap_or(fields.responsible_person),
            was: self.was.unwrap_or_default(),
        }
    }
}

/// A project as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct ProjectDetails {
    id: Uuid,
    category: Uuid,
    name: String,
    number: Option<i32>,
    formal_name: String,
    content: String,
    lead: String,
    supporting: String,
    leader_in_charge: String,
    responsible_person: String,
    /// Send it back with the next change.
    was: String,
}

async fn details(app: &App, outline: Outline, id: Uuid) -> Result<ProjectDetails> {
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    let row = existing(&outline, id)?;
    let fields = ProjectFields::of(app, &outline, &row).await?;
    Ok(ProjectDetails {
        id,
        category: row.category_id,
        name: row.name,
        number: row.number,
        formal_name: row.formal_name,
        content: row.content,
        lead: fields.lead,
        supporting: fields.supporting,
        leader_in_charge: fields.leader_in_charge,
        responsible_person: fields.responsible_person,
        was: fields.was,
    })
}

/// Adds a project to a category.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/projects", tag = "office", request_body = ProjectBody,
    params(("slug" = String, Path)),
    responses((status = 201, body = ProjectDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<ProjectBody>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let id = add(&app, &me, &outline, &body.over(ProjectFields::default())).await?;
    Ok((StatusCode::CREATED, axum::Json(details(&app, outline, id).await?)).into_response())
}

/// Changes a project; only what is sent changes.
#[utoipa::path(patch, path = "/api/v1/programmes/{slug}/projects/{id}", tag = "office", request_body = ProjectBody,
    params(("slug" = String, Path), ("id" = Uuid, Path)),
    responses((status = 200, body = ProjectDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Json(body): Json<ProjectBody>,
) -> Result<axum::Json<ProjectDetails>> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, id)?;
    let fields = body.over(ProjectFields::of(&app, &outline, &row).await?);
    edit(&app, &me, &outline, &row, &fields).await?;
    Ok(axum::Json(details(&app, outline, id).await?))
}
