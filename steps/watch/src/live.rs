//! Tells an open board that the ledger has changed: `/office/watch/{slug}/live`, as server-sent events.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::Permission;
use utoipa_axum::router::OpenApiRouter;
use web::live::Live;
use web::{Access, App, Path, Query, Result, Route, SignedIn, Step};

use crate::asked::Asked;

const ROUTES: &[Route] = &[Route::get("/office/watch/{slug}/live", Access::Needs(Permission::EnterOffice))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch/{slug}/live", get(changes)), routes: ROUTES }
}

async fn changes(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    live: Live,
) -> Result<Response> {
    asked.programme(&app, &me, &slug).await?;
    Ok(live.changes(&app, &me))
}
