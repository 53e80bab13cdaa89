//! Asking operators again and again: stations, live status, electricity. Bounded in number, size and time.
//!
//! Every copy of the server polls; a claim in the database sees to it that one operator is asked by one copy at a time. An
//! operator that fails is asked at growing intervals, and what it does not tell any more counts as no news.

mod client;
mod work;

use std::collections::HashSet;
use std::sync::Arc;

use ::store::{Result, Sealing, Store};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::store::polls::{self, Outcome};
use super::store::{calls, live, operators};
pub use client::Client;

/// Operators that are asked at the same time.
const AT_ONCE: usize = 4;

/// Polls of one round.
const IN_ROUND: u64 = 64;

/// How long one poll may take altogether; shorter than its claim holds.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(8 * 60);

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Polls that went well.
    pub done: u64,
    /// Polls that failed and come again later.
    pub failed: u64,
    /// Connectors of which nothing was heard for too long.
    pub silent: u64,
}

/// What a poll needs.
#[derive(Clone)]
pub struct Poller {
    store: Store,
    sealing: Sealing,
    client: Arc<Client>,
    me: Uuid,
}

impl Poller {
    /// One for this process.
    ///
    /// # Errors
    /// When the machine's certificates cannot be read.
    pub fn new(store: Store, sealing: Sealing) -> Result<Self, String> {
        Ok(Self { store, sealing, client: Arc::new(Client::new()?), me: Uuid::now_v7() })
    }

    /// The same at another time, for tests.
    #[must_use]
    pub fn at(&self, clock: kernel::Clock) -> Self {
        Self { store: self.store.with_clock(clock), ..self.clone() }
    }

    /// Asks whoever is due, notes silence and forgets old calls.
    ///
    /// # Errors
    /// When the database fails; what an operator does wrong is noted with it.
    pub async fn round(&self) -> Result<Polled> {
        let mut polled = Polled::default();
        let mut under_way = JoinSet::new();
        let mut asked = HashSet::new();
        for poll in polls::due(&self.store, IN_ROUND).await? {
            // One thing at a time of each operator, stations before what they stand for; the rest is due in the next round.
            if !asked.insert(poll.operator_id) {
                continue;
            }
            if under_way.len() == AT_ONCE {
                count(&mut polled, under_way.join_next().await)?;
            }
            let poller = self.clone();
            under_way.spawn(async move { poller.one(&poll).await });
        }
        while let Some(done) = under_way.join_next().await {
            count(&mut polled, Some(done))?;
        }
        let now = self.store.clock().now_ms();
        let tx = self.store.begin_upkeep().await?;
        polled.silent = live::note_silence(&tx, now).await?;
        calls::forget(&tx, now - evcs::window::Window::default().memory().num_milliseconds()).await?;
        tx.commit().await?;
        Ok(polled)
    }

    /// Does one poll, if no other copy of the server is at that operator.
    async fn one(&self, poll: &super::tables::polls::Model) -> Result<Option<bool>> {
        if !polls::claim(&self.store, poll, self.me).await? {
            return Ok(None);
        }
        let Some(operator) = operators::find(self.store.reader(), poll.operator_id).await? else { return Ok(None) };
        let outcome = if operator.suspended_ms.is_some() || operator.address.is_empty() {
            Outcome::Done {
                remark: "已停用或未填接口地址".to_owned(), cursor: poll.cursor.clone(), more: false
            }
        } else {
            let work = work::Work { store: &self.store, sealing: &self.sealing, client: &self.client, operator };
            match tokio::time::timeout(LONGEST, work.run(poll)).await {
                Ok(outcome) => outcome?,
                Err(_) => Outcome::Failed("超过 8 分钟没有完成".to_owned()),
            }
        };
        let well = matches!(outcome, Outcome::Done { .. });
        if let Outcome::Failed(why) = &outcome {
            tracing::warn!(operator.id = %poll.operator_id, poll.kind = poll.kind, why, "an operator could not be polled");
        }
        polls::finish(&self.store, poll, self.me, outcome).await?;
        Ok(Some(well))
    }
}

type Joined = std::result::Result<Result<Option<bool>>, tokio::task::JoinError>;

fn count(polled: &mut Polled, done: Option<Joined>) -> Result<()> {
    let Some(done) = done else { return Ok(()) };
    match done.map_err(std::io::Error::other)?? {
        Some(true) => polled.done += 1,
        Some(false) => polled.failed += 1,
        None => {}
    }
    Ok(())
}
