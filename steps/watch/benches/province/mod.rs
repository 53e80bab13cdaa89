//! A province with targets in its towns and one body that answers for them: what benchmarks report on.

use chrono::NaiveDate;
use figures::{Decimal, Number, Qualifier};
use kernel::{Clock, Grant, Level, RegionCode, Role};
use ledger::entries::{self, NewEntry};
use ledger::programmes::{self, Holders, IndicatorForm, Outline, ProgrammeForm, ResponsibilityRole};
use ledger::tables::programmes::Model as Programme;
use ledger::words::{Kind, Measure};
use people::rules::OrganisationKind;
use people::store::accounts::{self, NewAccount};
use people::store::organisations::{self, NewOrganisation};
use people::store::sessions;
use people::{AccountRules, Passwords};
use report::By;
use report::rounds::{self, NewRound};
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::MigrationTrait;
use store::audit::{Event, RowDigest};
use store::{Actor, Store};
use uuid::Uuid;

/// The programme's name in addresses.
pub(crate) const SLUG: &str = "330000-2025";

const PASSWORD: &str = "Harbour-7-bridge";

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            store::migrations::list(),
            people::migrations::list(),
            files::migrations::list(),
            notices::migrations::list(),
            ledger::migrations::list(),
            plan::migrations::list(),
            report::migrations::list(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// An empty database with divisions, on 2 July 2025.
pub(crate) async fn open(url: &str) -> Store {
    let noon: chrono::DateTime<chrono::Utc> = "2025-07-02T04:00:00Z".parse().unwrap();
    let store = Store::open(url, Clock::fixed(noon)).await.unwrap();
    Migrator::up(store.for_migrations(), None).await.unwrap();
    ledger::regions::load_shipped(&store).await.unwrap();
    store
}

/// The province and its programme.
pub(crate) struct Province {
    /// The programme.
    pub(crate) programme: Programme,
    /// The body that answers for every project everywhere.
    pub(crate) body: Uuid,
}

impl Province {
    /// A programme of so many projects with so many indicators each.
    pub(crate) async fn draw_up(store: &Store, (projects, indicators): (usize, usize)) -> Self {
        let home: RegionCode = "330000".parse().unwrap();
        let new = NewOrganisation {
            region: home,
            name: "省级责任单位".into(),
            short_name: String::new(),
            kind: OrganisationKind::Department,
            uscc: None,
        };
        let body = organisations::create(store, &Actor::operator("bench"), new).await.unwrap();
        let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
        let form = ProgrammeForm::new(home, 2025, "压力测试（演示数据）");
        let programme = programmes::create(&tx, &form).await.unwrap();
        let mut outline = Outline::load(tx.on(), programme.clone()).await.unwrap();
        let (category, _) = outline.category(&tx, Some(1), "民生实事").await.unwrap();
        for number in 1..=projects {
            let name = format!("项目{number}");
            let (project, _) = outline.project(&tx, category, i32::try_from(number).ok(), &name).await.unwrap();
            for which in 1..=indicators {
                let form = IndicatorForm::new(format!("指标{number}-{which}"), "个", Kind::Count, Level::Town);
                outline.add_indicator(&tx, project, &form).await.unwrap();
            }
            let role = ResponsibilityRole::Lead;
            let holders = Holders { project, region: home, role, bodies: vec![(Some(body), None)] };
            programmes::answer(&tx, programme.id, &holders, NaiveDate::MIN).await.unwrap();
        }
        tx.record(Event::new("bench.programme", "programme", SLUG, serde_json::Value::Null)).await.unwrap();
        tx.commit().await.unwrap();
        Self { programme, body }
    }

    /// An account of the whole province.
    pub(crate) async fn account(&self, store: &Store, name: &str, role: Role, body: Option<Uuid>) -> By {
        let (actor, rules) = (Actor::operator("bench"), AccountRules::default());
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: name.into(),
            person: None,
            password: PASSWORD.into(),
            must_change: false,
        };
        let account = accounts::create(store, &actor, &rules, &Passwords::new(), new).await.unwrap();
        let grant = Grant { role, region: "330000".parse().ok(), organisation: body };
        accounts::grant(store, &actor, account, grant.clone()).await.unwrap();
        By { account, sign_in_name: name.into(), name: name.into(), organisation: String::new(), grants: vec![grant] }
    }

    /// Gives a share of every indicator to so many towns and opens a round in which they all owe returns.
    pub(crate) async fn open_round(&self, store: &Store, office: &By, towns: usize, levels: &[Level]) -> Uuid {
        let mut found = Vec::new();
        let mut places = vec![RegionCode::from_number(330_000_000_000).unwrap()];
        while let Some(place) = places.pop() {
            if place.level() == Level::Town {
                found.push(place);
                continue;
            }
            let children = ledger::regions::children(store.reader(), place, 2025).await.unwrap();
            places.extend(children.iter().filter_map(|row| RegionCode::from_stored(row.code)));
        }
        found.sort_unstable();
        found.truncate(towns);
        let outline = Outline::load(store.reader(), self.programme.clone()).await.unwrap();
        let first = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        let target = |indicator, region, value: i64| NewEntry {
            indicator,
            region,
            organisation: None,
            measure: Measure::Target,
            as_of: None,
            effective_on: first,
            number: Some(Number::exact(Decimal::from(value))),
            qualifier: Qualifier::Exact,
            source: None,
            supersedes: None,
            withdrawn: false,
        };
        let all = i64::try_from(found.len()).unwrap() * 240;
        for indicator in &outline.indicators {
            let home = target(indicator.id, outline.region(), all);
            let new = std::iter::once(home).chain(found.iter().map(|town| target(indicator.id, *town, 240))).collect();
            let mut tx = store.begin(&Actor::operator("bench")).await.unwrap();
            let mut digest = RowDigest::default();
            let mut event = Event::new("bench.targets", "programme", SLUG, serde_json::Value::Null);
            entries::post(&tx, &outline, event.id, new, &mut digest).await.unwrap();
            event.detail = serde_json::json!({ "digest": digest.finish() });
            tx.record(event).await.unwrap();
            tx.commit().await.unwrap();
        }
        let cut_off = NaiveDate::from_ymd_opt(2025, 6, 30).unwrap();
        let closes_on = cut_off + chrono::Days::new(31);
        let new = NewRound { cut_off, opens_on: cut_off, closes_on, levels: levels.to_vec() };
        let opened = rounds::open(store, office, &self.programme, &new).await.unwrap();
        opened.round
    }
}

/// A session's token.
pub(crate) async fn sign_in(store: &Store, by: &By) -> String {
    let begun = sessions::sign_in(store, &AccountRules::default(), &Passwords::new(), &by.sign_in_name, PASSWORD)
        .await
        .unwrap();
    begun.token
}
