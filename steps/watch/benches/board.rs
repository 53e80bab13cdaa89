//! The board over a million entries: 25,000 villages × 40 indicators, a month at a time.
//!
//! `cargo bench -p minsheng-watch --bench board` prints medians of the board of the province and of its regions, now and as
//! known on a day, each beside the naive way in the same run: adding up the entries once for every cut-off of the year.
//! `-- postgres://…` runs it on that (empty) database; `-- 2500` takes fewer villages.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

#[path = "../../ledger/benches/villages/mod.rs"]
mod villages;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use kernel::{Clock, RegionCode};
use ledger::entries::{self, NewEntry, View};
use ledger::programmes::Outline;
use ledger::regions;
use ledger::tables::programmes::Model as Programme;
use ledger::words::Measure;
use minsheng_watch::state;
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use store::audit::{Event, RowDigest};
use store::{Actor, Migrations, Store};
use villages::{SLUG, median, ms};

const TABLES: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
];

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
    let villages = villages::villages(&store, count).await;
    let file = folder.path().join("million.jsonl");
    villages::write_facts(&file, &villages);
    let (recorded, programme) = villages::import(&store, &file).await;
    println!("{recorded} entries, {:?}", store.backend());
    set_targets(&store, &programme).await;

    let province: RegionCode = "330000".parse().unwrap();
    let day = |month, day| NaiveDate::from_ymd_opt(2024, month, day);
    let now = View { cut_off: day(11, 30), known: None };
    let past = View { cut_off: day(7, 9), known: day(12, 31) };
    for (what, view) in [("now", now), ("at 9 July, as known on a day", past)] {
        let before = store.statements();
        let board = rounds(async || {
            drop(state::of_programme(store.reader(), programme.clone(), province, view).await.unwrap());
        })
        .await;
        let cost = (store.statements() - before) / ROUNDS as u64;
        println!("board of the province, {what}: {:.2} ms, {cost} statements", ms(board));
        let before = store.statements();
        let matrix = rounds(async || {
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

/// The middle of several rounds.
async fn rounds(mut run: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let before = Instant::now();
        run().await;
        times.push(before.elapsed());
    }
    median(times)
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
