//! How connectors stood over a time.

use std::collections::HashMap;

use ::store::{Backend, Result};
use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

/// The changes of connectors between `from` and `to`, each with the last one before, in order.
pub(crate) async fn changes<C: ConnectionTrait>(
    on: &C,
    connectors: &[Uuid],
    from: i64,
    to: i64,
) -> Result<HashMap<Uuid, Vec<(i64, i32)>>> {
    let mut found = HashMap::<Uuid, Vec<(i64, i32)>>::new();
    let backend = on.get_database_backend();
    for chunk in connectors.chunks(500) {
        let place = |at: usize| if backend == Backend::Postgres { format!("${at}") } else { "?".to_owned() };
        let places: Vec<String> = (1..=chunk.len()).map(place).collect();
        let sql = format!(
            "SELECT h.connector_id AS connector, h.at_ms AS at, h.status AS status FROM charging_changes h \
             WHERE h.connector_id IN ({}) AND h.at_ms < {to} AND h.at_ms >= COALESCE((SELECT MAX(p.at_ms) \
             FROM charging_changes p WHERE p.connector_id = h.connector_id AND p.at_ms <= {from}), {from}) \
             ORDER BY h.connector_id, h.at_ms",
            places.join(",")
        );
        let values = chunk.iter().map(|id| Value::from(*id));
        for row in on.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await? {
            let change = (row.try_get("", "at")?, row.try_get("", "status")?);
            found.entry(row.try_get("", "connector")?).or_default().push(change);
        }
    }
    Ok(found)
}
