//! Stations in lists: by place, by name, by key, in the order of their keys.

use std::collections::HashMap;

use ::store::Result;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder, QuerySelect, Statement};

use super::nearest::Filter;
use crate::chargers::tables::{connectors, states, stations};

/// Stations that people can use in a place, with words of their name or address, those with most free connectors first.
pub(crate) async fn search<C: ConnectionTrait>(
    on: &C,
    place: Option<RegionCode>,
    words: &str,
    filter: Filter,
    most: u64,
) -> Result<Vec<Uuid>> {
    let mut conditions = vec![super::nearest::USABLE.to_owned()];
    let mut values: Vec<sea_orm::Value> = Vec::new();
    if let Some(place) = place {
        let subtree = place.subtree();
        values.push(subtree.start().stored().into());
        values.push(subtree.end().stored().into());
        conditions.push("st.region BETWEEN $1 AND $2".to_owned());
    }
    for word in words.split_whitespace().take(5) {
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        values.push(format!("%{escaped}%").into());
        conditions.push(format!("st.search LIKE ${} ESCAPE '\\'", values.len()));
    }
    match filter.fast {
        Some(true) => conditions.push("c.fast".to_owned()),
        Some(false) => conditions.push("NOT c.fast".to_owned()),
        None => {}
    }
    if filter.rural {
        conditions.push("st.rural".to_owned());
    }
    let free = "SUM(CASE WHEN s.status = 1 THEN 1 ELSE 0 END)";
    let having = if filter.free { format!("HAVING {free} > 0") } else { String::new() };
    let sql = format!(
        "SELECT st.id AS id FROM charging_stations st JOIN charging_connectors c ON c.station_id = st.id \
         LEFT JOIN charging_states s ON s.connector_id = c.id WHERE {} GROUP BY st.id, st.name {having} \
         ORDER BY {free} DESC, st.name, st.id LIMIT {most}",
        conditions.join(" AND ")
    );
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, DbErr>>()?)
}

/// The stations with these keys.
pub(crate) async fn of_keys<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<HashMap<Uuid, stations::Model>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(500) {
        let rows = stations::Entity::find().filter(stations::Column::Id.is_in(chunk.iter().copied())).all(on).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// The station with this key, also one that is gone.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<stations::Model>> {
    Ok(stations::Entity::find_by_id(id).one(on).await?)
}

/// Stations that operators list now, in the order of their keys: `limit` of those in `within` behind `after`.
pub(crate) async fn list<C: ConnectionTrait>(
    on: &C,
    within: Option<RegionCode>,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<stations::Model>> {
    let mut query = listed(within);
    if let Some(after) = after {
        query = query.filter(stations::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(stations::Column::Id).limit(limit).all(on).await?)
}

/// Stations of one operator in the order of their keys: `limit` behind `after`.
pub(crate) async fn of_operator<C: ConnectionTrait>(
    on: &C,
    operator: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<stations::Model>> {
    let mut query = listed(None).filter(stations::Column::OperatorId.eq(operator));
    if let Some(after) = after {
        query = query.filter(stations::Column::Id.gt(after));
    }
    Ok(query.order_by_asc(stations::Column::Id).limit(limit).all(on).await?)
}

/// The same by position, as OCPI pages, and how many there are.
pub(crate) async fn slice<C: ConnectionTrait>(on: &C, offset: u64, limit: u64) -> Result<(Vec<stations::Model>, u64)> {
    let placed = listed(None).filter(stations::Column::Lat.is_not_null());
    let total = placed.clone().count(on).await?;
    let rows = placed.order_by_asc(stations::Column::Id).offset(offset).limit(limit).all(on).await?;
    Ok((rows, total))
}

fn listed(within: Option<RegionCode>) -> Select<stations::Entity> {
    let query = stations::Entity::find().filter(stations::Column::GoneMs.is_null());
    match within.map(RegionCode::subtree) {
        Some(tree) => query.filter(stations::Column::Region.between(tree.start().stored(), tree.end().stored())),
        None => query,
    }
}

/// A connector with how it stands.
pub(crate) type Live = (connectors::Model, Option<states::Model>);

/// The connectors of these stations with how they stand, by number.
pub(crate) async fn live<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<HashMap<Uuid, Vec<Live>>> {
    let mut found = HashMap::<Uuid, Vec<Live>>::new();
    for chunk in keys.chunks(200) {
        let rows = connectors::Entity::find()
            .filter(connectors::Column::StationId.is_in(chunk.iter().copied()))
            .filter(connectors::Column::GoneMs.is_null())
            .order_by_asc(connectors::Column::Number)
            .all(on)
            .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut standing = HashMap::with_capacity(ids.len());
        for some in ids.chunks(1_000) {
            let of =
                states::Entity::find().filter(states::Column::ConnectorId.is_in(some.iter().copied())).all(on).await?;
            standing.extend(of.into_iter().map(|row| (row.connector_id, row)));
        }
        for row in rows {
            let state = standing.remove(&row.id);
            found.entry(row.station_id).or_default().push((row, state));
        }
    }
    Ok(found)
}
