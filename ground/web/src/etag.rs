//! Entity tags from the content: a page that did not change is not sent again.

use std::hash::{DefaultHasher, Hasher};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Longer answers are streamed and have no tag.
const LONGEST: usize = 4 << 20;

/// Tags answers to GET whose whole content is at hand, and answers 304 where the caller has it already.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let wanted = (request.method() == Method::GET).then(|| request.headers().get(IF_NONE_MATCH).cloned());
    let response = next.run(request).await;
    let Some(held) = wanted else { return response };
    let length = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
    if response.status() != StatusCode::OK || length.is_none_or(|length| length > LONGEST) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LONGEST).await else {
        return crate::Error::fault("a body of known length broke off").into_response();
    };
    let mut hasher = DefaultHasher::new();
    hasher.write(parts.headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes));
    hasher.write(&bytes);
    // Weak, because the same content may travel compressed.
    let etag = format!("W/\"{:016x}\"", hasher.finish());
    let held = held.as_ref().and_then(|held| held.to_str().ok()).unwrap_or_default();
    let same = held.split(',').any(|one| one.trim() == etag || one.trim() == "*");
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        parts.headers.insert(ETAG, etag);
    }
    if same {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(axum::http::header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(bytes))
}
