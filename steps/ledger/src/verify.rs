//! Whether the ledger's rows are still what the audit chain says they were.

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use serde_json::Value;
use store::Result;
use store::audit::{self, Fault, FaultKind, RowDigest, Verification, events};

use crate::entries::{digest_rows, hands_digest, sources_of};
use crate::tables::entries;

/// Rows read at once, which bounds memory.
const PAGE: u64 = 2_000;

/// Walks the chain and, for every event that wrote entries, compares the rows, and who had a hand in them, with the digests
/// it holds.
///
/// # Errors
/// When the database fails; a broken chain is not an error but a finding.
pub async fn verify<C: ConnectionTrait>(on: &C) -> Result<Verification> {
    let mut found = audit::verify(on).await?;
    if found.fault.is_some() {
        return Ok(found);
    }
    let writing = events::Entity::find()
        .filter(events::Column::Detail.contains("\"digest\""))
        .order_by_asc(events::Column::Number)
        .all(on)
        .await?;
    for event in writing {
        let detail: Value = serde_json::from_str(&event.detail).unwrap_or_default();
        let Some(promised) = detail.get("digest").and_then(Value::as_str) else { continue };
        if rows_digest(on, event.id).await? != promised {
            found.fault = Some(Fault { number: event.number, kind: FaultKind::RowsChanged });
            return Ok(found);
        }
        // Events of earlier versions promise nothing about who acted.
        let hands = detail.get("hands").and_then(Value::as_str);
        if let Some(promised) = hands
            && hands_digest(on, event.id).await? != promised
        {
            found.fault = Some(Fault { number: event.number, kind: FaultKind::RowsChanged });
            return Ok(found);
        }
    }
    let unknown = entries::Entity::find()
        .filter(entries::Column::EventId.not_in_subquery(
            sea_orm::sea_query::Query::select().column(events::Column::Id).from(events::Entity).to_owned(),
        ))
        .one(on)
        .await?;
    if unknown.is_some() {
        found.fault = Some(Fault { number: found.events + 1, kind: FaultKind::RowsChanged });
    }
    Ok(found)
}

async fn rows_digest<C: ConnectionTrait>(on: &C, event: Uuid) -> Result<String> {
    let mut digest = RowDigest::default();
    let mut after = Uuid::nil();
    loop {
        let rows = entries::Entity::find()
            .filter(entries::Column::EventId.eq(event))
            .filter(entries::Column::Id.gt(after))
            .order_by_asc(entries::Column::Id)
            .limit(PAGE)
            .all(on)
            .await?;
        let Some(last) = rows.last() else { return Ok(digest.finish()) };
        after = last.id;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut by_entry = sources_of(on, &ids).await?;
        let sources: Vec<_> = rows.iter().filter_map(|row| by_entry.remove(&row.id)).collect();
        digest_rows(&rows, &sources, &mut digest);
    }
}
