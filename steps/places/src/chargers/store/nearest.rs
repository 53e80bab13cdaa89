//! The nearest stations with a free connector: boxes that double until what is found cannot be beaten.
//!
//! Every station within R metres lies in the box of R metres, so once enough are found within R, none outside is nearer.
//! The box is read from an index on bands of latitude and longitude; the whole table is never read.

use ::store::Result;
use sea_orm::{ConnectionTrait, Statement, Value};
use std::collections::HashMap;
use uuid::Uuid;

use crate::chargers::rules::{self, Point};

/// The first box, metres to each side.
const FIRST_METRES: u32 = 1_500;

/// Beyond this nothing is near.
pub const FARTHEST_METRES: u32 = 100_000;

/// What is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// 快充 only, or 慢充 only.
    pub fast: Option<bool>,
    /// With a connector that is free now.
    pub free: bool,
    /// In rural towns.
    pub rural: bool,
}

/// A station that was found. Counts are of the connectors that pass the filter for fast and slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The station.
    pub station: Uuid,
    /// Where.
    pub at: Point,
    /// Connectors.
    pub connectors: i64,
    /// Of these, free now.
    pub free: i64,
    /// The most power, in tenths of a kilowatt; 0 unknown.
    pub power: i32,
    /// Metres away.
    pub metres: u32,
}

/// The condition for stations and connectors that people can use: public ones that are open or whose state is not said.
pub(crate) const USABLE: &str =
    "st.gone_ms IS NULL AND c.gone_ms IS NULL AND st.kind <> 50 AND st.state NOT IN (1, 5, 6)";

impl Filter {
    fn condition(self) -> String {
        let fast = match self.fast {
            Some(true) => " AND c.fast",
            Some(false) => " AND NOT c.fast",
            None => "",
        };
        format!("{USABLE}{fast}{}", if self.rural { " AND st.rural" } else { "" })
    }
}

/// The `wanted` nearest stations that pass, the nearest first; of two equally near the one with the smaller key.
pub async fn nearest<C: ConnectionTrait>(on: &C, from: Point, filter: Filter, wanted: usize) -> Result<Vec<Found>> {
    let mut metres = FIRST_METRES;
    loop {
        let mut found = within(on, from, filter, metres).await?;
        found.retain(|one| one.metres <= metres);
        if found.len() >= wanted || metres >= FARTHEST_METRES {
            found.sort_by_key(|one| (one.metres, one.station));
            found.truncate(wanted);
            return Ok(found);
        }
        metres = (2 * metres).min(FARTHEST_METRES);
    }
}

async fn within<C: ConnectionTrait>(on: &C, from: Point, filter: Filter, metres: u32) -> Result<Vec<Found>> {
    let (south, north, west, east) = from.box_of(metres);
    let bands: Vec<String> = (rules::band(south)..=rules::band(north)).map(|band| band.to_string()).collect();
    let having = if filter.free { "HAVING SUM(CASE WHEN s.status = 1 THEN 1 ELSE 0 END) > 0" } else { "" };
    let sql = format!(
        "SELECT st.id AS station, st.lat AS lat, st.lng AS lng, CAST(COUNT(*) AS BIGINT) AS connectors, \
         CAST(SUM(CASE WHEN s.status = 1 THEN 1 ELSE 0 END) AS BIGINT) AS free, CAST(MAX(c.power) AS INTEGER) AS power \
         FROM charging_stations st JOIN charging_connectors c ON c.station_id = st.id \
         LEFT JOIN charging_states s ON s.connector_id = c.id \
         WHERE st.band IN ({}) AND st.lng BETWEEN $1 AND $2 AND st.lat BETWEEN $3 AND $4 AND {} \
         GROUP BY st.id, st.lat, st.lng {having}",
        bands.join(","),
        filter.condition()
    );
    let values: [Value; 4] = [west.into(), east.into(), south.into(), north.into()];
    read(on, Statement::from_sql_and_values(on.get_database_backend(), sql, values), from).await
}

async fn read<C: ConnectionTrait>(on: &C, statement: Statement, from: Point) -> Result<Vec<Found>> {
    let rows = on.query_all_raw(statement).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let at = Point { lat: row.try_get("", "lat")?, lng: row.try_get("", "lng")? };
        found.push(Found {
            station: row.try_get("", "station")?,
            at,
            connectors: row.try_get("", "connectors")?,
            free: row.try_get("", "free")?,
            power: row.try_get("", "power")?,
            metres: from.metres_to(at),
        });
    }
    Ok(found)
}

/// How many connectors stations have, fast and slow, and how many of each are free now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Fast ones.
    pub fast: i64,
    /// Fast ones that are free.
    pub fast_free: i64,
    /// Slow ones.
    pub slow: i64,
    /// Slow ones that are free.
    pub slow_free: i64,
    /// Those of either sort that are charging, occupied or reserved.
    pub used: i64,
    /// The most power, in tenths of a kilowatt; 0 unknown.
    pub power: i32,
    /// When the status that is oldest was last heard; none where nothing was heard of one.
    pub oldest_ms: Option<i64>,
}

impl Counts {
    /// All connectors.
    pub fn all(&self) -> i64 {
        self.fast + self.slow
    }

    /// All that are free.
    pub fn free(&self) -> i64 {
        self.fast_free + self.slow_free
    }
}

/// The counts of these stations.
pub async fn counts<C: ConnectionTrait>(on: &C, stations: &[Uuid]) -> Result<HashMap<Uuid, Counts>> {
    let mut counts = HashMap::<Uuid, Counts>::with_capacity(stations.len());
    for chunk in stations.chunks(500) {
        let backend = on.get_database_backend();
        let place = |at: usize| if backend == ::store::Backend::Postgres { format!("${at}") } else { "?".to_owned() };
        let places: Vec<String> = (1..=chunk.len()).map(place).collect();
        let sql = format!(
            "SELECT c.station_id AS station, c.fast AS fast, CAST(COUNT(*) AS BIGINT) AS connectors, \
             CAST(COALESCE(SUM(CASE WHEN s.status = 1 THEN 1 ELSE 0 END), 0) AS BIGINT) AS free, \
             CAST(COALESCE(SUM(CASE WHEN s.status IN (2, 3, 4) THEN 1 ELSE 0 END), 0) AS BIGINT) AS used, \
             CAST(MAX(c.power) AS INTEGER) AS power, CAST(COUNT(s.seen_ms) AS BIGINT) AS heard, MIN(s.seen_ms) AS oldest \
             FROM charging_connectors c LEFT JOIN charging_states s ON s.connector_id = c.id \
             WHERE c.gone_ms IS NULL AND c.station_id IN ({}) GROUP BY c.station_id, c.fast",
            places.join(",")
        );
        let values = chunk.iter().map(|id| Value::from(*id));
        for row in on.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await? {
            let (fast, all, free): (bool, i64, i64) =
                (row.try_get("", "fast")?, row.try_get("", "connectors")?, row.try_get("", "free")?);
            let used: i64 = row.try_get("", "used")?;
            let heard: i64 = row.try_get("", "heard")?;
            let oldest: Option<i64> = row.try_get("", "oldest")?;
            let power: i32 = row.try_get("", "power")?;
            let first = !counts.contains_key(&row.try_get::<Uuid>("", "station")?);
            let one = counts.entry(row.try_get("", "station")?).or_default();
            if fast {
                (one.fast, one.fast_free) = (all, free);
            } else {
                (one.slow, one.slow_free) = (all, free);
            }
            one.used += used;
            one.power = one.power.max(power);
            let oldest = oldest.filter(|_| heard == all);
            one.oldest_ms = if first { oldest } else { one.oldest_ms.zip(oldest).map(|(a, b)| a.min(b)) };
        }
    }
    Ok(counts)
}
