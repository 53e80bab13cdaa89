//! How fast public pages are served, beside a static page of the same size from the same server.
//!
//! `cargo bench -p minsheng --bench portal` loads the sample years into an embedded database, serves them on loopback
//! from one process and asks from another task over kept connections for a bounded time.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints and stops at the first fault")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use kernel::Clock;
use store::{Actor, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
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
    let app = web::App::new(store.clone(), web::Settings::local(uploads.to_owned()));
    let router = web::server::assemble(app, steps);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(web::server::serve(router, listener, std::future::pending()));
    address
}

async fn fetch(address: SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8(answer).unwrap();
    text.split_once("\r\n\r\n").unwrap().1.to_owned()
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
    let mut connection = TcpStream::connect(address).await.unwrap();
    let mut buffer = vec![0; 1 << 20];
    while Instant::now() < until {
        let number = number.fetch_add(1, Ordering::Relaxed);
        let fresh = if path.ends_with('=') { format!("{path}{number}") } else { path.clone() };
        let request = format!("GET {fresh} HTTP/1.1\r\nhost: bench\r\n\r\n");
        connection.write_all(request.as_bytes()).await.unwrap();
        let (mut read, mut whole) = (0, None);
        while whole.is_none_or(|whole| read < whole) {
            let more = connection.read(&mut buffer[read..]).await.unwrap();
            assert!(more > 0, "the server hung up");
            read += more;
            whole = whole.or_else(|| length(&buffer[..read]));
        }
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The length of the whole answer, once its head is there.
fn length(so_far: &[u8]) -> Option<usize> {
    let head = so_far.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&so_far[..head]).unwrap().to_ascii_lowercase();
    assert!(text.starts_with("http/1.1 200"), "{text}");
    let length: usize = text.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
    Some(head + length)
}
