//! Adopted targets change by a decision of the congress only, on both databases; until then the original counts.

use axum::http::{Method, StatusCode};
use figures::Decimal;
use kernel::Role;
use ledger::board::Board;
use ledger::entries::View;
use ledger::programmes::{self, Outline};
use plan::adjustments::{self, AdjustmentKind, Decision, NewAdjustment, Ruling};
use serde_json::json;
use store::{Actor, Store};
use uuid::Uuid;

use crate::house::{House, csv, plan};
use crate::visitor::Visitor;

const SHEET: &[&str] = &[
    "方案地区代码,年度,通过会议,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至",
    "330200,2025,市人大五次会议,1,教育惠民,中小学扩容,新增学位,个,县,,6000,,",
    ",,,,,,新增学位,个,县,330203,3000,,",
];

async fn adopt(store: &Store, folder: &std::path::Path) {
    let path = folder.join("a.csv");
    std::fs::write(&path, csv(SHEET)).unwrap();
    let options = plan::sheet::Options { publish: true, ..Default::default() };
    plan::sheet::import(store, &Actor::operator("test"), &path, &options, &mut |_| {}).await.unwrap();
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let programme = programmes::find(tx.on(), "330200-2025").await.unwrap().unwrap();
    let form = programmes::ProgrammeForm { adopted_by: "市人大五次会议".into(), ..(&programme).into() };
    programmes::edit(&tx, programme.id, programme.version, &form).await.unwrap();
    let event = store::audit::Event::new("programme.changed", "programme", "330200-2025", serde_json::Value::Null);
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
}

async fn house() -> House {
    let house = House::new().await;
    adopt(&house.store, house.folder.path()).await;
    house
}

async fn outline(store: &Store) -> Outline {
    let programme = programmes::find(store.reader(), "330200-2025").await.unwrap().unwrap();
    Outline::load(store.reader(), programme).await.unwrap()
}

/// The target that the board counts with.
async fn target(store: &Store) -> String {
    let programme = programmes::find(store.reader(), "330200-2025").await.unwrap().unwrap();
    let board = Board::load(store.reader(), programme, View::default()).await.unwrap();
    board.all_rows()[0].target.as_ref().unwrap().value().unwrap().to_string()
}

fn account(number: u128) -> Actor {
    Actor { account: Some(Uuid::from_u128(number)), name: format!("account-{number}") }
}

async fn request(store: &Store, actor: &Actor, proposed: &str) -> store::Result<Uuid> {
    let outline = outline(store).await;
    let row = &outline.indicators[0];
    let new = NewAdjustment {
        project: row.project_id,
        indicator: Some(row.id),
        kind: AdjustmentKind::Target,
        proposed: proposed.into(),
        proposed_on: None,
        reason: "生源变化".into(),
    };
    let mut tx = store.begin(actor).await?;
    let id = adjustments::request(&mut tx, &outline, &new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn decide(store: &Store, actor: &Actor, id: Uuid, decision: Decision) -> store::Result<()> {
    let outline = outline(store).await;
    let ruling = Ruling { decision, document: "甬人大常〔2025〕8号".into(), note: String::new() };
    let mut tx = store.begin(actor).await?;
    adjustments::decide(&mut tx, &outline, id, 1, &ruling).await?;
    tx.commit().await
}

/// Walks a course of requests and decisions: after each step the board counts what was approved last, nothing else.
async fn walk(store: &Store, steps: &[(i64, bool)]) {
    let mut counts = target(store).await;
    for (proposed, approved) in steps {
        let (proposed, asks) = (Decimal::from(*proposed).to_string(), account(1));
        if proposed == counts {
            assert!(request(store, &asks, &proposed).await.is_err(), "the same target is no change");
            continue;
        }
        let id = request(store, &asks, &proposed).await.unwrap();
        assert_eq!(target(store).await, counts, "asked for, not approved");
        assert!(request(store, &account(2), "1").await.is_err(), "one at a time");
        assert!(decide(store, &asks, id, Decision::Approved).await.is_err(), "nobody decides on their own request");
        assert_eq!(target(store).await, counts);
        let decision = if *approved { Decision::Approved } else { Decision::Rejected };
        decide(store, &account(3), id, decision).await.unwrap();
        if *approved {
            counts = proposed;
        }
        assert_eq!(target(store).await, counts);
        assert!(decide(store, &account(3), id, Decision::Approved).await.is_err(), "decided once");
        assert_eq!(target(store).await, counts);
    }
    assert!(ledger::verify::verify(store.reader()).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn until_approved_the_original_counts_on_sqlite() {
    let house = house().await;
    walk(&house.store, &[(5000, false), (5000, true), (5000, true), (7000, true), (1, false)]).await;
}

#[tokio::test]
async fn until_approved_the_original_counts_on_postgresql() {
    let database = databases::Postgres::shared().unwrap().fresh_database().unwrap();
    let store = House::open(database.url()).await;
    let folder = tempfile::tempdir().unwrap();
    adopt(&store, folder.path()).await;
    walk(&store, &[(5000, true), (4000, false), (6500, true)]).await;
}

mod property {
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn until_approved_the_original_counts(steps in prop::collection::vec((1_i64..5, any::<bool>()), 1..6)) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let house = super::house().await;
                super::walk(&house.store, &steps).await;
            });
        }
    }
}

#[tokio::test]
async fn the_office_asks_and_the_congress_decides() {
    let house = house().await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let congress = Visitor::new(&house, "renda", Role::Congress, "330200").await;
    let at = "/office/programmes/330200-2025/indicators/1";
    let version = office.get(at).await.value("version");
    let goals = [("version", &*version), ("row", "own"), ("goal", "5000"), ("reason_text", "生源减少")];
    let asked = office.post(&format!("{at}/targets"), &goals).await;
    assert_eq!(asked.location(), "/office/programmes/330200-2025/adjustments?saved=1", "{}", asked.text());
    assert_eq!(target(&house.store).await, "6000");
    let list = office.get("/office/programmes/330200-2025/adjustments").await.text();
    assert!(list.contains("待审议") && list.contains("6000个") && list.contains("5000个"), "{list}");
    let id = adjustments::open_of(house.store.reader(), outline(&house.store).await.programme.id).await.unwrap()[0].id;
    let page = format!("/office/adjustments/{id}");
    let fields = [("version", "1"), ("decision", "approved"), ("document", "甬人大常〔2025〕8号")];
    assert_eq!(office.post(&format!("{page}/decision"), &fields).await.status, StatusCode::FORBIDDEN);
    let without = [("version", "1"), ("decision", "approved"), ("document", "")];
    let refused = congress.post(&format!("{page}/decision"), &without).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("决议文号"), "{}", refused.text());
    let decision = format!("{page}/decision");
    let (one, other) = tokio::join!(congress.post(&decision, &fields), congress.post(&decision, &fields));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT], "one decision");
    assert_eq!(target(&house.store).await, "5000");
    assert!(congress.get(&page).await.text().contains("甬人大常〔2025〕8号"));
}

#[tokio::test]
async fn a_correction_does_not_go_round_the_congress() {
    let house = house().await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let outline = outline(&house.store).await;
    let shares = ledger::allocations::shares(house.store.reader(), &outline, View::default()).await.unwrap();
    let entry = shares.iter().find(|share| share.region == outline.region()).unwrap().entry;
    let at = format!("/api/v1/entries/{entry}/corrections");
    let body = |raw: &str, reason: &str| json!({ "raw": raw, "reason": reason, "reason_text": "x" });
    let refused = office.call(Method::POST, &at, body("1", "target_adjusted")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("人大审议"), "{}", refused.text());
    // The printed form is taken, unit and qualifier included.
    let taken = office.call(Method::POST, &at, body("6100个", "typing")).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text());
    assert_eq!(target(&house.store).await, "6100");
}

#[tokio::test]
async fn a_project_that_is_given_up_is_told_apart() {
    let house = house().await;
    let outline = outline(&house.store).await;
    let new = NewAdjustment {
        project: outline.projects[0].id,
        indicator: None,
        kind: AdjustmentKind::Cancel,
        proposed: String::new(),
        proposed_on: None,
        reason: "选址调整".into(),
    };
    let mut tx = house.store.begin(&account(1)).await.unwrap();
    let id = adjustments::request(&mut tx, &outline, &new).await.unwrap();
    tx.commit().await.unwrap();
    let cancelled = async |view: View| {
        adjustments::cancelled_projects(house.store.reader(), outline.programme.id, view).await.unwrap()
    };
    assert!(cancelled(View::default()).await.is_empty());
    decide(&house.store, &account(3), id, Decision::Approved).await.unwrap();
    assert!(cancelled(View::default()).await.contains_key(&outline.projects[0].id));
    let before = View { cut_off: None, known: Some("2025-11-30".parse().unwrap()) };
    assert!(cancelled(before).await.is_empty(), "not known the day before");
}
