//! Milestones, plans and terms: stored alike on both databases, edited on pages, and never lost to a race.

use axum::http::StatusCode;
use figures::Decimal;
use kernel::{Role, ScheduleBasis};
use ledger::programmes::{self, Outline};
use plan::curves::{self, Basis, NewPlan, rules::scheduled};
use plan::milestones::{self, NewMark, rules};
use store::audit::Event;
use store::{Actor, Store};

use crate::house::{House, csv, plan};
use crate::visitor::Visitor;

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,目标值,完成值,截至",
    "330200,2025,1,教育惠民,中小学扩容,新增学位,个,县,6000,,",
];

async fn fill(store: &Store, folder: &std::path::Path) -> Outline {
    let path = folder.join("a.csv");
    std::fs::write(&path, csv(SHEET)).unwrap();
    let options = plan::sheet::Options { publish: true, ..Default::default() };
    plan::sheet::import(store, &Actor::operator("test"), &path, &options, &mut |_| {}).await.unwrap();
    let programme = programmes::find(store.reader(), "330200-2025").await.unwrap().unwrap();
    Outline::load(store.reader(), programme).await.unwrap()
}

async fn stored_alike(store: &Store, outline: &Outline) {
    let (project, programme) = (outline.projects[0].id, outline.programme.id);
    let haishu = "330203".parse().unwrap();
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    milestones::apply_template(&mut tx, outline, (project, None), "building").await.unwrap();
    milestones::apply_template(&mut tx, outline, (project, Some(haishu)), "equipment").await.unwrap();
    assert!(milestones::apply_template(&mut tx, outline, (project, None), "castle").await.is_err());
    let plan = NewPlan { project, region: None, basis: Basis::Milestones, stepped: false, points: Vec::new() };
    curves::set(&mut tx, outline, &plan, 1).await.unwrap();
    assert!(curves::set(&mut tx, outline, &plan, 1).await.is_err(), "somebody was faster");
    tx.commit().await.unwrap();
    let all = milestones::of_programme(store.reader(), programme).await.unwrap();
    let of = |place: &str| rules::plan_at(&all, project, place.parse().unwrap());
    assert_eq!((of("330203").len(), of("330205").len()), (5, 7));
    let plans = curves::of_programme(store.reader(), programme).await.unwrap();
    let due = |place: &str| {
        let plan = plans.at(project, place.parse().unwrap());
        scheduled(plan, &of(place), "2025-03-31".parse().unwrap(), (2025, ScheduleBasis::Months)).percent
    };
    assert_eq!((due("330205"), due("330203")), (Decimal::from(30), Decimal::from(25)), "its own plan counts by months");
    let mark = |day: &str| NewMark {
        milestone: of("330205")[2].id,
        region: "330205".parse().unwrap(),
        reached_on: day.parse().unwrap(),
        by_name: "区教育局".into(),
        return_id: None,
    };
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let event = Event::new("milestone.reached", "project", project, serde_json::Value::Null);
    assert_eq!(milestones::mark(&tx, outline, event.id, &[mark("2025-03-20")]).await.unwrap(), 1);
    assert_eq!(milestones::mark(&tx, outline, event.id, &[mark("2025-03-20")]).await.unwrap(), 0, "the same again");
    assert_eq!(milestones::mark(&tx, outline, event.id, &[mark("2025-03-25")]).await.unwrap(), 1, "another day");
    assert!(milestones::mark(&tx, outline, event.id, &[mark("2026-03-25")]).await.is_err(), "in the future");
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    let marks = milestones::marks_of_programme(store.reader(), programme, None).await.unwrap();
    assert_eq!(marks.len(), 2, "nothing is overwritten");
    let day = rules::reached_on(&marks, of("330205")[2].id, "330205".parse().unwrap(), None);
    assert_eq!(day, Some("2025-03-25".parse().unwrap()));
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let refused = milestones::apply_template(&mut tx, outline, (project, None), "road").await.unwrap_err();
    assert!(refused.to_string().contains("已有地方完成"), "{refused}");
}

databases::on_both!(crate::house::House::on => milestones_and_plans);

async fn milestones_and_plans(house: House) {
    let outline = fill(&house.store, house.folder.path()).await;
    stored_alike(&house.store, &outline).await;
}

#[tokio::test]
async fn the_course_of_a_project_is_planned_on_its_page() {
    let house = House::new().await;
    let outline = fill(&house.store, house.folder.path()).await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let at = format!("/office/programmes/330200-2025/projects/{}/course", outline.projects[0].id);
    assert_eq!(office.get(&at).await.status, StatusCode::OK);
    let taken = office.post(&format!("{at}/template"), &[("place", ""), ("kind", "building")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    let page = office.get(&at).await.text();
    assert!(page.contains("主体完工") && page.contains("2025-08-31"), "{page}");
    let short = [
        ("place", ""),
        ("version", "1"),
        ("name", "开工"),
        ("stage", "start"),
        ("weight", "40"),
        ("milestone", ""),
        ("planned_on", "2025-03-31"),
    ];
    let refused = office.post(&format!("{at}/milestones"), &short).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("应为 100，现在是 40"), "{}", refused.text());
    let curve = [
        ("place", ""),
        ("version", "1"),
        ("basis", "curve"),
        ("cut_off", "2025-03-31"),
        ("percent", "40"),
        ("cut_off", "2025-06-30"),
        ("percent", "30"),
    ];
    let refused = office.post(&format!("{at}/plan"), &curve).await;
    assert!(refused.text().contains("计划只升不降"), "{}", refused.text());
    let curve = [
        ("place", ""),
        ("version", "1"),
        ("basis", "curve"),
        ("cut_off", "2025-03-31"),
        ("percent", "10%"),
        ("cut_off", "2025-06-30"),
        ("percent", "30"),
    ];
    assert_eq!(office.post(&format!("{at}/plan"), &curve).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&format!("{at}/plan"), &curve).await.status, StatusCode::CONFLICT, "planned meanwhile");
    let person =
        [("place", "330203"), ("role", "lead"), ("body", "海曙区教育局"), ("post", ""), ("valid_from", "2025-01-01")];
    assert_eq!(office.post(&format!("{at}/people"), &person).await.status, StatusCode::SEE_OTHER);
    assert_eq!(office.post(&format!("{at}/people"), &person).await.status, StatusCode::CONFLICT, "holds it already");
    let wrong = [
        ("place", "330203"),
        ("role", "lead"),
        ("body", "海曙区发改局"),
        ("valid_from", "2025-05-01"),
        ("valid_to", "2025-04-01"),
    ];
    assert!(office.post(&format!("{at}/people"), &wrong).await.text().contains("止日不能早于起日"));
    let all = programmes::all_responsibilities(house.store.reader(), outline.programme.id).await.unwrap();
    let leads = programmes::Leads::of(all.clone());
    let lead = |place: &str, day: &str| {
        let (place, day) = (place.parse().unwrap(), day.parse().unwrap());
        leads.at(outline.projects[0].id, outline.indicators[0].id, place, day)
    };
    assert!(lead("330203001", "2025-01-01").is_some() && lead("330203", "2024-12-31").is_none());
    assert!(lead("330205", "2025-06-01").is_none());
    let ended =
        office.post(&format!("{at}/people/{}/end", all[0].id), &[("place", "330203"), ("last", "2025-06-30")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.text());
    let county = Visitor::new(&house, "jiangbei", Role::ProgrammeOffice, "330205").await;
    assert_eq!(county.post(&format!("{at}/people"), &person).await.status, StatusCode::FORBIDDEN);
}
