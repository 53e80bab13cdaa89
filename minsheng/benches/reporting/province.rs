//! A province on the first day of a round: every town has a body that leads a hundred projects there.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use chrono::{Datelike, Days, NaiveDate};
use figures::{Decimal, Number, Qualifier};
use kernel::{Grant, Level, RegionCode, Role};
use ledger::entries::{self, NewEntry};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm, ResponsibilityRole};
use ledger::words::{Kind, Measure};
use people::rules::OrganisationKind;
use report::By;
use report::rounds::{self, NewRound};
use store::audit::{Event, RowDigest};
use store::bulk::{self, Target};
use store::{Actor, Store};
use uuid::Uuid;

use crate::loopback::{self, Somebody};
use crate::villages;

const TOWNS: usize = 1_400;
const INDICATORS: usize = 100;

/// A return that a town owes.
#[derive(Clone)]
pub(crate) struct Owed {
    pub(crate) id: Uuid,
    /// Which town.
    pub(crate) town: usize,
    /// The field of its form that takes the figure.
    pub(crate) field: String,
}

pub(crate) struct Province {
    pub(crate) slug: String,
    pub(crate) round: Uuid,
    pub(crate) towns: usize,
    /// Project by project, so that neighbours in time are not neighbours in place.
    pub(crate) owed: Vec<Owed>,
    /// Who hands in, by town.
    pub(crate) towns_people: Vec<Somebody>,
    /// The reviewers of the counties.
    pub(crate) reviewers: Vec<Somebody>,
    /// Who has the board open: half of them of the province, the others of its cities and counties.
    pub(crate) readers: Vec<Somebody>,
    /// How long the round took to open.
    pub(crate) opened: Duration,
}

impl Province {
    pub(crate) async fn found(store: &Store, readers: usize) -> Self {
        let towns = towns(store).await;
        let bodies = bodies(store, &towns).await;
        let home: RegionCode = "330000".parse().unwrap();
        let cut_off = store.clock().today() - Days::new(1);
        let outline = programme(store, home, cut_off.year()).await;
        answer(store, &outline, &towns, &bodies).await;
        set_targets(store, &outline, &towns).await;

        let mut wanted: Vec<_> =
            towns.iter().zip(&bodies).map(|(town, body)| (Role::ResponsibleBody, *town, Some(*body))).collect();
        let counties: BTreeSet<RegionCode> = towns.iter().map(|town| town.at(Level::County)).collect();
        wanted.extend(counties.iter().map(|county| (Role::SupervisionOffice, *county, None)));
        let cities: BTreeSet<RegionCode> = counties.iter().map(|county| county.at(Level::City)).collect();
        let below: Vec<RegionCode> = cities.into_iter().chain(counties.iter().copied()).collect();
        wanted.extend((0..readers).map(|at| {
            let place = if at % 2 == 0 { home } else { below[at / 2 % below.len()] };
            (Role::SupervisionOffice, place, None)
        }));
        wanted.push((Role::ProgrammeOffice, home, None));
        let mut people = loopback::sign_in(store, &wanted).await;
        let office = people.pop().unwrap();
        let readers = people.split_off(towns.len() + counties.len());
        let reviewers = people.split_off(towns.len());

        let by = By {
            account: office.account,
            sign_in_name: "bench".into(),
            name: "bench".into(),
            organisation: String::new(),
            grants: vec![Grant { role: Role::ProgrammeOffice, region: Some(home), organisation: None }],
        };
        let new = NewRound {
            cut_off,
            opens_on: cut_off + Days::new(1),
            closes_on: cut_off + Days::new(20),
            levels: vec![Level::County],
        };
        let begun = Instant::now();
        let round = rounds::open(store, &by, &outline.programme, &new).await.unwrap().round;
        let opened = begun.elapsed();

        let place: HashMap<i64, usize> = towns.iter().map(|town| town.stored()).zip(0..).collect();
        let fields: HashMap<Uuid, String> =
            outline.indicators.iter().map(|row| (row.project_id, format!("raw-{}", row.number))).collect();
        let mut owed: Vec<_> = report::returns::owed_of(store.reader(), round).await.unwrap();
        owed.sort_by_key(|row| (row.project_id, row.region));
        let owed = owed
            .iter()
            .map(|row| Owed { id: row.id, town: place[&row.region], field: fields[&row.project_id].clone() })
            .collect();
        let slug = outline.programme.slug.clone();
        Self { slug, round, towns: towns.len(), owed, towns_people: people, reviewers, readers, opened }
    }
}

/// The shipped towns, and as many new ones as are missing in the last county.
async fn towns(store: &Store) -> Vec<RegionCode> {
    let mut towns = villages::towns(store).await;
    let last = towns[towns.len() - 1];
    let mut csv = String::from("code,name,level,parent\n");
    for more in (1..).take(TOWNS.saturating_sub(towns.len())) {
        let town = RegionCode::from_number(last.number() + more * 1_000).unwrap();
        writeln!(csv, "{town},增{more}镇,town,{}", last.at(Level::County)).unwrap();
        towns.push(town);
    }
    ledger::regions::load(store, &Actor::operator("bench"), csv.as_bytes(), None).await.unwrap();
    towns.truncate(TOWNS);
    towns
}

async fn bodies(store: &Store, towns: &[RegionCode]) -> Vec<Uuid> {
    let keys: Vec<Uuid> = towns.iter().map(|_| Uuid::now_v7()).collect();
    let columns = ["id", "region", "name", "short_name", "kind"];
    let rows = keys.iter().zip(towns).map(|(key, town)| {
        let name = format!("{town}镇人民政府");
        let kind = OrganisationKind::Government.code();
        vec![(*key).into(), town.stored().into(), name.as_str().into(), name.as_str().into(), kind.into()]
    });
    let target = Target { table: "organisations", columns: &columns, suffix: "" };
    bulk::insert(store.for_upkeep(), target, rows).await.unwrap();
    keys
}

/// Ten categories of ten projects, each with one indicator that towns report.
async fn programme(store: &Store, home: RegionCode, year: i32) -> Outline {
    let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
    let form = ProgrammeForm { published: true, ..ProgrammeForm::new(home, year, "演示数据：全省民生实事") };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    for number in 0..INDICATORS {
        let (class, item) = (i32::try_from(number / 10 + 1).unwrap(), i32::try_from(number + 1).unwrap());
        let (category, _) = outline.category(&tx, Some(class), &format!("第{class}类")).await.unwrap();
        let (project, _) = outline.project(&tx, category, Some(item), &format!("实事{item}")).await.unwrap();
        let form = IndicatorForm::new(format!("指标{item}"), "个", Kind::Count, Level::Town);
        outline.add_indicator(&tx, project, &form).await.unwrap();
    }
    tx.record(Event::new("bench.programme", "programme", &outline.programme.slug, serde_json::Value::Null))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    outline
}

async fn answer(store: &Store, outline: &Outline, towns: &[RegionCode], bodies: &[Uuid]) {
    let columns = ["id", "programme_id", "project_id", "region", "role", "organisation_id"];
    let pairs = || towns.iter().zip(bodies);
    let rows = outline.projects.iter().flat_map(|project| {
        pairs().map(|(town, body)| {
            vec![
                Uuid::now_v7().into(),
                outline.programme.id.into(),
                project.id.into(),
                town.stored().into(),
                ResponsibilityRole::Lead.code().into(),
                (*body).into(),
            ]
        })
    });
    let target = Target { table: "responsibilities", columns: &columns, suffix: "" };
    let tx = store.begin_upkeep().await.unwrap();
    bulk::insert(&tx, target, rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// Fifty of each in each town.
async fn set_targets(store: &Store, outline: &Outline, towns: &[RegionCode]) {
    let first = NaiveDate::from_ymd_opt(outline.programme.year, 1, 1).unwrap();
    let target = |indicator, region| NewEntry {
        indicator,
        region,
        organisation: None,
        measure: Measure::Target,
        as_of: None,
        effective_on: first,
        number: Some(Number::exact(Decimal::from(50))),
        qualifier: Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    };
    let new = outline.indicators.iter().flat_map(|row| towns.iter().map(move |town| target(row.id, *town))).collect();
    let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
    let mut digest = RowDigest::default();
    let mut event = Event::new("targets.set", "programme", &outline.programme.slug, serde_json::Value::Null);
    entries::post(&tx, outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();
}
