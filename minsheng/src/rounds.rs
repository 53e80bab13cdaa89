//! What the server does on its own while it serves: sending notices, telling what lags, asking charging operators, and clearing away
//! files that were never attached.
//! Every copy of the server does it; the database sees to it that each thing is done once.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use files::Files;
use notices::{Mail, Transports, Webhooks};
use places::chargers::poll::Poller;
use store::Store;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use web::App;

use crate::configuration::Values;

/// How often notices are looked for.
const NOTICES: Duration = Duration::from_secs(20);

/// How often files are looked for that belong to nothing.
const FILES: Duration = Duration::from_secs(3_600);

/// How often it is looked for what lags; each notice of a day is told once.
const LAGS: Duration = Duration::from_secs(1_800);

/// How often it is looked for charging operators that are to be asked; each says itself how often it is.
const CHARGERS: Duration = Duration::from_secs(15);

/// The rounds under way.
pub(crate) struct Rounds {
    stop: watch::Sender<()>,
    walkers: [JoinHandle<()>; 4],
}

/// Begins all rounds.
pub(crate) fn begin(app: &App, values: &Values) -> Result<Rounds> {
    let transports = Arc::new(transports(values)?);
    let poller = Poller::new(app.store.clone(), app.settings.sealing.clone()).map_err(|why| anyhow!(why))?;
    let stop = watch::Sender::new(());
    let walkers = [
        tokio::spawn(walk(stop.subscribe(), NOTICES, app.store.clone(), move |store| send(store, transports.clone()))),
        tokio::spawn(walk(stop.subscribe(), LAGS, app.store.clone(), tell_lags)),
        tokio::spawn(walk(stop.subscribe(), CHARGERS, poller, ask_chargers)),
        tokio::spawn(walk(stop.subscribe(), FILES, app.files.clone(), sweep)),
    ];
    Ok(Rounds { stop, walkers })
}

impl Rounds {
    /// Ends all, each after what it is at.
    pub(crate) async fn end(self) {
        drop(self.stop);
        for walker in self.walkers {
            if let Err(error) = walker.await {
                tracing::error!(%error, "a round broke off");
            }
        }
    }
}

fn transports(values: &Values) -> Result<Transports> {
    let mail = match values.smtp.is_empty() {
        true => None,
        false => Some(Mail::new(&values.smtp, &values.mail_from).map_err(|why| anyhow!(why))?),
    };
    let webhooks = Webhooks::new(values.webhooks_inside).map_err(|why| anyhow!(why))?;
    Ok(Transports { mail, webhooks, site: values.address.clone() })
}

/// Does `round` now and at every `interval` until told to stop.
async fn walk<T: Clone, F: Future<Output = ()>>(
    mut stop: watch::Receiver<()>,
    interval: Duration,
    with: T,
    round: impl Fn(T) -> F,
) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            // The sender never speaks: it is dropped.
            _ = stop.changed() => return,
            _ = ticks.tick() => round(with.clone()).await,
        }
    }
}

async fn send(store: Store, transports: Arc<Transports>) {
    match notices::deliver(&store, &transports).await {
        Ok(done) if done.sent + done.failed + done.given_up > 0 => {
            tracing::info!(
                notices.sent = done.sent,
                notices.failed = done.failed,
                notices.given_up = done.given_up,
                "notices sent"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "notices could not be sent"),
    }
}

async fn tell_lags(store: Store) {
    if let Err(error) = ::watch::digest::announce(&store).await {
        tracing::error!(%error, "what lags could not be told");
    }
}

async fn ask_chargers(poller: Poller) {
    match poller.round().await {
        Ok(done) if done.failed + done.silent > 0 => {
            tracing::info!(
                polls.done = done.done,
                polls.failed = done.failed,
                connectors.silent = done.silent,
                "charging operators asked"
            );
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "charging operators could not be asked"),
    }
}

async fn sweep(files: Files) {
    match files.sweep().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(files.swept = count, "files that belonged to nothing cleared away"),
        Err(error) => tracing::error!(%error, "files could not be cleared away"),
    }
}
