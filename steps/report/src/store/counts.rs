//! How many returns stand where, and who was late.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::{Backend, Result};

use crate::words::State;

/// Every state but the last one.
const OPEN: [State; 4] = [State::Owed, State::Draft, State::Submitted, State::Returned];

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

/// How the returns of these rounds stand at the instant `now_ms`: one statement, which counts what is not approved yet, was
/// late or is flagged. What is approved is what remains.
///
/// # Errors
/// When the database fails.
pub async fn standing_of<C: ConnectionTrait>(on: &C, rounds: &[Uuid], now_ms: i64) -> Result<Vec<Standing>> {
    let mut found: Vec<Standing> =
        rounds.iter().map(|round| Standing { round: *round, ..Standing::default() }).collect();
    if rounds.is_empty() {
        return Ok(found);
    }
    for row in on.query_all_raw(standing(on.get_database_backend(), rounds, now_ms)).await? {
        let round: Uuid = row.try_get("", "id")?;
        let Some(standing) = found.iter_mut().find(|one| one.round == round) else { continue };
        let mut approved: i64 = row.try_get("", "whole")?;
        for state in OPEN {
            let number: i64 = row.try_get("", state.code())?;
            approved -= number;
            standing.states.push((state, number));
        }
        standing.states.push((State::Approved, approved));
        standing.states.retain(|(_, number)| *number != 0);
        standing.late = row.try_get::<i64>("", "late")? + row.try_get::<i64>("", "missing")?;
        standing.flagged = row.try_get("", "flagged")?;
    }
    Ok(found)
}

pub(super) fn standing(backend: Backend, rounds: &[Uuid], now_ms: i64) -> Statement {
    let count = |what: &str| format!("(SELECT COUNT(*) FROM returns r WHERE r.round_id = t.id AND {what})");
    let of = |state: State| format!("{} AS {}", count(&format!("r.state = '{}'", state.code())), state.code());
    let mut columns = OPEN.map(of).to_vec();
    columns.push(format!("{} AS late", count("r.first_submitted_ms >= t.closes_ms")));
    let missing = count("r.first_submitted_ms IS NULL");
    columns.push(format!("CASE WHEN $1 >= t.closes_ms THEN {missing} ELSE 0 END AS missing"));
    columns.push(format!("{} AS flagged", count("r.flags > 0")));
    let slots: Vec<String> = (0..rounds.len()).map(|at| format!("${}", at + 2)).collect();
    let sql = format!(
        "SELECT t.id, t.owed AS whole, {} FROM rounds t WHERE t.id IN ({})",
        columns.join(", "),
        slots.join(",")
    );
    let values = std::iter::once(now_ms.into()).chain(rounds.iter().map(|round| (*round).into()));
    Statement::from_sql_and_values(backend, sql, values)
}

/// How many returns were in the ledger at the instant `until_ms`, of each round that was open by then.
///
/// Only those that were not are counted: a year has a million, and a round that is over has none left.
///
/// # Errors
/// When the database fails.
pub async fn approved_of<C: ConnectionTrait>(on: &C, programme: Uuid, until_ms: i64) -> Result<HashMap<Uuid, i64>> {
    let rows = on.query_all_raw(approved(on.get_database_backend(), programme, until_ms)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "approved")?))).collect()
}

pub(super) fn approved(backend: Backend, programme: Uuid, until_ms: i64) -> Statement {
    let count =
        |what: &str| format!("(SELECT COUNT(*) FROM returns r WHERE r.round_id = t.id AND r.approved_ms {what})");
    let sql = format!(
        "SELECT t.id, t.owed - {} - {} AS approved FROM rounds t WHERE t.programme_id = $1 AND t.opened_ms < $2",
        count("IS NULL"),
        count(">= $2")
    );
    Statement::from_sql_and_values(backend, sql, [programme.into(), until_ms.into()])
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
