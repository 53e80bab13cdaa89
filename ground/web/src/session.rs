//! Who is behind a request: the session cookie, and the extractors that handlers ask.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use axum_extra::extract::cookie::{Cookie, SameSite};
use kernel::{Lang, Permission, Problem, ProblemKind, RegionCode};
use people::Viewer;

use crate::{App, Error, Result, context};

/// The cookie that holds the session's token.
pub(crate) const COOKIE: &str = "minsheng_session";

/// The language of the request: `?lang=`, else the cookie `lang`, else Chinese. `Accept-Language` is not looked at:
/// browsers set up in English are common on desks where everybody reads Chinese.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

impl FromRequestParts<App> for Language {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        Ok(Self(context::of(parts)?.lang))
    }
}

/// Somebody who is signed in; without, the request is refused (401, or the sign-in page).
#[derive(Clone, Debug)]
pub struct SignedIn(pub Viewer);

impl SignedIn {
    /// Goes on only where `permission` is granted at `region`; `None` asks whether it is granted anywhere.
    ///
    /// # Errors
    /// Forbidden.
    pub fn require(&self, permission: Permission, region: impl Into<Option<RegionCode>>) -> Result<()> {
        if self.0.allows(permission, region.into()) {
            return Ok(());
        }
        Err(forbidden().into())
    }
}

pub(crate) fn forbidden() -> Problem {
    Problem::new(
        ProblemKind::Forbidden,
        "您的账号没有这项权限；如工作需要，请联系安全管理员授权",
        "Your account may not do this; ask the security administrator if your work needs it",
    )
}

pub(crate) fn sign_in_needed() -> Problem {
    Problem::new(ProblemKind::SignInNeeded, "请先登录", "Sign in first")
}

impl Deref for SignedIn {
    type Target = Viewer;

    fn deref(&self) -> &Viewer {
        &self.0
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self> {
        context::of(parts)?.viewer.clone().map(Self).ok_or_else(|| sign_in_needed().into())
    }
}

/// The cookie for a new session. It has no age: it goes with the browser, and the server ends it when idle.
pub(crate) fn cookie(app: &App, token: String) -> Cookie<'static> {
    Cookie::build((COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.settings.secure_cookies)
        .build()
}

/// The sign-in page that leads back to `uri`.
pub(crate) fn sign_in_address(uri: &Uri) -> String {
    let back = uri.path_and_query().map_or("/", |whole| whole.as_str());
    format!("/sign-in?next={}", crate::listing::escape(back))
}
