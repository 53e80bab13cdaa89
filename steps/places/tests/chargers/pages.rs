//! Pages and feeds as a visitor gets them.

use axum::http::StatusCode;
use kernel::Role;
use places::chargers::simulator::fleet::Size;
use testing::visitor::Visitor;

use crate::house::{House, MINUTE, on_both, places};

on_both!(
    a_visitor_finds_a_free_connector,
    stations_lie_on_the_map_with_how_they_stand,
    the_feed_is_whole_and_paged,
    an_office_registers_an_operator_and_sees_its_keys_once
);

const SIZE: Size = Size { urban: 40, rural: 40 };

async fn a_visitor_finds_a_free_connector(url: &str) {
    let mut house = House::on(url).await;
    let (status, headers, text) = house.get("/chargers").await;
    assert_eq!(status, StatusCode::OK);
    assert!(text.contains("还没有接入充电运营商"));
    assert_eq!(headers["cache-control"], "no-store", "a live page is not kept while the ledger stands still");
    house.polled("MA0000001", SIZE).await;
    house.poll().await;
    // What the site holds of stations is so old at most.
    house.wait(places::chargers::layer::FRESH_MS);
    let (_, _, text) = house.get("/chargers").await;
    for told in ["宁海县", "长街镇", "演示数据"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let (_, _, near) = house.get("/chargers?lat=29.246&lng=121.688&free=1").await;
    assert!(
        near.contains("您的位置") && near.contains("空闲") && (near.contains(" 米</b>") || near.contains(" 公里</b>")),
        "{near}"
    );
    assert!(near.contains("1分钟内"), "the age of each status is shown");
    let (_, _, rural) = house.get("/chargers?place=330226&rural=1").await;
    assert!(rural.contains("长街镇") && !rural.contains("跃龙街道演示路"));
    let (_, _, named) = house.get("/chargers?q=%E6%BC%94%E7%A4%BA%E8%B7%AF&kind=fast").await;
    assert!(named.contains("演示路"));
    let (_, _, none) = house.get("/chargers?q=%25_%27%22--").await;
    assert!(none.contains("没有符合条件的充电站"));
    for odd in ["lat=north&lng=x", "lat=999&lng=1", "near=nothing", "place=xx", "lat=0&lng=0", "kind=odd&place=33"] {
        let (status, _, _) = house.get(&format!("/chargers?{odd}")).await;
        assert_eq!(status, StatusCode::OK, "{odd}");
    }
    let list = house.json("/api/v1/chargers?limit=1").await;
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let (status, _, station) = house.get(&format!("/chargers/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(station.contains("变为此状态") && station.contains("可用率") && station.contains("1号枪"));
    let (_, _, nearby) = house.get(&format!("/chargers?near={id}")).await;
    assert!(nearby.contains(">0 米<"));
    let (status, _, operator) = house.get("/chargers/operators/MA0000001").await;
    assert!(status == StatusCode::OK && operator.contains("演示充电MA0000001"));
    for missing in ["/chargers/0191b3c0-0000-7000-8000-000000000000", "/chargers/x", "/chargers/operators/NOBODY"] {
        assert_eq!(house.get(missing).await.0, StatusCode::NOT_FOUND, "{missing}");
    }
    // Half an hour without news: nothing is free any more.
    house.wait(40 * MINUTE);
    let tx = house.store.begin_upkeep().await.unwrap();
    places::chargers::store::live::note(&tx, &[]).await.unwrap();
    tx.commit().await.unwrap();
    let english = house.get("/chargers?lat=29.246&lng=121.688&lang=en").await.2;
    assert!(english.contains("Nearest to") && english.contains("40 min ago"));
}

async fn stations_lie_on_the_map_with_how_they_stand(url: &str) {
    let mut house = House::on(url).await;
    let tile = "/tiles/chargers/14/13718/6796.mvt";
    assert_eq!(house.get(tile).await.2, "", "no operator, no stations");
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    house.wait(11_000);
    let (status, headers, text) = house.get("/tiles/chargers/10/857/424.mvt").await;
    assert_eq!((status, &headers["cache-control"]), (StatusCode::OK, &"no-store".parse().unwrap()));
    assert_eq!(headers["content-type"], "application/vnd.mapbox-vector-tile");
    assert!(text.contains("piles") && text.contains("count") && text.contains("free"), "{text}");
    let (_, _, rural) = house.get("/tiles/chargers/10/857/424.mvt?rural=1").await;
    assert_eq!(rural, "", "the rural town lies in the next tile");
    for wrong in ["/tiles/chargers/10/1024/0.mvt", "/tiles/chargers/21/0/0.mvt", "/tiles/chargers/10/857/424.png"] {
        assert_eq!(house.get(wrong).await.0, StatusCode::NOT_FOUND, "{wrong}");
    }

    let (_, headers, page) = house.get("/map?piles=1").await;
    assert_eq!(headers["cache-control"], "no-store");
    for wanted in ["data-piles", "有空闲枪", "暂无空闲", "停用或无最新数据", "充电站", "元/度", "kW"]
    {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let (_, headers, plain) = house.get("/map").await;
    assert!(!plain.contains("data-piles") && headers.get("cache-control").is_none_or(|how| how != "no-store"));
    let before = house.store.statements();
    house.get("/map?piles=1&lat=29.288&lng=121.43").await;
    let asked = house.store.statements() - before;
    assert!(asked <= 24, "{asked} statements for the map with chargers near somebody");
    let before = house.store.statements();
    for _ in 0..5 {
        house.get(tile).await;
    }
    assert!(house.store.statements() - before <= 5, "tiles are cut from what is held in memory");

    // Nothing is heard for an hour: the map no longer says that something is free.
    of.simulator.misbehave(places::chargers::simulator::Misbehaviour::Down);
    house.wait(60 * MINUTE);
    house.poll().await;
    let silent = house.get("/tiles/chargers/10/857/424.mvt").await.2;
    assert!(silent.contains("off") && !silent.contains("busy"), "{silent}");
}

async fn the_feed_is_whole_and_paged(url: &str) {
    let house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    let stations = of.simulator.fleet().stations.len();
    let (mut after, mut seen, mut connectors) = (String::new(), std::collections::BTreeSet::new(), 0);
    loop {
        let page = house.json(&format!("/api/v1/chargers?limit=5{after}")).await;
        for item in page["items"].as_array().unwrap() {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()));
            connectors += item["fast"].as_i64().unwrap() + item["slow"].as_i64().unwrap();
            assert_eq!((&item["demo"], item["as_of_ms"].as_i64()), (&true.into(), Some(house.now())), "{item}");
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), connectors), (stations, 80));
    let rural = house.json("/api/v1/chargers?region=330226101&limit=500").await;
    assert!(rural["items"].as_array().unwrap().iter().all(|item| item["rural"] == true));
    let csv = house.get("/api/v1/chargers?format=csv").await.2;
    assert_eq!(csv.lines().count(), stations + 1);
    let geo = house.json("/api/v1/chargers.geojson?limit=500").await;
    assert_eq!(geo["features"].as_array().unwrap().len(), stations);
    let at = geo["features"][0]["geometry"]["coordinates"].as_array().unwrap();
    assert!(at[0].as_f64().unwrap() > 120.0 && at[1].as_f64().unwrap() < 30.0, "longitude first");
    let near = house.json("/api/v1/chargers/nearest?lat=29.288&lng=121.43&limit=3").await;
    let metres: Vec<_> =
        near["items"].as_array().unwrap().iter().map(|item| item["metres"].as_u64().unwrap()).collect();
    assert!(metres.len() == 3 && metres.is_sorted(), "{metres:?}");
    for wrong in [
        "/api/v1/chargers/nearest",
        "/api/v1/chargers/nearest?lat=1&lng=x",
        "/api/v1/chargers?region=abc",
        "/api/v1/chargers/nearest?lat=1&lng=1&kind=x",
    ] {
        assert_eq!(house.get(wrong).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let one = house.json(&format!("/api/v1/chargers/{}", seen.first().unwrap())).await;
    assert!(one["connectors"][0]["status"].is_string());

    let (status, headers, text) = house.get("/ocpi/2.2.1/locations?offset=0&limit=4").await;
    let body: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, body["status_code"].as_i64()), (StatusCode::OK, Some(1_000)));
    assert_eq!(headers["x-total-count"], stations.to_string().as_str());
    assert!(headers["link"].to_str().unwrap().contains("offset=4&limit=4"));
    let location = &body["data"][0];
    let at = location["coordinates"]["latitude"].as_str().unwrap();
    assert!(at.starts_with("29."), "{at}");
    let known = ["AVAILABLE", "BLOCKED", "CHARGING", "RESERVED", "OUTOFORDER", "UNKNOWN"];
    assert!(known.contains(&location["evses"][0]["status"].as_str().unwrap()));
    let (_, headers, _) = house.get(&format!("/ocpi/2.2.1/locations?offset={}&limit=4", stations - 2)).await;
    assert!(!headers.contains_key("link"), "the last page leads nowhere");
    let id = location["id"].as_str().unwrap();
    assert_eq!(house.json(&format!("/ocpi/2.2.1/locations/{id}")).await["data"]["id"], id);
    assert_eq!(house.get("/ocpi/2.2.1/locations/x").await.0, StatusCode::NOT_FOUND);
}

async fn an_office_registers_an_operator_and_sees_its_keys_once(url: &str) {
    let house = House::on(url).await;
    let ninghai = Visitor::office(&house, "ninghai", "330226").await;
    let elsewhere = Visitor::office(&house, "elsewhere", "330225").await;
    let system = Visitor::new(&house, "system", Role::SystemAdministrator, "").await;
    let key = "1234567890abcdef";
    let form = [
        ("code", "MA0000001"),
        ("name", "演示"),
        ("region", "330226"),
        ("own_code", "MA9999999"),
        ("address", "http://127.0.0.1:9/evcs/v20160701"),
        ("operator", key),
        ("data", key),
        ("iv", key),
        ("sig", key),
    ];
    let page = "/office/chargers";
    let wrong = form.map(|(name, value)| if name == "iv" { (name, "short") } else { (name, value) });
    let refused = ninghai.post(page, &wrong).await;
    let text = refused.text();
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("16 个字符"), "{text}");
    assert!(!text.contains(key), "a secret was sent back into the page");
    assert_eq!(elsewhere.post(page, &form).await.status, StatusCode::FORBIDDEN, "another county's office");
    let taken = ninghai.post(page, &form).await;
    let text = taken.text();
    assert!(taken.status == StatusCode::OK && text.contains("只显示这一次") && text.contains("SigSecret"), "{text}");
    let text = ninghai.get(page).await.text();
    assert!(text.contains("MA0000001") && !text.contains("只显示这一次") && text.contains("待查询"));
    let again = ninghai.post(page, &form).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.text().contains("已登记"));
    assert!(!elsewhere.get(page).await.text().contains("MA0000001"), "another county's office sees nothing of it");
    let row = places::chargers::store::operators::by_code(house.store.reader(), "MA0000001").await.unwrap().unwrap();
    let (suspension, suspended) = (format!("/office/chargers/{}/suspension", row.id), [("suspended", "true")]);
    assert_eq!(elsewhere.post(&suspension, &suspended).await.status, StatusCode::NOT_FOUND);
    assert_eq!(system.post(&suspension, &suspended).await.status, StatusCode::SEE_OTHER);
    assert!(system.get(page).await.text().contains("已停用"));
    house.sound().await;
}
