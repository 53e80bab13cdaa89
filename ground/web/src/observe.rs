//! A number for every request, one line in the log, and the counters behind `/metrics`.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

/// The request's number: the caller's, if it is a UUID, else a fresh one.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

const HEADER: &str = "x-request-id";

/// The outermost layer.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(HEADER).and_then(|id| id.to_str().ok()).and_then(|id| Uuid::parse_str(id).ok());
    let id = given.unwrap_or_else(Uuid::now_v7).to_string();
    let method = request.method().to_string();
    // Counters are labelled with patterns, never with paths: a label per address would grow without bound.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = id, http.method = method, http.route = route);
    request.extensions_mut().insert(RequestId(id.clone()));

    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = started.elapsed();

    let status = response.status().as_u16();
    span.in_scope(|| {
        tracing::info!(http.status = status, duration_ms = took.as_secs_f64() * 1000.0, "request answered")
    });
    let labels = [("method", method), ("route", route)];
    metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    let [method, route] = labels;
    metrics::counter!("http_requests_total", &[method, route, ("status", status.to_string())]).increment(1);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, id);
    }
    response
}
