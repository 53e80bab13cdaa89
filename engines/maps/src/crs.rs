//! The three coordinate systems in which points reach us: WGS 84 (CGCS2000), GCJ-02, BD-09.
//!
//! Formulas and constants are the well-known reverse-engineered ones of GCJ-02 (a = 6378245, e² = 0.00669342162296594323)
//! and of BD-09; certainty V, computed against published pairs. CGCS2000 differs from WGS 84 by centimetres and is
//! treated as the same (M). Outside the rectangle 72.004–137.8347° E, 0.8293–55.8271° N nothing is shifted.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

use crate::LngLat;

/// A coordinate system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Crs {
    /// WGS 84, and CGCS2000 (国家大地坐标系), which is the same within centimetres: what satellites give and 天地图 shows.
    #[default]
    Wgs84,
    /// GCJ-02 (火星坐标): what most Chinese map services show.
    Gcj02,
    /// BD-09: what Baidu shows.
    Bd09,
}

const A: f64 = 6_378_245.0;
const EE: f64 = 0.006_693_421_622_965_943;
const X_PI: f64 = PI * 3000.0 / 180.0;

/// Below a tenth of a millimetre in degrees.
const CLOSE: f64 = 1e-9;

impl Crs {
    /// Every system.
    pub const ALL: [Self; 3] = [Self::Wgs84, Self::Gcj02, Self::Bd09];

    /// The word in files, tables and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Wgs84 => "wgs84",
            Self::Gcj02 => "gcj02",
            Self::Bd09 => "bd09",
        }
    }

    /// Reads the word written by [`Crs::code`], or another name of the same system, in whatever case.
    pub fn parse(word: &str) -> Option<Self> {
        match word.trim().to_ascii_lowercase().replace(['-', ' ', '_'], "").as_str() {
            "wgs84" | "cgcs2000" | "epsg:4326" | "epsg:4490" | "国家2000" | "天地图" => Some(Self::Wgs84),
            "gcj02" | "火星" | "火星坐标" | "高德" | "腾讯" => Some(Self::Gcj02),
            "bd09" | "bd09ll" | "百度" => Some(Self::Bd09),
            _ => None,
        }
    }

    /// Name on screens, Chinese and English.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Wgs84 => ("WGS84 / CGCS2000（天地图、GPS）", "WGS 84 / CGCS2000"),
            Self::Gcj02 => ("GCJ-02（高德、腾讯）", "GCJ-02"),
            Self::Bd09 => ("BD-09（百度）", "BD-09"),
        }
    }

    /// A point of this system in WGS 84, within a millimetre of where [`Crs::of_wgs84`] leads back from.
    pub fn to_wgs84(self, point: LngLat) -> LngLat {
        match self {
            Self::Wgs84 => point,
            Self::Gcj02 => inverse(point, gcj02),
            Self::Bd09 => inverse(point, |wgs84| bd09(gcj02(wgs84))),
        }
    }

    /// A point of WGS 84 in this system.
    pub fn of_wgs84(self, point: LngLat) -> LngLat {
        match self {
            Self::Wgs84 => point,
            Self::Gcj02 => gcj02(point),
            Self::Bd09 => bd09(gcj02(point)),
        }
    }
}

/// Whether GCJ-02 leaves a point alone.
fn abroad(point: LngLat) -> bool {
    !(72.004..=137.8347).contains(&point.lng) || !(0.8293..=55.8271).contains(&point.lat)
}

/// Follows the shift back: one step alone errs by one to two metres.
fn inverse(point: LngLat, forward: impl Fn(LngLat) -> LngLat) -> LngLat {
    let mut guess = point;
    for _ in 0..32 {
        let there = forward(guess);
        let (off_lng, off_lat) = (there.lng - point.lng, there.lat - point.lat);
        if off_lng.abs() < CLOSE && off_lat.abs() < CLOSE {
            break;
        }
        guess = LngLat::new(guess.lng - off_lng, guess.lat - off_lat);
    }
    guess
}

fn gcj02(point: LngLat) -> LngLat {
    if abroad(point) {
        return point;
    }
    let (x, y) = (point.lng - 105.0, point.lat - 35.0);
    let radians = point.lat.to_radians();
    let magic = 1.0 - EE * radians.sin().powi(2);
    let root = magic.sqrt();
    let lat = wave_lat(x, y) * 180.0 / ((A * (1.0 - EE)) / (magic * root) * PI);
    let lng = wave_lng(x, y) * 180.0 / (A / root * radians.cos() * PI);
    LngLat::new(point.lng + lng, point.lat + lat)
}

fn wave_lat(x: f64, y: f64) -> f64 {
    let mut sum = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    sum += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    sum += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    sum + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0
}

fn wave_lng(x: f64, y: f64) -> f64 {
    let mut sum = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    sum += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    sum += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    sum + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0
}

fn bd09(point: LngLat) -> LngLat {
    let (x, y) = (point.lng, point.lat);
    let z = x.hypot(y) + 0.000_02 * (y * X_PI).sin();
    let theta = y.atan2(x) + 0.000_003 * (x * X_PI).cos();
    LngLat::new(z * theta.cos() + 0.0065, z * theta.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// WGS 84, GCJ-02 and BD-09 of the same place, latitude first as they are published.
    const PAIRS: [[(f64, f64); 3]; 2] = [
        [(31.1774276, 121.5272106), (31.175303984, 121.531541859), (31.181328607, 121.538015686)],
        [(22.543847, 113.912316), (22.540796132, 113.917176481), (22.546667438, 113.923684729)],
    ];

    #[test]
    fn published_pairs_hold_in_both_directions() {
        for pair in PAIRS {
            let [wgs84, gcj02, bd09] = pair.map(|(lat, lng)| LngLat::new(lng, lat));
            for (crs, there) in [(Crs::Gcj02, gcj02), (Crs::Bd09, bd09)] {
                assert!(crs.of_wgs84(wgs84).metres_to(there) < 0.001, "{crs:?} {:?}", crs.of_wgs84(wgs84));
                assert!(crs.to_wgs84(there).metres_to(wgs84) < 0.001, "{crs:?} {:?}", crs.to_wgs84(there));
            }
        }
    }

    #[test]
    fn nothing_is_shifted_abroad() {
        let paris = LngLat::new(2.3522, 48.8566);
        assert_eq!(Crs::Gcj02.of_wgs84(paris), paris);
        assert_eq!(Crs::Gcj02.to_wgs84(paris), paris);
    }

    #[test]
    fn names_of_systems_are_read_as_people_write_them() {
        for (word, crs) in
            [("GCJ-02", Crs::Gcj02), ("CGCS2000", Crs::Wgs84), ("百度", Crs::Bd09), (" wgs 84", Crs::Wgs84)]
        {
            assert_eq!(Crs::parse(word), Some(crs));
        }
        assert_eq!(Crs::parse("mercator"), None);
    }

    proptest! {
        #[test]
        fn there_and_back_is_within_a_tenth_of_a_metre(lng in 73.5..135.0, lat in 3.5..53.5) {
            let point = LngLat::new(lng, lat);
            for crs in Crs::ALL {
                let back = crs.to_wgs84(crs.of_wgs84(point));
                prop_assert!(back.metres_to(point) < 0.1, "{crs:?} {point:?} {back:?}");
            }
        }

        #[test]
        fn shifts_stay_within_two_kilometres(lng in 73.5..135.0, lat in 3.5..53.5) {
            let point = LngLat::new(lng, lat);
            for crs in Crs::ALL {
                prop_assert!(crs.of_wgs84(point).metres_to(point) < 2_500.0);
            }
        }
    }
}
