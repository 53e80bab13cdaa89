//! The office at work: drawing up, editing together, correcting, importing – and who may not.

use axum::http::{Method, StatusCode};
use kernel::{RegionCode, Role};
use ledger::board::Board;
use ledger::entries::{self, View};
use ledger::programmes::{self, Outline};
use serde_json::{Value, json};

use crate::house::{House, csv, plan, settled};
use crate::visitor::Visitor;

const SHEET: &[&str] = &[
    "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,上级指标,分项性质,采集层级,地区代码,目标值,完成值,截至",
    "330200,2025,1,教育惠民,中小学扩容,新增学位,个,,,县,,6000,3654,2025-06-30",
    ",,,,,,,,,,330203,3000,,",
    ",,2,便民出行,公园,公园新建,座,,完整,,,10,,",
    ",,,,,其中口袋公园,座,公园新建,,,,4,,",
    ",,,,,其中街头公园,座,公园新建,,,,6,,",
];

async fn house() -> House {
    let house = House::new().await;
    let options = plan::sheet::Options { publish: true, ..Default::default() };
    house.import_with("a.csv", &csv(SHEET), &options).await.unwrap();
    house
}

async fn ningbo(house: &House) -> Visitor {
    Visitor::new(house, "ningbo", Role::ProgrammeOffice, "330200").await
}

async fn outline(house: &House, slug: &str) -> Outline {
    let on = house.store.reader();
    Outline::load(on, programmes::find(on, slug).await.unwrap().unwrap()).await.unwrap()
}

/// The number and key of an indicator.
async fn indicator(house: &House, name: &str) -> (i32, uuid::Uuid) {
    let outline = outline(house, "330200-2025").await;
    let row = outline.indicator(name).unwrap();
    (row.number, row.id)
}

#[tokio::test]
async fn every_route_is_listed() {
    for step in plan::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn a_programme_is_drawn_up_on_pages_down_to_its_targets() {
    let house = House::new().await;
    let office = ningbo(&house).await;
    let page = office.get("/office").await;
    assert!(page.text().contains("还没有方案"), "{}", page.text());
    let refused = office.post("/office/programmes", &[("region", "3302"), ("year", "2026"), ("title", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("请填写标题"), "{}", refused.text());
    let fields = [("region", "330200"), ("year", "2026"), ("title", "宁波市2026年度民生实事")];
    assert_eq!(office.post("/office/programmes", &fields).await.location(), "/office/programmes/330200-2026?saved=1");
    let at = "/office/programmes/330200-2026";
    let category = office.post(&format!("{at}/categories"), &[("number", "1"), ("name", "教育惠民")]).await.location();
    let id = category.split('/').next_back().unwrap().split('?').next().unwrap().to_owned();
    let project = office
        .post(
            &format!("{at}/projects"),
            &[
                ("category", &id),
                ("name", "中小学扩容"),
                ("number", "1"),
                ("lead", "市教育局"),
                ("supporting", "市财政局、市住建局"),
                ("leader_in_charge", "副市长"),
            ],
        )
        .await
        .location();
    let page = office.get(&project).await;
    assert!(page.text().contains("宁波市人民政府：副市长") && page.text().contains("市财政局、市住建局"));
    let project = project.split('/').next_back().unwrap().split('?').next().unwrap().to_owned();
    let new = [("project", &*project), ("name", "新增学位"), ("unit", "个"), ("kind", "count"), ("grain", "county")];
    assert_eq!(office.post(&format!("{at}/indicators"), &new).await.location(), format!("{at}/indicators/1?saved=1"));

    let page = office.get(&format!("{at}/indicators/1")).await;
    let version = page.value("version");
    assert!(page.text().contains("海曙区"), "{}", page.text());
    let goals = [("version", &*version), ("row", "own"), ("goal", "0.6万"), ("row", "330203"), ("goal", "6500")];
    let saved = office.post(&format!("{at}/indicators/1/targets"), &goals).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    let page = office.get(&format!("{at}/indicators/1")).await.text();
    assert!(page.contains("分解超出目标") && page.contains("超出 500"), "{page}");
    assert!(page.contains("value=\"0.6万\""), "{page}");
    let outline = outline(&house, "330200-2026").await;
    let all = entries::of_indicators(house.store.reader(), &[outline.indicators[0].id]).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(ledger::verify::verify(house.store.reader()).await.unwrap().fault.is_none());

    let page = office.get(at).await;
    assert!(page.text().contains("草稿") && page.text().contains("目标 · 记入 新增学位"), "{}", page.text());
    let version = page.value("version");
    office.post(&format!("{at}/publication"), &[("version", &version), ("published", "true")]).await.location();
    assert!(programmes::find_published(house.store.reader(), "330200-2026").await.unwrap().is_some());
    assert!(office.get(at).await.text().contains("年度方案 · 公开"));
}

#[tokio::test]
async fn an_adjusted_target_needs_a_reason_and_keeps_the_old_one() {
    let house = house().await;
    let office = ningbo(&house).await;
    let (number, id) = indicator(&house, "新增学位").await;
    let at = format!("/office/programmes/330200-2025/indicators/{number}");
    let version = office.get(&at).await.value("version");
    let without = [("version", &*version), ("row", "own"), ("goal", "6500")];
    let refused = office.post(&format!("{at}/targets"), &without).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("请写明理由") && refused.text().contains("value=\"6500\""), "{}", refused.text());
    let wrong = [("version", &*version), ("row", "own"), ("goal", "六千多所"), ("reason_text", "x")];
    let refused = office.post(&format!("{at}/targets"), &wrong).await;
    assert!(refused.text().contains("goal-own-trouble") && refused.text().contains("六千多所"), "{}", refused.text());
    let with = [("version", &*version), ("row", "own"), ("goal", "6500"), ("reason_text", "人大常委会批准调增")];
    assert_eq!(office.post(&format!("{at}/targets"), &with).await.status, StatusCode::SEE_OTHER);
    let all = entries::of_indicators(house.store.reader(), &[id]).await.unwrap();
    let new = all.iter().find(|entry| entry.supersedes.is_some()).unwrap();
    assert_eq!(new.number().unwrap().to_string(), "6500");

    // Somebody whose page is older is told, and keeps what was typed.
    let late = [("version", &*version), ("row", "own"), ("goal", "7000"), ("reason_text", "另一人")];
    let refused = office.post(&format!("{at}/targets"), &late).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text().contains("value=\"7000\"") && refused.text().contains("其他人刚刚修改"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn complete_parts_must_add_up() {
    let house = house().await;
    let office = ningbo(&house).await;
    let (number, _) = indicator(&house, "公园新建").await;
    let (part, _) = indicator(&house, "其中街头公园").await;
    let at = format!("/office/programmes/330200-2025/indicators/{number}");
    let version = office.get(&at).await.value("version");
    let key = format!("part-{part}");
    let alone = [("version", &*version), ("row", &key), ("goal", "7"), ("reason_text", "调整")];
    let refused = office.post(&format!("{at}/targets"), &alone).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("分项合计 11，与总数 10 不符"), "{}", refused.text());
    let both =
        [("version", &*version), ("row", "own"), ("goal", "11"), ("row", &key), ("goal", "7"), ("reason_text", "调整")];
    assert_eq!(office.post(&format!("{at}/targets"), &both).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn of_two_editors_the_slower_is_told_and_loses_nothing() {
    let house = house().await;
    let (one, other) = (ningbo(&house).await, Visitor::new(&house, "province", Role::ProgrammeOffice, "330000").await);
    let at = "/office/programmes/330200-2025";
    let version = one.get(at).await.value("version");
    let (mine, theirs) =
        ([("title", "甲的标题"), ("version", &*version)], [("title", "乙的标题"), ("version", &*version)]);
    let (first, second) = tokio::join!(one.post(at, &mine), other.post(at, &theirs));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let refused = if first.status == StatusCode::CONFLICT { first } else { second };
    assert!(refused.text().contains("其他人刚刚修改") && refused.text().contains("的标题"), "{}", refused.text());
    assert_eq!(outline(&house, "330200-2025").await.programme.version, 2);

    let project = outline(&house, "330200-2025").await.projects[0].clone();
    let page = format!("{at}/projects/{}", project.id);
    let was = one.get(&page).await.value("was");
    assert_eq!(one.post(&page, &[("name", "扩容一"), ("was", &was)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.post(&page, &[("name", "扩容二"), ("was", &was)]).await.status, StatusCode::CONFLICT);
    assert_eq!(outline(&house, "330200-2025").await.projects[0].name, "扩容一");
}

#[tokio::test]
async fn a_correction_keeps_the_old_figure_and_changes_the_board_at_once() {
    let house = house().await;
    let office = ningbo(&house).await;
    let (_, id) = indicator(&house, "新增学位").await;
    let on = house.store.reader();
    let all = entries::of_indicators(on, &[id]).await.unwrap();
    let old = all.iter().find(|entry| entry.as_of.is_some()).unwrap().clone();
    let at = format!("/office/entries/{}/correction", old.id);
    let page = office.get(&at).await;
    assert!(page.text().contains("3654") && page.text().contains("value=\"2025-06-30\""), "{}", page.text());
    let bare = [("raw", "3645"), ("as_of", "2025-06-30"), ("reason", "typing"), ("reason_text", " ")];
    let refused = office.post(&at, &bare).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("请写明更正理由") && refused.text().contains("value=\"3645\""));
    let right = [("raw", "3645"), ("as_of", "2025-06-30"), ("reason", "typing"), ("reason_text", "两位数字颠倒")];
    let trail = office.post(&at, &right).await.location();
    let new = trail.strip_prefix("/entries/").unwrap().parse().unwrap();
    let versions = entries::versions(on, &entries::find(on, new).await.unwrap().unwrap()).await.unwrap();
    assert_eq!(versions.iter().map(|row| row.number().unwrap().to_string()).collect::<Vec<_>>(), ["3654", "3645"]);
    assert_eq!(versions[0], old, "the old entry is as it was");
    let programme = outline(&house, "330200-2025").await;
    let region = programme.region();
    assert_eq!(shown(&house, region, "新增学位").await, "3645");

    let again = office.post(&at, &right).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "the old one was superseded already");
    assert!(office.get(&at).await.text().contains("已被取代"));
    let future = [("raw", "1"), ("as_of", "2031-01-01"), ("reason", "typing"), ("reason_text", "x")];
    let refused = office.post(&format!("/office{trail}/correction"), &future).await;
    assert!(refused.text().contains("晚于今天"), "{}", refused.text());
}

/// What the scoreboard shows as done.
async fn shown(house: &House, _: RegionCode, name: &str) -> String {
    let on = house.store.reader();
    let programme = programmes::find(on, "330200-2025").await.unwrap().unwrap();
    let board = Board::load(on, programme, View::default()).await.unwrap();
    let rows = board.categories.iter().flat_map(|category| &category.projects).flat_map(|project| &project.rows);
    let row = rows.into_iter().find(|row| row.indicator.name == name).unwrap();
    row.actual.as_ref().unwrap().number.unwrap().to_string()
}

#[tokio::test]
async fn a_part_cannot_be_corrected_beyond_its_whole() {
    let house = house().await;
    let office = ningbo(&house).await;
    let (_, id) = indicator(&house, "其中口袋公园").await;
    let entry = entries::of_indicators(house.store.reader(), &[id]).await.unwrap().remove(0);
    let correct = |raw: &'static str| json!({ "raw": raw, "reason": "typing", "reason_text": "抄错" });
    let path = format!("/api/v1/entries/{}/corrections", entry.id);
    let refused = office.call(Method::POST, &path, correct("5")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["detail"].as_str().unwrap().contains("分项之和 11 超过总数 10"), "{}", refused.text());
    let made = office.call(Method::POST, &path, correct("3")).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    assert_eq!(made.json()["supersedes"], json!(entry.id));
}

#[tokio::test]
async fn others_are_refused() {
    let house = house().await;
    let (_, id) = indicator(&house, "新增学位").await;
    let entry = entries::of_indicators(house.store.reader(), &[id]).await.unwrap().remove(0).id;
    let county = Visitor::new(&house, "haishu", Role::ProgrammeOffice, "330203").await;
    let auditor = Visitor::new(&house, "auditor", Role::Auditor, "").await;
    let nobody = Visitor::nobody(&house);
    let draft = House::new().await;
    draft.import_with("d.csv", &csv(SHEET), &Default::default()).await.unwrap();
    let stranger = Visitor::new(&draft, "hangzhou", Role::ProgrammeOffice, "330100").await;

    let at = "/office/programmes/330200-2025";
    for path in [at.to_owned(), format!("{at}/indicators/1"), format!("/office/entries/{entry}/correction")] {
        assert_eq!(county.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(auditor.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        let reply = nobody.get(&path).await;
        assert!(reply.location().starts_with("/sign-in?next="), "{path}");
        assert_eq!(
            stranger.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "a draft is nobody else's business: {path}"
        );
    }
    let writes: [(Method, String, Value); 6] = [
        (Method::PATCH, "/api/v1/programmes/330200-2025".into(), json!({ "title": "x", "version": 1 })),
        (Method::POST, "/api/v1/programmes/330200-2025/categories".into(), json!({ "name": "x" })),
        (
            Method::POST,
            "/api/v1/programmes/330200-2025/indicators/1/targets".into(),
            json!({ "version": 1, "targets": [] }),
        ),
        (Method::PATCH, "/api/v1/programmes/330200-2025/indicators/1".into(), json!({ "version": 1 })),
        (
            Method::POST,
            format!("/api/v1/entries/{entry}/corrections"),
            json!({ "raw": "1", "reason": "typing", "reason_text": "x" }),
        ),
        (Method::POST, "/api/v1/programmes".into(), json!({ "region": "330200", "year": 2027, "title": "x" })),
    ];
    for (method, path, body) in writes {
        let status = |visitor: &'static str| format!("{visitor} {method} {path}");
        assert_eq!(
            county.call(method.clone(), &path, body.clone()).await.status,
            StatusCode::FORBIDDEN,
            "{}",
            status("county")
        );
        assert_eq!(
            auditor.call(method.clone(), &path, body.clone()).await.status,
            StatusCode::FORBIDDEN,
            "{}",
            status("auditor")
        );
        assert_eq!(
            nobody.call(method.clone(), &path, body.clone()).await.status,
            StatusCode::UNAUTHORIZED,
            "{}",
            status("nobody")
        );
    }
    let page = county.get("/office").await.text();
    assert!(!page.contains("/office/programmes/330200-2025\""), "the desk shows one's own programmes only");
    assert!(!page.contains("/office/programmes/330200-2025/shares?place=330200\""), "of others one's own part at most");

    // A sheet of the city in the hands of a county office: refused with the cell that says so.
    let reply = county.upload("/api/v1/imports", &[], Some(("file", "a.csv", &csv(SHEET)))).await;
    let job = settled(&county, reply.json()["id"].as_str().unwrap()).await;
    assert_eq!(job["state"], "refused");
    assert!(job["faults"]["list"][0]["message"]["zh"].as_str().unwrap().contains("您的账号不能导入 330200"), "{job}");

    let mut forged = ningbo(&house).await;
    forged.csrf = "wrong".to_owned();
    assert_eq!(forged.post(at, &[("title", "x"), ("version", "1")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        forged.upload("/office/imports", &[], Some(("file", "a.csv", b"x"))).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_sheet_is_uploaded_looked_at_and_confirmed() {
    let house = House::new().await;
    let office = ningbo(&house).await;
    let wrong = csv(&[SHEET[0], "330200,2025,1,教育,扩容,公路,公理,,,,,5,,"]);
    let at = office.upload("/office/imports", &[], Some(("file", "错 <b>.csv", &wrong))).await.location();
    let id = at.strip_prefix("/office/imports/").unwrap().to_owned();
    assert_eq!(settled(&office, &id).await["state"], "refused");
    let page = office.get(&at).await.text();
    assert!(page.contains("是不是“公里”") && page.contains("G 单位") && page.contains("错 &#60;b&#62;.csv"), "{page}");
    assert!(uploads(&house).is_empty(), "a refused file is gone");

    let at = office.upload("/office/imports", &[], Some(("file", "方案.csv", &csv(SHEET)))).await.location();
    let id = at.strip_prefix("/office/imports/").unwrap().to_owned();
    let job = settled(&office, &id).await;
    assert_eq!((job["state"].as_str(), job["report"]["recorded"].as_i64()), (Some("preview"), Some(6)), "{job}");
    assert!(programmes::find(house.store.reader(), "330200-2025").await.unwrap().is_none(), "nothing is written yet");
    assert_eq!(uploads(&house).len(), 1);
    let page = office.get(&at).await.text();
    assert!(page.contains("确认导入") && page.contains("新增学位") && !page.contains("hx-trigger"), "{page}");

    office.post(&format!("{at}/confirmation"), &[]).await.location();
    let job = settled(&office, &id).await;
    assert_eq!((job["state"].as_str(), job["report"]["written"].as_bool()), (Some("done"), Some(true)), "{job}");
    assert!(uploads(&house).is_empty());
    let programme = programmes::find(house.store.reader(), "330200-2025").await.unwrap().unwrap();
    assert!(!programme.published, "an imported programme is a draft until somebody publishes it");
    assert_eq!(office.post(&format!("{at}/confirmation"), &[]).await.status, StatusCode::CONFLICT);

    let other = Visitor::new(&house, "other", Role::ProgrammeOffice, "330200").await;
    assert_eq!(other.get(&at).await.status, StatusCode::NOT_FOUND, "a job is its owner's");
    let export = office.get("/office/programmes/330200-2025/export?format=csv").await;
    assert!(export.text().contains("新增学位"));
    let reply = office.upload("/api/v1/imports?confirm=true", &[], Some(("file", "again.csv", &export.body))).await;
    assert_eq!(reply.status, StatusCode::ACCEPTED);
    let job = settled(&office, reply.json()["id"].as_str().unwrap()).await;
    assert_eq!((job["state"].as_str(), job["report"]["written"].as_bool()), (Some("done"), Some(false)), "{job}");
}

fn uploads(house: &House) -> Vec<std::path::PathBuf> {
    let folder = std::fs::read_dir(house.folder.path().join("uploads"));
    folder.map(|files| files.map(|file| file.unwrap().path()).collect()).unwrap_or_default()
}

#[tokio::test]
async fn an_upload_beyond_the_limit_is_refused_while_it_comes_in() {
    let house = House::new().await;
    let office = ningbo(&house).await;
    let reply = office.upload("/office/imports", &[], Some(("file", "huge.csv", &vec![b'a'; 66 << 20]))).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(reply.text().contains("文件或内容过大"), "{}", reply.text());
    assert!(uploads(&house).is_empty());
}

#[tokio::test]
async fn the_same_is_done_by_api() {
    let house = House::new().await;
    let office = ningbo(&house).await;
    let made = office
        .call(Method::POST, "/api/v1/programmes", json!({ "region": "330200", "year": 2026, "title": "甲" }))
        .await;
    assert_eq!((made.status, made.location().as_str()), (StatusCode::CREATED, "/api/v1/programmes/330200-2026"));
    let at = "/api/v1/programmes/330200-2026";
    let twice = office
        .call(Method::POST, "/api/v1/programmes", json!({ "region": "330200", "year": 2026, "title": "甲" }))
        .await;
    assert_eq!((twice.status, twice.json()["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")));
    let category =
        office.call(Method::POST, &format!("{at}/categories"), json!({ "name": "教育", "number": 1 })).await.json();
    let renamed = json!({ "name": "教育惠民", "was": category["was"] });
    let path = format!("{at}/categories/{}", category["id"].as_str().unwrap());
    assert_eq!(office.call(Method::PATCH, &path, renamed.clone()).await.json()["name"], "教育惠民");
    assert_eq!(office.call(Method::PATCH, &path, renamed).await.status, StatusCode::CONFLICT);
    let body = json!({ "category": category["id"], "name": "扩容", "lead": "市教育局" });
    let project = office.call(Method::POST, &format!("{at}/projects"), body).await.json();
    let body = json!({ "content": "新增学位", "was": project["was"] });
    let path = format!("{at}/projects/{}", project["id"].as_str().unwrap());
    assert_eq!(office.call(Method::PATCH, &path, body).await.json()["lead"], "市教育局");
    let body = json!({ "project": project["id"], "name": "新增学位", "unit": "个", "kind": "acreage" });
    let refused = office.call(Method::POST, &format!("{at}/indicators"), body).await;
    assert_eq!(refused.json()["places"][0]["at"], "kind");
    let body =
        json!({ "project": project["id"], "name": "新增学位", "unit": "个", "kind": "count", "grain": "county" });
    let indicator = office.call(Method::POST, &format!("{at}/indicators"), body).await.json();
    assert_eq!((indicator["number"].as_i64(), indicator["version"].as_i64()), (Some(1), Some(1)));
    let targets = json!({ "version": 1, "targets": [{ "figure": "1.2万" }, { "region": "330203", "figure": "3000" }] });
    let set = office.call(Method::POST, &format!("{at}/indicators/1/targets"), targets.clone()).await;
    assert_eq!((set.status, set.json()["written"].as_i64()), (StatusCode::CREATED, Some(2)), "{}", set.text());
    assert_eq!(
        office
            .call(
                Method::POST,
                &format!("{at}/indicators/1/targets"),
                json!({ "version": 1, "targets": [{ "region": "330205", "figure": "5" }] })
            )
            .await
            .status,
        StatusCode::CONFLICT
    );
    let fixed = json!({ "version": 2, "unit": "所" });
    let refused = office.call(Method::PATCH, &format!("{at}/indicators/1"), fixed).await;
    assert!(refused.json()["detail"].as_str().unwrap().contains("已有数字"), "{}", refused.text());
    let renamed =
        office.call(Method::PATCH, &format!("{at}/indicators/1"), json!({ "version": 2, "name": "学位新增" })).await;
    assert_eq!(renamed.json()["version"], 3);
    let published = office.call(Method::PATCH, at, json!({ "version": 1, "published": true, "title": "乙" })).await;
    assert_eq!((published.json()["published"].as_bool(), published.json()["title"].as_str()), (Some(true), Some("乙")));
    let template = office.call(Method::GET, "/api/v1/imports/template", Value::Null).await;
    assert!(template.body.starts_with(b"PK"));
    let description = office.get("/api/v1/openapi.json").await.json();
    for path in
        [at.replace("330200-2026", "{slug}"), "/api/v1/entries/{id}/corrections".into(), "/api/v1/imports".into()]
    {
        assert!(description["paths"][&path].is_object(), "{path}");
    }
}

#[tokio::test]
async fn html_and_sql_in_fields_stay_text() {
    let house = house().await;
    let office = ningbo(&house).await;
    let evil = "<script>alert(1)</script>'; DROP TABLE entries; --";
    let at = "/office/programmes/330200-2025";
    let made = office.post(&format!("{at}/categories"), &[("name", evil), ("number", "9")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
    let page = office.get(&made.location()).await.text();
    assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;alert(1)"), "{page}");
    assert!(ledger::verify::verify(house.store.reader()).await.unwrap().fault.is_none());
    let page = office.get(&format!("{at}?saved=%3Cscript%3E")).await.text();
    assert!(!page.contains("<script>"), "{page}");
}
