//! The list of routes: the menu, the door and the tests read the same one.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method as HttpMethod;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::{Lang, Permission};
use people::Viewer;
use utoipa_axum::router::OpenApiRouter;

use crate::context::Context;
use crate::session::{forbidden, sign_in_needed};
use crate::{App, Error, Result, error, extract};

/// The methods that we use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Ends.
    Delete,
}

impl Method {
    /// The word in HTTP.
    pub fn http(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::GET,
            Self::Post => HttpMethod::POST,
            Self::Put => HttpMethod::PUT,
            Self::Patch => HttpMethod::PATCH,
            Self::Delete => HttpMethod::DELETE,
        }
    }
}

/// Who may pass. What is granted in one region only is asked again by the handler, which knows the region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in, even before changing a first password.
    SignedIn,
    /// Whoever holds the permission somewhere.
    Needs(Permission),
    /// Whoever holds one of the permissions somewhere.
    AnyOf(&'static [Permission]),
}

impl Access {
    /// Whether `viewer` may pass.
    pub fn admits(self, viewer: Option<&Viewer>) -> bool {
        let allows = |permission: &Permission| viewer.is_some_and(|viewer| viewer.allows(*permission, None));
        match self {
            Self::Public => true,
            Self::SignedIn => viewer.is_some(),
            Self::Needs(permission) => allows(&permission),
            Self::AnyOf(permissions) => permissions.iter().any(allows),
        }
    }
}

/// One route of a step.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path as given to the router, such as `/entries/{id}`.
    pub path: &'static str,
    /// Who may pass.
    pub access: Access,
    /// Its name in the header, in Chinese and English, if it stands there.
    pub menu: Option<(&'static str, &'static str)>,
}

impl Route {
    /// A page or a resource to read.
    pub const fn get(path: &'static str, access: Access) -> Self {
        Self::new(Method::Get, path, access)
    }

    /// A form's target, or a resource to make.
    pub const fn post(path: &'static str, access: Access) -> Self {
        Self::new(Method::Post, path, access)
    }

    /// Any route.
    pub const fn new(method: Method, path: &'static str, access: Access) -> Self {
        Self { method, path, access, menu: None }
    }

    /// Puts the page into the header: public pages into that of the portal, others into that of the office.
    #[must_use]
    pub const fn in_menu(mut self, zh: &'static str, en: &'static str) -> Self {
        self.menu = Some((zh, en));
        self
    }
}

/// What a step hands over: its handlers and the list of its routes.
pub struct Step {
    /// Pages and API.
    pub router: OpenApiRouter<App>,
    /// Every route of the router.
    pub routes: &'static [Route],
}

/// An entry of the header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MenuItem {
    pub(crate) href: &'static str,
    name: (&'static str, &'static str),
    access: Access,
}

impl MenuItem {
    pub(crate) fn of(route: &Route) -> Option<Self> {
        Some(Self { href: route.path, name: route.menu?, access: route.access })
    }

    pub(crate) fn label(&self, lang: Lang) -> &'static str {
        lang.t(self.name.0, self.name.1)
    }

    pub(crate) fn shown(&self, office: bool, viewer: Option<&Viewer>) -> bool {
        office == (self.access != Access::Public) && self.access.admits(viewer)
    }
}

/// The door: from path and method to who may pass.
pub(crate) type Door = Arc<HashMap<&'static str, Vec<(HttpMethod, Access)>>>;

pub(crate) fn door(routes: impl Iterator<Item = Route>) -> Door {
    let mut door: HashMap<_, Vec<_>> = HashMap::new();
    for route in routes {
        door.entry(route.path).or_default().push((route.method.http(), route.access));
    }
    Arc::new(door)
}

/// Lets a request pass or refuses it; what is not listed is refused.
pub(crate) async fn guard(State(door): State<Door>, request: Request, next: Next) -> Response {
    match admit(&door, &request) {
        Ok(None) => next.run(request).await,
        Ok(Some(elsewhere)) => elsewhere,
        Err(error) => error.into_response(),
    }
}

fn admit(door: &Door, request: &Request) -> Result<Option<Response>> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let method = if request.method() == HttpMethod::HEAD { &HttpMethod::GET } else { request.method() };
    let listed = door.get(path).ok_or_else(|| Error::fault(format!("{path} is not in the list of routes")))?;
    // The router's own 405 comes through here too, so a method that is not listed is one that does not exist.
    let access = listed.iter().find(|(listed, _)| listed == method).map(|(_, access)| *access);
    let access = access.ok_or_else(error::no_such_method)?;
    let context =
        request.extensions().get::<Arc<Context>>().ok_or_else(|| Error::fault("the request was not framed"))?;
    let viewer = context.viewer.as_ref();
    if method != HttpMethod::GET {
        refuse_other_sites(context, request)?;
    }
    if !access.admits(viewer) {
        return Err(if viewer.is_some() { forbidden() } else { sign_in_needed() }.into());
    }
    let must_change = viewer.is_some_and(|viewer| viewer.must_change);
    if must_change && !matches!(access, Access::Public | Access::SignedIn) {
        if context.is_api() {
            return Err(kernel::Problem::new(
                kernel::ProblemKind::Forbidden,
                "请先修改初始密码",
                "Change your first password before anything else",
            )
            .into());
        }
        return Ok(Some(Redirect::to("/account/password").into_response()));
    }
    Ok(None)
}

/// Forms carry a secret of their own; this is the second lock, and the first one for the API.
fn refuse_other_sites(context: &Context, request: &Request) -> Result<()> {
    if context.bearer {
        return Ok(());
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(extract::stale_form().into());
    }
    if context.is_api() && context.viewer.is_some() {
        extract::check_secret(Some(context), header("x-csrf-token").unwrap_or_default())?;
    }
    Ok(())
}

/// For tests: every listed route is routed, every documented operation is listed, nothing is listed twice.
///
/// # Panics
/// When the list and the router do not agree.
pub async fn assert_every_route_listed(step: Step) {
    use tower::ServiceExt;

    let mut seen = std::collections::HashSet::new();
    for route in step.routes {
        assert!(seen.insert((route.method, route.path)), "{:?} {} is listed twice", route.method, route.path);
    }
    let openapi = step.router.get_openapi().clone();
    for (path, item) in &openapi.paths.paths {
        let operations = [
            (Method::Get, &item.get),
            (Method::Post, &item.post),
            (Method::Put, &item.put),
            (Method::Patch, &item.patch),
            (Method::Delete, &item.delete),
        ];
        for (method, _) in operations.into_iter().filter(|(_, operation)| operation.is_some()) {
            assert!(seen.contains(&(method, path.as_str())), "{method:?} {path} is documented but not listed");
        }
    }
    for route in step.routes.iter().filter(|route| route.path.starts_with("/api/")) {
        assert!(openapi.paths.paths.contains_key(route.path), "{} has no documentation", route.path);
    }

    // The door stands where the guard stands, and tells which pattern each request was routed to.
    let door = axum::middleware::from_fn(|request: Request, _: Next| async move {
        let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
        matched.unwrap_or_default()
    });
    let (router, _) = step.router.split_for_parts();
    let router: axum::Router<App> = router.route_layer(door);
    let store = store::Store::open("sqlite::memory:", kernel::Clock::system()).await.expect("a database in memory");
    let app = App::new(store, crate::Settings::local(std::path::PathBuf::new()));
    let router = router.with_state(app);
    for route in step.routes {
        let path = route.path.replace("{*", "{");
        let concrete: String = path
            .split('{')
            .map(|part| part.split_once('}').map_or(part.to_owned(), |(_, rest)| format!("x{rest}")))
            .collect();
        let request = Request::builder().method(route.method.http()).uri(&concrete).body(axum::body::Body::empty());
        let response = router.clone().oneshot(request.expect("a request")).await.expect("infallible");
        let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.expect("a short body");
        assert_eq!(
            String::from_utf8_lossy(&body),
            route.path,
            "{:?} {} is listed but not routed",
            route.method,
            route.path
        );
    }
}
