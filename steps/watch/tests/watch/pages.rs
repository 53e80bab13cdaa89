//! The pages and the API as offices use them.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use kernel::Role;

use crate::house::{HAISHU, House, SLUG, watch};
use crate::visitor::Visitor;

#[tokio::test]
async fn every_route_is_listed() {
    for step in watch::steps() {
        web::assert_every_route_listed(step).await;
    }
}

fn has(text: &str, wanted: &[&str]) {
    for one in wanted {
        assert!(text.contains(one), "{one} is missing in\n{text}");
    }
}

#[tokio::test]
async fn an_office_sees_what_lags_first_and_why() {
    let (house, year) = House::with_year().await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let list = office.get("/office/watch").await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text());
    has(&list.text(), &["宁波市2024年度民生实事", "60.2%", "最落后", "老年食堂"]);
    let page = office.get(&format!("/office/watch/{SLUG}")).await.text();
    has(&page, &["60.2%", "快于序时 10.2 个百分点", "3 个项目，各按 100% 封顶后平均", "序时进度", "50.0%（6/12 月）"]);
    has(&page, &["数量进度 36.7%，序时 50.0%，慢于序时 13.3 个百分点（超过 10）", "银川市2025年通报", "据原文"]);
    has(
        &page,
        &["市能源局", "缺本期", "预测", "74.9%", "1 项完成，1 项超过 80%（含已完成 1 项，两数有重叠，不可相加）"],
    );
    assert!(page.find("id=\"lagging\"").unwrap() < page.find("id=\"all\"").unwrap());
    let late = office.get(&format!("/office/watch/{SLUG}?light=done")).await.text();
    has(&late, &["康复医院", "清除筛选", "1 / 3"]);
    assert!(!late.contains("projects/{}\">老年食堂"), "{late}");
    let project = office.get(&format!("/office/watch/{SLUG}/projects/{}", year.project(year.piles))).await;
    assert_eq!(project.status, StatusCode::OK, "{}", project.text());
    has(
        &project.text(),
        &[
            "为什么是这个灯",
            "data-series=\"forecast\"",
            "充电桩建设",
            "3 个地方合计",
            "江北区",
            "严重滞后",
            "2024-12-31",
        ],
    );
    let regions = office.get(&format!("/office/watch/{SLUG}/regions")).await.text();
    has(&regions, &["北仑区", "65.0%", "class=\"late", "慢于序时 40.0 个百分点", "连续 5 个月", "椒江区"]);
    let bodies = office.get(&format!("/office/watch/{SLUG}/bodies")).await.text();
    has(&bodies, &["谁没有报", "北仑区", "老年食堂", "2024-04-30", "市能源局", "44.0%"]);
    let english = office.get(&format!("/office/watch/{SLUG}?lang=en")).await.text();
    has(&english, &["13.3 points behind", "read in the source", "forecast"]);
}

#[tokio::test]
async fn a_page_costs_few_statements_however_much_was_reported() {
    let (house, year) = House::with_year().await;
    let office = Visitor::new(&house, "ningbo", Role::SupervisionOffice, "330200").await;
    let project = format!("/projects/{}", year.project(year.piles));
    for page in ["", "/regions", "/bodies", &project] {
        let before = house.store.statements();
        let reply = office.get(&format!("/office/watch/{SLUG}{page}")).await;
        assert_eq!(reply.status, StatusCode::OK);
        let cost = house.store.statements() - before;
        assert!((1..=24).contains(&cost), "{page}: {cost} statements");
    }
}

/// The board of a day in May, seen in July: a banner, and nothing that came later.
#[tokio::test]
async fn time_travel_says_so() {
    let (house, _) = House::with_year().await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let past = office.get(&format!("/office/watch/{SLUG}?on=2024-05-10")).await.text();
    has(&past, &["历史页面", "2024年5月10日", "截至 2024年4月30日", "33.3%（4/12 月）", "看现在"]);
    assert!(!past.contains("2024-06-30"), "a later cut-off is offered");
    assert!(!past.contains("data-live="), "a past day does not change");
    let now = office.get(&format!("/office/watch/{SLUG}")).await.text();
    has(&now, &[&format!("data-live=\"/office/watch/{SLUG}/live\"")]);
    let chosen = office.get(&format!("/office/watch/{SLUG}?to=2024-03-31")).await.text();
    has(&chosen, &["指定截止日", "25.0%（3/12 月）"]);
    let wrong = office.get(&format!("/office/watch/{SLUG}?on=gestern")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    has(&wrong.text(), &["不是日期"]);
}

#[tokio::test]
async fn a_county_sees_its_own_place_and_nobody_elses() {
    let (house, _) = House::with_year().await;
    let county = Visitor::new(&house, "haishu", Role::ProgrammeOffice, HAISHU).await;
    let page = county.get(&format!("/office/watch/{SLUG}")).await;
    assert_eq!(page.status, StatusCode::OK);
    has(&page.text(), &["海曙区", "50.0%", "40.0%"]);
    assert!(!page.text().contains("康复医院"), "the clinic is the city's own");
    assert_eq!(county.get(&format!("/office/watch/{SLUG}?place=330205")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(county.get(&format!("/office/watch/{SLUG}?place=330100")).await.status, StatusCode::NOT_FOUND);
    let other = Visitor::new(&house, "hangzhou", Role::ProgrammeOffice, "330100").await;
    assert_eq!(other.get(&format!("/office/watch/{SLUG}")).await.status, StatusCode::FORBIDDEN);
    let nobody = Visitor::nobody(&house);
    assert_eq!(nobody.get(&format!("/office/watch/{SLUG}")).await.status, StatusCode::SEE_OTHER);
    assert_eq!(nobody.get(&format!("/api/v1/programmes/{SLUG}/watch")).await.status, StatusCode::UNAUTHORIZED);
    let auditor = Visitor::new(&house, "shenji", Role::Auditor, "330200").await;
    assert_eq!(auditor.get("/office/watch").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_table_can_be_taken_away() {
    let (house, _) = House::with_year().await;
    let office = Visitor::new(&house, "ningbo", Role::ProgrammeOffice, "330200").await;
    let at = format!("/api/v1/programmes/{SLUG}/watch");
    let list = office.get(&at).await.json();
    let rows = list["items"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!((rows[1]["quantity"].as_str(), rows[1]["deviation"].as_str()), (Some("36.7"), Some("-13.3")));
    assert_eq!((rows[1]["light"].as_str(), rows[0]["chance"].as_str()), (Some("behind"), Some("unlikely")));
    assert_eq!(rows[0]["forecast"].as_str(), Some("74.9"));
    let places = office.get(&format!("{at}/regions")).await.json();
    assert_eq!((places["items"][0]["name"].as_str(), places["items"][0]["place"].as_u64()), (Some("北仑区"), Some(1)));
    let cells = office.get(&format!("{at}/matrix")).await.json();
    assert_eq!(cells["items"].as_array().unwrap().len(), 6);
    let missing = office.get(&format!("{at}/missing")).await.json();
    assert_eq!(
        (missing["items"][0]["place"].as_str(), missing["items"][0]["days"].as_i64()),
        (Some("北仑区"), Some(5))
    );
    let bodies = office.get(&format!("{at}/bodies")).await.json();
    assert_eq!(
        (bodies["items"][0]["name"].as_str(), bodies["items"][0]["mean"].as_str()),
        (Some("市能源局"), Some("44.0"))
    );
    for table in ["", "/regions", "/matrix", "/bodies", "/missing"] {
        let sheet = office.get(&format!("{at}{table}?format=csv")).await;
        assert_eq!(sheet.status, StatusCode::OK);
        assert!(sheet.headers[CONTENT_TYPE].to_str().unwrap().starts_with("text/csv"), "{table}");
        assert!(sheet.text().lines().count() > 1);
        let book = office.get(&format!("{at}{table}?format=xlsx")).await;
        assert!(book.body.starts_with(b"PK"), "{table}");
    }
}
