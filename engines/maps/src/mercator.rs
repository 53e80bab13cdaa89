//! The web's Mercator projection, its tiles, and the order in which tiles hold one another.

use std::f64::consts::PI;

use crate::{BoundingBox, LngLat};

/// The deepest zoom at which tiles are made: a tile is 38 m wide in this country then.
pub const DEEPEST: u8 = 20;

/// A point of the projected world: both axes from 0 (west, north) to 2³² − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// East.
    pub x: u32,
    /// South.
    pub y: u32,
}

/// The widest latitude that the projection shows.
const LAST_LATITUDE: f64 = 85.051_128_779_806_59;

/// Both axes of the world in units of the whole.
pub(crate) fn unit(point: LngLat) -> (f64, f64) {
    let lat = point.lat.clamp(-LAST_LATITUDE, LAST_LATITUDE).to_radians();
    ((point.lng + 180.0) / 360.0, (1.0 - lat.tan().asinh() / PI) / 2.0)
}

impl World {
    /// Projects a point.
    pub fn of(point: LngLat) -> Self {
        let (x, y) = unit(point);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts from floats saturate")]
        let stored = |share: f64| (share * 4_294_967_296.0) as u32;
        Self { x: stored(x), y: stored(y) }
    }

    /// Where the point lies.
    pub fn to_lng_lat(self) -> LngLat {
        let share = |stored: u32| (f64::from(stored) + 0.5) / 4_294_967_296.0;
        let lat = (PI * (1.0 - 2.0 * share(self.y))).sinh().atan();
        LngLat::new(share(self.x) * 360.0 - 180.0, lat.to_degrees())
    }

    /// The place on the curve on which every tile is one stretch: the bits of both axes in turn, north before south.
    pub fn key(self) -> u64 {
        spread(self.x) | spread(self.y) << 1
    }

    /// The point at a place of the curve.
    pub fn from_key(key: u64) -> Self {
        Self { x: gather(key), y: gather(key >> 1) }
    }
}

fn spread(half: u32) -> u64 {
    let mut bits = u64::from(half);
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF;
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF;
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333;
    (bits | bits << 1) & 0x5555_5555_5555_5555
}

#[expect(clippy::cast_possible_truncation, reason = "the upper half is empty by then")]
fn gather(key: u64) -> u32 {
    let mut bits = key & 0x5555_5555_5555_5555;
    bits = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    bits = (bits | bits >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    bits = (bits | bits >> 4) & 0x00FF_00FF_00FF_00FF;
    bits = (bits | bits >> 8) & 0x0000_FFFF_0000_FFFF;
    (bits | bits >> 16) as u32
}

/// A tile of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    /// The tile with these numbers; none beyond the world or [`DEEPEST`].
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        (z <= DEEPEST && x < 1 << z && y < 1 << z).then_some(Self { z, x, y })
    }

    /// The zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// The column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// The row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The stretch of the curve that is this tile.
    pub fn keys(self) -> std::ops::RangeInclusive<u64> {
        let shift = 32 - u32::from(self.z);
        let low = |number: u32| u32::try_from(u64::from(number) << shift).unwrap_or(u32::MAX);
        let first = World { x: low(self.x), y: low(self.y) }.key();
        let width = 1_u128 << (2 * shift);
        first..=u64::try_from(u128::from(first) + width - 1).unwrap_or(u64::MAX)
    }

    /// A point in units of this tile: 0 to 1 within it, beyond outside.
    pub fn place(self, point: LngLat) -> (f64, f64) {
        let (x, y) = unit(point);
        let tiles = f64::from(1_u32 << self.z);
        (x * tiles - f64::from(self.x), y * tiles - f64::from(self.y))
    }

    /// What it covers, widened on each side by `margin` of its width.
    pub fn bounds(self, margin: f64) -> BoundingBox {
        let tiles = f64::from(1_u32 << self.z);
        let lng = |x: f64| (x / tiles * 360.0 - 180.0).clamp(-180.0, 180.0);
        let lat = |y: f64| (PI * (1.0 - 2.0 * y / tiles)).sinh().atan().to_degrees();
        let (x, y) = (f64::from(self.x), f64::from(self.y));
        BoundingBox {
            min: LngLat::new(lng(x - margin), lat(y + 1.0 + margin)),
            max: LngLat::new(lng(x + 1.0 + margin), lat(y - margin)),
        }
    }

    /// The tile at zoom `z` in which a point lies.
    pub fn at(z: u8, point: LngLat) -> Option<Self> {
        let world = World::of(point);
        if z == 0 {
            return Self::new(0, 0, 0);
        }
        let shift = 32_u32.checked_sub(u32::from(z))?;
        Self::new(z, world.x >> shift, world.y >> shift)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_known_place_lies_in_its_known_tile() {
        let tile = TileId::at(10, LngLat::new(121.54, 29.87)).expect("a tile");
        assert_eq!((tile.z(), tile.x(), tile.y()), (10, 857, 422));
        assert!(TileId::new(3, 8, 0).is_none() && TileId::new(21, 0, 0).is_none());
    }

    proptest! {
        #[test]
        fn a_tile_is_one_stretch_of_the_curve(lng in -180.0..180.0, lat in -85.0..85.0, z in 0_u8..=DEEPEST) {
            let point = LngLat::new(lng, lat);
            let tile = TileId::at(z, point).expect("a tile");
            prop_assert!(tile.keys().contains(&World::of(point).key()));
            prop_assert!(tile.bounds(1e-6).contains(point));
            let (x, y) = tile.place(point);
            prop_assert!((-1e-6..=1.000_001).contains(&x) && (-1e-6..=1.000_001).contains(&y));
            if z > 0 {
                let other = TileId::new(z, tile.x() ^ 1, tile.y()).expect("its neighbour");
                prop_assert!(!other.keys().contains(&World::of(point).key()));
            }
        }

        #[test]
        fn the_curve_leads_back(lng in -180.0..180.0, lat in -85.0..85.0) {
            let world = World::of(LngLat::new(lng, lat));
            prop_assert_eq!(World::from_key(world.key()), world);
            prop_assert!(world.to_lng_lat().metres_to(LngLat::new(lng, lat)) < 0.05);
        }
    }
}
