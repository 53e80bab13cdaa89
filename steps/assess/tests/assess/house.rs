//! A city with three counties, two projects and half a year of figures, on either database.

use chrono::NaiveDate;
use ledger::programmes::{self, Outline};
use minsheng_assess as assess;
use plan::sheet::{self, Options};
use store::{Migrations, Store};
use uuid::Uuid;
use web::{App, Step};

use assess::catalogue::{self, Available};
use assess::inputs;
use assess::readings::Subject;
use assess::typed::{self, Entry};

pub(crate) use testing::actor;

const TABLES: &[Migrations] = &[
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
    chase::migrations::list,
    assess::migrations::list,
];

/// Three counties, of which the third has no share of the second project.
const SHEET: &str =
    "方案地区代码,年度,类别序号,类别,项目序号,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至,牵头单位
330200,2025,1,教育惠民,1,中小学扩容,新增学位,个,县,,,,,市教育局
,,,,,,,,,330203,3000,600,2025-03-31,
,,,,,,,,,330205,2000,100,2025-03-31,
,,,,,,,,,330206,1000,300,2025-03-31,
,,,,,,,,,330203,,900,2025-04-30,
,,,,,,,,,330205,,200,2025-04-30,
,,,,,,,,,330206,,400,2025-04-30,
,,,,,,,,,330203,,1800,2025-06-30,
,,,,,,,,,330205,,1400,2025-06-30,
,,2,便民出行,2,充电设施,新建充电桩,个,县,,,,,市能源局
,,,,,,,,,330203,100,20,2025-03-31,
,,,,,,,,,330205,100,20,2025-03-31,
,,,,,,,,,330203,,30,2025-04-30,
,,,,,,,,,330205,,30,2025-04-30,
,,,,,,,,,330203,,60,2025-06-30,
,,,,,,,,,330205,,80,2025-06-30,
";

pub(crate) const HAISHU: &str = "region-330203";
pub(crate) const JIANGBEI: &str = "region-330205";
pub(crate) const BEILUN: &str = "region-330206";

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
    }

    fn steps(&self) -> Vec<Step> {
        assess::steps().into_iter().chain(plan::steps()).collect()
    }
}

impl House {
    /// At noon in China on 1 December 2025.
    pub(crate) async fn new(url: Option<&str>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let own = databases::sqlite_in(folder.path());
        let store = testing::store(url.unwrap_or(&own), testing::noon("2025-12-01"), TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, SHEET).unwrap();
        let options = Options { publish: true, ..Options::default() };
        sheet::import(&store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
        Self { store, folder }
    }

    /// The same in the database at `url`.
    pub(crate) async fn on(url: &str) -> Self {
        Self::new(Some(url)).await
    }

    pub(crate) async fn outline(&self) -> Outline {
        let on = self.store.reader();
        Outline::load(on, programmes::find(on, "330200-2025").await.unwrap().unwrap()).await.unwrap()
    }

    pub(crate) async fn scheme(&self, reference: &str) -> Available {
        let outline = self.outline().await;
        let all = catalogue::of_programme(self.store.reader(), &outline.programme).await.unwrap();
        catalogue::named(&all, reference).unwrap()
    }

    pub(crate) async fn subjects(&self) -> Vec<Subject> {
        inputs::subjects(self.store.reader(), &self.outline().await, june()).await.unwrap()
    }

    /// Enters `value` for the input of a scheme.
    pub(crate) async fn enter(
        &self,
        scheme: &str,
        subject: &str,
        input: &str,
        value: &str,
        reason: &str,
    ) -> store::Result<Uuid> {
        let scheme = self.scheme(scheme).await.scheme;
        let subjects = self.subjects().await;
        let subject = subjects.iter().find(|one| one.key() == subject || one.name == subject).unwrap();
        let entry =
            Entry {
                value: value.into(), source: "某年某月通报".into(), reason: reason.into(), ..Entry::default()
            };
        let input = scheme.input(input).unwrap();
        typed::enter(&self.store, (&actor(), "考核组"), &self.outline().await, subject, input, &entry).await
    }

    /// Satisfaction for everybody who takes part.
    pub(crate) async fn satisfy(&self) {
        for (subject, value) in
            [(HAISHU, "90"), (JIANGBEI, "80"), (BEILUN, "85"), ("市教育局", "95"), ("市能源局", "70")]
        {
            self.enter("uncapped", subject, "satisfaction", value, "").await.unwrap();
        }
    }

    pub(crate) async fn run(&self, scheme: &str) -> store::Result<Uuid> {
        let chosen = self.scheme(scheme).await;
        assess::assessments::run(&self.store, (&actor(), "考核组"), &self.outline().await, &chosen, june()).await
    }

    pub(crate) async fn events(&self) -> i64 {
        let chain = ledger::verify::verify(self.store.reader()).await.unwrap();
        assert!(chain.fault.is_none(), "{:?}", chain.fault);
        chain.events
    }
}

pub(crate) fn june() -> NaiveDate {
    "2025-06-30".parse().unwrap()
}
