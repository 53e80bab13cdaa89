//! axum's extractors with our errors, and forms that carry the session's secret.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use kernel::{Problem, ProblemKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::context::Context;
use crate::session::sign_in_needed;
use crate::{App, Error, Result};

/// Parts of the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

/// The query.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Error))]
pub struct Query<T>(pub T);

/// A JSON body.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Error))]
pub struct Json<T>(pub T);

/// A form of somebody who need not be signed in.
#[derive(FromRequest)]
#[from_request(via(axum_extra::extract::Form), rejection(Error))]
pub struct Form<T>(pub T);

/// A form that carries the session's secret in the field `csrf`; any other form is refused.
/// Repeated fields may be read into a `Vec`.
pub struct Checked<T>(pub T);

#[derive(Deserialize)]
struct Secret {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<App> for Checked<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let context = request.extensions().get::<Arc<Context>>().cloned();
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), app).await?;
        let again = |bytes: Bytes| Request::from_parts(parts.clone(), Body::from(bytes));
        let Form(Secret { csrf }) = Form::from_request(again(bytes.clone()), app).await?;
        check_secret(context.as_deref(), &csrf)?;
        let Form(form) = Form::from_request(again(bytes), app).await?;
        Ok(Self(form))
    }
}

/// Compares `secret` with that of the session.
pub(crate) fn check_secret(context: Option<&Context>, secret: &str) -> Result<()> {
    let viewer = context.and_then(|context| context.viewer.as_ref()).ok_or_else(sign_in_needed)?;
    // Both are hashed first, so that the time of the comparison says nothing about the secret.
    if store::audit::sm3_hex(secret) == store::audit::sm3_hex(&viewer.csrf) {
        return Ok(());
    }
    Err(stale_form().into())
}

pub(crate) fn stale_form() -> Problem {
    Problem::new(
        ProblemKind::Forbidden,
        "表单已过期或不是从本站打开的，请返回、刷新页面后重新提交",
        "The form is stale or comes from another site: go back, reload, and send it again",
    )
}
