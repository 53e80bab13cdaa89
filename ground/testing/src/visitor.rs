//! Somebody in front of the pages of a house or behind its API.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use kernel::{Grant, Role};
use people::store::{accounts, sessions};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;
use web::App;

use crate::{PASSWORD, Served, actor};

/// No answer of a test is longer.
const LONGEST_ANSWER: usize = 1 << 26;

/// A file as a form sends it: the field, the name, the bytes.
pub type Attached<'a> = (&'a str, &'a str, &'a [u8]);

/// Somebody with a session, or nobody.
#[derive(Clone)]
pub struct Visitor {
    app: App,
    router: Router,
    token: Option<String>,
    /// The session's secret, which every form sends.
    pub csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// How it went.
    pub status: StatusCode,
    /// What stands above the body.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()))
    }

    /// The value of a header; empty without one.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where the answer sends one on to.
    ///
    /// # Panics
    /// When it does not.
    #[track_caller]
    pub fn location(&self) -> String {
        let location = self.headers.get(LOCATION).unwrap_or_else(|| panic!("{} {}", self.status, self.text()));
        location.to_str().unwrap().to_owned()
    }

    /// The secret of the page's first form.
    ///
    /// # Panics
    /// When the page has no form.
    #[track_caller]
    pub fn csrf(&self) -> String {
        self.value("csrf")
    }

    /// The value of a hidden or shown input of the page.
    ///
    /// # Panics
    /// When the page has no such input.
    #[track_caller]
    pub fn value(&self, name: &str) -> String {
        let text = self.text();
        let from = text.find(&format!(" name=\"{name}\"")).unwrap_or_else(|| panic!("no field {name} in {text}"));
        let (before, rest) = text.split_at(from);
        let start = before.rfind('<').unwrap();
        let tag = &text[start..from + rest.find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).map(|rest| rest.split('"').next().unwrap_or_default());
        value.unwrap_or_default().to_owned()
    }
}

impl Visitor {
    /// Somebody who has not signed in.
    pub fn nobody(house: &impl Served) -> Self {
        let app = house.app();
        let steps = house.steps().into_iter().chain(web::steps()).collect();
        Self { router: web::server::assemble(app.clone(), steps), app, token: None, csrf: String::new() }
    }

    /// Signs in a fresh account that holds `role` over `region`.
    pub async fn new(house: &impl Served, name: &str, role: Role, region: &str) -> Self {
        Self::of(house, name, role, region, None).await
    }

    /// Signs in a fresh programme office of `region`.
    pub async fn office(house: &impl Served, name: &str, region: &str) -> Self {
        Self::new(house, name, Role::ProgrammeOffice, region).await
    }

    /// Signs in a fresh account that holds `role` over `region` and acts for an organisation. Administrators have no region.
    ///
    /// # Panics
    /// When `region` is no code.
    pub async fn of(house: &impl Served, name: &str, role: Role, region: &str, organisation: Option<Uuid>) -> Self {
        let region = (!role.is_administrator()).then(|| region.parse().unwrap());
        Self::holding(house, name, [Grant { role, region, organisation }]).await
    }

    /// Signs in a fresh account that acts for several bodies, in this order.
    ///
    /// # Panics
    /// When a region is no code.
    pub async fn for_bodies(house: &impl Served, name: &str, bodies: &[(&str, Uuid)]) -> Self {
        let grant = |(region, body): &(&str, Uuid)| Grant {
            role: Role::ResponsibleBody,
            region: Some(region.parse().unwrap()),
            organisation: Some(*body),
        };
        Self::holding(house, name, bodies.iter().map(grant)).await
    }

    async fn holding(house: &impl Served, name: &str, grants: impl IntoIterator<Item = Grant>) -> Self {
        let account = Self::account(house, name).await;
        for grant in grants {
            accounts::grant(&house.app().store, &actor(), account, grant).await.unwrap();
        }
        Self::sign_in(house, name).await
    }

    /// Makes an account without any role, and gives its key.
    pub async fn account(house: &impl Served, name: &str) -> Uuid {
        crate::account(&house.app().store, name, &format!("{name}办公室")).await
    }

    /// Signs in an account that there is.
    ///
    /// # Panics
    /// When there is none.
    pub async fn sign_in(house: &impl Served, name: &str) -> Self {
        let visitor = Self::nobody(house);
        let App { store, passwords, settings, .. } = &visitor.app;
        let begun = sessions::sign_in(store, &settings.accounts, passwords, name, PASSWORD).await.unwrap();
        Self { csrf: begun.viewer.csrf.clone(), token: Some(begun.token), ..visitor }
    }

    /// Sends a request as it is, with the session's cookie unless the request says who sends it.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(&self, mut request: Request<Body>) -> Reply {
        if let Some(token) = &self.token
            && !request.headers().contains_key(AUTHORIZATION)
        {
            request.headers_mut().insert(COOKIE, format!("minsheng_session={token}").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), LONGEST_ANSWER).await.unwrap().to_vec() }
    }

    /// Looks at a page, or asks the API with the token.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.identified(path, Request::get(path)).body(Body::empty()).unwrap()).await
    }

    /// How many statements a page costs.
    ///
    /// # Panics
    /// When the page is not shown.
    pub async fn cost(&self, path: &str) -> u64 {
        let before = self.app.store.statements();
        let reply = self.get(path).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        self.app.store.statements() - before
    }

    /// Sends a form with the session's secret.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::listing::escape(value));
        let form: Vec<String> = fields.iter().map(pair).chain([format!("csrf={}", self.csrf)]).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.join("&"))).unwrap()).await
    }

    /// Calls the API with the token.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> Reply {
        let request = Request::builder().method(method).uri(path).header(CONTENT_TYPE, "application/json");
        self.send(self.authorised(request).body(Body::from(body.to_string())).unwrap()).await
    }

    /// Sends a form that may carry a file, and the session's secret, from a page or to the API.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: Option<Attached<'_>>) -> Reply {
        self.send_parts(path, Body::from(self.parts(fields, file))).await
    }

    /// The body of such a form, to be sent by [`Visitor::send_parts`].
    pub fn parts(&self, fields: &[(&str, &str)], file: Option<Attached<'_>>) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        if let Some((field, name, bytes)) = file {
            let head = format!("--x\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
            body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
        }
        body.extend(b"--x--\r\n");
        body
    }

    /// Sends the body of a form with a file, be it whole or broken.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send_parts(&self, path: &str, body: Body) -> Reply {
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(self.identified(path, request).body(body).unwrap()).await
    }

    fn identified(&self, path: &str, request: axum::http::request::Builder) -> axum::http::request::Builder {
        if path.starts_with("/api/") { self.authorised(request) } else { request }
    }

    fn authorised(&self, request: axum::http::request::Builder) -> axum::http::request::Builder {
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }
}
