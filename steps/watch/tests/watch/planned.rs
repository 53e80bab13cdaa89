//! The board with plans, milestones and reporting rounds.

use axum::http::StatusCode;
use figures::Decimal;
use kernel::Role;
use ledger::entries::View;
use ledger::programmes;
use ledger::rules::Light;
use plan::curves::{self, Basis, NewPlan};
use plan::milestones::{self, MilestoneForm, NewMark, Stage};
use report::tables::{returns, rounds};
use sea_orm::{EntityTrait, IntoActiveModel};
use store::audit::Event;
use store::{Actor, Store};
use uuid::Uuid;
use watch::rules::lights::Cause;
use watch::state::{self, Watched};

use crate::house::{BEILUN, HAISHU, House, JIANGBEI, SLUG, Year, clock, day, month_end, region, watch};
use crate::visitor::Visitor;

async fn at(store: &Store, place: &str, view: View) -> Watched {
    let programme = programmes::find(store.reader(), SLUG).await.unwrap().unwrap();
    state::of_programme(store.reader(), programme, region(place), view).await.unwrap()
}

/// Piles should be under way by the end of March and in use by the end of the year.
async fn plan_piles(store: &Store, year: &Year) -> Uuid {
    let project = year.project(year.piles);
    let form = |stage, name: &str, weight: i64, planned: u32| MilestoneForm {
        id: None,
        stage,
        name: name.into(),
        weight: Decimal::from(weight),
        planned_on: Some(month_end(planned)),
    };
    let forms = [form(Stage::Start, "开工", 40, 3), form(Stage::InUse, "投用", 60, 12)];
    let january = store.with_clock(clock("2024-01-12"));
    let mut tx = january.begin(&Actor::operator("test")).await.unwrap();
    milestones::replace(&mut tx, &year.outline, (project, None), 0, &forms).await.unwrap();
    tx.commit().await.unwrap();
    let all = milestones::of_programme(store.reader(), year.outline.programme.id).await.unwrap();
    all.iter().find(|one| one.stage == Stage::Start).unwrap().id
}

#[tokio::test]
async fn a_start_that_nobody_reports_turns_the_light_until_it_is_marked() {
    let (house, year) = House::with_year().await;
    let start = plan_piles(&house.store, &year).await;
    let before = at(&house.store, "330200", View::default()).await;
    let piles = &before.projects[0];
    assert_eq!((piles.light, piles.why[0].cause), (Some(Light::FarBehind), Cause::Start), "{:?}", piles.why);
    assert_eq!(piles.why[1].cause, Cause::Pace, "the pace is told as well");
    assert_eq!(piles.lagging, Some((month_end(3), 4)));
    assert_eq!(piles.stage, None);

    let event = Event::new("test.marked", "project", SLUG, serde_json::Value::Null);
    let mut tx = house.store.begin(&Actor::operator("test")).await.unwrap();
    let mark = NewMark {
        milestone: start,
        region: region(HAISHU),
        reached_on: day("2024-06-20"),
        by_name: "测试".into(),
        return_id: None,
    };
    milestones::mark(&tx, &year.outline, event.id, &[mark]).await.unwrap();
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    let after = at(&house.store, "330200", View::default()).await;
    assert_eq!((after.projects[0].light, after.projects[0].stage.as_deref()), (Some(Light::OnSchedule), Some("开工")));
    let jiangbei = at(&house.store, JIANGBEI, View::default()).await;
    let says = |cause| jiangbei.projects[0].why.iter().any(|why| why.cause == cause);
    assert!(says(Cause::Start) && says(Cause::Pace), "Jiangbei itself has not started");
    let then = at(&house.store, "330200", View { cut_off: None, known: Some(day("2024-07-04")) }).await;
    assert_eq!(then.projects[0].light, Some(Light::FarBehind), "on that day it was not known");
}

#[tokio::test]
async fn a_project_is_compared_with_its_own_curve() {
    let (house, year) = House::with_year().await;
    let new = NewPlan {
        project: year.project(year.piles),
        region: None,
        basis: Basis::Curve,
        stepped: false,
        points: curves::rules::quarters(2024, [10, 40, 80, 100].map(Decimal::from)),
    };
    let mut tx = house.store.begin(&Actor::operator("test")).await.unwrap();
    curves::set(&mut tx, &year.outline, &new, 0).await.unwrap();
    tx.commit().await.unwrap();
    let watched = at(&house.store, "330200", View::default()).await;
    let (piles, canteens) = (&watched.projects[0], &watched.projects[1]);
    assert_eq!(piles.deviation, Some(Decimal::from(4)));
    assert_eq!(piles.due.as_ref().unwrap().basis.zh, "计划曲线");
    assert_eq!(canteens.due.as_ref().unwrap().percent, Decimal::from(50), "others as the programme counts");
    assert_eq!(watched.due().percent, Decimal::from(50));
}

/// A round of the programme with returns of these places, approved or not.
pub(crate) async fn round(store: &Store, year: &Year, month: u32, returned: &[(&str, bool)]) {
    let on = store.for_upkeep();
    let noon = |text: String| format!("{text}T04:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let opened_ms = noon(format!("2024-{:02}-01", month + 1)).timestamp_millis();
    let approved_ms = noon(format!("2024-{:02}-04", month + 1)).timestamp_millis();
    let row = rounds::Model {
        id: Uuid::now_v7(),
        programme_id: year.outline.programme.id,
        cut_off: month_end(month),
        opens_on: day(&format!("2024-{:02}-01", month + 1)),
        closes_on: day(&format!("2024-{:02}-03", month + 1)),
        closes_ms: noon(format!("2024-{:02}-03", month + 1)).timestamp_millis() + 12 * 3_600_000,
        review_levels: "city".into(),
        opened_ms,
        opened_by: "test".into(),
        closed_ms: None,
        closed_by: None,
        owed: i64::try_from(returned.len()).unwrap(),
        without_body: 0,
    };
    let id = row.id;
    rounds::Entity::insert(row.into_active_model()).exec_without_returning(on).await.unwrap();
    for (place, approved) in returned {
        let row = returns::Model {
            id: Uuid::now_v7(),
            programme_id: year.outline.programme.id,
            round_id: id,
            cut_off: month_end(month),
            project_id: year.project(year.canteens),
            region: region(place).stored(),
            organisation_id: year.lead,
            state: if *approved { "approved" } else { "owed" }.into(),
            level: 0,
            awaits: None,
            version: 1,
            stage: None,
            reached_on: None,
            image: None,
            places: String::new(),
            problem: String::new(),
            cause: None,
            late_until: None,
            filled_by: None,
            first_submitted_ms: approved.then_some(approved_ms),
            submitted_ms: approved.then_some(approved_ms),
            approved_ms: approved.then_some(approved_ms),
            updated_ms: opened_ms,
            flags: 0,
        };
        returns::Entity::insert(row.into_active_model()).exec_without_returning(on).await.unwrap();
    }
}

#[tokio::test]
async fn the_board_waits_for_a_running_round_and_says_who_is_late() {
    let (house, year) = House::with_year().await;
    round(&house.store, &year, 5, &[(HAISHU, true), (JIANGBEI, true), (BEILUN, true)]).await;
    round(&house.store, &year, 6, &[(HAISHU, true), (JIANGBEI, true), (BEILUN, false)]).await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let page = office.get(&format!("/office/watch/{SLUG}")).await.text();
    assert!(page.contains("截至 2024年5月31日") && page.contains("正在填报"), "{page}");
    assert!(page.contains("已审核入台账 2 / 3 件") && page.contains("?to=2024-06-30"), "{page}");
    let june = office.get(&format!("/office/watch/{SLUG}/bodies?to=2024-06-30")).await;
    assert_eq!(june.status, StatusCode::OK);
    let june = june.text();
    assert!(june.contains("北仑区") && june.contains("未填报") && june.contains("逾期 2 天"), "{june}");
    assert!(june.contains("/office/returns/"), "{june}");
    // On 2 June nothing of May's round was in the ledger: the board stood at April, the latest with figures.
    let then = at(&house.store, "330200", View { cut_off: None, known: Some(day("2024-06-02")) }).await;
    assert_eq!(then.gathered.cut_off, month_end(4));
    let then = at(&house.store, "330200", View { cut_off: None, known: Some(day("2024-06-05")) }).await;
    assert_eq!(then.gathered.cut_off, month_end(5));
}

#[tokio::test]
async fn what_lags_and_what_waits_is_told_once_a_day() {
    let (house, year) = House::with_year().await;
    Visitor::new(&house, "ningbo", Role::SupervisionOffice, "330200").await;
    let morning = |text: &str| {
        let noon: chrono::DateTime<chrono::Utc> = format!("{text}Z").parse().unwrap();
        house.store.with_clock(kernel::Clock::fixed(noon))
    };
    assert_eq!(watch::digest::announce(&morning("2024-07-08T23:00:00")).await.unwrap(), 0, "seven in the morning");
    let nine = morning("2024-07-09T01:00:00");
    assert_eq!(watch::digest::announce(&nine).await.unwrap(), 1, "nobody acts for the body that leads");
    watch::digest::announce(&nine).await.unwrap();
    let all = || async { notices::tables::notices::Entity::find().all(house.store.reader()).await.unwrap() };
    let told = all().await;
    assert_eq!(told.len(), 1, "told once, however often it is announced: {told:?}");
    assert!(told[0].subject_zh.contains("1 项滞后") && told[0].body_zh.contains("老年食堂"), "{told:?}");
    assert_eq!(told[0].link, format!("/office/watch/{SLUG}"));
    // A return that the city has had for four days.
    round(&house.store, &year, 6, &[(BEILUN, false)]).await;
    let submitted = nine.clock().now_ms() - 4 * 86_400_000;
    let waits = returns::ActiveModel {
        state: sea_orm::Set("submitted".into()),
        submitted_ms: sea_orm::Set(Some(submitted)),
        awaits: sea_orm::Set(Some(region("330200").stored())),
        ..Default::default()
    };
    returns::Entity::update_many().set(waits).exec(house.store.for_upkeep()).await.unwrap();
    watch::digest::announce(&nine).await.unwrap();
    let told = all().await;
    assert!(told.iter().any(|one| one.subject_zh.contains("1 件填报待审已超过 3 天")), "{told:?}");
    watch::digest::announce(&morning("2024-07-10T01:00:00")).await.unwrap();
    assert_eq!(all().await.len(), 4, "the next day both again");
}
