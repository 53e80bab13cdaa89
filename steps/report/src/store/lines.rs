//! The lines of returns.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, Statement, Value};
use store::{Result, Tx, amount, bulk};

use crate::tables::return_lines::{Column, Entity, Model};
use figures::Decimal;

/// Peers of one form that are looked at, which bounds what a form costs in a province.
const MOST_PEERS: usize = 2_000;

/// The lines of these returns, each in the order of its form.
pub(crate) async fn lines_of<C: ConnectionTrait>(on: &C, returns: &[Uuid]) -> Result<HashMap<Uuid, Vec<Model>>> {
    let mut found = HashMap::<Uuid, Vec<Model>>::with_capacity(returns.len());
    for chunk in returns.chunks(1_000) {
        let rows = Entity::find()
            .filter(Column::ReturnId.is_in(chunk.iter().copied()))
            .order_by_asc(Column::Position)
            .all(on)
            .await?;
        for row in rows {
            found.entry(row.return_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// The lines of one earlier return.
pub(crate) async fn previous_lines<C: ConnectionTrait>(on: &C, previous: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::ReturnId.eq(previous)).order_by_asc(Column::Position).all(on).await?)
}

/// What share of its target others reached in a round, in percent, by indicator: submitted returns only, the asking ones
/// left out.
pub(crate) async fn peers_of<C: ConnectionTrait>(
    on: &C,
    round: Uuid,
    indicators: &[Uuid],
    except: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Decimal>>> {
    let mut found = HashMap::<Uuid, Vec<Decimal>>::new();
    for chunk in indicators.chunks(500) {
        let slots: Vec<String> = (0..chunk.len()).map(|at| format!("${}", at + 2)).collect();
        let sql = format!(
            "SELECT l.return_id, l.indicator_id, l.value, l.target FROM return_lines l \
             JOIN returns r ON r.id = l.return_id AND r.state IN ('submitted', 'approved') \
             WHERE l.round_id = $1 AND l.indicator_id IN ({}) AND l.value IS NOT NULL AND l.target > 0 LIMIT {MOST_PEERS}",
            slots.join(",")
        );
        let values: Vec<Value> =
            std::iter::once(round.into()).chain(chunk.iter().map(|indicator| (*indicator).into())).collect();
        for row in on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await? {
            let id: Uuid = row.try_get("", "return_id")?;
            if except.contains(&id) {
                continue;
            }
            let (value, target): (i64, i64) = (row.try_get("", "value")?, row.try_get("", "target")?);
            let (value, target) = (amount::from_stored(value), amount::from_stored(target));
            let share = value.checked_mul(Decimal::ONE_HUNDRED).and_then(|value| value.checked_div(target));
            if let Some(share) = share {
                found.entry(row.try_get("", "indicator_id")?).or_default().push(share);
            }
        }
    }
    Ok(found)
}

const COLUMNS: [&str; 13] = [
    "return_id",
    "indicator_id",
    "programme_id",
    "round_id",
    "position",
    "by_body",
    "target",
    "raw",
    "value",
    "precision_code",
    "qualifier",
    "reason",
    "flags",
];

pub(crate) async fn add_lines(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    put(tx, rows, "").await
}

/// Writes what was typed and judged; the lines are there since the round was opened.
pub(crate) async fn write_lines(tx: &Tx, rows: Vec<Model>) -> Result<()> {
    let suffix = "ON CONFLICT (return_id, indicator_id) DO UPDATE SET raw = excluded.raw, value = excluded.value, \
                  precision_code = excluded.precision_code, qualifier = excluded.qualifier, reason = excluded.reason, \
                  flags = excluded.flags";
    put(tx, rows, suffix).await
}

async fn put(tx: &Tx, rows: Vec<Model>, suffix: &str) -> Result<()> {
    let target = bulk::Target { table: "return_lines", columns: &COLUMNS, suffix };
    let values = rows.into_iter().map(|row| {
        vec![
            row.return_id.into(),
            row.indicator_id.into(),
            row.programme_id.into(),
            row.round_id.into(),
            row.position.into(),
            row.by_body.into(),
            row.target.into(),
            row.raw.into(),
            row.value.into(),
            row.precision_code.into(),
            row.qualifier.into(),
            row.reason.into(),
            row.flags.into(),
        ]
    });
    bulk::insert(tx.on(), target, values).await
}
