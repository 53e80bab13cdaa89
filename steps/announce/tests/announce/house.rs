//! A programme with figures of June and May, one of them corrected, and people who write and sign.

use announce::drafts::{self, By, NewBulletin};
use announce::tables::bulletins::Model as Bulletin;
use chrono::NaiveDate;
use ledger::programmes::{self, Outline};
use plan::sheet::{self, Options};
use store::{Migrations, Store};
use web::{App, Step};

pub(crate) use minsheng_announce as announce;
pub(crate) use testing::{actor, noon as at, problem};

/// Two projects of a city: one ahead, one far behind.
pub(crate) const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330200,2024,1,教育惠民,中小学扩容,新增中小学学位,个,市,330200,1000,720,2024-05-31
330200,2024,1,教育惠民,中小学扩容,新增中小学学位,个,市,330200,,850,2024-06-30
330200,2024,2,便民出行,城市停车,新增公共停车泊位,个,市,330200,5000,1037,2024-06-30
330200,2024,2,便民出行,城市停车,改造农村公路,公里,市,330200,40,12.6,2024-06-30";

/// The store and what is in it.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const TABLES: &[Migrations] = &[
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
    chase::migrations::list,
    announce::migrations::list,
];

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
    }

    fn steps(&self) -> Vec<Step> {
        announce::steps()
    }
}

impl House {
    /// An empty embedded ledger with the shipped divisions, on 8 July 2024.
    pub(crate) async fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::empty(&databases::sqlite_in(folder.path())).await;
        Self { folder, ..house }
    }

    /// The same in the database at `url`.
    pub(crate) async fn empty(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(url, at("2024-07-08"), TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        Self { store, folder }
    }

    /// With the programme in it.
    pub(crate) async fn on(url: &str) -> Self {
        let house = Self::empty(url).await;
        house.import(SHEET).await;
        house
    }

    /// In a folder of its own.
    pub(crate) async fn new() -> (Self, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let house = Self::on(&databases::sqlite_in(folder.path())).await;
        (house, folder)
    }

    pub(crate) async fn import(&self, csv: &str) {
        let path = self.folder.path().join("programme.csv");
        std::fs::write(&path, csv).unwrap();
        let options = Options { publish: true, ..Options::default() };
        sheet::import(&self.store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
    }

    pub(crate) async fn outline(&self, slug: &str) -> Outline {
        let programme = programmes::find(self.store.reader(), slug).await.unwrap().unwrap();
        Outline::load(self.store.reader(), programme).await.unwrap()
    }

    /// A half-year bulletin drawn up by `by`.
    pub(crate) async fn begin(&self, by: &By) -> Bulletin {
        let new = NewBulletin {
            template: "half-year".into(),
            cut_off: day("2024-06-30"),
            projects: std::collections::BTreeSet::new(),
        };
        let outline = self.outline("330200-2024").await;
        drafts::begin(&self.store, (&actor(), by), &outline, &new).await.unwrap()
    }
}
