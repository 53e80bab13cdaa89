//! Whose hands a figure went through before it came into the ledger.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect};
use store::audit::RowDigest;
use store::{Result, Tx, bulk};

use crate::programmes::stored;
use crate::tables::{entries, hands};
use crate::words::Act;

/// One act on the way of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hand {
    /// What was done.
    pub act: Act,
    /// Who did it; shown to colleagues only.
    pub person: String,
    /// For which body; shown to everybody.
    pub organisation: String,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
}

/// Writes down the acts that led to entries just posted in this transaction, each in its order.
///
/// # Errors
/// When an entry is not there, or its acts have been named already.
pub async fn name_hands(tx: &Tx, named: &[(Uuid, Vec<Hand>)]) -> Result<()> {
    let mut programmes = HashMap::with_capacity(named.len());
    let keys: Vec<Uuid> = named.iter().map(|(entry, _)| *entry).collect();
    for chunk in keys.chunks(1_000) {
        let rows =
            entries::Entity::find().filter(entries::Column::Id.is_in(chunk.iter().copied())).all(tx.on()).await?;
        programmes.extend(rows.into_iter().map(|row| (row.id, row.programme_id)));
    }
    let mut rows = Vec::new();
    for (entry, acts) in named {
        let missing = || kernel::Problem::not_found("台账里没有这条记录", "the ledger has no such entry");
        let programme = *programmes.get(entry).ok_or_else(missing)?;
        for (position, hand) in (0_i32..).zip(acts) {
            rows.push(vec![
                (*entry).into(),
                position.into(),
                programme.into(),
                hand.act.code().into(),
                hand.person.as_str().into(),
                hand.organisation.as_str().into(),
                hand.at_ms.into(),
            ]);
        }
    }
    let target = bulk::Target {
        table: "hands",
        columns: &["entry_id", "position", "programme_id", "act", "person", "organisation", "at_ms"],
        suffix: "",
    };
    bulk::insert(tx.on(), target, rows).await
}

/// The acts behind these entries, each in its order.
///
/// # Errors
/// When the database fails, or holds a word that no version of the program writes.
pub async fn hands_of<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Hand>>> {
    let mut found = HashMap::<Uuid, Vec<Hand>>::new();
    for chunk in ids.chunks(1_000) {
        let rows = hands::Entity::find()
            .filter(hands::Column::EntryId.is_in(chunk.iter().copied()))
            .order_by_asc(hands::Column::Position)
            .all(on)
            .await?;
        for row in rows {
            let act = stored("hands", "act", row.entry_id, Act::parse(&row.act))?;
            let hand = Hand { act, person: row.person, organisation: row.organisation, at_ms: row.at_ms };
            found.entry(row.entry_id).or_default().push(hand);
        }
    }
    Ok(found)
}

/// Entries whose acts are read at once, which bounds memory.
const PAGE: u64 = 1_000;

/// The digest of every act behind the entries of an event, for the event to promise and for [`crate::verify`] to compare:
/// by entry and order.
///
/// # Errors
/// When the database fails.
pub async fn hands_digest<C: ConnectionTrait>(on: &C, event: Uuid) -> Result<String> {
    let mut digest = RowDigest::default();
    let mut after = Uuid::nil();
    loop {
        let ids: Vec<Uuid> = entries::Entity::find()
            .select_only()
            .column(entries::Column::Id)
            .filter(entries::Column::EventId.eq(event))
            .filter(entries::Column::Id.gt(after))
            .order_by_asc(entries::Column::Id)
            .limit(PAGE)
            .into_tuple()
            .all(on)
            .await?;
        let Some(last) = ids.last() else { return Ok(digest.finish()) };
        after = *last;
        let rows = hands::Entity::find()
            .filter(hands::Column::EntryId.is_in(ids.iter().copied()))
            .order_by_asc(hands::Column::EntryId)
            .order_by_asc(hands::Column::Position)
            .all(on)
            .await?;
        for row in rows {
            digest.add(&row.canonical());
        }
    }
}

impl hands::Model {
    /// The text that the audit digest covers: every column, as a JSON array, so that no text can imitate two.
    fn canonical(&self) -> String {
        let Self { entry_id, position, programme_id, act, person, organisation, at_ms } = self;
        serde_json::json!([entry_id, position, programme_id, act, person, organisation, at_ms]).to_string()
    }
}
