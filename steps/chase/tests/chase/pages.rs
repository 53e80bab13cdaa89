//! Chasing at work: an order from the proposal to its closing, as each role sees it – and who may not.

use axum::http::{Method, StatusCode};
use chase::orders;
use chase::words::State;
use kernel::Role;
use kernel::ladder::OrderKind;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{HAISHU, House, PICTURE, chase};
use crate::visitor::{Attached, Reply, Visitor};

/// Those who meet over an order.
struct People {
    office: Visitor,
    supervision: Visitor,
    body: Visitor,
    lead: Visitor,
}

async fn people(house: &House) -> People {
    People {
        office: Visitor::new(house, "shiban", Role::ProgrammeOffice, "330200").await,
        supervision: Visitor::new(house, "ducha", Role::SupervisionOffice, "330200").await,
        body: Visitor::of(house, "haishu", Role::ResponsibleBody, HAISHU, Some(house.body)).await,
        lead: Visitor::of(house, "jiaoyu", Role::ResponsibleBody, "330200", Some(house.lead)).await,
    }
}

/// Takes an act on the page as it stands now.
async fn take(visitor: &Visitor, id: Uuid, act: &str, fields: &[(&str, &str)], file: Option<Attached<'_>>) -> Reply {
    let version = visitor.get(&format!("/office/orders/{id}")).await.value("version");
    let fields: Vec<_> = [("version", version.as_str())].into_iter().chain(fields.iter().copied()).collect();
    visitor.upload(&format!("/office/orders/{id}/{act}"), &fields, file).await
}

fn is_taken(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
}

#[tokio::test]
async fn every_route_is_listed() {
    for step in chase::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn a_lag_is_proposed_confirmed_answered_and_closed() {
    let (house, _kept) = House::new().await;
    let People { office, supervision, body, lead } = people(&house).await;
    let at = "/office/orders/proposals";
    let page = office.get(&format!("{at}?programme=330200-2024")).await.text();
    assert!(page.contains("海曙区“中小学扩容”进度滞后") && page.contains("落后25.0个百分点"), "{page}");
    assert!(page.contains("海曙区教育局") && page.contains("2024-07-15"), "{page}");
    let nothing = office.post(at, &[("programme", "330200-2024")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("请先勾选"));
    let key = page.split("name=\"key\" value=\"").find(|part| part.contains("330203")).unwrap();
    let key = key.split('"').next().unwrap();
    let sent = office.post(at, &[("programme", "330200-2024"), ("key", key)]).await;
    assert!(sent.location().ends_with("sent=1"), "{}", sent.text());
    let again = supervision.post(at, &[("programme", "330200-2024"), ("key", key)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("没有重复发出"), "{}", again.text());

    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    let (id, order) = (all[0].id, &all[0]);
    assert_eq!((all.len(), order.rule_code.as_deref(), order.lead_id), (1, Some("lag"), Some(house.lead)));
    let list = body.get("/office/orders").await.text();
    assert!(list.contains("〔2024〕1号") && list.contains("还剩 5 个工作日"), "{list}");
    let letter = body.get(&format!("/office/orders/{id}")).await.text();
    assert!(letter.contains("截至2024年6月30日，海曙区“中小学扩容”落后序时进度25.0个百分点"), "{letter}");
    assert!(letter.contains("申请销号") && !letter.contains("核验销号"), "{letter}");

    let refused = take(&body, id, "answer", &[("text", "已排出计划"), ("due_on", "2024-08-17")], None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("不是工作日，请改为 2024-08-19") && page.contains("已排出计划"), "{page}");
    is_taken(&take(&body, id, "answer", &[("text", "已排出计划"), ("due_on", "2024-08-19")], None).await);
    let bare = take(&body, id, "apply", &[("text", "学位已投用")], None).await;
    assert!(bare.text().contains("须附佐证材料") && bare.text().contains("学位已投用"), "{}", bare.text());
    is_taken(&take(&body, id, "apply", &[("text", "学位已投用")], Some(("evidence", "现场.png", PICTURE))).await);

    let page = lead.get(&format!("/office/orders/{id}")).await.text();
    assert!(page.contains("现场.png") && page.contains("复核通过"), "{page}");
    is_taken(&take(&lead, id, "check", &[], None).await);
    is_taken(&take(&supervision, id, "verify", &[("text", "现场核验属实")], None).await);
    let page = supervision.get(&format!("/office/orders/{id}")).await.text();
    assert!(page.contains("已销号") && page.contains("现场核验属实") && page.contains("撤销销号"), "{page}");
    is_taken(&take(&supervision, id, "reopen", &[("text", "群众反映尚未投用")], None).await);
    let list = office.get("/office/orders").await.text();
    assert!(list.contains("曾虚假销号") && list.contains("重新办理"), "{list}");
    house.sound().await;
}

/// One account for two bodies: the answer is in the name of the body to which the order went, the check in that of the lead.
#[tokio::test]
async fn an_act_names_the_body_for_which_the_order_is() {
    let (house, _kept) = House::new().await;
    let People { office, .. } = people(&house).await;
    let at = "/office/orders/proposals";
    let page = office.get(&format!("{at}?programme=330200-2024")).await.text();
    let key = page.split("name=\"key\" value=\"").find(|part| part.contains("330203")).unwrap();
    office.post(at, &[("programme", "330200-2024"), ("key", key.split('"').next().unwrap())]).await.location();
    let order = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap()[0].id;
    let other = house.organisation("海曙区住建局", HAISHU).await;
    let bodies = [("330200", house.lead), (HAISHU, other), (HAISHU, house.body)];
    let all = Visitor::for_bodies(&house, "quanguan", &bodies).await;
    is_taken(&take(&all, order, "answer", &[("text", "已排出计划"), ("due_on", "2024-08-19")], None).await);
    let page = all.get(&format!("/office/orders/{order}")).await.text();
    let answered = page.split("<li").find(|part| part.contains("已排出计划")).unwrap();
    assert!(answered.contains("海曙区教育局") && !answered.contains("住建局"), "{answered}");
}

#[tokio::test]
async fn raising_by_hand_twice_raises_one_and_skipping_needs_a_reason() {
    let (house, _kept) = House::new().await;
    let People { office, .. } = people(&house).await;
    let page = office.get("/office/orders/new?programme=330200-2024").await;
    let (project, body) = (house.project.to_string(), house.body.to_string());
    let once = page.value("once");
    let fields = [
        ("programme", "330200-2024"),
        ("once", &*once),
        ("kind", "order"),
        ("project", &*project),
        ("region", HAISHU),
        ("organisation", &*body),
        ("title", "校舍质量问题"),
        ("demand", "请停工整改"),
    ];
    let refused = office.post("/office/orders/new", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("请写明理由") && refused.text().contains("请停工整改"), "{}", refused.text());
    let with: Vec<_> = fields.into_iter().chain([("skip_reason", "质量安全，紧急")]).collect();
    let first = office.post("/office/orders/new", &with).await.location();
    assert_eq!(office.post("/office/orders/new", &with).await.location(), first, "a double click");
    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    assert_eq!(
        (all.len(), all[0].colour.as_str(), all[0].skip_reason.as_deref()),
        (1, "orange", Some("质量安全，紧急"))
    );
    let page = office.get(&first).await.text();
    assert!(page.contains("质量安全，紧急") && page.contains("校舍质量问题"), "{page}");
}

#[tokio::test]
async fn escalating_leads_from_letter_to_letter() {
    let (house, _kept) = House::new().await;
    let People { office, .. } = people(&house).await;
    let order = house.reminder().await;
    let page = office.get(&format!("/office/orders/new?programme=330200-2024&previous={}", order.id)).await;
    assert!(page.text().contains("接上一级") && !page.text().contains("value=\"reminder\""), "{}", page.text());
    let id = order.id.to_string();
    let fields = [
        ("programme", "330200-2024"),
        ("previous", &*id),
        ("kind", "circular"),
        ("project", &*house.project.to_string()),
        ("region", HAISHU),
        ("organisation", &*house.body.to_string()),
        ("title", "中小学扩容进度滞后"),
        ("demand", "通报批评"),
        ("skip_reason", "连续三个月滞后"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let next = office.post("/office/orders/new", &fields).await.location();
    assert!(office.get(&next).await.text().contains("〔2024〕1号"), "it names the one before");
    let old = office.get(&format!("/office/orders/{id}")).await.text();
    assert!(old.contains("已升级") && old.contains("〔2024〕2号"), "{old}");
    assert_eq!(house.order(order.id).await.state(), State::Escalated);
    let late = office.post("/office/orders/new", &fields).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.text());
}

#[tokio::test]
async fn somebody_who_was_slower_is_told_and_keeps_what_was_typed() {
    let (house, _kept) = House::new().await;
    let People { body, .. } = people(&house).await;
    let order = house.reminder().await;
    let at = format!("/office/orders/{}/answer", order.id);
    let fields = |text| [("version", "1"), ("text", text), ("due_on", "2024-08-20")];
    is_taken(&body.upload(&at, &fields("先到的答复"), None).await);
    let late = body.upload(&at, &fields("后到的答复"), None).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    let page = late.text();
    assert!(page.contains("刚刚办理了“答复”") && page.contains("先到的答复"), "{page}");
    let acts = orders::acts_of(house.store.reader(), order.id).await.unwrap();
    assert_eq!(acts.len(), 2);
}

#[tokio::test]
async fn others_neither_see_nor_act() {
    let (house, _kept) = House::new().await;
    let People { body, supervision, .. } = people(&house).await;
    let order = house.reminder().await;
    let at = format!("/office/orders/{}", order.id);
    let another = house.organisation("鄞州区教育局", "330212").await;
    let other = Visitor::of(&house, "yinzhou", Role::ResponsibleBody, "330212", Some(another)).await;
    assert_eq!(other.get(&at).await.status, StatusCode::NOT_FOUND, "its existence is nobody else's business");
    assert!(!other.get("/office/orders").await.text().contains("〔2024〕1号"));
    let county = Visitor::new(&house, "haishuban", Role::ProgrammeOffice, HAISHU).await;
    assert!(
        county.get(&at).await.text().contains("请查明原因"),
        "the county's office sees what is asked of the county"
    );
    let extend = [("version", "1"), ("text", "请宽限"), ("due_on", "2024-09-02")];
    let refused = county.upload(&format!("{at}/extend"), &extend, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "only the office that chases extends: {}", refused.text());
    assert_eq!(body.post(&format!("{at}/verify"), &[]).await.status, StatusCode::FORBIDDEN);
    let early = supervision.upload(&format!("{at}/verify"), &[("version", "1")], None).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    assert!(early.text().contains("现为“待答复”"), "{}", early.text());
    assert_eq!(Visitor::nobody(&house).get(&at).await.status, StatusCode::SEE_OTHER, "to the sign-in page");
    assert_eq!(house.order(order.id).await.version, 1);
}

#[tokio::test]
async fn the_api_raises_acts_and_lists() {
    let (house, _kept) = House::new().await;
    let People { office, body, .. } = people(&house).await;
    let new = json!({
        "kind": "reminder", "project": house.project, "region": HAISHU, "organisation": house.body,
        "title": "进度滞后", "demand": "请查明原因",
    });
    let made = office.call(Method::POST, "/api/v1/programmes/330200-2024/orders", new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!((&made["number"], &made["due_on"]), (&json!("〔2024〕1号"), &json!("2024-07-15")));
    let id = made["id"].as_str().unwrap();
    let at = format!("/api/v1/orders/{id}/acts");
    let fields = [("act", "apply"), ("version", "1"), ("text", "已完成")];
    let applied = body.upload(&at, &fields, Some(("evidence", "a.png", PICTURE))).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
    let applied = applied.json();
    assert_eq!((&applied["state"], &applied["version"]), (&json!("applied"), &json!(2)));
    let proof = applied["acts"][1]["evidence"][0].as_str().unwrap();
    assert_eq!(office.get(proof).await.status, StatusCode::OK);
    let another = house.organisation("鄞州区教育局", "330212").await;
    let other = Visitor::of(&house, "yinzhou", Role::ResponsibleBody, "330212", Some(another)).await;
    assert_eq!(other.get(proof).await.status, StatusCode::NOT_FOUND, "as the order itself");
    let again = body.upload(&at, &fields, Some(("evidence", "a.png", PICTURE))).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let listed = office.call(Method::GET, "/api/v1/orders?shelf=applied", Value::Null).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let sheet = office.call(Method::GET, "/api/v1/orders?shelf=all&format=xlsx", Value::Null).await;
    assert_eq!(&sheet.body[..2], b"PK");
    let table = office.call(Method::GET, "/api/v1/orders?shelf=all&format=csv", Value::Null).await.text();
    assert!(table.contains("责任单位") && table.contains("进度滞后"), "{table}");
}

#[tokio::test]
async fn a_missed_deadline_is_proposed_to_the_next_step() {
    let (mut house, _kept) = House::new().await;
    let order = house.reminder().await;
    house.store = house.store.with_clock(crate::house::at("2024-07-16"));
    let People { office, .. } = people(&house).await;
    let page = office.get("/office/orders/proposals?programme=330200-2024").await.text();
    assert!(page.contains("提醒函〔2024〕1号逾期（期限 2024年7月15日）"), "{page}");
    let key = format!("next:{}", order.id);
    let sent = office.post("/office/orders/proposals", &[("programme", "330200-2024"), ("key", &key)]).await;
    assert!(sent.location().ends_with("sent=1"), "{}", sent.text());
    let all = orders::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    assert_eq!((all[1].kind(), all[1].skip_reason.clone()), (OrderKind::Order, None));
    assert!(all[1].demand.contains("期限已过，尚未办结"), "{}", all[1].demand);
    let overdue = office.get("/office/orders?shelf=overdue").await.text();
    assert!(overdue.contains("这里没有督办"), "the one before has been escalated: {overdue}");
}

#[tokio::test]
async fn a_catch_up_plan_is_part_of_the_answer_and_its_milestones_are_reached() {
    let (house, _kept) = House::new().await;
    let People { office, body, .. } = people(&house).await;
    let order = house.reminder().await;
    let at = format!("/office/orders/{}/catch-up", order.id);
    let half = [("version", "1"), ("name_1", "主体完工"), ("day_1", "八月")];
    let refused = body.post(&at, &half).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("第 1 行") && refused.text().contains("主体完工"), "{}", refused.text());
    let lines = [
        ("version", "1"),
        ("name_1", "主体完工"),
        ("day_1", "2024-08-10"),
        ("name_2", "投用"),
        ("day_2", "2024-09-01"),
    ];
    assert_eq!(body.post(&at, &lines).await.status, StatusCode::SEE_OTHER);
    let late = body.post(&at, &lines).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "a double click plans once");
    assert_eq!(office.get(&at).await.status, StatusCode::FORBIDDEN, "the plan is the body's");
    let row = house.order(order.id).await;
    let plan = orders::catch_up_of(house.store.reader(), &row).await.unwrap();
    assert_eq!(plan.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["主体完工", "投用"]);
    let known = plan::milestones::of_programme(house.store.reader(), house.outline.programme.id).await.unwrap();
    assert_eq!(plan::milestones::rules::catch_up_at(&known, house.project, HAISHU.parse().unwrap()).len(), 2);
    let marks = format!("{at}/marks");
    let milestone = plan[0].id.to_string();
    assert_eq!(body.post(&marks, &[("milestone", &milestone)]).await.status, StatusCode::SEE_OTHER);
    let page = office.get(&format!("/office/orders/{}", order.id)).await.text();
    assert!(page.contains("追赶计划") && page.contains("主体完工") && page.contains("已完成"), "{page}");
    let timeline = office.get(&format!("/office/projects/{}/timeline", house.project)).await.text();
    assert!(timeline.contains("节点完成：主体完工"), "{timeline}");
    house.sound().await;
}
