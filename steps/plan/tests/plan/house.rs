//! A store to test with.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use kernel::Clock;
use plan::sheet::{self, Format, Options, Report};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use store::{Actor, Store};

pub(crate) use minsheng_plan as plan;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [store::migrations::list(), people::migrations::list(), ledger::migrations::list(), plan::migrations::list()]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// A store in a folder that goes when the test is over.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

impl House {
    /// With divisions, at noon in China on 1 December 2025.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/minsheng.db?mode=rwc", folder.path().display());
        let store = Self::open(&url).await;
        Self { store, folder }
    }

    pub(crate) async fn open(url: &str) -> Store {
        let noon: DateTime<Utc> = "2025-12-01T04:00:00Z".parse().unwrap();
        let store = Store::open(url, Clock::fixed(noon)).await.unwrap();
        Migrator::up(store.for_migrations(), None).await.unwrap();
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
