//! What everybody and the office see of services and registers.

use axum::http::StatusCode;
use places::catalogue::Catalogue;
use places::registers;
use store::Actor;

use crate::house::{House, Visitor, actor, places, room, service, typed};

#[tokio::test]
async fn every_listed_route_is_routed() {
    for step in places::steps() {
        web::assert_every_route_listed(step).await;
    }
}

#[tokio::test]
async fn every_kind_has_a_page_in_both_languages() {
    let house = House::new().await;
    let visitor = Visitor::nobody(&house);
    let list = visitor.get("/services").await.text();
    for one in &Catalogue::shipped().services {
        assert!(list.contains(&format!("/services/{}\"", one.slug)), "{}", one.code);
        let page = visitor.get(&format!("/services/{}?lang=en", one.slug)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", one.code);
        assert!(
            page.text().contains(&one.about.en.replace('\'', "&#39;")) || page.text().contains(&one.name.en[..4]),
            "{}",
            one.code
        );
    }
    let found = visitor.get("/services?q=%E6%AF%8D%E5%A9%B4").await.text();
    assert!(found.contains("nursing-rooms") && !found.contains("trails\""), "a word narrows the list");
    assert_eq!(visitor.get("/services/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visitor.get("/services/D017").await.status, StatusCode::OK, "the number leads there too");
}

#[tokio::test]
async fn published_figures_stand_beside_the_register_with_their_trails() {
    let mut house = House::new().await;
    // The last of the sample years was published later.
    let later = kernel::Clock::fixed("2026-11-21T04:00:00Z".parse().unwrap());
    house.store = house.store.with_clock(later);
    ledger::samples::load(&house.store, &Actor::operator("test"), &mut |_, _| {}).await.unwrap();
    let page = Visitor::nobody(&house).get("/services/aed").await.text();
    assert!(page.contains("永康市") && page.contains("290") && page.contains("/entries/"), "{page}");
    assert!(page.contains("还没有登记"), "and it says that nobody entered one yet");
}

#[tokio::test]
async fn a_register_is_searched_narrowed_and_ordered_by_distance() {
    let house = House::new().await;
    let rooms = [
        room("近处", &[("lng", "121.4300"), ("lat", "29.2900"), ("a-setting", "医院")]),
        room("远处", &[("lng", "121.5300"), ("lat", "29.2900"), ("hours", "每天 12:00–20:00")]),
        room("没有坐标", &[("grade", "三星")]),
        room("在建的", &[("stage", "在建")]),
        room("作废的", &[("stage", "作废")]),
    ];
    registers::take(&house.store, &actor(), service("D017"), &rooms, (false, false)).await.unwrap();
    let visitor = Visitor::nobody(&house);
    let names = |query: &str| {
        let path = format!("/api/v1/services/nursing-rooms/entries?{query}");
        let visitor = &visitor;
        async move {
            let reply = visitor.get(&path).await.json();
            let items = reply["items"].as_array().unwrap().clone();
            items.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        }
    };
    assert_eq!(names("lat=29.29&lng=121.52").await.split(' ').next(), Some("远处"), "the nearest first");
    assert!(names("lat=29.29&lng=121.42").await.starts_with("近处 远处 "));
    assert_eq!(names("open=1").await, "没有坐标 近处", "at ten in the morning; what is not built is not open");
    assert_eq!(names("grade=star3").await, "没有坐标");
    assert_eq!(names("a-setting=hospital").await, "近处");
    assert_eq!(names("q=%E8%BF%9C").await, "远处");
    assert_eq!(names("region=330784").await, "");
    assert!(!names("").await.contains("作废"), "what was a mistake is not shown");
    let near = visitor.get("/services/nursing-rooms?near=330226001").await.text();
    assert!(near.contains("从该地已登记点位的中心量起"), "or from the middle of what is registered there: {near}");

    let page = visitor.get("/services/nursing-rooms?lat=29.29&lng=121.42").await.text();
    assert!(page.contains("由近到远") && page.contains("公里") && page.contains("开放中，至 21:00"), "{page}");
    let geo = visitor.get("/services/nursing-rooms.geojson").await.json();
    assert_eq!(geo["features"].as_array().unwrap().len(), 2, "only what has a point");
    assert_eq!(geo["features"][0]["geometry"]["type"], "Point");
    let sheet = visitor.get("/api/v1/services/D017/entries?format=csv").await;
    assert!(sheet.text().contains("近处") && sheet.text().contains("父亲可进入"), "{}", sheet.text());
    assert_eq!(visitor.get("/api/v1/services/D017/entries?after=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_is_not_public_stays_in_the_office() {
    let house = House::new().await;
    let fields = typed(&[("name", "A 园"), ("a-kind", "公办"), ("a-places", "80"), ("a-enrolled", "61")]);
    let region = Ok("330226001".parse().unwrap());
    let content = registers::Content::read(service("D054"), &fields, region, "2024-06-28".parse().unwrap()).unwrap();
    registers::enter(&house.store, &actor(), service("D054"), &content, false).await.unwrap();
    let nobody = Visitor::nobody(&house);
    for path in
        ["/services/childcare-network", "/api/v1/services/D054/entries", "/api/v1/services/D054/entries?format=csv"]
    {
        let seen = nobody.get(path).await.text();
        assert!(
            seen.contains("A 园") && seen.contains("80") && !seen.contains("在托人数") && !seen.contains("enrolled"),
            "{path}: {seen}"
        );
    }
    assert!(nobody.get("/office/registers/childcare-network").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn an_office_enters_changes_and_counts() {
    let house = House::new().await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    assert!(office.get("/office/registers").await.text().contains("母婴室"));
    let form = office.get("/office/registers/nursing-rooms/new").await.text();
    assert!(form.contains("name=\"a-setting\"") && form.contains("name=\"crs\""), "{form}");
    let wrong = office.post("/office/registers/nursing-rooms/new", &[("region", "330784"), ("name", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("不在您的管辖范围内") && wrong.text().contains("请填写名称"), "{}", wrong.text());

    let fields = [
        ("region", "330226001"),
        ("name", "吾悦三楼"),
        ("grade", "star5"),
        ("stage", "in_use"),
        ("as_of", "2024-06-01"),
        ("a-setting", "mall"),
    ];
    let entered = office.post("/office/registers/nursing-rooms/new", &fields).await;
    let address = entered.location();
    let page = office.get(&address).await;
    assert!(page.text().contains("吾悦三楼") && page.text().contains("验收清单"));
    let version = page.value("version");
    let changed: Vec<_> = fields.iter().copied().chain([("version", version.as_str()), ("a-floor", "3F")]).collect();
    assert_eq!(office.post(&address, &changed).await.location(), address);
    let stale = office.post(&address, &changed).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text().contains("已被他人修改"));
    assert!(office.get(&address).await.text().contains("3F"), "the history names what changed");

    let register = office.get("/office/registers/nursing-rooms").await.text();
    assert!(register.contains("五星级母婴室新建") && register.contains("1 个"), "{register}");
    let before = office.get("/office/registers/nursing-rooms?day=2024-05-01").await.text();
    assert!(before.contains("0 个"), "on a day before it counted");
    let other = Visitor::office(&house, "yinzhou", "330212").await;
    assert_eq!(other.get(&address).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_sheet_is_looked_at_before_it_is_taken() {
    let house = House::new().await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let path = "/office/registers/nursing-rooms/import";
    let template = office.get("/office/registers/nursing-rooms/template").await;
    assert!(template.body.starts_with(b"PK"));
    let sheet = "区划代码或名称,名称,场所类型\n330226001,甲,商场\n330226001,乙,医院\n".as_bytes();
    let preview = office.upload(path, &[], Some(("file", "母婴室.csv", sheet))).await;
    assert!(preview.text().contains("新登记 <b>2</b>"), "{}", preview.text());
    assert_eq!(registers::count_by_service(house.store.reader()).await.unwrap().len(), 0);
    let (token, name) = (preview.value("token"), preview.value("name"));
    let confirm = [("token", token.as_str()), ("name", name.as_str()), ("confirm", "1")];
    let done = office.upload(path, &confirm, None).await;
    assert!(done.text().contains("已导入"), "{}", done.text());
    assert_eq!(registers::count_by_service(house.store.reader()).await.unwrap()["D017"], 2);
    let gone = office.upload(path, &confirm, None).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY, "a preview is taken once");
    let outside = [("token", "../../etc/passwd"), ("confirm", "1")];
    assert_eq!(office.upload(path, &outside, None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = office
        .upload(path, &[], Some(("file", "a.csv", "区划代码或名称,名称,场所类型\n330784,丙,商场\n".as_bytes())))
        .await;
    assert!(wrong.text().contains("第 2 行 A 列"), "{}", wrong.text());
}
