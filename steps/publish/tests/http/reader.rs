//! What a reader sees: pages by their words and rows, and a ledger that goes on on another day.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use kernel::Clock;
use ledger::entries::{self, Correction};
use ledger::programmes::{self, Outline};
use ledger::words::Reason;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use store::{Actor, Store};
use tempfile::TempDir;
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

/// A later step that says of every entry that one bulletin cites it.
const USES: &[web::Uses] = &[|_, entry, _| {
    Box::pin(async move {
        let small = "截至2024年6月30日".to_owned();
        Ok(vec![web::Use { title: "半年公报".to_owned(), link: format!("/bulletins/of-{entry}"), small }])
    })
}];

/// The portal with the sample years, loaded at noon on 21 November 2026.
pub(crate) struct Site {
    router: Router,
    store: Store,
    _folder: TempDir,
}

impl Site {
    pub(crate) async fn with_samples() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_folder(folder.path(), noon("2026-11-21")).await.unwrap();
        Migrator::up(store.for_migrations(), None).await.unwrap();
        ledger::samples::load(&store, &Actor::operator("import"), &mut |_, _| {}).await.unwrap();
        let app = web::App::new(store.clone(), web::Settings::local(folder.path().to_owned())).with_uses(USES);
        Self { router: web::server::assemble(app, minsheng_publish::steps()), store, _folder: folder }
    }

    /// The same ledger at noon on `day`, for writing.
    pub(crate) async fn on(&self, day: &str) -> Store {
        self.store.with_clock(noon(day))
    }

    /// How many statements the database was sent so far.
    pub(crate) fn statements(&self) -> u64 {
        self.store.statements()
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.ask(Request::get(path)).await
    }

    pub(crate) async fn fragment(&self, path: &str) -> Page {
        self.ask(Request::get(path).header("hx-request", "true")).await
    }

    pub(crate) async fn get_unless(&self, path: &str, etag: &str) -> Page {
        self.ask(Request::get(path).header("if-none-match", etag)).await
    }

    async fn ask(&self, request: axum::http::request::Builder) -> Page {
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        Page { status, headers, html: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

fn noon(day: &str) -> Clock {
    let noon: DateTime<Utc> = format!("{day}T04:00:00Z").parse().unwrap();
    Clock::fixed(noon)
}

/// Corrects the outcome of an indicator at the programme's own place.
pub(crate) async fn correct(store: &Store, slug: &str, indicator: &str, raw: &str, why: &str) {
    let programme = programmes::find(store.reader(), slug).await.unwrap().unwrap();
    let outline = Outline::load(store.reader(), programme).await.unwrap();
    let id = outline.indicators.iter().find(|row| row.name == indicator).unwrap().id;
    let all = entries::of_indicator(store.reader(), id, outline.region(), 10).await.unwrap();
    let old = all.iter().find(|entry| entry.measure == 0).unwrap().clone();
    let correction = Correction {
        raw: raw.into(),
        qualifier: figures::Qualifier::Exact,
        as_of: old.as_of,
        reason: Reason::Typing,
        reason_text: why.into(),
    };
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    entries::correct(&mut tx, &outline, &old, correction).await.unwrap();
    tx.commit().await.unwrap();
}

/// An answer.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    /// What a reader sees: the words without markup, blanks joined.
    pub(crate) fn text(&self) -> String {
        words(&self.html)
    }

    /// Fails unless a reader sees each of `phrases`, in this order. Blanks do not count: markup decides about them.
    #[track_caller]
    pub(crate) fn reads(&self, phrases: &[&str]) {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text());
        let text = squeeze(&self.text());
        let mut rest = text.as_str();
        for phrase in phrases {
            let at = rest.find(&squeeze(phrase));
            let at = at.unwrap_or_else(|| panic!("“{phrase}” is not (or not there) in: {}", self.text()));
            rest = &rest[at + squeeze(phrase).len()..];
        }
    }

    /// Fails unless the table row that begins with `heading` goes on with words that contain `phrase`.
    #[track_caller]
    pub(crate) fn row_reads(&self, heading: &str, phrase: &str) {
        let row = self.row(heading).unwrap_or_else(|| panic!("no row “{heading}” in: {}", self.text()));
        assert!(squeeze(&row).contains(&squeeze(phrase)), "“{phrase}” is not in the row: {row}");
    }

    /// The words of the table row that begins with `heading`.
    pub(crate) fn row(&self, heading: &str) -> Option<String> {
        let rows = self.html.split("<tr").skip(1).map(|row| row.split("</tr>").next().unwrap_or_default());
        let mut words = rows.map(|row| words(&format!("<tr{row}")));
        words.find(|row| row.strip_prefix("其中 ").unwrap_or(row).starts_with(heading))
    }

    /// The first address on the page that begins with `prefix` and is labelled `label`.
    #[track_caller]
    pub(crate) fn link(&self, prefix: &str, label: &str) -> String {
        let links = self.html.split("href=\"").skip(1);
        let labelled = |link: &&str| {
            let inner = link.split_once('>').map_or("", |(_, rest)| rest.split("</a>").next().unwrap_or_default());
            squeeze(&words(inner)) == squeeze(label)
        };
        let found = links.filter(|link| link.starts_with(prefix)).find(labelled);
        let found = found.unwrap_or_else(|| panic!("no link “{label}” to {prefix} in: {}", self.text()));
        found.split('"').next().unwrap_or_default().to_owned()
    }
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The words of a piece of markup, blanks joined.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
