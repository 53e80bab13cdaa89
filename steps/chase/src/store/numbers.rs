//! Numbers of orders: 〔2024〕1号, 2号, 3号 … in each programme and year, without gaps.

use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use store::{Result, Tx};

use crate::tables::order_numbers::{Column, Entity, Model};

/// The next number of a programme and year. It is given back when the write is given up, and whoever asks meanwhile
/// waits: on PostgreSQL for the row, on SQLite for the one writer.
pub(crate) async fn next(tx: &Tx, programme: Uuid, year: i32) -> Result<i32> {
    let first = Model { programme_id: programme, year, last: 0 }.into_active_model();
    let key = [Column::ProgrammeId, Column::Year];
    Entity::insert(first).on_conflict_do_nothing_on(key).exec_without_returning(tx.on()).await?;
    Entity::update_many()
        .col_expr(Column::Last, Expr::col(Column::Last).add(1))
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::Year.eq(year))
        .exec(tx.on())
        .await?;
    let row = Entity::find_by_id((programme, year)).one(tx.on()).await?;
    Ok(row.ok_or_else(|| DbErr::RecordNotFound("order_numbers".into()))?.last)
}
