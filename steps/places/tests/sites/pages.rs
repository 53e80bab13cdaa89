//! The public map, the page of a site, tiles, open data, and the office.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kernel::Role;
use places::sites::store::{self as rows, Asked};

use crate::house::{House, SITES, Visitor, actor, places};

async fn filled() -> House {
    let house = House::new().await;
    house.import("sites.csv", SITES).await.unwrap();
    house
}

async fn code(house: &House, reference: &str) -> String {
    let all = rows::of_programme(house.store.reader(), house.outline.programme.id, &Asked::default(), None, None)
        .await
        .unwrap();
    all.into_iter().find(|row| row.reference == reference).unwrap().code
}

#[tokio::test]
async fn the_list_beside_the_map_says_it_all_and_filters_narrow_it() {
    let house = filled().await;
    let anybody = Visitor::nobody(&house);
    let page = anybody.get("/map").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    for wanted in ["一号充电站", "二号充电站", "健身广场", "示意图", "严重滞后", "data-map"] {
        assert!(text.contains(wanted), "{wanted}");
    }
    let late = anybody.get("/map?programme=330226-2024&light=late").await.text();
    assert!(late.contains("二号充电站") && !late.contains("一号充电站") && !late.contains("三号充电站"));
    let squares = anybody.get("/map?programme=330226-2024&kind=%E5%81%A5%E8%BA%AB%E5%B9%BF%E5%9C%BA").await.text();
    assert!(squares.contains("丁路4号") && !squares.contains("甲路1号"));
    let near = anybody.get("/map?programme=330226-2024&lat=29.300&lng=121.500").await.text();
    let (second, third) = (near.find("二号充电站").unwrap(), near.find("三号充电站").unwrap());
    assert!(second < third, "the nearest stands first");
    let nonsense = anybody.get("/map?lat=x&lng=999&region=abc&year=none&stage=%00").await;
    assert_eq!(nonsense.status, StatusCode::OK);
    assert!(nonsense.text().contains("没有符合条件的点位"));
}

#[tokio::test]
async fn the_map_and_its_tiles_cost_few_statements() {
    let house = filled().await;
    let anybody = Visitor::nobody(&house);
    anybody.get("/map").await;
    for (path, most) in
        [("/map?stage=building", 16), ("/map?light=late&lat=29.3&lng=121.5", 16), ("/tiles/sites/9/428/212.mvt", 4)]
    {
        let before = house.store.statements();
        assert_eq!(anybody.get(path).await.status, StatusCode::OK);
        let asked = house.store.statements() - before;
        assert!(asked <= most, "{path}: {asked} statements");
    }
}

#[tokio::test]
async fn the_page_of_a_site_is_found_by_its_code_and_only_while_public() {
    let house = filled().await;
    let anybody = Visitor::nobody(&house);
    let code = code(&house, "CD-1").await;
    let page = anybody.get(&format!("/s/{code}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for wanted in ["一号充电站", "120 个", "甲路1号", "宁海县", "地域", "城镇", "附近", &code] {
        assert!(page.text().contains(wanted), "{wanted}");
    }
    // Where it lies in its county needs no script; the map opens with its neighbours.
    let text = page.text();
    assert!(text.contains("aria-label=\"在宁海县的位置\"") && text.contains("<circle"), "{text}");
    let near = text.split("data-near=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    assert!(near.contains(&code) && near.contains("二号充电站") && near.contains("三号充电站"), "{near}");
    assert_eq!(anybody.get(&format!("/s/{}", code.to_lowercase())).await.location(), format!("/s/{code}"));
    for wrong in ["/s/AAAAAAA", "/s/1", "/s/%E7%A0%81", "/sites/0191b3c0-0000-7000-8000-000000000000", "/sites/x"] {
        assert_eq!(anybody.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let draft = House::new().await;
    let mut tx = draft.store.begin(&actor()).await.unwrap();
    let form = ledger::programmes::ProgrammeForm {
        published: false,
        ..ledger::programmes::ProgrammeForm::new(draft.outline.region(), 2024, &draft.outline.programme.title)
    };
    ledger::programmes::edit(&tx, draft.outline.programme.id, draft.outline.programme.version, &form).await.unwrap();
    tx.record(store::audit::Event::new("programme.changed", "programme", "x", serde_json::json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    draft.import("sites.csv", SITES).await.unwrap();
    let all = rows::of_programme(draft.store.reader(), draft.outline.programme.id, &Asked::default(), None, None)
        .await
        .unwrap();
    let anybody = Visitor::nobody(&draft);
    assert_eq!(anybody.get(&format!("/s/{}", all[0].code)).await.status, StatusCode::NOT_FOUND);
    assert!(!anybody.get("/map").await.text().contains("一号充电站"));
    assert!(!anybody.get("/api/v1/sites").await.text().contains("一号充电站"));
}

#[tokio::test]
async fn tiles_are_served_where_there_are_tiles() {
    let house = filled().await;
    let anybody = Visitor::nobody(&house);
    let tile = anybody.get("/tiles/sites/8/214/106.mvt?programme=330226-2024").await;
    assert_eq!(tile.status, StatusCode::OK);
    assert_eq!(tile.headers["content-type"], "application/vnd.mapbox-vector-tile");
    assert!(tile.headers.contains_key("etag"));
    assert!(!tile.body.is_empty());
    let regions = anybody.get("/tiles/regions/8/214/106.mvt").await;
    assert!(String::from_utf8_lossy(&regions.body).contains("宁海县"));
    let nowhere = anybody.get("/tiles/sites/8/0/0.mvt").await;
    assert_eq!((nowhere.status, nowhere.body.len()), (StatusCode::OK, 0));
    for wrong in [
        "/tiles/sites/8/256/0.mvt",
        "/tiles/sites/21/0/0.mvt",
        "/tiles/sites/8/1/1",
        "/tiles/roads/1/0/0.mvt",
        "/tiles/sites/99999999999/0/0.mvt",
        "/tiles/sites/1/-1/0.mvt",
    ] {
        assert_eq!(anybody.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn sites_are_open_data() {
    let house = filled().await;
    let anybody = Visitor::nobody(&house);
    let list: serde_json::Value = serde_json::from_slice(&anybody.get("/api/v1/sites?limit=3").await.body).unwrap();
    assert_eq!(list["items"].as_array().unwrap().len(), 3);
    let next = list["next"].as_str().unwrap();
    let rest: serde_json::Value =
        serde_json::from_slice(&anybody.get(&format!("/api/v1/sites?limit=3&after={next}")).await.body).unwrap();
    assert_eq!(rest["items"][0]["reference"], "JS-1");
    assert_eq!(list["items"][0]["attributes"]["地域"], "城镇");
    let csv = anybody.get("/api/v1/sites?format=csv").await.text();
    assert!(csv.lines().nth(1).unwrap().contains("一号充电站"));
    let geojson: serde_json::Value = serde_json::from_slice(&anybody.get("/api/v1/sites/geojson").await.body).unwrap();
    assert_eq!(geojson["features"][3]["geometry"], serde_json::Value::Null);
    let code = code(&house, "CD-2").await;
    let one: serde_json::Value =
        serde_json::from_slice(&anybody.get(&format!("/api/v1/sites/{code}")).await.body).unwrap();
    assert_eq!((&one["light"], &one["stage"]), (&"late".into(), &"building".into()));
}

#[tokio::test]
async fn an_office_imports_enters_and_withdraws() {
    let house = House::new().await;
    let office = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    let preview =
        office.upload("/office/sites-import", &[("crs", "wgs84")], Some(("file", "sites.csv", SITES.as_bytes()))).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
    assert!(preview.text().contains("确认导入"));
    let other = Visitor::new(&house, "yuyao", Role::ProgrammeOffice, "330281").await;
    let confirmed = [("crs", "wgs84"), ("name", "sites.csv")];
    assert_eq!(other.post("/office/sites-import/confirmation", &confirmed).await.status, StatusCode::CONFLICT);
    let done = office.post("/office/sites-import/confirmation", &confirmed).await;
    assert_eq!(done.location(), "/office/sites-import?done=4-0-0");
    assert_eq!(office.post("/office/sites-import/confirmation", &confirmed).await.status, StatusCode::CONFLICT);
    let foreign = other.upload("/office/sites-import", &[], Some(("file", "sites.csv", SITES.as_bytes()))).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(foreign.text().contains("您的账号不能写入"));

    let list = office.get("/office/sites/330226-2024").await.text();
    for wanted in ["278", "相符", "CD-1", "个还没有点位"] {
        assert!(list.contains(wanted), "{wanted} in {list}");
    }
    // 278 piles planned as promised; 120 of them finished where 200 are reported.
    let row = &list[list.find("公共充电桩").unwrap()..];
    let row = &row[..row.find("</tr>").unwrap()];
    for wanted in ["<b>278</b>", ">278<", "相符", "<b>120</b>", ">200<", "−80"] {
        assert!(row.contains(wanted), "{wanted} in {row}");
    }
    let project = house.outline.projects[1].id.to_string();
    let fields = [
        ("name", "新广场"),
        ("reference", "JS-2"),
        ("project", project.as_str()),
        ("region", "330226"),
        ("crs", "wgs84"),
        ("longitude", "121.45"),
        ("latitude", "29.29"),
    ];
    let swapped: Vec<_> = fields
        .iter()
        .map(|(name, value)| match *name {
            "longitude" => (*name, "29.29"),
            "latitude" => (*name, "121.45"),
            _ => (*name, *value),
        })
        .collect();
    let refused = office.upload("/office/sites/330226-2024/new", &swapped, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("填反了") && refused.text().contains("新广场"));
    let added = office.upload("/office/sites/330226-2024/new", &fields, None).await.location();
    let form = office.get(&added).await.text();
    assert!(form.contains("新广场") && form.contains("121.45"));
    let withdrawn = office.post(&format!("{added}/withdrawal"), &[("version", "1")]).await;
    assert_eq!(withdrawn.location(), "/office/sites/330226-2024?saved=1");
    assert!(!office.get("/office/sites/330226-2024").await.text().contains("新广场"));
    assert_eq!(other.get(&added).await.status, StatusCode::NOT_FOUND);
}

/// As many sites as a page of the list does not hold.
fn many(count: usize) -> String {
    let head = SITES.lines().next().unwrap();
    let row = |number: usize| {
        let stage = if number.is_multiple_of(2) { "在建" } else { "已投用" };
        format!(
            "330226-2024,N-{number:04},第{number}号Park,充电设施,公共充电桩,330226{:03},新路{number}号,,{stage},,,1,,,,农村\n",
            number % 2 + 1
        )
    };
    format!("{head}\n{}", (1..=count).map(row).collect::<String>())
}

#[tokio::test]
async fn the_offices_list_is_read_in_slices_and_keeps_its_filter_in_the_address() {
    let house = House::new().await;
    house.import("many.csv", &many(120)).await.unwrap();
    let office = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    let list = "/office/sites/330226-2024";
    let first = office.get(list).await.text();
    assert!(first.contains("N-0050") && !first.contains("N-0051") && first.contains("点位合计与台账"), "{first}");
    assert!(first.contains("120") && first.contains("after=N-0050"));
    let second = office.get(&format!("{list}?after=N-0050&stage=building&limit=20")).await.text();
    assert!(second.contains("N-0052") && !second.contains("N-0051") && !second.contains("点位合计与台账"));
    let next = "stage=building&#38;limit=20&#38;after=N-0090";
    assert!(second.contains(next), "the next slice keeps the filter: {second}");
    assert!(
        second.contains("href=\"/office/sites/330226-2024?stage=building&#38;limit=20\""),
        "and so does the way back to the start"
    );
    // Letters of any size, full-width ones as well; a number; an address; a short code.
    for (words, wanted) in
        [("第7号PARK", "N-0007"), ("ｎ－0008", "N-0008"), ("新路9号", "N-0009"), ("新路 第9号park", "N-0009")]
    {
        let found = office.get(&format!("{list}?q={}", web::listing::escape(words))).await.text();
        assert!(found.contains(wanted) && found.contains("找到 1 个"), "{words}: {found}");
    }
    let code = code(&house, "N-0033").await;
    assert!(office.get(&format!("{list}?q={}", code.to_lowercase())).await.text().contains("N-0033"));
    let town = office.get(&format!("{list}?region=330226001&limit=500")).await.text();
    assert!(town.contains("N-0002") && !town.contains("N-0001") && town.contains("找到 60 个"), "{town}");
    let pointless = office.get(&format!("{list}?pointless=1&q=nothing")).await.text();
    assert!(pointless.contains("没有符合条件的点位"));
    assert_eq!(office.get(&format!("{list}?region=x&stage=%00&project=1&after=%27")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_offices_list_costs_as_much_for_many_sites_as_for_few() {
    let mut costs = Vec::new();
    for count in [4, 300] {
        let house = House::new().await;
        house.import("many.csv", &many(count)).await.unwrap();
        let office = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
        let cost = async |path: &str| {
            let before = house.store.statements();
            // The address of a code begins with the host.
            let request = Request::get(path).header("host", "minsheng.example").body(Body::empty());
            assert_eq!(office.send(request.unwrap()).await.status, StatusCode::OK);
            house.store.statements() - before
        };
        costs.push([
            cost("/office/sites/330226-2024").await,
            cost("/office/sites/330226-2024?stage=building").await,
            cost("/office/programmes/330226-2024/codes?limit=2").await,
        ]);
    }
    assert_eq!(costs[0], costs[1]);
    assert!(costs[0].iter().all(|cost| *cost <= 24), "{costs:?}");
}

#[tokio::test]
async fn a_picture_that_is_none_leads_back_to_the_form_with_what_was_typed() {
    let house = filled().await;
    let office = Visitor::new(&house, "ninghai", Role::ProgrammeOffice, "330226").await;
    let project = house.outline.projects[1].id.to_string();
    let fields = [
        ("name", "新广场"),
        ("reference", "JS-9"),
        ("project", project.as_str()),
        ("region", "330226"),
        ("note", "写好的说明"),
    ];
    let picture = Some(("pictures", "假图.png", "这不是图片".as_bytes()));
    let refused = office.upload("/office/sites/330226-2024/new", &fields, picture).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    let text = refused.text();
    assert!(text.contains("写好的说明") && text.contains("新广场") && text.contains("pictures-trouble"), "{text}");
    assert!(!office.get("/office/sites/330226-2024?q=JS-9").await.text().contains("新广场"), "nothing was written");
    let everything = Asked::default();
    let all = rows::of_programme(house.store.reader(), house.outline.programme.id, &everything, None, None);
    let id = all.await.unwrap()[0].id;
    let version = ("version", "1");
    let changed =
        office.upload(&format!("/office/site/{id}"), &[fields.as_slice(), &[version]].concat(), picture).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(changed.text().contains("pictures-trouble") && changed.text().contains("写好的说明"));
}
