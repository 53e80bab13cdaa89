//! A month on pages and by the API, as each role does it.

use axum::http::{Method, StatusCode};
use kernel::{Level, Role};
use report::returns;
use report::words::State;
use serde_json::json;
use testing::PICTURE;

use crate::house::{CITY, HAISHU, House, NINGHAI, code, report};
use crate::visitor::Site;

async fn house() -> (House, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (House::open(&databases::sqlite_in(folder.path())).await, folder)
}

#[tokio::test]
async fn every_route_is_listed() {
    for step in report::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn a_month_as_each_role() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let site = Site::open(house.store.clone());
    let (at_office, at_body) = (site.visit(&office).await, site.visit(&body).await);
    let page = at_office.get("/office/programmes/330200-2024/reporting").await;
    assert!(page.text().contains("2024-01-31") && page.text().contains("开启填报期"), "{}", page.text());
    let days = [("cut_off", "2024-06-30"), ("opens_on", "2024-06-01"), ("closes_on", "2024-07-05"), ("levels", "city")];
    let refused = at_office.post("/office/programmes/330200-2024/rounds", &days).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("开启日不能早于截止日") && refused.text().contains("2024-06-01"));
    let days = [("cut_off", "2024-06-30"), ("opens_on", "2024-07-01"), ("closes_on", "2024-07-05"), ("levels", "city")];
    let round = at_office.post("/office/programmes/330200-2024/rounds", &days).await.location();
    let page = at_office.get(&round).await.text();
    assert!(page.contains("海曙区") && page.contains("宁波市教育局") && page.contains("未填报"), "{page}");
    assert_eq!(at_body.post("/office/programmes/330200-2024/rounds", &days).await.status, StatusCode::FORBIDDEN);

    let mine = at_body.get("/office/returns").await.text();
    assert!(mine.contains("中小学扩容") && mine.contains("还有 3 天") && !mine.contains("宁海县"), "{mine}");
    let id = house.at(round.rsplit('/').next().unwrap().parse().unwrap(), HAISHU).await.id;
    let form = format!("/office/returns/{id}");
    let page = at_body.get(&form).await.text();
    assert!(page.contains("2,500") && page.contains("name=\"raw-1\"") && page.contains("其中"), "{page}");
    let wrong = [("version", "1"), ("act", "submit"), ("raw-1", "1250"), ("raw-2", "好几百"), ("raw-3", "450")];
    let refused = at_body.upload(&form, &wrong, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("好几百") && refused.text().contains("读不懂数字"), "{}", refused.text());
    let checked = at_body.post(&format!("{form}/check"), &[("raw-1", "1250"), ("raw-2", "800"), ("raw-3", "44")]).await;
    assert!(checked.json()["faults"]["raw-1"].as_str().unwrap().contains("不符"), "{}", checked.text());
    let draft =
        [("version", "1"), ("act", "save"), ("raw-1", "1250"), ("raw-2", "800"), ("raw-3", "450"), ("image", "45")];
    assert_eq!(at_body.upload(&form, &draft, None).await.location(), format!("{form}?saved=1"));
    let right =
        [("version", "2"), ("act", "submit"), ("raw-1", "1250"), ("raw-2", "800"), ("raw-3", "450"), ("image", "45")];
    assert_eq!(at_body.upload(&form, &right, None).await.location(), "/office/returns?submitted=1");

    let queue = at_office.get("/office/reviews").await.text();
    assert!(queue.contains("新增学位 1250 个，目标 2,500") && queue.contains(&format!("{id}:3")), "{queue}");
    let bare = at_office.post(&format!("{form}/review"), &[("version", "3"), ("act", "return")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    let back = [("version", "3"), ("act", "return"), ("reason", "初中学位请核对")];
    assert_eq!(at_office.post(&format!("{form}/review"), &back).await.location(), "/office/reviews?done=1");
    let page = at_body.get(&form).await.text();
    assert!(page.contains("已退回") && page.contains("初中学位请核对"), "{page}");
    let again =
        [("version", "4"), ("act", "submit"), ("raw-1", "1240"), ("raw-2", "800"), ("raw-3", "440"), ("image", "45")];
    at_body.upload(&form, &again, None).await.location();
    let read = format!("{id}:5");
    let stale = at_office.post("/office/reviews", &[("returns", &format!("{id}:3")), ("act", "pass")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("刚刚有了变化"), "{}", stale.text());
    let done = at_office.post("/office/reviews", &[("returns", &read), ("act", "pass")]).await;
    assert_eq!(done.location(), "/office/reviews?done=1");
    let page = at_body.get(&form).await.text();
    assert!(page.contains("已通过") && page.contains("审核通过，入台账") && !page.contains("name=\"raw-1\""), "{page}");
    assert!(ledger::verify::verify(house.store.reader()).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn evidence_comes_with_the_form_and_a_broken_upload_leaves_nothing() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    let form = format!("/office/returns/{}", row.id);
    let fields = [("version", "1"), ("act", "save"), ("raw-1", "10"), ("raw-2", "4"), ("raw-3", "6")];
    let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    let mut body = visitor.parts(&fields, Some(("evidence", "现场.pdf", pdf)));
    body.truncate(body.len() - 15);
    let broken = visitor.send_parts(&form, body.into()).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((house.at(round, HAISHU).await, site.uploads()), (row.clone(), 0), "nothing of it is left");
    let text = visitor.upload(&form, &fields, Some(("evidence", "说明.pdf", b"just words"))).await;
    assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.at(round, HAISHU).await.version, 1);
    visitor.upload(&form, &fields, Some(("evidence", "现场.pdf", pdf))).await.location();
    let page = visitor.get(&form).await.text();
    assert!(page.contains("现场.pdf") && page.contains("value=\"10\""), "{page}");
    let held = files::store::of_subjects(house.store.reader(), "return", &[row.id]).await.unwrap();
    let removed = visitor.post(&format!("{form}/evidence/{}/remove", held[0].id), &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER);
    assert!(!visitor.get(&form).await.text().contains("现场.pdf"));
}

/// What is typed is read by the congress and by other bodies of the place once it is handed in, on the page, in the lists and
/// by the API; the reviewing office reads drafts too. Nobody of them writes.
#[tokio::test]
async fn the_congress_reads_what_was_handed_in_and_no_draft() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let congress = house.account("renda", &[(Role::Congress, CITY, None)]).await;
    let other = crate::house::organisation(&house.store, HAISHU, "海曙区住建局").await;
    let other = house.account("zhujian", &[(Role::ResponsibleBody, HAISHU, other.into())]).await;
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let site = Site::open(house.store.clone());
    let (overseer, reviewer, neighbour) =
        (site.visit(&congress).await, site.visit(&office).await, site.visit(&other).await);
    let list = overseer.get("/office/rounds").await.text();
    assert!(list.contains(&format!("/office/rounds/{round}")) && list.contains(">填报期<"), "in the menu: {list}");
    let owed = overseer.get(&format!("/office/rounds/{round}")).await.text();
    assert!(owed.contains("海曙区") && owed.contains(&format!("/office/returns/{}", row.id)), "{owed}");

    let (form, api) = (format!("/office/returns/{}", row.id), format!("/api/v1/returns/{}", row.id));
    let rows = format!("/api/v1/rounds/{round}/returns?place={HAISHU}");
    let mut content = house.filling(&row, 1250, 800);
    content.content.problem = "管线迁改未完".into();
    content.content.cause = Some(report::words::Cause::Other);
    returns::save(&house.store, &body, &[content.clone()]).await.unwrap();
    let draft = [
        ("version", "2"),
        ("act", "save"),
        ("raw-1", "1250"),
        ("raw-2", "800"),
        ("raw-3", "450"),
        ("problem", "管线迁改未完"),
        ("cause", "other"),
    ];
    site.visit(&body).await.upload(&form, &draft, Some(("evidence", "现场.png", PICTURE))).await.location();
    let held = files::store::of_subjects(house.store.reader(), "return", &[row.id]).await.unwrap();
    let proof = format!("/files/{}", held[0].id);
    for (who, status) in [(&overseer, 403), (&neighbour, 403), (&reviewer, 200)] {
        assert_eq!(who.get(&proof).await.status.as_u16(), status, "a draft's file is as private as the draft");
        assert_eq!(who.get(&format!("{proof}/public")).await.status.as_u16(), status);
    }
    let tells = |text: &String| text.contains(">1250<") || text.contains("\"raw\":\"1250\"");
    for (who, reads) in [(&overseer, false), (&neighbour, false), (&reviewer, true)] {
        let page = who.get(&form).await;
        assert_eq!(page.status, StatusCode::OK);
        let told = [page.text(), who.call(Method::GET, &api, json!(null)).await.text()];
        assert!(told.iter().all(|text| tells(text) == reads), "{reads}: {told:?}");
        let told = [told[0].clone(), told[1].clone(), who.call(Method::GET, &rows, json!(null)).await.text()];
        assert!(told.iter().all(|text| text.contains("管线迁改") == reads), "{reads}: {told:?}");
        assert_eq!(told[0].contains("尚未提交"), !reads);
    }
    content.version = 3;
    returns::submit(&house.store, &body, &[content]).await.unwrap();
    for who in [&overseer, &neighbour] {
        let told = [who.get(&form).await.text(), who.call(Method::GET, &api, json!(null)).await.text()];
        assert!(told.iter().all(|text| tells(text) && text.contains("管线迁改")), "{told:?}");
        assert!(!told[0].contains("name=\"version\""), "nothing to press");
    }
    for who in [&overseer, &neighbour] {
        let told = [who.get(&form).await.text(), who.get(&proof).await.status.to_string()];
        assert!(told[0].contains("现场.png") && told[1] == "200 OK", "{told:?}");
    }
    let before = house.at(round, HAISHU).await;
    let pass = overseer.post(&format!("{form}/review"), &[("version", "3"), ("act", "pass")]).await;
    let acted = overseer.call(Method::POST, &format!("{api}/acts"), json!({ "act": "pass", "version": 3 })).await;
    assert_eq!((pass.status, acted.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    assert_eq!(house.at(round, HAISHU).await, before);
    let elsewhere = house.account("wenzhou", &[(Role::Congress, "330300", None)]).await;
    let elsewhere = site.visit(&elsewhere).await;
    assert_eq!(elsewhere.get(&form).await.status, StatusCode::NOT_FOUND);
    assert_eq!(elsewhere.get(&format!("/office/rounds/{round}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn others_do_not_see_what_is_not_theirs() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let round = house.june(&office, &[Level::City]).await;
    let (own, foreign) = (house.at(round, HAISHU).await, house.at(round, NINGHAI).await);
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&body).await;
    assert_eq!(visitor.get(&format!("/office/returns/{}", own.id)).await.status, StatusCode::OK);
    assert_eq!(visitor.get(&format!("/office/returns/{}", foreign.id)).await.status, StatusCode::NOT_FOUND);
    let list = visitor.get(&format!("/office/rounds/{round}?place={NINGHAI}")).await.text();
    assert!(
        list.contains("海曙区教育局") && !list.contains(&foreign.id.to_string()),
        "only what lies in its own place: {list}"
    );
    let hangzhou = house.account("hangzhou", &[(Role::ProgrammeOffice, "330100", None)]).await;
    let stranger = site.visit(&hangzhou).await;
    assert_eq!(stranger.get(&format!("/office/rounds/{round}")).await.status, StatusCode::NOT_FOUND);
    let late = [("returns", own.id.to_string()), ("until", "2024-07-09".into()), ("reason", "x".into())];
    let late: Vec<(&str, &str)> = late.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let refused = visitor.post(&format!("/office/rounds/{round}/late"), &late).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_api_says_what_the_pages_say() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let site = Site::open(house.store.clone());
    let (at_office, at_body) = (site.visit(&office).await, site.visit(&body).await);
    let opened =
        at_office.call(Method::POST, "/api/v1/programmes/330200-2024/rounds", json!({ "cut_off": "2024-06-30" })).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text());
    let round: uuid::Uuid = opened.json()["id"].as_str().unwrap().parse().unwrap();
    let listed = at_body.call(Method::GET, "/api/v1/rounds?programme=330200-2024", json!(null)).await.json();
    assert_eq!((listed[0]["states"]["owed"].as_i64(), listed[0]["closes_on"].as_str()), (Some(3), Some("2024-07-05")));
    let id = house.at(round, HAISHU).await.id;
    let at = format!("/api/v1/returns/{id}");
    let whole = at_body.call(Method::GET, &at, json!(null)).await.json();
    assert_eq!(whole["lines"][0]["target"], "2,500");
    let lines = json!([
        { "indicator": house.places, "raw": "1250" },
        { "indicator": house.parts[0], "raw": "800" },
        { "indicator": house.parts[1], "raw": "400" },
    ]);
    let submit = |version: i32, lines: &serde_json::Value| json!({ "act": "submit", "version": version, "content": { "lines": lines } });
    let refused = at_body.call(Method::POST, &format!("{at}/acts"), submit(1, &lines)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("raw-1"), "{}", refused.text());
    let mut right = lines.clone();
    right[2]["raw"] = json!("450");
    let done = at_body.call(Method::POST, &format!("{at}/acts"), submit(1, &right)).await;
    assert_eq!(done.json()["state"], "submitted", "{}", done.text());
    assert_eq!(
        at_body.call(Method::POST, &format!("{at}/acts"), json!({ "act": "pass", "version": 2 })).await.status,
        StatusCode::FORBIDDEN
    );
    let stale = at_office.call(Method::POST, &format!("{at}/acts"), json!({ "act": "pass", "version": 1 })).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let done = at_office.call(Method::POST, &format!("{at}/acts"), json!({ "act": "pass", "version": 2 })).await;
    assert_eq!(done.json()["state"], "approved", "{}", done.text());
    let csv = at_office.get(&format!("/api/v1/rounds/{round}/returns?format=csv")).await.text();
    assert!(csv.contains("项目") && csv.contains("已通过") && csv.contains("330226"), "{csv}");
}

#[tokio::test]
async fn a_round_is_filled_in_by_sheet_or_not_at_all() {
    let (house, _folder) = house().await;
    let (office, bureau) = (house.office().await, house.bureau().await);
    let round = house.june(&office, &[Level::City]).await;
    let site = Site::open(house.store.clone());
    let visitor = site.visit(&bureau).await;
    let at = format!("/office/rounds/{round}/sheet");
    let workbook = visitor.get(&format!("{at}.xlsx")).await;
    assert_eq!(workbook.status, StatusCode::OK);
    let whole = visitor.upload(&at, &[], Some(("file", "a.xlsx", &workbook.body))).await;
    assert_eq!(whole.status, StatusCode::OK, "what was downloaded is readable: {}", whole.text());

    let (city, ninghai) = (house.at(round, CITY).await, house.at(round, NINGHAI).await);
    let sheet = |places: &str| {
        format!(
            "指标号（勿改）,填报编号（勿改）,版本（勿改）,本期累计,形象进度%\n4,{0},1,0.18亿,\n1,{1},1,{places},60\n2,{1},1,300,\n3,{1},1,100,\n",
            city.id, ninghai.id
        )
    };
    let wrong = visitor.upload(&at, &[], Some(("file", "a.csv", sheet("四百余所").as_bytes()))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("第 3 行 D 列（本期累计）") && wrong.text().contains("四百余所"), "{}", wrong.text());
    let right = visitor.upload(&at, &[], Some(("file", "a.csv", sheet("400").as_bytes()))).await;
    assert!(right.text().contains("全部可以提交"), "{}", right.text());
    assert_eq!(house.at(round, CITY).await, city, "a preview writes nothing");
    let text = right.text();
    let payload = text.split("name=\"payload\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let payload = payload.replace("&#34;", "\"").replace("&quot;", "\"");
    let taken = visitor.post(&format!("{at}/taking"), &[("act", "submit"), ("payload", &payload)]).await;
    assert_eq!(taken.location(), "/office/returns?submitted=1");
    for region in [CITY, NINGHAI] {
        assert_eq!(house.at(round, region).await.state(), State::Submitted, "{region}");
    }
    let lines = returns::lines_of(house.store.reader(), &[city.id]).await.unwrap();
    assert_eq!(lines[&city.id][0].value, Some(180_000_000_000));
}

/// What a page costs does not grow with what it shows.
#[tokio::test]
async fn pages_send_a_bounded_number_of_statements() {
    let (house, _folder) = house().await;
    let (office, body, bureau) = (house.office().await, house.body().await, house.bureau().await);
    let round = house.june(&office, &[Level::City]).await;
    let row = house.at(round, HAISHU).await;
    let site = Site::open(house.store.clone());
    let (at_office, at_body) = (site.visit(&office).await, site.visit(&body).await);
    returns::submit(&house.store, &body, &[house.filling(&row, 10, 4)]).await.unwrap();
    let queue_of_one = at_office.cost("/office/reviews").await;
    let ninghai = house.at(round, NINGHAI).await;
    returns::submit(&house.store, &bureau, &[house.filling(&ninghai, 10, 4)]).await.unwrap();
    assert_eq!(at_office.cost("/office/reviews").await, queue_of_one);
    let costs = [
        ("queue", queue_of_one, 20),
        ("rounds", at_office.cost("/office/rounds").await, 8),
        ("round", at_office.cost(&format!("/office/rounds/{round}")).await, 18),
        ("mine", at_body.cost("/office/returns").await, 10),
        ("form", at_body.cost(&format!("/office/returns/{}", row.id)).await, 22),
    ];
    for (page, cost, most) in costs {
        assert!(cost <= most, "{page} costs {cost} statements, more than {most}: {costs:?}");
    }
    assert_eq!(code(CITY).stored(), house.programme.region);
}
