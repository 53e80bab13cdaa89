//! Ratings that were kept, and the rows from which they are measured.

use ::store::{Result, Tx};
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};

use crate::chargers::tables::{connectors, ratings, stations};

/// A connector and its station.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plug {
    pub(crate) connector: Uuid,
    pub(crate) station: Uuid,
}

/// Public stations that operators list now in a place.
pub(crate) async fn stations<C: ConnectionTrait>(on: &C, place: RegionCode) -> Result<Vec<stations::Model>> {
    let tree = place.subtree();
    Ok(stations::Entity::find()
        .filter(stations::Column::Region.between(tree.start().stored(), tree.end().stored()))
        .filter(stations::Column::GoneMs.is_null())
        .filter(stations::Column::Kind.ne(50))
        .order_by_asc(stations::Column::Id)
        .all(on)
        .await?)
}

/// The connectors of stations.
pub(crate) async fn plugs<C: ConnectionTrait>(on: &C, stations: &[Uuid]) -> Result<Vec<Plug>> {
    let mut plugs = Vec::new();
    for chunk in stations.chunks(500) {
        let rows: Vec<(Uuid, Uuid)> = connectors::Entity::find()
            .select_only()
            .columns([connectors::Column::Id, connectors::Column::StationId])
            .filter(connectors::Column::StationId.is_in(chunk.iter().copied()))
            .filter(connectors::Column::GoneMs.is_null())
            .order_by_asc(connectors::Column::Id)
            .into_tuple()
            .all(on)
            .await?;
        plugs.extend(rows.into_iter().map(|(connector, station)| Plug { connector, station }));
    }
    Ok(plugs)
}

/// Keeps a rating.
pub(crate) async fn add(tx: &Tx, row: ratings::Model) -> Result<()> {
    ratings::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// The rating with this key.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<ratings::Model>> {
    Ok(ratings::Entity::find_by_id(id).one(on).await?)
}

/// Kept ratings, the latest first: `limit` from before `before` on.
pub async fn list<C: ConnectionTrait>(on: &C, before: Option<Uuid>, limit: u64) -> Result<Vec<ratings::Model>> {
    let mut query = ratings::Entity::find();
    if let Some(before) = before {
        query = query.filter(ratings::Column::Id.lt(before));
    }
    Ok(query.order_by_desc(ratings::Column::Id).limit(limit).all(on).await?)
}
