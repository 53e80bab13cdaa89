//! How many returns stand where, and who was late.

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::Result;

use crate::words::State;

/// How the returns of a round stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The round.
    pub round: Uuid,
    /// Each state with its number of returns.
    pub states: Vec<(State, i64)>,
    /// Returns that came after the last day, or have not come though it is over.
    pub late: i64,
    /// Returns with a flag.
    pub flagged: i64,
}

impl Standing {
    /// How many stand in `state`.
    pub fn of(&self, state: State) -> i64 {
        self.states.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count)
    }

    /// How many there are.
    pub fn all(&self) -> i64 {
        self.states.iter().map(|(_, count)| count).sum()
    }
}

/// How the returns of these rounds stand at the instant `now_ms`: one statement.
///
/// # Errors
/// When the database fails.
pub async fn standing_of<C: ConnectionTrait>(on: &C, rounds: &[Uuid], now_ms: i64) -> Result<Vec<Standing>> {
    let mut found: Vec<Standing> =
        rounds.iter().map(|round| Standing { round: *round, ..Standing::default() }).collect();
    if rounds.is_empty() {
        return Ok(found);
    }
    let slots: Vec<String> = (0..rounds.len()).map(|at| format!("${}", at + 2)).collect();
    let sql = format!(
        "SELECT r.round_id, r.state, CAST(COUNT(*) AS BIGINT) AS number, \
         CAST(SUM(CASE WHEN COALESCE(r.first_submitted_ms, $1) >= t.closes_ms THEN 1 ELSE 0 END) AS BIGINT) AS late, \
         CAST(SUM(CASE WHEN r.flags > 0 THEN 1 ELSE 0 END) AS BIGINT) AS flagged \
         FROM returns r JOIN rounds t ON t.id = r.round_id WHERE r.round_id IN ({}) GROUP BY r.round_id, r.state",
        slots.join(",")
    );
    let values: Vec<Value> = std::iter::once(now_ms.into()).chain(rounds.iter().map(|round| (*round).into())).collect();
    for row in on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await? {
        let (round, state): (Uuid, String) = (row.try_get("", "round_id")?, row.try_get("", "state")?);
        let state = ledger::programmes::stored("returns", "state", round, State::parse(&state))?;
        let Some(standing) = found.iter_mut().find(|one| one.round == round) else { continue };
        let number: i64 = row.try_get("", "number")?;
        let (late, flagged): (i64, i64) = (row.try_get("", "late")?, row.try_get("", "flagged")?);
        standing.states.push((state, number));
        standing.late += late;
        standing.flagged += flagged;
    }
    Ok(found)
}

/// How a body kept its days at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The body.
    pub organisation: Uuid,
    /// The place.
    pub region: RegionCode,
    /// Returns that it owed in rounds whose last day is over.
    pub owed: i64,
    /// Of these, first submitted after the last day.
    pub late: i64,
    /// Of these, not submitted at all.
    pub missing: i64,
}

/// How bodies kept their days in the rounds of a programme whose cut-off lies between `from` and `to`, both included, by
/// body and place, at the instant `now_ms`.
///
/// A round counts for everybody from the moment on that its announced last day is over, and for nobody before: whoever has not
/// handed in yet still may, and whoever has is not ahead of the others for it. So all are judged by the same rounds. A round that
/// was closed by hand before its time counts from its announced last day as well: nobody is late by a day that was taken away.
/// What was handed in late with permission is late (certainty D: no published rule says otherwise).
///
/// # Errors
/// When the database fails.
pub async fn late_counts<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    (from, to): (NaiveDate, NaiveDate),
    now_ms: i64,
) -> Result<Vec<Late>> {
    let sql = "SELECT r.organisation_id, r.region, CAST(COUNT(*) AS BIGINT) AS owed, \
               CAST(SUM(CASE WHEN r.first_submitted_ms >= t.closes_ms AND r.first_submitted_ms <= $4 THEN 1 ELSE 0 END) AS BIGINT) AS late, \
               CAST(SUM(CASE WHEN r.first_submitted_ms IS NULL OR r.first_submitted_ms > $4 THEN 1 ELSE 0 END) AS BIGINT) AS missing \
               FROM returns r JOIN rounds t ON t.id = r.round_id \
               WHERE r.programme_id = $1 AND r.cut_off BETWEEN $2 AND $3 AND t.closes_ms <= $4 \
               GROUP BY r.organisation_id, r.region ORDER BY r.region, r.organisation_id";
    let values: Vec<Value> = vec![programme.into(), from.into(), to.into(), now_ms.into()];
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(region) = RegionCode::from_stored(row.try_get("", "region")?) else { continue };
        found.push(Late {
            organisation: row.try_get("", "organisation_id")?,
            region,
            owed: row.try_get("", "owed")?,
            late: row.try_get("", "late")?,
            missing: row.try_get("", "missing")?,
        });
    }
    Ok(found)
}
