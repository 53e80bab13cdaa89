//! Whether stations are rural, where no message says so: marks of an office, what they change, and who may set them.

use axum::http::StatusCode;
use kernel::RegionCode;
use places::chargers::rules::Point;
use places::chargers::rural::mark;
use places::chargers::simulator::fleet::Size;
use places::chargers::simulator::{Fleet, Town};
use places::chargers::store::nearest::{self, Filter};
use places::chargers::store::rural::{Sums, tallies};
use places::chargers::store::stations;
use places::chargers::tables::stations as rows;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use testing::visitor::Visitor;
use uuid::Uuid;

use crate::house::{House, actor, on_both, places, towns};

on_both!(
    marks_make_278_piles_of_these_158_rural,
    an_office_marks_what_lies_in_its_county_and_nobody_elses,
    of_offices_that_mark_at_once_none_is_lost,
);

/// As many as were published for Yongkang: 278, of these 158 in the countryside.
const SIZE: Size = Size { urban: 120, rural: 158 };

const HERE: Point = Point { lat: 29_260_000, lng: 121_600_000 };

/// An operator that names the county only, so that no code tells what is rural; the stations that are meant to be come last.
async fn county_only(house: &House) -> (Fleet, places::chargers::tables::operators::Model) {
    let (operator, _) = house.register("MA0000001", "", None).await;
    let towns: Vec<Town> = towns().into_iter().map(|town| Town { area: "330226".into(), ..town }).collect();
    let fleet = Fleet::generate("MA0000001", 7, &towns, SIZE);
    stations::take(&house.store, &operator, &fleet.stations, true).await.unwrap();
    (fleet, operator)
}

async fn sums(house: &House) -> Sums {
    let ninghai: RegionCode = "330226".parse().unwrap();
    Sums::of(&tallies(house.store.reader()).await.unwrap(), |region| ninghai.contains(region))
}

/// The keys of the stations in 长街镇, where the rural ones of the fleet stand.
async fn meant_rural(house: &House) -> Vec<Uuid> {
    let found = rows::Entity::find().filter(rows::Column::Address.contains("长街镇"));
    let found = found.order_by_asc(rows::Column::Id).all(house.store.reader()).await.unwrap();
    found.into_iter().map(|row| row.id).collect()
}

async fn marks_make_278_piles_of_these_158_rural(url: &str) {
    let house = House::on(url).await;
    let (fleet, operator) = county_only(&house).await;
    let before = sums(&house).await;
    assert_eq!((before.piles, before.rural, before.urban, before.unknown), (278, 0, 0, 278));
    let rural_only = Filter { rural: true, ..Filter::default() };
    let found = async || nearest::nearest(house.store.reader(), HERE, rural_only, 10).await.unwrap().len();
    assert_eq!(found().await, 0, "what is not known is not counted as rural");

    let stations_of = meant_rural(&house).await;
    assert_eq!(mark(&house.store, &actor(), "宁海县", &stations_of, Some(true)).await.unwrap(), stations_of.len());
    let after = sums(&house).await;
    assert_eq!((after.piles, after.rural, after.unknown), (278, 158, 120));
    assert_eq!(found().await, 10);
    let events = store::audit::last_number(house.store.reader()).await.unwrap();
    assert_eq!(mark(&house.store, &actor(), "宁海县", &stations_of, Some(true)).await.unwrap(), 0, "marked already");
    assert_eq!(store::audit::last_number(house.store.reader()).await.unwrap(), events, "and no event");

    // The operator's list comes again, with another name of each station: what the office said stays.
    let mut listed = fleet.stations.clone();
    for station in &mut listed {
        station.name.push('新');
    }
    stations::take(&house.store, &operator, &listed, true).await.unwrap();
    assert_eq!(sums(&house).await, after);
    let rest = rows::Entity::find().filter(rows::Column::Rural.is_null()).all(house.store.reader()).await.unwrap();
    let rest: Vec<Uuid> = rest.into_iter().map(|row| row.id).collect();
    mark(&house.store, &actor(), "宁海县", &rest, Some(false)).await.unwrap();
    let whole = sums(&house).await;
    assert_eq!((whole.rural, whole.urban, whole.unknown), (158, 120, 0));

    mark(&house.store, &actor(), "宁海县", &stations_of[..1], None).await.unwrap();
    let back = sums(&house).await;
    assert!(back.unknown > 0 && back.rural + back.unknown == 158, "left to the code again, which does not tell");
    house.sound().await;
}

const PAGE: &str = "/office/chargers/rural";

async fn an_office_marks_what_lies_in_its_county_and_nobody_elses(url: &str) {
    let house = House::on(url).await;
    county_only(&house).await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let other = Visitor::office(&house, "xiangshan", "330225").await;
    let page = office.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for wanted in ["278", "运营商只报到区县", "未知", "标为农村", "演示数据"] {
        assert!(page.text().contains(wanted), "{wanted}: {}", page.text());
    }
    let elsewhere = other.get(PAGE).await.text();
    assert!(elsewhere.contains("没有符合条件的充电站"), "another county's office sees nothing of it");

    let keys = meant_rural(&house).await;
    let ticked: Vec<String> = keys[..2].iter().map(Uuid::to_string).collect();
    let form = |rural: &'static str| [("stations", &*ticked[0]), ("stations", &*ticked[1]), ("rural", rural)];
    assert_eq!(other.post(PAGE, &form("yes")).await.status, StatusCode::NOT_FOUND);
    for (wrong, told) in [(&[("rural", "yes")][..], "请先勾选"), (&form("maybe"), "请选择标为农村")] {
        let reply = office.post(PAGE, wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(reply.text().contains(told), "{told}: {}", reply.text());
    }
    assert_eq!(sums(&house).await.rural, 0, "nothing of all this was written");
    let marked = office.post("/office/chargers/rural?show=unknown", &form("yes")).await;
    assert_eq!(marked.location(), "/office/chargers/rural?show=unknown&saved=2");
    let text = office.get("/office/chargers/rural?show=rural").await.text();
    assert!(text.contains("ninghai办公室") && text.contains("标为农村"), "who marked it: {text}");
    let station = house.get(&format!("/chargers/{}", keys[0])).await.2;
    assert!(station.contains(">农村</span>"), "{station}");

    // Every page of the list holds other stations, and all of them together are all.
    let (mut after, mut seen) = (String::new(), std::collections::BTreeSet::new());
    loop {
        let text = office.get(&format!("/office/chargers/rural?limit=7{after}")).await.text();
        for part in text.split("name=\"stations\" value=\"").skip(1) {
            assert!(seen.insert(part[..36].to_owned()), "a station stands twice");
        }
        let Some((_, next)) = text.split_once("rel=\"next\"") else { break };
        let (_, next) = next.split_once("after=").unwrap();
        after = format!("&after={}", &next[..next.find(['"', '&']).unwrap()]);
    }
    let all = rows::Entity::find().all(house.store.reader()).await.unwrap().len();
    assert_eq!(seen.len(), all);
    house.sound().await;
}

async fn of_offices_that_mark_at_once_none_is_lost(url: &str) {
    let house = std::sync::Arc::new(House::on(url).await);
    let (fleet, operator) = county_only(&house).await;
    let keys = meant_rural(&house).await;
    let mut racing = tokio::task::JoinSet::new();
    for turn in 0..8 {
        let (house, keys) = (house.clone(), keys.clone());
        let (operator, mut listed) = (operator.clone(), fleet.stations.clone());
        racing.spawn(async move {
            if turn % 2 == 0 {
                mark(&house.store, &actor(), &format!("办公室{turn}"), &keys, Some(turn % 4 == 0)).await.map(|_| ())
            } else {
                listed.iter_mut().for_each(|station| station.name = format!("{}{turn}", station.name));
                stations::take(&house.store, &operator, &listed, false).await.map(|_| ())
            }
        });
    }
    for outcome in racing.join_all().await {
        outcome.unwrap();
    }
    let now = sums(&house).await;
    assert!(
        (now.rural, now.urban) == (158, 0) || (now.rural, now.urban) == (0, 158),
        "whole, one way or the other: {now:?}"
    );
    let marks = places::chargers::tables::marks::Entity::find().all(house.store.reader()).await.unwrap();
    let latest = marks.iter().filter(|mark| mark.station_id == keys[0]).max_by_key(|mark| mark.version).unwrap();
    let row = rows::Entity::find_by_id(keys[0]).one(house.store.reader()).await.unwrap().unwrap();
    assert_eq!(row.rural, latest.rural, "the mark that came last is what stands");
    house.sound().await;
}
