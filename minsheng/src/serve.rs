//! `minsheng serve`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use places::catalogue::Catalogue;
use store::Store;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::configuration::{Settings, Values};
use crate::output::say;
use crate::{catalogue, rounds, wiring};

/// Seconds; from a cached page to a slow import.
const DURATION_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// Serves until the operator stops it.
pub(crate) async fn run(settings: &Settings) -> Result<ExitCode> {
    let catalogue = catalogue::to_serve(&settings.values)?;
    let store = wiring::open(&settings.values).await?;
    let listener = listen(&settings.values).await?;
    let stop = web::server::stop_signal();
    say!("http://{}", listener.local_addr()?);
    on(listener, stop, (store, catalogue), &settings.values).await
}

/// Takes the address, so that it is known before anything is printed.
pub(crate) async fn listen(values: &Values) -> Result<TcpListener> {
    let address = values.listen;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{address} 无法监听，可用 --listen 换一个地址 (cannot listen there: use --listen)"))
}

/// Serves a ledger, with the kinds of services of `catalogue`, on `listener` until `stop` is over.
pub(crate) async fn on(
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    (store, catalogue): (Store, Arc<Catalogue>),
    values: &Values,
) -> Result<ExitCode> {
    log(values)?;
    let metrics = record_metrics()?;
    let site = wiring::site(values)?;
    std::fs::create_dir_all(&site.uploads).with_context(|| format!("{} cannot be made", site.uploads.display()))?;
    let app = web::App::new(store, site)
        .with_metrics(move || metrics.render())
        .with_todos(wiring::TODOS)
        .with_uses(wiring::USES)
        .with_keepers(wiring::KEEPERS);
    let rounds = rounds::begin(&app, values)?;
    let ledger = app.ledger.clone();
    let stop = async move {
        stop.await;
        ledger.end();
    };
    let router = web::server::assemble(app, wiring::steps_with(&catalogue));
    web::server::serve(router, listener, stop).await?;
    rounds.end().await;
    Ok(ExitCode::SUCCESS)
}

fn log(values: &Values) -> Result<()> {
    let filter = EnvFilter::try_new(&values.log).with_context(|| format!("log = {:?}", values.log))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if values.log_format == "json" {
        subscriber.json().flatten_event(true).init();
    } else {
        subscriber.init();
    }
    Ok(())
}

fn record_metrics() -> Result<PrometheusHandle> {
    let seconds = Matcher::Suffix("_seconds".to_owned());
    Ok(PrometheusBuilder::new().set_buckets_for_metric(seconds, &DURATION_BUCKETS)?.install_recorder()?)
}
