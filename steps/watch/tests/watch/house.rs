//! A year of a city to test with: three counties, three projects, reported month by month.

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use kernel::{Level, RegionCode, ScheduleBasis};
use ledger::entries::{self, NewEntry};
use ledger::programmes::{self, Holders, IndicatorForm, Outline, ProgrammeForm, ResponsibilityRole};
use ledger::words::{Kind, Measure};
use store::audit::{Event, RowDigest};
use store::{Actor, Migrations, Store};
use uuid::Uuid;
use web::{App, Step};

pub(crate) use minsheng_watch as watch;
pub(crate) use testing::noon as clock;

pub(crate) const SLUG: &str = "330200-2024";

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

/// The last day of a month of 2024.
pub(crate) fn month_end(month: u32) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2024, month, 1).unwrap();
    (first + chrono::Months::new(1)).pred_opt().unwrap()
}

/// A store that goes when the test is over.
pub(crate) struct House {
    pub(crate) store: Store,
    pub(crate) folder: tempfile::TempDir,
}

impl testing::Served for House {
    fn app(&self) -> App {
        testing::app(&self.store, self.folder.path())
    }

    fn steps(&self) -> Vec<Step> {
        watch::steps()
    }
}

impl House {
    /// On SQLite, at noon in China on 5 July 2024.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { store: open(&databases::sqlite_in(folder.path())).await, folder }
    }

    /// The same with [`Year::write`] done.
    pub(crate) async fn with_year() -> (Self, Year) {
        let house = Self::new().await;
        let year = Year::write(&house.store).await;
        (house, year)
    }
}

/// An empty database with divisions.
pub(crate) async fn open(url: &str) -> Store {
    let tables: &[Migrations] = &[ledger::migrations::list, plan::migrations::list, report::migrations::list];
    let store = testing::store(url, clock("2024-07-05"), tables).await;
    ledger::regions::load_shipped(&store).await.unwrap();
    store
}

/// The programme of the test.
pub(crate) struct Year {
    pub(crate) outline: Outline,
    /// Charging piles: shares of three counties.
    pub(crate) piles: Uuid,
    /// Canteens: shares of three counties, one of which falls silent in May.
    pub(crate) canteens: Uuid,
    /// A clinic that the city reports itself.
    pub(crate) clinic: Uuid,
    pub(crate) lead: Uuid,
}

pub(crate) const HAISHU: &str = "330203";
pub(crate) const JIANGBEI: &str = "330205";
pub(crate) const BEILUN: &str = "330206";

/// Piles per month and county: Haishu keeps pace, Jiangbei is far behind, Beilun is ahead of the year.
pub(crate) const PILES: [(&str, i64, [i64; 6]); 3] = [
    (HAISHU, 120, [10, 20, 30, 40, 50, 60]),
    (JIANGBEI, 120, [2, 4, 6, 8, 10, 12]),
    (BEILUN, 60, [10, 20, 30, 40, 50, 60]),
];

/// Canteens; Beilun has not reported since April.
const CANTEENS: [(&str, i64, &[i64]); 3] =
    [(HAISHU, 10, &[1, 2, 3, 3, 4, 4]), (JIANGBEI, 10, &[1, 2, 3, 3, 4, 4]), (BEILUN, 10, &[1, 2, 3, 3])];

impl Year {
    /// Draws the programme up in January and reports every month on the fifth of the next.
    pub(crate) async fn write(store: &Store) -> Self {
        let january = store.with_clock(clock("2024-01-10"));
        let mut tx = january.begin(&Actor::operator("test")).await.unwrap();
        let form = ProgrammeForm {
            schedule_basis: ScheduleBasis::Months,
            published: true,
            ..ProgrammeForm::new(region("330200"), 2024, "宁波市2024年度民生实事")
        };
        let programme = programmes::create(&tx, &form).await.unwrap();
        let mut outline = Outline::load(tx.on(), programme).await.unwrap();
        let (travel, _) = outline.category(&tx, Some(1), "便民出行").await.unwrap();
        let (care, _) = outline.category(&tx, Some(2), "养老服务").await.unwrap();
        let (first, _) = outline.project(&tx, travel, Some(1), "充电桩").await.unwrap();
        let (second, _) = outline.project(&tx, care, Some(2), "老年食堂").await.unwrap();
        let (third, _) = outline.project(&tx, care, Some(3), "康复医院").await.unwrap();
        let form = |name: &str, grain| IndicatorForm::new(name, "个", Kind::Count, grain);
        let piles = outline.add_indicator(&tx, first, &form("充电桩建设", Level::County)).await.unwrap();
        let canteens = outline.add_indicator(&tx, second, &form("老年食堂建设", Level::County)).await.unwrap();
        let clinic = outline.add_indicator(&tx, third, &form("康复医院建设", Level::City)).await.unwrap();
        let (body, _) = people::store::organisations::called(&tx, region("330200"), "市能源局").await.unwrap();
        let holders = Holders {
            project: first,
            region: region("330200"),
            role: ResponsibilityRole::Lead,
            bodies: vec![(Some(body.id), None)],
        };
        programmes::answer(&tx, outline.programme.id, &holders, day("2024-01-10")).await.unwrap();
        tx.record(Event::new("test", "programme", "", serde_json::Value::Null)).await.unwrap();
        tx.commit().await.unwrap();
        let year = Self { outline, piles, canteens, clinic, lead: body.id };
        let mut shares = Vec::new();
        for (place, target, _) in PILES {
            shares.push(target_of(year.piles, place, target));
        }
        for (place, target, _) in CANTEENS {
            shares.push(target_of(year.canteens, place, target));
        }
        shares.push(target_of(year.clinic, "330200", 4));
        post(&january, &year.outline, shares).await;
        for month in 1..=6_u32 {
            let at = usize::try_from(month).unwrap() - 1;
            let reported = store.with_clock(clock(&format!("2024-{:02}-05", month + 1)));
            let mut figures = Vec::new();
            for (place, _, values) in PILES {
                figures.push(done(year.piles, place, month, values[at]));
            }
            for (place, _, values) in CANTEENS {
                figures.extend(values.get(at).map(|value| done(year.canteens, place, month, *value)));
            }
            figures.push(done(year.clinic, "330200", month, [0, 1, 2, 3, 4, 4][at]));
            post(&reported, &year.outline, figures).await;
        }
        year
    }

    /// The project of an indicator.
    pub(crate) fn project(&self, indicator: Uuid) -> Uuid {
        self.outline.indicator_by_id(indicator).unwrap().project_id
    }
}

fn target_of(indicator: Uuid, place: &str, value: i64) -> NewEntry {
    NewEntry {
        measure: Measure::Target,
        as_of: None,
        effective_on: day("2024-01-01"),
        ..done(indicator, place, 1, value)
    }
}

pub(crate) fn done(indicator: Uuid, place: &str, month: u32, value: i64) -> NewEntry {
    NewEntry {
        indicator,
        region: region(place),
        organisation: None,
        measure: Measure::Actual,
        as_of: Some(month_end(month)),
        effective_on: month_end(month),
        number: Some(Number::exact(Decimal::from(value))),
        qualifier: Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    }
}

pub(crate) async fn post(store: &Store, outline: &Outline, new: Vec<NewEntry>) {
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let mut digest = RowDigest::default();
    let mut event = Event::new("test.posted", "entry", "", serde_json::Value::Null);
    entries::post(&tx, outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
}
