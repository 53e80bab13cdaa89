//! Putting the steps together behind one set of layers, and serving them until told to stop.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use kernel::Problem;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::openapi::{InfoBuilder, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::routes::{MenuItem, door, guard};
use crate::tianditu::HOST;
use crate::{Access, App, Error, Result, Route, Step, assets, context, etag, kept, observe};

/// The most that is taken in one request where a route does not say otherwise, in bytes.
const BODY_LIMIT: usize = 2 << 20;

/// How long one request may take.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// The one route that belongs to no step; the program's own health, metrics and assets pass no door.
pub const ROUTES: &[Route] = &[Route::get("/api/v1/openapi.json", Access::Public)];

const SECURITY_HEADERS: [(&str, &str); 3] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=(self)"),
];

/// The whole site: every step's routes behind the door, the layers around them.
pub fn assemble(mut app: App, steps: Vec<Step>) -> Router {
    let routes: Vec<Route> = steps.iter().flat_map(|step| step.routes).chain(ROUTES).copied().collect();
    app.menu = routes.iter().filter_map(MenuItem::of).collect();
    let info = InfoBuilder::new()
        .title("Minsheng 民生实事")
        .description(Some("Programmes, figures and their trails. Errors are problem details (RFC 9457)."))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let empty = OpenApiRouter::with_openapi(OpenApiBuilder::new().info(info).build());
    let (pages, openapi) = steps.into_iter().fold(empty, |all, step| all.merge(step.router)).split_for_parts();
    let description: Arc<str> = openapi.to_json().unwrap_or_default().into();

    let pages = pages
        .route("/api/v1/openapi.json", get(move || describe(description.clone())))
        .route_layer(from_fn_with_state(door(routes.into_iter()), guard))
        .fallback(no_such_page)
        .layer(from_fn(etag::tag))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIME_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), context::frame_request));
    let ground = Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics_text));
    let mut site = pages.merge(ground).layer(CompressionLayer::new());
    let policies = policies(app.settings.tianditu.is_some());
    let headers = SECURITY_HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    for (name, value) in headers.into_iter().chain(policies) {
        let name = HeaderName::from_static(name);
        site = site.layer(SetResponseHeaderLayer::if_not_present(name, value));
    }
    let kept = kept::Kept::new(app.store.clone());
    site.layer(from_fn_with_state(kept, kept::keep)).layer(from_fn(observe::observe)).with_state(app)
}

/// What pages may ask for, and what they tell whom they ask. Everything comes from this host, but for the tiles of 天地图 where
/// the operator has a key; 天地图 then learns the address of the site, by which it knows whose key it is, and no page.
fn policies(tianditu: bool) -> [(&'static str, HeaderValue); 2] {
    let (pictures, fetched, referrer) = if tianditu {
        (format!(" {HOST}"), format!(" connect-src 'self' {HOST};"), "strict-origin-when-cross-origin")
    } else {
        (String::new(), String::new(), "same-origin")
    };
    let content = format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:{pictures};{fetched} object-src 'none'; \
         frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    );
    let content = HeaderValue::from_str(&content).expect("a policy is plain ASCII");
    [("content-security-policy", content), ("referrer-policy", HeaderValue::from_static(referrer))]
}

/// Serves `router` on `listener` until `shutdown` is over; requests under way are finished first.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(shutdown).await
}

/// Over when the operator asks the program to stop: Ctrl-C or SIGTERM. It listens from the moment of the call, so that
/// whoever has been told the address can also ask it to stop.
pub fn stop_signal() -> impl Future<Output = ()> + Send + use<> {
    #[cfg(unix)]
    let (interrupt, terminate) = {
        use tokio::signal::unix::{SignalKind, signal};
        (received(signal(SignalKind::interrupt())), received(signal(SignalKind::terminate())))
    };
    #[cfg(not(unix))]
    let (interrupt, terminate) = (received_interrupt(), std::future::pending::<()>());
    async move {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {}
        }
        tracing::info!("stopping: requests under way are finished first");
    }
}

/// Over when the signal comes; never when it cannot be listened for.
#[cfg(unix)]
async fn received(signal: std::io::Result<tokio::signal::unix::Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn received_interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

async fn describe(description: Arc<str>) -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json")], description.to_string())
}

async fn no_such_page() -> Error {
    Problem::not_found("没有这个页面，请检查地址", "There is no such page: check the address").into()
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let what = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("of unknown cause");
    Error::fault(format!("panic: {what}")).into_response()
}

/// `GET /healthz`: whether the program answers and its database too.
async fn health(State(app): State<App>) -> Response {
    match app.store.reader().ping().await {
        Ok(()) => "ok\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}

/// `GET /metrics`: Prometheus text.
async fn metrics_text(State(app): State<App>) -> Result<Response> {
    let render = app.metrics.as_ref().ok_or_else(|| Problem::not_found("未启用指标", "Metrics are not switched on"))?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], render()).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_other_host_is_allowed_where_there_is_a_key_and_none_without() {
        let told = |tianditu: bool| policies(tianditu).map(|(_, value)| value.to_str().unwrap_or_default().to_owned());
        let [content, referrer] = told(false);
        assert!(!content.contains("http") && content.contains("img-src 'self' data:;"), "{content}");
        assert_eq!(referrer, "same-origin");
        let [content, referrer] = told(true);
        assert_eq!(content.matches("http").count(), content.matches(HOST).count(), "{content}");
        assert!(content.contains("img-src 'self' data: https://t0.tianditu.gov.cn;"), "{content}");
        assert!(content.contains("connect-src 'self' https://t0.tianditu.gov.cn;"), "{content}");
        assert!(content.contains("script-src 'self';"), "{content}");
        assert_eq!(referrer, "strict-origin-when-cross-origin");
    }
}
