//! The board in the API: `/api/v1/programmes/{slug}/watch` and its tables, as JSON, CSV or XLSX.

use axum::extract::State;
use axum::response::Response;
use kernel::Permission;
use ledger::rules::Light;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Path, ProblemDetails, Query, Result, Route, SignedIn, Step};

use crate::asked::Asked;
use crate::rows::{BodyRow, CellRow, MissingRow, PlaceRow, ProjectRow};
use crate::state::{self, Matrix, Watched};

const OFFICE: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] = &[
    Route::get("/api/v1/programmes/{slug}/watch", OFFICE),
    Route::get("/api/v1/programmes/{slug}/watch/regions", OFFICE),
    Route::get("/api/v1/programmes/{slug}/watch/matrix", OFFICE),
    Route::get("/api/v1/programmes/{slug}/watch/bodies", OFFICE),
    Route::get("/api/v1/programmes/{slug}/watch/missing", OFFICE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(projects))
        .routes(routes!(regions))
        .routes(routes!(matrix))
        .routes(routes!(bodies))
        .routes(routes!(missing));
    Step { router, routes: ROUTES }
}

/// Every project with its schedule, quantity, image and money, its light with the reason, and the estimate (预测).
#[utoipa::path(
    get,
    path = "/api/v1/programmes/{slug}/watch",
    tag = "watch",
    params(("slug" = String, Path, description = "Such as `330200-2024`"), Asked, Paging),
    responses(
        (status = 200, description = "The projects in the order of the programme", body = Slice<ProjectRow>),
        (status = 403, description = "Not your region", body = ProblemDetails),
        (status = 404, description = "No such programme", body = ProblemDetails),
    ),
)]
async fn projects(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let (programme, place) = asked.programme(&app, &me, &slug).await?;
    let watched = state::of_programme(app.store.reader(), programme, place, asked.view()?).await?;
    let rows = watched.projects.iter().map(|one| ProjectRow::of(&watched, one, wanted.lang)).collect();
    Slice::of_all(rows, &wanted)?.reply(&wanted).await
}

/// The places below, ranked by the mean quantity of their projects; ties share a place.
#[utoipa::path(
    get,
    path = "/api/v1/programmes/{slug}/watch/regions",
    tag = "watch",
    params(("slug" = String, Path, description = "Such as `330200-2024`"), Asked, Paging),
    responses(
        (status = 200, description = "The places, best first", body = Slice<PlaceRow>),
        (status = 404, description = "No such programme", body = ProblemDetails),
    ),
)]
async fn regions(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let (_, matrix) = around(&app, &me, &slug, &asked).await?;
    let rows = matrix.ranked().into_iter().map(|place| PlaceRow::of(&matrix, place)).collect();
    Slice::of_all(rows, &wanted)?.reply(&wanted).await
}

/// Every project at every place below.
#[utoipa::path(
    get,
    path = "/api/v1/programmes/{slug}/watch/matrix",
    tag = "watch",
    params(("slug" = String, Path, description = "Such as `330200-2024`"), Asked, Paging),
    responses(
        (status = 200, description = "The cells, place by place", body = Slice<CellRow>),
        (status = 404, description = "No such programme", body = ProblemDetails),
    ),
)]
async fn matrix(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let (_, matrix) = around(&app, &me, &slug, &asked).await?;
    Slice::of_all(CellRow::all(&matrix, wanted.lang), &wanted)?.reply(&wanted).await
}

/// The lead bodies, ranked by the mean quantity of the projects that they lead.
#[utoipa::path(
    get,
    path = "/api/v1/programmes/{slug}/watch/bodies",
    tag = "watch",
    params(("slug" = String, Path, description = "Such as `330200-2024`"), Asked, Paging),
    responses(
        (status = 200, description = "The bodies, best first", body = Slice<BodyRow>),
        (status = 404, description = "No such programme", body = ProblemDetails),
    ),
)]
async fn bodies(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let (place, matrix) = around(&app, &me, &slug, &asked).await?;
    let watched = Watched::of(matrix.gathered.clone(), place);
    let rows = state::by_body(&watched, &matrix).iter().map(|body| BodyRow::of(&matrix, body)).collect();
    Slice::of_all(rows, &wanted)?.reply(&wanted).await
}

/// Who owes figures of the cut-off: a place with a share and without a figure.
#[utoipa::path(
    get,
    path = "/api/v1/programmes/{slug}/watch/missing",
    tag = "watch",
    params(("slug" = String, Path, description = "Such as `330200-2024`"), Asked, Paging),
    responses(
        (status = 200, description = "What is owed, longest silence first", body = Slice<MissingRow>),
        (status = 404, description = "No such programme", body = ProblemDetails),
    ),
)]
async fn missing(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let (place, matrix) = around(&app, &me, &slug, &asked).await?;
    let today = matrix.gathered.known.unwrap_or_else(|| app.store.clock().today());
    let found = state::missing(app.store.reader(), &matrix, place, today).await?;
    let rows = found.into_iter().map(|one| MissingRow::of(one, wanted.lang)).collect();
    Slice::of_all(rows, &wanted)?.reply(&wanted).await
}

async fn around(app: &App, me: &SignedIn, slug: &str, asked: &Asked) -> Result<(kernel::RegionCode, Matrix)> {
    let (programme, place) = asked.programme(app, me, slug).await?;
    Ok((place, state::around(app.store.reader(), programme, place, asked.view()?).await?))
}

/// The code of a light; `none` where nothing can be said.
pub(crate) fn light_code(light: Option<Light>) -> &'static str {
    light.map_or("none", Light::code)
}
