//! Somebody in front of the board's pages or behind its API.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use kernel::{Grant, Role};
use people::store::accounts::{self, NewAccount};
use people::store::sessions;
use serde_json::Value;
use store::Actor;
use tower::ServiceExt;
use web::{App, Settings};

use crate::house::{House, watch};

const PASSWORD: &str = "Harbour-7-bridge";

/// Somebody with a session.
pub(crate) struct Visitor {
    router: Router,
    token: Option<String>,
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
}

impl Visitor {
    pub(crate) fn nobody(house: &House) -> Self {
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let steps = watch::steps().into_iter().chain(web::steps()).collect();
        Self { router: web::server::assemble(app, steps), token: None }
    }

    /// Signs in a fresh account that holds `role` over `region`.
    pub(crate) async fn new(house: &House, name: &str, role: Role, region: &str) -> Self {
        let mut visitor = Self::nobody(house);
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let actor = Actor::operator("test");
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: format!("{name}办公室"),
            person: None,
            password: PASSWORD.into(),
            must_change: false,
        };
        let id = accounts::create(&house.store, &actor, &app.settings.accounts, &app.passwords, new).await.unwrap();
        let region = (!role.is_administrator()).then(|| region.parse().unwrap());
        accounts::grant(&house.store, &actor, id, Grant { role, region, organisation: None }).await.unwrap();
        let begun = sessions::sign_in(&house.store, &app.settings.accounts, &app.passwords, name, PASSWORD).await;
        visitor.token = Some(begun.unwrap().token);
        visitor
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        if let Some(token) = &self.token {
            let (name, value) = if path.starts_with("/api/") {
                (AUTHORIZATION, format!("Bearer {token}"))
            } else {
                (COOKIE, format!("minsheng_session={token}"))
            };
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec() }
    }
}
