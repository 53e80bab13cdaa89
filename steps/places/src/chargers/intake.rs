//! Notifications, written together: whoever comes first writes for all who wait.
//!
//! A commit that survives a power cut costs milliseconds, whether it holds one status or five hundred. So a call puts what
//! it brings into a queue; the first one in line takes the whole queue and writes it in one transaction, the others only
//! wait for their outcome. Nobody is told that a status was taken before it is durable. The queue is no state that another
//! copy of the server would miss: what is in it was not acknowledged.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Result, Store};
use evcs::ConnectorReport;
use tokio::sync::{Mutex as Turn, oneshot};
use uuid::Uuid;

use super::store::calls::{self, Call};
use super::store::live::{self, Heard};

/// The most reports that are written together.
const AT_ONCE: usize = 4_000;

/// The most reports that wait; beyond, a call is told to come again.
const MOST_WAITING: usize = 40_000;

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was written; so many of its connectors are not known.
    Noted {
        /// Connectors that no list of stations named yet.
        unknown: usize,
    },
    /// It came before.
    Replayed,
    /// Too many wait, or the database failed: it may come again.
    Busy,
}

/// A call on its way into the database.
struct Waiting {
    call: Call,
    reports: Vec<ConnectorReport>,
    at_ms: i64,
    outcome: oneshot::Sender<Taken>,
}

/// The queue. Cheap to clone.
#[derive(Clone, Default)]
pub struct Intake {
    queue: Arc<Mutex<Vec<Waiting>>>,
    turn: Arc<Turn<()>>,
}

impl Intake {
    /// Takes a call with what it reports, heard at `at_ms`; back when it is durable or refused.
    pub async fn take(&self, store: &Store, call: Call, reports: Vec<ConnectorReport>, at_ms: i64) -> Taken {
        let (outcome, mut told) = oneshot::channel();
        {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting: usize = queue.iter().map(|one| one.reports.len().max(1)).sum();
            if waiting + reports.len() > MOST_WAITING {
                return Taken::Busy;
            }
            queue.push(Waiting { call, reports, at_ms, outcome });
        }
        loop {
            tokio::select! {
                biased;
                told = &mut told => return told.unwrap_or(Taken::Busy),
                turn = Arc::clone(&self.turn).lock_owned() => {
                    let batch = self.next();
                    if batch.is_empty() {
                        drop(turn);
                        return told.await.unwrap_or(Taken::Busy);
                    }
                    let store = store.clone();
                    // On its own, so that a caller who hangs up does not break off what others wait for.
                    let written = tokio::spawn(async move {
                        write_and_tell(&store, batch).await;
                        drop(turn);
                    });
                    if written.await.is_err() {
                        return Taken::Busy;
                    }
                }
            }
        }
    }

    /// The next batch, in the order of arrival.
    fn next(&self) -> Vec<Waiting> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reports = 0;
        let fitting = queue.iter().take_while(|one| {
            reports += one.reports.len().max(1);
            reports <= AT_ONCE
        });
        let count = fitting.count().max(usize::from(!queue.is_empty()));
        queue.drain(..count).collect()
    }
}

async fn write_and_tell(store: &Store, batch: Vec<Waiting>) {
    let outcomes = match write(store, &batch).await {
        Ok(outcomes) => outcomes,
        Err(error) => {
            tracing::error!(%error, calls = batch.len(), "statuses of connectors could not be written");
            vec![Taken::Busy; batch.len()]
        }
    };
    for (waiting, outcome) in batch.into_iter().zip(outcomes) {
        // Nobody listens any more where the caller hung up.
        let _ = waiting.outcome.send(outcome);
    }
}

async fn write(store: &Store, batch: &[Waiting]) -> Result<Vec<Taken>> {
    let now = store.clock().now_ms();
    let tx = store.begin_upkeep().await?;
    let calls: HashSet<Call> = batch.iter().map(|one| one.call.clone()).collect();
    let mut fresh = calls::remember(&tx, &calls, now).await?;
    // Of two that are the same in one batch, the first is taken.
    let new: Vec<bool> = batch.iter().map(|one| fresh.remove(&one.call)).collect();
    let mut heard = Vec::new();
    for one in batch.iter().zip(&new).filter_map(|(one, new)| new.then_some(one)) {
        let operator = one.call.0;
        heard.extend(one.reports.iter().map(|report| Heard { operator, report: report.clone(), at_ms: one.at_ms }));
    }
    let unknown = live::note(&tx, &heard).await?;
    let operators: BTreeSet<Uuid> = heard.iter().map(|one| one.operator).collect();
    live::note_heard(&tx, &operators, now).await?;
    let asked: BTreeSet<Uuid> = unknown.iter().map(|(operator, _)| *operator).collect();
    live::ask_for_stations(&tx, &asked, now).await?;
    tx.commit().await?;
    let outcome = |(one, new): (&Waiting, bool)| {
        let unknown_here = |report: &&ConnectorReport| unknown.contains(&(one.call.0, report.connector.clone()));
        if new { Taken::Noted { unknown: one.reports.iter().filter(unknown_here).count() } } else { Taken::Replayed }
    };
    Ok(batch.iter().zip(new).map(outcome).collect())
}
