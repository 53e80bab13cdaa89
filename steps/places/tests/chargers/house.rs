//! A store with divisions, simulated operators beside it, and callers in front of it.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Request as HttpRequest, StatusCode};
use chrono::DateTime;
use evcs::envelope::Request;
use evcs::messages::TokenAnswer;
use evcs::{Response, Ret};
use kernel::Clock;
use places::chargers::operators::{self, NewOperator, Secrets};
use places::chargers::poll::Poller;
use places::chargers::rules::Point;
use places::chargers::simulator::fleet::Size;
use places::chargers::simulator::{Fleet, Simulator, Town};
use places::chargers::store::stations;
use places::chargers::tables::operators::Model as Operator;
use serde_json::Value;
use store::{Migrations, Sealing, Store};
use testing::visitor::Visitor;
use web::{App, Settings, Step};

pub(crate) use databases::on_both;
pub(crate) use minsheng_places as places;
pub(crate) use testing::actor;

const TABLES: &[Migrations] = &[ledger::migrations::list, plan::migrations::list, places::migrations::list];

/// Noon in China on 30 June 2024.
pub(crate) const NOON: i64 = 1_719_720_000_000;

/// A minute.
pub(crate) const MINUTE: i64 = 60_000;

/// A clock that tests move.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(crate) fn at(ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(ms)))
    }

    pub(crate) fn move_on(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

/// Everything that a test needs.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) sealing: Sealing,
    pub(crate) hands: Hands,
    pub(crate) folder: tempfile::TempDir,
    /// Whoever looks; the site behind keeps what it holds in memory until time passes.
    visitor: OnceLock<Visitor>,
}

impl House {
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hands = Hands::at(NOON);
        let store = testing::store(url, clock(NOON), TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        let sealing = Sealing::of_key(&[7; 32]);
        Self { store, sealing, hands, folder, visitor: OnceLock::new() }
    }

    /// Time passes: the store and the site in front of it show the new time.
    pub(crate) fn wait(&mut self, ms: i64) {
        self.hands.move_on(ms);
        self.store = self.store.with_clock(clock(self.now()));
        self.visitor = OnceLock::new();
    }

    pub(crate) fn now(&self) -> i64 {
        self.hands.0.load(Ordering::SeqCst)
    }

    pub(crate) fn clock(&self) -> Clock {
        clock(self.now())
    }

    /// Registers an operator with made-up keys; `address` empty where it only notifies.
    pub(crate) async fn register(&self, code: &str, address: &str, served: Option<Secrets>) -> (Operator, Secrets) {
        let keys_in = Secrets::random();
        let new = NewOperator {
            code: code.into(),
            name: format!("演示充电{code}"),
            region: "330226".parse().unwrap(),
            address: address.into(),
            own_code: "MA9999999".into(),
            keys_in: keys_in.clone(),
            keys_out: served,
            demo: true,
        };
        (operators::register(&self.store, &self.sealing, &actor(), new).await.unwrap(), keys_in)
    }

    /// Registers an operator that only notifies, with its stations taken in already.
    pub(crate) async fn notifying(&self, code: &str, size: Size) -> Notifying {
        let (operator, keys) = self.register(code, "", None).await;
        let simulator = Simulator::new(Fleet::generate(code, 7, &towns(), size), self.clock(), Secrets::random());
        stations::take(&self.store, &operator, &simulator.fleet().stations, true).await.unwrap();
        Notifying { operator, keys, simulator }
    }

    /// Calls the receiving end.
    pub(crate) async fn call(&self, interface: &str, request: &Request, token: &str) -> Response {
        self.call_raw(interface, &request.to_json().to_string(), token).await
    }

    pub(crate) async fn call_raw(&self, interface: &str, body: &str, token: &str) -> Response {
        let (status, _, text) = self.post(&format!("/evcs/v20160701/{interface}"), body, token).await;
        assert_eq!(status, StatusCode::OK, "every answer of this interface is 200");
        Response::read(&text).unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &str, token: &str) -> (StatusCode, HeaderMap, String) {
        let mut http = HttpRequest::post(path);
        if !token.is_empty() {
            http = http.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(http.body(Body::from(body.to_owned())).unwrap()).await
    }

    async fn send(&self, request: HttpRequest<Body>) -> (StatusCode, HeaderMap, String) {
        let reply = self.visitor.get_or_init(|| Visitor::nobody(self)).send(request).await;
        (reply.status, reply.headers.clone(), reply.text())
    }

    /// A token for an operator.
    pub(crate) async fn token(&self, of: &Notifying, seq: u32) -> String {
        // The operator's clock goes with ours.
        let operator = Simulator::new(of.simulator.fleet().clone(), self.clock(), Secrets::random());
        let request = operator.token_request(&of.keys, seq).unwrap();
        let answer = self.call("query_token", &request, "").await;
        assert_eq!(answer.ret, Ret::Done, "{}", answer.msg);
        match TokenAnswer::read(&answer.open(&of.keys.keys().unwrap()).unwrap(), self.now()).unwrap() {
            TokenAnswer::Given { token, seconds } => {
                assert_eq!(seconds, 7_200);
                token
            }
            TokenAnswer::Refused(why) => panic!("no token: {why:?}"),
        }
    }

    /// Starts the simulated operator on the loopback and registers it.
    pub(crate) async fn polled(&self, code: &str, size: Size) -> Polled {
        let served = Secrets::random();
        let simulator = Simulator::new(Fleet::generate(code, 7, &towns(), size), self.clock(), served.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/evcs/v20160701/", listener.local_addr().unwrap());
        let router = simulator.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (operator, _) = self.register(code, &address, Some(served)).await;
        Polled { operator, simulator }
    }

    pub(crate) fn poller(&self) -> Poller {
        Poller::new(self.store.clone(), self.sealing.clone()).unwrap()
    }

    /// Polls until nothing is due.
    pub(crate) async fn poll(&self) -> places::chargers::poll::Polled {
        let poller = self.poller();
        let mut all = places::chargers::poll::Polled::default();
        for _ in 0..20 {
            let round = poller.round().await.unwrap();
            all.done += round.done;
            all.failed += round.failed;
            all.silent += round.silent;
            if round.done + round.failed == 0 {
                break;
            }
        }
        all
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, HeaderMap, String) {
        self.send(HttpRequest::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let (status, _, text) = self.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The audit chain holds.
    pub(crate) async fn sound(&self) {
        assert!(store::audit::verify(self.store.reader()).await.unwrap().fault.is_none());
    }
}

/// An operator that notifies.
pub(crate) struct Notifying {
    pub(crate) operator: Operator,
    pub(crate) keys: Secrets,
    pub(crate) simulator: Simulator,
}

/// An operator that is polled.
pub(crate) struct Polled {
    pub(crate) operator: Operator,
    pub(crate) simulator: Simulator,
}

impl testing::Served for House {
    fn app(&self) -> App {
        let settings =
            Settings { sealing: self.sealing.clone(), ..Settings::local(self.folder.path().join("uploads")) };
        App::new(self.store.clone(), settings)
    }

    fn steps(&self) -> Vec<Step> {
        places::steps()
    }
}

pub(crate) fn clock(ms: i64) -> Clock {
    Clock::fixed(DateTime::from_timestamp_millis(ms).unwrap())
}

/// Two towns of Ninghai, one of them rural by its code.
pub(crate) fn towns() -> Vec<Town> {
    let town = |area: &str, name: &str, rural, lat, lng| Town {
        area: area.into(),
        name: name.into(),
        rural,
        at: Point { lat, lng },
    };
    vec![
        town("330226001", "跃龙街道", false, 29_288_000, 121_430_000),
        town("330226101", "长街镇", true, 29_246_000, 121_688_000),
    ]
}
