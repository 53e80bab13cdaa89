//! An adjustment is asked for, decided and overtaken at the same moment, on both databases: one outcome, whoever was slower is
//! told, and the target is that of the outcome.

use kernel::ProblemKind;
use ledger::board::Board;
use ledger::entries::{self, Correction, View};
use ledger::programmes::{self, Outline};
use ledger::words::Reason;
use plan::adjustments::{self, AdjustmentKind, Decision, NewAdjustment, Ruling};
use store::audit::Event;
use store::{Actor, Store};
use uuid::Uuid;

use crate::house::{House, csv, plan};

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至",
    "330200,2025,1,教育惠民,中小学扩容,新增学位,个,县,,6000,,",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    let house = House::new().await;
    race(&house.store, house.folder.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql() {
    let database = databases::Postgres::shared().unwrap().fresh_database().unwrap();
    let store = House::open(database.url()).await;
    let folder = tempfile::tempdir().unwrap();
    race(&store, folder.path()).await;
}

async fn race(store: &Store, folder: &std::path::Path) {
    let path = folder.join("a.csv");
    std::fs::write(&path, csv(SHEET)).unwrap();
    let options = plan::sheet::Options { publish: true, ..Default::default() };
    plan::sheet::import(store, &Actor::operator("test"), &path, &options, &mut |_| {}).await.unwrap();
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let programme = programmes::find(tx.on(), "330200-2025").await.unwrap().unwrap();
    let form = programmes::ProgrammeForm { adopted_by: "市人大五次会议".into(), ..(&programme).into() };
    programmes::edit(&tx, programme.id, programme.version, &form).await.unwrap();
    tx.record(Event::new("programme.changed", "programme", "330200-2025", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    let mut proposed = 5_000;
    for _ in 0..4 {
        of_two_who_ask_for_the_same_one_is_told(store, &mut proposed).await;
        of_two_decisions_one_stands(store, &mut proposed).await;
        a_correction_and_a_decision_have_one_outcome(store, &mut proposed).await;
    }
    assert!(ledger::verify::verify(store.reader()).await.unwrap().fault.is_none());
}

async fn outline(store: &Store) -> Outline {
    let programme = programmes::find(store.reader(), "330200-2025").await.unwrap().unwrap();
    Outline::load(store.reader(), programme).await.unwrap()
}

/// The target that the board counts with, and the entry that holds it.
async fn target(store: &Store) -> (String, Uuid) {
    let programme = outline(store).await.programme;
    let board = Board::load(store.reader(), programme, View::default()).await.unwrap();
    let shown = board.all_rows()[0].target.clone().unwrap();
    (shown.value().unwrap().to_string(), shown.entry.unwrap())
}

fn account(number: u128) -> Actor {
    Actor { account: Some(Uuid::from_u128(number)), name: format!("account-{number}") }
}

async fn ask(store: &Store, who: u128, proposed: i64) -> store::Result<Uuid> {
    let outline = outline(store).await;
    let row = &outline.indicators[0];
    let new = NewAdjustment {
        project: row.project_id,
        indicator: Some(row.id),
        kind: AdjustmentKind::Target,
        proposed: proposed.to_string(),
        proposed_on: None,
        reason: "生源变化".into(),
    };
    let mut tx = store.begin(&account(who)).await?;
    let id = adjustments::request(&mut tx, &outline, &new).await?;
    tx.commit().await?;
    Ok(id)
}

async fn decide(store: &Store, who: u128, id: Uuid, decision: Decision) -> store::Result<()> {
    let outline = outline(store).await;
    let ruling = Ruling { decision, document: format!("甬人大常〔2025〕{who}号"), note: String::new() };
    let mut tx = store.begin(&account(who)).await?;
    adjustments::decide(&mut tx, &outline, id, 1, &ruling).await?;
    tx.commit().await
}

/// Whether it was done, or was refused because somebody else was faster.
fn faster<T>(outcome: &store::Result<T>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(error) => {
            let problem = error.problem().unwrap_or_else(|| panic!("{error:?}"));
            assert_eq!(problem.kind, ProblemKind::Conflict, "{problem}");
            false
        }
    }
}

/// Guard: whoever asks holds the project until the commit (`hold_project`), so that the second sees the first.
async fn of_two_who_ask_for_the_same_one_is_told(store: &Store, proposed: &mut i64) {
    let programme = outline(store).await.programme.id;
    *proposed += 2;
    let (one, other) = tokio::join!(ask(store, 1, *proposed), ask(store, 2, *proposed + 1));
    assert_ne!(faster(&one), faster(&other), "{one:?} {other:?}");
    let open = adjustments::open_of(store.reader(), programme).await.unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    decide(store, 9, open[0].id, Decision::Rejected).await.unwrap();
}

/// Guard: a decision is written only where none is (the guarded update in `decide`).
async fn of_two_decisions_one_stands(store: &Store, proposed: &mut i64) {
    *proposed += 2;
    let (before, _) = target(store).await;
    let id = ask(store, 1, *proposed).await.unwrap();
    let (approved, rejected) =
        tokio::join!(decide(store, 3, id, Decision::Approved), decide(store, 4, id, Decision::Rejected));
    assert_ne!(faster(&approved), faster(&rejected), "{approved:?} {rejected:?}");
    let held = adjustments::find(store.reader(), id).await.unwrap().unwrap();
    let right = if approved.is_ok() {
        (Decision::Approved, "甬人大常〔2025〕3号")
    } else {
        (Decision::Rejected, "甬人大常〔2025〕4号")
    };
    assert_eq!((held.decision.unwrap(), held.document.as_deref().unwrap()), right);
    let (now, _) = target(store).await;
    assert_eq!(now, if approved.is_ok() { proposed.to_string() } else { before });
}

/// Guard: of two entries that would take the place of one, the ledger takes one (`hold_indicator`, and behind it the unique
/// index of what is superseded). Whoever corrects a typing error or decides second is told that the target has changed.
async fn a_correction_and_a_decision_have_one_outcome(store: &Store, proposed: &mut i64) {
    *proposed += 2;
    let (_, entry) = target(store).await;
    let id = ask(store, 1, *proposed).await.unwrap();
    let outline = outline(store).await;
    let typed = *proposed + 1_000;
    let correct = async {
        let mut tx = store.begin(&account(5)).await?;
        programmes::hold_indicator(&tx, outline.indicators[0].id).await?;
        let old = entries::find(tx.on(), entry).await?.unwrap();
        let correction = Correction {
            raw: typed.to_string(),
            qualifier: figures::Qualifier::Exact,
            as_of: old.as_of,
            reason: Reason::Typing,
            reason_text: "录入错误".into(),
        };
        entries::correct(&mut tx, &outline, &old, correction).await?;
        tx.commit().await
    };
    let (corrected, approved) = tokio::join!(correct, decide(store, 3, id, Decision::Approved));
    assert_ne!(faster(&corrected), faster(&approved), "{corrected:?} {approved:?}");
    let (now, _) = target(store).await;
    assert_eq!(now, if approved.is_ok() { *proposed } else { typed }.to_string());
    if approved.is_err() {
        decide(store, 3, id, Decision::Rejected).await.unwrap();
    }
}
