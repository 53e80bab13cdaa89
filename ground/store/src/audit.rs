//! The audit chain: every write is an event, and every event carries the SM3 hash of the one before.
//!
//! SM3 is GB/T 32905-2016; the published vector for "abc" is a test here (certainty V).

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, QueryTrait};
use serde_json::Value;
use sm3::{Digest, Sm3};

use crate::{Actor, Backend, Error, Result, hex};

/// The hash before the first event.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Rows read at once while verifying, which bounds memory.
const PAGE: u64 = 2_000;

/// What a step tells the chain about one write.
#[derive(Clone, Debug)]
pub struct Event {
    /// The event's own key, which rows written with it may carry.
    pub id: Uuid,
    /// What was done, as noun and verb: `programme.created`, `entry.corrected`, `facts.imported`.
    pub action: &'static str,
    /// The sort of thing it was done to: `programme`, `entry`, `account`.
    pub subject_kind: &'static str,
    /// The thing's key or name.
    pub subject: String,
    /// What changed, before and after where that matters. Its text is hashed as it stands.
    pub detail: Value,
}

impl Event {
    /// An event with a fresh key.
    pub fn new(action: &'static str, subject_kind: &'static str, subject: impl ToString, detail: Value) -> Self {
        Self { id: Uuid::now_v7(), action, subject_kind, subject: subject.to_string(), detail }
    }
}

/// The table of events.
pub mod events {
    use sea_orm::entity::prelude::*;

    /// One event of the chain.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_events")]
    pub struct Model {
        /// 1, 2, 3 … without gaps.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i64,
        /// The event's own key.
        pub id: Uuid,
        /// When, in Unix milliseconds.
        pub at_ms: i64,
        /// The account that acted, if any.
        pub account_id: Option<Uuid>,
        /// The name of who acted, as it was then.
        pub actor: String,
        /// What was done.
        pub action: String,
        /// The sort of thing.
        pub subject_kind: String,
        /// The thing's key or name.
        pub subject: String,
        /// What changed, as JSON text.
        pub detail: String,
        /// The hash of the event before.
        pub previous: String,
        /// The SM3 hash over everything above.
        pub hash: String,
    }

    /// Events stand alone.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// The last number and hash, kept apart so that events cut off at the end are noticed.
pub mod heads {
    use sea_orm::entity::prelude::*;

    /// The one row that says where the chain ends.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_heads")]
    pub struct Model {
        /// Always 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i32,
        /// The last event's number.
        pub number: i64,
        /// The last event's hash.
        pub hash: String,
    }

    /// The head stands alone.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

impl events::Model {
    /// The hash that this event must carry: SM3 over its fields, each preceded by its length.
    fn expected_hash(&self) -> String {
        let account = self.account_id.map(|id| id.to_string()).unwrap_or_default();
        let mut hasher = Sm3::new();
        for field in [
            self.previous.as_str(),
            &self.number.to_string(),
            &self.id.to_string(),
            &self.at_ms.to_string(),
            &account,
            &self.actor,
            &self.action,
            &self.subject_kind,
            &self.subject,
            &self.detail,
        ] {
            hasher.update((field.len() as u64).to_be_bytes());
            hasher.update(field);
        }
        hex(&hasher.finalize())
    }
}

/// SM3 of `bytes` in lower-case hexadecimal.
pub fn sm3_hex(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sm3::digest(bytes))
}

/// An SM3 digest over many rows, fed one after the other in a fixed order.
#[derive(Clone, Default)]
pub struct RowDigest(Sm3);

impl RowDigest {
    /// Adds a row's canonical text.
    pub fn add(&mut self, row: &str) {
        self.0.update((row.len() as u64).to_be_bytes());
        self.0.update(row);
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

pub(crate) async fn append<C: ConnectionTrait>(on: &C, actor: &Actor, at_ms: i64, event: Event) -> Result<i64> {
    let mut head = heads::Entity::find_by_id(1);
    if on.get_database_backend() == Backend::Postgres {
        head = head.lock_exclusive();
    }
    let head = head.one(on).await?.ok_or_else(|| DbErr::RecordNotFound("audit_heads".into()))?;
    let mut row = events::Model {
        number: head.number + 1,
        id: event.id,
        at_ms,
        account_id: actor.account,
        actor: actor.name.clone(),
        action: event.action.to_owned(),
        subject_kind: event.subject_kind.to_owned(),
        subject: event.subject,
        detail: event.detail.to_string(),
        previous: head.hash,
        hash: String::new(),
    };
    row.hash = row.expected_hash();
    let (number, hash) = (row.number, row.hash.clone());
    events::Entity::insert(row.into_active_model()).exec_without_returning(on).await?;
    heads::Entity::update_many()
        .col_expr(heads::Column::Number, Expr::value(number))
        .col_expr(heads::Column::Hash, Expr::value(hash))
        .filter(heads::Column::Id.eq(1))
        .exec(on)
        .await?;
    Ok(number)
}

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Verification {
    /// Events that were read.
    pub events: i64,
    /// The hash of the last one.
    pub head: String,
    /// The first fault, if any; nothing behind it can be trusted.
    pub fault: Option<Fault>,
}

/// The first place where the chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The event's number.
    pub number: i64,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The content is not what was hashed.
    Changed,
    /// An event between its neighbours is gone, or the order is not that of writing.
    MissingOrReordered,
    /// Events at the end are gone, or were added behind the program's back.
    EndMoved,
    /// Rows that the event wrote are not what was hashed (reported by the step that owns them).
    RowsChanged,
}

/// Walks the chain from the first event to the last.
///
/// # Errors
/// When the database fails; a broken chain is not an error but a finding.
pub async fn verify<C: ConnectionTrait>(on: &C) -> Result<Verification> {
    let (mut number, mut hash) = (0_i64, GENESIS.to_owned());
    let fault = 'walk: loop {
        let page = events::Entity::find()
            .filter(events::Column::Number.gt(number))
            .order_by_asc(events::Column::Number)
            .limit(PAGE)
            .all(on)
            .await?;
        if page.is_empty() {
            break None;
        }
        for event in page {
            let fault = |kind| Some(Fault { number: event.number, kind });
            if event.number != number + 1 || event.previous != hash {
                break 'walk fault(FaultKind::MissingOrReordered);
            }
            if event.expected_hash() != event.hash {
                break 'walk fault(FaultKind::Changed);
            }
            (number, hash) = (event.number, event.hash);
        }
    };
    let head = heads::Entity::find_by_id(1).one(on).await?;
    let end_moved = head.is_none_or(|head| head.number != number || head.hash != hash);
    let fault = fault.or(end_moved.then_some(Fault { number: number + 1, kind: FaultKind::EndMoved }));
    Ok(Verification { events: number, head: hash, fault })
}

/// The number of the last event; 0 before the first.
///
/// # Errors
/// When the database fails.
pub async fn last_number<C: ConnectionTrait>(on: &C) -> Result<i64> {
    Ok(heads::Entity::find_by_id(1).one(on).await?.map_or(0, |head| head.number))
}

/// The event with the key `id`.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<events::Model>> {
    Ok(events::Entity::find().filter(events::Column::Id.eq(id)).one(on).await?)
}

/// Events before number `before` (all when `None`), newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn latest<C: ConnectionTrait>(on: &C, before: Option<i64>, limit: u64) -> Result<Vec<events::Model>> {
    search(on, &Search::default(), before, limit).await
}

/// Which events are looked for; what is not given does not narrow.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The name of who acted, as it was then.
    pub actor: Option<String>,
    /// What the action begins with: `order` finds `order.raised` and `order.closed`.
    pub action: Option<String>,
    /// The key or name of the thing that was written.
    pub subject: Option<String>,
    /// The first moment, in Unix milliseconds.
    pub since_ms: Option<i64>,
    /// The first moment that no longer counts, in Unix milliseconds.
    pub before_ms: Option<i64>,
}

/// The events that `search` asks for before number `before`, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn search<C: ConnectionTrait>(
    on: &C,
    search: &Search,
    before: Option<i64>,
    limit: u64,
) -> Result<Vec<events::Model>> {
    use events::Column;
    let mut query = events::Entity::find().order_by_desc(Column::Number).limit(limit);
    query = query.apply_if(before, |query, number| query.filter(Column::Number.lt(number)));
    query = query.apply_if(search.actor.as_deref(), |query, name| query.filter(Column::Actor.eq(name)));
    query = query.apply_if(search.action.as_deref(), |query, start| query.filter(Column::Action.starts_with(start)));
    query = query.apply_if(search.subject.as_deref(), |query, subject| query.filter(Column::Subject.eq(subject)));
    query = query.apply_if(search.since_ms, |query, since| query.filter(Column::AtMs.gte(since)));
    query = query.apply_if(search.before_ms, |query, end| query.filter(Column::AtMs.lt(end)));
    query.all(on).await.map_err(Error::from)
}

/// Events about any of `subjects`, newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn about<C: ConnectionTrait>(
    on: &C,
    subject_kind: &str,
    subjects: &[String],
    limit: u64,
) -> Result<Vec<events::Model>> {
    Ok(events::Entity::find()
        .filter(events::Column::SubjectKind.eq(subject_kind))
        .filter(events::Column::Subject.is_in(subjects.iter().map(String::as_str)))
        .order_by_desc(events::Column::Number)
        .limit(limit)
        .all(on)
        .await?)
}

/// The events of these actions about one subject, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn acts_on<C: ConnectionTrait>(
    on: &C,
    (subject_kind, subject): (&str, &str),
    actions: &[&str],
) -> Result<Vec<events::Model>> {
    Ok(events::Entity::find()
        .filter(events::Column::SubjectKind.eq(subject_kind))
        .filter(events::Column::Subject.eq(subject))
        .filter(events::Column::Action.is_in(actions.iter().copied()))
        .order_by_asc(events::Column::Number)
        .all(on)
        .await?)
}

#[cfg(test)]
mod tests {
    /// The published vector of the standard.
    #[test]
    fn sm3_of_abc() {
        assert_eq!(super::sm3_hex("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }
}
