//! From GCJ-02, in which operators send coordinates, to WGS 84.

use super::rules::Point;

/// Axis and eccentricity of the ellipsoid of Krasovsky, as the published transformation has them.
const AXIS: f64 = 6_378_245.0;
const ECCENTRICITY: f64 = 0.006_693_421_622_965_943;

/// Where a place given in GCJ-02 lies: iterated until it is exact to a centimetre, because one step is off by metres.
/// Outside of the rectangle around China nothing is shifted.
pub(crate) fn from_gcj02(given: Point) -> Point {
    let (lat, lng) = (f64::from(given.lat) / 1e6, f64::from(given.lng) / 1e6);
    let (mut at_lat, mut at_lng) = (lat, lng);
    for _ in 0..10 {
        let (to_lat, to_lng) = shifted(at_lat, at_lng);
        let (off_lat, off_lng) = (to_lat - lat, to_lng - lng);
        (at_lat, at_lng) = (at_lat - off_lat, at_lng - off_lng);
        if off_lat.abs() < 1e-8 && off_lng.abs() < 1e-8 {
            break;
        }
    }
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    Point { lat: millionths(at_lat), lng: millionths(at_lng) }
}

/// Where a place of WGS 84 lies in GCJ-02, as operators send it.
pub(crate) fn to_gcj02(at: Point) -> Point {
    let (lat, lng) = shifted(f64::from(at.lat) / 1e6, f64::from(at.lng) / 1e6);
    let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
    Point { lat: millionths(lat), lng: millionths(lng) }
}

/// The shift itself, in degrees.
fn shifted(lat: f64, lng: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    if !(72.004..=137.8347).contains(&lng) || !(0.8293..=55.8271).contains(&lat) {
        return (lat, lng);
    }
    let (x, y) = (lng - 105.0, lat - 35.0);
    let wave = |value: f64| (value * PI).sin();
    let common = (20.0 * wave(6.0 * x) + 20.0 * wave(2.0 * x)) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + common
        + (20.0 * wave(y) + 40.0 * wave(y / 3.0)) * 2.0 / 3.0
        + (160.0 * wave(y / 12.0) + 320.0 * wave(y / 30.0)) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + common
        + (20.0 * wave(x) + 40.0 * wave(x / 3.0)) * 2.0 / 3.0
        + (150.0 * wave(x / 12.0) + 300.0 * wave(x / 30.0)) * 2.0 / 3.0;
    let radians = lat / 180.0 * PI;
    let magic = 1.0 - ECCENTRICITY * radians.sin().powi(2);
    let per_lat = AXIS * (1.0 - ECCENTRICITY) / (magic * magic.sqrt()) * PI / 180.0;
    let per_lng = AXIS / magic.sqrt() * radians.cos() * PI / 180.0;
    (lat + north / per_lat, lng + east / per_lng)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_places_come_back() {
        for (lat, lng, given_lat, given_lng) in [
            (31.177_427_6, 121.527_210_6, 31.175_303_984, 121.531_541_859),
            (22.543_847, 113.912_316, 22.540_796_132, 113.917_176_481),
            (39.911_954, 116.377_817, 39.913_345_455, 116.384_047_225),
            (29.868_336, 121.544_108, 29.865_765_542, 121.548_281_297),
        ] {
            let millionths = |degrees: f64| (degrees * 1e6_f64).round() as i32;
            let back = from_gcj02(Point { lat: millionths(given_lat), lng: millionths(given_lng) });
            assert!((back.lat - millionths(lat)).abs() <= 1 && (back.lng - millionths(lng)).abs() <= 1, "{back:?}");
        }
        let paris = Point { lat: 48_856_600, lng: 2_352_200 };
        assert_eq!(from_gcj02(paris), paris);
    }
}
