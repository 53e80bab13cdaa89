//! Many points, found by tile, by box and by nearness.
//!
//! The points are sorted along the curve of [`World::key`], on which every tile of every zoom is one stretch. A tile's
//! points are then a slice found by two binary searches, a cluster is a stretch within it, and its middle comes from
//! running sums: 36 bytes a point and no tree. Building is one sort.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::mercator::World;
use crate::shape::EARTH;
use crate::{BoundingBox, LngLat, TileId};

/// Points in order, each known by its place in the list that the index was built from.
#[derive(Clone, Debug, Default)]
pub struct PointIndex {
    keys: Vec<u64>,
    ids: Vec<u32>,
    points: Vec<(i32, i32)>,
    /// Sums of both axes of all points before each, in world units.
    sums: Vec<(u64, u64)>,
}

/// Points that lie close together at some zoom.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Their middle.
    pub middle: LngLat,
    /// Which they are.
    pub members: Vec<u32>,
    /// How many they are; more than `members` when these were not asked for.
    pub count: usize,
}

impl Cell {
    /// Where its sign stands so that those of its neighbours have room: the middle, kept away from the edges of the cell by
    /// `share` of its side. A point alone stays where it is.
    pub fn apart(&self, tile: TileId, depth: u8, share: f64) -> LngLat {
        let cell = TileId::at(tile.z() + depth, self.middle).filter(|_| self.count > 1);
        cell.map_or(self.middle, |cell| {
            let BoundingBox { min, max } = cell.bounds(-share);
            LngLat::new(self.middle.lng.clamp(min.lng, max.lng), self.middle.lat.clamp(min.lat, max.lat))
        })
    }
}

/// Where a search goes on: a cell of the curve, or a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Point(usize),
    Stretch { from: usize, to: usize, key: u64, z: u8 },
}

/// From this few points on a stretch is looked through one by one.
const FEW: usize = 16;

impl PointIndex {
    /// Sorts the points; those not on the globe are left out.
    ///
    /// # Panics
    /// With more than four billion points.
    pub fn build(points: impl IntoIterator<Item = LngLat>) -> Self {
        let mut all: Vec<(u64, u32, (i32, i32))> = points
            .into_iter()
            .enumerate()
            .filter(|(_, point)| point.is_on_globe())
            .map(|(id, point)| (World::of(point).key(), u32::try_from(id).expect("four billion points"), point.to_e7()))
            .collect();
        all.sort_unstable_by_key(|(key, id, _)| (*key, *id));
        let mut sums = Vec::with_capacity(all.len() + 1);
        let (mut x, mut y) = (0_u64, 0_u64);
        sums.push((0, 0));
        for (key, ..) in &all {
            let world = World::from_key(*key);
            (x, y) = (x + u64::from(world.x), y + u64::from(world.y));
            sums.push((x, y));
        }
        let mut index = Self { sums, ..Self::default() };
        index.keys = all.iter().map(|(key, ..)| *key).collect();
        index.ids = all.iter().map(|(_, id, _)| *id).collect();
        index.points = all.iter().map(|(.., point)| *point).collect();
        index
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.keys.capacity() * 8 + self.ids.capacity() * 4 + self.points.capacity() * 8 + self.sums.capacity() * 16
    }

    fn stretch(&self, keys: std::ops::RangeInclusive<u64>) -> std::ops::Range<usize> {
        let from = self.keys.partition_point(|key| key < keys.start());
        let to = from + self.keys[from..].partition_point(|key| key <= keys.end());
        from..to
    }

    /// The points of a tile.
    pub fn in_tile(&self, tile: TileId) -> &[u32] {
        &self.ids[self.stretch(tile.keys())]
    }

    /// The points of a tile, put together where they lie in the same of its `4^depth` cells. Of a cell with at most
    /// `few` points the members are told.
    pub fn cells(&self, tile: TileId, depth: u8, few: usize) -> Vec<Cell> {
        let mut cells = Vec::new();
        let stretch = self.stretch(tile.keys());
        let shift = cell_shift(tile, depth);
        let mut from = stretch.start;
        while from < stretch.end {
            let cell = self.keys[from] >> shift;
            let to = from + gallop(&self.keys[from..stretch.end], |key| key >> shift == cell);
            let members = if to - from <= few { self.ids[from..to].to_vec() } else { Vec::new() };
            cells.push(Cell { middle: self.middle(from, to), members, count: to - from });
            from = to;
        }
        cells
    }

    /// The same of those points alone for which `keep` holds: every point of the tile is asked about.
    pub fn cells_of(&self, tile: TileId, depth: u8, few: usize, keep: impl Fn(u32) -> bool) -> Vec<Cell> {
        let mut cells = Vec::new();
        let stretch = self.stretch(tile.keys());
        let shift = cell_shift(tile, depth);
        let mut from = stretch.start;
        while from < stretch.end {
            let cell = self.keys[from] >> shift;
            let to = from + gallop(&self.keys[from..stretch.end], |key| key >> shift == cell);
            let (mut count, mut last, mut sum, mut members) = (0, from, (0, 0), Vec::new());
            for at in (from..to).filter(|at| keep(self.ids[*at])) {
                let world = World::from_key(self.keys[at]);
                (count, last, sum) = (count + 1, at, (sum.0 + u64::from(world.x), sum.1 + u64::from(world.y)));
                if count <= few {
                    members.push(self.ids[at]);
                }
            }
            if count > few {
                members.clear();
            }
            if count > 0 {
                let middle = if count == 1 { self.point(last) } else { mean(sum, count) };
                cells.push(Cell { middle, members, count });
            }
            from = to;
        }
        cells
    }

    fn middle(&self, from: usize, to: usize) -> LngLat {
        if to - from == 1 {
            return self.point(from);
        }
        let (before, until) = (self.sums[from], self.sums[to]);
        mean((until.0 - before.0, until.1 - before.1), to - from)
    }

    /// The points of a box.
    pub fn in_box(&self, bounds: &BoundingBox) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open = vec![(0..self.len(), 0_u64, 0_u8)];
        while let Some((stretch, key, z)) = open.pop() {
            let covered = cell_bounds(key, z);
            if stretch.is_empty() || !covered.meets(bounds) {
                continue;
            }
            if bounds.contains(covered.min) && bounds.contains(covered.max) {
                found.extend(&self.ids[stretch]);
            } else if stretch.len() <= FEW || z == 32 {
                let inside = stretch.filter(|at| bounds.contains(self.point(*at)));
                found.extend(inside.map(|at| self.ids[at]));
            } else {
                open.extend(self.quarters(stretch, key, z));
            }
        }
        found.sort_unstable();
        found
    }

    fn point(&self, at: usize) -> LngLat {
        let (lng, lat) = self.points[at];
        LngLat::from_e7(lng, lat)
    }

    /// The four cells of a cell, with their stretches.
    fn quarters(
        &self,
        stretch: std::ops::Range<usize>,
        key: u64,
        z: u8,
    ) -> impl Iterator<Item = (std::ops::Range<usize>, u64, u8)> {
        let width = 1_u64 << (62 - 2 * u32::from(z));
        (0..4).map(move |quarter| {
            let first = key + quarter * width;
            let from = stretch.start + self.keys[stretch.clone()].partition_point(|key| *key < first);
            let to = from + self.keys[from..stretch.end].partition_point(|key| key - first < width);
            (from..to, first, z + 1)
        })
    }

    /// The `count` points nearest to `point` for which `keep` holds, the nearest first, with metres.
    ///
    /// Cells are opened in the order of the least distance that a point in them can have, so nothing near is missed.
    pub fn nearest(&self, point: LngLat, count: usize, keep: impl Fn(u32) -> bool) -> Vec<(u32, f64)> {
        let mut found = Vec::new();
        if !point.is_on_globe() {
            return found;
        }
        let mut open = BinaryHeap::new();
        let whole = Found::Stretch { from: 0, to: self.len(), key: 0, z: 0 };
        open.push(Reverse((0_u64, whole)));
        while let Some(Reverse((bits, next))) = open.pop() {
            match next {
                Found::Point(at) => {
                    found.push((self.ids[at], f64::from_bits(bits)));
                    if found.len() == count {
                        break;
                    }
                }
                Found::Stretch { from, to, z, .. } if to - from <= FEW || z == 32 => {
                    open.extend((from..to).filter(|at| keep(self.ids[*at])).map(|at| {
                        // Distances are not negative, so their bits are ordered as they are.
                        Reverse((point.metres_to(self.point(at)).to_bits(), Found::Point(at)))
                    }));
                }
                Found::Stretch { from, to, key, z } => {
                    open.extend(self.quarters(from..to, key, z).filter(|(part, ..)| !part.is_empty()).map(
                        |(part, key, z)| {
                            let least = least_metres(point, &cell_bounds(key, z));
                            Reverse((least.to_bits(), Found::Stretch { from: part.start, to: part.end, key, z }))
                        },
                    ));
                }
            }
        }
        found
    }
}

fn cell_shift(tile: TileId, depth: u8) -> u32 {
    64_u32.saturating_sub(2 * (u32::from(tile.z()) + u32::from(depth))).min(63)
}

/// How many of the sorted `keys` hold from the start: by doubling steps, because most stretches are short.
fn gallop(keys: &[u64], holds: impl Fn(u64) -> bool) -> usize {
    let mut step = 1;
    while step < keys.len() && holds(keys[step]) {
        step *= 2;
    }
    let low = step / 2;
    low + keys[low..step.min(keys.len())].partition_point(|key| holds(*key))
}

fn mean((x, y): (u64, u64), count: usize) -> LngLat {
    let count = (count as u64).max(1);
    let stored = |sum: u64| u32::try_from(sum / count).unwrap_or(u32::MAX);
    World { x: stored(x), y: stored(y) }.to_lng_lat()
}

/// What a cell of the curve covers, a little widened so that rounding loses nothing.
fn cell_bounds(key: u64, z: u8) -> BoundingBox {
    let low = World::from_key(key);
    let width = u32::try_from((1_u64 << (32 - u32::from(z))) - 1).unwrap_or(u32::MAX);
    let high = World { x: low.x | width, y: low.y | width };
    let (north_west, south_east) = (low.to_lng_lat(), high.to_lng_lat());
    let slack = 1e-6;
    // Beyond the projection's last latitude points are kept at its edge.
    let north = if low.y == 0 { 90.0 } else { north_west.lat + slack };
    let south = if high.y == u32::MAX { -90.0 } else { south_east.lat - slack };
    BoundingBox { min: LngLat::new(north_west.lng - slack, south), max: LngLat::new(south_east.lng + slack, north) }
}

/// No point of the box is nearer than this, in metres: the larger of the way to its latitudes and to its meridians.
fn least_metres(point: LngLat, bounds: &BoundingBox) -> f64 {
    let lat = (bounds.min.lat - point.lat).max(point.lat - bounds.max.lat).max(0.0);
    let lng = (bounds.min.lng - point.lng).max(point.lng - bounds.max.lng).max(0.0);
    // Around the back of the globe the other edge may be nearer; the way to the latitudes still holds.
    let across = if lng > 0.0 && lng < 90.0 && 360.0 - lng - (bounds.max.lng - bounds.min.lng) > 90.0 {
        (lng.to_radians().sin() * point.lat.to_radians().cos()).asin()
    } else {
        0.0
    };
    EARTH * lat.to_radians().max(across) * 0.999_999
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn points() -> impl Strategy<Value = Vec<LngLat>> {
        // Close together, far apart and on top of each other.
        let near = (121.0..121.1, 29.0..29.1);
        let far = (-179.0..179.0, -80.0..80.0);
        let same = (Just(120.5), Just(30.5));
        let point = prop_oneof![near, far, same].prop_map(|(lng, lat)| LngLat::new(lng, lat));
        vec(point, 0..200)
    }

    #[test]
    fn signs_of_neighbours_keep_apart_and_a_point_alone_stays() {
        let tile = TileId::at(6, LngLat::new(121.05, 29.05)).expect("a tile");
        let edge = TileId::at(9, LngLat::new(121.05, 29.05)).expect("a tile").bounds(0.0).max;
        // Two on each side of the edge between two cells, a few metres away from it.
        let beside = |east: f64| LngLat::new(edge.lng + east, edge.lat - 0.3);
        let index = PointIndex::build([beside(-1e-4), beside(-2e-4), beside(1e-4), beside(2e-4)]);
        let cells = index.cells(tile, 3, usize::MAX);
        let [west, east] = cells.as_slice() else { panic!("{cells:?}") };
        let wide = tile.bounds(0.0).max.lng - tile.bounds(0.0).min.lng;
        let apart = (east.apart(tile, 3, 0.28).lng - west.apart(tile, 3, 0.28).lng) / (wide / 8.0);
        assert!((apart - 0.56).abs() < 1e-6, "{apart}");
        assert!((west.apart(tile, 3, 0.28).lat - west.middle.lat).abs() < 1e-12, "far enough from the other edges");
        let alone = PointIndex::build([beside(-1e-4)]).cells(tile, 3, usize::MAX);
        assert_eq!(alone[0].apart(tile, 3, 0.28), alone[0].middle);
    }

    proptest! {
        #[test]
        fn a_tile_holds_what_lies_in_it(points in points(), z in 0_u8..16) {
            let index = PointIndex::build(points.iter().copied());
            let tile = TileId::at(z, LngLat::new(121.05, 29.05)).expect("a tile");
            let mut found = index.in_tile(tile).to_vec();
            found.sort_unstable();
            let wanted: Vec<u32> =
                (0_u32..).zip(&points).filter(|(_, point)| TileId::at(z, **point) == Some(tile)).map(|(id, _)| id).collect();
            prop_assert_eq!(found, wanted);
        }

        #[test]
        fn cells_lose_and_double_nothing(points in points(), z in 0_u8..12, depth in 0_u8..6, few in 0_usize..4) {
            let index = PointIndex::build(points.iter().copied());
            let tile = TileId::at(z, LngLat::new(121.05, 29.05)).expect("a tile");
            let cells = index.cells(tile, depth, usize::MAX);
            let mut members: Vec<u32> = cells.iter().flat_map(|cell| cell.members.clone()).collect();
            members.sort_unstable();
            let mut wanted = index.in_tile(tile).to_vec();
            wanted.sort_unstable();
            prop_assert_eq!(members, wanted);
            prop_assert!(cells.iter().all(|cell| tile.bounds(1e-6).contains(cell.middle)));
            prop_assert_eq!(index.cells_of(tile, depth, few, |_| true), index.cells(tile, depth, few));
        }

        #[test]
        fn a_filter_is_as_if_the_others_were_not_there(points in points(), z in 0_u8..12, few in 0_usize..4) {
            let tile = TileId::at(z, LngLat::new(121.05, 29.05)).expect("a tile");
            let third = |id: u32| id.is_multiple_of(3);
            let filtered = PointIndex::build(points.iter().copied()).cells_of(tile, 3, few, third);
            let nowhere = LngLat::new(f64::NAN, f64::NAN);
            let alone = (0_u32..).zip(&points).map(|(id, point)| if third(id) { *point } else { nowhere });
            prop_assert_eq!(filtered, PointIndex::build(alone).cells(tile, 3, few));
        }

        #[test]
        fn a_box_holds_what_lies_in_it(points in points(), lng in 120.9..121.1, lat in 28.9..29.1, width in 0.0..0.2) {
            let index = PointIndex::build(points.iter().copied());
            let bounds = BoundingBox { min: LngLat::new(lng, lat), max: LngLat::new(lng + width, lat + width) };
            let stored = |point: &LngLat| { let (lng, lat) = point.to_e7(); LngLat::from_e7(lng, lat) };
            let wanted: Vec<u32> =
                (0_u32..).zip(&points).filter(|(_, point)| bounds.contains(stored(point))).map(|(id, _)| id).collect();
            prop_assert_eq!(index.in_box(&bounds), wanted);
        }

        #[test]
        fn the_nearest_are_those_that_a_look_at_all_finds(
            points in points(), lng in 119.0..122.0, lat in 28.0..31.0, count in 1_usize..12,
        ) {
            let index = PointIndex::build(points.iter().copied());
            let here = LngLat::new(lng, lat);
            let even = |id: u32| id.is_multiple_of(2);
            let found = index.nearest(here, count, even);
            let mut all: Vec<f64> =
                (0_u32..).zip(&points).filter(|(id, _)| even(*id)).map(|(_, point)| here.metres_to(*point)).collect();
            all.sort_by(f64::total_cmp);
            all.truncate(count);
            prop_assert_eq!(found.len(), all.len());
            for ((_, metres), wanted) in found.iter().zip(all) {
                prop_assert!((metres - wanted).abs() < 0.05, "{metres} {wanted}");
            }
        }
    }
}
