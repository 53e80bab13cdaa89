//! Live pages: a listener is told of what others write, not of what it has seen, and until its session ends.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::routing::get;
use kernel::Role;
use minsheng_web as web;
use store::{Actor, Store};
use tokio::time::timeout;
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;
use web::live::Live;
use web::{Access, App, Route, SignedIn, Step};

use crate::bench::Site;

/// Longer than a listener waits for the next look at the ledger.
const LONG: Duration = Duration::from_secs(20);

fn step() -> Step {
    const ROUTES: &[Route] = &[Route::get("/office/live", Access::SignedIn)];
    Step { router: OpenApiRouter::new().route("/office/live", get(listen)), routes: ROUTES }
}

async fn listen(State(app): State<App>, me: SignedIn, live: Live) -> axum::response::Response {
    live.changes(&app, &me)
}

async fn write(store: &Store) -> i64 {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let number =
        tx.record(store::audit::Event::new("entry.recorded", "entry", 1, serde_json::json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    number
}

/// A stream of events as a browser reads it.
struct Events(axum::body::BodyDataStream);

impl Events {
    async fn open(router: &Router, token: &str, path: &str) -> Self {
        let request =
            Request::get(path).header("authorization", format!("Bearer {token}")).header("accept", "text/event-stream");
        let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self(response.into_body().into_data_stream())
    }

    /// The next event; none at the end.
    async fn next(&mut self) -> Option<String> {
        use futures_util::StreamExt;
        let event = timeout(LONG, self.0.next()).await.expect("an event in time")?.unwrap();
        Some(String::from_utf8(event.to_vec()).unwrap())
    }
}

async fn token(site: &Site, store: &Store) -> String {
    site.account("office", Some(Role::ProgrammeOffice)).await;
    let app = site.app(store.clone());
    let begun = people::store::sessions::sign_in(
        store,
        &app.settings.accounts,
        &app.passwords,
        "office",
        crate::bench::PASSWORD,
    );
    begun.await.unwrap().token
}

#[tokio::test]
async fn a_listener_hears_of_what_another_copy_of_the_server_writes() {
    let site = Site::new().await;
    let (store, other) = (site.store().await, site.store().await);
    let token = token(&site, &store).await;
    let app = site.app(store.clone());
    let ledger = app.ledger.clone();
    let router = web::server::assemble(app, vec![step()]);
    let seen = store::audit::last_number(store.reader()).await.unwrap();
    let mut events = Events::open(&router, &token, &format!("/office/live?since={seen}")).await;
    let number = write(&other).await;
    assert_eq!(events.next().await.unwrap(), format!("event: changed\nid: {number}\ndata: {number}\n\n"));

    // A page that was read before the write and comes only now is told at once, one read after it is not.
    let mut late = Events::open(&router, &token, &format!("/office/live?since={seen}")).await;
    assert!(late.next().await.unwrap().contains(&format!("id: {number}")));
    let mut current = Events::open(&router, &token, &format!("/office/live?since={number}")).await;
    let next = write(&other).await;
    assert!(current.next().await.unwrap().contains(&format!("id: {next}")));
    ledger.end();
    assert_eq!(current.next().await, None, "the server stops");
}

#[tokio::test]
async fn a_listener_does_not_keep_a_session_alive() {
    let site = Site::new().await;
    let store = site.store().await;
    let token = token(&site, &store).await;
    let rules = people::AccountRules::default();
    let later = |minutes: u64| site.visitor_after(Duration::from_secs(minutes * 60));
    let idle = rules.idle.as_secs() / 60;
    let ask = |quiet: bool| {
        let request = Request::get("/account/password").header("authorization", format!("Bearer {token}"));
        let request = if quiet { request.header("x-quiet", "1") } else { request };
        request.body(Body::empty()).unwrap()
    };
    assert!(later(idle - 1).await.send(ask(true)).await.status.is_success());
    assert!(!later(idle + 1).await.send(ask(true)).await.status.is_success(), "nobody sat there");
    assert!(later(idle - 1).await.send(ask(false)).await.status.is_success());
    assert!(later(idle + 1).await.send(ask(false)).await.status.is_success(), "somebody did");
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let site = Site::new().await;
    let store = site.store().await;
    let token = token(&site, &store).await;
    let app = site.app(store.clone());
    let router = web::server::assemble(app.clone(), vec![step()]);
    let viewer = people::store::sessions::find(&store, &app.settings.accounts, &token).await.unwrap().unwrap();
    let seen = store::audit::last_number(store.reader()).await.unwrap();
    let mut events = Events::open(&router, &token, &format!("/office/live?since={seen}")).await;
    people::store::sessions::sign_out(&store, &viewer).await.unwrap();
    assert_eq!(events.next().await.unwrap(), "event: ended\ndata: over\n\n");
    assert_eq!(events.next().await, None);
}
