//! The same for machines.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::{Level, Permission, Problem};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Purpose, Relation};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{App, Json, Path, ProblemDetails, Result, SignedIn};

use super::existing;
use super::fields::IndicatorFields;
use super::keeping::{add, edit};
use crate::authority;
use crate::programmes::needed_version;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_by_api)).routes(routes!(change_by_api))
}

/// An indicator, or what is to change of one.
#[derive(Deserialize, utoipa::ToSchema)]
struct IndicatorBody {
    /// The project's key; for a new indicator only.
    project: Option<Uuid>,
    /// What makes it one series of figures; the name when nothing is told. For a new indicator only.
    series: Option<String>,
    name: Option<String>,
    unit: Option<String>,
    /// `count`, `length`, `area`, `money`, `percent` …
    kind: Option<String>,
    /// `new`, `stock`, `rate`, `change`.
    accumulation: Option<String>,
    /// `more`, `less`.
    direction: Option<String>,
    /// `province`, `city`, `county`, `town`, `village`.
    grain: Option<String>,
    /// `delivery`, `funding`, `statistic`, `mechanism`.
    purpose: Option<String>,
    fund_source: Option<String>,
    /// The number of the indicator above; an empty text for none.
    parent: Option<String>,
    /// `part_of`, `yoy_of`, `ratio_of`, `target_for`.
    relation: Option<String>,
    /// `complete`, `partial`; an empty text for none.
    breakdown: Option<String>,
    matter: Option<String>,
    /// Numbers of services, divided by spaces.
    services: Option<String>,
    /// Whether several bodies may share it at a place.
    by_body: Option<bool>,
    /// The version that was read; for a change only.
    version: Option<i32>,
}

impl IndicatorBody {
    fn over(self, fields: IndicatorFields) -> IndicatorFields {
        IndicatorFields {
            project: self.project.or(fields.project),
            name: self.name.unwrap_or(fields.name),
            unit: self.unit.unwrap_or(fields.unit),
            kind: self.kind.unwrap_or(fields.kind),
            accumulation: self.accumulation.unwrap_or(fields.accumulation),
            direction: self.direction.unwrap_or(fields.direction),
            grain: self.grain.unwrap_or(fields.grain),
            purpose: self.purpose.unwrap_or(fields.purpose),
            fund_source: self.fund_source.unwrap_or(fields.fund_source),
            parent: self.parent.unwrap_or(fields.parent),
            relation: self.relation.unwrap_or(fields.relation),
            breakdown: self.breakdown.unwrap_or(fields.breakdown),
            matter: self.matter.unwrap_or(fields.matter),
            services: self.services.unwrap_or(fields.services),
            by_body: match self.by_body {
                Some(by_body) => if by_body { "yes" } else { "" }.to_owned(),
                None => fields.by_body,
            },
            version: self.version.unwrap_or(fields.version),
        }
    }

    /// Words that no table holds are refused: a page offers choices, the API does not.
    fn check(&self) -> Result<(), Problem> {
        type Known<'a> = (&'a str, &'a Option<String>, fn(&str) -> bool);
        let known: [Known<'_>; 8] = [
            ("kind", &self.kind, |word| Kind::parse(word).is_some()),
            ("accumulation", &self.accumulation, |word| Accumulation::parse(word).is_some()),
            ("direction", &self.direction, |word| Direction::parse(word).is_some()),
            ("grain", &self.grain, |word| Level::parse(word).is_some()),
            ("purpose", &self.purpose, |word| Purpose::parse(word).is_some()),
            ("fund_source", &self.fund_source, |word| word.is_empty() || FundSource::parse(word).is_some()),
            ("relation", &self.relation, |word| word.is_empty() || Relation::parse(word).is_some()),
            ("breakdown", &self.breakdown, |word| word.is_empty() || Breakdown::parse(word).is_some()),
        ];
        for (field, word, fits) in known {
            if let Some(word) = word.as_deref().filter(|word| !fits(word)) {
                return Err(Problem::field(field, format!("不认识“{word}”"), format!("“{word}” is not known")));
            }
        }
        Ok(())
    }
}

/// An indicator as it stands.
#[derive(Serialize, utoipa::ToSchema)]
struct IndicatorDetails {
    /// Its number in addresses.
    number: i32,
    id: Uuid,
    project: Uuid,
    series: String,
    name: String,
    unit: String,
    kind: String,
    accumulation: String,
    direction: String,
    grain: &'static str,
    purpose: String,
    /// Send it back with the next change.
    version: i32,
}

impl From<Indicator> for IndicatorDetails {
    fn from(row: Indicator) -> Self {
        Self {
            number: row.number,
            id: row.id,
            project: row.project_id,
            grain: row.grain().code(),
            series: row.series,
            name: row.name,
            unit: row.unit,
            kind: row.kind,
            accumulation: row.accumulation,
            direction: row.direction,
            purpose: row.purpose,
            version: row.version,
        }
    }
}

/// Adds an indicator to a project.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/indicators", tag = "office", request_body = IndicatorBody,
    params(("slug" = String, Path)),
    responses((status = 201, body = IndicatorDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<IndicatorBody>,
) -> Result<Response> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    body.check()?;
    let series = body.series.clone();
    let number = add(&app, &me, &outline, &body.over(IndicatorFields::default()), series).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok((StatusCode::CREATED, axum::Json(IndicatorDetails::from(existing(&outline, number)?))).into_response())
}

/// Changes an indicator's description; only what is sent changes.
#[utoipa::path(patch, path = "/api/v1/programmes/{slug}/indicators/{number}", tag = "office", request_body = IndicatorBody,
    params(("slug" = String, Path), ("number" = i32, Path)),
    responses((status = 200, body = IndicatorDetails), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path((slug, number)): Path<(String, i32)>,
    Json(body): Json<IndicatorBody>,
) -> Result<axum::Json<IndicatorDetails>> {
    let outline = authority::outline(&app, &me, &slug, Permission::EditProgramme).await?;
    let row = existing(&outline, number)?;
    body.check()?;
    needed_version(body.version)?;
    edit(&app, &me, &outline, &row, &body.over(IndicatorFields::of(&outline, &row))).await?;
    let outline = Outline::load(app.store.reader(), outline.programme).await?;
    Ok(axum::Json(IndicatorDetails::from(existing(&outline, number)?)))
}
