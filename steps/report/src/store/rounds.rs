//! Rounds.

use kernel::Problem;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use store::{Backend, Error, Result, Tx};

use crate::tables::rounds::{Column, Entity, Model};

/// The round with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}

/// The rounds with these keys.
///
/// # Errors
/// When the database fails.
pub async fn rounds_with_keys<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        found.extend(Entity::find().filter(Column::Id.is_in(chunk.iter().copied())).all(on).await?);
    }
    Ok(found)
}

/// The rounds of these programmes, the latest cut-off first.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programmes: &[Uuid]) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ProgrammeId.is_in(programmes.iter().copied()))
        .order_by_desc(Column::CutOff)
        .all(on)
        .await?)
}

/// Reads the round and keeps it from being closed until the commit; others who fill in go on meanwhile.
pub(crate) async fn lock_round(tx: &Tx, id: Uuid) -> Result<Option<Model>> {
    let mut query = Entity::find_by_id(id);
    if tx.on().get_database_backend() == Backend::Postgres {
        query = query.lock_shared();
    }
    Ok(query.one(tx.on()).await?)
}

pub(crate) async fn add_round(tx: &Tx, row: Model) -> Result<()> {
    let cut_off = row.cut_off;
    let added = Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await;
    match added.map_err(Error::from) {
        Err(error) if error.is_duplicate() => Err(Problem::conflict(
            format!("截至 {cut_off} 的填报期已经开启过，请在列表中打开它"),
            format!("the round for {cut_off} has been opened already: find it in the list"),
        )
        .into()),
        other => other.map(|_| ()),
    }
}

/// Closes the round unless it is closed already; says whether it did.
pub(crate) async fn close_round(tx: &Tx, id: Uuid) -> Result<bool> {
    let closed = Entity::update_many()
        .col_expr(Column::ClosedMs, Expr::value(tx.at_ms()))
        .col_expr(Column::ClosedBy, Expr::value(&tx.actor().name))
        .filter(Column::Id.eq(id))
        .filter(Column::ClosedMs.is_null())
        .exec(tx.on())
        .await?;
    Ok(closed.rows_affected == 1)
}
