//! A million entries for the benchmarks of several steps: 25,000 villages of a province × 40 indicators.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use kernel::{Level, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use ledger::{facts, regions};
use store::{Actor, Store};

/// Indicators of the programme.
pub(crate) const INDICATORS: usize = 40;

/// The programme's name in addresses.
pub(crate) const SLUG: &str = "330000-2024";

const VILLAGES_PER_TOWN: u64 = 18;

/// The shipped towns of the province.
pub(crate) async fn towns(store: &Store) -> Vec<RegionCode> {
    let (mut towns, mut places) = (Vec::new(), vec![RegionCode::from_number(330_000_000_000).unwrap()]);
    while let Some(place) = places.pop() {
        let children = regions::children(store.reader(), place, 2024).await.unwrap();
        if children.is_empty() && place.level() == Level::Town {
            towns.push(place);
        }
        places.extend(children.iter().filter_map(|row| RegionCode::from_stored(row.code)));
    }
    towns.sort_unstable();
    towns
}

/// Loads `count` villages below the towns of the province; the last town gets what eighteen a town do not come to.
pub(crate) async fn villages(store: &Store, count: usize) -> Vec<RegionCode> {
    let towns = towns(store).await;
    let below = |town: &RegionCode| {
        let first = town.number() + 200;
        (first..first + VILLAGES_PER_TOWN).filter_map(RegionCode::from_number).collect::<Vec<_>>()
    };
    let mut codes: Vec<RegionCode> = towns.iter().flat_map(below).collect();
    let last = codes[codes.len() - 1];
    let missing = count.saturating_sub(codes.len()) as u64;
    codes.extend((1..=missing).filter_map(|more| RegionCode::from_number(last.number() + more)));
    codes.truncate(count);
    let mut csv = String::from("code,name,level,parent\n");
    for (at, code) in codes.iter().enumerate() {
        writeln!(csv, "{code},第{at}村,village,{}", code.parent().unwrap()).unwrap();
    }
    regions::load(store, &Actor::operator("bench"), csv.as_bytes(), None).await.unwrap();
    codes
}

/// Writes a facts file. Every town reports its villages at one cut-off, a month that differs from indicator to indicator;
/// each indicator is a project of its own.
pub(crate) fn write_facts(path: &Path, villages: &[RegionCode]) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    for indicator in 0..INDICATORS {
        for (at, village) in villages.iter().enumerate() {
            let town = usize::try_from(village.number() / 1_000).unwrap();
            let (month, value) = ((town + indicator) % 12 + 1, (at * 37 + indicator * 11) % 500);
            writeln!(
                out,
                r#"{{"id":"b-{indicator}-{at}","place":"村","region_code":"{village}","year":2024,"source":"bench","area":"实事{indicator}","indicator":"指标{indicator}","value":{value}.5,"raw":"{value}.5","unit":"个","qualifier":"eq","kind":"count","flow":"new","period_start":"2024-01-01","period_end":null,"as_of":"2024-{month:02}-28","date_basis":"printed","parent":null,"relation":null,"programme":"{SLUG}"}}"#
            )
            .unwrap();
        }
    }
    out.flush().unwrap();
}

/// Imports the facts file; says how many entries that made, and gives the programme.
pub(crate) async fn import(store: &Store, file: &Path) -> (u64, Programme) {
    let open = || Ok(BufReader::with_capacity(1 << 16, File::open(file)?));
    let done = facts::import(store, &Actor::operator("bench"), &open, &mut |_, _| {}).await.unwrap();
    (done.recorded, programmes::find(store.reader(), SLUG).await.unwrap().unwrap())
}

/// The middle one.
pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// In milliseconds.
pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
