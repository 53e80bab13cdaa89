//! What was done to orders.

use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::order_acts::{Column, Entity, Model};
use crate::words::{Act, State};

/// The word of the first act, which makes the order.
pub(crate) const RAISE: &str = "raise";

impl Model {
    /// What was done; none for the raising.
    pub fn act(&self) -> Option<Act> {
        Act::parse(&self.act)
    }

    /// The state that it led to.
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Open)
    }
}

/// The deed with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Id.eq(id)).one(on).await?)
}

/// What was done to an order, first things first.
pub(crate) async fn of_order<C: ConnectionTrait>(on: &C, order: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find().filter(Column::OrderId.eq(order)).order_by_asc(Column::Position).all(on).await?)
}

/// What was done to these orders, first things first.
pub(crate) async fn of_orders<C: ConnectionTrait>(on: &C, orders: &[Uuid]) -> Result<Vec<Model>> {
    let mut found = Vec::new();
    for chunk in orders.chunks(1_000) {
        let of_them = Entity::find().filter(Column::OrderId.is_in(chunk.iter().copied()));
        found.extend(of_them.order_by_asc(Column::AtMs).order_by_asc(Column::Position).all(on).await?);
    }
    Ok(found)
}

/// Notes what was done.
pub(crate) async fn add(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}
