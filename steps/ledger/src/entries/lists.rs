//! Entries as pages ask for them.

use std::collections::HashMap;

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Statement, Value};
use store::{Backend, Result};

use crate::tables::{entries, entry_sources};

/// All entries of a programme at the given places, superseded ones included.
///
/// # Errors
/// When the database fails.
pub async fn at_places<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    indicators: &[Uuid],
    places: &[RegionCode],
) -> Result<Vec<entries::Model>> {
    let mut found = Vec::new();
    for chunk in indicators.chunks(500) {
        found.extend(
            entries::Entity::find()
                .filter(entries::Column::ProgrammeId.eq(programme))
                .filter(entries::Column::IndicatorId.is_in(chunk.iter().copied()))
                .filter(entries::Column::Region.is_in(places.iter().map(|place| place.stored())))
                .order_by_asc(entries::Column::Id)
                .all(on)
                .await?,
        );
    }
    Ok(found)
}

/// The entries of an indicator at all places of `region`'s subtree, oldest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn of_indicator<C: ConnectionTrait>(
    on: &C,
    indicator: Uuid,
    region: RegionCode,
    limit: u64,
) -> Result<Vec<entries::Model>> {
    let subtree = region.subtree();
    Ok(entries::Entity::find()
        .filter(entries::Column::IndicatorId.eq(indicator))
        .filter(entries::Column::Region.between(subtree.start().stored(), subtree.end().stored()))
        .order_by_asc(entries::Column::Region)
        .order_by_asc(entries::Column::EffectiveOn)
        .order_by_asc(entries::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// The entries of these indicators at one place, superseded ones included.
///
/// # Errors
/// When the database fails.
pub async fn of_place<C: ConnectionTrait>(
    on: &C,
    indicators: &[Uuid],
    place: RegionCode,
) -> Result<Vec<entries::Model>> {
    let mut found = Vec::new();
    for chunk in indicators.chunks(500) {
        found.extend(
            entries::Entity::find()
                .filter(entries::Column::IndicatorId.is_in(chunk.iter().copied()))
                .filter(entries::Column::Region.eq(place.stored()))
                .order_by_asc(entries::Column::Id)
                .all(on)
                .await?,
        );
    }
    Ok(found)
}

/// The entries of these indicators at all places, superseded ones included, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_indicators<C: ConnectionTrait>(on: &C, indicators: &[Uuid]) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::IndicatorId.is_in(indicators.iter().copied()))
        .order_by_asc(entries::Column::Id)
        .all(on)
        .await?)
}

/// All entries of a programme in the order in which they were recorded: `limit` of them behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::ProgrammeId.eq(programme))
        .filter(entries::Column::Id.gt(after.unwrap_or_default()))
        .order_by_asc(entries::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// Which of these entries have been superseded, and by which.
///
/// # Errors
/// When the database fails.
pub async fn superseded_by<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(1_000) {
        let pairs: Vec<(Option<Uuid>, Uuid)> = entries::Entity::find()
            .select_only()
            .column(entries::Column::Supersedes)
            .column(entries::Column::Id)
            .filter(entries::Column::Supersedes.is_in(chunk.iter().copied()))
            .into_tuple()
            .all(on)
            .await?;
        found.extend(pairs.into_iter().filter_map(|(old, new)| Some((old?, new))));
    }
    Ok(found)
}

/// The latest corrections in these programmes, newest first.
///
/// # Errors
/// When the database fails.
pub async fn latest_corrections<C: ConnectionTrait>(
    on: &C,
    programmes: &[Uuid],
    limit: u64,
) -> Result<Vec<entries::Model>> {
    Ok(corrections(programmes, limit).all(on).await?)
}

pub(super) fn corrections(programmes: &[Uuid], limit: u64) -> Select<entries::Entity> {
    entries::Entity::find()
        .filter(entries::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .filter(entries::Column::Supersedes.is_not_null())
        .order_by_desc(entries::Column::Id)
        .limit(limit)
}

/// The entries of a programme that one audit event wrote, in the order of their keys.
///
/// # Errors
/// When the database fails.
pub async fn of_event<C: ConnectionTrait>(on: &C, programme: Uuid, event: Uuid) -> Result<Vec<entries::Model>> {
    Ok(entries::Entity::find()
        .filter(entries::Column::EventId.eq(event))
        .filter(entries::Column::ProgrammeId.eq(programme))
        .order_by_asc(entries::Column::Id)
        .all(on)
        .await?)
}

/// How many entries a programme has.
///
/// # Errors
/// When the database fails.
pub async fn count_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<u64> {
    Ok(entries::Entity::find().filter(entries::Column::ProgrammeId.eq(programme)).count(on).await?)
}

/// How many entries a programme has, counted no further than `most`: by the index of its indicators, so that however many
/// others there are, no more than `most` are read.
///
/// # Errors
/// When the database fails.
pub async fn count_up_to<C: ConnectionTrait>(on: &C, programme: Uuid, most: u64) -> Result<u64> {
    let row = on.query_one_raw(counting(on.get_database_backend(), programme, most)).await?;
    let count: i64 = row.map(|row| row.try_get("", "counted")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

pub(super) fn counting(backend: Backend, programme: Uuid, most: u64) -> Statement {
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) AS counted FROM (SELECT e.indicator_id FROM indicators i \
         JOIN entries e ON e.indicator_id = i.id WHERE i.programme_id = $1 LIMIT {most}) AS some_entries"
    );
    Statement::from_sql_and_values(backend, sql, [programme.into()])
}

/// Of how many indicators of a programme a place has a share that stands.
///
/// # Errors
/// When the database fails.
pub async fn targets_at<C: ConnectionTrait>(on: &C, programme: Uuid, place: RegionCode) -> Result<u64> {
    let sql = "SELECT CAST(COUNT(DISTINCT e.indicator_id) AS BIGINT) AS targets FROM entries e \
               WHERE e.programme_id = $1 AND e.measure = 1 AND e.region = $2 AND e.withdrawn = $3 \
               AND NOT EXISTS (SELECT 1 FROM entries s WHERE s.supersedes = e.id)";
    let values: [Value; 3] = [programme.into(), place.stored().into(), false.into()];
    let row = on.query_one_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let count: i64 = row.map(|row| row.try_get("", "targets")).transpose()?.unwrap_or(0);
    Ok(u64::try_from(count).unwrap_or(0))
}

/// One entry.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<entries::Model>> {
    Ok(entries::Entity::find_by_id(id).one(on).await?)
}

/// The sources of these entries.
///
/// # Errors
/// When the database fails.
pub async fn sources_of<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<HashMap<Uuid, entry_sources::Model>> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        let rows = entry_sources::Entity::find()
            .filter(entry_sources::Column::EntryId.is_in(chunk.iter().copied()))
            .all(on)
            .await?;
        found.extend(rows.into_iter().map(|row| (row.entry_id, row)));
    }
    Ok(found)
}

/// All versions of the figure that `entry` belongs to, oldest first: what it superseded and what superseded it.
///
/// # Errors
/// When the database fails.
pub async fn versions<C: ConnectionTrait>(on: &C, entry: &entries::Model) -> Result<Vec<entries::Model>> {
    let mut chain = vec![entry.clone()];
    while let Some(older) = chain[0].supersedes {
        let Some(older) = find(on, older).await? else { break };
        chain.insert(0, older);
    }
    while let Some(newer) = successor(on, chain[chain.len() - 1].id).await? {
        chain.push(newer);
    }
    Ok(chain)
}

/// The entry that supersedes `id`, if any.
///
/// # Errors
/// When the database fails.
pub async fn successor<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<entries::Model>> {
    Ok(entries::Entity::find().filter(entries::Column::Supersedes.eq(id)).one(on).await?)
}
