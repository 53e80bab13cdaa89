//! A published programme with two projects to place sites in.

use std::path::PathBuf;

use ledger::programmes::{self, Outline};
use maps::Crs;
use places::sites::import::{self, Options, Report};
use plan::sheet;
use store::{Migrations, Store};
use web::{App, Step};

pub(crate) use minsheng_places as places;
pub(crate) use testing::actor;
pub(crate) use testing::visitor::Visitor;

/// 278 piles, of these 158 in the countryside: the published pair.
const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330226,2024,1,交通出行,充电设施,公共充电桩,个,县,330226,278,200,2024-06-30
,,2,文化体育,健身场地,健身广场,个,县,330226,20,5,2024-06-30";

/// Sites of both projects: 100 and 58 piles in the countryside, 120 in town; one square without a point.
pub(crate) const SITES: &str = "方案,编号,点位名称,项目,指标,地区代码,地址,类型,阶段,开工日期,计划完成,数量,坐标系,经度,纬度,属性：地域
330226-2024,CD-1,一号充电站,充电设施,公共充电桩,330226001,甲路1号,充电站,已投用,2024-02-01,2024-06-30,120,gcj02,121.4290,29.2880,城镇
,CD-2,二号充电站,,公共充电桩,330226102,乙路2号,充电站,在建,2024-03-01,2024-06-30,100,wgs84,121.50,29.30,农村
,CD-3,三号充电站,,,330226101,丙路3号,充电站,在建,2024-03-01,2024/12/31,58,bd09,121.60,29.25,农村
,JS-1,健身广场,健身场地,,330226,丁路4号,健身广场,,,,1,,,,
";

pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) outline: Outline,
    pub(crate) folder: tempfile::TempDir,
}

const TABLES: &[Migrations] = &[ledger::migrations::list, plan::migrations::list, places::migrations::list];

impl House {
    /// On 8 July 2024.
    pub(crate) async fn on(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(url, testing::noon("2024-07-08"), TABLES).await;
        ledger::regions::load_shipped(&store).await.unwrap();
        let path = folder.path().join("programme.csv");
        std::fs::write(&path, SHEET).unwrap();
        let options = sheet::Options { publish: true, ..sheet::Options::default() };
        sheet::import(&store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
        let programme = programmes::find(store.reader(), "330226-2024").await.unwrap().unwrap();
        let outline = Outline::load(store.reader(), programme).await.unwrap();
        Self { store, outline, folder }
    }

    /// With a database of its own.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap().keep();
        Self::on(&databases::sqlite_in(&folder)).await
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) async fn import(&self, name: &str, text: &str) -> store::Result<Report> {
        let options = Options { name: name.into(), crs: Crs::Wgs84, by: "test".into(), ..Options::default() };
        import::import(&self.store, &actor(), &self.file(name, text), &options).await
    }

    pub(crate) async fn refused(&self, name: &str, text: &str) -> String {
        let problem = self.import(name, text).await.unwrap_err();
        let problem = problem.problem().unwrap().clone();
        let places: Vec<String> =
            problem.places.iter().map(|place| format!("{} {}", place.at.zh, place.message.zh)).collect();
        format!("{}\n{}", problem.message.zh, places.join("\n"))
    }
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
    }

    fn steps(&self) -> Vec<Step> {
        places::steps()
    }
}
