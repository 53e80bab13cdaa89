//! A province reports: 1,400 towns with 100 indicators each hand in over HTTP, a reviewer approves them into the ledger, and
//! 200 readers have the board open, told by server-sent events and fetching it again as `live.js` does.
//!
//! `cargo bench -p minsheng-watch --bench reporting` serves it on loopback from an embedded database, twice for 30 seconds
//! each: at twice the pace of an hour's reporting, and as fast as it goes. `-- postgres://…` runs it on that (empty)
//! database; `-- 140` takes fewer towns.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::{Level, RegionCode, Role};
use report::By;
use report::returns;
use store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use uuid::Uuid;
use web::{App, Settings};

mod province;

use province::{Province, SLUG};

const READERS: usize = 200;
const WRITERS: usize = 4;
const PROJECTS: usize = 10;
const INDICATORS: usize = 10;
const EACH: Duration = Duration::from_secs(30);
/// How long `live.js` lets pass before it fetches a board again.
const GAP: Duration = Duration::from_secs(5);
/// 1,400 towns × 100 indicators in an hour.
const NEEDED: f64 = 1_400.0 * 100.0 / 3_600.0;

/// A return that waits to be handed in: its key and the body of the request.
type Waiting = (Uuid, String);

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let embedded = format!("sqlite://{}/bench.db?mode=rwc", folder.path().display());
    let url = std::env::args().find(|argument| argument.starts_with("postgres")).unwrap_or(embedded);
    let towns = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(1_400);
    let store = province::open(&url).await;
    let province = Province::draw_up(&store, (PROJECTS, INDICATORS)).await;
    let body = province.account(&store, "body", Role::ResponsibleBody, Some(province.body)).await;
    let office = province.account(&store, "office", Role::ProgrammeOffice, None).await;
    let round = province.open_round(&store, &office, towns, &[Level::Province]).await;
    let owed = returns::owed_of(store.reader(), round).await.unwrap();
    let home: RegionCode = "330000".parse().unwrap();
    let mut waiting = Vec::with_capacity(owed.len());
    for chunk in owed.chunks(1_000) {
        let ids: Vec<Uuid> = chunk.iter().map(|row| row.id).collect();
        let lines = returns::lines_of(store.reader(), &ids).await.unwrap();
        for row in chunk.iter().filter(|row| row.region != home.stored()) {
            let lines: Vec<_> = lines[&row.id]
                .iter()
                .map(|line| serde_json::json!({ "indicator": line.indicator_id, "raw": "120" }))
                .collect();
            let body = serde_json::json!({ "act": "submit", "version": 1, "content": { "lines": lines } });
            waiting.push((row.id, body.to_string()));
        }
    }
    println!("{} returns of {INDICATORS} figures, {READERS} readers, {:?}", waiting.len(), store.backend());
    let address = serve(&store, folder.path()).await;
    let tokens = (province::sign_in(&store, &body).await, province::sign_in(&store, &office).await);
    let half = waiting.len() / 2;
    let rest = waiting.split_off(half);
    run("at twice the pace", (address, &store), (&office, &tokens), waiting, Some(2.0 * NEEDED)).await;
    run("as fast as it goes", (address, &store), (&office, &tokens), rest, None).await;
}

async fn serve(store: &Store, uploads: &std::path::Path) -> SocketAddr {
    let steps = minsheng_watch::steps().into_iter().chain(report::steps()).chain(web::steps()).collect();
    let router = web::server::assemble(App::new(store.clone(), Settings::local(uploads.to_owned())), steps);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(web::server::serve(router, listener, std::future::pending()));
    address
}

/// Hands in for a time and prints what came of it.
async fn run(
    what: &str,
    (address, store): (SocketAddr, &Store),
    (office, (at_body, at_office)): (&By, &(String, String)),
    waiting: Vec<Waiting>,
    pace: Option<f64>,
) {
    let started = Instant::now();
    let until = started + EACH;
    let (done, read) = mpsc::unbounded_channel();
    let (waiting, handed_in) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicUsize::new(0)));
    let times = Arc::new(Mutex::new(Vec::new()));
    let mut tasks: Vec<_> =
        (0..READERS).map(|_| tokio::spawn(watch(address, at_office.clone(), until, times.clone()))).collect();
    for _ in 0..WRITERS {
        let (waiting, count, done) = (waiting.clone(), handed_in.clone(), done.clone());
        tasks.push(tokio::spawn(hand_in(address, at_body.clone(), (until, pace, started), waiting, count, done)));
    }
    drop(done);
    let approved = approve(store, office, until, read).await;
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = |returns: usize| (returns * INDICATORS) as f64 / seconds;
    let (handed_in, mut times) = (handed_in.load(Ordering::Relaxed), times.lock().unwrap().clone());
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0);
    println!(
        "{what}: {:.0} figures/s handed in, {:.0} figures/s into the ledger ({:.1} times what the hour needs); board fetched {} \
         times, median {:.0} ms, 95 of 100 under {:.0} ms",
        rate(handed_in),
        rate(approved),
        rate(approved) / NEEDED,
        times.len(),
        at(50),
        at(95)
    );
}

/// Hands in one return after the other, at its part of the pace.
async fn hand_in(
    address: SocketAddr,
    token: String,
    (until, pace, started): (Instant, Option<f64>, Instant),
    waiting: Arc<Mutex<Vec<Waiting>>>,
    count: Arc<AtomicUsize>,
    done: mpsc::UnboundedSender<Uuid>,
) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    while Instant::now() < until {
        let Some((id, body)) = waiting.lock().unwrap().pop() else { return };
        let number = count.fetch_add(1, Ordering::Relaxed);
        if let Some(pace) = pace {
            #[expect(clippy::cast_precision_loss, reason = "a pace for people")]
            let due = started + Duration::from_secs_f64((number * INDICATORS) as f64 / pace);
            tokio::time::sleep_until(due.into()).await;
        }
        let head = format!(
            "POST /api/v1/returns/{id}/acts HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\ncontent-type: \
             application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(body.as_bytes()).await.unwrap();
        let answer = answer(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let _ = done.send(id);
    }
}

/// Approves what has come in, thirty at a time; says how many in all.
async fn approve(store: &Store, office: &By, until: Instant, mut read: mpsc::UnboundedReceiver<Uuid>) -> usize {
    let mut approved = 0;
    let mut batch = Vec::new();
    while Instant::now() < until {
        let more = tokio::time::timeout_at(until.into(), read.recv_many(&mut batch, 30)).await;
        if !matches!(more, Ok(more) if more > 0) {
            break;
        }
        let these: Vec<(Uuid, i32)> = batch.drain(..).map(|id| (id, 2)).collect();
        approved += returns::pass_or_approve(store, office, &these).await.unwrap().len();
    }
    approved
}

/// Has the board open: listens, and fetches it again when told, but not before [`GAP`] has passed.
async fn watch(address: SocketAddr, token: String, until: Instant, times: Arc<Mutex<Vec<Duration>>>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nhost: bench\r\nx-quiet: 1\r\nauthorization: Bearer {token}\r\n\r\n")
    };
    stream.write_all(head(&format!("/office/watch/{SLUG}/live")).as_bytes()).await.unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let (mut buffer, mut fetched) = (vec![0; 1 << 16], None::<Instant>);
    while let Ok(Ok(more)) = tokio::time::timeout_at(until.into(), stream.read(&mut buffer)).await {
        assert!(more > 0, "the stream ended");
        if !String::from_utf8_lossy(&buffer[..more]).contains("changed") {
            continue;
        }
        if let Some(fetched) = fetched {
            tokio::time::sleep_until((fetched + GAP).min(until).into()).await;
        }
        let asked = Instant::now();
        connection.write_all(head(&format!("/office/watch/{SLUG}")).as_bytes()).await.unwrap();
        let answer = answer(&mut connection).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{}", &answer[..answer.len().min(400)]);
        times.lock().unwrap().push(asked.elapsed());
        fetched = Some(asked);
    }
}

/// One whole answer, told by its length.
async fn answer(connection: &mut TcpStream) -> String {
    let (mut read, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let more = connection.read(&mut buffer).await.unwrap();
        assert!(more > 0, "the server hung up");
        read.extend_from_slice(&buffer[..more]);
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
        let length: usize =
            text.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        if read.len() >= head + 4 + length {
            return String::from_utf8_lossy(&read).into_owned();
        }
    }
}
