//! The site under test, filled once with the sample years, and what tests read from its answers.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use kernel::Clock;
use ledger::programmes::{self, ProgrammeForm};
use minsheng_publish as publish;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use store::{Actor, Store};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            store::migrations::list(),
            people::migrations::list(),
            files::migrations::list(),
            ledger::migrations::list(),
            plan::migrations::list(),
            report::migrations::list(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A site with the sample years in a folder of its own.
pub(crate) struct Site {
    /// Every route of the portal.
    router: Router,
    /// Its database.
    pub(crate) store: Store,
    _folder: TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

/// The site that tests share which only read.
pub(crate) async fn site() -> &'static Site {
    static SITE: OnceCell<Site> = OnceCell::const_new();
    SITE.get_or_init(Site::open).await
}

impl Site {
    /// A site of one's own, for tests that write.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let noon = "2025-03-01T04:00:00Z".parse().expect("a time");
        let store = Store::open_folder(folder.path(), Clock::fixed(noon)).await.expect("a database");
        Migrator::up(store.for_migrations(), None).await.expect("tables");
        ledger::regions::load_shipped(&store).await.expect("divisions");
        ledger::samples::load(&store, &Actor::operator("test"), &mut |_, _| {}).await.expect("the sample years");
        let app = web::App::new(store.clone(), web::Settings::local(folder.path().to_owned()));
        let router = web::server::assemble(app, web::steps().into_iter().chain(publish::steps()).collect());
        Self { router, store, _folder: folder }
    }

    /// What `address` answers.
    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.get_with(address, &[]).await
    }

    /// What `address` answers to a request with these headers.
    pub(crate) async fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            headers.iter().fold(Request::get(address), |request, (name, value)| request.header(*name, *value));
        let response =
            self.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    /// The text of a page as a reader sees it: without tags, runs of white space as one.
    pub(crate) async fn page(&self, address: &str) -> String {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        seen(&answer.text())
    }

    /// The JSON that `address` answers.
    pub(crate) async fn json(&self, address: &str) -> serde_json::Value {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text());
        serde_json::from_slice(&answer.bytes).expect("JSON")
    }
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What a reader sees of a page: the words of `<main>`, tags taken away.
pub(crate) fn seen(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(main, _)| main);
    let mut text = String::new();
    let mut in_tag = true;
    for character in main.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Site {
    /// Takes a programme back from the public.
    pub(crate) async fn hide(&self, slug: &str) {
        self.edit(slug, |form| form.published = false).await;
    }

    /// Gives a programme another title.
    pub(crate) async fn rename(&self, slug: &str, title: &str) {
        self.edit(slug, |form| title.clone_into(&mut form.title)).await;
    }

    async fn edit(&self, slug: &str, change: impl FnOnce(&mut ProgrammeForm)) {
        let programme = programmes::find(self.store.reader(), slug).await.expect("a database").expect("a programme");
        let region = kernel::RegionCode::from_stored(programme.region).expect("a code");
        let mut form = ProgrammeForm::new(region, programme.year, programme.title.clone());
        form.published = true;
        change(&mut form);
        let mut tx = self.store.begin(&Actor::operator("test")).await.expect("a write");
        programmes::edit(&tx, programme.id, programme.version, &form).await.expect("an edit");
        let event = store::audit::Event::new("programme.edited", "programme", programme.id, serde_json::Value::Null);
        tx.record(event).await.expect("an event");
        tx.commit().await.expect("a commit");
    }
}
