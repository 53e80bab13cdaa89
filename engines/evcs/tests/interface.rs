//! The published example, both directions of every message, and what real operators send instead.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use minsheng_evcs::envelope::Refused;
use minsheng_evcs::lenient::{self, Fields};
use minsheng_evcs::messages::{self, NoToken, StationReport, StationsPage, StationsQuery, TokenAnswer, TokenQuery};
use minsheng_evcs::stats::{StationStats, StatsQuery};
use minsheng_evcs::{
    Connector, ConnectorKind, ConnectorReport, ConnectorStatus, Equipment, EquipmentKind, Keys, Request, Response, Ret,
    Station, StationState,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The example that the standard prints: operator 123456789, all secrets 1234567890abcdef.
const DATA: &str = "il7B0BSEjFdzpyKzfOFpvg/Se1CP802RItKYFPfSLRxJ3jf0bVl9hvYOEktPAYW2nd7S8MBcyHYyacHKbISq5iTmDzG+ivnR+SZJv3USNTYVMz9rCQVSxd0cLlqsJauko79NnwQJbzDTyLooYoIwz75qBOH2/xOMirpeEqRJrF/EQjWekJmGk9RtboXePu2rka+Xm51syBPhiXJAq0GfbfaFu9tNqs/e2Vjja/ltE1M0lqvxfXQ6da6HrThsm5id4ClZFIi0acRfrsPLRixS/IQYtksxghvJwbqOsbIsITail9Ayy4tKcogeEZiOO+4Ed264NSKmk7l3wKwJLAFjCFogBx8GE3OBz4pqcAn/ydA=";
const SIG: &str = "745166E8C43C84D37FFEC0F529C4136F";

fn keys() -> Keys {
    Keys::new("1234567890abcdef", "1234567890abcdef", "1234567890abcdef").unwrap()
}

fn published() -> Request {
    let outer =
        json!({ "OperatorID": "123456789", "Data": DATA, "TimeStamp": "20160729142400", "Seq": "0001", "Sig": SIG });
    Request::read(&outer.to_string()).unwrap()
}

#[test]
fn the_published_example_is_signed_and_read() {
    assert_eq!(keys().sign(&["123456789", DATA, "20160729142400", "0001"]), SIG);
    let content = published().open(&keys()).unwrap();
    // Its plain text has a comma too many and small first letters.
    let plain = keys().decrypt(DATA).unwrap();
    assert!(serde_json::from_str::<Value>(&plain).is_err(), "{plain}");
    let fields = Fields::of(&content).unwrap();
    assert_eq!(fields.whole("Total"), Some(1));
    let station = &fields.objects("StationStatusInfo")[0];
    assert_eq!(station.text("StationID").as_deref(), Some("111111111111111"));
    assert_eq!(station.objects("ConnectorStatusInfos").len(), 1, "an object where a list belongs");
}

#[test]
fn one_changed_character_anywhere_is_refused() {
    let good = published();
    for change in 0..5 {
        let mut forged = good.clone();
        let part = [&mut forged.operator, &mut forged.data, &mut forged.stamp, &mut forged.seq, &mut forged.sig];
        let part = part.into_iter().nth(change).unwrap();
        let last = part.pop().unwrap();
        part.push(if last == '0' { '1' } else { '0' });
        assert_eq!(forged.open(&keys()), Err(Refused::Signature), "part {change}");
    }
    for sig in ["", "745166E8", &SIG[1..], "７45166E8C43C84D37FFEC0F529C4136", &format!("{SIG}00")] {
        let forged = Request { sig: sig.to_owned(), ..good.clone() };
        assert_eq!(forged.open(&keys()), Err(Refused::Signature), "{sig}");
    }
    let small = Request { sig: SIG.to_lowercase(), ..good };
    assert!(small.open(&keys()).is_ok(), "the same digits in small letters");
    let other = Keys::new("1234567890abcdef", "1234567890abcdef", "another secret..").unwrap();
    assert_eq!(published().open(&other), Err(Refused::Signature));
}

#[test]
fn envelopes_that_are_none_say_which_ret() {
    for (text, ret) in [
        ("", Ret::BadEnvelope),
        ("[]", Ret::BadEnvelope),
        ("{\"OperatorID\":\"1\"}", Ret::BadEnvelope),
        ("{\"OperatorID\":\"1\",\"Data\":\"\",\"TimeStamp\":\"1\",\"Seq\":\"1\",\"Sig\":\"1\"}", Ret::BadEnvelope),
    ] {
        assert_eq!(Request::read(text).unwrap_err().ret(), ret, "{text}");
    }
    let sealed = |data: &str| {
        let sig = keys().sign(&["1", data, "2", "3"]);
        let part = str::to_owned;
        Request { operator: part("1"), data: part(data), stamp: part("2"), seq: part("3"), sig }
    };
    assert!(matches!(sealed("no base64!").open(&keys()), Err(Refused::Cipher(_))));
    assert!(matches!(sealed("AAAA").open(&keys()), Err(Refused::Cipher(_))));
    assert!(matches!(sealed(&keys().encrypt("{half")).open(&keys()), Err(Refused::Content(_))));
    assert!(Keys::new("short", "1234567890abcdef", "x").is_err());
    assert_eq!(format!("{:?}", keys()), "Keys(…)", "keys do not show in logs");
}

#[test]
fn answers_are_read_with_ret_as_text() {
    let sealed = Response::seal(&keys(), Ret::Done, "", &json!({ "Status": 0 }));
    let mut outer = sealed.to_json();
    outer["Ret"] = "0".into();
    let read = Response::read(&outer.to_string()).unwrap();
    assert_eq!(read.open(&keys()).unwrap(), json!({ "Status": 0 }));
    let forged = Response { msg: "好".into(), ..read };
    assert_eq!(forged.open(&keys()), Err(Refused::Signature));
    let busy = Response::read("{\"Ret\":-1,\"Msg\":\"系统繁忙\",\"Data\":null}").unwrap();
    assert_eq!((busy.ret, busy.data.as_str()), (Ret::Busy, ""));
    assert!(Response::read("{\"Msg\":\"x\"}").is_err());
}

fn station() -> Station {
    let connector = |id: &str| Connector {
        id: id.into(),
        name: "1号枪".into(),
        kind: ConnectorKind::DirectGun,
        volts_most: 750,
        volts_least: 200,
        amperes: 250,
        power: 1_200,
        park: "A01".into(),
        standard: 2,
    };
    Station {
        id: "330226001".into(),
        operator: "MA0000000".into(),
        owner: "MA0000000".into(),
        name: "演示充电站".into(),
        area: "330226".into(),
        address: "演示路1号".into(),
        tel: "12345".into(),
        service_tel: "12345".into(),
        kind: 1,
        state: StationState::Open,
        parks: 8,
        lng: Some(121_548_281),
        lat: Some(29_865_766),
        guide: String::new(),
        construction: 2,
        hours: "00:00-24:00".into(),
        electricity_fee: "0.85元/度".into(),
        service_fee: "0.4元/度".into(),
        park_fee: String::new(),
        payment: "扫码".into(),
        remark: String::new(),
        equipment: vec![Equipment {
            id: "E1".into(),
            name: String::new(),
            maker: String::new(),
            model: String::new(),
            kind: EquipmentKind::Direct,
            power: 1_200,
            connectors: vec![connector("C1"), connector("C2")],
        }],
    }
}

#[test]
fn every_message_comes_back_as_it_was_written() {
    let page = StationsPage { page: 2, pages: 3, total: 21, stations: vec![station()], refused: vec![] };
    assert_eq!(StationsPage::read(&page.to_json(), 100).unwrap(), page);
    let query = StationsQuery { since: "2024-06-30 12:00:00".into(), page: 2, size: 50 };
    assert_eq!(StationsQuery::read(&query.to_json()).unwrap(), query);
    let token = TokenQuery { operator: "123456789".into(), secret: "1234567890abcdef".into() };
    assert!(TokenQuery::read(&token.to_json()).unwrap() == token);
    let report = ConnectorReport { connector: "C1".into(), status: ConnectorStatus::Free, park: 10, lock: -1 };
    let of_station = StationReport { station: "1".into(), connectors: vec![report.clone()] };
    let answer = messages::status_answer(std::slice::from_ref(&of_station));
    assert_eq!(messages::read_status_answer(&answer, 10).unwrap(), (vec![of_station], vec![]));
    for reports in [vec![report.clone()], vec![report.clone(), report]] {
        assert_eq!(messages::read_notification(&messages::notification(&reports), 10).unwrap(), reports);
    }
    let asked =
        StatsQuery { station: "1".into(), from: "2024-06-01".parse().unwrap(), to: "2024-06-30".parse().unwrap() };
    assert_eq!(StatsQuery::read(&asked.to_json()).unwrap(), asked);
    let stats = StationStats {
        station: "1".into(),
        from: asked.from,
        to: asked.to,
        electricity: Some(123_456),
        connectors: vec![("C1".into(), 123_456)],
    };
    assert_eq!(StationStats::read(&stats.to_json("E1")).unwrap(), stats);
}

#[test]
fn tokens_come_with_seconds_or_with_the_moment_they_end() {
    let now = 1_719_720_000_000;
    let read = |value: Value| TokenAnswer::read(&value, now);
    let given = |seconds| Ok(TokenAnswer::Given { token: "t".into(), seconds });
    assert!(read(json!({ "SuccStat": 0, "AccessToken": "t", "TokenAvailableTime": 7200 })) == given(7_200));
    assert!(read(json!({ "SuccStat": "0", "AccessToken": "t", "TokenAvailableTime": now + 60_000 })) == given(60));
    assert!(read(json!({ "SuccStat": 0, "AccessToken": "t", "TokenAvailableTime": -5 })) == given(0));
    assert!(read(json!({ "SuccStat": 1, "FailReason": 2 })) == Ok(TokenAnswer::Refused(NoToken::WrongSecret)));
    assert!(read(json!({ "SuccStat": 0 })).is_err());
    assert!(read(json!({ "SuccStat": 0, "AccessToken": "a\r\nb", "TokenAvailableTime": 5 })).is_err());
}

#[test]
fn what_comes_in_the_field_is_read() {
    let text = "\u{feff}{\"connectorStatusInfo\":[{\"connectorID\":12345,\"status\":\"3\",},{\"ConnectorID\":\"b\",\"Status\":21501},{\"ConnectorID\":\"c\",\"Status\":\"故障\"}],}";
    let reports = messages::read_notification(&lenient::read(text).unwrap(), 10).unwrap();
    let seen: Vec<_> = reports.iter().map(|one| (one.connector.as_str(), one.status)).collect();
    assert_eq!(
        seen,
        [
            ("12345", ConnectorStatus::Charging),
            ("b", ConnectorStatus::Unknown(21_501)),
            ("c", ConnectorStatus::Unknown(-1))
        ]
    );
    for wrong in
        [json!({}), json!([]), json!({ "ConnectorStatusInfo": [] }), json!({ "ConnectorStatusInfo": { "Status": 1 } })]
    {
        assert!(messages::read_notification(&wrong, 10).is_err(), "{wrong}");
    }
    let flood = json!({ "ConnectorStatusInfo": vec![json!({ "ConnectorID": "x", "Status": 1 }); 11] });
    assert!(messages::read_notification(&flood, 10).is_err(), "more than is taken at once");

    let mut loose = station().to_json();
    loose["StationLng"] = "29.865766".into();
    loose["StationLat"] = "121.548281".into();
    loose["StationStatus"] = "50".into();
    loose["StationType"] = "school".into();
    loose["EquipmentInfos"] = loose["EquipmentInfos"][0].clone();
    loose["EquipmentInfos"]["ConnectorInfos"] = json!([{ "ConnectorID": "C1", "Power": "7.0" }, { "Power": 1 }]);
    let read = Station::read(&loose, 10).unwrap();
    assert_eq!((read.lng, read.lat), (Some(121_548_281), Some(29_865_766)), "swapped");
    assert_eq!((read.state, read.kind), (StationState::Open, -1));
    assert_eq!(read.connectors().count(), 1, "one without number is left out");
    let (device, connector) = read.connectors().next().unwrap();
    assert_eq!(connector.power_with(device), 70);
    loose["StationLng"] = 0.into();
    assert_eq!(Station::read(&loose, 10).unwrap().lng, None, "null island");
    assert!(Station::read(&loose, 0).is_err(), "too many connectors");
    let page = json!({ "PageNo": "1", "StationInfos": [station().to_json(), { "StationName": "x" }, 7] });
    let page = StationsPage::read(&page, 100).unwrap();
    assert_eq!((page.stations.len(), page.refused.len()), (1, 2), "one bad station does not spoil the page");
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_nothing_else_does(text in "\\PC{0,200}", secret in "[ -~]{16}", iv in "[ -~]{16}", at in 0_usize..400) {
        let keys = Keys::new(&secret, &iv, "sig").unwrap();
        let request = Request::seal(&keys, "123456789", &json!({ "text": text }), "20240630120000", "0001");
        let read = Request::read(&request.to_json().to_string()).unwrap();
        prop_assert_eq!(read.open(&keys).unwrap(), json!({ "text": text }));
        let mut forged = read;
        let mut bytes = forged.data.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        forged.data = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(forged.open(&keys), Err(Refused::Signature));
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,120}", data in "[A-Za-z0-9+/=]{0,64}") {
        let _ = Request::read(&text);
        let _ = Response::read(&text);
        let _ = keys().decrypt(&data);
        if let Ok(value) = lenient::read(&text) {
            let _ = StationsPage::read(&value, 10);
            let _ = messages::read_notification(&value, 10);
            let _ = messages::read_status_answer(&value, 10);
            let _ = StationStats::read(&value);
            let _ = TokenAnswer::read(&value, 0);
        }
    }
}
