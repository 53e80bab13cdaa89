//! A store with divisions, and what is entered there.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kernel::Clock;
use places::catalogue::{Catalogue, Service};
use places::registers::{Content, Typed};
use store::{Migrations, Store};
use web::{App, Step};

pub(crate) use minsheng_places as places;
pub(crate) use testing::actor;
pub(crate) use testing::visitor::Visitor;

const TABLES: &[Migrations] =
    &[ledger::migrations::list, plan::migrations::list, report::migrations::list, places::migrations::list];

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
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
        let store = testing::store(url, clock, TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        Self { store, folder }
    }

    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::on(&databases::sqlite_in(folder.path())).await;
        Self { folder, ..house }
    }
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
    }

    fn steps(&self) -> Vec<Step> {
        places::steps_with(&Arc::new(Catalogue::shipped().clone()))
    }
}
