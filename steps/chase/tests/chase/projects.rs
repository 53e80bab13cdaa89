//! A project as chasing sees it: bottlenecks, tasks, inspections, and the timeline that tells of all of them.

use axum::http::{Method, StatusCode};
use chase::words::FindingAct;
use chase::{bottlenecks, inspections};
use kernel::{Grant, Role};
use ledger::programmes::{self, Outline, ProgrammeForm};
use plan::adjustments::{self, AdjustmentKind, Decision, NewAdjustment, Ruling};
use report::returns;
use report::rounds::{self, NewRound};
use serde_json::Value;
use store::audit::Event;
use uuid::Uuid;

use crate::house::{HAISHU, House, PICTURE, at, chase};
use crate::visitor::Visitor;

#[tokio::test]
async fn a_bottleneck_is_noted_worked_on_and_gone() {
    let (house, _kept) = House::new().await;
    let body = Visitor::of(&house, "haishu", Role::ResponsibleBody, HAISHU, Some(house.body)).await;
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let at = format!("/office/projects/{}/bottlenecks", house.project);
    let future = [("region", HAISHU), ("cause", "land"), ("text", "地块未交付"), ("since", "2024-08-01")];
    let refused = body.post(&at, &future).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("不能晚于今天") && refused.text().contains("地块未交付"), "{}", refused.text());
    let fields = [("region", HAISHU), ("cause", "land"), ("text", "地块未交付"), ("since", "2024-06-20")];
    assert_eq!(body.post(&at, &fields).await.status, StatusCode::SEE_OTHER);
    let elsewhere = [("region", "330205"), ("cause", "land"), ("text", "别处"), ("since", "2024-06-20")];
    assert_eq!(body.post(&at, &elsewhere).await.status, StatusCode::FORBIDDEN, "not this body's place");
    let task = [("region", HAISHU), ("text", "协调供地"), ("due_on", "2024-07-19")];
    let tasks = format!("/office/projects/{}/tasks", house.project);
    assert_eq!(office.post(&tasks, &task).await.status, StatusCode::SEE_OTHER);

    let page = office.get(&at).await.text();
    assert!(
        page.contains("用地") && page.contains("未疏解") && page.contains("18 天") && page.contains("协调供地"),
        "{page}"
    );
    let noted = bottlenecks::of_programme(house.store.reader(), house.outline.programme.id, None).await.unwrap();
    let gone = format!("/office/bottlenecks/{}/resolution", noted[0].id);
    assert_eq!(body.post(&gone, &[("resolution", "地块已移交")]).await.status, StatusCode::SEE_OTHER);
    let twice = office.post(&gone, &[("resolution", "又一次")]).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let tasks = bottlenecks::tasks_of(house.store.reader(), house.project).await.unwrap();
    let done = format!("/office/tasks/{}/completion", tasks[0].id);
    assert_eq!(body.post(&done, &[]).await.status, StatusCode::SEE_OTHER);
    let page = office.get(&at).await.text();
    assert!(page.contains("已疏解") && page.contains("地块已移交") && page.contains("办结"), "{page}");
    house.sound().await;
}

#[tokio::test]
async fn an_inspection_is_planned_visited_mended_and_checked_again() {
    let (house, _kept) = House::new().await;
    let supervision = Visitor::new(&house, "ducha", Role::SupervisionOffice, "330200").await;
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let body = Visitor::of(&house, "haishu", Role::ResponsibleBody, HAISHU, Some(house.body)).await;
    let at = "/office/inspections";
    let fields = [
        ("programme", "330200-2024"),
        ("title", "校舍建设进度"),
        ("region", HAISHU),
        ("method", "unannounced"),
        ("planned_on", "2024-07-31"),
        ("approved_by", "市政府第12次常务会议"),
    ];
    assert_eq!(office.post(at, &fields).await.status, StatusCode::FORBIDDEN, "only the supervision office inspects");
    let unapproved: Vec<_> = fields.iter().copied().filter(|(name, _)| *name != "approved_by").collect();
    assert_eq!(supervision.post(at, &unapproved).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(supervision.post(at, &fields).await.status, StatusCode::SEE_OTHER);
    let twice = supervision.post(at, &fields).await;
    assert!(twice.text().contains("不得重复督查"), "{}", twice.text());
    let plan = inspections::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    let here = format!("{at}/{}", plan[0].id);
    let desk = async |who: &Visitor| who.get("/office").await.text();
    assert!(!desk(&supervision).await.contains("开展督查"), "three weeks off");
    assert!(office.get(at).await.text().contains("待开展"));
    assert_eq!(body.get(&here).await.status, StatusCode::NOT_FOUND, "nobody is warned of an unannounced visit");

    let visit = [("visited_on", "2024-07-05"), ("people", "3"), ("place", "某小学工地"), ("summary", "主体未封顶")];
    assert_eq!(supervision.post(&format!("{here}/visits"), &visit).await.status, StatusCode::SEE_OTHER);
    let page = supervision.get(&format!("{here}?form=finding")).await;
    let visit = page.text().split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (project, organisation) = (house.project.to_string(), house.body.to_string());
    let finding = [
        ("visit", &*visit),
        ("project", &*project),
        ("region", HAISHU),
        ("organisation", &*organisation),
        ("text", "现场无施工"),
        ("demand", "七日内复工"),
    ];
    let noted =
        supervision.upload(&format!("{here}/findings"), &finding, Some(("evidence", "现场.png", PICTURE))).await;
    assert_eq!(noted.status, StatusCode::SEE_OTHER, "{}", noted.text());
    let found = inspections::findings_of(house.store.reader(), house.outline.programme.id).await.unwrap().remove(0);
    assert_eq!(found.due_on.to_string(), "2024-07-15", "five working days");

    let other = house.organisation("海曙区住建局", HAISHU).await;
    let neighbour = Visitor::of(&house, "zhujian", Role::ResponsibleBody, HAISHU, Some(other)).await;
    let shown = supervision.get(&here).await.text();
    let proof = format!("/files/{}", shown.split("/files/").nth(1).unwrap().split(['"', '/']).next().unwrap());
    for (who, status) in [(&supervision, 200), (&office, 200), (&body, 200), (&neighbour, 404)] {
        assert_eq!(who.get(&proof).await.status.as_u16(), status, "whoever may see the finding sees its pictures");
        assert_eq!(who.get(&here).await.status.as_u16(), status);
    }
    assert!(body.get(at).await.text().contains("校舍建设进度"), "it opens where there is something to see");
    assert!(!neighbour.get(at).await.text().contains("校舍建设进度"));

    assert!(desk(&body).await.contains("整改督查问题 现场无施工"));
    let mend = format!("/office/findings/{}/mend", found.id);
    let bare = body.upload(&mend, &[("version", "1"), ("text", "已复工")], None).await;
    assert!(bare.text().contains("须附佐证材料") && bare.text().contains("已复工"), "{}", bare.text());
    let mended =
        body.upload(&mend, &[("version", "1"), ("text", "已复工")], Some(("evidence", "复工.png", PICTURE))).await;
    assert_eq!(mended.status, StatusCode::SEE_OTHER, "{}", mended.text());
    assert!(desk(&supervision).await.contains("复查督查问题 现场无施工"));
    assert!(!desk(&body).await.contains("整改督查问题"), "not theirs any more");
    let late = body.upload(&mend, &[("version", "1"), ("text", "再报")], Some(("evidence", "复工.png", PICTURE))).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let check = |act: FindingAct| format!("/office/findings/{}/{}", found.id, act.code());
    let failed = supervision.upload(&check(FindingAct::Fail), &[("version", "2"), ("text", "只有两人")], None).await;
    assert_eq!(failed.status, StatusCode::SEE_OTHER, "{}", failed.text());
    body.upload(&mend, &[("version", "3"), ("text", "已增派班组")], Some(("evidence", "班组.png", PICTURE)))
        .await
        .location();
    supervision.upload(&check(FindingAct::Pass), &[("version", "4"), ("text", "属实")], None).await.location();
    assert!(!desk(&supervision).await.contains("复查督查问题"));
    let page = body.get(&here).await.text();
    assert!(page.contains("复查通过") && page.contains("只有两人") && page.contains("班组.png"), "{page}");
    house.sound().await;
}

#[tokio::test]
async fn the_timeline_tells_everything_and_what_was_known_on_a_day() {
    let (mut house, _kept) = House::new().await;
    let order = house.reminder().await;
    house.store = house.store.with_clock(crate::house::at("2024-07-10"));
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let at = format!("/office/projects/{}/timeline", house.project);
    let page = office.get(&format!("{at}?region=330203")).await.text();
    for told in ["目标 600个", "完成 150个，截至 2024-06-30", "亮灯：滞后", "提醒函〔2024〕1号 发出", "2024年7月"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.contains(&format!("/office/orders/{}", order.id)));
    let orders_only = office.get(&format!("{at}?what=order")).await.text();
    assert!(orders_only.contains("〔2024〕1号") && !orders_only.contains("目标 1000"), "{orders_only}");
    let before = office.get(&format!("{at}?region=330203&on=2024-07-01")).await.text();
    assert!(!before.contains("〔2024〕1号"), "the order came a week later: {before}");
    let api = format!("/api/v1/projects/{}/timeline?what=order", house.project);
    let listed = office.call(Method::GET, &api, Value::Null).await.json();
    assert_eq!(listed["items"][0]["what"], "order", "{listed}");
    let nothing = format!("/office/projects/{}/timeline", Uuid::nil());
    assert_eq!(office.get(&nothing).await.status, StatusCode::NOT_FOUND);
    let stranger = Visitor::new(&house, "hangzhou", Role::ProgrammeOffice, "330100").await;
    assert_eq!(stranger.get(&at).await.status, StatusCode::NOT_FOUND);
}

/// Handed in, sent back with a reason, corrected, approved; asked of the congress and decided: all in order, each with its page.
#[tokio::test]
async fn the_timeline_tells_of_returns_and_of_the_congress() {
    let (mut house, _kept) = House::new().await;
    let day = |day: &str| house.store.with_clock(at(day));
    let programme = house.outline.programme.clone();
    let acts_as = async |name: &str, role, region: &str, organisation| report::By {
        account: Visitor::account(&house, name).await,
        sign_in_name: name.into(),
        name: name.into(),
        organisation: format!("{name}的单位"),
        grants: vec![Grant { role, region: region.parse().ok(), organisation }],
    };
    let office = acts_as("shishiban", Role::ProgrammeOffice, "330200", None).await;
    let body = acts_as("haishu", Role::ResponsibleBody, HAISHU, Some(house.body)).await;
    let settings = rounds::settings(house.store.reader(), &programme).await.unwrap();
    let round = NewRound::by(&settings, "2024-07-31".parse().unwrap());
    let round = rounds::open(&day("2024-08-01"), &office, &programme, &round).await.unwrap().round;
    let owed = async || {
        let all = returns::owed_of(house.store.reader(), round).await.unwrap();
        all.into_iter().find(|row| row.organisation_id == house.body).unwrap()
    };
    let indicator = house.outline.indicators[0].id;
    let hand_in = async |on: &str, raw: &str| {
        let row = owed().await;
        let mut content = returns::Content::default();
        content.lines.insert(indicator, report::rules::lines::Typed { raw: raw.into(), reason: String::new() });
        let filling = returns::Filling { id: row.id, version: row.version, content };
        returns::submit(&day(on), &body, &[filling]).await.unwrap();
    };
    hand_in("2024-08-02", "400").await;
    let row = owed().await;
    let read = [(row.id, row.version)];
    returns::send_back(&day("2024-08-03"), &office, &read, "与佐证材料不一致").await.unwrap();
    hand_in("2024-08-04", "380").await;
    let again = owed().await;
    returns::pass_or_approve(&day("2024-08-05"), &office, &[(again.id, again.version)]).await.unwrap();

    let store = day("2024-08-06");
    let mut tx = store.begin(&crate::house::actor()).await.unwrap();
    let form = ProgrammeForm { adopted_by: "市人大四次会议".into(), ..(&programme).into() };
    programmes::edit(&tx, programme.id, programme.version, &form).await.unwrap();
    tx.record(Event::new("programme.changed", "programme", "330200-2024", Value::Null)).await.unwrap();
    let programme = programmes::find(tx.on(), "330200-2024").await.unwrap().unwrap();
    let outline = Outline::load(tx.on(), programme).await.unwrap();
    let new = NewAdjustment {
        project: house.project,
        indicator: None,
        kind: AdjustmentKind::Postpone,
        proposed: String::new(),
        proposed_on: "2025-06-30".parse().ok(),
        reason: "管线迁改未完".into(),
    };
    let id = adjustments::request(&mut tx, &outline, &new).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = day("2024-08-20").begin(&crate::house::actor()).await.unwrap();
    let document = "甬人大常〔2024〕7号".to_owned();
    let ruling = Ruling { decision: Decision::Approved, document, note: "按季报告".into() };
    adjustments::decide(&mut tx, &outline, id, 1, &ruling).await.unwrap();
    tx.commit().await.unwrap();

    house.store = house.store.with_clock(at("2024-08-21"));
    let office = Visitor::new(&house, "shiban", Role::ProgrammeOffice, "330200").await;
    let page = office.get(&format!("/office/projects/{}/timeline", house.project)).await.text();
    let told = [
        "人大审议：同意延期：2024-12-31 → 2025-06-30",
        "甬人大常〔2024〕7号；按季报告",
        "申请延期：2024-12-31 → 2025-06-30",
        "管线迁改未完",
        "海曙区填报（截至 2024-07-31）：审核通过，入台账",
        // Handed in again after it was sent back; the first time stands below.
        "海曙区填报（截至 2024-07-31）：提交",
        "海曙区填报（截至 2024-07-31）：退回",
        "与佐证材料不一致",
    ];
    let places: Vec<_> = told.iter().map(|told| page.find(told).unwrap_or_else(|| panic!("{told}: {page}"))).collect();
    assert!(places.is_sorted(), "newest first: {places:?}");
    assert!(
        page.contains(&format!("/office/returns/{}", row.id)) && page.contains(&format!("/office/adjustments/{id}"))
    );
    let elsewhere = office.get(&format!("/office/projects/{}/timeline?region=330205", house.project)).await.text();
    assert!(!elsewhere.contains("海曙区填报"), "{elsewhere}");
}

#[tokio::test]
async fn those_whose_turn_it_is_are_told_once() {
    let (house, _kept) = House::new().await;
    Visitor::of(&house, "haishu", Role::ResponsibleBody, HAISHU, Some(house.body)).await;
    Visitor::of(&house, "jiaoyu", Role::ResponsibleBody, "330200", Some(house.lead)).await;
    house.reminder().await;
    let account = |name| people::store::accounts::find_by_name(&house.store, name);
    let (body, lead) = (account("haishu").await.unwrap().unwrap(), account("jiaoyu").await.unwrap().unwrap());
    let told = house.notices().await;
    assert_eq!(told, [(body, "收到：提醒函〔2024〕1号 中小学扩容进度滞后".to_owned())]);
    assert!(told.iter().all(|(account, _)| *account != lead));
}
