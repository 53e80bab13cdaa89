//! A store to test with.

use std::path::PathBuf;

use axum::http::Method;
use plan::sheet::{self, Format, Options, Report};
use serde_json::Value;
use store::{Actor, Migrations, Store};
use testing::visitor::Visitor;
use web::{App, Step};

pub(crate) use minsheng_plan as plan;

/// A store in a folder that goes when the test is over.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path()).with_todos(&[plan::todos])
    }

    fn steps(&self) -> Vec<Step> {
        plan::steps()
    }
}

impl House {
    /// With divisions, at noon in China on 1 December 2025.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Self::open(&databases::sqlite_in(folder.path())).await;
        Self { store, folder }
    }

    /// The same in the database at `url`.
    pub(crate) async fn on(url: &str) -> Self {
        Self { store: Self::open(url).await, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) async fn open(url: &str) -> Store {
        let tables: &[Migrations] = &[ledger::migrations::list, plan::migrations::list];
        let store = testing::store(url, testing::noon("2025-12-01"), tables).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        store
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Imports `bytes` as the operator does.
    pub(crate) async fn import(&self, name: &str, bytes: &[u8]) -> store::Result<Report> {
        self.import_with(name, bytes, &Options::default()).await
    }

    pub(crate) async fn import_with(&self, name: &str, bytes: &[u8], options: &Options) -> store::Result<Report> {
        let path = self.file(name, bytes);
        sheet::import(&self.store, &Actor::operator("test"), &path, options, &mut |_| {}).await
    }

    pub(crate) async fn export(&self, slug: &str, format: Format) -> Vec<u8> {
        let mut out = Vec::new();
        sheet::export(&self.store, slug, format, &mut out).await.unwrap();
        out
    }

    /// The problem of an import that must be refused, place and message of each fault, and proof that nothing is left.
    pub(crate) async fn refused(&self, name: &str, bytes: &[u8]) -> Vec<(String, String)> {
        let before = self.events().await;
        let error = self.import(name, bytes).await.expect_err("the sheet must be refused");
        assert_eq!(self.events().await, before, "something was written");
        let problem = error.problem().unwrap_or_else(|| panic!("{error:?}")).clone();
        assert!(!problem.places.is_empty());
        problem.places.into_iter().map(|place| (place.at.zh, place.message.zh)).collect()
    }

    async fn events(&self) -> (i64, u64) {
        let chain = ledger::verify::verify(self.store.reader()).await.unwrap();
        assert!(chain.fault.is_none());
        (chain.events, ledger::programmes::all(self.store.reader()).await.unwrap().len() as u64)
    }
}

/// A CSV sheet of these headings and rows.
pub(crate) fn csv(rows: &[&str]) -> Vec<u8> {
    rows.join("\n").into_bytes()
}

/// Asks for an import until it is no longer busy.
pub(crate) async fn settled(visitor: &Visitor, id: &str) -> Value {
    let asking = async {
        loop {
            let job = visitor.call(Method::GET, &format!("/api/v1/imports/{id}"), Value::Null).await.json();
            if !matches!(job["state"].as_str(), Some("reading" | "writing")) {
                return job;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), asking).await.expect("the import comes to an end")
}
