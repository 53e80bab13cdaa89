//! The frame around every page, and how templates become responses.

use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Lang, Permission, RegionCode, Text};
use people::Viewer;

use crate::context::{self, Context};
use crate::{App, Error, Result};

/// What `frame.html` needs. An extractor; every page holds one as `f`.
#[derive(Clone)]
pub struct Frame {
    /// The language of the page.
    pub lang: Lang,
    context: Arc<Context>,
    app: App,
}

/// An entry of the header.
pub struct NavItem<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
    /// Whether the page lies there.
    pub current: bool,
}

impl Frame {
    pub(crate) fn of(app: &App, context: &Arc<Context>) -> Self {
        Self { lang: context.lang, context: context.clone(), app: app.clone() }
    }

    /// The wording of `text` for this page.
    pub fn say<'a>(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// The name of the installation.
    pub fn name(&self) -> &Text {
        &self.app.settings.name
    }

    /// Who is signed in.
    pub fn viewer(&self) -> Option<&Viewer> {
        self.context.viewer.as_ref()
    }

    /// Whether the viewer, if any, holds `permission` at `region`.
    pub fn allows(&self, permission: Permission, region: Option<RegionCode>) -> bool {
        self.viewer().is_some_and(|viewer| viewer.allows(permission, region))
    }

    /// How many notices the viewer has not read; counted on whole office pages.
    pub fn unread(&self) -> u64 {
        self.context.unread
    }

    /// The secret for the hidden field `csrf` of a form; empty when nobody is signed in.
    pub fn csrf(&self) -> &str {
        self.viewer().map(|viewer| viewer.csrf.as_str()).unwrap_or_default()
    }

    /// Whether the page must say 演示数据.
    pub fn demo(&self) -> bool {
        self.app.settings.demo
    }

    /// Whether htmx asks for a part of the page: render the block alone.
    pub fn fragment(&self) -> bool {
        self.context.fragment
    }

    /// The request's number, as in the log.
    pub fn request_id(&self) -> &str {
        &self.context.request_id
    }

    /// The page whose form was sent, to lead back to it.
    pub(crate) fn sent_from(&self) -> Option<&str> {
        self.context.sent_from.as_deref()
    }

    /// The path of the page.
    pub fn path(&self) -> &str {
        self.context.uri.path()
    }

    /// Path and query of the page.
    pub fn path_and_query(&self) -> &str {
        self.context.uri.path_and_query().map_or("/", |whole| whole.as_str())
    }

    /// The query of the page without its question mark; empty where there is none.
    pub fn query(&self) -> &str {
        self.context.uri.query().unwrap_or_default()
    }

    /// The address of a script or style, such as `app.js`.
    pub fn asset(&self, name: &str) -> Option<String> {
        self.app.assets.address(name)
    }

    /// Addresses of the tiles of 天地图, where the operator has a key for it: the map and the names on it.
    pub fn tianditu(&self) -> Option<[String; 2]> {
        self.app.settings.tianditu.as_ref().map(|map| map.tiles(self.lang))
    }

    /// Whether this is a page for people who work here.
    pub fn office(&self) -> bool {
        self.path().starts_with("/office") || self.path().starts_with("/account/")
    }

    /// The header's entries: public pages, or the office pages that the viewer may open.
    pub fn nav(&self) -> Vec<NavItem<'_>> {
        let shown = self.app.menu.iter().filter(|item| item.shown(self.office(), self.viewer()));
        let mut items: Vec<NavItem<'_>> =
            shown.map(|item| NavItem { href: item.href, label: item.label(self.lang), current: false }).collect();
        let path = self.path();
        let lies_in = |href: &str| path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if let Some(nearest) = items.iter_mut().filter(|item| lies_in(item.href)).max_by_key(|item| item.href.len()) {
            nearest.current = true;
        }
        items
    }

    /// Where the viewer's own work begins: the first office page open to them.
    pub fn office_home(&self) -> &str {
        self.viewer().map_or("/sign-in", |viewer| self.home_of(viewer))
    }

    pub(crate) fn home_of(&self, viewer: &Viewer) -> &'static str {
        let first = self.app.menu.iter().find(|item| item.shown(true, Some(viewer)));
        first.map_or("/account/password", |item| item.href)
    }

    /// Whether the viewer has to change a first password.
    pub fn must_change(&self) -> bool {
        self.viewer().is_some_and(|viewer| viewer.must_change)
    }

    /// The same page in the other language.
    pub fn other_language(&self) -> String {
        let other = match self.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        };
        self.with_query("lang", other.code())
    }

    /// The same page with the query's `name` set to `value`, which must not need escaping.
    pub fn with_query(&self, name: &str, value: &str) -> String {
        let address = self.without_query(name);
        let sign = if address.contains('?') { '&' } else { '?' };
        format!("{address}{sign}{name}={value}")
    }

    /// The address of this page without `name` in the query; all else that a list is narrowed by stays.
    pub fn without_query(&self, name: &str) -> String {
        let kept = self.query().split('&');
        let kept: Vec<&str> = kept.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name)).collect();
        if kept.is_empty() { self.path().to_owned() } else { format!("{}?{}", self.path(), kept.join("&")) }
    }

    /// A day in words: 2024年6月30日, 30 June 2024.
    pub fn day(&self, day: &NaiveDate) -> String {
        self.lang.day(*day)
    }

    /// A stored instant in China Standard Time, to the minute.
    pub fn time(&self, unix_ms: &i64) -> String {
        china_time(*unix_ms).map(|time| time.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
    }
}

impl FromRequestParts<App> for Frame {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self::of(app, &context::of(parts)?))
    }
}

/// Renders a page.
///
/// # Errors
/// When the template fails.
pub fn page(template: &impl Template) -> Result<Response> {
    page_with(StatusCode::OK, template)
}

/// Renders a page with a status, such as a form that was not taken (422).
///
/// # Errors
/// When the template fails.
pub fn page_with(status: StatusCode, template: &impl Template) -> Result<Response> {
    Ok((status, Html(template.render()?)).into_response())
}

/// Only so that `?` works on extractors that cannot fail.
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
