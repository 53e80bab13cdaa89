//! The office's pages over a large year: 1,000,000 entries of 25,000 villages, and 1,000,000 returns in twelve rounds of which
//! the last is half reviewed.
//!
//! `cargo bench -p minsheng --bench office` asks for each page over a kept connection on loopback and prints the median of 21
//! with the number of statements: the time of the whole request, its rendering included.
//! `-- postgres://…` runs it on that (empty) database; `-- 2500` takes fewer villages and as many fewer returns.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod loopback;
#[path = "../../steps/ledger/benches/villages/mod.rs"]
mod villages;
#[path = "office/year.rs"]
mod year;

use std::time::Instant;

use chrono::{DateTime, Utc};
use kernel::{Clock, Level, RegionCode, Role};
use loopback::{Client, memory};
use store::Store;
use villages::{SLUG, median, ms};

const ASKED: usize = 21;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let count: usize = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(25_000);
    // A day in January, when December is being reported.
    let clock = Clock::fixed("2025-01-06T02:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let store = Store::open(&url, clock).await.unwrap();
    minsheng::wiring::prepare(&store).await.unwrap();
    let begun = Instant::now();
    let places = villages::villages(&store, count).await;
    let file = folder.path().join("million.jsonl");
    villages::write_facts(&file, &places);
    let (recorded, programme) = villages::import(&store, &file).await;
    let year = year::write(&store, &programme, &places).await;
    println!(
        "{:?}, {recorded} entries, {} returns, {} of them waiting; written in {:.0} s",
        store.backend(),
        year.returns,
        year.waiting,
        begun.elapsed().as_secs_f64()
    );
    let home: RegionCode = "330000".parse().unwrap();
    let town = year.town;
    let wanted = [
        (Role::ProgrammeOffice, home, None),
        (Role::SupervisionOffice, town.at(Level::County), None),
        (Role::ResponsibleBody, town, Some(year.body)),
    ];
    let people = loopback::sign_in(&store, &wanted).await;
    let address = loopback::serve(&store, folder.path(), minsheng::wiring::steps()).await;
    let watch = format!("/office/watch/{SLUG}");
    let round = format!("/office/rounds/{}", year.running);
    let pages: [(usize, &str, String); 16] = [
        (0, "desk of the province", "/office".into()),
        (0, "programmes watched", "/office/watch".into()),
        (0, "board of the province", watch.clone()),
        (0, "  as of 1 August", format!("{watch}?on=2024-08-01")),
        (0, "  regions × projects", format!("{watch}/regions")),
        (0, "  bodies, and who is silent", format!("{watch}/bodies")),
        (0, "  one project", format!("{watch}/projects/{}", year.project)),
        (0, "rounds", "/office/rounds".into()),
        (0, "  one round", round),
        (0, "queue of the province, all below", "/office/reviews?below=true".into()),
        (0, "  its tenth page", "/office/reviews?below=true&skip=300".into()),
        (1, "desk of a county", "/office".into()),
        (1, "board of a county", watch),
        (1, "queue of a county", "/office/reviews".into()),
        (2, "desk of a town", "/office".into()),
        (2, "returns of a town", "/office/returns".into()),
    ];
    for (who, what, page) in &pages {
        ask(&store, &mut Client::open(address, Some(&people[*who])).await, what, page).await;
    }
    println!("{}", memory());
}

async fn ask(store: &Store, client: &mut Client, what: &str, page: &str) {
    // The first answer warms the connection.
    let answer = client.get(page).await;
    assert_eq!(answer.status, 200, "{page}: {}", answer.text());
    let before = store.statements();
    let mut times = Vec::with_capacity(ASKED);
    for _ in 0..ASKED {
        let started = Instant::now();
        client.get(page).await;
        times.push(started.elapsed());
    }
    let cost = (store.statements() - before) / ASKED as u64;
    println!("{what:34} {:8.1} ms, {cost:3} statements, {:4} KB", ms(median(times)), answer.body.len() / 1_000);
}
