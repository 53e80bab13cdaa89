//! A site on an empty database, and a visitor who keeps cookies.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{Method, Request};
use kernel::{Clock, Grant, Role};
use minsheng_web as web;
use people::store::accounts;
use serde_json::Value;
use store::Store;
use tower::ServiceExt;
use web::App;

pub(crate) use testing::PASSWORD;
pub(crate) use testing::visitor::Reply;

/// An empty site in a folder of its own.
pub(crate) struct Site {
    folder: Arc<tempfile::TempDir>,
}

/// Somebody in front of a browser.
pub(crate) struct Visitor {
    router: Router,
    cookie: String,
    /// Keeps the database while somebody looks at it.
    _folder: Arc<tempfile::TempDir>,
}

async fn store_in(folder: &Path, after: Duration) -> Store {
    let morning: chrono::DateTime<chrono::Utc> = "2026-03-02T01:00:00Z".parse().unwrap();
    Store::open(&databases::sqlite_in(folder), Clock::fixed(morning + after)).await.unwrap()
}

impl Site {
    pub(crate) async fn new() -> Self {
        let site = Self { folder: Arc::new(tempfile::tempdir().unwrap()) };
        testing::store(&databases::sqlite_in(site.folder.path()), testing::noon("2026-03-02"), &[]).await;
        site
    }

    pub(crate) async fn store(&self) -> Store {
        store_in(self.folder.path(), Duration::ZERO).await
    }

    /// A visitor at nine in the morning, China time.
    pub(crate) async fn visitor(&self) -> Visitor {
        self.visitor_after(Duration::ZERO).await
    }

    /// A visitor some time later.
    pub(crate) async fn visitor_after(&self, after: Duration) -> Visitor {
        self.visitor_of(after, web::steps()).await
    }

    /// A visitor of other steps than the ground's own.
    pub(crate) async fn visitor_of(&self, after: Duration, steps: Vec<web::Step>) -> Visitor {
        let app = self.app(store_in(self.folder.path(), after).await);
        let app = app.with_metrics(|| "http_requests_total 1\n".to_owned());
        Visitor { router: web::server::assemble(app, steps), cookie: String::new(), _folder: self.folder.clone() }
    }

    /// What handlers are given.
    pub(crate) fn app(&self, store: Store) -> App {
        testing::app(&store, self.folder.path()).with_keepers(crate::evidence::KEEPERS)
    }

    /// Files that wait in the folder of uploads.
    pub(crate) fn waiting(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path().join("uploads")).unwrap();
        entries.filter(|entry| entry.as_ref().unwrap().path().is_file()).count()
    }

    /// An account that holds `role`, with [`PASSWORD`].
    pub(crate) async fn account(&self, name: &str, role: Option<Role>) -> uuid::Uuid {
        let store = self.store().await;
        let id = testing::account(&store, name, "某人").await;
        if let Some(role) = role {
            let region = (!role.is_administrator()).then(|| "330200".parse().unwrap());
            accounts::grant(&store, &testing::actor(), id, Grant { role, region, organisation: None }).await.unwrap();
        }
        id
    }
}

impl Visitor {
    pub(crate) async fn send(&mut self, request: Request<Body>) -> Reply {
        let mut request = request;
        if !self.cookie.is_empty() {
            request.headers_mut().insert(COOKIE, self.cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for set in response.headers().get_all(SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let name = pair.split('=').next().unwrap().to_owned();
            let kept = self.cookie.split("; ").filter(|one| !one.is_empty() && !one.starts_with(&format!("{name}=")));
            self.cookie = kept.map(str::to_owned).chain([pair]).collect::<Vec<_>>().join("; ");
        }
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Reply {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    pub(crate) async fn api(&mut self, method: Method, path: &str, token: &str, body: Value) -> Reply {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request =
            if token.is_empty() { request } else { request.header("authorization", format!("Bearer {token}")) };
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn sign_in(&mut self, name: &str) -> Reply {
        self.post("/sign-in", &format!("sign_in_name={name}&password={PASSWORD}&next=")).await
    }
}
