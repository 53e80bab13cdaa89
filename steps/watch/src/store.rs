//! What the board reads of the reporting rounds and of decided adjustments.

use std::collections::HashSet;

use chrono::NaiveDate;
use kernel::RegionCode;
use plan::tables::adjustments;
use report::rules::window::closes_ms;
use report::tables::{returns, rounds};
use report::words::State;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Statement, Value};
use store::Result;

/// A round and how much of it is in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The round.
    pub round: Uuid,
    /// Its cut-off.
    pub cut_off: NaiveDate,
    /// The last day on which returns are taken.
    pub closes_on: NaiveDate,
    /// Whether it was closed by hand.
    pub closed: bool,
    /// How many returns it has.
    pub owed: i64,
    /// How many of them are approved.
    pub approved: i64,
}

impl Filed {
    /// Whether nothing is expected any more: closed by hand, or everything approved.
    pub fn finished(&self) -> bool {
        self.closed || (self.owed > 0 && self.approved == self.owed)
    }
}

/// The rounds of a programme as they stood at the end of `known`, the latest cut-off first. Two statements.
///
/// # Errors
/// When the database fails.
pub(crate) async fn filed<C: ConnectionTrait>(on: &C, programme: Uuid, known: Option<NaiveDate>) -> Result<Vec<Filed>> {
    let until = known.map_or(i64::MAX, closes_ms);
    let all = rounds::Entity::find()
        .filter(rounds::Column::ProgrammeId.eq(programme))
        .filter(rounds::Column::OpenedMs.lt(until))
        .order_by_desc(rounds::Column::CutOff)
        .all(on)
        .await?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let approved = report::store::approved_of(on, programme, until).await?;
    Ok(all
        .into_iter()
        .map(|row| Filed {
            round: row.id,
            cut_off: row.cut_off,
            closes_on: row.closes_on,
            closed: row.closed_ms.is_some_and(|ms| ms < until),
            owed: row.owed,
            approved: approved.get(&row.id).copied().unwrap_or_default(),
        })
        .collect())
}

/// A return that is not in the ledger yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The return.
    pub id: Uuid,
    /// The project.
    pub project: Uuid,
    /// The place that is reported on.
    pub region: RegionCode,
    /// The body that owes it.
    pub organisation: Uuid,
    /// Where it stands.
    pub state: State,
    /// The place whose reviewers have it; none while it lies with the body.
    pub awaits: Option<RegionCode>,
    /// When it was last submitted, in Unix milliseconds.
    pub submitted_ms: Option<i64>,
    /// Until when it is taken after the round has closed.
    pub late_until: Option<NaiveDate>,
}

/// At most so many are listed.
const MOST: u64 = 5_000;

/// The returns of a round at places of `region` that were not approved at the end of `known`, by place.
///
/// What a return was on a past day is told from its instants: handed in by then, or not.
///
/// # Errors
/// When the database fails.
pub(crate) async fn pending<C: ConnectionTrait>(
    on: &C,
    round: Uuid,
    region: RegionCode,
    known: Option<NaiveDate>,
) -> Result<Vec<Pending>> {
    let subtree = region.subtree();
    let until = known.map_or(i64::MAX, closes_ms);
    let open = sea_orm::Condition::any()
        .add(returns::Column::ApprovedMs.is_null())
        .add(returns::Column::ApprovedMs.gte(until));
    let rows = returns::Entity::find()
        .filter(returns::Column::RoundId.eq(round))
        .filter(returns::Column::Region.between(subtree.start().stored(), subtree.end().stored()))
        .filter(open)
        .order_by_asc(returns::Column::Region)
        .order_by_asc(returns::Column::Id)
        .limit(MOST)
        .all(on)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let now = State::parse(&row.state)?;
            let state = match known {
                None => now,
                Some(_) if row.submitted_ms.is_some_and(|ms| ms < until) => State::Submitted,
                Some(_) => State::Owed,
            };
            Some(Pending {
                id: row.id,
                project: row.project_id,
                region: RegionCode::from_stored(row.region)?,
                organisation: row.organisation_id,
                state,
                awaits: row.awaits.and_then(RegionCode::from_stored),
                submitted_ms: row.submitted_ms,
                late_until: row.late_until,
            })
        })
        .collect())
}

/// The projects of a programme that were given up with approval by the end of `known`.
///
/// # Errors
/// When the database fails.
pub(crate) async fn cancelled<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: Option<NaiveDate>,
) -> Result<HashSet<Uuid>> {
    let until = known.map_or(i64::MAX, closes_ms);
    let found = adjustments::Entity::find()
        .filter(adjustments::Column::ProgrammeId.eq(programme))
        .filter(adjustments::Column::Kind.eq("cancel"))
        .filter(adjustments::Column::Decision.eq("approved"))
        .filter(adjustments::Column::IndicatorId.is_null())
        .filter(adjustments::Column::DecidedMs.lt(until))
        .all(on)
        .await?;
    Ok(found.into_iter().map(|row| row.project_id).collect())
}

/// Returns that wait at one desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The place whose reviewers have them.
    pub(crate) desk: RegionCode,
    /// How many.
    pub(crate) count: i64,
    /// When the oldest was handed in, in Unix milliseconds.
    pub(crate) oldest_ms: i64,
}

/// The returns of a programme that were handed in before `before_ms` and are still with reviewers, by desk.
///
/// # Errors
/// When the database fails.
pub(crate) async fn waiting<C: ConnectionTrait>(on: &C, programme: Uuid, before_ms: i64) -> Result<Vec<Waiting>> {
    let sql = "SELECT awaits, CAST(COUNT(*) AS BIGINT) AS waiting, CAST(MIN(submitted_ms) AS BIGINT) AS oldest \
               FROM returns WHERE programme_id = $1 AND submitted_ms < $2 AND awaits IS NOT NULL \
               GROUP BY awaits ORDER BY awaits";
    let values: [Value; 2] = [programme.into(), before_ms.into()];
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let desk: i64 = row.try_get("", "awaits")?;
        let (count, oldest_ms) = (row.try_get("", "waiting")?, row.try_get("", "oldest")?);
        found.extend(RegionCode::from_stored(desk).map(|desk| Waiting { desk, count, oldest_ms }));
    }
    Ok(found)
}
