//! Programmes and indicators as pages list them.

use std::collections::HashMap;

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};
use store::Result;

use crate::tables::{indicators, programmes};

/// The programme with this slug.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, slug: &str) -> Result<Option<programmes::Model>> {
    Ok(programmes::Entity::find().filter(programmes::Column::Slug.eq(slug)).one(on).await?)
}

/// The programme with this key.
///
/// # Errors
/// When the database fails.
pub async fn with_key<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<programmes::Model>> {
    Ok(programmes::Entity::find_by_id(id).one(on).await?)
}

/// All programmes, by place, the newest year first.
///
/// # Errors
/// When the database fails.
pub async fn all<C: ConnectionTrait>(on: &C) -> Result<Vec<programmes::Model>> {
    Ok(programmes::Entity::find()
        .order_by_asc(programmes::Column::Region)
        .order_by_desc(programmes::Column::Year)
        .order_by_asc(programmes::Column::Series)
        .all(on)
        .await?)
}

/// What the public sees of the programmes.
fn public() -> Select<programmes::Entity> {
    programmes::Entity::find().filter(programmes::Column::Published.eq(true))
}

/// The published programme with this slug.
///
/// # Errors
/// When the database fails.
pub async fn find_published<C: ConnectionTrait>(on: &C, slug: &str) -> Result<Option<programmes::Model>> {
    Ok(public().filter(programmes::Column::Slug.eq(slug)).one(on).await?)
}

/// Published programmes in the order of their slugs, which is that of places and years: `limit` of them behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn list_published<C: ConnectionTrait>(
    on: &C,
    after: Option<&str>,
    limit: u64,
) -> Result<Vec<programmes::Model>> {
    Ok(public()
        .filter(programmes::Column::Slug.gt(after.unwrap_or_default()))
        .order_by_asc(programmes::Column::Slug)
        .limit(limit)
        .all(on)
        .await?)
}

/// The published programmes with these keys.
///
/// # Errors
/// When the database fails.
pub async fn published_among<C: ConnectionTrait>(
    on: &C,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, programmes::Model>> {
    let rows = public().filter(programmes::Column::Id.is_in(ids)).all(on).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// The published programmes of a place, of the places it lies in and of those that lie in it, from above down.
///
/// # Errors
/// When the database fails.
pub async fn published_around<C: ConnectionTrait>(on: &C, region: RegionCode) -> Result<Vec<programmes::Model>> {
    let subtree = region.subtree();
    let above = region.lineage().map(RegionCode::stored);
    let around = Condition::any()
        .add(programmes::Column::Region.between(subtree.start().stored(), subtree.end().stored()))
        .add(programmes::Column::Region.is_in(above));
    Ok(public()
        .filter(around)
        .order_by_asc(programmes::Column::Region)
        .order_by_desc(programmes::Column::Year)
        .order_by_asc(programmes::Column::Series)
        .all(on)
        .await?)
}

/// The years that have published programmes, newest first.
///
/// # Errors
/// When the database fails.
pub async fn published_years<C: ConnectionTrait>(on: &C) -> Result<Vec<i32>> {
    let years = public().select_only().column(programmes::Column::Year).distinct();
    Ok(years.order_by_desc(programmes::Column::Year).into_tuple().all(on).await?)
}

/// The slugs of programmes that the public must not see.
///
/// # Errors
/// When the database fails.
pub async fn unpublished<C: ConnectionTrait>(on: &C) -> Result<Vec<String>> {
    let hidden = programmes::Entity::find().filter(programmes::Column::Published.eq(false));
    Ok(hidden.select_only().column(programmes::Column::Slug).into_tuple().all(on).await?)
}

/// The indicators of these programmes, by programme and number.
///
/// # Errors
/// When the database fails.
pub async fn indicators_of<C: ConnectionTrait>(on: &C, programmes: &[Uuid]) -> Result<Vec<indicators::Model>> {
    Ok(indicators::Entity::find()
        .filter(indicators::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .order_by_asc(indicators::Column::ProgrammeId)
        .order_by_asc(indicators::Column::Number)
        .all(on)
        .await?)
}

/// How many indicators each programme has.
///
/// # Errors
/// When the database fails.
pub async fn indicator_counts<C: ConnectionTrait>(on: &C) -> Result<HashMap<Uuid, i64>> {
    let counts: Vec<(Uuid, i64)> = indicators::Entity::find()
        .select_only()
        .column(indicators::Column::ProgrammeId)
        .column_as(indicators::Column::Id.count(), "count")
        .group_by(indicators::Column::ProgrammeId)
        .into_tuple()
        .all(on)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The indicators with these keys.
///
/// # Errors
/// When the database fails.
pub async fn indicators_among<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<Vec<indicators::Model>> {
    Ok(indicators::Entity::find().filter(indicators::Column::Id.is_in(ids.iter().copied())).all(on).await?)
}

/// Every unit that an indicator of the ledger has.
///
/// # Errors
/// When the database fails.
pub async fn units<C: ConnectionTrait>(on: &C) -> Result<Vec<String>> {
    let units = indicators::Entity::find().select_only().column(indicators::Column::Unit).distinct();
    Ok(units.into_tuple().all(on).await?)
}
