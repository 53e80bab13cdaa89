//! Stations as a layer of the map: free, in use, or neither, put together where they lie close.
//!
//! What is shown is at most [`FRESH_MS`] old: it is read whole when somebody looks and kept that long, so that a map that
//! many people watch costs one query. Losing it loses nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use ::store::{Result, Store};
use kernel::{Level, RegionCode};
use maps::tile::{Layer, Value, encode};
use maps::{BoundingBox, PointIndex, TileId};
use serde::Deserialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::store::nearest::Filter;
use super::store::rural::{self, Tally};
use super::store::standing::{self, Spot, Standing};
use crate::map::tiles::APART;

/// For how long what was read is shown, in milliseconds (certainty D).
pub const FRESH_MS: i64 = 10_000;

/// Stations are put together in cells of this many halvings of a tile: 64 pixels at the usual size.
const CLUSTER_DEPTH: u8 = 3;

/// From this zoom on every station stands for itself.
const SINGLE_FROM: u8 = 14;

/// What stands on the map, shared by all handlers.
#[derive(Clone, Default)]
pub struct Live {
    held: Arc<Mutex<Option<Held>>>,
    /// Held by whoever reads ahead.
    ahead: Arc<Mutex<()>>,
}

/// Stations with when they were read, in Unix milliseconds.
type Held = (i64, Arc<Stations>);

/// Every station with a position, and how many there are where.
pub struct Stations {
    spots: Vec<Spot>,
    index: PointIndex,
    tallies: Vec<Tally>,
}

impl Live {
    /// The stations as they stand. Whoever comes first reads them; others wait for that. While people look all the time
    /// nobody waits: in the second half of its life a picture is given out and the next one read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn now(&self, store: &Store) -> Result<Arc<Stations>> {
        let mut held = self.held.lock().await;
        let now_ms = store.clock().now_ms();
        if let Some((at_ms, stations)) = held.as_ref()
            && (*at_ms..*at_ms + FRESH_MS).contains(&now_ms)
        {
            if now_ms - at_ms > FRESH_MS / 2 {
                self.read_ahead(store);
            }
            return Ok(Arc::clone(stations));
        }
        let stations = Arc::new(Stations::read(store).await?);
        *held = Some((now_ms, Arc::clone(&stations)));
        Ok(stations)
    }

    /// Reads beside the answer, once at a time. Where that fails the next one who looks reads, and is told why.
    fn read_ahead(&self, store: &Store) {
        let Ok(turn) = Arc::clone(&self.ahead).try_lock_owned() else { return };
        let (held, store) = (Arc::clone(&self.held), store.clone());
        tokio::spawn(async move {
            let now_ms = store.clock().now_ms();
            if let Ok(stations) = Stations::read(&store).await {
                let mut held = held.lock().await;
                // Somebody who waited may have read a later one.
                if held.as_ref().is_none_or(|(at_ms, _)| *at_ms < now_ms) {
                    *held = Some((now_ms, Arc::new(stations)));
                }
            }
            drop(turn);
        });
    }
}

/// Which stations a map shows, as it stands in the address of its tiles.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    pub(crate) kind: String,
    pub(crate) free: String,
    pub(crate) rural: String,
}

impl Asked {
    /// The same as the nearest-free query has it.
    pub(crate) fn filter(&self) -> Filter {
        let fast = match self.kind.as_str() {
            "fast" => Some(true),
            "slow" => Some(false),
            _ => None,
        };
        Filter { fast, free: !self.free.is_empty(), rural: !self.rural.is_empty() }
    }
}

/// How a station stands, as one word.
fn state(standing: Standing) -> &'static str {
    match standing {
        Standing { free: 1.., .. } => "free",
        Standing { used: 1.., .. } => "busy",
        _ => "off",
    }
}

impl Stations {
    async fn read(store: &Store) -> Result<Self> {
        let on = store.reader();
        Ok(Self::of(standing::spots(on).await?, rural::tallies(on).await?))
    }

    /// Sorts them.
    pub fn of(spots: Vec<Spot>, tallies: Vec<Tally>) -> Self {
        let index = PointIndex::build(spots.iter().map(|spot| spot.at));
        Self { spots, index, tallies }
    }

    /// Stations and piles by division, those without a position as well.
    pub(crate) fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The stations of a place with most free connectors, by key where they have as many.
    pub(crate) fn most_free(&self, place: Option<RegionCode>, most: usize) -> Vec<Uuid> {
        let inside = |spot: &&Spot| place.is_none_or(|place| place.contains(spot.region));
        let mut found: Vec<_> =
            self.spots.iter().filter(inside).map(|spot| (Reverse(spot.fast.free + spot.slow.free), spot.id)).collect();
        // Of a whole province only a few are shown.
        if found.len() > most {
            found.select_nth_unstable(most);
            found.truncate(most);
        }
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }

    /// The box around all of them.
    pub(crate) fn bounds(&self) -> Option<BoundingBox> {
        BoundingBox::around(self.spots.iter().map(|spot| spot.at))
    }

    /// How connectors stand in each county.
    pub(crate) fn by_county(&self) -> BTreeMap<RegionCode, Standing> {
        let mut counties = BTreeMap::<RegionCode, Standing>::new();
        for spot in &self.spots {
            let sum = counties.entry(spot.region.at(Level::County)).or_default();
            *sum = sum.with(spot.fast).with(spot.slow);
        }
        counties
    }

    /// How a station stands for a filter; none where it does not pass.
    fn standing(&self, number: u32, filter: Filter) -> Option<Standing> {
        let spot = self.spots.get(number as usize)?;
        let standing = match filter.fast {
            Some(true) => spot.fast,
            Some(false) => spot.slow,
            None => spot.fast.with(spot.slow),
        };
        let passes =
            standing.all > 0 && (!filter.free || standing.free > 0) && (!filter.rural || spot.rural == Some(true));
        passes.then_some(standing)
    }

    /// A tile: single stations with their name, and clusters with how many stations and connectors they hold.
    pub fn tile(&self, tile: TileId, filter: Filter) -> Vec<u8> {
        let depth = if tile.z() >= SINGLE_FROM { 12 } else { CLUSTER_DEPTH };
        let mut layer = Layer::new(tile, "piles");
        for cell in self.index.cells_of(tile, depth, usize::MAX, |number| self.standing(number, filter).is_some()) {
            let standing = cell.members.iter().filter_map(|number| self.standing(*number, filter));
            let sum = standing.fold(Standing::default(), Standing::with);
            let mut tags = vec![
                ("state", Value::from(state(sum))),
                ("free", Value::from(i64::from(sum.free))),
                ("all", Value::from(i64::from(sum.all))),
            ];
            match cell.members.as_slice() {
                [number] => {
                    let spot = &self.spots[*number as usize];
                    tags.extend([("id", spot.id.to_string().into()), ("name", spot.name.as_str().into())]);
                    layer.point(u64::from(*number) + 1, cell.middle, tags);
                }
                _ => {
                    tags.push(("count", Value::from(i64::try_from(cell.count).unwrap_or(i64::MAX))));
                    layer.point(0, cell.apart(tile, depth, APART), tags);
                }
            }
        }
        encode(&[layer])
    }
}

#[cfg(test)]
mod tests {
    use maps::LngLat;

    use super::*;

    fn spot(name: &str, lng: f64, fast: Standing, slow: Standing, rural: Option<bool>) -> Spot {
        let region = "330203001".parse().expect("a code");
        Spot { id: Uuid::now_v7(), name: name.into(), at: LngLat::new(lng, 29.87), region, rural, fast, slow }
    }

    #[test]
    fn tiles_say_what_is_free_in_use_or_neither_for_what_was_asked() {
        let standing = |all, free, used| Standing { all, free, used };
        let nothing = Standing::default();
        let spots = vec![
            spot("甲站", 121.50, standing(2, 0, 2), standing(4, 3, 1), Some(true)),
            spot("乙站", 121.60, standing(6, 0, 5), nothing, Some(false)),
            spot("丙站", 121.70, standing(1, 0, 0), nothing, None),
        ];
        let keys: Vec<Uuid> = spots.iter().map(|spot| spot.id).collect();
        let stations = Stations::of(spots, Vec::new());
        assert_eq!(stations.most_free(None, 2), [keys[0], keys[1]], "3 free connectors, then none and the smaller key");
        assert!(stations.most_free("330226".parse().ok(), 2).is_empty(), "nothing lies there");

        let text = |z: u8, filter: Filter| {
            let tile = TileId::at(z, LngLat::new(121.6, 29.87)).expect("a tile");
            String::from_utf8_lossy(&stations.tile(tile, filter)).into_owned()
        };
        let whole = text(8, Filter::default());
        assert!(whole.contains("count") && whole.contains("free"), "put together at low zoom: {whole}");
        let alone = text(14, Filter::default());
        assert!(alone.contains("乙站") && alone.contains("busy") && !alone.contains("甲站"), "{alone}");
        let free = text(8, Filter { free: true, ..Filter::default() });
        assert!(free.contains("甲站") && !free.contains("count"), "one alone has a free connector: {free}");
        let fast_free = text(8, Filter { fast: Some(true), free: true, rural: false });
        assert_eq!(fast_free, "", "no fast one is free");
        assert!(text(8, Filter { rural: true, ..Filter::default() }).contains("甲站"));
        assert_eq!(stations.standing(2, Filter::default()).map(state), Some("off"), "neither free nor in use");
        assert_eq!(stations.standing(1, Filter { fast: Some(false), ..Filter::default() }), None);
    }
}
