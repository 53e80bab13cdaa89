//! 城乡: which stations lie in the countryside – by the code of their town, or as an office marked them – and how many piles
//! that makes.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use ::store::search::normalise;
use ::store::{Result, Tx};
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, LikeExpr};
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, Statement};

use crate::chargers::rules;
use crate::chargers::tables::{marks, stations};

/// Keys in one query.
const KEYS_AT_ONCE: usize = 500;

/// Which stations an office wants to see.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    /// The subtrees that it may see; everything where there are none.
    pub(crate) scopes: Option<Vec<RangeInclusive<RegionCode>>>,
    /// One place only.
    pub(crate) place: Option<RegionCode>,
    /// Words of name or address.
    pub(crate) words: String,
    /// `Some(None)` asks for those of which nothing is known.
    pub(crate) rural: Option<Option<bool>>,
}

/// Where a list goes on: behind this division and key.
pub(crate) type After = (i64, Uuid);

/// Stations that operators list now, by division: `limit` of those behind `after`.
pub(crate) async fn list<C: ConnectionTrait>(
    on: &C,
    wish: &Wish,
    after: Option<After>,
    limit: u64,
) -> Result<Vec<stations::Model>> {
    let column = stations::Column::Region;
    let inside = |tree: &RangeInclusive<RegionCode>| column.between(tree.start().stored(), tree.end().stored());
    let mut query = stations::Entity::find().filter(stations::Column::GoneMs.is_null());
    if let Some(scopes) = &wish.scopes {
        query = query.filter(scopes.iter().map(inside).fold(Condition::any(), Condition::add));
    }
    if let Some(place) = wish.place {
        query = query.filter(inside(&place.subtree()));
    }
    for word in normalise(&wish.words).split_whitespace().take(5) {
        let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        query = query.filter(stations::Column::Search.like(LikeExpr::new(format!("%{escaped}%")).escape('\\')));
    }
    query = match wish.rural {
        Some(Some(rural)) => query.filter(stations::Column::Rural.eq(rural)),
        Some(None) => query.filter(stations::Column::Rural.is_null()),
        None => query,
    };
    if let Some((region, id)) = after {
        let same = Condition::all().add(column.eq(region)).add(stations::Column::Id.gt(id));
        query = query.filter(Condition::any().add(column.gt(region)).add(same));
    }
    Ok(query.order_by_asc(column).order_by_asc(stations::Column::Id).limit(limit).all(on).await?)
}

/// The mark that counts of each of these stations, where there is one.
pub(crate) async fn latest<C: ConnectionTrait>(on: &C, keys: &[Uuid]) -> Result<HashMap<Uuid, marks::Model>> {
    let mut found = HashMap::with_capacity(keys.len());
    for chunk in keys.chunks(KEYS_AT_ONCE) {
        let all = marks::Entity::find().filter(marks::Column::StationId.is_in(chunk.iter().copied()));
        // Later versions take the place of earlier ones.
        let all = all.order_by_asc(marks::Column::Version).all(on).await?;
        found.extend(all.into_iter().map(|row| (row.station_id, row)));
    }
    Ok(found)
}

/// Marks stations as rural or not; `None` leaves them to their town's code again. Those that are marked so already stay as
/// they are; returns the others.
///
/// The stations' rows are locked first, so that neither another office nor a list that comes in just now is overtaken.
pub async fn mark(tx: &Tx, keys: &[Uuid], rural: Option<bool>, by: &str) -> Result<Vec<Uuid>> {
    let on = tx.on();
    let mut marked = Vec::new();
    for chunk in keys.chunks(KEYS_AT_ONCE) {
        let rows = stations::Entity::find().filter(stations::Column::Id.is_in(chunk.iter().copied()));
        let rows = rows.order_by_asc(stations::Column::Id).lock_exclusive().all(on).await?;
        let before = latest(on, chunk).await?;
        for row in rows {
            let stands = before.get(&row.id);
            if stands.and_then(|mark| mark.rural) == rural {
                continue;
            }
            let new = marks::Model {
                station_id: row.id,
                version: stands.map_or(1, |mark| mark.version + 1),
                rural,
                at_ms: tx.at_ms(),
                account_id: tx.actor().account,
                by_name: by.to_owned(),
            };
            marks::Entity::insert(new.into_active_model()).exec_without_returning(on).await?;
            let by_code = RegionCode::from_stored(row.region).and_then(rules::is_rural);
            stations::Entity::update_many()
                .col_expr(stations::Column::Rural, Expr::value(rural.or(by_code)))
                .filter(stations::Column::Id.eq(row.id))
                .exec(on)
                .await?;
            marked.push(row.id);
        }
    }
    Ok(marked)
}

/// Stations and piles of one division that are alike in being rural, not rural, or neither known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The division.
    pub region: RegionCode,
    /// Whether they are rural.
    pub rural: Option<bool>,
    /// Stations.
    pub stations: i64,
    /// Piles (桩): devices with a connector that is listed now.
    pub piles: i64,
}

/// Stations and piles that are open to the public, by division.
pub async fn tallies<C: ConnectionTrait>(on: &C) -> Result<Vec<Tally>> {
    let sql = "SELECT st.region AS region, st.rural AS rural, CAST(COUNT(DISTINCT st.id) AS BIGINT) AS stations, \
               CAST(COUNT(*) AS BIGINT) AS piles FROM charging_stations st JOIN (SELECT station_id, device FROM \
               charging_connectors WHERE gone_ms IS NULL GROUP BY station_id, device) d ON d.station_id = st.id \
               WHERE st.gone_ms IS NULL AND st.kind <> 50 GROUP BY st.region, st.rural ORDER BY st.region";
    let mut tallies = Vec::new();
    for row in on.query_all_raw(Statement::from_string(on.get_database_backend(), sql)).await? {
        let Some(region) = RegionCode::from_stored(row.try_get("", "region")?) else { continue };
        tallies.push(Tally {
            region,
            rural: row.try_get("", "rural")?,
            stations: row.try_get("", "stations")?,
            piles: row.try_get("", "piles")?,
        });
    }
    Ok(tallies)
}

/// The sums of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Stations.
    pub stations: i64,
    /// Piles.
    pub piles: i64,
    /// Of these in the countryside.
    pub rural: i64,
    /// Of these in towns and cities.
    pub urban: i64,
    /// Of these of which neither is known.
    pub unknown: i64,
}

impl Sums {
    /// Adds up what lies where `within` says.
    pub fn of(tallies: &[Tally], within: impl Fn(RegionCode) -> bool) -> Self {
        let mut sums = Self::default();
        for tally in tallies.iter().filter(|tally| within(tally.region)) {
            sums.stations += tally.stations;
            sums.piles += tally.piles;
            match tally.rural {
                Some(true) => sums.rural += tally.piles,
                Some(false) => sums.urban += tally.piles,
                None => sums.unknown += tally.piles,
            }
        }
        sums
    }
}
