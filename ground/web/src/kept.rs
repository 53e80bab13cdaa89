//! Pages kept as they were rendered, as long as the ledger stands still.
//!
//! A public page depends on its address, the language, the theme, the ledger and the day, and on nothing else. One that
//! says `no-store` is not kept. It is kept with
//! the number of the last audit event and thrown away when that number moves. A write of this process is noticed at
//! once; one of another copy of the server within [`LOOK_AGAIN`]. Nothing is kept for people who are signed in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, COOKIE, ETAG, IF_NONE_MATCH, SET_COOKIE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use store::Store;

use crate::session;

/// For how long another copy's write may go unnoticed.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// What all kept pages may weigh, in bytes.
const ROOM: u64 = 32 << 20;

/// Larger answers are not kept.
const LARGEST: usize = 1 << 20;

/// The pages that are kept.
#[derive(Clone)]
pub(crate) struct Kept(Arc<Inner>);

struct Inner {
    store: Store,
    pages: Cache<String, Page, BySize>,
    started: Instant,
    /// Milliseconds since `started` at which the ledger was last looked at.
    looked_ms: AtomicU64,
    ledger: AtomicI64,
    commits: AtomicU64,
}

#[derive(Clone)]
struct Page {
    ledger: i64,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct BySize;

impl Weighter<String, Page> for BySize {
    fn weight(&self, key: &String, page: &Page) -> u64 {
        (key.len() + page.body.len() + 512) as u64
    }
}

impl Kept {
    pub(crate) fn new(store: Store) -> Self {
        Self(Arc::new(Inner {
            store,
            pages: Cache::with_weighter(4_000, ROOM, BySize),
            started: Instant::now(),
            looked_ms: AtomicU64::new(0),
            ledger: AtomicI64::new(-1),
            commits: AtomicU64::new(u64::MAX),
        }))
    }

    /// The number of the ledger's last event, as far as it is known.
    async fn ledger(&self) -> Option<i64> {
        let Inner { store, started, looked_ms, ledger, commits, .. } = &*self.0;
        let now_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let written = store.commits();
        let fresh = now_ms.saturating_sub(looked_ms.load(Ordering::Relaxed)) < LOOK_AGAIN.as_millis() as u64;
        if fresh && commits.load(Ordering::Relaxed) == written {
            return Some(ledger.load(Ordering::Relaxed));
        }
        let number = store::audit::last_number(store.reader()).await.ok()?;
        ledger.store(number, Ordering::Relaxed);
        looked_ms.store(now_ms, Ordering::Relaxed);
        commits.store(written, Ordering::Relaxed);
        Some(number)
    }
}

/// Answers from the kept pages, or keeps what the handler answers.
pub(crate) async fn keep(State(kept): State<Kept>, request: Request, next: Next) -> Response {
    let Some(key) = key(&request) else { return next.run(request).await };
    // Lights go out at midnight without anybody writing.
    let key = format!("{key} {}", kept.0.store.clock().today());
    let Some(ledger) = kept.ledger().await else { return next.run(request).await };
    let held = request.headers().get(IF_NONE_MATCH).cloned();
    if let Some(page) = kept.0.pages.get(&key).filter(|page| page.ledger == ledger) {
        return answer(page, held.as_ref());
    }
    let response = next.run(request).await;
    let keepable = response.status() == StatusCode::OK
        && response.headers().contains_key(ETAG)
        && !response.headers().contains_key(SET_COOKIE)
        // What lives beside the ledger, such as the state of chargers, says so itself.
        && response.headers().get(CACHE_CONTROL).is_none_or(|how| how != "no-store");
    if !keepable {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else {
        return crate::Error::fault("a page broke off while it was kept").into_response();
    };
    if body.len() <= LARGEST {
        let mut headers = parts.headers.clone();
        headers.remove(CONTENT_LENGTH);
        kept.0.pages.insert(key, Page { ledger, headers, body: body.clone() });
    }
    Response::from_parts(parts, Body::from(body))
}

fn answer(page: Page, held: Option<&HeaderValue>) -> Response {
    let mut response = Response::new(Body::empty());
    let same = page.headers.get(ETAG).is_some_and(|etag| {
        let (etag, held) = (etag.to_str().unwrap_or_default(), held.and_then(|held| held.to_str().ok()));
        held.is_some_and(|held| held.split(',').any(|one| one.trim() == etag))
    });
    *response.headers_mut() = page.headers;
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    } else {
        *response.body_mut() = Body::from(page.body);
    }
    response
}

/// What a page depends on besides the ledger; `None` for requests whose answers are not kept.
fn key(request: &Request) -> Option<String> {
    let headers = request.headers();
    let path = request.uri().path();
    let kept = request.method() == Method::GET
        && !headers.contains_key(AUTHORIZATION)
        && !["/assets/", "/files/", "/office", "/account", "/sign-in", "/metrics", "/healthz"]
            .iter()
            .any(|no| path.starts_with(no));
    if !kept {
        return None;
    }
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    let cookies: Vec<&str> = text(COOKIE).split(';').map(str::trim).collect();
    if cookies.iter().any(|cookie| cookie.starts_with(session::COOKIE)) {
        return None;
    }
    let mut chosen: Vec<_> =
        cookies.into_iter().filter(|one| one.starts_with("lang=") || one.starts_with("theme=")).collect();
    chosen.sort_unstable();
    let packed = text(ACCEPT_ENCODING).contains("gzip");
    let fragment = headers.contains_key("hx-request");
    Some(format!("{} {} {} {packed} {fragment}", request.uri(), chosen.join(";"), text(ACCEPT)))
}
