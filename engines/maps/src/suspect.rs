//! Coordinates that were typed or exported wrongly, told before they land on a map.

use crate::{BoundingBox, LngLat};

/// What is odd about a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Not on the globe, or no number.
    OffGlobe,
    /// At 0° N 0° E, where empty cells go.
    NullIsland,
    /// Longitude and latitude stand in each other's place.
    Swapped,
    /// Outside the country.
    Abroad,
}

/// The country with its seas, generously.
pub const CHINA: BoundingBox = BoundingBox { min: LngLat::new(73.0, 3.0), max: LngLat::new(136.0, 54.0) };

/// What is odd about `point`, if anything.
///
/// Half a degree around null island counts as null island: a point there was never surveyed. A point that lies abroad,
/// but in the country once its numbers change places, was swapped.
pub fn suspicion(point: LngLat) -> Option<Suspicion> {
    let swapped = LngLat::new(point.lat, point.lng);
    if point.is_on_globe() {
        if point.lng.abs() < 0.5 && point.lat.abs() < 0.5 {
            return Some(Suspicion::NullIsland);
        }
        if CHINA.contains(point) {
            return None;
        }
    }
    if CHINA.contains(swapped) {
        return Some(Suspicion::Swapped);
    }
    Some(if point.is_on_globe() { Suspicion::Abroad } else { Suspicion::OffGlobe })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_named() {
        assert_eq!(suspicion(LngLat::new(121.54, 29.87)), None);
        assert_eq!(suspicion(LngLat::new(29.87, 121.54)), Some(Suspicion::Swapped));
        assert_eq!(suspicion(LngLat::new(0.0, 0.0)), Some(Suspicion::NullIsland));
        assert_eq!(suspicion(LngLat::new(2.35, 48.85)), Some(Suspicion::Abroad));
        assert_eq!(suspicion(LngLat::new(f64::NAN, 29.0)), Some(Suspicion::OffGlobe));
        assert_eq!(suspicion(LngLat::new(1_215_400.0, 29.0)), Some(Suspicion::OffGlobe));
    }
}
