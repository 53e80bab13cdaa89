//! Every route of every step, walked by everybody: what the list of routes promises is what the site does.
//!
//! The table of who may pass is computed from the steps' own lists and the permissions of each role; only the public
//! routes are written down a second time, in `public_routes.txt`, so that nothing becomes public unnoticed.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use axum::http::{Request, StatusCode};
use kernel::{Clock, Grant, Role};
use minsheng::wiring;
use people::AccountRules;
use people::rules::OrganisationKind;
use people::store::accounts::{self, NewAccount};
use people::store::organisations::{self, NewOrganisation};
use people::store::sessions;
use store::{Actor, Store};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;
use web::{Access, App, Method, Route, Settings};

const PASSWORD: &str = "Harbour-7-bridge";

/// The programme that everybody asks for, of the city of Ningbo.
const PROGRAMME: &str = "330200-2024";

/// A county of that city.
const COUNTY: &str = "330226";

/// A key that nothing has.
const NO_KEY: &str = "0191b3c0-0000-7000-8000-000000000000";

/// The site as the program serves it, with the sample years.
struct Site {
    app: App,
    router: Router,
    /// An entry of [`PROGRAMME`].
    entry: Uuid,
    _folder: TempDir,
}

/// Somebody who asks: nobody in particular, or an account with one role.
struct Walker {
    name: String,
    role: Option<Role>,
    /// Token and form secret.
    session: Option<(String, String)>,
}

/// What came back: the status, and where to, if it leads elsewhere.
struct Answer {
    status: StatusCode,
    location: String,
}

impl Answer {
    fn asks_to_sign_in(&self) -> bool {
        self.status == StatusCode::UNAUTHORIZED || self.location.starts_with("/sign-in")
    }

    fn refuses(&self) -> bool {
        self.status == StatusCode::FORBIDDEN || self.asks_to_sign_in()
    }
}

impl Site {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let noon = "2025-03-01T04:00:00Z".parse().expect("a time");
        let store = Store::open_folder(folder.path(), Clock::fixed(noon)).await.expect("a database");
        wiring::prepare(&store).await.expect("tables");
        ledger::samples::load(&store, &Actor::operator("test"), &mut |_, _| {}).await.expect("the sample years");
        let on = store.reader();
        let programme = ledger::programmes::find(on, PROGRAMME).await.expect("a database").expect("the programme");
        let outline = ledger::programmes::Outline::load(on, programme).await.expect("a database");
        let keys: Vec<_> = outline.indicators.iter().map(|indicator| indicator.id).collect();
        let entries = ledger::entries::of_indicators(on, &keys).await.expect("a database");
        let entry = entries.first().expect("an entry").id;
        let app = App::new(store, Settings::local(folder.path().join("uploads")));
        std::fs::create_dir_all(&app.settings.uploads).expect("a folder for uploads");
        let router = web::server::assemble(app.clone(), wiring::steps());
        Self { app, router, entry, _folder: folder }
    }

    /// Somebody with `role` in `region`; administrators have no region.
    async fn account(&self, name: &str, role: Role, region: &str) -> Walker {
        let App { store, passwords, .. } = &self.app;
        let actor = Actor::operator("test");
        let new = NewAccount {
            sign_in_name: name.to_owned(),
            display_name: name.to_owned(),
            person: None,
            password: PASSWORD.to_owned(),
            must_change: false,
        };
        let rules = AccountRules::default();
        let id = accounts::create(store, &actor, &rules, passwords, new).await.expect("an account");
        let region = (!role.is_administrator()).then(|| region.parse().expect("a code"));
        let organisation = match (role, region) {
            (Role::ResponsibleBody, Some(region)) => {
                let new = NewOrganisation {
                    region,
                    name: "市教育局".to_owned(),
                    short_name: String::new(),
                    kind: OrganisationKind::Department,
                    uscc: None,
                };
                Some(organisations::create(store, &actor, new).await.expect("an organisation"))
            }
            _ => None,
        };
        accounts::grant(store, &actor, id, Grant { role, region, organisation }).await.expect("a grant");
        let mut walker = Walker { name: name.to_owned(), role: Some(role), session: None };
        self.sign_in(&mut walker).await;
        walker
    }

    /// Signs in again if the last request ended the session.
    async fn sign_in(&self, walker: &mut Walker) {
        let App { store, passwords, .. } = &self.app;
        let rules = AccountRules::default();
        if let Some((token, _)) = &walker.session
            && sessions::find(store, &rules, token).await.expect("a database").is_some()
        {
            return;
        }
        let begun = sessions::sign_in(store, &rules, passwords, &walker.name, PASSWORD).await.expect("a session");
        walker.session = Some((begun.token, begun.viewer.csrf));
    }

    /// A real address of the route.
    fn address(&self, route: &Route) -> String {
        let entry = self.entry.to_string();
        let mut before = "";
        let parts = route.path.split('/').map(|part| {
            let filled = match part {
                "{slug}" => PROGRAMME,
                "{number}" => "1",
                "{code}" => "330200",
                "{file}" | "{*file}" => "entries.csv",
                "{id}" if before == "entries" => entry.as_str(),
                _ if part.starts_with('{') => NO_KEY,
                own => own,
            };
            before = part;
            filled.to_owned()
        });
        let path = parts.collect::<Vec<_>>().join("/");
        // The board shows an office its own part of a programme; what it must refuse is the whole.
        if path.contains("/watch") {
            return format!("{path}?place=330200");
        }
        // Forms for something new are asked for within something that is there.
        if path.ends_with("/new") { format!("{path}?category={NO_KEY}&project={NO_KEY}") } else { path }
    }

    async fn ask(&self, walker: &Walker, route: &Route) -> Answer {
        let is_api = route.path.starts_with("/api/");
        let mut request = Request::builder().method(route.method.http()).uri(self.address(route));
        let secret = walker.session.as_ref().map_or("", |(_, csrf)| csrf.as_str());
        if let Some((token, _)) = &walker.session {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let uploads = route.path.ends_with("/imports");
        let (kind, body) = match route.method {
            Method::Get => ("", String::new()),
            _ if uploads => ("multipart/form-data; boundary=edge", upload(secret)),
            _ if is_api => ("application/json", "{}".to_owned()),
            _ => ("application/x-www-form-urlencoded", format!("csrf={secret}")),
        };
        if !kind.is_empty() {
            request = request.header(CONTENT_TYPE, kind);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).expect("a request")).await;
        let response = response.expect("infallible");
        let location = response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default();
        Answer { status: response.status(), location: location.to_owned() }
    }

    async fn events(&self) -> i64 {
        let found = ledger::verify::verify(self.app.store.reader()).await.expect("a database");
        assert!(found.fault.is_none(), "{found:?}");
        found.events
    }
}

/// A form with an empty file in it.
fn upload(secret: &str) -> String {
    let part = |name: &str, more: &str, value: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
    };
    format!("{}{}--edge--\r\n", part("csrf", "", secret), part("file", "; filename=\"a.csv\"", ""))
}

/// Every route of the site.
fn routes() -> Vec<Route> {
    let steps = wiring::steps();
    steps.iter().flat_map(|step| step.routes).chain(web::server::ROUTES).copied().collect()
}

/// Whether the door lets somebody with this role pass.
fn passes(access: Access, role: Option<Role>) -> bool {
    let holds = |permission| role.is_some_and(|role| role.permissions().contains(permission));
    match access {
        Access::Public => true,
        Access::SignedIn => role.is_some(),
        Access::Needs(permission) => holds(&permission),
        Access::AnyOf(permissions) => permissions.iter().any(holds),
    }
}

#[tokio::test]
async fn everybody_passes_where_the_list_says_so_and_nowhere_else() {
    let site = Site::open().await;
    let mut walkers = vec![Walker { name: "anonymous".to_owned(), role: None, session: None }];
    for role in Role::ALL {
        walkers.push(site.account(role.code(), role, "330200").await);
    }
    let mut wrong = Vec::new();
    for walker in &mut walkers {
        for route in routes() {
            if walker.role.is_some() {
                site.sign_in(walker).await;
            }
            let answer = site.ask(walker, &route).await;
            // Signing in is asked with an empty name and password, which is refused by the handler, not by the door.
            let own_refusal = route.method == Method::Post && matches!(route.path, "/sign-in" | "/api/v1/sessions");
            let right = match (passes(route.access, walker.role), walker.role) {
                _ if answer.status.is_server_error() => false,
                (true, _) => own_refusal || !answer.refuses(),
                (false, None) => answer.asks_to_sign_in(),
                (false, Some(_)) => answer.status == StatusCode::FORBIDDEN,
            };
            if !right {
                let Answer { status, location } = answer;
                wrong.push(format!("{} {:?} {}: {status} {location}", walker.name, route.method, route.path));
            }
        }
    }
    assert!(wrong.is_empty(), "not as the list of routes says:\n{}", wrong.join("\n"));
}

/// The door knows permissions, not places: that an office stays in its own region is up to each handler.
#[tokio::test]
async fn a_county_office_cannot_touch_the_programme_of_its_city() {
    let site = Site::open().await;
    let walker = site.account("county", Role::ProgrammeOffice, COUNTY).await;
    let before = site.events().await;
    let of_programme = |route: &Route| {
        route.access != Access::Public
            && passes(route.access, walker.role)
            && (route.path.contains("{slug}") || route.path.contains("entries/{id}"))
            // Sites of a city's programme are kept by the counties, each its own: `places` asks for the place of each site.
            && !(route.method == Method::Get && route.path.starts_with("/office/sites/"))
            // Each office prints the codes of its own places.
            && route.path != "/office/programmes/{slug}/codes"
            // A county sees its own share of what its city splits, and splits that on.
            && !(route.method == Method::Get && route.path == "/office/programmes/{slug}/shares")
    };
    let mut wrong = Vec::new();
    for route in routes().iter().filter(|route| of_programme(route)) {
        let Answer { status, location } = site.ask(&walker, route).await;
        let right = match route.method {
            Method::Get => matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND),
            // An empty form may be refused before the place is looked at.
            _ => status.is_client_error(),
        };
        if !right {
            wrong.push(format!("{:?} {}: {status} {location}", route.method, route.path));
        }
    }
    assert!(wrong.is_empty(), "open to an office of another place:\n{}", wrong.join("\n"));
    assert_eq!(site.events().await, before, "something was written");
}

/// What the congress may do, written down: it reads what the offices read of a programme's year, and decides on adjustments.
#[test]
fn the_congress_reads_the_year_and_decides_on_adjustments_only() {
    let routes = routes();
    let open = |route: &&Route| passes(route.access, Some(Role::Congress));
    let reads = [
        "/office/rounds",
        "/office/rounds/{id}",
        "/office/returns/{id}",
        "/api/v1/rounds",
        "/api/v1/rounds/{id}/returns",
        "/api/v1/returns/{id}",
        "/office/adjustments",
        "/office/programmes/{slug}/adjustments",
        "/office/orders/{id}",
        "/office/inspections",
        "/office/projects/{id}/timeline",
        "/office/watch/{slug}",
        "/office/assessments/{id}",
    ];
    for path in reads {
        assert!(routes.iter().filter(open).any(|route| route.path == path && route.method == Method::Get), "{path}");
    }
    for kept in
        ["/office/returns", "/office/reviews", "/office/rounds/{id}/sheet", "/office/programmes/{slug}/reporting"]
    {
        assert!(!routes.iter().filter(open).any(|route| route.path == kept), "{kept}");
    }
    let business = |route: &&Route| matches!(route.access, Access::Needs(_) | Access::AnyOf(_));
    let mut writes: Vec<_> = routes
        .iter()
        .filter(open)
        .filter(business)
        .filter(|route| route.method != Method::Get)
        .map(|route| route.path)
        .collect();
    writes.sort_unstable();
    // Of a resident's remark the handler asks who answers it; notes of a visit are anybody's who may enter, deputies on an
    // inspection among them.
    let right = [
        "/api/v1/adjustments/{id}/decision",
        "/office/adjustments/{id}/decision",
        "/office/feedback/{id}/{act}",
        "/office/site/{id}/notes",
    ];
    assert_eq!(writes, right);
}

#[tokio::test]
async fn every_step_lists_what_it_routes() {
    for step in wiring::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[test]
fn nothing_becomes_public_unnoticed() {
    let mut public: Vec<_> = routes()
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| format!("{} {}", route.method.http(), route.path))
        .collect();
    public.sort();
    let noted = include_str!("public_routes.txt");
    let noted: Vec<_> = noted.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(public, noted, "if each of these may be seen by everybody, note it in tests/public_routes.txt");
}
