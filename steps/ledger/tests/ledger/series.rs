//! Figures over the cut-offs, on both databases: what a series says of any day is what the board says of that day.

use chrono::{DateTime, NaiveDate, Utc};
use figures::{Decimal, Qualifier};
use kernel::{Clock, Level, RegionCode};
use ledger::board::Shown;
use ledger::current::Current;
use ledger::entries::{self, Correction, NewEntry, View, counting};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::series::Series;
use ledger::words::{Kind, Measure, Reason};
use minsheng_ledger as ledger;
use store::audit::{Event, RowDigest};
use store::{Actor, Store};
use uuid::Uuid;

databases::on_both!(a_series_is_the_board_of_every_day);

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

async fn open(url: &str) -> Store {
    let noon: DateTime<Utc> = "2025-12-31T04:00:00Z".parse().unwrap();
    let store = Store::open(url, Clock::fixed(noon)).await.unwrap();
    store.migrate(&[store::migrations::list, ledger::migrations::list]).await.unwrap();
    ledger::regions::load_shipped(&store).await.unwrap();
    store
}

/// The same database at noon in China on another day.
fn on(store: &Store, today: &str) -> Store {
    store.with_clock(Clock::fixed(format!("{today}T04:00:00Z").parse::<DateTime<Utc>>().unwrap()))
}

/// A county's programme: piles collected by towns, and a school that the county itself reports.
async fn programme(store: &Store) -> (Outline, Uuid, Uuid) {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let region: RegionCode = "330226".parse().unwrap();
    let created = programmes::create(&tx, &ProgrammeForm::new(region, 2024, "宁海县2024年度民生实事")).await.unwrap();
    let mut outline = Outline::load(tx.on(), created).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "充电").await.unwrap();
    let (project, _) = outline.project(&tx, category, None, "充电桩").await.unwrap();
    let piles = IndicatorForm::new("充电桩建设", "个", Kind::Count, Level::Town);
    let piles = outline.add_indicator(&tx, project, &piles).await.unwrap();
    let school = IndicatorForm::new("学校建设", "所", Kind::Count, Level::County);
    let school = outline.add_indicator(&tx, project, &school).await.unwrap();
    tx.record(Event::new("test", "programme", "", serde_json::Value::Null)).await.unwrap();
    tx.commit().await.unwrap();
    (outline, piles, school)
}

fn entry(indicator: Uuid, place: RegionCode, measure: Measure, as_of: NaiveDate, value: u64) -> NewEntry {
    NewEntry {
        indicator,
        region: place,
        organisation: None,
        measure,
        as_of: Some(as_of),
        effective_on: as_of,
        number: Some(figures::Number::exact(Decimal::from(value))),
        qualifier: Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    }
}

async fn post(store: &Store, outline: &Outline, new: Vec<NewEntry>) {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let mut digest = RowDigest::default();
    let mut event = Event::new("test.posted", "entry", "", serde_json::Value::Null);
    entries::post(&tx, outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
}

async fn correct_some(store: &Store, outline: &Outline, indicator: Uuid, raw: &str, pick: u64) {
    let all = entries::of_indicator(store.reader(), indicator, outline.region(), 10_000).await.unwrap();
    let standing: Vec<_> = entries::standing(&all, View::default()).into_iter().cloned().collect();
    let old = &standing[usize::try_from(pick).unwrap() % standing.len()];
    let correction = Correction {
        raw: raw.into(),
        qualifier: Qualifier::Exact,
        as_of: old.as_of,
        reason: Reason::Typing,
        reason_text: "录入时多按一位".into(),
    };
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    entries::correct(&mut tx, outline, old, correction).await.unwrap();
    tx.commit().await.unwrap();
}

/// Written on several days, corrected and taken back; then every place, measure, cut-off and day of knowledge.
async fn a_series_is_the_board_of_every_day(url: &str) {
    let store = open(url).await;
    let (outline, piles, school) = programme(&store).await;
    let home = outline.region();
    let towns: Vec<_> = ledger::regions::children(store.reader(), home, 2024).await.unwrap();
    let towns: Vec<_> = towns.iter().filter_map(|row| RegionCode::from_stored(row.code)).take(4).collect();
    let mut state = 11_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let written = ["2025-02-05", "2025-05-06", "2025-08-02", "2025-12-31"];
    for (at, today) in written.into_iter().enumerate() {
        let store = on(&store, today);
        let mut new = Vec::new();
        for _ in 0..14 {
            let town = towns[usize::try_from(next(4)).unwrap()];
            let cut_off = NaiveDate::from_ymd_opt(2024, u32::try_from(next(12)).unwrap() + 1, 28).unwrap();
            let measure = if next(4) == 0 { Measure::Target } else { Measure::Actual };
            new.push(entry(piles, town, measure, cut_off, next(500)));
            new.push(entry(school, home, Measure::Actual, cut_off, next(9)));
        }
        // A published total beside the sum of the towns.
        if at == 1 {
            new.push(entry(piles, home, Measure::Actual, day("2024-06-30"), 777));
        }
        post(&store, &outline, new).await;
        correct_some(&store, &outline, piles, if at == 2 { "" } else { "321" }, next(1_000)).await;
        correct_some(&store, &outline, school, "3", next(1_000)).await;
    }
    let mut compared = 0;
    let places: Vec<_> = std::iter::once(home).chain(towns.iter().copied()).collect();
    for known in [None, Some("2025-02-04"), Some("2025-02-05"), Some("2025-06-01"), Some("2025-08-02")] {
        let known = known.map(day);
        let series = Series::load(store.reader(), &outline, &places, known).await.unwrap();
        for month in 1..=12 {
            let cut_off = NaiveDate::from_ymd_opt(2024, month, 28).unwrap();
            let view = View { cut_off: Some(cut_off), known };
            let board =
                Current::load(store.reader(), &outline.programme, &outline.indicators, view, counting).await.unwrap();
            for (indicator, measure) in [
                (piles, Measure::Actual),
                (piles, Measure::Target),
                (school, Measure::Actual),
                (school, Measure::Target),
            ] {
                let expected = board.of(indicator, measure).0;
                let found = series.at(home, indicator, measure, cut_off);
                let told = |shown: &Shown| (shown.value(), shown.as_of, shown.places, shown.entry);
                assert_eq!(
                    found.map(|one| (one.value, one.as_of, one.places, one.entry)),
                    expected.as_ref().map(told),
                    "{measure:?} at {cut_off} as known on {known:?}"
                );
                compared += usize::from(found.is_some());
            }
            for town in &towns {
                let own = entries::of_place(store.reader(), &[piles], *town).await.unwrap();
                let own = counting(&own, view);
                let expected = own.values().find(|entry| entry.measure == Measure::Actual.number());
                let found = series.at(*town, piles, Measure::Actual, cut_off);
                assert_eq!(found.and_then(|one| one.entry), expected.map(|entry| entry.id));
            }
        }
    }
    assert!(compared > 100, "only {compared} figures were compared");
    let series = Series::load(store.reader(), &outline, &places, None).await.unwrap();
    assert!(series.cut_offs(home).is_sorted() && series.cut_offs(home).contains(&day("2024-06-30")));
    assert_eq!(Series::load(store.reader(), &outline, &[], None).await.unwrap().cut_offs(home), []);
}
