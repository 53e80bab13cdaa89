//! A province reports within an hour: 1,400 towns × 100 indicators, each a return of its own, while 200 readers have the board
//! open.
//!
//! `cargo bench -p minsheng --bench reporting` serves the whole program on loopback from an embedded database. Towns hand in
//! by the form, the reviewers of 90 counties approve what their queue shows, 200 readers listen to the stream of the board
//! and fetch it again as its script does. First for a minute at the pace of an hour (39 returns a second handed in, as many
//! approved), then for a minute as fast as the program takes them from 16 towns at once. It prints returns a second, how long
//! each sort of page took, and memory, the clients' own included.
//! `-- postgres://…` runs it on that (empty) database; `-- 10` watches for so many seconds each.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod loopback;
#[path = "reporting/province.rs"]
mod province;
#[expect(dead_code, reason = "other benchmarks use the rest")]
#[path = "../../steps/ledger/benches/villages/mod.rs"]
mod villages;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::Clock;
use loopback::{Client, Somebody, memory, spread};
use province::{Owed, Province};
use store::Store;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What an hour asks for: 140,000 returns in 3,600 seconds.
const AN_HOUR: f64 = 140_000.0 / 3_600.0;

const READERS: usize = 200;
const TOWNS_AT_ONCE: usize = 16;
const REVIEWERS_AT_ONCE: usize = 4;

/// As in `live.js`: how long a page waits for more news, and how often it is fetched again at most.
const SETTLE: Duration = Duration::from_millis(400);
const GAP: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let seconds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(60);
    let store = Store::open(&url, Clock::system()).await.unwrap();
    minsheng::wiring::prepare(&store).await.unwrap();
    println!("cores {}, {:?}", std::thread::available_parallelism().unwrap(), store.backend());
    let begun = Instant::now();
    let province = Province::found(&store, READERS).await;
    println!(
        "{} towns owe {} returns; round opened in {:.1} s, everything set up in {:.1} s, {}",
        province.towns,
        province.owed.len(),
        province.opened.as_secs_f64(),
        begun.elapsed().as_secs_f64(),
        memory()
    );
    let address = loopback::serve(&store, folder.path(), minsheng::wiring::steps()).await;
    let hall =
        Arc::new(Hall { address, seen: Mutex::default(), over: AtomicBool::new(false), told: AtomicU64::new(0) });
    let mut readers = JoinSet::new();
    for (at, reader) in province.readers.iter().enumerate() {
        readers.spawn(read(
            hall.clone(),
            reader.clone(),
            province.slug.clone(),
            GAP * u32::try_from(at).unwrap() / 200,
        ));
    }
    sleep(GAP + SETTLE).await;
    let first = hall.take();
    println!("{READERS} readers opened the board: {}", spread(first.boards));
    let mut work = Work {
        owed: Arc::new(Mutex::new(province.owed.clone().into())),
        people: Arc::new(province.towns_people.clone()),
        reviewers: Arc::new(province.reviewers.clone()),
    };
    let period = Duration::from_secs(seconds);
    let (mut submitted, mut approved) = (0, 0);
    for (what, pace) in [("at the pace of an hour", Some(AN_HOUR)), ("as fast as it goes", None)] {
        let begun = Instant::now();
        work.go(&hall, pace, period).await;
        let (seen, took) = (hall.take(), begun.elapsed().as_secs_f64());
        println!("{what}, {took:.0} s:");
        println!("  handed in {:.0} returns/s: {}", seen.filled.len() as f64 / took, spread(seen.filled.clone()));
        println!("  approved {:.0} returns/s, 30 at once: {}", seen.approved as f64 / took, spread(seen.reviews));
        println!("  queues {:.0}/s: {}", seen.queues.len() as f64 / took, spread(seen.queues));
        println!("  boards {:.0}/s: {}", seen.boards.len() as f64 / took, spread(seen.boards));
        println!("  {}", memory());
        (submitted, approved) = (submitted + seen.filled.len(), approved + seen.approved);
    }
    hall.over.store(true, Ordering::Relaxed);
    readers.shutdown().await;
    let standing = report::store::standing_of(store.reader(), &[province.round], 0).await.unwrap().remove(0);
    let there = standing.of(report::words::State::Approved);
    println!(
        "an hour asks for {AN_HOUR:.0} returns/s; {submitted} handed in, {approved} approved, {there} in the ledger; \
         readers were told {} times",
        hall.told.load(Ordering::Relaxed)
    );
    assert_eq!(there, i64::try_from(approved).unwrap(), "what was answered is in the ledger");
    let checked = ledger::verify::verify(store.reader()).await.unwrap();
    println!("audit chain of {} events: {}", checked.events, if checked.fault.is_none() { "whole" } else { "broken" });
}

/// Where everybody goes, and how long each answer took.
struct Hall {
    address: SocketAddr,
    seen: Mutex<Seen>,
    over: AtomicBool,
    told: AtomicU64,
}

#[derive(Default)]
struct Seen {
    boards: Vec<Duration>,
    filled: Vec<Duration>,
    queues: Vec<Duration>,
    reviews: Vec<Duration>,
    approved: usize,
}

impl Hall {
    fn note(&self, write: impl FnOnce(&mut Seen)) {
        write(&mut self.seen.lock().unwrap());
    }

    fn take(&self) -> Seen {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

/// A reader: opens the board, listens, fetches it again when told.
async fn read(hall: Arc<Hall>, who: Somebody, slug: String, after: Duration) {
    sleep(after).await;
    let board = format!("/office/watch/{slug}");
    let (mut page, mut stream) =
        (Client::open(hall.address, Some(&who)).await, Client::open(hall.address, Some(&who)).await);
    let mut renewed = Instant::now();
    let answer = page.get(&board).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    hall.note(|seen| seen.boards.push(renewed.elapsed()));
    stream.listen(&format!("{board}/live")).await;
    while !hall.over.load(Ordering::Relaxed) {
        stream.told().await;
        hall.told.fetch_add(1, Ordering::Relaxed);
        sleep(SETTLE.max(GAP.saturating_sub(renewed.elapsed()))).await;
        renewed = Instant::now();
        let answer = page.get_quietly(&board).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        hall.note(|seen| seen.boards.push(renewed.elapsed()));
    }
}

/// What is left to hand in, and who does it.
struct Work {
    owed: Arc<Mutex<VecDeque<Owed>>>,
    people: Arc<Vec<Somebody>>,
    reviewers: Arc<Vec<Somebody>>,
}

impl Work {
    /// Hands in and approves for a while, at most `pace` a second.
    async fn go(&mut self, hall: &Arc<Hall>, pace: Option<f64>, period: Duration) {
        let (begun, taken) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut tasks = JoinSet::new();
        for _ in 0..TOWNS_AT_ONCE {
            let (hall, owed, people, taken) = (hall.clone(), self.owed.clone(), self.people.clone(), taken.clone());
            tasks.spawn(async move {
                let mut client = Client::open(hall.address, None).await;
                while begun.elapsed() < period {
                    let due = pace.map_or(Duration::ZERO, |pace| {
                        Duration::from_secs_f64(taken.fetch_add(1, Ordering::Relaxed) as f64 / pace)
                    });
                    sleep(due.saturating_sub(begun.elapsed())).await;
                    let Some(one) = owed.lock().unwrap().pop_front() else { return };
                    client.become_somebody(&people[one.town]);
                    let started = Instant::now();
                    let raw = (one.town % 50).to_string();
                    let fields = [("act", "submit"), ("version", "1"), (one.field.as_str(), raw.as_str())];
                    let answer = client.post_parts(&format!("/office/returns/{}", one.id), &fields).await;
                    assert_eq!(answer.status, 303, "{}", answer.text());
                    hall.note(|seen| seen.filled.push(started.elapsed()));
                }
            });
        }
        for first in 0..REVIEWERS_AT_ONCE {
            let (hall, reviewers) = (hall.clone(), self.reviewers.clone());
            tasks.spawn(async move {
                let mut client = Client::open(hall.address, None).await;
                // Each goes round counties of his own: of two at one desk one would be told that the other was faster.
                for who in reviewers.iter().skip(first).step_by(REVIEWERS_AT_ONCE).cycle() {
                    if begun.elapsed() >= period {
                        return;
                    }
                    review(&hall, &mut client, who, begun + period).await;
                }
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
    }
}

/// Approves what a reviewer's queue shows; goes on with the next one when it is empty.
async fn review(hall: &Hall, client: &mut Client, who: &Somebody, until: Instant) {
    client.become_somebody(who);
    loop {
        let started = Instant::now();
        let answer = client.get("/office/reviews").await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        hall.note(|seen| seen.queues.push(started.elapsed()));
        let text = answer.text();
        let shown: Vec<&str> =
            text.split("name=\"returns\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        if shown.is_empty() {
            // Nobody sits before an empty queue and reloads it.
            return sleep(Duration::from_millis(20)).await;
        }
        let form: Vec<String> = shown.iter().map(|one| format!("returns={}", web::listing::escape(one))).collect();
        let started = Instant::now();
        let answer = client.post("/office/reviews", &format!("act=pass&{}", form.join("&"))).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        hall.note(|seen| {
            seen.reviews.push(started.elapsed());
            seen.approved += shown.len();
        });
        if Instant::now() > until || shown.len() < 30 {
            return;
        }
    }
}
