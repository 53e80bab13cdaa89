//! A published programme of Ninghai with one site and the body that leads there.

use std::collections::BTreeMap;

use ledger::programmes::{self, Holders, Outline, ResponsibilityRole};
use people::rules::OrganisationKind;
use people::store::organisations::{self, NewOrganisation};
use places::sites::store::Draft;
use places::sites::tables::sites::Model as Site;
use places::sites::words::Stage;
use places::sites::{Content, Placed};
use plan::sheet::{self, Options};
use store::Store;
use store::audit::Event;
use uuid::Uuid;

use crate::house::{House, actor, places};

const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330226,2024,1,便民设施,新建口袋公园,口袋公园,个,县,,8,,";

/// A site with the body that answers for what happens there.
pub(crate) struct Ground {
    pub(crate) site: Site,
    pub(crate) body: Uuid,
}

/// With `led`, a body leads the project there.
pub(crate) async fn ground(house: &House, led: bool) -> Ground {
    let store = &house.store;
    let path = house.folder.path().join("programme.csv");
    std::fs::write(&path, SHEET).unwrap();
    let options = Options { publish: true, ..Options::default() };
    sheet::import(store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
    let programme = programmes::find(store.reader(), "330226-2024").await.unwrap().unwrap();
    let outline = Outline::load(store.reader(), programme).await.unwrap();
    let body = lead(store, &outline, led).await;
    let content = Content {
        project: outline.projects[0].id,
        indicator: Some(outline.indicators[0].id),
        reference: "1".into(),
        name: "桃源口袋公园".into(),
        address: "桃源街道桃源北路".into(),
        region: "330226001".parse().unwrap(),
        kind: "公园".into(),
        stage: Stage::Building,
        body: String::new(),
        telephone: "0574-00000000".into(),
        starts_on: None,
        due_on: Some("2024-10-31".parse().unwrap()),
        finished_on: None,
        quantity: Some(1.into()),
        money: None,
        attributes: BTreeMap::new(),
        crs: maps::Crs::Wgs84,
        given: None,
        note: String::new(),
    };
    let draft = Draft { content, placed: Placed::default(), outside: false };
    let mut tx = store.begin(&actor()).await.unwrap();
    let site = places::sites::store::add(&mut tx, outline.programme.id, "测试", &draft).await.unwrap();
    tx.commit().await.unwrap();
    Ground { site, body }
}

async fn lead(store: &Store, outline: &Outline, led: bool) -> Uuid {
    let region = "330226".parse().unwrap();
    let new = NewOrganisation {
        region,
        name: "宁海县综合行政执法局".into(),
        short_name: String::new(),
        kind: OrganisationKind::Department,
        uscc: None,
    };
    let body = organisations::create(store, &actor(), new).await.unwrap();
    if led {
        let mut tx = store.begin(&actor()).await.unwrap();
        let project = outline.projects[0].id;
        let holders = Holders { project, region, role: ResponsibilityRole::Lead, bodies: vec![(Some(body), None)] };
        programmes::answer(&tx, outline.programme.id, &holders, store.clock().today()).await.unwrap();
        tx.record(Event::new("programme.changed", "programme", "330226-2024", serde_json::json!({}))).await.unwrap();
        tx.commit().await.unwrap();
    }
    body
}
