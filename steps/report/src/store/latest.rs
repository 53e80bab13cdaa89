//! What was last approved about each project at each place, as known on a day.

use chrono::NaiveDate;
use figures::Decimal;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::{Result, amount};

use crate::rules::window::closes_ms;
use crate::tables::returns::{Entity, Model};
use crate::words::Cause;

/// The last approved return of a body on a project at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The return.
    pub id: Uuid,
    /// The round.
    pub round: Uuid,
    /// Its cut-off.
    pub cut_off: NaiveDate,
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The body.
    pub organisation: Uuid,
    /// When it went into the ledger.
    pub approved_ms: i64,
    /// The milestone reached.
    pub stage: Option<Uuid>,
    /// 形象进度 in percent.
    pub image: Option<Decimal>,
    /// What is in the way; empty when nothing is.
    pub problem: String,
    /// Why.
    pub cause: Option<Cause>,
}

/// For each project, place and body of a programme the approved return with the latest cut-off, as known at the end of the
/// day `known`; all that is known when `None`. An approved return never changes, so the past stays what it was.
///
/// # Errors
/// When the database fails.
pub async fn latest_approved<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: Option<NaiveDate>,
) -> Result<Vec<Latest>> {
    let sql = "SELECT * FROM (SELECT r.*, ROW_NUMBER() OVER \
               (PARTITION BY project_id, region, organisation_id ORDER BY cut_off DESC) AS place_in_line \
               FROM returns r WHERE programme_id = $1 AND state = 'approved' AND approved_ms < $2) AS told \
               WHERE place_in_line = 1";
    let values: Vec<Value> = vec![programme.into(), known.map_or(i64::MAX, closes_ms).into()];
    let statement = Statement::from_sql_and_values(on.get_database_backend(), sql, values);
    let rows = Entity::find().from_raw_sql(statement).all(on).await?;
    Ok(rows.into_iter().filter_map(latest).collect())
}

fn latest(row: Model) -> Option<Latest> {
    Some(Latest {
        id: row.id,
        round: row.round_id,
        cut_off: row.cut_off,
        project: row.project_id,
        region: RegionCode::from_stored(row.region)?,
        organisation: row.organisation_id,
        approved_ms: row.approved_ms?,
        stage: row.stage,
        image: row.image.map(amount::from_stored),
        problem: row.problem,
        cause: row.cause.as_deref().and_then(Cause::parse),
    })
}
