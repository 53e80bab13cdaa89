//! What the scheme needs, measured from stations, connectors and the course of their states.

use std::collections::BTreeMap;

use ::store::Result;
use chrono::Datelike;
use kernel::clock::china_time;
use kernel::{Level, RegionCode};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::scheme::{Measure, Measured, Scheme};
use super::{Subject, Wanted};
use crate::chargers::rules::{self, HOUR_MS, Spent};
use crate::chargers::shown;
use crate::chargers::store::ratings::{self as rows, Plug};
use crate::chargers::store::{history, operators};
use crate::chargers::tables::stations::Model as Station;

/// Connectors whose course is read at once.
const AT_ONCE: usize = 2_000;

/// Sums over the stations of one subject.
#[derive(Default)]
struct Sums {
    name: String,
    stations: i64,
    described: i64,
    priced: i64,
    capped: i64,
    parking_said: i64,
    parking_free: i64,
    connectors: i64,
    placed: i64,
    rural: i64,
    spent: Spent,
}

impl Sums {
    fn add_station(&mut self, station: &Station, cap: Option<i64>) {
        self.stations += 1;
        let told = [&station.address, &station.hours, &station.service_tel].iter().all(|text| !text.is_empty());
        self.described += i64::from(told && station.lat.is_some());
        if let Some((_, highest)) = shown::whole_price(station) {
            self.priced += 1;
            self.capped += i64::from(cap.is_some_and(|cap| i64::from(highest) <= cap));
        }
        if !station.park_fee.is_empty() {
            self.parking_said += 1;
            self.parking_free += i64::from(["免", "减", "优惠"].iter().any(|word| station.park_fee.contains(word)));
        }
    }

    fn measured(self, subject: String, capped: bool, days: i64) -> Measured {
        let Spent { free, used, faulty, .. } = self.spent;
        let known = free + used + faulty;
        let mut values = BTreeMap::new();
        let mut put = |measure: Measure, part: i64, whole: i64| {
            if let Some(share) = hundredths(part, whole) {
                values.insert(measure.code().to_owned(), share);
            }
        };
        put(Measure::KnownShare, known, self.spent.whole());
        put(Measure::DescribedShare, self.described, self.stations);
        put(Measure::FreeShare, free, known);
        put(Measure::UsableShare, free + used, known);
        put(Measure::RuralShare, self.rural, self.placed);
        put(Measure::PricedShare, self.priced, self.stations);
        if capped {
            put(Measure::CappedShare, self.capped, self.priced);
        }
        put(Measure::ParkingShare, self.parking_free, self.parking_said);
        // Hours per connector in thirty days: hundredths, so 100 times hours, over connectors and days.
        let time = self.connectors * days;
        if time > 0 && known > 0 {
            let hours = i128::from(faulty) * 100 * 30 / i128::from(HOUR_MS) / i128::from(time);
            values.insert(Measure::FaultHours.code().to_owned(), i64::try_from(hours).unwrap_or(i64::MAX));
        }
        Measured { subject, name: self.name, stations: self.stations, connectors: self.connectors, values }
    }
}

/// A share in hundredths of a percent, rounded half up; none of nothing.
fn hundredths(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let share = (i128::from(part) * 20_000 + i128::from(whole)) / (2 * i128::from(whole));
    i64::try_from(share).ok()
}

/// Measures every subject in the place.
pub(super) async fn measure<C: ConnectionTrait>(on: &C, scheme: &Scheme, wanted: Wanted) -> Result<Vec<Measured>> {
    let cap = scheme.criteria.iter().find_map(|criterion| criterion.cap());
    let stations = rows::stations(on, wanted.region).await?;
    let subjects = Subjects::of(on, &stations, wanted).await?;
    let mut sums = BTreeMap::<String, Sums>::new();
    for station in &stations {
        let (subject, name) = subjects.of_station(station);
        let one = sums.entry(subject).or_insert_with(|| Sums { name, ..Sums::default() });
        one.add_station(station, cap);
    }
    let by_key: BTreeMap<Uuid, &Station> = stations.iter().map(|station| (station.id, station)).collect();
    let keys: Vec<Uuid> = stations.iter().map(|station| station.id).collect();
    let plugs: Vec<Plug> = rows::plugs(on, &keys).await?;
    for chunk in plugs.chunks(AT_ONCE) {
        let keys: Vec<Uuid> = chunk.iter().map(|plug| plug.connector).collect();
        let mut changes = history::changes(on, &keys, wanted.from_ms, wanted.to_ms).await?;
        for plug in chunk {
            let Some(station) = by_key.get(&plug.station) else { continue };
            let Some(one) = sums.get_mut(&subjects.of_station(station).0) else { continue };
            one.connectors += 1;
            one.placed += i64::from(station.rural.is_some());
            one.rural += i64::from(station.rural == Some(true));
            let course = changes.remove(&plug.connector).unwrap_or_default();
            one.spent.add(&rules::spent(&course, wanted.from_ms, wanted.to_ms));
        }
    }
    let days = ((wanted.to_ms - wanted.from_ms) / (24 * HOUR_MS)).max(1);
    Ok(sums.into_iter().map(|(subject, one)| one.measured(subject, cap.is_some(), days)).collect())
}

/// Whose a station is.
struct Subjects {
    by: Subject,
    operators: BTreeMap<Uuid, (String, String)>,
    counties: BTreeMap<RegionCode, String>,
}

impl Subjects {
    async fn of<C: ConnectionTrait>(on: &C, stations: &[Station], wanted: Wanted) -> Result<Self> {
        let operators = operators::all(on).await?.into_iter().map(|row| (row.id, (row.code, row.name))).collect();
        let year = china_time(wanted.to_ms).map_or(2024, |time| time.year());
        let counties = stations.iter().filter_map(county);
        let counties = ledger::regions::names(on, counties, year).await?;
        Ok(Self { by: wanted.subject, operators, counties })
    }

    /// Code and name.
    fn of_station(&self, station: &Station) -> (String, String) {
        match self.by {
            Subject::Operator => self.operators.get(&station.operator_id).cloned().unwrap_or_default(),
            Subject::Region => county(station).map_or_else(Default::default, |code| {
                let name = self.counties.get(&code).cloned().unwrap_or_else(|| code.short());
                (code.short(), name)
            }),
        }
    }
}

fn county(station: &Station) -> Option<RegionCode> {
    RegionCode::from_stored(station.region).map(|code| code.at(Level::County))
}
