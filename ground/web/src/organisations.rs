//! Organisations, their posts, and who holds them.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chrono::NaiveDate;
use kernel::{Lang, Permission, Problem, RegionCode, Text};
use people::rules::{OrganisationKind, credit_code_warning};
use people::store::organisations::{self, Holder, NewOrganisation};
use people::tables::organisations::Model as Organisation;
use people::tables::posts::Model as Post;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::components;
use crate::download::{Cell, Row};
use crate::listing::{Paging, Slice, Wanted};
use crate::{
    Access, App, Checked, Error, Frame, Json, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, outcome, page,
};

const MANAGE: Access = Access::Needs(Permission::ManageOrganisations);

const ROUTES: &[Route] = &[
    Route::get("/office/organisations", MANAGE).in_menu("单位", "Organisations"),
    Route::post("/office/organisations", MANAGE),
    Route::get("/office/organisations/{id}", MANAGE),
    Route::post("/office/organisations/{id}/posts", MANAGE),
    Route::post("/office/organisations/{id}/holders", MANAGE),
    Route::get("/api/v1/organisations", Access::Public),
    Route::post("/api/v1/organisations", MANAGE),
];

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/organisations", get(list).post(create))
        .route("/office/organisations/{id}", get(show))
        .route("/office/organisations/{id}/posts", post(create_post))
        .route("/office/organisations/{id}/holders", post(appoint))
        .routes(routes!(list_by_api, create_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "organisations.html")]
struct OrganisationsPage {
    f: Frame,
    slice: Slice<Organisation>,
    form: NewForm,
    problem: Option<Problem>,
}

impl OrganisationsPage {
    fn kinds(&self) -> Vec<(String, String)> {
        components::choices(&self.f, &OrganisationKind::ALL, OrganisationKind::code, OrganisationKind::name)
    }
}

#[derive(Clone, Default, Deserialize, utoipa::ToSchema)]
struct NewForm {
    /// A division code.
    region: String,
    name: String,
    /// The name in tables; the full one when left out.
    #[serde(default)]
    short_name: String,
    /// `department`, `government`, `congress` or `other`.
    kind: String,
    /// The social credit code of eighteen places.
    #[serde(default)]
    uscc: String,
}

impl NewForm {
    fn parse(self) -> Result<NewOrganisation, Problem> {
        let region = self
            .region
            .parse()
            .map_err(|wrong: Problem| Problem::field("region", wrong.message.zh, wrong.message.en))?;
        let kind = OrganisationKind::parse(&self.kind)
            .ok_or_else(|| Problem::field("kind", "请选择单位类别", "Choose a kind from the list"))?;
        Ok(NewOrganisation { region, name: self.name, short_name: self.short_name, kind, uscc: Some(self.uscc) })
    }
}

async fn make(app: &App, me: &SignedIn, form: NewForm) -> store::Result<Uuid> {
    organisations::create(&app.store, &me.actor(), form.parse()?).await
}

/// The division whose subtree is listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Within {
    /// A division code; everything when left out.
    region: Option<RegionText>,
}

/// A division code as typed.
#[derive(Deserialize, utoipa::ToSchema)]
struct RegionText(String);

async fn slice(app: &App, wanted: &Wanted, within: Within) -> Result<Slice<Organisation>> {
    let within: Option<RegionCode> = within.region.map(|code| code.0.parse()).transpose()?;
    let rows = organisations::list(&app.store, within, wanted.after()?, wanted.fetch()).await?;
    Ok(Slice::cut(rows, wanted, |organisation| organisation.id.to_string()))
}

async fn list(State(app): State<App>, f: Frame, wanted: Wanted, Query(within): Query<Within>) -> Result<Response> {
    let slice = slice(&app, &wanted, within).await?;
    page(&OrganisationsPage { f, slice, form: NewForm::default(), problem: None })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Checked(form): Checked<NewForm>,
) -> Result<Response> {
    let made = make(&app, &me, form.clone()).await;
    let again = async |problem| {
        let slice = slice(&app, &wanted, Within { region: None }).await?;
        Ok(OrganisationsPage { f, slice, form, problem: Some(problem) })
    };
    outcome(made, saved, again).await
}

#[derive(Template)]
#[template(path = "organisation.html")]
struct OrganisationPage {
    f: Frame,
    organisation: Organisation,
    warning: Option<Text>,
    posts: Vec<Post>,
    holders: Vec<Holder>,
    saved: bool,
    problem: Option<Problem>,
}

impl OrganisationPage {
    fn post_choices(&self) -> Vec<(String, String)> {
        self.posts.iter().map(|post| (post.id.to_string(), post.title.clone())).collect()
    }

    fn held(&self, post: &Uuid) -> impl Iterator<Item = &Holder> {
        self.holders.iter().filter(move |holder| holder.post.id == *post)
    }
}

#[derive(Deserialize)]
struct Shown {
    saved: Option<String>,
}

async fn show(State(app): State<App>, f: Frame, Path(id): Path<Uuid>, Query(shown): Query<Shown>) -> Result<Response> {
    page(&organisation_page(&app, f, id, shown.saved.is_some(), None).await?)
}

async fn organisation_page(
    app: &App,
    f: Frame,
    id: Uuid,
    saved: bool,
    problem: Option<Problem>,
) -> Result<OrganisationPage> {
    let missing = || Problem::not_found("没有这个单位", "There is no such organisation");
    let organisation = organisations::find(&app.store, id).await?.ok_or_else(missing)?;
    let warning = organisation.uscc.as_deref().and_then(credit_code_warning);
    let (posts, holders) =
        (organisations::posts_of(&app.store, id).await?, organisations::holders(&app.store, id).await?);
    Ok(OrganisationPage { f, organisation, warning, posts, holders, saved, problem })
}

fn saved(id: Uuid) -> String {
    format!("/office/organisations/{id}?saved=1")
}

async fn answer<T>(app: &App, f: Frame, id: Uuid, done: store::Result<T>) -> Result<Response> {
    let again = async |problem| organisation_page(app, f, id, false, Some(problem)).await;
    outcome(done, |_| saved(id), again).await
}

#[derive(Deserialize)]
struct PostForm {
    title: String,
}

async fn create_post(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<PostForm>,
) -> Result<Response> {
    let outcome = organisations::create_post(&app.store, &me.actor(), id, &form.title).await;
    answer(&app, f, id, outcome).await
}

#[derive(Deserialize)]
struct HolderForm {
    post: Uuid,
    person: String,
    from_day: NaiveDate,
}

async fn appoint(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<HolderForm>,
) -> Result<Response> {
    let outcome = organisations::appoint(&app.store, &me.actor(), form.post, &form.person, form.from_day).await;
    answer(&app, f, id, outcome).await
}

/// An organisation.
#[derive(Serialize, utoipa::ToSchema)]
struct OrganisationDetails {
    id: Uuid,
    /// Twelve digits.
    region: String,
    name: String,
    short_name: String,
    kind: String,
    uscc: Option<String>,
    /// What is odd about the social credit code, if anything.
    warning: Option<String>,
}

impl OrganisationDetails {
    fn of(row: Organisation, lang: Lang) -> Self {
        let warning = row.uscc.as_deref().and_then(credit_code_warning).map(|warning| warning.get(lang).to_owned());
        Self {
            id: row.id,
            region: format!("{:012}", row.region),
            name: row.name,
            short_name: row.short_name,
            kind: row.kind,
            uscc: row.uscc,
            warning,
        }
    }
}

impl Row for OrganisationDetails {
    fn file_name() -> Text {
        Text::new("单位", "organisations")
    }

    fn headings() -> Vec<Text> {
        [
            ("区划代码", "Division code"),
            ("单位名称", "Name"),
            ("简称", "Short name"),
            ("类别", "Kind"),
            ("统一社会信用代码", "Social credit code"),
        ]
        .map(|(zh, en)| Text::new(zh, en))
        .to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let kind = OrganisationKind::parse(&self.kind).map(|kind| kind.name().get(lang).to_owned());
        vec![
            self.region.as_str().into(),
            self.name.as_str().into(),
            self.short_name.as_str().into(),
            kind.into(),
            self.uscc.clone().into(),
        ]
    }
}

/// Organisations, oldest first.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "organisations", params(Paging, Within),
    responses((status = 200, body = Slice<OrganisationDetails>)))]
async fn list_by_api(State(app): State<App>, wanted: Wanted, Query(within): Query<Within>) -> Result<Response> {
    let lang = wanted.lang;
    slice(&app, &wanted, within).await?.map(|row| OrganisationDetails::of(row, lang)).reply(&wanted).await
}

/// Makes an organisation. An odd social credit code is kept and comes back with a warning.
#[utoipa::path(post, path = "/api/v1/organisations", tag = "organisations", request_body = NewForm,
    responses((status = 201, body = OrganisationDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(
    State(app): State<App>,
    me: SignedIn,
    language: crate::Language,
    Json(form): Json<NewForm>,
) -> Result<Response> {
    let id = make(&app, &me, form).await?;
    let made = organisations::find(&app.store, id).await?.ok_or_else(|| Error::fault("the new row is gone"))?;
    Ok((StatusCode::CREATED, axum::Json(OrganisationDetails::of(made, language.0))).into_response())
}
