//! How connectors stand, and how they stood: one write for many reports.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::store::bulk::{self, Target};
use ::store::{Backend, Result};
use evcs::ConnectorReport;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryOrder, QuerySelect, Statement};

use crate::chargers::rules::{self, NO_NEWS, State};
use crate::chargers::tables::{connectors, states};

/// A report with who said it and when it was heard.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The operator.
    pub operator: Uuid,
    /// The report.
    pub report: ConnectorReport,
    /// When it was heard; of an answer, when it was asked for.
    pub at_ms: i64,
}

/// Connectors in one query.
const AT_ONCE: usize = 1_000;

/// Keeps what was heard, in its order; returns the connectors (operator, number) that are not known.
///
/// The connectors' rows are locked on PostgreSQL, in the order of their keys, so that two copies of the server cannot
/// both decide what changed.
pub async fn note(on: &DatabaseTransaction, all: &[Heard]) -> Result<BTreeSet<(Uuid, String)>> {
    let mut numbers = BTreeMap::<Uuid, BTreeSet<&str>>::new();
    for heard in all {
        numbers.entry(heard.operator).or_default().insert(&heard.report.connector);
    }
    let mut keys = HashMap::<(Uuid, String), Uuid>::new();
    for (operator, numbers) in &numbers {
        let numbers: Vec<&str> = numbers.iter().copied().collect();
        for chunk in numbers.chunks(AT_ONCE) {
            let query = connectors::Entity::find()
                .select_only()
                .column(connectors::Column::Id)
                .column(connectors::Column::Number)
                .filter(connectors::Column::OperatorId.eq(*operator))
                .filter(connectors::Column::Number.is_in(chunk.iter().copied()))
                .lock_exclusive();
            let rows: Vec<(Uuid, String)> = query.order_by_asc(connectors::Column::Id).into_tuple().all(on).await?;
            keys.extend(rows.into_iter().map(|(id, number)| ((*operator, number), id)));
        }
    }
    let ids: Vec<Uuid> = keys.values().copied().collect();
    let mut standing = states_of(on, &ids).await?;
    let (mut changes, mut touched, mut unknown) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    for heard in all {
        let name = (heard.operator, heard.report.connector.clone());
        let Some(id) = keys.get(&name).copied() else {
            unknown.insert(name);
            continue;
        };
        let before = standing.get(&id).copied();
        let Some(after) = rules::heard(before, &heard.report, heard.at_ms) else { continue };
        if before.is_none_or(|before| before.status != after.status) {
            changes.insert((id, after.since_ms), after.status);
        }
        standing.insert(id, after);
        touched.insert(id);
    }
    let touched: Vec<(Uuid, State)> = touched.iter().filter_map(|id| Some((*id, *standing.get(id)?))).collect();
    write(on, touched, changes).await?;
    Ok(unknown)
}

async fn states_of(on: &DatabaseTransaction, ids: &[Uuid]) -> Result<HashMap<Uuid, State>> {
    let mut standing = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(AT_ONCE) {
        let rows =
            states::Entity::find().filter(states::Column::ConnectorId.is_in(chunk.iter().copied())).all(on).await?;
        standing.extend(rows.into_iter().map(|row| (row.connector_id, State::from(&row))));
    }
    Ok(standing)
}

impl From<&states::Model> for State {
    fn from(row: &states::Model) -> Self {
        Self { status: row.status, park: row.park, lock: row.lock_state, since_ms: row.since_ms, seen_ms: row.seen_ms }
    }
}

async fn write(
    on: &DatabaseTransaction,
    touched: Vec<(Uuid, State)>,
    changes: BTreeMap<(Uuid, i64), i32>,
) -> Result<()> {
    let target = Target {
        table: "charging_changes",
        columns: &["connector_id", "at_ms", "status"],
        suffix: "ON CONFLICT (connector_id, at_ms) DO UPDATE SET status = excluded.status",
    };
    let rows = changes.into_iter().map(|((id, at), status)| vec![id.into(), at.into(), status.into()]);
    bulk::insert(on, target, rows).await?;
    let target = Target {
        table: "charging_states",
        columns: &["connector_id", "status", "park", "lock_state", "since_ms", "seen_ms"],
        suffix: "ON CONFLICT (connector_id) DO UPDATE SET status = excluded.status, park = excluded.park, \
                 lock_state = excluded.lock_state, since_ms = excluded.since_ms, seen_ms = excluded.seen_ms",
    };
    let rows = touched.into_iter().map(|(id, state)| {
        let State { status, park, lock, since_ms, seen_ms } = state;
        vec![id.into(), status.into(), park.into(), lock.into(), since_ms.into(), seen_ms.into()]
    });
    bulk::insert(on, target, rows).await
}

/// Notes when operators last notified.
pub(crate) async fn note_heard(on: &DatabaseTransaction, operators: &BTreeSet<Uuid>, at_ms: i64) -> Result<()> {
    for operator in operators {
        let sql = "UPDATE charging_operators SET heard_ms = $1 WHERE id = $2 AND COALESCE(heard_ms, 0) < $1 - 1000";
        let values = [at_ms.into(), (*operator).into()];
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// Asks for the stations of operators at once, because they named connectors that are not known.
pub(crate) async fn ask_for_stations(on: &DatabaseTransaction, operators: &BTreeSet<Uuid>, at_ms: i64) -> Result<()> {
    for operator in operators {
        // At most every ten minutes: an operator that invents connectors must not make us ask without end.
        let sql = "UPDATE charging_polls SET due_ms = $1 WHERE operator_id = $2 AND kind = 'stations' AND due_ms > $1 \
                   AND COALESCE(tried_ms, 0) < $1 - 600000";
        let values = [at_ms.into(), (*operator).into()];
        on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// Notes silence: connectors of which nothing was heard for longer than it is believed stand at [`NO_NEWS`] from the
/// moment on at which that was so. Returns how many.
pub(crate) async fn note_silence(on: &DatabaseTransaction, now_ms: i64) -> Result<u64> {
    let mut silent = 0;
    for (polled, believed_ms) in [(true, rules::BELIEVED_POLLED_MS), (false, rules::BELIEVED_NOTIFYING_MS)] {
        let of = if polled { "<> ''" } else { "= ''" };
        let which = format!(
            "seen_ms < $1 AND status <> {NO_NEWS} AND connector_id IN (SELECT c.id FROM charging_connectors c \
             JOIN charging_operators o ON o.id = c.operator_id WHERE o.address {of})"
        );
        let changes = format!(
            "INSERT INTO charging_changes (connector_id, at_ms, status) SELECT connector_id, seen_ms + {believed_ms}, {NO_NEWS} \
             FROM charging_states WHERE {which} ON CONFLICT (connector_id, at_ms) DO NOTHING"
        );
        let states =
            format!("UPDATE charging_states SET status = {NO_NEWS}, since_ms = seen_ms + {believed_ms} WHERE {which}");
        let backend = on.get_database_backend();
        let lock = "SELECT connector_id FROM charging_states WHERE seen_ms < $1 ORDER BY connector_id FOR UPDATE";
        if backend == Backend::Postgres {
            on.execute_raw(Statement::from_sql_and_values(backend, lock, [(now_ms - believed_ms).into()])).await?;
        }
        let values: [sea_orm::Value; 1] = [(now_ms - believed_ms).into()];
        on.execute_raw(Statement::from_sql_and_values(backend, changes, values.clone())).await?;
        silent += on.execute_raw(Statement::from_sql_and_values(backend, states, values)).await?.rows_affected();
    }
    Ok(silent)
}
