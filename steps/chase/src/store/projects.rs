//! Projects by key.

use ledger::tables::projects::{Entity, Model};
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use store::Result;

/// The project with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}
