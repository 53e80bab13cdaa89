//! How stations and connectors are put into words, alike on pages and in feeds.

use std::collections::{HashMap, HashSet};

use ::store::Result;
use chrono::{Datelike, NaiveTime};
use evcs::{opening, price};
use kernel::clock::china_time;
use kernel::{Lang, Level, RegionCode};
use sea_orm::ConnectionTrait;
use uuid::Uuid;
use web::Frame;

use super::rules::Point;
use super::store::nearest::{self, Counts};
use super::store::{listing, operators};
use super::tables::operators::Model as Operator;
use super::tables::stations::Model as Station;

/// A station with all that is shown of it in a list.
pub(crate) struct Seen {
    pub(crate) station: Station,
    pub(crate) operator: Operator,
    /// Names of county and town.
    pub(crate) place: String,
    pub(crate) counts: Counts,
    /// Metres away, where somewhere was looked from.
    pub(crate) metres: Option<u32>,
    /// Whether it is open now, where its hours can be understood.
    pub(crate) open: Option<bool>,
    /// When all this was looked at.
    pub(crate) now_ms: i64,
}

impl Seen {
    /// The stations with these keys, in that order, with the metres that stand beside them.
    pub(crate) async fn all<C: ConnectionTrait>(
        on: &C,
        keys: &[(Uuid, Option<u32>)],
        now_ms: i64,
    ) -> Result<Vec<Self>> {
        let ids: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
        let mut stations = listing::of_keys(on, &ids).await?;
        let rows = keys.iter().filter_map(|(id, metres)| Some((stations.remove(id)?, *metres))).collect();
        Self::of(on, rows, now_ms).await
    }

    /// The same of rows that are at hand.
    pub(crate) async fn of<C: ConnectionTrait>(
        on: &C,
        rows: Vec<(Station, Option<u32>)>,
        now_ms: i64,
    ) -> Result<Vec<Self>> {
        let ids: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
        let mut counts = nearest::counts(on, &ids).await?;
        let operators: HashMap<Uuid, Operator> =
            operators::all(on).await?.into_iter().map(|row| (row.id, row)).collect();
        let codes: HashSet<RegionCode> =
            rows.iter().filter_map(|(row, _)| RegionCode::from_stored(row.region)).flat_map(county_and_town).collect();
        let now = china_time(now_ms).map(|time| time.naive_local()).unwrap_or_default();
        let names = ledger::regions::names(on, codes, now.year()).await?;
        let one = |(station, metres): (Station, Option<u32>)| {
            let operator = operators.get(&station.operator_id)?.clone();
            let codes = RegionCode::from_stored(station.region).into_iter().flat_map(county_and_town);
            let place = codes.filter_map(|code| names.get(&code).map(String::as_str)).collect::<Vec<_>>().concat();
            let counts = counts.remove(&station.id).unwrap_or_default();
            let open = open_now(&station, now.time());
            Some(Self { station, operator, place, counts, metres, open, now_ms })
        };
        Ok(rows.into_iter().filter_map(one).collect())
    }

    /// How far away, in words.
    pub(crate) fn distance(&self, f: &Frame) -> Option<String> {
        let lang = f.lang;
        self.metres.map(|metres| crate::sites::shown::distance(lang, f64::from(metres)))
    }

    /// Class and words of its light: whether something is free.
    pub(crate) fn light(&self, f: &Frame) -> (&'static str, String) {
        let lang = f.lang;
        let (free, used) = (self.counts.free(), self.counts.used);
        match (free, lang) {
            (1.., Lang::Zh) => ("steady", format!("空闲 {free}")),
            (1.., Lang::En) => ("steady", format!("{free} free")),
            _ if used > 0 => ("behind", lang.t("暂无空闲", "none free").to_owned()),
            _ => ("", lang.t("停用或无数据", "out of order or no data").to_owned()),
        }
    }

    /// Whether it is open now, in words; none where its hours cannot be understood.
    pub(crate) fn open_word(&self, f: &Frame) -> Option<&'static str> {
        let lang = f.lang;
        self.open.map(|open| if open { lang.t("营业中", "open now") } else { lang.t("未营业", "closed now") })
    }

    /// The most power of its connectors.
    pub(crate) fn power(&self) -> Option<String> {
        kilowatts(self.counts.power)
    }

    /// The price of a kilowatt-hour with service, where both can be read; else the words for electricity.
    pub(crate) fn price(&self, f: &Frame) -> String {
        let lang = f.lang;
        let Station { electricity_fee, service_fee, .. } = &self.station;
        let unit = lang.t("元/度", " yuan/kWh");
        match whole_price(&self.station) {
            Some((low, high)) if low == high => format!("{}{unit}", yuan(low)),
            Some((low, high)) => format!("{}–{}{unit}", yuan(low), yuan(high)),
            None if service_fee.is_empty() => electricity_fee.clone(),
            None => format!("{electricity_fee}，{service_fee}"),
        }
    }

    /// How old the oldest status of its connectors is.
    pub(crate) fn age(&self, f: &Frame) -> String {
        let lang = f.lang;
        self.counts.oldest_ms.map_or_else(
            || lang.t("部分枪没有状态", "not every connector has a status").to_owned(),
            |at| age(lang, self.now_ms - at),
        )
    }

    /// Where it lies.
    pub(crate) fn point(&self) -> Option<Point> {
        Some(Point { lat: self.station.lat?, lng: self.station.lng? })
    }
}

/// County and town that a division lies in.
fn county_and_town(code: RegionCode) -> impl Iterator<Item = RegionCode> {
    let town = (code.level() >= Level::Town).then(|| code.at(Level::Town));
    std::iter::once(code.at(Level::County)).chain(town)
}

/// Electricity and service together, in ten-thousandths of a yuan: lowest and highest. Nothing where either is unread.
pub(crate) fn whole_price(station: &Station) -> Option<(i32, i32)> {
    let (low, high) = price::per_kwh(&station.electricity_fee)?;
    let (service_low, service_high) = match price::per_kwh(&station.service_fee) {
        Some(service) => service,
        None if station.service_fee.trim().is_empty() || station.service_fee.contains('免') => (0, 0),
        None => return None,
    };
    Some((low + service_low, high + service_high))
}

/// Ten-thousandths of a yuan, to the hundredth or as exactly as they are.
pub(crate) fn yuan(price: i32) -> String {
    if price % 100 == 0 {
        format!("{}.{:02}", price / 10_000, price / 100 % 100)
    } else {
        format!("{}.{:04}", price / 10_000, price % 10_000)
    }
}

/// Whether a station is open, where its hours can be understood.
pub(crate) fn open_now(station: &Station, now: NaiveTime) -> Option<bool> {
    opening::open_at(&station.hours, now)
}

/// Tenths of a kilowatt in words; none where unknown.
pub(crate) fn kilowatts(tenths: i32) -> Option<String> {
    match tenths {
        0 => None,
        whole if whole % 10 == 0 => Some(format!("{} kW", whole / 10)),
        other => Some(format!("{}.{} kW", other / 10, other % 10)),
    }
}

/// How long ago, in words.
pub(crate) fn age(lang: Lang, ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match (lang, minutes) {
        (Lang::Zh, 0) => "1分钟内".to_owned(),
        (Lang::En, 0) => "under a minute ago".to_owned(),
        (Lang::Zh, 1..=119) => format!("{minutes}分钟前"),
        (Lang::En, 1..=119) => format!("{minutes} min ago"),
        (Lang::Zh, 120..=2_879) => format!("{}小时前", minutes / 60),
        (Lang::En, 120..=2_879) => format!("{} h ago", minutes / 60),
        (Lang::Zh, _) => format!("{}天前", minutes / 1_440),
        (Lang::En, _) => format!("{} days ago", minutes / 1_440),
    }
}
