//! Decomposing: by hand, in proportion, from a sheet, level by level – and while somebody else changes the target.

use axum::http::{Method, StatusCode};
use kernel::Role;
use ledger::allocations::{self, Share};
use ledger::entries::View;
use ledger::programmes::{self, Outline};
use serde_json::json;

use crate::house::{House, csv};
use crate::visitor::{Reply, Visitor};

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,承担单位,目标值,完成值,截至",
    "330200,2025,1,教育惠民,中小学扩容,新增学位,个,镇,,,10000,,",
    ",,,,,常住人口,人,县,330203,,,1041000,2024-12-31",
    ",,,,,常住人口,人,县,330205,,,497000,2024-12-31",
    ",,,,,常住人口,人,县,330206,,,863000,2024-12-31",
    ",,2,安居,老旧小区改造,改造小区,个,县,,,6,,",
    ",,,,,改造小区,个,县,330203,海曙区住建局,2,,",
];

async fn house() -> House {
    let house = House::new().await;
    let options = minsheng_plan::sheet::Options { publish: true, ..Default::default() };
    house.import_with("a.csv", &csv(SHEET), &options).await.unwrap();
    house
}

async fn outline(house: &House) -> Outline {
    let on = house.store.reader();
    Outline::load(on, programmes::find(on, "330200-2025").await.unwrap().unwrap()).await.unwrap()
}

async fn shares(house: &House, indicator: &str) -> Vec<(String, bool, String)> {
    let outline = outline(house).await;
    let id = outline.indicator(indicator).unwrap().id;
    let mut all = allocations::shares_of(house.store.reader(), &outline, id, View::default()).await.unwrap();
    all.sort_by_key(Share::spot);
    let told = |share: &Share| (share.region.short(), share.organisation.is_some(), share.target.value.to_string());
    all.iter().map(told).collect()
}

fn told(all: &[(&str, bool, &str)]) -> Vec<(String, bool, String)> {
    all.iter().map(|(place, body, target)| ((*place).to_owned(), *body, (*target).to_owned())).collect()
}

async fn at(house: &House, indicator: &str) -> String {
    let number = outline(house).await.indicator(indicator).unwrap().number;
    format!("/office/programmes/330200-2025/indicators/{number}/shares")
}

async fn ningbo(house: &House) -> Visitor {
    Visitor::new(house, "ningbo", Role::ProgrammeOffice, "330200").await
}

/// The form of a page of shares with `goals` in it: what a browser would send.
fn form<'a>(page: &'a str, goals: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let value_of = |tag: &'a str| tag.split("value=\"").nth(1).map_or("", |rest| rest.split('"').next().unwrap_or(""));
    let mut fields: Vec<(&str, &str)> = more.to_vec();
    let mut key = "";
    for tag in page.split('<').filter(|tag| tag.starts_with("input")) {
        for name in ["place", "whole", "row", "was", "goal", "body"] {
            if !tag.contains(&format!("name=\"{name}\""))
                || (name == "place" && fields.iter().any(|(n, _)| *n == "place"))
            {
                continue;
            }
            let value = value_of(tag);
            if name == "row" {
                key = value;
            }
            let typed = goals.iter().find(|(of, _)| name == "goal" && *of == key && !key.is_empty());
            fields.push((name, typed.map_or(value, |(_, typed)| typed)));
        }
    }
    fields
}

async fn save(office: &Visitor, at: &str, place: &str, goals: &[(&str, &str)], more: &[(&str, &str)]) -> Reply {
    let page = office.get(&format!("{at}?place={place}")).await.text();
    office.post(at, &form(&page, goals, more)).await
}

#[tokio::test]
async fn a_target_is_split_level_by_level_and_must_be_reached() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    let page = office.get(&at).await.text();
    assert!(page.contains("未分解") && page.contains("海曙区"), "{page}");
    let goals = [("330203", "6000"), ("330205", "3,000个")];
    let short = save(&office, &at, "330200", &goals, &[]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().contains("少 1,000") && short.text().contains("value=\"3,000个\""), "{}", short.text());
    assert_eq!(shares(&house, "新增学位").await, told(&[("330200", false, "10000")]), "nothing was written");
    let saved = save(&office, &at, "330200", &goals, &[("unfinished", "yes")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let rest = save(&office, &at, "330200", &[("330206", "1500")], &[]).await;
    assert_eq!(rest.status, StatusCode::SEE_OTHER, "{}", rest.text());
    let page = office.get(&at).await.text();
    assert!(page.contains("超分 500"), "over-allocation is shown: {page}");
    let towns = office.get(&format!("{at}?place=330203")).await.text();
    assert!(towns.contains("330203"), "{towns}");
    let first = towns.split("name=\"row\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let saved = save(&office, &at, "330203", &[(&first, "6000")], &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let open = office.get("/office/programmes/330200-2025/shares?open=1").await.text();
    assert!(!open.contains("新增学位") && open.contains("改造小区"), "{open}");
    let changed = save(&office, &at, "330200", &[("330203", "5900")], &[]).await;
    assert!(changed.text().contains("请写明理由"), "{}", changed.text());
    let changed = save(&office, &at, "330200", &[("330203", "5900")], &[("reason_text", "海曙核减")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    assert!(ledger::verify::verify(house.store.reader()).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn a_proportion_is_shown_before_it_is_saved() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    let number = outline(&house).await.indicator("常住人口").unwrap().number.to_string();
    let by = [("action", "propose"), ("basis", "indicator"), ("source", &*number)];
    let proposed = save(&office, &at, "330200", &[], &by).await;
    assert_eq!(proposed.status, StatusCode::OK, "{}", proposed.text());
    // 10000 × 1041/2401 = 4335.7, × 497/2401 = 2070.0, × 863/2401 = 3594.3.
    for share in ["4336", "2070", "3594"] {
        assert!(proposed.text().contains(&format!("value=\"{share}\"")), "{share}: {}", proposed.text());
    }
    assert!(proposed.text().contains("已分足"));
    assert_eq!(shares(&house, "新增学位").await.len(), 1, "nothing is saved");
    let pasted = [("action", "propose"), ("basis", "pasted"), ("pasted", "海曙区 1\n慈溪 x")];
    let refused = save(&office, &at, "330200", &[], &pasted).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("第 2 行") && refused.text().contains("读不懂数字"), "{}", refused.text());
    let saved = office.post(&at, &form(&proposed.text(), &[], &[])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    assert_eq!(shares(&house, "新增学位").await.len(), 4, "the programme and the three places that weigh something");
}

#[tokio::test]
async fn a_target_that_changes_meanwhile_is_told_and_nothing_is_lost() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    let page = office.get(&at).await.text();
    let outline = outline(&house).await;
    let target = allocations::shares(house.store.reader(), &outline, View::default()).await.unwrap()[0].entry;
    let entry = format!("/api/v1/entries/{target}/corrections");
    let body = json!({ "raw": "1.2万", "reason": "typing", "reason_text": "少录了" });
    assert_eq!(office.call(Method::POST, &entry, body).await.status, StatusCode::CREATED);
    let late = office.post(&at, &form(&page, &[("330203", "10000")], &[])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains("现在是 1.2万") && late.text().contains("value=\"10000\""), "{}", late.text());
    assert_eq!(shares(&house, "新增学位").await, told(&[("330200", false, "12000")]));
    // The form that comes back knows the new target: sent again, it is taken on its merits.
    let again = office.post(&at, &form(&late.text(), &[("330203", "12000")], &[])).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
}

#[tokio::test]
async fn of_two_who_split_at_once_one_is_told() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    let page = office.get(&at).await.text();
    let (one, other) = (form(&page, &[("330203", "10000")], &[]), form(&page, &[("330203", "11000")], &[]));
    let (one, other) = tokio::join!(office.post(&at, &one), office.post(&at, &other));
    let mut statuses = [one.status, other.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::SEE_OTHER, StatusCode::CONFLICT]);
    assert_eq!(shares(&house, "新增学位").await.len(), 2);
}

#[tokio::test]
async fn an_office_below_splits_its_own_share_only() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    save(&office, &at, "330200", &[("330203", "10000")], &[]).await;
    let county = Visitor::new(&house, "haishu", Role::ProgrammeOffice, "330203").await;
    let page = county.get(&format!("{at}?place=330203")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let first = page.text().split("name=\"row\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let saved = save(&county, &at, "330203", &[(&first, "10000")], &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let refused = county.post(&at, &[("place", "330205"), ("row", "330205001"), ("goal", "1"), ("was", "")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(county.get(&at).await.status, StatusCode::FORBIDDEN, "not the city's own split");
}

#[tokio::test]
async fn bodies_get_shares_by_name() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "改造小区").await);
    let saved = save(&office, &at, "330200", &[("330203", "6")], &[]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let page = office.get(&format!("{at}?place=330203")).await.text();
    assert!(page.contains("海曙区住建局"), "{page}");
    let mut fields = form(&page, &[], &[]);
    let blank = fields.iter().position(|(name, value)| {
        *name == "body" && value.is_empty() && {
            let at = fields.iter().position(|field| std::ptr::eq(field.1, *value) && field.0 == "body").unwrap();
            fields[..at].iter().rev().find(|(name, _)| *name == "row").is_some_and(|(_, key)| key.is_empty())
        }
    });
    fields[blank.unwrap()].1 = "海曙区城管局";
    let goal = fields.iter().enumerate().position(|(at, (name, _))| *name == "goal" && at > blank.unwrap()).unwrap();
    fields[goal].1 = "4";
    let saved = office.post(&at, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let all = shares(&house, "改造小区").await;
    assert_eq!(all.iter().filter(|(_, body, _)| *body).count(), 2, "{all:?}");
    let outline = outline(&house).await;
    let leaves = allocations::leaves(house.store.reader(), &outline, View::default()).await.unwrap();
    assert_eq!(leaves.iter().filter(|leaf| leaf.organisation.is_some()).count(), 2);
}

#[tokio::test]
async fn a_sheet_is_checked_before_anything_is_saved() {
    let house = house().await;
    let (office, at) = (ningbo(&house).await, at(&house, "新增学位").await);
    let template = office.get(&format!("{at}/template")).await;
    assert_eq!(template.status, StatusCode::OK);
    assert!(template.body.starts_with(b"PK"), "a workbook");
    let wrong = csv(&["区划代码,地区,分解目标", "330203,海曙区,6000", "330203,海曙区,1", "331000,台州市,5"]);
    let refused = office.upload(&format!("{at}/sheet"), &[], Some(("file", "a.csv", &wrong))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert!(page.contains("第 3 行") && page.contains("出现了两次") && page.contains("331000"), "{page}");
    let right = csv(&["区划代码,地区,分解目标", "330203,海曙区,6000", ",江北区,0.4万"]);
    let read = office.upload(&format!("{at}/sheet"), &[], Some(("file", "a.csv", &right))).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.text());
    assert_eq!(shares(&house, "新增学位").await.len(), 1, "a preview only");
    let saved = office.post(&at, &form(&read.text(), &[], &[])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let expected = [("330200", false, "10000"), ("330203", false, "6000"), ("330205", false, "4000")];
    assert_eq!(shares(&house, "新增学位").await, told(&expected));
}

#[tokio::test]
async fn programs_split_too() {
    let house = house().await;
    let office = ningbo(&house).await;
    let number = outline(&house).await.indicator("新增学位").unwrap().number;
    let at = format!("/api/v1/programmes/330200-2025/indicators/{number}/shares");
    let tree = office.call(Method::GET, &at, json!(null)).await.json();
    let whole = tree[0]["entry"].clone();
    let body = json!({ "whole": whole, "shares": [{ "region": "330203", "figure": "1万" }] });
    assert_eq!(office.call(Method::POST, &at, body.clone()).await.json()["written"], 1);
    let late = office.call(Method::POST, &at, body).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "the share was not there when it was read: {}", late.text());
    let tree = office.call(Method::GET, &at, json!(null)).await.json();
    assert_eq!((tree[0]["reach"].as_str(), tree[1]["region"].as_str()), (Some("exact"), Some("330203")));
}
