//! What a person is told here.

use ::store::{Result, Store};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Channel;
use crate::tables::notices::{self, Column};

/// The inbox of `account`, newest first, before the notice `before`, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    on: &C,
    account: Uuid,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<notices::Model>> {
    // Keys grow with time.
    let mut query = own(account).order_by_desc(Column::Id).limit(limit);
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.all(on).await?)
}

/// How many notices `account` has not read.
///
/// # Errors
/// When the database fails.
pub async fn unread<C: ConnectionTrait>(on: &C, account: Uuid) -> Result<u64> {
    Ok(own(account).filter(Column::ReadMs.is_null()).count(on).await?)
}

/// Marks as read what `account` has in the inbox up to the instant `until_ms`. Nobody's act but the reader's own, so not
/// audited.
///
/// # Errors
/// When the database fails.
pub async fn mark_read(store: &Store, account: Uuid, until_ms: i64) -> Result<()> {
    notices::Entity::update_many()
        .col_expr(Column::ReadMs, Expr::value(store.clock().now_ms()))
        .filter(Column::AccountId.eq(account).and(Column::Channel.eq(Channel::Inbox.code())))
        .filter(Column::ReadMs.is_null())
        .filter(Column::CreatedMs.lte(until_ms))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

fn own(account: Uuid) -> sea_orm::Select<notices::Entity> {
    notices::Entity::find().filter(Column::Channel.eq(Channel::Inbox.code())).filter(Column::AccountId.eq(account))
}
