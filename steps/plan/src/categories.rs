//! Categories (类) of a programme.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem};
use ledger::programmes::{self, Outline};
use ledger::tables::categories::Model as Category;
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
use crate::programmes::Shown;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/categories/new", EDIT),
    Route::post("/office/programmes/{slug}/categories", EDIT),
    Route::get("/office/programmes/{slug}/categories/{id}", ENTER),
    Route::post("/office/programmes/{slug}/categories/{id}", EDIT),
    Route::post("/api/v1/programmes/{slug}/categories", EDIT),
    Route::new(Method::Patch, "/api/v1/programmes/{slug}/categories/{id}", EDIT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/programmes/{slug}/categories/new", get(ask))
        .route("/office/programmes/{slug}/categories", post(create))
        .route("/office/programmes/{slug}/categories/{id}", get(show).post(change))
        .routes(routes!(create_by_api))
        .routes(routes!(change_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct CategoryFields {
    number: String,
    name: String,
    /// A digest of what was read: a change of somebody else is noticed.
    was: String,
}

impl CategoryFields {
    fn of(row: &Category) -> Self {
        let number = row.number.map(|number| number.to_string()).unwrap_or_default();
        Self { was: digest(row), name: row.name.clone(), number }
    }
}

fn digest(row: &Category) -> String {
    sm3_hex(json!([row.name, row.number]).to_string())
}

/// An adopted number, or none.
pub(crate) fn number(text: &str) -> Result<Option<i32>, Problem> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .ok()
            .filter(|number| (1..=9_999).contains(number))
            .map(Some)
            .ok_or_else(|| Problem::field("number", "序号是正整数；不编号就留空", "A number from 1, or nothing")),
    }
}

/// What is said where somebody else was faster.
pub(crate) fn overtaken() -> Problem {
    Problem::conflict(
        "其他人刚刚修改了这里，您的改动没有保存。请刷新页面，核对后重新提交",
        "Somebody else has just changed this and your change was not saved: reload, compare and send it again",
    )
}

#[derive(Template)]
#[template(path = "category.html")]
struct CategoryPage {
    f: Frame,
    bench: Bench,
    id: Option<Uuid>,
    fields: CategoryFields,
    saved: bool,
    problem: Option<Problem>,
}

async fn ask(State(app): State<App>, f: Frame, me: SignedIn, Path(slug): Path<String>) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let next = outline.categories.iter().filter_map(|row| row.number).max().unwrap_or(0) + 1;
    let fields = CategoryFields { number: next.to_string(), ..CategoryFields::default() };
    let bench = Bench::open(&app, &f, &outline, Here::Category(None)).await?;
    page(&CategoryPage { f, bench, id: None, fields, saved: false, problem: None })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<CategoryFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let added = add(&app, &me, &outline, &fields).await;
    let again = async |problem| {
        let bench = Bench::open(&app, &f, &outline, Here::Category(None)).await?;
        Ok(CategoryPage { f, bench, id: None, fields, saved: false, problem: Some(problem) })
    };
    outcome(added, |id| address(&slug, id), again).await
}

/// The page of a category that was saved.
fn address(slug: &str, id: Uuid) -> String {
    format!("/office/programmes/{slug}/categories/{id}?saved=1")
}

async fn add(app: &App, me: &SignedIn, outline: &Outline, fields: &CategoryFields) -> Result<Uuid> {
    let (number, name) = (number(&fields.number)?, fields.name.trim());
    if name.is_empty() {
        return Err(Problem::field("name", "请填写类别名称", "The category needs a name").into());
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    let mut outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    let (id, new) = outline.category(&tx, number, name).await?;
    if !new {
        return Err(Problem::conflict(format!("已有类别“{name}”"), format!("There is a category “{name}”")).into());
    }
    let detail = json!({ "name": name, "number": number });
    tx.record(Event::new("category.created", "programme", &outline.programme.slug, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

fn existing(outline: &Outline, id: Uuid) -> Result<Category, Problem> {
    let found = outline.categories.iter().find(|row| row.id == id).cloned();
    found.ok_or_else(|| Problem::not_found("没有这个类别", "There is no such category"))
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Query(shown): Query<Shown>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let fields = CategoryFields::of(&existing(&outline, id)?);
    let bench = Bench::open(&app, &f, &outline, Here::Category(Some(id))).await?;
    page(&CategoryPage { f, bench, id: Some(id), fields, saved: shown.saved.is_some(), problem: None })
}

async fn change(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<CategoryFields>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, id)?;
    let edited = edit(&app, &me, &outline, &row, &fields).await;
    let again = async |problem| {
        let bench = Bench::open(&app, &f, &outline, Here::Category(Some(id))).await?;
        Ok(CategoryPage { f, bench, id: Some(id), fields, saved: false, problem: Some(problem) })
    };
    outcome(edited, |()| address(&slug, id), again).await
}

async fn edit(app: &App, me: &SignedIn, outline: &Outline, row: &Category, fields: &CategoryFields) -> Result<()> {
    let number = number(&fields.number)?;
    if fields.was != digest(row) {
        return Err(overtaken().into());
    }
    let name = fields.name.trim();
    if outline.categories.iter().any(|other| other.id != row.id && other.name == name) {
        return Err(Problem::field("name", "已有同名类别", "There is a category of this name").into());
    }
    let mut tx = app.store.begin(&me.actor()).await?;
    programmes::replace_category(&tx, row, number, name).await?;
    let words = |number: Option<i32>| number.map(|number| number.to_string()).unwrap_or_default();
    let detail = json!({ "name": name, "changes": changes(&[
        ("name", row.name.clone(), name.to_owned()),
        ("number", words(row.number), words(number)),
    ]) });
    tx.record(Event::new("category.changed", "programme", &outline.programme.slug, detail)).await?;
    let outline = Outline::load(tx.on(), outline.programme.clone()).await?;
    ledger::search::index_outline(&tx, &outline).await?;
    Ok(tx.commit().await?)
}

/// A category, or what is to change of one.
#[derive(Deserialize, utoipa::ToSchema)]
struct CategoryBody {
    name: Option<String>,
    /// The number as adopted.
    number: Option<i32>,
    /// The digest that was read; for a change only.
    was: Option<String>,
}

/// A category as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct CategoryDetails {
    id: Uuid,
    name: String,
    number: Option<i32>,
    /// Send it back with the next change.
    was: String,
}

impl From<&Category> for CategoryDetails {
    fn from(row: &Category) -> Self {
        Self { id: row.id, name: row.name.clone(), number: row.number, was: digest(row) }
    }
}

/// Adds a category.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/categories", tag = "office", request_body = CategoryBody,
    params(("slug" = String, Path)),
    responses((status = 201, body = CategoryDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<CategoryBody>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let number = body.number.map(|number| number.to_string()).unwrap_or_default();
    let fields = CategoryFields { name: body.name.unwrap_or_default(), number, was: String::new() };
    let id = add(&app, &me, &outline, &fields).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok((StatusCode::CREATED, axum::Json(CategoryDetails::from(&existing(&outline, id)?))).into_response())
}

/// Renames a category or gives it another number.
#[utoipa::path(patch, path = "/api/v1/programmes/{slug}/categories/{id}", tag = "office", request_body = CategoryBody,
    params(("slug" = String, Path), ("id" = Uuid, Path)),
    responses((status = 200, body = CategoryDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Json(body): Json<CategoryBody>,
) -> Result<axum::Json<CategoryDetails>> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, id)?;
    let was = CategoryFields::of(&row);
    let fields = CategoryFields {
        name: body.name.unwrap_or(was.name),
        number: body.number.map_or(was.number, |number| number.to_string()),
        was: body.was.unwrap_or_default(),
    };
    edit(&app, &me, &outline, &row, &fields).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok(axum::Json(CategoryDetails::from(&existing(&outline, id)?)))
}
