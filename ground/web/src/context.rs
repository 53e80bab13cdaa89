//! What is known about a request before its handler runs – language, who is behind it – and how failures are answered.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HOST, REFERER, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use kernel::{Lang, Problem};
use people::Viewer;
use people::store::sessions;

use crate::error::{self, Failure};
use crate::observe::RequestId;
use crate::{App, Error, Frame, Result, live, session};

/// What is known about a request.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) lang: Lang,
    pub(crate) uri: Uri,
    pub(crate) viewer: Option<Viewer>,
    /// Whether the session came by header, which no other site can make a browser send.
    pub(crate) bearer: bool,
    pub(crate) fragment: bool,
    /// The page of ours whose form was sent, where the browser names it: path and query.
    pub(crate) sent_from: Option<String>,
    /// Notices that the viewer has not read; looked up for whole office pages only.
    pub(crate) unread: u64,
    pub(crate) request_id: String,
}

impl Context {
    pub(crate) fn is_api(&self) -> bool {
        self.uri.path().starts_with("/api/")
    }
}

/// The outermost layer that knows the application: finds out language and viewer, and renders failures.
pub(crate) async fn frame_request(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cookies = CookieJar::from_headers(request.headers());
    let asked_lang = query_value(request.uri(), "lang").and_then(Lang::parse);
    let token = bearer(request.headers()).or_else(|| cookies.get(session::COOKIE).map(|c| c.value()));
    let quiet = live::is_quiet(request.headers());
    let found = match token {
        Some(token) if quiet => sessions::find_quietly(&app.store, &app.settings.accounts, token).await,
        Some(token) => sessions::find(&app.store, &app.settings.accounts, token).await,
        None => Ok(None),
    };
    let (viewer, fault) = match found {
        Ok(viewer) => (viewer, None),
        Err(fault) => (None, Some(fault)),
    };
    let unread = match &viewer {
        Some(viewer) if is_whole_office_page(&request) => unread(&app, viewer).await,
        _ => 0,
    };
    let context = Arc::new(Context {
        unread,
        lang: asked_lang.or_else(|| cookies.get("lang").and_then(|c| Lang::parse(c.value()))).unwrap_or_default(),
        uri: request.uri().clone(),
        viewer,
        bearer: bearer(request.headers()).is_some(),
        fragment: request.headers().contains_key("hx-request"),
        sent_from: sent_from(&request),
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
    });
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = match fault {
        None => {
            request.extensions_mut().insert(context.clone());
            next.run(request).await
        }
        Some(fault) => Error::from(fault).into_response(),
    };
    if let Some(error) = failure(&response) {
        error.log(&context.request_id);
        response = answer(&app, &context, &error, is_get);
    }
    finish(&app, &context, asked_lang, &mut response);
    response
}

/// The page of this host that a form came from.
fn sent_from(request: &Request) -> Option<String> {
    let header = |name| request.headers().get(name)?.to_str().ok();
    let page: Uri = header(REFERER)?.parse().ok()?;
    let ours = page.authority()?.as_str().eq_ignore_ascii_case(header(HOST)?);
    // Two slashes in front would lead to another host.
    let leads_back = ours && !request.method().is_safe() && !page.path().starts_with("//");
    leads_back.then(|| page.path_and_query().map(ToString::to_string))?
}

/// Whether a page with the office's header is asked for.
fn is_whole_office_page(request: &Request) -> bool {
    let path = request.uri().path();
    let accept = request.headers().get(ACCEPT).map(HeaderValue::as_bytes).unwrap_or_default();
    request.method() == Method::GET
        && (path.starts_with("/office") || path.starts_with("/account/"))
        && !request.headers().contains_key("hx-request")
        && accept != b"text/event-stream"
}

/// How many notices wait. A page does not fail for want of this number.
async fn unread(app: &App, viewer: &Viewer) -> u64 {
    match ::notices::store::inbox::unread(app.store.reader(), viewer.account).await {
        Ok(count) => count,
        Err(error) => {
            tracing::warn!(%error, "unread notices could not be counted");
            0
        }
    }
}

/// The failure that a response stands for, also where a layer answered with a bare status.
fn failure(response: &Response) -> Option<Arc<Error>> {
    if let Some(Failure(error)) = response.extensions().get() {
        return Some(error.clone());
    }
    let status = response.status();
    let plain = response.headers().get(CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !plain || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let problem = match status {
        StatusCode::METHOD_NOT_ALLOWED => error::no_such_method(),
        StatusCode::PAYLOAD_TOO_LARGE => error::too_large(),
        StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => {
            return Some(Arc::new(Error::fault("the request took longer than allowed")));
        }
        status if status.is_server_error() => return Some(Arc::new(Error::fault(format!("bare status {status}")))),
        _ => Problem::invalid("请求无法处理", "The request cannot be taken"),
    };
    Some(Arc::new(problem.into()))
}

fn answer(app: &App, context: &Arc<Context>, error: &Error, is_get: bool) -> Response {
    if context.is_api() {
        return error::as_details(error, context.lang, &context.request_id);
    }
    if is_get && error.status() == StatusCode::UNAUTHORIZED {
        return Redirect::to(&session::sign_in_address(&context.uri)).into_response();
    }
    error::as_page(error, Frame::of(app, context))
}

fn finish(app: &App, context: &Context, asked_lang: Option<Lang>, response: &mut Response) {
    let headers = response.headers_mut();
    if let Some(lang) = asked_lang {
        let secure = if app.settings.secure_cookies { "; Secure" } else { "" };
        let cookie = format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", lang.code());
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    headers.append(VARY, HeaderValue::from_static("Cookie, Authorization, Accept, HX-Request"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(match context.viewer {
        Some(_) => "private, no-store",
        None => "no-cache",
    }));
}

/// The value of `name` in the query, taken as it stands: for short codes only.
pub(crate) fn query_value<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The context that [`frame_request`] left.
pub(crate) fn of(parts: &axum::http::request::Parts) -> Result<Arc<Context>> {
    parts.extensions.get::<Arc<Context>>().cloned().ok_or_else(|| Error::fault("the request was not framed"))
}
