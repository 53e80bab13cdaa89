//! The interface as the simulated operator serves it, and what it sends on its own.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::post;
use chrono::{NaiveDateTime, TimeDelta};
use evcs::messages::{self, NoToken, StationReport, StationsPage, StationsQuery, TokenAnswer, TokenQuery};
use evcs::stats::{StationStats, StatsQuery};
use evcs::window::stamp;
use evcs::{ConnectorReport, Keys, Request, Response, Ret, Station};
use kernel::clock::china_time;
use kernel::{Clock, codes};
use serde_json::{Value, json};

use super::Fleet;
use crate::chargers::operators::Secrets;

codes! {
    /// What the operator does wrong.
    Misbehaviour {
        /// Nothing.
        None = "none", "正常", "well-behaved";
        /// A hundred thousand connectors in one station.
        Flood = "flood", "一次发来十万把枪", "a hundred thousand connectors at once";
        /// Every call is answered with HTTP 503.
        Down = "down", "停止应答", "stops answering";
        /// The answer is cut off in the middle.
        BadJson = "bad_json", "残缺的 JSON", "broken JSON";
        /// Answers are signed with other keys.
        Forged = "forged", "伪造签名", "forged signatures";
        /// Tokens are forgotten as soon as they are given.
        Forgetful = "forgetful", "不认自己发的令牌", "forgets its tokens";
        /// The clock is an hour ahead.
        ClockOff = "clock_off", "时钟快一小时", "a clock that is an hour ahead";
    }
}

/// The simulated operator. Cheap to clone; clones are the same operator.
#[derive(Clone)]
pub struct Simulator(Arc<Inner>);

struct Inner {
    fleet: Fleet,
    clock: Clock,
    /// With which it is called.
    served: Secrets,
    tokens: Mutex<HashSet<String>>,
    misbehaviour: Mutex<Misbehaviour>,
    calls: Mutex<Vec<String>>,
}

impl Simulator {
    /// An operator with this fleet, called with `served`.
    pub fn new(fleet: Fleet, clock: Clock, served: Secrets) -> Self {
        let (tokens, calls) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { fleet, clock, served, tokens, misbehaviour: Mutex::new(Misbehaviour::None), calls }))
    }

    /// From now on it does this wrong.
    pub fn misbehave(&self, how: Misbehaviour) {
        *self.0.misbehaviour.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }

    fn misbehaviour(&self) -> Misbehaviour {
        *self.0.misbehaviour.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets every token that it gave: the next call gets 4002.
    pub fn forget_tokens(&self) {
        self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Which interfaces were called since this was last asked.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Its stations.
    pub fn fleet(&self) -> &Fleet {
        &self.0.fleet
    }

    /// The interface, below `/evcs/v20160701/`.
    pub fn router(&self) -> Router {
        let bound = axum::extract::DefaultBodyLimit::max(1 << 20);
        Router::new().route("/evcs/v20160701/{interface}", post(serve)).layer(bound).with_state(self.clone())
    }

    fn now(&self) -> NaiveDateTime {
        china_time(self.0.clock.now_ms()).map(|time| time.naive_local()).unwrap_or_default()
    }

    /// What it sends to a platform that gave it `keys`: how these connectors stand now, numbered `seq`. Misbehaviour
    /// shows in time and signature.
    pub fn notification(&self, keys: &Secrets, connectors: &[&str], seq: u32) -> Option<Request> {
        let at_ms = self.0.clock.now_ms();
        let reports: Vec<ConnectorReport> = connectors.iter().map(|one| self.report(one, at_ms)).collect();
        self.request(keys, &messages::notification(&reports), seq)
    }

    /// How it asks a platform that gave it `keys` for a token.
    pub fn token_request(&self, keys: &Secrets, seq: u32) -> Option<Request> {
        let query = TokenQuery { operator: self.0.fleet.code.clone(), secret: keys.operator.clone() };
        self.request(keys, &query.to_json(), seq)
    }

    fn request(&self, keys: &Secrets, content: &Value, seq: u32) -> Option<Request> {
        let mut keys = keys.clone();
        let mut now = self.now();
        match self.misbehaviour() {
            Misbehaviour::ClockOff => now += TimeDelta::hours(1),
            Misbehaviour::Forged => keys.sig = "not the agreed 1".to_owned(),
            _ => {}
        }
        let keys = keys.keys().ok()?;
        Some(Request::seal(&keys, &self.0.fleet.code, content, &stamp(now), &format!("{seq:04}")))
    }

    fn report(&self, connector: &str, at_ms: i64) -> ConnectorReport {
        let status = self.0.fleet.status(connector, at_ms);
        ConnectorReport { connector: connector.to_owned(), status, park: -1, lock: -1 }
    }

    /// The content of an answer, or why there is none.
    fn content(&self, interface: &str, content: &Value, token: &str) -> Result<Value, (Ret, String)> {
        let bad = |why: messages::NotAsAgreed| (Ret::BadContent, why.to_string());
        if interface == "query_token" {
            return Ok(self.token(&TokenQuery::read(content).map_err(bad)?));
        }
        if !self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner).contains(token) {
            return Err((Ret::BadToken, "Token 错误".to_owned()));
        }
        let fleet = &self.0.fleet;
        match interface {
            "query_stations_info" => Ok(self.page(&StationsQuery::read(content).map_err(bad)?)),
            "query_station_status" => {
                let asked = messages::read_status_query(content).map_err(bad)?;
                let at_ms = self.0.clock.now_ms();
                let of = |station: &Station| StationReport {
                    station: station.id.clone(),
                    connectors: station.connectors().map(|(_, one)| self.report(&one.id, at_ms)).collect(),
                };
                let named = fleet.stations.iter().filter(|station| asked.contains(&station.id));
                Ok(messages::status_answer(&named.map(of).collect::<Vec<_>>()))
            }
            "query_station_stats" => {
                let asked = StatsQuery::read(content).map_err(bad)?;
                let station = fleet.stations.iter().find(|station| station.id == asked.station);
                let station = station.ok_or((Ret::BadContent, "没有这个充电站".to_owned()))?;
                let given: Vec<(String, i64)> =
                    station.connectors().map(|(_, one)| (one.id.clone(), i64::from(one.power) * 2)).collect();
                let electricity = Some(given.iter().map(|(_, tenths)| tenths).sum());
                let stats = StationStats {
                    station: asked.station,
                    from: asked.from,
                    to: asked.to,
                    electricity,
                    connectors: given,
                };
                Ok(stats.to_json(station.equipment.first().map_or("", |device| device.id.as_str())))
            }
            _ => Err((Ret::BadContent, "没有这个接口".to_owned())),
        }
    }

    fn token(&self, asked: &TokenQuery) -> Value {
        if asked.secret != self.0.served.operator {
            return TokenAnswer::Refused(NoToken::WrongSecret).to_json(&asked.operator);
        }
        let mut tokens = self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let token = format!("simulated-{}-{}", self.0.fleet.code, tokens.len() + 1);
        if self.misbehaviour() != Misbehaviour::Forgetful {
            tokens.insert(token.clone());
        }
        TokenAnswer::Given { token, seconds: 7_200 }.to_json(&asked.operator)
    }

    fn page(&self, asked: &StationsQuery) -> Value {
        let fleet = &self.0.fleet;
        if self.misbehaviour() == Misbehaviour::Flood {
            let stations = vec![Fleet::flood(&fleet.code, 100_000)];
            return StationsPage { page: 1, pages: 1, total: 1, stations, refused: vec![] }.to_json();
        }
        let size = asked.size.clamp(1, 200) as usize;
        let total = fleet.stations.len();
        let from = (asked.page.saturating_sub(1) as usize).saturating_mul(size).min(total);
        let stations = fleet.stations[from..(from + size).min(total)].to_vec();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        StationsPage {
            page: asked.page,
            pages: count(total.div_ceil(size)),
            total: count(total),
            stations,
            refused: vec![],
        }
        .to_json()
    }

    fn answer(&self, interface: &str, body: &str, token: &str) -> Response {
        let Ok(keys) = self.0.served.keys() else { return Response::refuse(Ret::Failed, "") };
        let opened = Request::read(body).and_then(|request| request.open(&keys));
        let (ret, msg, content) = match opened {
            Err(why) => return Response::refuse(why.ret(), &why.to_string()),
            Ok(content) => match self.content(interface, &content, token) {
                Ok(content) => (Ret::Done, String::new(), content),
                Err((ret, msg)) => (ret, msg, json!({})),
            },
        };
        let keys = match self.misbehaviour() {
            Misbehaviour::Forged => {
                Keys::new(&self.0.served.data, &self.0.served.iv, "not the agreed 1").unwrap_or(keys)
            }
            _ => keys,
        };
        Response::seal(&keys, ret, &msg, &content)
    }
}

async fn serve(
    State(simulator): State<Simulator>,
    Path(interface): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Answer {
    let interface = interface.to_ascii_lowercase();
    simulator.0.calls.lock().unwrap_or_else(PoisonError::into_inner).push(interface.clone());
    let token = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = token.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    match simulator.misbehaviour() {
        Misbehaviour::Down => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        how => {
            let text = simulator.answer(&interface, &body, &token).to_json().to_string();
            let cut = if how == Misbehaviour::BadJson { text.len() / 2 } else { text.len() };
            text.get(..cut).unwrap_or_default().to_owned().into_response()
        }
    }
}
