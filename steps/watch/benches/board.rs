//! The board over a million entries: 25,000 villages × 40 indicators, a month at a time.
//!
//! `cargo bench -p minsheng-watch --bench board` prints medians of the board of the province and of its regions, now and as
//! known on a day, each beside the naive way in the same run: adding up the entries once for every cut-off of the year.
//! `-- postgres://…` runs it on that (empty) database; `-- 2500` takes fewer villages.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use kernel::{Clock, RegionCode};
use ledger::entries::{self, NewEntry, View};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use ledger::words::Measure;
use ledger::{facts, regions};
use minsheng_watch::state;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use store::audit::{Event, RowDigest};
use store::{Actor, Migrations, Store};

const TABLES: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
];

const INDICATORS: usize = 40;
const VILLAGES_PER_TOWN: u64 = 18;
const SLUG: &str = "330000-2024";
const ROUNDS: usize = 31;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    store.migrate(TABLES).await.unwrap();
    regions::load_shipped(&store).await.unwrap();
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(25_000);
    let villages = load_villages(&store, count).await;
    let file = folder.path().join("million.jsonl");
    write_facts(&file, &villages);
    let open = || Ok(BufReader::with_capacity(1 << 16, File::open(&file)?));
    let done = facts::import(&store, &Actor::operator("bench"), &open, &mut |_, _| {}).await.unwrap();
    println!("{} entries, {:?}", done.recorded, store.backend());
    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
    set_targets(&store, &programme).await;

    let province: RegionCode = "330000".parse().unwrap();
    let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day);
    let now = View { cut_off: day(11, 30), known: None };
    let past = View { cut_off: day(7, 9), known: day(12, 31) };
    for (what, view) in [("now", now), ("at 9 July, as known on a day", past)] {
        let before = store.statements();
        let board = median(async || {
            drop(state::of_programme(store.reader(), programme.clone(), province, view).await.unwrap());
        })
        .await;
        let cost = (store.statements() - before) / ROUNDS as u64;
        println!("board of the province, {what}: {:.2} ms, {cost} statements", ms(board));
        let before = store.statements();
        let matrix = median(async || {
            drop(state::around(store.reader(), programme.clone(), province, view).await.unwrap());
        })
        .await;
        let cost = (store.statements() - before) / ROUNDS as u64;
        println!("regions × projects, {what}: {:.2} ms, {cost} statements", ms(matrix));
        let naive = naive(&store, &programme, province).await;
        println!(
            "  adding up the entries for each month of the year: {:.0} ms, {:.0} times as long",
            ms(naive),
            ms(naive) / ms(board)
        );
    }
}

async fn median(mut run: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let before = Instant::now();
        run().await;
        times.push(before.elapsed());
    }
    times.sort_unstable();
    times[ROUNDS / 2]
}

async fn load_villages(store: &Store, count: usize) -> Vec<RegionCode> {
    let mut csv = String::from("code,name,level,parent\n");
    let mut codes = Vec::new();
    let mut places = vec![RegionCode::from_number(330_000_000_000).unwrap()];
    while let Some(place) = places.pop() {
        let children = regions::children(store.reader(), place, 2024).await.unwrap();
        if children.is_empty() && place.level() == kernel::Level::Town {
            for number in 0..VILLAGES_PER_TOWN {
                let code = RegionCode::from_number(place.number() + 200 + number).unwrap();
                writeln!(csv, "{code},第{number}村,village,{place}").unwrap();
                codes.push(code);
            }
        }
        places.extend(children.iter().filter_map(|row| RegionCode::from_stored(row.code)));
    }
    codes.sort_unstable();
    codes.truncate(count);
    regions::load(store, &Actor::operator("bench"), csv.as_bytes(), None).await.unwrap();
    codes
}

/// Every town reports its villages at one cut-off, a month that differs from indicator to indicator.
fn write_facts(path: &Path, villages: &[RegionCode]) {
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

/// A target for the province and each of its cities, so that there is something to be behind of.
async fn set_targets(store: &Store, programme: &Programme) {
    let outline = Outline::load(store.reader(), programme.clone()).await.unwrap();
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let home = outline.region();
    let below = state::places_below(store.reader(), home, 2024).await.unwrap();
    let mut new = Vec::new();
    for row in &outline.indicators {
        for place in std::iter::once(home).chain(below.iter().copied()) {
            new.push(NewEntry {
                indicator: row.id,
                region: place,
                organisation: None,
                measure: Measure::Target,
                as_of: None,
                effective_on: first,
                number: Some(Number::exact(Decimal::from(if place == home { 6_300_000 } else { 570_000 }))),
                qualifier: Qualifier::Exact,
                source: None,
                supersedes: None,
                withdrawn: false,
            });
        }
    }
    let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
    let mut digest = RowDigest::default();
    let mut event = Event::new("bench.targets", "programme", SLUG, serde_json::Value::Null);
    entries::post(&tx, &outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the lights of a year would cost if each month were added up from the entries.
async fn naive(store: &Store, programme: &Programme, region: RegionCode) -> Duration {
    let subtree = region.subtree();
    let sql = "SELECT e.indicator_id, CAST(SUM(e.value) AS BIGINT) AS total FROM entries e WHERE e.programme_id = $1 \
               AND e.region BETWEEN $2 AND $3 AND e.measure = 0 AND e.effective_on <= $4 AND NOT EXISTS \
               (SELECT 1 FROM entries n WHERE n.supersedes = e.id) GROUP BY e.indicator_id";
    let before = Instant::now();
    for month in 1..=12 {
        let cut_off = NaiveDate::from_ymd_opt(2024, month, 28).unwrap();
        let values =
            [programme.id.into(), subtree.start().stored().into(), subtree.end().stored().into(), cut_off.into()];
        let statement = Statement::from_sql_and_values(store.backend(), sql, values);
        store.reader().query_all_raw(statement).await.unwrap();
    }
    before.elapsed()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
