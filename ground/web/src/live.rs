//! Pages that stay current: a stream of server-sent events that says when the ledger has changed.
//!
//! A step adds a route, say `GET /office/watch/{slug}/live`, whose handler is `live.changes(&app, &me)` with the extractor
//! [`Live`]; the page marks what is to stay current:
//!
//! ```html
//! <section id="board" data-live="/office/watch/330200-2024/live" data-live-since="{{ number }}">…</section>
//! ```
//!
//! `scripts/live.js` listens at the address, fetches the page again when told, and puts the new section in place of the
//! old. `data-live-since` is the last audit number as it was before the page was read (`store::audit::last_number`): what
//! happens between page and stream is then not missed. Without script the page is as current as any other.
//!
//! The stream carries the number of the last event and nothing else. It ends with the session, which neither the stream
//! nor the fetching keeps alive (the header [`QUIET`]), and when the server stops. One look at the database each second
//! serves every listener of a process, and sees what other copies of the server write.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, HeaderName};
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use people::Viewer;
use store::Store;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::{App, Error, Result, SignedIn, context};

/// The header of requests that a page makes on its own: they do not count as its reader's doing, so the session still ends
/// when nobody sits there.
pub const QUIET: HeaderName = HeaderName::from_static("x-quiet");

/// Whether a request is the page's own and not its reader's: marked with [`QUIET`], or a browser's listening, which it takes
/// up again by itself.
pub(crate) fn is_quiet(headers: &HeaderMap) -> bool {
    headers.contains_key(QUIET) || headers.get(ACCEPT).is_some_and(|accept| accept.as_bytes() == b"text/event-stream")
}

/// How often the database is looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How often a stream without news says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How often a stream looks whether its session still holds.
const SESSION: Duration = Duration::from_secs(60);

/// Tells every listener of this process the number of the ledger's last event. Cheap to clone.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    store: Store,
    news: watch::Sender<News>,
    looking: Mutex<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    /// Not looked at yet.
    Unknown,
    /// The last event's number.
    Number(i64),
    /// The server stops.
    End,
}

impl Ledger {
    pub(crate) fn new(store: Store) -> Self {
        Self(Arc::new(Inner { store, news: watch::Sender::new(News::Unknown), looking: Mutex::new(false) }))
    }

    /// Ends every stream, so that the server can stop.
    pub fn end(&self) {
        self.0.news.send_replace(News::End);
    }

    /// Listens; somebody looks as long as anybody listens.
    fn listen(&self) -> watch::Receiver<News> {
        let mut looking = self.0.looking.lock().unwrap_or_else(PoisonError::into_inner);
        let listener = self.0.news.subscribe();
        if !std::mem::replace(&mut *looking, true) {
            tokio::spawn(look(self.clone()));
        }
        listener
    }

    /// Whether nobody listens any more; then nobody looks from now on.
    fn is_over(&self) -> bool {
        let mut looking = self.0.looking.lock().unwrap_or_else(PoisonError::into_inner);
        *looking = self.0.news.receiver_count() > 0 && *self.0.news.borrow() != News::End;
        !*looking
    }
}

async fn look(ledger: Ledger) {
    while !ledger.is_over() {
        match store::audit::last_number(ledger.0.store.reader()).await {
            Ok(number) => {
                ledger.0.news.send_if_modified(|news| {
                    let newer = *news != News::Number(number) && *news != News::End;
                    if newer {
                        *news = News::Number(number);
                    }
                    newer
                });
            }
            Err(error) => tracing::warn!(%error, "the ledger could not be looked at for live pages"),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// What a listener has seen: the number in `Last-Event-ID`, which browsers send when they come back, or in `?since=`.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    since: Option<i64>,
}

impl FromRequestParts<App> for Live {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        let last = parts.headers.get("last-event-id").and_then(|last| last.to_str().ok());
        let since = last.or_else(|| context::query_value(&parts.uri, "since")).and_then(|number| number.parse().ok());
        Ok(Self { since })
    }
}

impl Live {
    /// The stream for a page of `me`: an event `changed` with the last number whenever there is a newer one than the page
    /// has seen, `ended` when the session is over.
    pub fn changes(self, app: &App, me: &SignedIn) -> Response {
        let listener = Listener {
            app: app.clone(),
            viewer: me.0.clone(),
            news: app.ledger.listen(),
            seen: self.since,
            look_at_session: Instant::now() + SESSION,
            over: false,
        };
        let events = stream::unfold(listener, |mut listener| async move {
            let event = listener.next().await?;
            Some((Ok::<_, Infallible>(event), listener))
        });
        let stream = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
        // Proxies that gather answers before they pass them on are asked not to.
        ([(CACHE_CONTROL, "no-store"), (HeaderName::from_static("x-accel-buffering"), "no")], stream).into_response()
    }
}

struct Listener {
    app: App,
    viewer: Viewer,
    news: watch::Receiver<News>,
    /// The number that the page shows; none before it is known.
    seen: Option<i64>,
    look_at_session: Instant,
    over: bool,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.over {
                return None;
            }
            let news = *self.news.borrow_and_update();
            match news {
                News::Unknown => {}
                News::End => return None,
                News::Number(number) => {
                    let seen = self.seen.replace(number);
                    if seen.is_some_and(|seen| seen < number) {
                        if !self.session_holds().await {
                            return self.last_word();
                        }
                        return Some(Event::default().event("changed").id(number.to_string()).data(number.to_string()));
                    }
                }
            }
            tokio::select! {
                changed = self.news.changed() => changed.ok()?,
                () = tokio::time::sleep_until(self.look_at_session) => {
                    self.look_at_session = Instant::now() + SESSION;
                    if !self.session_holds().await {
                        return self.last_word();
                    }
                }
            }
        }
    }

    /// Says that the session is over; nothing follows.
    fn last_word(&mut self) -> Option<Event> {
        self.over = true;
        Some(Event::default().event("ended").data("over"))
    }

    async fn session_holds(&self) -> bool {
        let App { store, settings, .. } = &self.app;
        match people::store::sessions::holds(store, &settings.accounts, &self.viewer).await {
            Ok(holds) => holds,
            Err(error) => {
                tracing::warn!(%error, "a session could not be looked at for a live page");
                false
            }
        }
    }
}
