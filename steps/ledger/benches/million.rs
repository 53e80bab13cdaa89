//! A million entries over 25,000 villages and 40 indicators: import, roll-up, and roll-up right after a write.
//!
//! `cargo bench -p minsheng-ledger --bench million` prints medians, each beside the naive SQL way in the same run.
//! `-- postgres://…` runs it on that (empty) database instead of an embedded one; `-- 2500` takes fewer villages.
//! Every town reports its villages at one cut-off, a month that differs from indicator to indicator.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use kernel::{Clock, RegionCode};
use minsheng_ledger::board::Board;
use minsheng_ledger::entries::{self, Correction, View};
use minsheng_ledger::programmes::{self, Outline};
use minsheng_ledger::tables::programmes::Model as Programme;
use minsheng_ledger::words::Reason;
use minsheng_ledger::{facts, regions, rollup};
use sea_orm_migration::sea_orm::{ConnectionTrait, Statement};
use store::{Actor, Store};

const INDICATORS: usize = 40;
const VILLAGES_PER_TOWN: u64 = 18;
const SLUG: &str = "330000-2024";

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    store.migrate(&[store::migrations::list, minsheng_ledger::migrations::list]).await.unwrap();
    regions::load_shipped(&store).await.unwrap();
    let villages = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(25_000);
    let villages = load_villages(&store, villages).await;
    let file = folder.path().join("million.jsonl");
    write_facts(&file, &villages);
    let megabytes = std::fs::metadata(&file).unwrap().len() / 1_000_000;
    println!("cores {}, {:?}, {megabytes} MB of facts", std::thread::available_parallelism().unwrap(), store.backend());

    let before = Instant::now();
    let open = || Ok(BufReader::with_capacity(1 << 16, File::open(&file)?));
    let done = facts::import(&store, &Actor::operator("bench"), &open, &mut |_, _| {}).await.unwrap();
    let import = before.elapsed();
    println!("import of {} facts: {:.1} s, {}", done.recorded, import.as_secs_f64(), memory());

    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
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
    // 1,387 towns of eighteen villages are a few short of 25,000: the last town gets the rest.
    let last = codes[codes.len() - 1];
    for number in 1..=count.saturating_sub(codes.len()) as u64 {
        let code = RegionCode::from_number(last.number() + number).unwrap();
        writeln!(csv, "{code},增{number}村,village,{}", last.parent().unwrap()).unwrap();
        codes.push(code);
    }
    codes.truncate(count);
    regions::load(store, &Actor::operator("bench"), csv.as_bytes(), None).await.unwrap();
    codes
}

fn write_facts(path: &Path, villages: &[RegionCode]) {
    let mut out = BufWriter::new(File::create(path).unwrap());
    for indicator in 0..INDICATORS {
        for (at, village) in villages.iter().enumerate() {
            let town = usize::try_from(village.number() / 1_000).unwrap();
            let (month, value) = ((town + indicator) % 12 + 1, (at * 37 + indicator * 11) % 500);
            writeln!(
                out,
                r#"{{"id":"b-{indicator}-{at}","place":"村","region_code":"{village}","year":2024,"source":"bench","area":"实事","indicator":"指标{indicator}","value":{value}.5,"raw":"{value}.5","unit":"个","qualifier":"eq","kind":"count","flow":"new","period_start":"2024-01-01","period_end":null,"as_of":"2024-{month:02}-28","date_basis":"printed","parent":null,"relation":null,"programme":"{SLUG}"}}"#
            )
            .unwrap();
        }
    }
    out.flush().unwrap();
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
    times.sort_unstable();
    println!("{what}: {:.2} ms", ms(times[20]));
    times[20]
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
    after.sort_unstable();
    writes.sort_unstable();
    (after[10], writes[10])
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
    times.sort_unstable();
    println!("  naive sum over the entries: {:.0} ms", ms(times[1]));
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
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
