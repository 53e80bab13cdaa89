//! A store with divisions and the sample years, and somebody in front of the pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use kernel::{Clock, Grant, Role};
use people::store::accounts::{self, NewAccount};
use people::store::sessions;
use places::catalogue::{Catalogue, Service};
use places::registers::{Content, Typed};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use serde_json::Value;
use store::{Actor, Store};
use tower::ServiceExt;
use web::{App, Settings};

pub(crate) use minsheng_places as places;

const PASSWORD: &str = "Harbour-7-bridge";

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            store::migrations::list(),
            people::migrations::list(),
            files::migrations::list(),
            notices::migrations::list(),
            ledger::migrations::list(),
            plan::migrations::list(),
            report::migrations::list(),
            places::migrations::list(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn actor() -> Actor {
    Actor::operator("test")
}

pub(crate) fn service(code: &str) -> &'static Service {
    Catalogue::shipped().find(code).unwrap()
}

pub(crate) fn typed(fields: &[(&str, &str)]) -> Typed {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
}

/// A nursing room in a town of Ninghai.
pub(crate) fn room(name: &str, more: &[(&str, &str)]) -> Content {
    let mut fields = typed(&[("name", name), ("a-setting", "商场"), ("grade", "五星"), ("as_of", "2024-06-01")]);
    fields.extend(typed(more));
    let region = Ok("330226001".parse().unwrap());
    Content::read(service("D017"), &fields, region, "2024-06-28".parse().unwrap()).unwrap()
}

impl House {
    /// On Friday, 28 June 2024, at ten in the morning.
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2024-06-28T02:00:00Z".parse::<DateTime<Utc>>().unwrap());
        let store = Store::open(url, clock).await.unwrap();
        Migrator::up(store.for_migrations(), None).await.unwrap();
        ledger::regions::load_shipped(&store).await.unwrap();
        Self { store, folder }
    }

    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::on(&format!("sqlite://{}/places.db?mode=rwc", folder.path().display())).await;
        Self { folder, ..house }
    }
}

pub(crate) struct Visitor {
    router: Router,
    token: Option<String>,
    csrf: String,
}

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

    /// The value of a hidden input.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let text = self.text();
        let rest =
            text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {text}"));
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Visitor {
    pub(crate) fn nobody(house: &House) -> Self {
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let catalogue = Arc::new(Catalogue::shipped().clone());
        let steps = places::steps_with(&catalogue).into_iter().chain(web::steps()).collect();
        Self { router: web::server::assemble(app, steps), token: None, csrf: String::new() }
    }

    /// Signs in a programme office of `region`.
    pub(crate) async fn office(house: &House, name: &str, region: &str) -> Self {
        let mut visitor = Self::nobody(house);
        let app = App::new(house.store.clone(), Settings::local(house.folder.path().join("uploads")));
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: format!("{name}办公室"),
            person: None,
            password: PASSWORD.into(),
            must_change: false,
        };
        let id = accounts::create(&house.store, &actor(), &app.settings.accounts, &app.passwords, new).await.unwrap();
        let grant = Grant { role: Role::ProgrammeOffice, region: Some(region.parse().unwrap()), organisation: None };
        accounts::grant(&house.store, &actor(), id, grant).await.unwrap();
        let begun = sessions::sign_in(&house.store, &app.settings.accounts, &app.passwords, name, PASSWORD).await;
        let begun = begun.unwrap();
        visitor.csrf = begun.viewer.csrf.clone();
        visitor.token = Some(begun.token);
        visitor
    }

    pub(crate) async fn request(&self, mut request: Request<Body>) -> Reply {
        if let Some(token) = &self.token {
            request.headers_mut().insert(COOKIE, format!("minsheng_session={token}").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Reply { status, headers, body: to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.request(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", web::listing::escape(value));
        let form: Vec<String> = fields.iter().map(pair).chain([format!("csrf={}", self.csrf)]).collect();
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.request(request.body(Body::from(form.join("&"))).unwrap()).await
    }

    /// Sends a form, with a file if there is one.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Reply {
        let mut body = Vec::new();
        for (name, value) in [("csrf", self.csrf.as_str())].iter().chain(fields) {
            body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        if let Some((name, bytes)) = file {
            let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
            body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
        }
        body.extend(b"--x--\r\n");
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.request(request.body(Body::from(body)).unwrap()).await
    }
}
