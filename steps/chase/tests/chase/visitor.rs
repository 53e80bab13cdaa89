//! Somebody in front of the pages of chasing or behind their API.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use kernel::{Grant, Role};
use people::store::accounts::{self, NewAccount};
use people::store::sessions;
use serde_json::Value;
use store::Actor;
use tower::ServiceExt;
use web::{App, Settings};

use crate::house::{House, chase};

const PASSWORD: &str = "Harbour-7-bridge";

const TODOS: &[web::Todos] = &[chase::todos];

/// Somebody with a session, or nobody.
pub(crate) struct Visitor {
    router: Router,
    token: Option<String>,
    pub(crate) csrf: String,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    pub(crate) fn location(&self) -> String {
        let location = self.headers.get(LOCATION).unwrap_or_else(|| panic!("{} {}", self.status, self.text()));
        location.to_str().unwrap().to_owned()
    }

    /// The value of a hidden or shown input of the page.
    pub(crate) fn value(&self, name: &str) -> String {
        let text = self.text();
        let from = text.find(&format!(" name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name}"));
        let (before, rest) = text.split_at(from);
        let start = before.rfind('<').unwrap();
        let tag = &text[start..from + rest.find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).map(|rest| rest.split('"').next().unwrap_or_default());
        value.unwrap_or_default().to_owned()
    }
}

impl Visitor {
    pub(crate) fn nobody(house: &House) -> Self {
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads"))).with_todos(TODOS);
        let steps = chase::steps().into_iter().chain(plan::steps()).chain(web::steps()).collect();
        Self { router: web::server::assemble(app, steps), token: None, csrf: String::new() }
    }

    /// Signs in a fresh account that holds `role` over `region`.
    pub(crate) async fn new(house: &House, name: &str, role: Role, region: &str) -> Self {
        Self::of(house, name, role, region, None).await
    }

    /// The same, acting for an organisation.
    pub(crate) async fn of(
        house: &House,
        name: &str,
        role: Role,
        region: &str,
        organisation: Option<uuid::Uuid>,
    ) -> Self {
        let mut visitor = Self::nobody(house);
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let actor = Actor::operator("test");
        let id = Self::account(house, name).await;
        let region = (!role.is_administrator()).then(|| region.parse().unwrap());
        accounts::grant(&house.store, &actor, id, Grant { role, region, organisation }).await.unwrap();
        let begun = sessions::sign_in(&house.store, &app.settings.accounts, &app.passwords, name, PASSWORD).await;
        let begun = begun.unwrap();
        visitor.csrf = begun.viewer.csrf.clone();
        visitor.token = Some(begun.token);
        visitor
    }

    /// Makes an account without any role, and gives its key.
    pub(crate) async fn account(house: &House, name: &str) -> uuid::Uuid {
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: format!("{name}办公室"),
            person: None,
            password: PASSWORD.into(),
            must_change: false,
        };
        let actor = Actor::operator("test");
        accounts::create(&house.store, &actor, &app.settings.accounts, &app.passwords, new).await.unwrap()
    }

    /// Signs in a fresh account that acts for several bodies, in this order.
    pub(crate) async fn for_bodies(house: &House, name: &str, bodies: &[(&str, uuid::Uuid)]) -> Self {
        let (first, more) = bodies.split_first().unwrap();
        let visitor = Self::of(house, name, Role::ResponsibleBody, first.0, Some(first.1)).await;
        let account = accounts::find_by_name(&house.store, name).await.unwrap().unwrap();
        for (region, body) in more {
            let region = Some(region.parse().unwrap());
            let grant = Grant { role: Role::ResponsibleBody, region, organisation: Some(*body) };
            accounts::grant(&house.store, &Actor::operator("test"), account, grant).await.unwrap();
        }
        visitor
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Reply {
        if let Some(token) = &self.token
            && !request.headers().contains_key(AUTHORIZATION)
        {
            request.headers_mut().insert(COOKIE, format!("minsheng_session={token}").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the session's secret.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::listing::escape(value));
        let form: Vec<String> = fields.iter().map(pair).chain([format!("csrf={}", self.csrf)]).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.join("&"))).unwrap()).await
    }

    /// Calls the API with the token.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Reply {
        let token = self.token.clone().unwrap_or_default();
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
        let request = if token.is_empty() { request } else { request.header(AUTHORIZATION, format!("Bearer {token}")) };
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends a form with files, from a page or to the API.
    pub(crate) async fn send_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Reply {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        for (name, bytes) in files {
            let head = format!("--x\r\ncontent-disposition: form-data; name=\"evidence\"; filename=\"{name}\"\r\n\r\n");
            body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
        }
        body.extend(b"--x--\r\n");
        let mut request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        if path.starts_with("/api/") {
            request = request.header(AUTHORIZATION, format!("Bearer {}", self.token.clone().unwrap_or_default()));
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
