//! Targets in the API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Permission, RegionCode};
use ledger::programmes::Outline;
use serde::{Deserialize, Serialize};
use web::{App, Json, Path, ProblemDetails, Result, SignedIn};

use super::{GoalsTold, Saved, save};
use crate::authority;
use crate::indicators::existing;
use crate::programmes::needed_version;

/// Targets to be set.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct TargetsBody {
    /// The indicator's version that was read.
    version: Option<i32>,
    targets: Vec<TargetBody>,
    /// Needed when a standing target changes.
    reason_text: Option<String>,
}

/// One target.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct TargetBody {
    /// Division code of a place below for an allocation; without it the programme's own place.
    region: Option<String>,
    /// The number of a part, to set the part's target.
    part: Option<i32>,
    /// The figure as printed: `3500`, `0.35万`, `近80万`; an empty text withdraws it.
    figure: String,
}

/// What was written.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct TargetsDetails {
    /// How many targets were recorded or corrected.
    written: u64,
    /// How many changes of adopted targets the congress is asked for; the original targets count until it decides.
    requested: u64,
    /// The indicator's version now.
    version: i32,
}

/// Sets targets and allocations of an indicator, all or none.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/indicators/{number}/targets", tag = "office", request_body = TargetsBody,
    params(("slug" = String, Path), ("number" = i32, Path)),
    responses((status = 201, body = TargetsDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn set_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Json(body): Json<TargetsBody>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    let version = needed_version(body.version)?;
    let mut told = Vec::with_capacity(body.targets.len());
    for target in body.targets {
        let key = match (target.part, target.region) {
            (Some(part), _) => format!("part-{part}"),
            (None, None) => "own".to_owned(),
            (None, Some(code)) => {
                let code: RegionCode = code.parse()?;
                if code == outline.region() { "own".to_owned() } else { code.short() }
            }
        };
        told.push((key, target.figure));
    }
    let reason = body.reason_text.unwrap_or_default();
    let written = save(&app, &me, &outline, &row, &GoalsTold { version, told, reason }).await?;
    let now = Outline::load(app.store.reader(), outline.programme).await?;
    let Saved { written, requested } = written;
    let details = TargetsDetails { written, requested, version: existing(&now, number)?.version };
    Ok((StatusCode::CREATED, axum::Json(details)).into_response())
}
