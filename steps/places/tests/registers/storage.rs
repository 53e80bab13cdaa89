//! Entries on both databases: the same tests, once on SQLite and once on a real PostgreSQL.

use places::registers::{self, Asked};
use store::audit;

use crate::house::{House, actor, places, room, service};

databases::on_both!(
    every_state_stays_on_record,
    a_name_stands_once_in_its_place,
    of_two_changes_one_is_taken,
    a_sheet_twice_changes_nothing,
);

async fn every_state_stays_on_record(url: &str) {
    let house = House::on(url).await;
    let kept = registers::enter(&house.store, &actor(), service("D017"), &room("吾悦三楼", &[]), false).await.unwrap();
    let entry = registers::find(house.store.reader(), kept.id).await.unwrap().unwrap();
    let moved =
        room("吾悦三楼", &[("address", "桃源街道一号"), ("lng", "121.4440"), ("lat", "29.2980"), ("crs", "gcj02")]);
    registers::change(&house.store, &actor(), service("D017"), (&entry, 1), &moved).await.unwrap();

    let entry = registers::find(house.store.reader(), kept.id).await.unwrap().unwrap();
    assert_eq!((entry.version, entry.lng.as_str(), entry.crs.as_str()), (2, "121.4440", "gcj02"), "as it was given");
    let shift = entry.lng_e7.unwrap() - 1_214_440_000;
    assert!((-60_000..-20_000).contains(&shift), "WGS 84 lies some 400 m to the west: {shift}");
    let versions = registers::versions_of(house.store.reader(), kept.id).await.unwrap();
    assert_eq!(versions.iter().map(|version| version.version).collect::<Vec<_>>(), [2, 1]);
    assert!(!versions[1].content.contains("桃源街道"), "what was before is as it was");
    assert!(audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

async fn a_name_stands_once_in_its_place(url: &str) {
    let house = House::on(url).await;
    let enter =
        || async { registers::enter(&house.store, &actor(), service("D017"), &room("吾悦三楼", &[]), false).await };
    let (one, other) = tokio::join!(enter(), enter());
    assert!(one.is_ok() != other.is_ok(), "one of two is taken");
    let refused = one.err().or(other.err()).unwrap();
    assert!(refused.problem().is_some_and(|problem| problem.for_field("name").is_some()), "{refused}");
    let all = registers::list(house.store.reader(), "D017", &Asked::default(), None, 10).await.unwrap();
    assert_eq!(all.len(), 1);
}

async fn of_two_changes_one_is_taken(url: &str) {
    let house = House::on(url).await;
    let kept = registers::enter(&house.store, &actor(), service("D017"), &room("吾悦三楼", &[]), false).await.unwrap();
    let entry = registers::find(house.store.reader(), kept.id).await.unwrap().unwrap();
    let change = |floor: &'static str| {
        let (store, entry) = (house.store.clone(), entry.clone());
        async move {
            let content = room("吾悦三楼", &[("a-floor", floor)]);
            registers::change(&store, &actor(), service("D017"), (&entry, 1), &content).await
        }
    };
    let (one, other) = tokio::join!(tokio::spawn(change("3F")), tokio::spawn(change("4F")));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
    let refused = one.err().or(other.err()).unwrap();
    assert!(refused.problem().unwrap().message.zh.contains("已被他人修改"), "{refused}");
    assert_eq!(registers::versions_of(house.store.reader(), kept.id).await.unwrap().len(), 2);
}

async fn a_sheet_twice_changes_nothing(url: &str) {
    let house = House::on(url).await;
    let rooms: Vec<_> = (0..2_500).map(|number| room(&format!("母婴室{number}"), &[])).collect();
    let take = |rooms: Vec<_>, preview| {
        let store = house.store.clone();
        async move { registers::take(&store, &actor(), service("D017"), &rooms, (preview, false)).await.unwrap() }
    };
    assert_eq!(take(rooms.clone(), true).await.entered, 2_500);
    let count = || async { registers::count_by_service(house.store.reader()).await.unwrap().get("D017").copied() };
    assert_eq!(count().await, None, "a preview writes nothing");
    let first = take(rooms.clone(), false).await;
    assert_eq!((first.entered, first.changed, first.unchanged), (2_500, 0, 0));
    let events = audit::last_number(house.store.reader()).await.unwrap();
    let again = take(rooms.clone(), false).await;
    assert_eq!((again.entered, again.changed, again.unchanged), (0, 0, 2_500));
    assert_eq!(audit::last_number(house.store.reader()).await.unwrap(), events, "nothing happened");
    let mut changed = rooms;
    changed[7] = room("母婴室7", &[("stage", "已停用")]);
    let third = take(changed, false).await;
    assert_eq!((third.entered, third.changed, third.unchanged), (0, 1, 2_499));
    assert_eq!(count().await, Some(2_500));
    assert!(audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}
