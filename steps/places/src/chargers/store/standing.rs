//! Every station that people can use, with how its connectors stand: what the map shows.

use ::store::Result;
use kernel::RegionCode;
use maps::LngLat;
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

use super::nearest::USABLE;
use crate::chargers::rules::Point;

/// Connectors of one sort, fast or slow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// All of them.
    pub all: u32,
    /// Of these free now.
    pub free: u32,
    /// Of these charging, occupied or reserved.
    pub used: u32,
}

impl Standing {
    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { all: self.all + other.all, free: self.free + other.free, used: self.used + other.used }
    }
}

/// A station on the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The key.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// Where.
    pub at: LngLat,
    /// The division.
    pub region: RegionCode,
    /// Whether it is rural, where that is known.
    pub rural: Option<bool>,
    /// Fast connectors.
    pub fast: Standing,
    /// Slow connectors.
    pub slow: Standing,
}

/// All stations with a position and a connector, by key: two rows of the database for each, one where it has one sort only.
pub async fn spots<C: ConnectionTrait>(on: &C) -> Result<Vec<Spot>> {
    let sql = format!(
        "SELECT st.id AS id, st.name AS name, st.lat AS lat, st.lng AS lng, st.region AS region, st.rural AS rural, c.fast AS fast, \
         CAST(COUNT(*) AS BIGINT) AS connectors, \
         CAST(SUM(CASE WHEN s.status = 1 THEN 1 ELSE 0 END) AS BIGINT) AS free, \
         CAST(SUM(CASE WHEN s.status IN (2, 3, 4) THEN 1 ELSE 0 END) AS BIGINT) AS used \
         FROM charging_stations st JOIN charging_connectors c ON c.station_id = st.id \
         LEFT JOIN charging_states s ON s.connector_id = c.id \
         WHERE st.lat IS NOT NULL AND st.lng IS NOT NULL AND {USABLE} \
         GROUP BY st.id, st.name, st.lat, st.lng, st.region, st.rural, c.fast ORDER BY st.id"
    );
    let mut spots = Vec::<Spot>::new();
    for row in on.query_all_raw(Statement::from_string(on.get_database_backend(), sql)).await? {
        let id: Uuid = row.try_get("", "id")?;
        let Some(region) = RegionCode::from_stored(row.try_get("", "region")?) else { continue };
        if spots.last().is_none_or(|last| last.id != id) {
            spots.push(Spot {
                id,
                name: row.try_get("", "name")?,
                at: Point { lat: row.try_get("", "lat")?, lng: row.try_get("", "lng")? }.degrees(),
                region,
                rural: row.try_get("", "rural")?,
                fast: Standing::default(),
                slow: Standing::default(),
            });
        }
        let count = |name: &str| row.try_get::<i64>("", name).map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let standing = Standing { all: count("connectors")?, free: count("free")?, used: count("used")? };
        if let Some(spot) = spots.last_mut() {
            let sort = if row.try_get("", "fast")? { &mut spot.fast } else { &mut spot.slow };
            *sort = standing;
        }
    }
    Ok(spots)
}
