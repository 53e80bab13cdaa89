//! A million entries over 25,000 villages and 40 indicators: import, roll-up, and roll-up right after a write.
//!
//! `cargo bench -p minsheng-ledger --bench million` prints medians, each beside the naive SQL way in the same run.
//! `-- postgres://…` runs it on that (empty) database instead of an embedded one; `-- 2500` takes fewer villages.
//! Every town reports its villages at one cut-off, a month that differs from indicator to indicator.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

extern crate minsheng_ledger as ledger;

mod villages;

use std::time::{Duration, Instant};

use chrono::NaiveDate;
use kernel::{Clock, RegionCode};
use ledger::board::Board;
use ledger::entries::{self, Correction, View};
use ledger::programmes::Outline;
use ledger::tables::programmes::Model as Programme;
use ledger::words::Reason;
use ledger::{regions, rollup};
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use store::{Actor, Store};
use villages::{INDICATORS, median, ms};

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    store.migrate(&[store::migrations::list, minsheng_ledger::migrations::list]).await.unwrap();
    regions::load_shipped(&store).await.unwrap();
    let villages = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(25_000);
    let villages = villages::villages(&store, villages).await;
    let file = folder.path().join("million.jsonl");
    villages::write_facts(&file, &villages);
    let megabytes = std::fs::metadata(&file).unwrap().len() / 1_000_000;
    println!("cores {}, {:?}, {megabytes} MB of facts", std::thread::available_parallelism().unwrap(), store.backend());

    let before = Instant::now();
    let (recorded, programme) = villages::import(&store, &file).await;
    let import = before.elapsed();
    println!("import of {recorded} facts: {:.1} s, {}", import.as_secs_f64(), memory());

    let region = RegionCode::from_stored(programme.region).unwrap();
    println!("roll-up of {INDICATORS} indicators over the province, median of 41:");
    let now = View::default();
    let past = View { cut_off: NaiveDate::from_ymd_opt(2024, 7, 9), known: None };
    measure("  current", async || drop(rollup::at_place(store.reader(), programme.id, region, now).await)).await;
    measure("  at 9 July", async || drop(rollup::at_place(store.reader(), programme.id, region, past).await)).await;
    measure("  whole scoreboard, current", async || drop(board(&store, &programme, now).await)).await;
    measure("  whole scoreboard, at 9 July", async || drop(board(&store, &programme, past).await)).await;
    let outline = Outline::load(store.reader(), programme.clone()).await.unwrap();
    let writes = writes(&store, &outline, villages[7]).await;
    println!("  right after a write: {:.2} ms; the write itself: {:.2} ms", ms(writes.0), ms(writes.1));
    measure_naive(&store, &programme, region).await;
    println!("{}", memory());
}

async fn board(store: &Store, programme: &Programme, view: View) -> Board {
    Board::load(store.reader(), programme.clone(), view).await.unwrap()
}

async fn measure(what: &str, mut run: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..41 {
        let before = Instant::now();
        run().await;
        times.push(before.elapsed());
    }
    let middle = median(times);
    println!("{what}: {:.2} ms", ms(middle));
    middle
}

/// Medians of the roll-up right after a correction, and of the correction.
async fn writes(store: &Store, outline: &Outline, village: RegionCode) -> (Duration, Duration) {
    let (mut after, mut writes) = (Vec::new(), Vec::new());
    for round in 0..21 {
        let all = entries::of_indicator(store.reader(), outline.indicators[3].id, village, 100).await.unwrap();
        let old = (*entries::standing(&all, View::default()).first().unwrap()).clone();
        let correction = Correction {
            raw: format!("{round}"),
            qualifier: old.qualifier(),
            as_of: old.as_of,
            reason: Reason::Typing,
            reason_text: "基准".into(),
        };
        let before = Instant::now();
        let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
        entries::correct(&mut tx, outline, &old, correction).await.unwrap();
        tx.commit().await.unwrap();
        writes.push(before.elapsed());
        let before = Instant::now();
        rollup::at_place(store.reader(), outline.programme.id, outline.region(), View::default()).await.unwrap();
        after.push(before.elapsed());
    }
    (median(after), median(writes))
}

/// What a page would wait for if it added up the entries each time.
async fn measure_naive(store: &Store, programme: &Programme, region: RegionCode) {
    let subtree = region.subtree();
    let sql = "SELECT e.indicator_id, CAST(SUM(e.value) AS BIGINT) AS total FROM entries e WHERE e.programme_id = $1 \
               AND e.region BETWEEN $2 AND $3 AND e.measure = 0 AND NOT EXISTS \
               (SELECT 1 FROM entries n WHERE n.supersedes = e.id) GROUP BY e.indicator_id";
    let values = [programme.id.into(), subtree.start().stored().into(), subtree.end().stored().into()];
    let mut times = Vec::new();
    for _ in 0..3 {
        let before = Instant::now();
        let statement = Statement::from_sql_and_values(store.backend(), sql, values.clone());
        store.reader().query_all_raw(statement).await.unwrap();
        times.push(before.elapsed());
    }
    println!("  naive sum over the entries: {:.0} ms", ms(median(times)));
}

/// Peak and present memory of this process, where the system tells.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = |key: &str| {
        let kilobytes =
            status.lines().find_map(|line| line.strip_prefix(key)?.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kilobytes.unwrap_or(0) / 1000
    };
    format!("memory {} MB, peak {} MB", line("VmRSS:"), line("VmHWM:"))
}
