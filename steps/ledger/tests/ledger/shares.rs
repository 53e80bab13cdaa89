//! Shares of places and bodies, and the hands that figures went through, on both databases.

use chrono::{DateTime, NaiveDate, Utc};
use figures::{Decimal, Number, Qualifier};
use kernel::{Clock, Level, RegionCode};
use ledger::allocations::{self, Share};
use ledger::board::{Board, matrix};
use ledger::entries::{self, Hand, NewEntry, View, effective_on};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::rollup;
use ledger::trail::Trail;
use ledger::words::{Act, Kind, Measure};
use minsheng_ledger as ledger;
use store::audit::{Event, RowDigest};
use store::{Actor, Store};
use uuid::Uuid;

async fn open(url: &str) -> Store {
    let noon: DateTime<Utc> = "2024-07-05T04:00:00Z".parse().unwrap();
    let store = Store::open(url, Clock::fixed(noon)).await.unwrap();
    store.migrate(&[store::migrations::list, ledger::migrations::list]).await.unwrap();
    ledger::regions::load_shipped(&store).await.unwrap();
    store
}

databases::on_both!(
    bodies_add_up_to_their_place_and_above,
    a_body_needs_an_indicator_that_bodies_share,
    image_progress_stays_off_the_board,
    the_lowest_shares_are_found,
    hands_stand_in_the_trail,
    who_acted_is_held_by_the_audit_chain,
    a_board_is_seen_from_below,
);

const CITY: &str = "330200";

fn code(text: &str) -> RegionCode {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A programme of Ningbo with one indicator that bodies share in the counties.
async fn programme(store: &Store, by_body: bool) -> (Outline, Uuid) {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let programme = programmes::create(&tx, &ProgrammeForm::new(code(CITY), 2024, "方案")).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "教育").await.unwrap();
    let (project, _) = outline.project(&tx, category, Some(1), "学校").await.unwrap();
    let form = IndicatorForm { by_body, ..IndicatorForm::new("新建学校", "所", Kind::Count, Level::County) };
    let indicator = outline.add_indicator(&tx, project, &form).await.unwrap();
    tx.record(Event::new("test", "programme", "x", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    (outline, indicator)
}

/// One figure: place, body, measure, cut-off, value.
type Told<'a> = (&'a str, Option<u128>, Measure, &'a str, i64);

async fn post(store: &Store, outline: &Outline, indicator: Uuid, told: &[Told<'_>]) -> store::Result<()> {
    let mut tx = store.begin(&Actor::operator("test")).await?;
    let new = told.iter().map(|(place, body, measure, as_of, value)| {
        let as_of = Some(*as_of).filter(|day| !day.is_empty()).map(day);
        NewEntry {
            indicator,
            region: code(place),
            organisation: body.map(Uuid::from_u128),
            measure: *measure,
            as_of,
            effective_on: effective_on(*measure, as_of, (None, None), 2024),
            number: Some(Number::exact(Decimal::from(*value))),
            qualifier: Qualifier::Exact,
            source: None,
            supersedes: None,
            withdrawn: false,
        }
    });
    let event = Event::new("test.posted", "entry", "x", serde_json::Value::Null);
    entries::post(&tx, outline, event.id, new.collect(), &mut RowDigest::default()).await?;
    tx.record(event).await?;
    tx.commit().await
}

async fn sum(store: &Store, outline: &Outline, place: &str, cut_off: &str) -> Option<(String, i64)> {
    let view = View { cut_off: Some(day(cut_off)), known: None };
    let sums = rollup::at_place(store.reader(), outline.programme.id, code(place), view).await.unwrap();
    sums.iter().find(|sum| sum.measure == Measure::Actual).map(|sum| (sum.value.to_string(), sum.places))
}

async fn bodies_add_up_to_their_place_and_above(url: &str) {
    let store = open(url).await;
    let (outline, indicator) = programme(&store, true).await;
    let actual = Measure::Actual;
    let told = |value: i64, places| Some((value.to_string(), places));
    // 330205 has no body of its own and counts with what it says itself; in 330203 the bodies count.
    let first = [("330203", None, actual, "2024-05-31", 100), ("330205", None, actual, "2024-05-31", 7)];
    post(&store, &outline, indicator, &first).await.unwrap();
    assert_eq!(sum(&store, &outline, CITY, "2024-05-31").await, told(107, 2));
    let bodies = [("330203", Some(1), actual, "2024-06-30", 3), ("330203", Some(2), actual, "2024-06-30", 4)];
    post(&store, &outline, indicator, &bodies).await.unwrap();
    assert_eq!(sum(&store, &outline, CITY, "2024-05-31").await, told(107, 2), "what stood in May stays");
    assert_eq!(sum(&store, &outline, "330203", "2024-06-30").await, told(7, 2));
    assert_eq!(sum(&store, &outline, "330205", "2024-06-30").await, None);
    assert_eq!(sum(&store, &outline, CITY, "2024-06-30").await, told(14, 2));
    assert_eq!(sum(&store, &outline, "330000", "2024-06-30").await, None, "the programme ends at its own place");
    post(&store, &outline, indicator, &[("330203", Some(2), actual, "2024-07-01", 6)]).await.unwrap();
    assert_eq!(sum(&store, &outline, CITY, "2024-07-01").await, told(16, 2));
    let view = View { cut_off: Some(day("2024-07-01")), known: None };
    let board = Board::load(store.reader(), outline.programme.clone(), view).await.unwrap();
    assert_eq!(board.all_rows()[0].actual.as_ref().unwrap().value(), Some(Decimal::from(16)));
    let table = matrix(store.reader(), &outline, &[code("330203"), code("330205")], view).await.unwrap();
    let of = |place: &str| table.of(code(place), indicator, actual).and_then(|found| found.value);
    assert_eq!((of("330203"), of("330205")), (Some(Decimal::from(9)), Some(Decimal::from(7))));
}

async fn a_body_needs_an_indicator_that_bodies_share(url: &str) {
    let store = open(url).await;
    let (outline, indicator) = programme(&store, false).await;
    let refused = post(&store, &outline, indicator, &[("330203", Some(1), Measure::Actual, "2024-06-30", 3)]).await;
    assert!(refused.unwrap_err().to_string().contains("没有分解到单位"));
    assert_eq!(sum(&store, &outline, CITY, "2024-06-30").await, None);
}

async fn image_progress_stays_off_the_board(url: &str) {
    let store = open(url).await;
    let (mut outline, _) = programme(&store, false).await;
    let project = outline.projects[0].id;
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let image = outline.image_indicator(&tx, project).await.unwrap();
    assert_eq!(outline.image_indicator(&tx, project).await.unwrap(), image, "one per project");
    tx.record(Event::new("test", "programme", "x", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    let actual = Measure::Actual;
    let told = [(CITY, None, actual, "2024-06-30", 30), ("330203", None, actual, "2024-06-30", 90)];
    post(&store, &outline, image, &told).await.unwrap();
    let board = Board::load(store.reader(), outline.programme.clone(), View::default()).await.unwrap();
    assert!(board.all_rows().iter().all(|row| row.indicator.id != image));
    assert_eq!(board.images[&project].actual.as_ref().unwrap().value(), Some(Decimal::from(30)));
    assert_eq!(board.categories[0].projects[0].progress, None, "no mean of what is estimated");
    let below = Board::at(store.reader(), outline.programme.clone(), code("330203"), View::default()).await.unwrap();
    assert_eq!(below.images[&project].actual.as_ref().unwrap().value(), Some(Decimal::from(90)));
}

async fn the_lowest_shares_are_found(url: &str) {
    let store = open(url).await;
    let (outline, indicator) = programme(&store, true).await;
    let target = Measure::Target;
    let owing = |leaves: &[Share]| -> Vec<(String, Option<u128>, String)> {
        let told = |share: &Share| {
            (share.region.short(), share.organisation.map(|body| body.as_u128()), share.target.value.to_string())
        };
        leaves.iter().map(told).collect()
    };
    post(&store, &outline, indicator, &[(CITY, None, target, "", 10)]).await.unwrap();
    let leaves = allocations::leaves(store.reader(), &outline, View::default()).await.unwrap();
    assert_eq!(owing(&leaves), [(CITY.to_owned(), None, "10".to_owned())]);
    let split = [
        ("330203", None, target, "", 6),
        ("330205", None, target, "", 4),
        ("330203", Some(1), target, "", 2),
        ("330203", Some(2), target, "", 4),
    ];
    post(&store, &outline, indicator, &split).await.unwrap();
    let leaves = allocations::leaves(store.reader(), &outline, View::default()).await.unwrap();
    let told = |place: &str, body, value: &str| (place.to_owned(), body, value.to_owned());
    assert_eq!(owing(&leaves), [told("330203", Some(1), "2"), told("330203", Some(2), "4"), told("330205", None, "4")]);
    let all = allocations::shares(store.reader(), &outline, View::default()).await.unwrap();
    assert_eq!(all.len(), 5);
    let before = View { cut_off: None, known: Some(day("2024-07-04")) };
    assert!(
        allocations::shares(store.reader(), &outline, before).await.unwrap().is_empty(),
        "not known the day before"
    );
}

async fn hands_stand_in_the_trail(url: &str) {
    let store = open(url).await;
    let (outline, indicator) = programme(&store, false).await;
    post(&store, &outline, indicator, &[("330203", None, Measure::Actual, "2024-06-30", 3)]).await.unwrap();
    let entry = entries::of_programme(store.reader(), outline.programme.id, None, 9).await.unwrap()[0].id;
    let hand =
        |act, person: &str, at_ms| Hand { act, person: person.into(), organisation: "区教育局".into(), at_ms };
    let hands = vec![hand(Act::Reported, "甲", 1), hand(Act::Reviewed, "乙", 2), hand(Act::Approved, "丙", 3)];
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    entries::name_hands(&tx, &[(entry, hands.clone())]).await.unwrap();
    tx.record(Event::new("test", "entry", entry, serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    let trail = Trail::load(store.reader(), entry).await.unwrap().unwrap();
    assert_eq!(trail.version().hands, hands);
    let tx = store.begin(&Actor::operator("test")).await.unwrap();
    assert!(entries::name_hands(&tx, &[(entry, hands.clone())]).await.is_err(), "named once");
    assert!(entries::name_hands(&tx, &[(Uuid::nil(), hands)]).await.is_err(), "no such entry");
}

async fn who_acted_is_held_by_the_audit_chain(url: &str) {
    use sea_orm::ConnectionTrait;
    use store::audit::FaultKind;

    let store = open(url).await;
    let (outline, indicator) = programme(&store, false).await;
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let mut event = Event::new("returns.approved", "programme", "x", serde_json::Value::Null);
    let new = ["330203", "330205"].map(|place| NewEntry {
        indicator,
        region: code(place),
        organisation: None,
        measure: Measure::Actual,
        as_of: Some(day("2024-06-30")),
        effective_on: day("2024-06-30"),
        number: Some(Number::exact(Decimal::from(3))),
        qualifier: Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    });
    let mut digest = RowDigest::default();
    entries::post(&tx, &outline, event.id, new.to_vec(), &mut digest).await.unwrap();
    let written = entries::of_event(tx.on(), outline.programme.id, event.id).await.unwrap();
    let hand = |act, person: &str| Hand { act, person: person.into(), organisation: "区教育局".into(), at_ms: 1 };
    let named: Vec<_> =
        written.iter().map(|entry| (entry.id, vec![hand(Act::Reported, "甲"), hand(Act::Approved, "丙")])).collect();
    entries::name_hands(&tx, &named).await.unwrap();
    let hands = entries::hands_digest(tx.on(), event.id).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish(), "hands": hands });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
    let fault = || async { ledger::verify::verify(store.reader()).await.unwrap().fault.map(|fault| fault.kind) };
    assert_eq!(fault().await, None);
    let run = async |sql: &str| store.for_upkeep().execute_unprepared(sql).await.unwrap().rows_affected();
    assert_eq!(run("UPDATE hands SET person = '丁' WHERE person = '甲'").await, 2);
    assert_eq!(fault().await, Some(FaultKind::RowsChanged), "somebody else's name");
    run("UPDATE hands SET person = '甲' WHERE person = '丁'").await;
    assert_eq!(fault().await, None);
    run("UPDATE hands SET at_ms = 2 WHERE position = 1").await;
    assert_eq!(fault().await, Some(FaultKind::RowsChanged), "another time");
    run("UPDATE hands SET at_ms = 1 WHERE position = 1").await;
    assert_eq!(fault().await, None);
    run("DELETE FROM hands WHERE position = 1").await;
    assert_eq!(fault().await, Some(FaultKind::RowsChanged), "nobody at all");
}

async fn a_board_is_seen_from_below(url: &str) {
    let store = open(url).await;
    let (outline, indicator) = programme(&store, true).await;
    let told = [
        (CITY, None, Measure::Target, "", 10),
        (CITY, None, Measure::Actual, "2024-06-30", 5),
        ("330203", None, Measure::Target, "", 4),
        ("330203", Some(1), Measure::Actual, "2024-06-30", 1),
        ("330203", Some(2), Measure::Actual, "2024-06-30", 2),
    ];
    post(&store, &outline, indicator, &told).await.unwrap();
    let view = View { cut_off: Some(day("2024-06-30")), known: None };
    let before = store.statements();
    let board = Board::at(store.reader(), outline.programme.clone(), code("330203"), view).await.unwrap();
    let from_below = store.statements() - before;
    Board::load(store.reader(), outline.programme.clone(), view).await.unwrap();
    assert_eq!(from_below, store.statements() - before - from_below, "as many statements as from above");
    let row = board.all_rows()[0];
    let of = |shown: &Option<ledger::board::Shown>| shown.as_ref().and_then(ledger::board::Shown::value);
    assert_eq!((of(&row.actual), of(&row.target)), (Some(Decimal::from(3)), Some(Decimal::from(4))));
    assert_eq!(row.progress, Some(Decimal::from(75)));
    assert_eq!(board.place, code("330203"));
    // Nothing of the city shows where a county has no figure.
    let other = Board::at(store.reader(), outline.programme.clone(), code("330205"), view).await.unwrap();
    assert!(other.all_rows()[0].actual.is_none() && other.all_rows()[0].target.is_none());
    assert!(Board::at(store.reader(), outline.programme.clone(), code("330300"), view).await.is_err());
}
