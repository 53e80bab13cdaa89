//! Shares in the API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Permission, RegionCode};
use ledger::allocations::{self, Node, Reach};
use ledger::entries::View;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{App, Json, Path, ProblemDetails, Result, SignedIn};

use super::split::{self, Split, Wanted, WantedLine};
use crate::authority;
use crate::indicators::existing;

/// A share of an indicator's target.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct ShareDetails {
    /// The place: six, nine or twelve digits.
    region: String,
    /// The body, where several share a place.
    organisation: Option<Uuid>,
    /// The exact decimal.
    target: String,
    /// The entry that holds it; send it back as `was` with a change.
    entry: Uuid,
    /// How many shares stand above it.
    depth: usize,
    /// How many hang directly below it.
    children: usize,
    /// What those add up to.
    sum: Option<String>,
    /// `short`, `exact` or `over`; none where nothing is split.
    reach: Option<&'static str>,
}

impl From<Node> for ShareDetails {
    fn from(node: Node) -> Self {
        Self {
            reach: node.reach().map(|reach| match reach {
                Reach::Short(_) => "short",
                Reach::Exact => "exact",
                Reach::Over(_) => "over",
            }),
            region: node.share.region.short(),
            organisation: node.share.organisation,
            target: node.share.target.value.normalize().to_string(),
            entry: node.share.entry,
            depth: node.depth,
            children: node.children,
            sum: (node.children > 0).then(|| node.sum.normalize().to_string()),
        }
    }
}

/// The shares of an indicator as a tree, each before those below it.
#[utoipa::path(get, path = "/api/v1/programmes/{slug}/indicators/{number}/shares", tag = "office",
    params(("slug" = String, Path), ("number" = i32, Path)),
    responses((status = 200, body = Vec<ShareDetails>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
) -> Result<axum::Json<Vec<ShareDetails>>> {
    let outline = authority::outline(&app, &me, &slug, Permission::EnterOffice).await?;
    let row = existing(&outline, number)?;
    let shares = allocations::shares_of(app.store.reader(), &outline, row.id, View::default()).await?;
    Ok(axum::Json(allocations::tree(shares).into_iter().map(ShareDetails::from).collect()))
}

/// How a share is to be split.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct SplitBody {
    /// The place whose share is split; the programme's own without it.
    region: Option<String>,
    /// The entry that holds that share, as it was read.
    whole: Option<Uuid>,
    shares: Vec<ShareBody>,
    /// More shares are to come: the sum need not reach the whole yet.
    #[serde(default)]
    unfinished: bool,
    /// Needed when a standing share changes.
    #[serde(default)]
    reason_text: String,
}

/// One share; what is not sent stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
pub(super) struct ShareBody {
    /// A place directly below.
    region: Option<String>,
    /// Or the name of a body at the place itself.
    organisation: Option<String>,
    /// The figure, such as `350` or `0.35万`; an empty text takes the share back.
    figure: String,
    /// The entry that held the share, as it was read; none for a new one.
    was: Option<Uuid>,
}

/// What was written.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct SplitDetails {
    /// How many shares were recorded or corrected.
    written: u64,
}

/// Splits the target of a place over the places or bodies below it, all or nothing.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/indicators/{number}/shares", tag = "office", request_body = SplitBody,
    params(("slug" = String, Path), ("number" = i32, Path)),
    responses((status = 201, body = SplitDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn set(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Json(body): Json<SplitBody>,
) -> Result<Response> {
    let place = super::place_of(body.region.as_deref().unwrap_or_default())?;
    let (outline, place) = authority::outline_at(&app, &me, &slug, (Permission::EditProgramme, place)).await?;
    let row = existing(&outline, number)?;
    let standing = Split::load(app.store.reader(), &outline, &row, place).await?;
    let mut lines = Vec::with_capacity(body.shares.len());
    for share in body.shares {
        let named = |name: &str| standing.lines.iter().find(|line| line.organisation.is_some() && line.name == name);
        let (key, new_body) = match (&share.region, &share.organisation) {
            (Some(code), _) => (code.parse::<RegionCode>()?.short(), String::new()),
            (None, Some(name)) => match named(name.trim()) {
                Some(line) => (line.key.clone(), String::new()),
                None => (String::new(), name.clone()),
            },
            (None, None) => (String::new(), String::new()),
        };
        lines.push(WantedLine { key, body: new_body, typed: share.figure, was: share.was });
    }
    // What is not sent stays, and need not be told back.
    for line in &standing.lines {
        if lines.iter().all(|one| one.key != line.key) {
            let was = line.held.as_ref().map(|held| held.entry);
            lines.push(WantedLine { key: line.key.clone(), body: String::new(), typed: line.standing(), was });
        }
    }
    let wanted = Wanted { whole: body.whole, lines, unfinished: body.unfinished, reason: body.reason_text };
    let written = split::save(&app.store, &me.actor(), &outline, (number, place), &wanted).await?;
    Ok((StatusCode::CREATED, axum::Json(SplitDetails { written })).into_response())
}
