//! The office scores a year on its pages and by the API – and who may not.

use std::io::Cursor;

use axum::http::{Method, StatusCode};
use calamine::{Data, Reader, Xlsx};
use kernel::Role;
use minsheng_assess as assess;
use serde_json::{Value, json};

use crate::house::{BEILUN, HAISHU, House, JIANGBEI};
use crate::visitor::Visitor;

const INPUTS: &str = "/office/assessments/inputs";

async fn ningbo(house: &House) -> Visitor {
    Visitor::new(house, "ningbo", Role::ProgrammeOffice, "330200").await
}

#[tokio::test]
async fn every_route_is_listed() {
    for step in assess::steps() {
        web::assert_every_route_listed(step).await;
    }
}

/// Runs, sees what is missing, enters it, runs again, keeps, computes again.
#[tokio::test]
async fn a_year_is_scored_on_pages() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let list = office.get("/office/assessments").await.text();
    assert!(
        list.contains("还没有考核") && list.contains("通用办法（百分制）") && list.contains("椒江2018·市级实事"),
        "{list}"
    );
    let fields = [("programme", "330200-2025"), ("scheme", "uncapped@1"), ("cut_off", "2025-06-30")];
    let draft = office.post("/office/assessments", &fields).await.location();
    let page = office.get(&draft).await.text();
    assert!(page.contains("试算") && page.contains("缺 1 项") && page.contains("补录数据"), "{page}");
    let refused = office.post(&format!("{draft}/keeping"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("还有 5 个对象缺少输入"), "{}", refused.text());

    let desk = office.get(&format!("{INPUTS}?programme=330200-2025")).await.text();
    assert!(desk.contains("海曙区") && desk.contains("市教育局") && desk.contains("还没有录入"), "{desk}");
    let wrong = [
        ("programme", "330200-2025"),
        ("subject", HAISHU),
        ("input", "satisfaction"),
        ("value", "120"),
        ("source", "调查"),
    ];
    let refused = office.upload(INPUTS, &wrong, Some(("files", "", b""))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = refused.text();
    assert!(
        text.contains("value-trouble") && text.contains("须在 0 到 100") && text.contains("value=\"120\""),
        "{text}"
    );
    house.satisfy().await;
    let desk = office.get(&format!("{INPUTS}?programme=330200-2025")).await.text();
    assert!(desk.contains("90%") && desk.contains("某年某月通报"), "{desk}");

    let second = office.post("/office/assessments", &fields).await.location();
    assert_eq!(office.post(&format!("{second}/keeping"), &[]).await.location(), format!("{second}?saved=1"));
    let page = office.get(&format!("{second}?replay=1&subject={HAISHU}")).await.text();
    for words in [
        "已封存",
        "重算一致",
        "海曙区：得分怎么来的",
        "完成 1,800 ÷ 目标 3,000 个",
        "href=\"/entries/",
        "80 × 平均(值 ÷ 100)，不封顶",
        "2 项平均 60% × 80 ＝ 48",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // The earlier draft can be put aside, the kept one cannot.
    assert_eq!(office.post(&format!("{draft}/discarding"), &[]).await.location(), "/office/assessments");
    assert_eq!(office.get(&draft).await.status, StatusCode::NOT_FOUND);
    assert_eq!(office.post(&format!("{second}/discarding"), &[]).await.status, StatusCode::CONFLICT);
    let again = office.post(&format!("{second}/keeping"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text().contains("其他人刚刚处理了这份考核"), "{}", again.text());
    let english = office.get(&format!("{second}?lang=en&subject={HAISHU}")).await.text();
    assert!(english.contains("Haishu") || english.contains("1,800 done of 3,000"), "{english}");
}

#[tokio::test]
async fn drafts_are_seen_by_those_who_score_and_kept_ones_by_the_office() {
    let house = House::new(None).await;
    house.satisfy().await;
    let id = house.run("uncapped").await.unwrap();
    let at = format!("/office/assessments/{id}");
    let reader = Visitor::new(&house, "renda", Role::Congress, "330200").await;
    let county = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    assert_eq!(reader.get(&at).await.status, StatusCode::NOT_FOUND, "a draft");
    assert!(!reader.get("/office/assessments").await.text().contains(&id.to_string()));
    assert_eq!(reader.post(&format!("{at}/keeping"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(reader.get(&format!("{INPUTS}?programme=330200-2025")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(county.post(&format!("{at}/keeping"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(county.get(&format!("{INPUTS}?programme=330200-2025")).await.status, StatusCode::FORBIDDEN);
    let run = [("programme", "330200-2025"), ("scheme", "uncapped@1")];
    assert_eq!(county.post("/office/assessments", &run).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ningbo(&house).await.post(&format!("{at}/keeping"), &[]).await.status, StatusCode::SEE_OTHER);
    let page = reader.get(&at).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text().contains("/keeping"), "no form for who may not");
    assert!(reader.get("/office/assessments").await.text().contains(&id.to_string()));
    assert_eq!(county.get(&at).await.status, StatusCode::NOT_FOUND);
    let workbook = reader.get(&format!("{at}/workbook")).await;
    assert_eq!(workbook.status, StatusCode::OK);
}

/// A poll comes with its report; what is no evidence is refused before anything is written.
#[tokio::test]
async fn what_is_entered_is_proved_by_files() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let fields = [
        ("programme", "330200-2025"),
        ("subject", HAISHU),
        ("input", "satisfaction"),
        ("value", "90"),
        ("source", "调查报告"),
    ];
    let events = house.events().await;
    let refused = office.upload(INPUTS, &fields, Some(("files", "a.pdf", b"no pdf at all"))).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("files-trouble") && refused.text().contains("value=\"90\""), "{}", refused.text());
    assert_eq!(house.events().await, events);
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let saved = office.upload(INPUTS, &fields, Some(("files", "满意度调查.pdf", pdf))).await;
    assert_eq!(saved.location(), "/office/assessments/inputs?programme=330200-2025&saved=1");
    let page = office.get("/office/assessments/inputs?programme=330200-2025").await.text();
    assert!(page.contains("满意度调查.pdf") && page.contains("/files/"), "{page}");
    // More evidence for the same value is a correction, which says why.
    let again = [fields[0], fields[1], fields[2], fields[3], fields[4], ("reason", "补充附件")];
    assert_eq!(office.upload(INPUTS, &again, Some(("files", "b.pdf", pdf))).await.status, StatusCode::SEE_OTHER);
}

/// The workbook holds every input behind each score.
#[tokio::test]
async fn the_workbook_holds_everything() {
    let house = House::new(None).await;
    house.satisfy().await;
    let id = house.run("uncapped").await.unwrap();
    let bytes = ningbo(&house).await.get(&format!("/office/assessments/{id}/workbook")).await.body;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["得分", "构成", "数据", "办法"]);
    let mut rows = |name: &str| book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect::<Vec<_>>();
    let scores = rows("得分");
    let cell = |row: &[Data], at: usize| row[at].to_string();
    let haishu = scores.iter().find(|row| cell(row, 1) == "海曙区").unwrap();
    assert_eq!(
        (haishu[4].clone(), haishu[8].clone(), haishu[9].clone()),
        (Data::Float(66.0), Data::Float(48.0), Data::Float(18.0))
    );
    let inputs = rows("数据");
    let of = |name: &str| inputs.iter().filter(|row| cell(row, 0) == name).collect::<Vec<_>>();
    let completion = of("海曙区").into_iter().find(|row| cell(row, 3) == "新增学位").unwrap();
    assert_eq!(
        (completion[4].clone(), cell(completion, 8)),
        (Data::Float(60.0), "完成 1,800 ÷ 目标 3,000 个".to_owned())
    );
    assert!(cell(completion, 9).starts_with("/entries/") && cell(completion, 10).split(' ').count() == 2);
    assert_eq!(of("北仑区").len(), 3, "one indicator, one poll, and that no veto is known");
    let rules = rows("办法");
    assert!(rules.iter().any(|row| cell(row, 1) == "code = \"uncapped\""), "the text of the scheme");
    assert!(rows("构成").iter().any(|row| cell(row, 4).contains("2 项平均 60% × 80 ＝ 48")));
}

#[tokio::test]
async fn two_schemes_side_by_side() {
    let house = House::new(None).await;
    house.satisfy().await;
    for (subject, score) in [(HAISHU, "66"), (JIANGBEI, "65"), (BEILUN, "60")] {
        house.enter("jiaojiang-city", subject, "department_score", score, "").await.unwrap();
        house.enter("jiaojiang-city", subject, "poll", "90", "").await.unwrap();
    }
    let office = ningbo(&house).await;
    let at = "/office/assessments/comparison";
    assert!(office.get(at).await.text().contains("比较"));
    let events = house.events().await;
    let query = "programme=330200-2025&first=uncapped@1&second=jiaojiang-city@2&cut_off=2025-06-30";
    let page = office.get(&format!("{at}?{query}")).await.text();
    // By completion and satisfaction Jiangbei 76, Haishu 66, Beilun 49; by Jiaojiang Jiangbei 71.3, Haishu 70.5, Beilun 63.3.
    for words in ["满分不同（100 与 75）", "71.3", "不变", "名次变化最多 0 名", "（数据不齐）"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(house.events().await, events, "nothing is stored");
    let refused = office.get(&format!("{at}?programme=330200-2025&first=nothing&second=uncapped")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("没有考核办法“nothing”"), "{}", refused.text());
}

#[tokio::test]
async fn a_scheme_is_changed_on_its_page() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let page = office.get("/office/assessments/schemes/uncapped/1").await.text();
    assert!(page.contains("整体完成率") && page.contains("杭州市公布") && page.contains("version = 2"), "{page}");
    assert_eq!(office.get("/office/assessments/schemes/uncapped/9").await.status, StatusCode::NOT_FOUND);
    let text = house.scheme("uncapped").await.text.replace("version = 1", "version = 2");
    let at = "/office/assessments/schemes";
    let wrong = text.replace("weight = 80", "weight = 70");
    let refused = office.post(at, &[("region", "330200"), ("note", "试"), ("text", &wrong)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("权重之和为 90") && refused.text().contains("weight = 70"), "{}", refused.text());
    let broken = office.post(at, &[("region", "330200"), ("note", "试"), ("text", "<b>")]).await;
    assert!(broken.text().contains("办法无法读取") && broken.text().contains("&#60;b&#62;"), "{}", broken.text());
    let elsewhere = office.post(at, &[("region", "330100"), ("note", "试"), ("text", &text)]).await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    let right = text.replace("weight = 80", "weight = 60").replace("weight = 20", "weight = 40").replace('\n', "\r\n");
    let saved = office.post(at, &[("region", "330200"), ("note", "加重满意度"), ("text", &right)]).await;
    assert_eq!(saved.location(), "/office/assessments/schemes/uncapped/2?saved=1");
    let list = office.get(at).await.text();
    assert!(list.contains("第 2 版") && list.contains("加重满意度"), "{list}");
}

#[tokio::test]
async fn the_api_does_what_the_pages_do() {
    let house = House::new(None).await;
    let office = ningbo(&house).await;
    let programme = "/api/v1/programmes/330200-2025";
    let run = |scheme: &'static str| json!({ "scheme": scheme, "cut_off": "2025-06-30" });
    for subject in [HAISHU, JIANGBEI, BEILUN] {
        let entry = json!({ "subject": subject, "input": "satisfaction", "value": "90", "source": "poll of May" });
        let made = office.call(Method::POST, &format!("{programme}/assessment-inputs"), entry).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    }
    let bad = json!({ "subject": "region-330299", "input": "satisfaction", "value": "90", "source": "x" });
    let refused = office.call(Method::POST, &format!("{programme}/assessment-inputs"), bad).await;
    assert_eq!(
        (refused.status, refused.json()["places"][0]["at"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("subject"))
    );
    let unknown = office.call(Method::POST, &format!("{programme}/assessments"), run("none")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let future = json!({ "scheme": "uncapped", "cut_off": "2026-01-01" });
    assert_eq!(
        office.call(Method::POST, &format!("{programme}/assessments"), future).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let made = office.call(Method::POST, &format!("{programme}/assessments"), run("uncapped")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let at = made.location();
    let whole = office.call(Method::GET, &at, Value::Null).await.json();
    assert_eq!((whole["state"].as_str(), whole["scheme"].as_str()), (Some("draft"), Some("uncapped@1")));
    assert_eq!(whole["inputs"]["subjects"][0]["subject"]["name"], "海曙区");
    let scores = office.call(Method::GET, &format!("{at}/scores"), Value::Null).await.json();
    let first = &scores["items"][0];
    assert_eq!(
        (first["subject"].as_str(), first["rank"].as_u64(), first["points"].as_str()),
        (Some(JIANGBEI), Some(1), Some("60"))
    );
    let csv = office.call(Method::GET, &format!("{at}/scores?format=csv"), Value::Null).await.text();
    assert!(csv.contains("对象") && csv.contains("江北区"), "{csv}");
    let replay = office.call(Method::GET, &format!("{at}/replay"), Value::Null).await.json();
    assert_eq!((&replay["same"], &replay["untouched"]), (&json!(true), &json!(true)));
    // Two bodies have no satisfaction yet.
    let refused = office.call(Method::POST, &format!("{at}/keeping"), json!({})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let list = office.call(Method::GET, "/api/v1/assessments", Value::Null).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let schemes = office.call(Method::GET, "/api/v1/assessment-schemes", Value::Null).await.json();
    assert_eq!(schemes["items"].as_array().unwrap().len(), 4);
    assert_eq!(Visitor::nobody(&house).call(Method::GET, &at, Value::Null).await.status, StatusCode::UNAUTHORIZED);
}
