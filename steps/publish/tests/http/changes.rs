//! What the congress is asked and what it decides stays in public: the original beside what was approved, with its trail.

use figures::{Decimal, Number, Qualifier};
use ledger::entries::{self, NewEntry};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::words::{DecisionMode, Kind, Measure};
use plan::adjustments::{self, AdjustmentKind, Decision, NewAdjustment, Ruling};
use store::audit::{Event, RowDigest};
use store::{Actor, Store};
use uuid::Uuid;

use crate::reader::Site;

const SLUG: &str = "/programmes/330200-2026";

/// A programme that was voted: two projects, each with one indicator of which 100 are to be done.
async fn adopted(store: &Store) -> Outline {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let form = ProgrammeForm {
        published: true,
        decision_mode: DecisionMode::Voted,
        ..ProgrammeForm::new("330200".parse().unwrap(), 2026, "宁波市2026年度民生实事")
    };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "教育惠民").await.unwrap();
    let region = outline.region();
    let mut new = Vec::new();
    for name in ["学校", "公园"] {
        let (project, _) = outline.project(&tx, category, None, &format!("{name}建设")).await.unwrap();
        let form = IndicatorForm::new(format!("{name}数"), "所", Kind::Count, kernel::Level::City);
        new.push(NewEntry {
            indicator: outline.add_indicator(&tx, project, &form).await.unwrap(),
            region,
            organisation: None,
            measure: Measure::Target,
            as_of: None,
            effective_on: "2026-01-01".parse().unwrap(),
            number: Some(Number::exact(Decimal::from(100))),
            qualifier: Qualifier::Exact,
            source: None,
            supersedes: None,
            withdrawn: false,
        });
    }
    let mut digest = RowDigest::default();
    let mut event = Event::new("entries.posted", "programme", &outline.programme.slug, serde_json::Value::Null);
    entries::post(&tx, &outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    outline
}

fn account(number: u128) -> Actor {
    Actor { account: Some(Uuid::from_u128(number)), name: format!("account-{number}") }
}

async fn ask(site: &Site, day: &str, outline: &Outline, project: usize, kind: AdjustmentKind, proposed: &str) -> Uuid {
    let row = &outline.indicators[project];
    let new = NewAdjustment {
        project: row.project_id,
        indicator: (kind == AdjustmentKind::Target).then_some(row.id),
        kind,
        proposed: proposed.to_owned(),
        proposed_on: proposed.parse().ok(),
        reason: "管线迁改未完".to_owned(),
    };
    let store = site.on(day).await;
    let mut tx = store.begin(&account(1)).await.unwrap();
    let id = adjustments::request(&mut tx, outline, &new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn decide(site: &Site, day: &str, outline: &Outline, id: Uuid, (decision, number): (Decision, u32)) {
    let store = site.on(day).await;
    let mut tx = store.begin(&account(2)).await.unwrap();
    let ruling =
        Ruling { decision, document: format!("甬人大常〔2026〕{number}号"), note: "仅供内部".to_owned() };
    adjustments::decide(&mut tx, outline, id, 1, &ruling).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_approved_target_stands_beside_the_original() {
    let site = Site::with_samples().await;
    let outline = adopted(&site.on("2026-11-21").await).await;
    let id = ask(&site, "2026-11-22", &outline, 0, AdjustmentKind::Target, "80").await;
    let page = site.get(SLUG).await;
    page.row_reads("学校数 调整目标", "100 所 80 所 待审议 批准前以原来为准");
    page.reads(&["申请调整为 80所，批准前以原目标为准", "100 所"]);
    let indicator = format!("{SLUG}/indicators/1");
    site.get(&indicator).await.reads(&["申请调整中：原目标 100所，拟调整为 80所；批准前以原目标为准", "目标 100 所"]);

    decide(&site, "2026-11-25", &outline, id, (Decision::Approved, 9)).await;
    let page = site.get(SLUG).await;
    page.row_reads("学校数 调整目标", "100 所 80 所 已批准 2026年11月25日 · 甬人大常〔2026〕9号");
    page.reads(&["项目调整", "原目标 100所，2026年11月25日（甬人大常〔2026〕9号）批准调整", "80 所"]);
    let page = site.get(&indicator).await;
    page.reads(&["原目标 100所；2026年11月25日（甬人大常〔2026〕9号）经批准调整为 80所", "目标 80 所，原目标 100 所"]);
    let english = site.get(&format!("{indicator}?lang=en")).await;
    english.reads(&["changed to 80", "with approval on 25 November 2026 (甬人大常〔2026〕9号)", "adopted as 100"]);

    // The whole list: why, when, by which resolution, with the events of the chain; nothing that was noted for colleagues.
    let list = site.get(&format!("{SLUG}/adjustments")).await;
    list.reads(&[
        "学校数",
        "已批准",
        "原来",
        "100",
        "批准调整为",
        "80",
        "2026年11月22日",
        "管线迁改未完",
        "甬人大常〔2026〕9号",
    ]);
    list.reads(&["提出申请 · 2026年11月22日", "审议登记 · 2026年11月25日"]);
    assert!(!list.html.contains("仅供内部") && list.html.contains(&format!("id=\"{id}\"")), "{}", list.html);
    let original = list.link("/entries/", "100");
    site.get(&original).await.reads(&["后来被取代：", "80", "目标调整获批：甬人大常〔2026〕9号；管线迁改未完"]);
    site.get(&list.link("/entries/", "80")).await.reads(&["取代了：", "100"]);

    // As it was known on a day.
    site.get(&format!("{SLUG}?known=2026-11-24")).await.row_reads("学校数 调整目标", "待审议");
    let before = site.get(&format!("{SLUG}?known=2026-11-21")).await;
    assert!(before.row("学校数 调整目标").is_none() && !before.html.contains("甬人大常"), "{}", before.text());
}

#[tokio::test]
async fn postponed_given_up_and_refused_stay_visible() {
    let site = Site::with_samples().await;
    let outline = adopted(&site.on("2026-11-21").await).await;
    let postponed = ask(&site, "2026-11-22", &outline, 0, AdjustmentKind::Postpone, "2027-06-30").await;
    decide(&site, "2026-11-23", &outline, postponed, (Decision::Approved, 1)).await;
    let refused = ask(&site, "2026-11-23", &outline, 1, AdjustmentKind::Target, "70").await;
    decide(&site, "2026-11-24", &outline, refused, (Decision::Rejected, 2)).await;
    let given_up = ask(&site, "2026-11-24", &outline, 1, AdjustmentKind::Cancel, "").await;
    decide(&site, "2026-11-25", &outline, given_up, (Decision::Approved, 3)).await;

    let page = site.get(SLUG).await;
    page.row_reads("学校建设 延期", "2026年12月31日 2027年6月30日 已批准 2026年11月23日 · 甬人大常〔2026〕1号");
    page.row_reads("公园数 调整目标", "100 所 70 所 未批准 2026年11月24日 · 甬人大常〔2026〕2号");
    page.row_reads("公园建设 取消", "按原方案实施 取消 已批准 2026年11月25日");
    page.reads(&[
        "教育惠民",
        "原时限 2026年12月31日；2026年11月23日（甬人大常〔2026〕1号）经批准延期至 2027年6月30日，目标不变",
    ]);
    let parks = site.get(&format!("{SLUG}/indicators/2")).await;
    parks.reads(&["2026年11月25日（甬人大常〔2026〕3号）经批准取消；原目标保留在案"]);
    parks.reads(&["曾申请调整目标（100所 → 70所）；2026年11月24日（甬人大常〔2026〕2号）未获批准，仍按原方案"]);
    parks.reads(&["目标 100 所"]);
    site.get(&format!("{SLUG}?lang=en")).await.reads(&[
        "Adjustments",
        "given up",
        "approved",
        "not approved",
        "30 June 2027",
    ]);

    let before = site.statements();
    site.get(SLUG).await;
    let cost = site.statements() - before;
    assert!(cost <= 18, "no more than a scoreboard without any change: {cost}");
}

#[tokio::test]
async fn a_programme_without_changes_says_so_and_a_hidden_one_nothing() {
    let site = Site::with_samples().await;
    site.get("/programmes/330200-2024/adjustments").await.reads(&["项目调整", "没有调整过"]);
    assert!(!site.get("/programmes/330200-2024").await.html.contains("id=\"adjustments\""));
    assert_eq!(site.get("/programmes/330200-1999/adjustments").await.status, 404);
}
