//! The pure rules of chargers: what a report changes, when silence counts, what lies where, how available something was.

use evcs::{ConnectorReport, ConnectorStatus};
use kernel::{Level, RegionCode, codes};
use maps::{Crs, LngLat};

/// `Status` of a connector that was not heard of for too long. The standard has no negative codes.
pub const NO_NEWS: i32 = -2;

/// A minute in milliseconds.
pub const MINUTE_MS: i64 = 60_000;

/// An hour in milliseconds.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;

/// For how long a status is believed without being heard again, where the operator is polled (certainty D).
pub const BELIEVED_POLLED_MS: i64 = 30 * MINUTE_MS;

/// The same where the operator only notifies of changes (certainty D).
pub const BELIEVED_NOTIFYING_MS: i64 = 24 * HOUR_MS;

codes! {
    /// What an operator is asked again and again.
    PollKind {
        /// `query_stations_info`.
        Stations = "stations", "充电站信息", "stations";
        /// `query_station_status`.
        Status = "status", "实时状态", "live status";
        /// `query_station_stats`.
        Stats = "stats", "统计电量", "electricity";
    }
}

impl PollKind {
    /// Milliseconds from one success to the next try.
    pub fn interval_ms(self) -> i64 {
        match self {
            Self::Stations => 6 * HOUR_MS,
            Self::Status => 2 * MINUTE_MS,
            Self::Stats => 12 * HOUR_MS,
        }
    }

    /// Milliseconds to wait after `failures` in a row: doubled each time, two hours at most.
    pub fn wait_ms(self, failures: i32) -> i64 {
        let doubled = MINUTE_MS << failures.clamp(0, 10).cast_unsigned();
        doubled.min(2 * HOUR_MS)
    }
}

codes! {
    /// How a connector stands, as it is shown.
    Shown {
        /// Free.
        Free = "free", "空闲", "free";
        /// A car charges.
        Charging = "charging", "充电中", "charging";
        /// A car stands there and does not charge.
        Occupied = "occupied", "占用（未充电）", "occupied, not charging";
        /// Reserved.
        Reserved = "reserved", "已预约", "reserved";
        /// Out of order.
        Faulty = "faulty", "故障", "out of order";
        /// Not connected to its operator.
        Offline = "offline", "离网", "offline";
        /// Not heard of for too long.
        NoNews = "no_news", "无最新数据", "no recent data";
        /// A code that the standard does not have, or nothing was heard yet.
        Unknown = "unknown", "未知", "unknown";
    }
}

impl Shown {
    /// From the stored status; `None` where nothing was ever heard.
    pub fn of(status: Option<i32>) -> Self {
        let Some(status) = status else { return Self::Unknown };
        if status == NO_NEWS {
            return Self::NoNews;
        }
        match ConnectorStatus::of(status) {
            ConnectorStatus::Free => Self::Free,
            ConnectorStatus::Charging => Self::Charging,
            ConnectorStatus::Occupied => Self::Occupied,
            ConnectorStatus::Reserved => Self::Reserved,
            ConnectorStatus::Faulty => Self::Faulty,
            ConnectorStatus::Offline => Self::Offline,
            ConnectorStatus::Unknown(_) => Self::Unknown,
        }
    }

    /// The class of its light: colour, shape and word stand together.
    pub fn light(self) -> &'static str {
        match self {
            Self::Free => "steady",
            Self::Faulty => "late",
            Self::Offline | Self::NoNews => "behind",
            Self::Charging | Self::Occupied | Self::Reserved | Self::Unknown => "",
        }
    }
}

/// How a connector stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// `Status`, or [`NO_NEWS`].
    pub status: i32,
    /// `ParkStatus`; −1 unknown.
    pub park: i32,
    /// `LockStatus`; −1 unknown.
    pub lock: i32,
    /// Since when the status holds.
    pub since_ms: i64,
    /// When it was last heard.
    pub seen_ms: i64,
}

/// What a report heard at `at_ms` makes of a state; `None` when something newer was heard already.
pub fn heard(before: Option<State>, report: &ConnectorReport, at_ms: i64) -> Option<State> {
    let status = report.status.code();
    let after = State { status, park: report.park, lock: report.lock, since_ms: at_ms, seen_ms: at_ms };
    match before {
        Some(before) if before.seen_ms > at_ms => None,
        Some(before) if before.status == status => Some(State { since_ms: before.since_ms, ..after }),
        // Silence was noted as beginning later than this was heard: what was heard then still came first.
        Some(before) if before.status == NO_NEWS => Some(State { since_ms: at_ms.max(before.since_ms), ..after }),
        _ => Some(after),
    }
}

/// The division that `area` names with six, nine or twelve digits; `fallback` where it names none.
pub fn region_of(area: &str, fallback: RegionCode) -> RegionCode {
    let digits: String = area.chars().take_while(char::is_ascii_digit).collect();
    [12, 9, 6].into_iter().find_map(|length| digits.get(..length)?.parse().ok()).unwrap_or(fallback)
}

/// Whether a division is rural by its code: digits seven to nine are 100–399 for towns and townships, 001–099 for
/// streets (statistical division codes, certainty V); `None` above towns and for what is treated like a town.
pub fn is_rural(region: RegionCode) -> Option<bool> {
    if region.level() < Level::Town {
        return None;
    }
    match region.at(Level::Town).number() / 1_000 % 1_000 {
        1..=99 => Some(false),
        100..=399 => Some(true),
        _ => None,
    }
}

/// A band of a twentieth of a degree of latitude, about 5.5 km, that a latitude in millionths lies in.
pub fn band(lat: i32) -> i32 {
    lat.div_euclid(50_000)
}

/// A place in millionths of a degree, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Latitude.
    pub lat: i32,
    /// Longitude.
    pub lng: i32,
}

/// Metres of a degree of latitude on the sphere that is reckoned with.
const METRES_PER_DEGREE: f64 = 6_371_008.8 * std::f64::consts::PI / 180.0;

impl Point {
    /// The same in degrees.
    pub fn degrees(self) -> LngLat {
        LngLat::new(f64::from(self.lng) / 1e6, f64::from(self.lat) / 1e6)
    }

    /// To the nearest millionth of a degree, about ten centimetres.
    pub fn of_degrees(at: LngLat) -> Self {
        let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
        Self { lat: millionths(at.lat), lng: millionths(at.lng) }
    }

    /// Where a place lies that an operator gave in GCJ-02, as the standard has it.
    #[must_use]
    pub fn from_gcj02(self) -> Self {
        Self::of_degrees(Crs::Gcj02.to_wgs84(self.degrees()))
    }

    /// The same place as operators give it.
    #[must_use]
    pub fn to_gcj02(self) -> Self {
        Self::of_degrees(Crs::Gcj02.of_wgs84(self.degrees()))
    }

    /// Metres to another place, along the sphere.
    pub fn metres_to(self, other: Self) -> u32 {
        self.degrees().metres_to(other.degrees()).round() as u32
    }

    /// The box that holds every place within `metres`: south, north, west, east.
    pub fn box_of(self, metres: u32) -> (i32, i32, i32, i32) {
        let north = f64::from(metres) / METRES_PER_DEGREE;
        let lat = f64::from(self.lat) / 1e6;
        // The parallel that is nearer to the pole is the shorter one.
        let shortest = ((lat.abs() + north).min(89.9) * std::f64::consts::PI / 180.0).cos();
        let (north, east) = (north * 1e6 + 2.0, (north / shortest).min(360.0) * 1e6 + 2.0);
        let whole = |at: f64| at.round() as i32;
        let (lat, lng) = (f64::from(self.lat), f64::from(self.lng));
        (whole(lat - north), whole(lat + north), whole(lng - east), whole(lng + east))
    }
}

/// How long something stood in each way, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Free.
    pub free: i64,
    /// In use: charging, occupied or reserved.
    pub used: i64,
    /// Out of order.
    pub faulty: i64,
    /// Offline, or nothing was heard.
    pub silent: i64,
    /// A code that is not known.
    pub unknown: i64,
}

impl Spent {
    /// Adds the time of another.
    pub fn add(&mut self, other: &Self) {
        self.free += other.free;
        self.used += other.used;
        self.faulty += other.faulty;
        self.silent += other.silent;
        self.unknown += other.unknown;
    }

    /// All of it.
    pub fn whole(&self) -> i64 {
        self.free + self.used + self.faulty + self.silent + self.unknown
    }
}

/// How long a connector stood in each way between `from` and `to`, by its changes in order; the time before the first
/// one is not counted, because nothing is known of it.
pub fn spent(changes: &[(i64, i32)], from: i64, to: i64) -> Spent {
    let mut spent = Spent::default();
    for (index, (at, status)) in changes.iter().enumerate() {
        let until = changes.get(index + 1).map_or(to, |(next, _)| *next).min(to);
        let lasted = until.saturating_sub((*at).max(from)).max(0);
        match Shown::of(Some(*status)) {
            Shown::Free => spent.free += lasted,
            Shown::Charging | Shown::Occupied | Shown::Reserved => spent.used += lasted,
            Shown::Faulty => spent.faulty += lasted,
            Shown::Offline | Shown::NoNews => spent.silent += lasted,
            Shown::Unknown => spent.unknown += lasted,
        }
    }
    spent
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(status: i32) -> ConnectorReport {
        ConnectorReport { connector: "1".into(), status: ConnectorStatus::of(status), park: -1, lock: -1 }
    }

    #[test]
    fn what_is_older_changes_nothing_and_what_is_the_same_lasts() {
        let first = heard(None, &report(1), 1_000).unwrap();
        assert_eq!((first.since_ms, first.seen_ms), (1_000, 1_000));
        let same = heard(Some(first), &report(1), 2_000).unwrap();
        assert_eq!((same.since_ms, same.seen_ms), (1_000, 2_000));
        assert_eq!(heard(Some(same), &report(3), 1_500), None, "an answer that was on its way for long");
        let other = heard(Some(same), &report(3), 2_500).unwrap();
        assert_eq!((other.status, other.since_ms), (3, 2_500));
    }

    #[test]
    fn towns_are_rural_and_streets_are_not() {
        for (area, rural) in [
            ("330226100", Some(true)),
            ("330226001", Some(false)),
            ("330226100203", Some(true)),
            ("330226", None),
            ("330226400", None),
        ] {
            assert_eq!(is_rural(region_of(area, "330200".parse().unwrap())), rural, "{area}");
        }
        let fallback = "330200".parse().unwrap();
        for (area, code) in
            [("330226", "330226"), ("330226100", "330226100"), ("", "330200"), ("宁海", "330200"), ("3302", "330200")]
        {
            assert_eq!(region_of(area, fallback), code.parse().unwrap(), "{area}");
        }
    }

    #[test]
    fn metres_are_metres() {
        let at = |lat, lng| Point { lat, lng };
        // A minute of latitude is a sea mile of about 1,853 m on this sphere.
        assert_eq!(at(29_000_000, 121_000_000).metres_to(at(29_016_667, 121_000_000)), 1_853);
        assert_eq!(at(0, 0).metres_to(at(0, 0)), 0);
    }

    #[test]
    fn places_of_operators_are_shifted_back() {
        for (wgs84, gcj02) in [
            ((31.177_427_6, 121.527_210_6), (31.175_303_984, 121.531_541_859)),
            ((22.543_847, 113.912_316), (22.540_796_132, 113.917_176_481)),
            ((39.911_954, 116.377_817), (39.913_345_455, 116.384_047_225)),
            ((29.868_336, 121.544_108), (29.865_765_542, 121.548_281_297)),
        ] {
            let point = |(lat, lng): (f64, f64)| Point::of_degrees(LngLat::new(lng, lat));
            let (back, there) = (point(gcj02).from_gcj02(), point(wgs84));
            assert!((back.lat - there.lat).abs() <= 1 && (back.lng - there.lng).abs() <= 1, "{back:?} {there:?}");
        }
        let paris = Point { lat: 48_856_600, lng: 2_352_200 };
        assert_eq!(paris.from_gcj02(), paris);
    }

    #[test]
    fn waiting_grows_and_ends() {
        let waits: Vec<_> = [0, 1, 2, 3, 20].map(|failures| PollKind::Status.wait_ms(failures) / MINUTE_MS).to_vec();
        assert_eq!(waits, [1, 2, 4, 8, 120]);
    }

    proptest! {
        #[test]
        fn the_box_holds_whatever_is_near(lat in -80_000_000_i32..80_000_000, lng in -170_000_000_i32..170_000_000, north in -300_000_i32..300_000, east in -300_000_i32..300_000, metres in 1_u32..60_000) {
            let (here, there) = (Point { lat, lng }, Point { lat: lat + north, lng: lng + east });
            let (south, top, west, right) = here.box_of(metres);
            if here.metres_to(there) <= metres {
                prop_assert!((south..=top).contains(&there.lat) && (west..=right).contains(&there.lng));
            }
        }

        #[test]
        fn time_is_spent_once(steps in prop::collection::vec((1_i64..500, 0_i32..6), 1..20), from in 0_i64..3_000, length in 0_i64..3_000) {
            let mut at = 0;
            let changes: Vec<(i64, i32)> = steps.into_iter().map(|(step, status)| { at += step; (at, status) }).collect();
            let to = from + length;
            let known = to.saturating_sub(from.max(changes[0].0)).max(0);
            prop_assert_eq!(spent(&changes, from, to).whole(), known);
        }
    }
}
