//! The nearest free connector beside the naive way, and what is shown of the past.

use std::sync::Arc;

use evcs::{ConnectorReport, ConnectorStatus};
use places::chargers::layer::{FRESH_MS, Live};
use places::chargers::rules::{HOUR_MS, Point};
use places::chargers::simulator::fleet::Size;
use places::chargers::store::live::{self, Heard};
use places::chargers::store::nearest::{Filter, nearest};
use places::chargers::tables::{changes, connectors, states, stations};
use sea_orm::EntityTrait;

use crate::house::{House, MINUTE, Notifying, clock, on_both, places};

on_both!(
    the_nearest_is_what_looking_at_all_finds,
    an_answer_on_its_way_changes_nothing_newer,
    two_writers_keep_one_course,
    while_people_look_nobody_waits_for_the_map,
);

/// Notes how every connector stands by its course.
async fn note_all(house: &House, of: &Notifying) {
    let fleet = of.simulator.fleet();
    let at_ms = house.now();
    let heard: Vec<Heard> = fleet
        .connectors()
        .map(|one| Heard {
            operator: of.operator.id,
            report: ConnectorReport { connector: one.into(), status: fleet.status(one, at_ms), park: -1, lock: -1 },
            at_ms,
        })
        .collect();
    let tx = house.store.begin_upkeep().await.unwrap();
    live::note(&tx, &heard).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_nearest_is_what_looking_at_all_finds(url: &str) {
    let house = House::on(url).await;
    let of = house.notifying("MA0000001", Size { urban: 300, rural: 300 }).await;
    note_all(&house, &of).await;
    let on = house.store.reader();
    let all = stations::Entity::find().all(on).await.unwrap();
    let plugs = connectors::Entity::find().all(on).await.unwrap();
    let free: Vec<_> = states::Entity::find()
        .all(on)
        .await
        .unwrap()
        .into_iter()
        .filter(|row| row.status == 1)
        .map(|row| row.connector_id)
        .collect();
    let filters = [
        Filter { free: true, ..Filter::default() },
        Filter { fast: Some(true), free: true, rural: false },
        Filter { fast: Some(false), free: false, rural: true },
    ];
    for (lat, lng) in
        [(29_288_000, 121_430_000), (29_200_000, 121_600_000), (29_900_000, 121_500_000), (20_000_000, 110_000_000)]
    {
        let from = Point { lat, lng };
        for filter in filters {
            for wanted in [1, 7, 1_000] {
                let mut naive: Vec<_> = all
                    .iter()
                    .filter(|row| !filter.rural || row.rural == Some(true))
                    .filter(|row| {
                        let mut own = plugs.iter().filter(|plug| {
                            plug.station_id == row.id && filter.fast.is_none_or(|fast| fast == plug.fast)
                        });
                        own.any(|plug| !filter.free || free.contains(&plug.id))
                    })
                    .map(|row| (from.metres_to(Point { lat: row.lat.unwrap(), lng: row.lng.unwrap() }), row.id))
                    .filter(|(metres, _)| *metres <= 100_000)
                    .collect();
                naive.sort_unstable();
                naive.truncate(wanted);
                let found = nearest(on, from, filter, wanted).await.unwrap();
                let found: Vec<_> = found.iter().map(|one| (one.metres, one.station)).collect();
                assert_eq!(found, naive, "{from:?} {filter:?} {wanted}");
            }
        }
    }
}

async fn an_answer_on_its_way_changes_nothing_newer(url: &str) {
    let house = House::on(url).await;
    let of = house.notifying("MA0000001", Size { urban: 2, rural: 0 }).await;
    let connector = of.simulator.fleet().connectors().next().unwrap().to_owned();
    let heard = |status: i32, at_ms: i64| Heard {
        operator: of.operator.id,
        report: ConnectorReport {
            connector: connector.clone(),
            status: ConnectorStatus::of(status),
            park: -1,
            lock: -1,
        },
        at_ms,
    };
    let now = house.now();
    for batch in [
        vec![heard(1, now)],
        vec![heard(3, now + 2 * MINUTE)],
        vec![heard(1, now + MINUTE)],
        vec![heard(255, now + 3 * MINUTE), heard(1, now + 4 * MINUTE)],
    ] {
        let tx = house.store.begin_upkeep().await.unwrap();
        live::note(&tx, &batch).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut course: Vec<_> = changes::Entity::find().all(house.store.reader()).await.unwrap();
    course.sort_by_key(|row| row.at_ms);
    let course: Vec<_> = course.iter().map(|row| ((row.at_ms - now) / MINUTE, row.status)).collect();
    assert_eq!(course, [(0, 1), (2, 3), (3, 255), (4, 1)]);
    let spent = places::chargers::rules::spent(&[(now, 1), (now + HOUR_MS, 3)], now, now + 2 * HOUR_MS);
    assert_eq!((spent.free, spent.used), (HOUR_MS, HOUR_MS));
}

/// Two copies of the server that hear of the same connectors at once: every state belongs to its last change.
async fn two_writers_keep_one_course(url: &str) {
    let house = std::sync::Arc::new(House::on(url).await);
    let of = std::sync::Arc::new(house.notifying("MA0000001", Size { urban: 40, rural: 0 }).await);
    let mut racing = tokio::task::JoinSet::new();
    for writer in 0..4_i64 {
        let (house, of) = (house.clone(), of.clone());
        racing.spawn(async move {
            for round in 0..10_i64 {
                let at_ms = house.now() + round * 1_000 + writer;
                let status = [1, 3, 2, 255][usize::try_from((round + writer) % 4).unwrap()];
                let of_all = of.simulator.fleet().connectors();
                let heard: Vec<Heard> = of_all
                    .map(|one| Heard {
                        operator: of.operator.id,
                        report: ConnectorReport {
                            connector: one.into(),
                            status: ConnectorStatus::of(status),
                            park: -1,
                            lock: -1,
                        },
                        at_ms,
                    })
                    .collect();
                let tx = house.store.begin_upkeep().await.unwrap();
                live::note(&tx, &heard).await.unwrap();
                tx.commit().await.unwrap();
            }
        });
    }
    racing.join_all().await;
    let on = house.store.reader();
    let course = changes::Entity::find().all(on).await.unwrap();
    for state in states::Entity::find().all(on).await.unwrap() {
        let mut own: Vec<_> = course.iter().filter(|row| row.connector_id == state.connector_id).collect();
        own.sort_by_key(|row| row.at_ms);
        let last = own.last().unwrap();
        assert_eq!((last.at_ms, last.status), (state.since_ms, state.status));
        assert!(own.windows(2).all(|pair| pair[0].status != pair[1].status), "a change that changes nothing");
    }
}

async fn while_people_look_nobody_waits_for_the_map(url: &str) {
    let house = House::on(url).await;
    house.notifying("MA0000001", Size { urban: 4, rural: 4 }).await;
    let live = Live::default();
    let later = |ms: i64| house.store.with_clock(clock(house.now() + ms));
    let first = live.now(&house.store).await.unwrap();
    let young = live.now(&later(FRESH_MS / 2)).await.unwrap();
    assert!(Arc::ptr_eq(&first, &young), "one reading for all who look");
    let old = live.now(&later(FRESH_MS - 1)).await.unwrap();
    assert!(Arc::ptr_eq(&first, &old), "given out at once, and another one is read beside it");
    // Without that the first picture would be given out at this moment for ever.
    let next = async {
        loop {
            let now = live.now(&later(FRESH_MS - 1)).await.unwrap();
            if !Arc::ptr_eq(&first, &now) {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), next).await.expect("it is read ahead");
    let after = live.now(&later(2 * FRESH_MS)).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &after), "nothing older than that is shown");
}
