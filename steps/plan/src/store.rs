//! Every query on this step's own table. Jobs are nobody's act on the ledger: what they do is audited there.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect};
use store::{Result, Store};

use crate::imports::JobState;
use crate::tables::import_jobs::{Column, Entity, Model};

/// Notes a new job.
pub(crate) async fn add(store: &Store, job: Model) -> Result<()> {
    Entity::insert(job.into_active_model()).exec_without_returning(store.for_upkeep()).await?;
    Ok(())
}

/// The job with this key, if it is this account's.
pub(crate) async fn find(store: &Store, account: Uuid, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).filter(Column::AccountId.eq(account)).one(store.reader()).await?)
}

/// The account's latest jobs, newest first.
pub(crate) async fn latest(store: &Store, account: Uuid, limit: u64) -> Result<Vec<Model>> {
    let own = Entity::find().filter(Column::AccountId.eq(account));
    Ok(own.order_by_desc(Column::Id).limit(limit).all(store.reader()).await?)
}

/// Notes how far a job has come.
pub(crate) async fn note_progress(store: &Store, id: Uuid, done: i64, total: i64) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Done, Expr::value(done))
        .col_expr(Column::Total, Expr::value(total))
        .col_expr(Column::UpdatedMs, Expr::value(store.clock().now_ms()))
        .filter(Column::Id.eq(id))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

/// Moves a job on, if it still stands where it is thought to stand; says whether it did.
pub(crate) async fn advance(store: &Store, id: Uuid, from: JobState, to: JobState) -> Result<bool> {
    let moved = Entity::update_many()
        .col_expr(Column::State, Expr::value(to.code()))
        .col_expr(Column::UpdatedMs, Expr::value(store.clock().now_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from.code()))
        .exec(store.for_upkeep())
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Writes what became of a job; `file` empties its place in the folder.
pub(crate) async fn finish(
    store: &Store,
    id: Uuid,
    state: JobState,
    (report, faults): (Option<String>, Option<String>),
    file: &str,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state.code()))
        .col_expr(Column::Report, Expr::value(report))
        .col_expr(Column::Faults, Expr::value(faults))
        .col_expr(Column::File, Expr::value(file))
        .col_expr(Column::UpdatedMs, Expr::value(store.clock().now_ms()))
        .filter(Column::Id.eq(id))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

/// Jobs that still hold a file and that nobody has touched since `before_ms`.
pub(crate) async fn forgotten(store: &Store, before_ms: i64) -> Result<Vec<Model>> {
    let held = Entity::find().filter(Column::File.ne("")).filter(Column::UpdatedMs.lt(before_ms));
    Ok(held.limit(100).all(store.reader()).await?)
}
