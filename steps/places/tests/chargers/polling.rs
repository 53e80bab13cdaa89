//! Operators that are polled over the loopback: what they list and how it stands, and everything they do wrong.

use evcs::Station;
use places::chargers::poll::Polled as Round;
use places::chargers::rules::{NO_NEWS, PollKind};
use places::chargers::simulator::Misbehaviour;
use places::chargers::simulator::fleet::Size;
use places::chargers::store::{polls, stations};
use places::chargers::tables::{connectors, devices, energy, states};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::house::{House, MINUTE, on_both, places};

on_both!(
    an_operator_is_read_whole_and_kept_current,
    a_lost_token_is_fetched_once,
    an_operator_that_stops_answering_is_asked_less_and_falls_silent,
    what_cannot_be_believed_changes_nothing,
    a_hundred_thousand_connectors_at_once,
    of_two_copies_one_asks,
    what_is_no_longer_listed_is_gone_and_comes_back,
);

const SIZE: Size = Size { urban: 120, rural: 158 };

async fn poll_of(house: &House, kind: PollKind) -> places::chargers::tables::polls::Model {
    let all = polls::all(&house.store).await.unwrap();
    all.into_iter().find(|poll| poll.kind == kind.code()).unwrap()
}

async fn an_operator_is_read_whole_and_kept_current(url: &str) {
    let mut house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    let round = house.poll().await;
    assert_eq!((round.done, round.failed), (3, 0));
    let on = house.store.reader();
    assert_eq!(connectors::Entity::find().count(on).await.unwrap(), 278, "as many as were published");
    assert_eq!(devices::Entity::find().count(on).await.unwrap(), 278);
    let rural = places::chargers::tables::stations::Entity::find()
        .filter(places::chargers::tables::stations::Column::Rural.eq(true))
        .all(on)
        .await
        .unwrap();
    let keys: Vec<_> = rural.iter().map(|row| row.id).collect();
    let of_them = connectors::Entity::find().filter(connectors::Column::StationId.is_in(keys)).count(on).await.unwrap();
    assert_eq!(of_them, 158, "rural by the code of the town");
    for row in states::Entity::find().all(on).await.unwrap() {
        let connector = connectors::Entity::find_by_id(row.connector_id).one(on).await.unwrap().unwrap();
        let says = of.simulator.fleet().status(&connector.number, house.now()).code();
        assert_eq!(row.status, says, "{}", connector.number);
    }
    assert_eq!(energy::Entity::find().count(on).await.unwrap(), 278, "yesterday's electricity");
    let calls = of.simulator.calls();
    assert_eq!(calls.iter().filter(|call| *call == "query_token").count(), 1, "one token for all");

    // Two minutes later only the status is asked; what did not change makes no event.
    let events = store::audit::last_number(on).await.unwrap();
    house.wait(2 * MINUTE);
    assert_eq!(house.poll().await, Round { done: 1, ..Round::default() });
    assert_eq!(store::audit::last_number(house.store.reader()).await.unwrap(), events);
    house.wait(7 * 60 * MINUTE);
    house.poll().await;
    assert_eq!(store::audit::last_number(house.store.reader()).await.unwrap(), events, "the same list again");
    house.sound().await;
}

async fn a_lost_token_is_fetched_once(url: &str) {
    let mut house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    of.simulator.calls();
    of.simulator.forget_tokens();
    house.wait(2 * MINUTE);
    assert_eq!(house.poll().await.done, 1);
    let calls = of.simulator.calls();
    assert_eq!(calls[..3], ["query_station_status", "query_token", "query_station_status"], "{calls:?}");

    of.simulator.misbehave(Misbehaviour::Forgetful);
    of.simulator.forget_tokens();
    house.wait(2 * MINUTE);
    assert_eq!(house.poll().await, Round { failed: 1, ..Round::default() });
    assert_eq!(
        of.simulator.calls(),
        ["query_station_status", "query_token", "query_station_status"],
        "once, not without end"
    );
    assert!(poll_of(&house, PollKind::Status).await.trouble.contains("4002"));
}

async fn an_operator_that_stops_answering_is_asked_less_and_falls_silent(url: &str) {
    let mut house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    of.simulator.misbehave(Misbehaviour::Down);
    house.wait(2 * MINUTE);
    let mut waits = Vec::new();
    for _ in 0..4 {
        assert_eq!(house.poll().await.failed, 1);
        let poll = poll_of(&house, PollKind::Status).await;
        assert!(poll.trouble.contains("503"), "{}", poll.trouble);
        waits.push((poll.due_ms - house.now()) / MINUTE);
        house.wait(poll.due_ms - house.now());
    }
    assert_eq!(waits, [1, 2, 4, 8], "asked less and less");
    house.wait(20 * MINUTE);
    house.poll().await;
    let rows = states::Entity::find().all(house.store.reader()).await.unwrap();
    assert!(rows.iter().all(|row| row.status == NO_NEWS), "nothing is free that nobody has heard of for half an hour");
    assert!(
        rows.iter().all(|row| row.since_ms == crate::house::NOON + 30 * MINUTE),
        "silent from the moment on when it was"
    );

    of.simulator.misbehave(Misbehaviour::None);
    house.wait(120 * MINUTE);
    assert!(house.poll().await.done >= 1);
    let poll = poll_of(&house, PollKind::Status).await;
    assert_eq!((poll.failures, poll.trouble.as_str()), (0, ""));
    let rows = states::Entity::find().all(house.store.reader()).await.unwrap();
    assert!(rows.iter().all(|row| row.status != NO_NEWS));
}

async fn what_cannot_be_believed_changes_nothing(url: &str) {
    let mut house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    let before = states::Entity::find().all(house.store.reader()).await.unwrap();
    for (how, says) in [(Misbehaviour::Forged, "签名不符"), (Misbehaviour::BadJson, "无法读取")] {
        of.simulator.misbehave(how);
        let poll = poll_of(&house, PollKind::Status).await;
        house.wait(poll.due_ms - house.now());
        assert_eq!(house.poll().await.failed, 1, "{how:?}");
        let trouble = poll_of(&house, PollKind::Status).await.trouble;
        assert!(trouble.contains(says), "{how:?}: {trouble}");
    }
    let after = states::Entity::find().all(house.store.reader()).await.unwrap();
    assert_eq!(before, after);
}

async fn a_hundred_thousand_connectors_at_once(url: &str) {
    let mut house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    house.poll().await;
    of.simulator.misbehave(Misbehaviour::Flood);
    places::chargers::store::polls::ask_now(&house.store, of.operator.id).await.unwrap();
    // It is within what one operator may have: taken, in bounded time and memory, and the other stations are gone.
    house.poll().await;
    let on = house.store.reader();
    let here = connectors::Entity::find().filter(connectors::Column::GoneMs.is_null());
    assert_eq!(here.count(on).await.unwrap(), 100_000);
    // Back to normal, the flood is gone again.
    of.simulator.misbehave(Misbehaviour::None);
    house.wait(MINUTE);
    places::chargers::store::polls::ask_now(&house.store, of.operator.id).await.unwrap();
    house.poll().await;
    let here = connectors::Entity::find().filter(connectors::Column::GoneMs.is_null());
    assert_eq!(here.count(house.store.reader()).await.unwrap(), 278);
}

async fn of_two_copies_one_asks(url: &str) {
    let house = House::on(url).await;
    let of = house.polled("MA0000001", SIZE).await;
    let copies: Vec<_> = (0..6).map(|_| house.poller()).collect();
    let mut racing = tokio::task::JoinSet::new();
    for copy in copies {
        racing.spawn(async move { copy.round().await.unwrap() });
    }
    let rounds = racing.join_all().await;
    let done: u64 = rounds.iter().map(|round| round.done).sum();
    let failed: u64 = rounds.iter().map(|round| round.failed).sum();
    assert_eq!(failed, 0, "{rounds:?}");
    house.poll().await;
    assert!(done >= 1);
    let pages = of.simulator.fleet().stations.len().div_ceil(50);
    let asked = of.simulator.calls().iter().filter(|call| *call == "query_stations_info").count();
    assert_eq!(asked, pages, "each page was asked for once");
}

async fn what_is_no_longer_listed_is_gone_and_comes_back(url: &str) {
    let mut house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let all = of.simulator.fleet().stations.clone();
    let mut fewer: Vec<Station> = all[1..].to_vec();
    fewer[0].equipment.pop();
    fewer[0].name = "换了名字".into();
    house.wait(MINUTE);
    let listed = stations::take(&house.store, &of.operator, &fewer, true).await.unwrap();
    assert_eq!((listed.stations, listed.connectors, listed.gone), (1, 1, 1));
    let count = |house: &House| {
        let store = house.store.clone();
        async move {
            let here = connectors::Entity::find().filter(connectors::Column::GoneMs.is_null());
            here.count(store.reader()).await.unwrap()
        }
    };
    let lost = all[0].connectors().count() as u64 + 1;
    assert_eq!(count(&house).await, 278 - lost);
    // A part of a list says nothing about the rest.
    stations::take(&house.store, &of.operator, &all[..1], false).await.unwrap();
    assert_eq!(count(&house).await, 278 - 1, "the first is back, with its old keys");
    stations::take(&house.store, &of.operator, &all, true).await.unwrap();
    assert_eq!(connectors::Entity::find().count(house.store.reader()).await.unwrap(), 278, "nothing is there twice");
    house.sound().await;
}
