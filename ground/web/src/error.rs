//! The one way in which a failure reaches a person or a client program.
//!
//! Handlers return [`Error`]; the answer is written by [`crate::context`], which knows the language and whether a page
//! or problem details (RFC 9457) are wanted, and logs the chain of causes once.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::{BytesRejection, FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use kernel::{Lang, Place, Problem, ProblemKind};
use serde::Serialize;

use crate::Frame;

/// The result of every handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something that whoever asked can mend.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// Something that only an operator can mend.
    #[error("the program failed")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// A failure that only an operator can mend.
    pub fn fault(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fault(error.into())
    }

    /// Parts what whoever filled in a form can mend from what must end the request.
    ///
    /// # Errors
    /// Everything but an invalid input or a conflict.
    pub fn mendable<T>(outcome: Result<T, impl Into<Self>>) -> Result<Result<T, Problem>> {
        match outcome.map_err(Into::into) {
            Ok(done) => Ok(Ok(done)),
            Err(Self::Problem(problem)) if matches!(problem.kind, ProblemKind::Invalid | ProblemKind::Conflict) => {
                Ok(Err(problem))
            }
            Err(error) => Err(error),
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Problem(problem) => status_of(problem.kind),
        }
    }

    /// What whoever asked is told.
    pub(crate) fn told(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Fault(_) => Problem::invalid(
                "程序出错，情况已记录。请稍后再试；若再次出现，请把下面的编号告诉管理员",
                "The program failed and has noted it. Try again later; if it happens again, give the number below to the operator",
            ),
        }
    }

    pub(crate) fn log(&self, request_id: &str) {
        match self {
            Self::Problem(problem) => {
                tracing::debug!(request.id = request_id, problem = %problem.message.en, "request refused");
            }
            Self::Fault(fault) => {
                let mut chain = fault.to_string();
                let mut cause = fault.source();
                while let Some(next) = cause {
                    chain.push_str(": ");
                    chain.push_str(&next.to_string());
                    cause = next.source();
                }
                tracing::error!(request.id = request_id, error = chain, "request failed");
            }
        }
    }
}

/// The status that says what kind of problem it was.
pub(crate) fn status_of(kind: ProblemKind) -> StatusCode {
    match kind {
        ProblemKind::NotFound => StatusCode::NOT_FOUND,
        ProblemKind::SignInNeeded => StatusCode::UNAUTHORIZED,
        ProblemKind::Forbidden => StatusCode::FORBIDDEN,
        ProblemKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemKind::Conflict => StatusCode::CONFLICT,
        ProblemKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Travels with the response to where it is rendered.
#[derive(Clone)]
pub(crate) struct Failure(pub(crate) Arc<Error>);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Failure(Arc::new(self)));
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Problem(problem) => Self::Problem(problem),
            other => Self::fault(other),
        }
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::fault(error)
    }
}

macro_rules! unreadable {
    ($($rejection:ty: $zh:literal, $en:literal;)*) => {$(
        impl From<$rejection> for Error {
            fn from(rejection: $rejection) -> Self {
                let status = rejection.status();
                if status == StatusCode::PAYLOAD_TOO_LARGE {
                    return Self::Problem(too_large());
                }
                if status.is_server_error() {
                    return Self::fault(rejection);
                }
                let text = rejection.body_text();
                Self::Problem(Problem::invalid(format!("{}（{text}）", $zh), format!("{} ({text})", $en)))
            }
        }
    )*};
}

unreadable! {
    FormRejection: "表单无法读取", "The form cannot be read";
    JsonRejection: "JSON 无法读取", "The JSON cannot be read";
    BytesRejection: "内容无法读取", "The body cannot be read";
    QueryRejection: "地址中的参数无法读取", "The query cannot be read";
}

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        Self::Problem(Problem::not_found("没有这个页面，请检查地址", "There is no such page: check the address"))
    }
}

impl From<axum_extra::extract::FormRejection> for Error {
    fn from(rejection: axum_extra::extract::FormRejection) -> Self {
        let text = rejection.to_string();
        if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Self::Problem(too_large());
        }
        Self::Problem(Problem::invalid(format!("表单无法读取（{text}）"), format!("The form cannot be read ({text})")))
    }
}

/// The problem of a method that the address does not take.
pub(crate) fn no_such_method() -> Problem {
    Problem::not_found("这个地址不接受这种请求方式", "This address does not take this method")
}

/// The problem of a body beyond its bound.
pub(crate) fn too_large() -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        "文件或内容过大，没有收下。请压缩或拆分后再提交",
        "Too large, nothing was taken: make it smaller or send it in parts",
    )
}

/// Problem details (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: `code` tells kinds apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// `not_found`, `invalid`, `conflict` …
    pub code: String,
    /// What was wrong and what to do, in the language asked for.
    pub detail: String,
    /// The request's number, which the operator's log shows too.
    pub instance: String,
    /// Each single place in the input.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<ProblemPlace>,
}

/// Where in the input something is wrong, and what.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProblemPlace {
    /// A field, or a position in a file.
    pub at: String,
    /// What is wrong there.
    pub message: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    f: Frame,
    status: StatusCode,
    problem: Problem,
}

impl ErrorPage {
    fn heading(&self) -> &str {
        let (zh, en) = match self.status {
            StatusCode::NOT_FOUND => ("没有找到", "Not found"),
            StatusCode::UNAUTHORIZED => ("请先登录", "Sign in first"),
            StatusCode::FORBIDDEN => ("没有权限", "Not allowed"),
            StatusCode::CONFLICT => ("内容已有变化", "It has changed meanwhile"),
            StatusCode::PAYLOAD_TOO_LARGE => ("内容过大", "Too large"),
            StatusCode::TOO_MANY_REQUESTS => ("尝试次数过多", "Too many tries"),
            status if status.is_server_error() => ("程序出错", "The program failed"),
            _ => ("无法处理", "This cannot be taken"),
        };
        self.f.lang.t(zh, en)
    }
}

/// Writes the failure as a page.
pub(crate) fn as_page(error: &Error, f: Frame) -> Response {
    let (status, problem) = (error.status(), error.told());
    crate::page_with(status, &ErrorPage { f, status, problem }).unwrap_or_else(|_| status.into_response())
}

/// Writes the failure as problem details.
pub(crate) fn as_details(error: &Error, lang: Lang, request_id: &str) -> Response {
    let (status, problem) = (error.status(), error.told());
    let code = match error {
        Error::Fault(_) => "fault".to_owned(),
        Error::Problem(problem) => serde_json::to_value(problem.kind)
            .ok()
            .and_then(|code| code.as_str().map(str::to_owned))
            .unwrap_or_default(),
    };
    let place =
        |place: &Place| ProblemPlace { at: place.at.get(lang).to_owned(), message: place.message.get(lang).to_owned() };
    let details = ProblemDetails {
        kind: "about:blank",
        title: status.canonical_reason().unwrap_or_default().to_owned(),
        status: status.as_u16(),
        code,
        detail: problem.message.get(lang).to_owned(),
        instance: format!("urn:uuid:{request_id}"),
        places: problem.places.iter().map(place).collect(),
    };
    (status, [(CONTENT_TYPE, "application/problem+json")], axum::Json(details)).into_response()
}
