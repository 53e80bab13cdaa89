//! How fast public pages are served, beside a static page of the same size from the same server.
//!
//! `cargo bench -p minsheng --bench portal` loads the sample years into an embedded database, serves them on loopback
//! from one process and asks from another task over kept connections for a bounded time.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod loopback;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use kernel::Clock;
use loopback::Client;
use store::{Actor, Store};
use web::{Access, Route, Step};

const CONNECTIONS: usize = 8;
const EACH: Duration = Duration::from_secs(4);
const PAGES: [&str; 4] = ["/", "/programmes/330200-2024", "/programmes/330100-2024", "/matters/charging-piles"];

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path(), Clock::system()).await.unwrap();
    minsheng::wiring::prepare(&store).await.unwrap();
    ledger::samples::load(&store, &Actor::operator("bench"), &mut |_, _| {}).await.unwrap();
    println!(
        "cores {}, {CONNECTIONS} connections, {} s each",
        std::thread::available_parallelism().unwrap(),
        EACH.as_secs()
    );
    for page in PAGES {
        let address = serve(&store, folder.path(), String::new()).await;
        let body = fetch(address, page).await;
        let (length, ours) = (body.len(), rate(address, page).await);
        let address = serve(&store, folder.path(), body).await;
        let fixed = rate(address, "/static").await;
        println!(
            "{page}: {length} bytes, {ours:.0}/s; static page of that size {fixed:.0}/s; ratio {:.2}",
            ours / fixed
        );
    }
    let address = serve(&store, folder.path(), String::new()).await;
    let rendered = rate(address, "/programmes/330200-2024?n=").await;
    println!("scoreboard rendered afresh each time: {rendered:.0}/s");
}

/// A server with one more route, whose answer is always the same text.
async fn serve(store: &Store, uploads: &std::path::Path, text: String) -> SocketAddr {
    static ROUTES: [Route; 1] = [Route::get("/static", Access::Public)];
    let text = Arc::new(text);
    let answer = move || {
        let text = text.clone();
        async move { ([(CONTENT_TYPE, "text/html; charset=utf-8")], text.to_string()) }
    };
    let fixed =
        Step { router: utoipa_axum::router::OpenApiRouter::new().route("/static", get(answer)), routes: &ROUTES };
    let steps = publish::steps().into_iter().chain(web::steps()).chain([fixed]).collect();
    loopback::serve(store, uploads, steps).await
}

async fn fetch(address: SocketAddr, path: &str) -> String {
    Client::open(address, None).await.get(path).await.text()
}

/// Answers per second; a path that ends in `=` gets a number that is new each time.
async fn rate(address: SocketAddr, path: &str) -> f64 {
    let (count, number) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(ask(address, path.to_owned(), started + EACH, count.clone(), number.clone())))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let answers = count.load(Ordering::Relaxed) as f64;
    answers / started.elapsed().as_secs_f64()
}

async fn ask(address: SocketAddr, path: String, until: Instant, count: Arc<AtomicU64>, number: Arc<AtomicU64>) {
    let mut client = Client::open(address, None).await;
    while Instant::now() < until {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let fresh = if path.ends_with('=') { format!("{path}{number}") } else { path.clone() };
        let answer = client.get(&fresh).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        count.fetch_add(1, Ordering::Relaxed);
    }
}
