//! One poll of one operator.

use ::store::{Result, Sealing, Store};
use chrono::{Days, NaiveDate, NaiveDateTime};
use evcs::messages::{self, MOST_IN_STATUS_QUERY, StationsPage, StationsQuery, TokenAnswer, TokenQuery};
use evcs::stats::{StationStats, StatsQuery};
use evcs::{Keys, Ret, Station};
use kernel::clock::china_time;
use serde_json::Value;

use super::client::{Client, NoAnswer, To};
use crate::chargers::operators::{Direction, Secrets, unseal};
use crate::chargers::rules::{MINUTE_MS, PollKind};
use crate::chargers::store::live::{self, Heard};
use crate::chargers::store::polls::Outcome;
use crate::chargers::store::{operators, stations};
use crate::chargers::tables::operators::Model as Operator;
use crate::chargers::tables::polls::Model as Poll;

/// Stations on a page that we ask for.
const PAGE_SIZE: u32 = 50;

/// The most pages of one list.
const MOST_PAGES: u32 = 4_000;

/// The most connectors of one operator.
pub(crate) const MOST_CONNECTORS: usize = 200_000;

/// Stations whose electricity is asked in one go; the next go continues.
const STATS_AT_ONCE: usize = 300;

/// What a poll of one operator needs.
pub(super) struct Work<'a> {
    pub(super) store: &'a Store,
    pub(super) sealing: &'a Sealing,
    pub(super) client: &'a Client,
    pub(super) operator: Operator,
}

/// The keys of a poll and the token while it is good.
struct Session {
    secrets: Secrets,
    keys: Keys,
    token: Option<String>,
}

/// Why a poll ends early.
enum Stop {
    /// The operator's doing.
    Theirs(String),
    /// Ours.
    Ours(::store::Error),
}

impl From<::store::Error> for Stop {
    fn from(error: ::store::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<NoAnswer> for Stop {
    fn from(no: NoAnswer) -> Self {
        Self::Theirs(no.words())
    }
}

impl From<messages::NotAsAgreed> for Stop {
    fn from(why: messages::NotAsAgreed) -> Self {
        Self::Theirs(format!("应答内容不合约定：{why}"))
    }
}

impl Work<'_> {
    /// Does the poll.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn run(&self, poll: &Poll) -> Result<Outcome> {
        let done = match PollKind::parse(&poll.kind) {
            Some(PollKind::Stations) => self.stations().await,
            Some(PollKind::Stats) => self.stats(&poll.cursor).await,
            _ => self.status().await,
        };
        match done {
            Ok(outcome) => Ok(outcome),
            Err(Stop::Theirs(why)) => Ok(Outcome::Failed(why)),
            Err(Stop::Ours(error)) => Err(error),
        }
    }

    fn now(&self) -> NaiveDateTime {
        china_time(self.store.clock().now_ms()).map(|time| time.naive_local()).unwrap_or_default()
    }

    fn session(&self) -> Result<Session, Stop> {
        let secrets = unseal(self.sealing, &self.operator, Direction::Out)?;
        let keys = secrets.keys().map_err(|wrong| Stop::Theirs(wrong.message.zh))?;
        let good = self.operator.token_until_ms.is_some_and(|until| until > self.store.clock().now_ms() + MINUTE_MS);
        let sealed = self.operator.token.as_deref().filter(|_| good);
        let token = sealed.and_then(|sealed| self.sealing.open(&self.token_purpose(), sealed).ok());
        Ok(Session { secrets, keys, token })
    }

    fn token_purpose(&self) -> String {
        format!("charging operator {} token", self.operator.id)
    }

    fn to<'b>(&'b self, session: &'b Session) -> To<'b> {
        To {
            operator: self.operator.id,
            address: &self.operator.address,
            own_code: &self.operator.own_code,
            keys: &session.keys,
            token: session.token.as_deref(),
        }
    }

    /// Gets a token and keeps it, sealed.
    async fn fetch_token(&self, session: &mut Session) -> Result<(), Stop> {
        session.token = None;
        let query = TokenQuery { operator: self.operator.own_code.clone(), secret: session.secrets.operator.clone() };
        let answer = self.client.call(&self.to(session), "query_token", &query.to_json(), self.now()).await?;
        let now = self.store.clock().now_ms();
        match TokenAnswer::read(&answer, now)? {
            TokenAnswer::Given { token, seconds } => {
                let sealed = self.sealing.seal(&self.token_purpose(), &token);
                let kept = Some((sealed, now + i64::from(seconds) * 1_000));
                operators::keep_token(self.store, self.operator.id, kept).await?;
                session.token = Some(token);
                Ok(())
            }
            TokenAnswer::Refused(why) => Err(Stop::Theirs(format!("对方不给 Token：{why:?}"))),
        }
    }

    /// Calls with a token; when it is refused, gets a new one, once.
    async fn call(&self, session: &mut Session, interface: &str, content: &Value) -> Result<Value, Stop> {
        if session.token.is_none() {
            self.fetch_token(session).await?;
        }
        let first = self.client.call(&self.to(session), interface, content, self.now()).await;
        match first {
            Err(NoAnswer::Ret(Ret::BadToken, _)) => {
                self.fetch_token(session).await?;
                Ok(self.client.call(&self.to(session), interface, content, self.now()).await?)
            }
            answered => Ok(answered?),
        }
    }

    async fn stations(&self) -> Result<Outcome, Stop> {
        let mut session = self.session()?;
        let (mut listed, mut refused, mut connectors) = (Vec::<Station>::new(), Vec::new(), 0);
        let mut page = 1;
        loop {
            let query = StationsQuery { since: String::new(), page, size: PAGE_SIZE };
            let answer = self.call(&mut session, "query_stations_info", &query.to_json()).await?;
            let read = StationsPage::read(&answer, MOST_CONNECTORS)?;
            connectors += read.stations.iter().map(|station| station.connectors().count()).sum::<usize>();
            if connectors > MOST_CONNECTORS {
                return Err(Stop::Theirs(format!("一次列出的枪超过 {MOST_CONNECTORS} 把，未采用")));
            }
            let empty = read.stations.is_empty() && read.refused.is_empty();
            listed.extend(read.stations);
            refused.extend(read.refused);
            if page >= read.pages || empty {
                break;
            }
            if page >= MOST_PAGES {
                return Err(Stop::Theirs(format!("充电站列表超过 {MOST_PAGES} 页，未采用")));
            }
            page += 1;
        }
        // An empty list is more likely a fault of the operator than the end of all its stations.
        let whole = !listed.is_empty() && refused.is_empty();
        stations::take(self.store, &self.operator, &listed, whole).await?;
        Ok(done(&refused))
    }

    async fn status(&self) -> Result<Outcome, Stop> {
        let numbers = stations::numbers(self.store.reader(), self.operator.id).await?;
        let numbers: Vec<String> = numbers.into_iter().map(|(_, number)| number).collect();
        if numbers.is_empty() {
            return Ok(done(&[]));
        }
        let mut session = self.session()?;
        let mut refused = Vec::new();
        for chunk in numbers.chunks(MOST_IN_STATUS_QUERY) {
            // What is asked now may be overtaken by a notification before the answer is here.
            let at_ms = self.store.clock().now_ms();
            let answer = self.call(&mut session, "query_station_status", &messages::status_query(chunk)).await?;
            let (reports, wrong) = messages::read_status_answer(&answer, MOST_CONNECTORS)?;
            refused.extend(wrong);
            let operator = self.operator.id;
            let heard: Vec<Heard> = reports
                .into_iter()
                .flat_map(|station| station.connectors)
                .map(|report| Heard { operator, report, at_ms })
                .collect();
            for part in heard.chunks(4_000) {
                let tx = self.store.begin_upkeep().await?;
                live::note(&tx, part).await?;
                tx.commit().await.map_err(::store::Error::from)?;
            }
        }
        Ok(done(&refused))
    }

    /// The electricity of yesterday, some stations at a time. The cursor holds the day and the last station.
    async fn stats(&self, cursor: &str) -> Result<Outcome, Stop> {
        let yesterday = self.store.clock().today() - Days::new(1);
        let (day, after) = cursor.split_once('|').unwrap_or(("", ""));
        let after = if day.parse::<NaiveDate>() == Ok(yesterday) { after } else { "" };
        let numbers = stations::numbers(self.store.reader(), self.operator.id).await?;
        let left: Vec<String> = numbers.into_iter().map(|(_, number)| number).filter(|n| n.as_str() > after).collect();
        let mut session = self.session()?;
        let mut refused = Vec::new();
        for station in left.iter().take(STATS_AT_ONCE) {
            let query = StatsQuery { station: station.clone(), from: yesterday, to: yesterday };
            let answer = self.call(&mut session, "query_station_stats", &query.to_json()).await?;
            match StationStats::read(&answer) {
                Ok(stats) => stations::keep_energy(self.store, self.operator.id, yesterday, &stats.connectors).await?,
                Err(why) => refused.push(why.to_string()),
            }
        }
        let last = left.iter().take(STATS_AT_ONCE).next_back().map_or(after, String::as_str);
        let more = left.len() > STATS_AT_ONCE;
        match done(&refused) {
            Outcome::Done { remark, .. } => Ok(Outcome::Done { remark, cursor: format!("{yesterday}|{last}"), more }),
            failed => Ok(failed),
        }
    }
}

/// Well, but for what could not be read.
fn done(refused: &[String]) -> Outcome {
    let remark = match refused {
        [] => String::new(),
        [first, ..] => format!("{} 条未采用，例如：{first}", refused.len()),
    };
    Outcome::Done { remark, cursor: String::new(), more: false }
}
