//! What was adopted stays until the congress decides: sheets are refused, postponements move the schedule, both stay visible.

use axum::http::StatusCode;
use figures::Decimal;
use kernel::{Clock, Role, ScheduleBasis};
use ledger::programmes::{self, Outline};
use plan::adjustments::{self, AdjustmentKind, Decision, NewAdjustment, Ruling};
use plan::curves::{self, Basis, Edit, NewPlan, rules::scheduled, versions};
use plan::milestones;
use plan::sheet::Options;
use store::{Actor, Store};
use uuid::Uuid;

use crate::house::{House, csv, plan};
use crate::visitor::Visitor;

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,项目内容,指标,单位,采集层级,地区代码,目标值,完成值,截至",
    "330200,2025,1,教育惠民,中小学扩容,扩建十二所学校,新增学位,个,镇,,6000,100,2025-06-30",
    ",,,,,,新增学位,个,镇,330226,2000,,",
    ",,,,,,新增学位,个,镇,330203,4000,,",
];

/// An adopted and public programme with shares of two counties.
async fn adopt(store: &Store, folder: &std::path::Path, sheet: &[&str]) -> Outline {
    let path = folder.join("a.csv");
    std::fs::write(&path, csv(sheet)).unwrap();
    let options = Options { publish: true, ..Default::default() };
    plan::sheet::import(store, &Actor::operator("test"), &path, &options, &mut |_| {}).await.unwrap();
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let programme = programmes::find(tx.on(), "330200-2025").await.unwrap().unwrap();
    let form = programmes::ProgrammeForm { adopted_by: "市人大五次会议".into(), ..(&programme).into() };
    programmes::edit(&tx, programme.id, programme.version, &form).await.unwrap();
    let event = store::audit::Event::new("programme.changed", "programme", "330200-2025", serde_json::Value::Null);
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    outline(store).await
}

async fn outline(store: &Store) -> Outline {
    let programme = programmes::find(store.reader(), "330200-2025").await.unwrap().unwrap();
    Outline::load(store.reader(), programme).await.unwrap()
}

fn changed(from: &str, to: &str) -> Vec<u8> {
    String::from_utf8(csv(SHEET)).unwrap().replace(from, to).into_bytes()
}

#[tokio::test]
async fn a_sheet_does_not_go_round_the_congress() {
    let house = House::new().await;
    adopt(&house.store, house.folder.path(), SHEET).await;
    assert!(house.import("a.csv", &csv(SHEET)).await.unwrap().nothing_changed(), "the same sheet is no change");

    // Beside a figure that may change: nothing of the sheet is taken.
    let refused = house.refused("a.csv", &changed(",6000,100,", ",5000,150,")).await;
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert_eq!(refused[0].0, "工作表“a.csv”第 2 行 K 列（目标值）");
    assert!(
        refused[0].1.contains("现行目标是 6000，表中是 5000") && refused[0].1.contains("“项目调整”"),
        "{refused:?}"
    );
    let refused = house.refused("a.csv", &changed("扩建十二所学校", "扩建十所学校")).await;
    assert_eq!(refused[0].0, "工作表“a.csv”第 2 行 F 列（项目内容）");
    let preview = Options { preview: true, ..Options::default() };
    assert!(house.import_with("a.csv", &changed(",6000,", ",5000,"), &preview).await.is_err(), "told in the preview");

    // Shares of the places and figures are not the congress's.
    let report = house.import("a.csv", &changed(",2000,,", ",1900,,")).await.unwrap();
    assert_eq!((report.corrected, report.unchanged), (1, 3));
    let report = house.import("a.csv", &changed(",6000,100,", ",,150,")).await.unwrap();
    assert_eq!(report.corrected, 2, "an empty cell leaves the target alone");
}

#[tokio::test]
async fn a_draft_stays_freely_editable() {
    let house = House::new().await;
    house.import("a.csv", &csv(SHEET)).await.unwrap();
    let report = house.import("a.csv", &changed(",6000,100,", ",5000,150,")).await.unwrap();
    assert_eq!((report.corrected, report.unchanged), (2, 2));
}

#[tokio::test]
async fn the_content_of_an_adopted_project_is_not_edited_on_its_page() {
    let house = House::new().await;
    let outline = adopt(&house.store, house.folder.path(), SHEET).await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let at = format!("/office/programmes/330200-2025/projects/{}", outline.projects[0].id);
    let was = office.get(&at).await.value("was");
    let fields =
        |content: &'static str| [("was", was.clone()), ("name", "中小学扩容".into()), ("content", content.to_owned())];
    let send = async |content| {
        let fields = fields(content);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        office.post(&at, &fields).await
    };
    let refused = send("扩建十所学校").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("项目内容要调整"), "{}", refused.text());
    assert_eq!(send("扩建十二所学校").await.status, StatusCode::SEE_OTHER);
}

/// Asks for a postponement and has it decided; says the key.
async fn postpone(store: &Store, outline: &Outline, to: &str, decision: Decision) -> store::Result<Uuid> {
    let account = |number: u128| Actor { account: Some(Uuid::from_u128(number)), name: format!("account-{number}") };
    let new = NewAdjustment {
        project: outline.projects[0].id,
        indicator: None,
        kind: AdjustmentKind::Postpone,
        proposed: String::new(),
        proposed_on: to.parse().ok(),
        reason: "管线迁改未完".into(),
    };
    let mut tx = store.begin(&account(1)).await?;
    let id = adjustments::request(&mut tx, outline, &new).await?;
    tx.commit().await?;
    let ruling = Ruling { decision, document: format!("甬人大常〔2025〕{to}"), note: String::new() };
    let mut tx = store.begin(&account(2)).await?;
    adjustments::decide(&mut tx, outline, id, 1, &ruling).await?;
    tx.commit().await?;
    Ok(id)
}

async fn due(store: &Store, outline: &Outline, cut_off: &str, known: Option<&str>) -> (String, String) {
    let (on, project) = (store.reader(), outline.projects[0].id);
    let known = known.map(|day| day.parse().unwrap());
    let plans = curves::as_known(on, outline.programme.id, known).await.unwrap();
    let all = milestones::as_known(on, outline.programme.id, known).await.unwrap();
    let home = outline.region();
    let planned = milestones::rules::plan_at(&all, project, home);
    let found = scheduled(plans.at(project, home), &planned, cut_off.parse().unwrap(), (2025, ScheduleBasis::Months));
    (found.percent.round_dp(2).normalize().to_string(), found.basis.zh)
}

async fn schedule_moves(store: &Store, folder: &std::path::Path) {
    let outline = adopt(store, folder, SHEET).await;
    let project = outline.projects[0].id;
    let of = async |cut_off: &str, known| due(store, &outline, cut_off, known).await;
    assert!(postpone(store, &outline, "2025-12-31", Decision::Approved).await.is_err(), "not behind the deadline");
    postpone(store, &outline, "2026-03-31", Decision::Rejected).await.unwrap();
    assert_eq!(of("2025-12-31", None).await, ("100".into(), "12/12 月".into()), "rejected: as before");

    let planning = store.with_clock(Clock::fixed("2025-02-01T04:00:00Z".parse().unwrap()));
    let mut tx = planning.begin(&Actor::operator("test")).await.unwrap();
    milestones::apply_template(&mut tx, &outline, (project, None), "building").await.unwrap();
    tx.commit().await.unwrap();
    let before = milestones::of_programme(store.reader(), outline.programme.id).await.unwrap();
    postpone(store, &outline, "2026-06-30", Decision::Approved).await.unwrap();

    assert_eq!(of("2025-11-30", None).await, ("91.67".into(), "11/12 月".into()), "up to the decision as before");
    assert_eq!(of("2025-12-31", None).await, ("92.86".into(), "延期至 2026-06-30，其后 1/7 月".into()));
    assert_eq!(of("2025-12-31", Some("2025-11-30")).await.0, "100", "not known the day before");
    assert_eq!(curves::deadline_of(store.reader(), &outline, project).await.unwrap(), "2026-06-30".parse().unwrap());

    let after = milestones::of_programme(store.reader(), outline.programme.id).await.unwrap();
    let last = |all: &[milestones::Milestone]| all.iter().filter_map(|one| one.planned_on).max().unwrap().to_string();
    assert_eq!((last(&before).as_str(), last(&after).as_str()), ("2025-12-31", "2026-06-30"));
    let decided: chrono::NaiveDate = "2025-12-01".parse().unwrap();
    for (old, new) in before.iter().zip(&after) {
        let stays = old.planned_on.is_some_and(|day| day <= decided);
        assert_eq!(
            stays,
            old.planned_on == new.planned_on,
            "{}: {:?} → {:?}",
            old.name,
            old.planned_on,
            new.planned_on
        );
    }
    let then = milestones::as_known(store.reader(), outline.programme.id, Some("2025-11-30".parse().unwrap()));
    assert_eq!(then.await.unwrap(), before, "what was planned then");
    let all = versions::of_spot(store.reader(), project, None).await.unwrap();
    let edits: Vec<Edit> = all.iter().map(|one| one.edit).collect();
    assert_eq!(edits, [Edit::Postponed, Edit::Template]);
    assert_eq!(all[0].reason, "甬人大常〔2025〕2026-06-30");

    // A curve may reach to the new deadline, and one drawn now is not stretched again.
    let points = [("2025-12-31", 95), ("2026-06-30", 100)];
    let points = points.map(|(day, percent)| curves::Point { cut_off: day.parse().unwrap(), percent: percent.into() });
    let version = curves::version_of(store.reader(), project, None).await.unwrap();
    let later = store.with_clock(Clock::fixed("2025-12-02T04:00:00Z".parse().unwrap()));
    let mut tx = later.begin(&Actor::operator("test")).await.unwrap();
    let plan = NewPlan { project, region: None, basis: Basis::Curve, stepped: false, points: points.to_vec() };
    curves::set(&mut tx, &outline, &plan, version).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(of("2025-12-31", None).await, ("95".into(), "计划曲线".into()));
    assert_eq!(of("2025-12-31", Some("2025-12-01")).await.0, "92.86", "the curve came a day later");

    // Once more: it goes on from the deadline that stands now.
    let asked = store.with_clock(Clock::fixed("2025-12-03T04:00:00Z".parse().unwrap()));
    let again = postpone(&asked, &outline, "2026-12-31", Decision::Approved).await.unwrap();
    let again = adjustments::find(store.reader(), again).await.unwrap().unwrap();
    assert_eq!(again.original, "2026-06-30");
    assert!(of("2026-06-30", None).await.0.parse::<Decimal>().unwrap() < Decimal::ONE_HUNDRED);
    assert!(ledger::verify::verify(store.reader()).await.unwrap().fault.is_none());
}

databases::on_both!(crate::house::House::on => an_approved_postponement_moves_the_schedule);

async fn an_approved_postponement_moves_the_schedule(house: House) {
    schedule_moves(&house.store, house.folder.path()).await;
}

#[tokio::test]
async fn the_congress_sees_what_waits_and_both_deadlines_stay_visible() {
    let house = House::new().await;
    let outline = adopt(&house.store, house.folder.path(), SHEET).await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let congress = Visitor::new(&house, "renda", Role::Congress, "330200").await;
    let elsewhere = Visitor::new(&house, "wenzhou", Role::Congress, "330300").await;
    let list = "/office/programmes/330200-2025/adjustments";
    let project = outline.projects[0].id.to_string();
    let asked =
        [("kind", "postpone"), ("project", &*project), ("proposed_on", "2026-06-30"), ("reason", "管线迁改未完")];
    let sent = office.post(list, &asked).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let course = format!("/office/programmes/330200-2025/projects/{project}/course");
    let template = [("place", ""), ("kind", "building")];
    assert_eq!(office.post(&format!("{course}/template"), &template).await.status, StatusCode::SEE_OTHER);

    let desk = congress.get("/office").await.text();
    assert!(desk.contains("审议 延期：中小学扩容"), "{desk}");
    assert!(!office.get("/office").await.text().contains("审议 延期"), "nothing for whoever asked");
    assert!(!elsewhere.get("/office").await.text().contains("审议 延期"));
    let page = congress.get("/office/adjustments").await.text();
    assert!(page.contains("中小学扩容") && page.contains("2025年12月31日"), "{page}");
    assert!(!elsewhere.get("/office/adjustments").await.text().contains("中小学扩容"));

    let id = adjustments::open_of(house.store.reader(), outline.programme.id).await.unwrap()[0].id;
    let fields = [("version", "1"), ("decision", "approved"), ("document", "甬人大常〔2025〕9号")];
    let decided = congress.post(&format!("/office/adjustments/{id}/decision"), &fields).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER, "{}", decided.text());
    let text = office.get(&course).await.text();
    assert!(text.contains("甬人大常〔2025〕9号") && text.contains("同意延期至"), "{text}");
    assert!(text.contains("延期获批，节点后移") && text.contains("套用节点模板"), "old and new versions");
    assert!(!congress.get("/office").await.text().contains("审议 延期"), "done");
    assert!(congress.get("/office/adjustments").await.text().contains("甬人大常〔2025〕9号"));
    for page in ["/office/adjustments".to_owned(), list.to_owned(), format!("/office/adjustments/{id}")] {
        let text = congress.get(&page).await.text();
        let days = ["2025年12月31日", "2026年6月30日"];
        assert!(
            days.iter().all(|day| text.contains(day)) && !text.contains("2025-1") && !text.contains("2026-0"),
            "{text}"
        );
    }
}

/// A share that is counted at the county is listed as its own to report, with what to do to split it; nothing looks forgotten.
#[tokio::test]
async fn what_a_county_reports_itself_is_listed_beside_what_it_splits() {
    let house = House::new().await;
    let mixed = [SHEET, &[",,,,养老,新建食堂,食堂,个,县,,30,,", ",,,,,,食堂,个,县,330226,12,,"]].concat();
    adopt(&house.store, house.folder.path(), &mixed).await;
    let county = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    let text = county.get("/office/programmes/330200-2025/shares").await.text();
    let (split, own) = text.split_once("由本级填报的").unwrap_or_else(|| panic!("{text}"));
    assert!(split.contains("新增学位") && split.contains("分解到乡镇（街道）") && !split.contains("食堂"), "{split}");
    assert!(own.contains("食堂") && own.contains("12") && own.contains("本级填报"), "{own}");
    let open = county.get("/office/programmes/330200-2025/shares?open=1").await.text();
    assert!(open.contains("新增学位") && !open.contains("食堂"), "only what is left to do: {open}");
}

#[tokio::test]
async fn a_county_splits_its_own_share_without_any_right_above_it() {
    let house = House::new().await;
    adopt(&house.store, house.folder.path(), SHEET).await;
    let county = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    let desk = county.get("/office").await.text();
    assert!(desk.contains("上级方案中的本地任务") && desk.contains("shares?place=330226"), "{desk}");

    let overview = county.get("/office/programmes/330200-2025/shares").await;
    assert_eq!(overview.status, StatusCode::OK);
    let text = overview.text();
    assert!(text.contains("宁海县") && text.contains("2,000") && text.contains("未分解"), "{text}");
    assert!(!text.contains("4,000") && !text.contains("6,000"), "neither the whole nor the neighbour's");
    for closed in ["/office/programmes/330200-2025", "/office/programmes/330200-2025/shares?place=330203"] {
        assert_eq!(county.get(closed).await.status, StatusCode::FORBIDDEN, "{closed}");
    }

    assert!(text.contains("要往下分解的") && text.contains("分解到乡镇（街道）"), "{text}");
    let at = "/office/programmes/330200-2025/indicators/1/shares";
    let page = county.get(&format!("{at}?place=330226")).await;
    assert_eq!(page.status, StatusCode::OK);
    let whole = page.value("whole");
    let fields = [
        ("place", "330226"),
        ("whole", &*whole),
        ("row", "330226001"),
        ("goal", "1200"),
        ("was", ""),
        ("body", ""),
        ("row", "330226002"),
        ("goal", "800"),
        ("was", ""),
        ("body", ""),
    ];
    let saved = county.post(at, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let text = county.get("/office/programmes/330200-2025/shares").await.text();
    assert!(text.contains("已分足"), "{text}");
}
