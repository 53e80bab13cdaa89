//! What was done to the returns about a project.

use chrono::NaiveDate;
use kernel::RegionCode;
use report::words::Act;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::Result;

/// An act on a return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnAct {
    pub(crate) id: Uuid,
    pub(crate) of: Uuid,
    pub(crate) round: Uuid,
    pub(crate) cut_off: NaiveDate,
    pub(crate) region: RegionCode,
    pub(crate) act: Act,
    pub(crate) person: String,
    pub(crate) organisation: String,
    pub(crate) reason: String,
    pub(crate) at_ms: i64,
}

/// The most acts that are looked through; the latest count.
const MOST: i64 = 20_000;

/// What was done to the returns about a project at a place and below it, drafts apart: first things first.
///
/// # Errors
/// When the database fails, or holds a word that no version of the program writes.
pub(crate) async fn of_project<C: ConnectionTrait>(
    on: &C,
    (programme, project): (Uuid, Uuid),
    region: RegionCode,
) -> Result<Vec<ReturnAct>> {
    let sql = "SELECT a.id, a.return_id, a.act, a.account_name, a.organisation_name, a.reason, a.at_ms, \
               r.round_id, r.cut_off, r.region FROM returns r JOIN return_acts a ON a.return_id = r.id \
               WHERE r.programme_id = $1 AND r.project_id = $2 AND r.region BETWEEN $3 AND $4 AND a.act <> $5 \
               ORDER BY a.id DESC LIMIT $6";
    let subtree = region.subtree();
    let values: Vec<Value> = vec![
        programme.into(),
        project.into(),
        subtree.start().stored().into(),
        subtree.end().stored().into(),
        Act::Save.code().into(),
        MOST.into(),
    ];
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows.into_iter().rev() {
        let id: Uuid = row.try_get("", "id")?;
        let act: String = row.try_get("", "act")?;
        let code: i64 = row.try_get("", "region")?;
        let stored = ledger::programmes::stored("return_acts", "act", id, Act::parse(&act))?;
        found.push(ReturnAct {
            id,
            of: row.try_get("", "return_id")?,
            round: row.try_get("", "round_id")?,
            cut_off: row.try_get("", "cut_off")?,
            region: ledger::programmes::stored("returns", "region", id, RegionCode::from_stored(code))?,
            act: stored,
            person: row.try_get("", "account_name")?,
            organisation: row.try_get("", "organisation_name")?,
            reason: row.try_get("", "reason")?,
            at_ms: row.try_get("", "at_ms")?,
        });
    }
    Ok(found)
}
