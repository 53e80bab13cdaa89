//! A count of the register on its way into the draft of the return that owes it.

use axum::http::StatusCode;
use kernel::{Grant, Level, Role};
use ledger::programmes::{self, Holders, Outline, ResponsibilityRole};
use people::rules::OrganisationKind;
use people::store::organisations::{self, NewOrganisation};
use places::registers;
use plan::sheet::{self, Options};
use report::By;
use report::returns;
use report::rounds::{self, NewRound};
use store::audit::Event;
use uuid::Uuid;

use crate::house::{House, Visitor, actor, places, room, service};

const SHEET: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至,服务目录
330226,2024,1,便民设施,母婴室,五星级母婴室新建,个,县,,8,,,D017";

/// A programme of Ninghai with a round for the end of May that is open, and three rooms of which two count.
async fn ground(house: &House) -> (Uuid, Uuid) {
    let store = &house.store;
    let path = house.folder.path().join("programme.csv");
    std::fs::write(&path, SHEET).unwrap();
    let options = Options { publish: true, ..Options::default() };
    sheet::import(store, &actor(), &path, &options, &mut |_| {}).await.unwrap();
    let programme = programmes::find(store.reader(), "330226-2024").await.unwrap().unwrap();
    let outline = Outline::load(store.reader(), programme).await.unwrap();
    let new = NewOrganisation {
        region: "330226".parse().unwrap(),
        name: "宁海县妇联".into(),
        short_name: String::new(),
        kind: OrganisationKind::Department,
        uscc: None,
    };
    let body = organisations::create(store, &actor(), new).await.unwrap();
    let mut tx = store.begin(&actor()).await.unwrap();
    let holders = Holders {
        project: outline.projects[0].id,
        region: outline.region(),
        role: ResponsibilityRole::Lead,
        bodies: vec![(Some(body), None)],
    };
    programmes::answer(&tx, outline.programme.id, &holders, "2024-01-01".parse().unwrap()).await.unwrap();
    tx.record(Event::new("programme.changed", "programme", "330226-2024", serde_json::json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    let city = Grant { role: Role::ProgrammeOffice, region: Some("330200".parse().unwrap()), organisation: None };
    let account = people::store::accounts::find_by_name(store, "ningbo").await.unwrap().unwrap();
    let (sign_in_name, name) = ("ningbo".to_owned(), "市办".to_owned());
    let by = By { account, sign_in_name, name, organisation: String::new(), grants: vec![city] };
    let day = |text: &str| text.parse().unwrap();
    let new = NewRound {
        cut_off: day("2024-05-31"),
        opens_on: day("2024-06-01"),
        closes_on: day("2024-06-30"),
        levels: vec![Level::County],
    };
    let round = rounds::open(store, &by, &outline.programme, &new).await.unwrap().round;
    let rooms = [
        room("商场", &[("as_of", "2024-05-20")]),
        room("医院", &[("as_of", "2024-05-31")]),
        // Counted only from June on, and one that has fewer stars.
        room("车站", &[]),
        room("公园", &[("as_of", "2024-05-20"), ("grade", "三星")]),
    ];
    registers::take(store, &actor(), service("D017"), &rooms, (false, false)).await.unwrap();
    (returns::owed_of(store.reader(), round).await.unwrap()[0].id, outline.indicators[0].id)
}

#[tokio::test]
async fn an_office_proposes_what_the_register_counts_for_the_return_that_owes_it() {
    let house = House::new().await;
    let _city = Visitor::office(&house, "ningbo", "330200").await;
    let (id, indicator) = ground(&house).await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let page = office.get("/office/registers/nursing-rooms?place=330226&day=2024-06-28").await.text();
    assert!(page.contains("报入 2024-05-31 填报") && page.contains("2 个 · 宁海县妇联"), "{page}");
    assert!(page.contains("<td class=\"number\" data-label=\"登记册得出\">3 个"), "today there are three: {page}");
    let (id, indicator) = (id.to_string(), indicator.to_string());
    let fields = [("place", "330226"), ("return", id.as_str()), ("indicator", indicator.as_str()), ("figure", "99")];
    let address = "/office/registers/nursing-rooms/proposal";
    let done = office.post(address, &fields).await;
    assert_eq!(done.location(), format!("/office/registers/nursing-rooms?place=330226&proposed={id}"));
    let key: Uuid = id.parse().unwrap();
    let line = returns::lines_of(house.store.reader(), &[key]).await.unwrap().remove(&key).unwrap().remove(0);
    assert_eq!(line.raw, "2", "counted anew, whatever was sent");
    for wanted in ["母婴室", "D017", "宁海县", "截至 2024-05-31", "entries", "依据 2 条登记"] {
        assert!(line.reason.contains(wanted), "{wanted}: {}", line.reason);
    }
    let told = office.get(&done.location()).await.text();
    assert!(told.contains("已填入草稿") && told.contains(&format!("/office/returns/{id}")), "{told}");
    let programme = programmes::find(house.store.reader(), "330226-2024").await.unwrap().unwrap().id;
    let (series, place) = ([indicator.parse().unwrap()], ["330226".parse().unwrap()]);
    let held = ledger::entries::at_places(house.store.reader(), programme, &series, &place).await.unwrap();
    let actual = ledger::words::Measure::Actual.number();
    assert!(held.iter().all(|entry| entry.measure != actual), "nothing reached the ledger");

    let elsewhere = Visitor::office(&house, "yuyao", "330281").await;
    assert_eq!(elsewhere.post(address, &fields).await.status, StatusCode::FORBIDDEN);
    let own = [("place", "330281"), fields[1], fields[2]];
    assert_eq!(elsewhere.post(address, &own).await.status, StatusCode::CONFLICT, "it is not owed there");
    let none = [fields[0], fields[1], ("indicator", "0191b3c0-0000-7000-8000-000000000000")];
    assert_eq!(office.post(address, &none).await.status, StatusCode::CONFLICT);
}
