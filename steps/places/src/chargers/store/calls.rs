//! Calls that were taken, remembered so that none is taken twice.

use std::collections::HashSet;

use ::store::{Backend, Result};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement, Value};
use uuid::Uuid;

/// Operator, time and number of a call.
pub type Call = (Uuid, String, String);

/// Calls in one statement.
const AT_ONCE: usize = 500;

/// Remembers `calls` and says which of them are new; of two that are the same, neither is named twice.
pub(crate) async fn remember(on: &DatabaseTransaction, calls: &HashSet<Call>, at_ms: i64) -> Result<HashSet<Call>> {
    let mut fresh = HashSet::with_capacity(calls.len());
    let backend = on.get_database_backend();
    let all: Vec<&Call> = calls.iter().collect();
    for chunk in all.chunks(AT_ONCE) {
        let place = |at: usize| if backend == Backend::Postgres { format!("${at}") } else { "?".to_owned() };
        let tuples: Vec<String> = (0..chunk.len())
            .map(|row| {
                format!("({},{},{},{})", place(4 * row + 1), place(4 * row + 2), place(4 * row + 3), place(4 * row + 4))
            })
            .collect();
        let sql = format!(
            "INSERT INTO charging_calls (operator_id, stamp, seq, at_ms) VALUES {} \
             ON CONFLICT (operator_id, stamp, seq) DO NOTHING RETURNING operator_id, stamp, seq",
            tuples.join(",")
        );
        let values = chunk.iter().flat_map(|(operator, stamp, seq)| -> [Value; 4] {
            [(*operator).into(), stamp.as_str().into(), seq.as_str().into(), at_ms.into()]
        });
        for row in on.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await? {
            fresh.insert((row.try_get("", "operator_id")?, row.try_get("", "stamp")?, row.try_get("", "seq")?));
        }
    }
    Ok(fresh)
}

/// Forgets calls from before `before_ms`, which the window refuses anyway.
pub(crate) async fn forget<C: ConnectionTrait>(on: &C, before_ms: i64) -> Result<u64> {
    let sql = "DELETE FROM charging_calls WHERE at_ms < $1";
    Ok(on
        .execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, [before_ms.into()]))
        .await?
        .rows_affected())
}
