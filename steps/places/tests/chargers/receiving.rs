//! The end that operators call: what is taken, what is refused and with which `Ret`, and that nothing is taken twice.

use evcs::messages::{self, TokenQuery};
use evcs::{ConnectorReport, ConnectorStatus, Request, Ret};
use places::chargers::operators::{self, Secrets};
use places::chargers::simulator::fleet::Size;
use places::chargers::simulator::{Misbehaviour, Simulator};
use places::chargers::tables::{changes, states};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use crate::house::{House, MINUTE, Notifying, actor, on_both, places};

on_both!(
    a_status_is_taken_once,
    who_cannot_prove_who_it_is_learns_nothing,
    a_clock_that_is_an_hour_off_is_refused_and_noted,
    tokens_are_strict,
    field_variants_are_taken,
    of_many_copies_of_one_call_one_is_taken,
    many_at_once_are_all_kept,
);

const SIZE: Size = Size { urban: 20, rural: 20 };

fn first(of: &Notifying) -> String {
    of.simulator.fleet().connectors().next().unwrap().to_owned()
}

/// A notification of one status, whatever the course says.
fn status(house: &House, of: &Notifying, connector: &str, status: i32, seq: u32) -> Request {
    let report =
        ConnectorReport { connector: connector.into(), status: ConnectorStatus::of(status), park: 10, lock: -1 };
    sealed(house, of, &messages::notification(&[report]), seq)
}

fn sealed(house: &House, of: &Notifying, content: &serde_json::Value, seq: u32) -> Request {
    let now = kernel::clock::china_time(house.now()).unwrap().naive_local();
    let stamp = evcs::window::stamp(now);
    Request::seal(&of.keys.keys().unwrap(), &of.operator.code, content, &stamp, &format!("{seq:04}"))
}

async fn kept(house: &House) -> (u64, u64) {
    let on = house.store.reader();
    (states::Entity::find().count(on).await.unwrap(), changes::Entity::find().count(on).await.unwrap())
}

async fn a_status_is_taken_once(url: &str) {
    let mut house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let keys = of.keys.keys().unwrap();
    let token = house.token(&of, 1).await;
    let connector = first(&of);

    let call = status(&house, &of, &connector, 1, 2);
    let answer = house.call("notification_stationStatus", &call, &token).await;
    assert_eq!((answer.ret, answer.open(&keys).unwrap()), (Ret::Done, json!({ "Status": 0 })));
    assert_eq!(kept(&house).await, (1, 1));

    let again = house.call("notification_stationStatus", &call, &token).await;
    assert_eq!(again.ret, Ret::BadEnvelope, "a replay");
    assert!(again.msg.contains("重放"), "{}", again.msg);
    // The window remembers it for as long as it is recent, and refuses it for its age afterwards.
    house.wait(9 * MINUTE);
    assert_eq!(house.call("notification_stationStatus", &call, &token).await.ret, Ret::BadEnvelope);
    house.wait(20 * MINUTE);
    house.poll().await;
    assert_eq!(house.call("notification_stationStatus", &call, &token).await.ret, Ret::BadEnvelope);
    assert_eq!(kept(&house).await, (1, 1));

    // The same status again is heard but is no change; another one is.
    house.call("notification_stationStatus", &status(&house, &of, &connector, 1, 3), &token).await;
    assert_eq!(kept(&house).await, (1, 1));
    house.wait(MINUTE);
    house.call("notification_stationStatus", &status(&house, &of, &connector, 3, 4), &token).await;
    assert_eq!(kept(&house).await, (1, 2));
    let row = states::Entity::find().one(house.store.reader()).await.unwrap().unwrap();
    assert_eq!((row.status, row.park, row.since_ms, row.seen_ms), (3, 10, house.now(), house.now()));

    let unknown = house.call("notification_stationStatus", &status(&house, &of, "nowhere", 1, 5), &token).await;
    assert_eq!(unknown.open(&keys).unwrap(), json!({ "Status": 1 }), "ignored: no such connector");
    house.sound().await;
}

async fn who_cannot_prove_who_it_is_learns_nothing(url: &str) {
    let house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let token = house.token(&of, 1).await;
    of.simulator.misbehave(Misbehaviour::Forged);
    let connector = first(&of);
    let forged = of.simulator.notification(&of.keys, &[&connector], 2).unwrap();
    let answer = house.call("notification_stationStatus", &forged, &token).await;
    let stranger = Request { operator: "MA0000009".into(), ..forged.clone() };
    let unknown = house.call("notification_stationStatus", &stranger, &token).await;
    assert_eq!(answer, unknown, "no one learns which operators exist");
    assert_eq!((answer.ret, answer.data.as_str(), answer.sig.as_str()), (Ret::BadSignature, "", ""));
    for body in ["", "{}", "[1]", "\u{feff}{\"OperatorID\":\"MA0000001\"", "null"] {
        assert_eq!(house.call_raw("query_token", body, "").await.ret, Ret::BadEnvelope, "{body}");
    }
    let long = "x".repeat((1 << 20) + 1);
    assert_eq!(house.call_raw("query_token", &long, "").await.ret, Ret::BadEnvelope, "too long");
    assert_eq!(kept(&house).await, (0, 0));

    // Signed with the right key over data of another: it is who it says, but nothing can be read.
    let mut keys = of.keys.clone();
    keys.data = "another secret!!".into();
    let now = kernel::clock::china_time(house.now()).unwrap().naive_local();
    let mixed = Request::seal(&keys.keys().unwrap(), "MA0000001", &json!({}), &evcs::window::stamp(now), "0009");
    assert_eq!(house.call("notification_stationStatus", &mixed, &token).await.ret, Ret::BadContent);
}

async fn a_clock_that_is_an_hour_off_is_refused_and_noted(url: &str) {
    let house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let token = house.token(&of, 1).await;
    of.simulator.misbehave(Misbehaviour::ClockOff);
    let call = of.simulator.notification(&of.keys, &[&first(&of)], 2).unwrap();
    let answer = house.call("notification_stationStatus", &call, &token).await;
    assert_eq!(answer.ret, Ret::BadEnvelope);
    assert!(answer.msg.contains("快 3600 秒"), "{}", answer.msg);
    assert!(answer.open(&of.keys.keys().unwrap()).is_ok(), "told to who proved who it is, signed");
    let row = places::chargers::store::operators::find(house.store.reader(), of.operator.id).await.unwrap().unwrap();
    assert_eq!((row.skew_seconds, row.skew_ms), (Some(3_600), Some(house.now())));

    let hour_ago = crate::house::clock(house.now() - 60 * MINUTE);
    let slow = Simulator::new(of.simulator.fleet().clone(), hour_ago, Secrets::random());
    let call = slow.notification(&of.keys, &[&first(&of)], 3).unwrap();
    let answer = house.call("notification_stationStatus", &call, &token).await;
    assert!(answer.ret == Ret::BadEnvelope && answer.msg.contains("慢 3600 秒"), "{}", answer.msg);
    assert_eq!(kept(&house).await, (0, 0), "nothing of either is taken");
}

async fn tokens_are_strict(url: &str) {
    let mut house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let other = house.notifying("MA0000002", Size { urban: 2, rural: 0 }).await;
    let (token, others) = (house.token(&of, 1).await, house.token(&other, 1).await);
    let connector = first(&of);
    for (seq, wrong) in [(2, ""), (3, "nonsense"), (4, others.as_str())] {
        let call = status(&house, &of, &connector, 1, seq);
        assert_eq!(house.call("notification_stationStatus", &call, wrong).await.ret, Ret::BadToken, "{wrong}");
    }
    let call = status(&house, &of, &connector, 1, 4);
    assert_eq!(
        house.call("notification_stationStatus", &call, &token).await.ret,
        Ret::Done,
        "a refused call was not used up"
    );

    let wrong = TokenQuery { operator: "MA0000001".into(), secret: "wrong".into() };
    let answer = house.call("query_token", &sealed(&house, &of, &wrong.to_json(), 5), "").await;
    let content = answer.open(&of.keys.keys().unwrap()).unwrap();
    assert_eq!((content["SuccStat"].as_i64(), content["FailReason"].as_i64()), (Some(1), Some(2)));

    house.wait(121 * MINUTE);
    let late = status(&house, &of, &connector, 1, 6);
    assert_eq!(house.call("notification_stationStatus", &late, &token).await.ret, Ret::BadToken, "expired");

    let token = house.token(&of, 7).await;
    let on = house.store.reader();
    let row = places::chargers::store::operators::find(on, of.operator.id).await.unwrap().unwrap();
    operators::suspend(&house.store, &actor(), &row, true).await.unwrap();
    let call = status(&house, &of, &connector, 1, 8);
    let answer = house.call("notification_stationStatus", &call, &token).await;
    assert_eq!((answer.ret, answer.msg.as_str()), (Ret::BadContent, "接入已停用"));
    assert!(operators::suspend(&house.store, &actor(), &row, false).await.is_err(), "an old version");

    let row = places::chargers::store::operators::find(on, of.operator.id).await.unwrap().unwrap();
    operators::suspend(&house.store, &actor(), &row, false).await.unwrap();
    let row = places::chargers::store::operators::find(on, of.operator.id).await.unwrap().unwrap();
    let fresh: Secrets = operators::renew_keys(&house.store, &house.sealing, &actor(), &row).await.unwrap();
    let call = status(&house, &of, &connector, 1, 9);
    assert_eq!(house.call("notification_stationStatus", &call, &token).await.ret, Ret::BadSignature, "the old keys");
    assert!(fresh != of.keys);
    let stored = format!("{row:?}");
    for secret in [&of.keys.operator, &of.keys.data, &of.keys.iv, &of.keys.sig] {
        assert!(!stored.contains(secret.as_str()), "a key lies open in the database");
    }
    house.sound().await;
}

async fn field_variants_are_taken(url: &str) {
    let house = House::on(url).await;
    let of = house.notifying("MA0000001", SIZE).await;
    let token = house.token(&of, 1).await;
    let connectors: Vec<&str> = of.simulator.fleet().connectors().take(3).collect();
    let content = json!({ "connectorStatusInfo": [
        { "connectorID": connectors[0], "status": "1" },
        { "ConnectorID": connectors[1], "Status": 21_501 },
        { "ConnectorID": connectors[2], "Status": "离网" },
    ] });
    let call = sealed(&house, &of, &content, 2);
    // Eighteen characters of which nine are the number; letters in another case.
    let long = Request { operator: "91330200MA0000001X".into(), ..call.clone() };
    let sig = of.keys.keys().unwrap().sign(&[&long.operator, &long.data, &long.stamp, &long.seq]);
    let long = Request { sig: sig.to_lowercase(), ..long };
    let answer = house.call("NOTIFICATION_STATIONSTATUS", &long, &token).await;
    assert_eq!(answer.ret, Ret::Done, "{}", answer.msg);
    let rows = states::Entity::find().all(house.store.reader()).await.unwrap();
    let mut codes: Vec<i32> = rows.iter().map(|row| row.status).collect();
    codes.sort_unstable();
    assert_eq!(codes, [-1, 1, 21_501], "what is not known is kept as it came");
    let (status, _, body) =
        house.post("/evcs/20161110/notification_stationStatus", &long.to_json().to_string(), &token).await;
    assert_eq!((status.as_u16(), body.contains("\"Ret\":4003")), (200, true), "another date, and a replay: {body}");
    let (_, _, body) = house.post("/evcs/latest/query_token", "{}", "").await;
    assert!(body.contains("\"Ret\":4003"), "{body}");
    let unknown = sealed(&house, &of, &json!({}), 3);
    assert_eq!(house.call("query_nothing", &unknown, &token).await.ret, Ret::BadContent);
    let flood = json!({ "ConnectorStatusInfo": vec![json!({ "ConnectorID": "x", "Status": 1 }); 1_001] });
    let flood = sealed(&house, &of, &flood, 4);
    assert_eq!(house.call("notification_stationStatus", &flood, &token).await.ret, Ret::BadContent);
}

async fn of_many_copies_of_one_call_one_is_taken(url: &str) {
    let house = std::sync::Arc::new(House::on(url).await);
    let of = house.notifying("MA0000001", SIZE).await;
    let token = house.token(&of, 1).await;
    let call = status(&house, &of, &first(&of), 1, 2);
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..24 {
        let (house, call, token) = (house.clone(), call.clone(), token.clone());
        racing.spawn(async move { house.call("notification_stationStatus", &call, &token).await.ret });
    }
    let answers = racing.join_all().await;
    assert_eq!(answers.iter().filter(|ret| **ret == Ret::Done).count(), 1, "{answers:?}");
    assert_eq!(kept(&house).await, (1, 1));
}

async fn many_at_once_are_all_kept(url: &str) {
    let house = std::sync::Arc::new(House::on(url).await);
    let of = house.notifying("MA0000001", Size { urban: 100, rural: 100 }).await;
    let token = house.token(&of, 1).await;
    let mut racing = tokio::task::JoinSet::new();
    let connectors: Vec<String> = of.simulator.fleet().connectors().map(str::to_owned).collect();
    for (seq, connector) in (2..).zip(&connectors) {
        let (house, token) = (house.clone(), token.clone());
        let call = status(&house, &of, connector, if seq % 2 == 0 { 1 } else { 3 }, seq);
        racing.spawn(async move { house.call("notification_stationStatus", &call, &token).await.ret });
    }
    let answers = racing.join_all().await;
    assert!(answers.iter().all(|ret| *ret == Ret::Done), "{answers:?}");
    assert_eq!(kept(&house).await, (200, 200));
    let free = states::Entity::find().all(house.store.reader()).await.unwrap();
    assert_eq!(free.iter().filter(|row| row.status == 1).count(), 100);
}
