//! The same storage tests on both databases.

#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{Clock, Grant, Permission, Problem, ProblemKind, RegionCode, Role};
use minsheng_people as people;
use people::rules::OrganisationKind;
use people::store::accounts::{self, NewAccount};
use people::store::{organisations, sessions};
use people::{AccountRules, Passwords, Viewer};
use store::{Actor, Migrations, Store, audit};
use uuid::Uuid;

/// One database, looked at through clocks of one's choice.
struct Bench {
    url: String,
    passwords: Passwords,
    rules: AccountRules,
}

const PASSWORD: &str = "Harbour-7-bridge";

fn morning() -> DateTime<Utc> {
    "2026-03-02T01:00:00Z".parse().unwrap()
}

impl Bench {
    async fn new(url: String) -> Self {
        let bench = Self { url, passwords: Passwords::new(), rules: AccountRules::default() };
        let tables: &[Migrations] = &[store::migrations::list, people::migrations::list];
        bench.at(Duration::ZERO).await.migrate(tables).await.unwrap();
        bench
    }

    async fn at(&self, after: Duration) -> Store {
        Store::open(&self.url, Clock::fixed(morning() + after)).await.unwrap()
    }

    async fn account(&self, store: &Store, name: &str) -> Uuid {
        self.try_account(store, name).await.unwrap()
    }

    async fn try_account(&self, store: &Store, name: &str) -> store::Result<Uuid> {
        let new = NewAccount {
            sign_in_name: name.into(),
            display_name: "某人".into(),
            person: None,
            password: PASSWORD.into(),
            must_change: false,
        };
        accounts::create(store, &Actor::operator("test"), &self.rules, &self.passwords, new).await
    }

    async fn sign_in(&self, store: &Store, name: &str, password: &str) -> store::Result<sessions::SignedIn> {
        sessions::sign_in(store, &self.rules, &self.passwords, name, password).await
    }

    async fn find(&self, store: &Store, token: &str) -> Option<Viewer> {
        sessions::find(store, &self.rules, token).await.unwrap()
    }
}

fn problem<T: std::fmt::Debug>(outcome: store::Result<T>) -> Problem {
    outcome.unwrap_err().problem().expect("a problem that a person can mend").clone()
}

async fn actions(store: &Store) -> Vec<String> {
    let events = audit::latest(store.reader(), None, 100).await.unwrap();
    events.into_iter().rev().map(|event| event.action).collect()
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

async fn suite(bench: &Bench) {
    names_are_taken_once(bench).await;
    wrong_passwords_lock(bench).await;
    sessions_come_and_go(bench).await;
    passwords_change(bench).await;
    roles_are_kept_apart(bench).await;
    organisations_and_posts(bench).await;
    the_nearest_are_in_charge(bench).await;
    let store = bench.at(Duration::ZERO).await;
    assert_eq!(audit::verify(store.reader()).await.unwrap().fault, None);
}

async fn the_nearest_are_in_charge(bench: &Bench) {
    let store = bench.at(minutes(300)).await;
    let operator = Actor::operator("test");
    let (city, county): (RegionCode, RegionCode) = ("330700".parse().unwrap(), "330784".parse().unwrap());
    let new = |name: &str| organisations::NewOrganisation {
        region: city,
        name: name.into(),
        short_name: String::new(),
        kind: OrganisationKind::Department,
        uscc: None,
    };
    let schools = organisations::create(&store, &operator, new("教育")).await.unwrap();
    let roads = organisations::create(&store, &operator, new("交通")).await.unwrap();
    let mut ids = Vec::new();
    for (name, role, region, organisation) in [
        ("cityoffice", Role::ProgrammeOffice, city, None),
        ("countyoffice", Role::ProgrammeOffice, county, None),
        ("countyaway", Role::ProgrammeOffice, county, None),
        ("schools", Role::ResponsibleBody, city, Some(schools)),
        ("roads", Role::ResponsibleBody, city, Some(roads)),
    ] {
        let id = bench.account(&store, name).await;
        accounts::grant(&store, &operator, id, Grant { role, region: Some(region), organisation }).await.unwrap();
        ids.push(id);
    }
    accounts::disable(&store, &operator, ids[2]).await.unwrap();
    let review = Permission::ReviewReturns;
    let ask = async |permission, region: &str, organisation| {
        accounts::in_charge(store.reader(), permission, region.parse().unwrap(), organisation).await.unwrap()
    };
    assert_eq!(ask(review, "330784100", None).await, [ids[1]], "the county's own, but not who is away");
    assert_eq!(ask(review, "330782", None).await, [ids[0]], "no office of its own: the city's");
    assert!(ask(review, "330100", None).await.is_empty(), "another city");
    assert_eq!(ask(Permission::FillReturns, "330784", Some(roads)).await, [ids[4]]);
    let mut both = vec![ids[3], ids[4]];
    both.sort_unstable();
    assert_eq!(ask(Permission::FillReturns, "330784", None).await, both);
}

async fn names_are_taken_once(bench: &Bench) {
    let store = bench.at(Duration::ZERO).await;
    let id = bench.account(&store, "Chen").await;
    assert!(
        problem(bench.try_account(&store, " ｃhen ").await).for_field("sign_in_name").unwrap().zh.contains("已被使用")
    );
    assert_eq!(accounts::find_by_name(&store, "CHEN").await.unwrap(), Some(id));
    bench.account(&store, "ai").await;
    let names = |list: Vec<accounts::Account>| list.into_iter().map(|a| a.row.sign_in_name).collect::<Vec<_>>();
    assert_eq!(names(accounts::list(&store, None, 10).await.unwrap()), ["ai", "chen"]);
    assert_eq!(names(accounts::list(&store, Some("ai"), 10).await.unwrap()), ["chen"]);
    let hash = accounts::find(&store, id).await.unwrap().unwrap().row.password_hash;
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
}

async fn wrong_passwords_lock(bench: &Bench) {
    let store = bench.at(Duration::ZERO).await;
    let before = actions(&store).await.len();
    assert_eq!(problem(bench.sign_in(&store, "nobody", "wrong").await).kind, ProblemKind::SignInNeeded);
    for _ in 0..4 {
        assert_eq!(problem(bench.sign_in(&store, "chen", "wrong").await).kind, ProblemKind::SignInNeeded);
    }
    let locked = problem(bench.sign_in(&store, "chen", "wrong").await);
    assert_eq!(locked.kind, ProblemKind::TooMany);
    assert!(locked.message.zh.contains("09:30"), "{}", locked.message.zh);
    assert_eq!(problem(bench.sign_in(&store, "chen", PASSWORD).await).kind, ProblemKind::TooMany);
    let recorded = &actions(&store).await[before..];
    assert_eq!(recorded[..5], ["session.refused"; 5]);
    assert_eq!(recorded[5..], ["account.locked"]);

    let later = bench.at(minutes(31)).await;
    bench.sign_in(&later, "chen", PASSWORD).await.unwrap();
    for _ in 0..5 {
        problem(bench.sign_in(&later, "chen", "wrong").await);
    }
    let id = accounts::find_by_name(&store, "chen").await.unwrap().unwrap();
    accounts::unlock(&later, &Actor::operator("test"), id).await.unwrap();
    bench.sign_in(&later, "chen", PASSWORD).await.unwrap();
}

async fn sessions_come_and_go(bench: &Bench) {
    let store = bench.at(minutes(60)).await;
    let id = accounts::find_by_name(&store, "chen").await.unwrap().unwrap();
    let begun = bench.sign_in(&store, "chen", PASSWORD).await.unwrap();
    assert_eq!(bench.find(&store, &begun.token).await, Some(begun.viewer.clone()));
    assert_eq!(bench.find(&store, "another").await, None);
    // Used after twenty minutes, it lasts twenty more; left alone for half an hour, it ends.
    assert!(bench.find(&bench.at(minutes(80)).await, &begun.token).await.is_some());
    assert!(bench.find(&bench.at(minutes(100)).await, &begun.token).await.is_some());
    assert!(bench.find(&bench.at(minutes(130)).await, &begun.token).await.is_none());

    sessions::sign_out(&store, &begun.viewer).await.unwrap();
    assert_eq!(bench.find(&store, &begun.token).await, None);

    let begun = bench.sign_in(&store, "chen", PASSWORD).await.unwrap();
    let actor = Actor::operator("test");
    accounts::disable(&store, &actor, id).await.unwrap();
    assert_eq!(bench.find(&store, &begun.token).await, None);
    assert_eq!(problem(accounts::disable(&store, &actor, id).await).kind, ProblemKind::Conflict);
    assert_eq!(problem(bench.sign_in(&store, "chen", PASSWORD).await).kind, ProblemKind::SignInNeeded);
    accounts::enable(&store, &actor, id).await.unwrap();
    let begun = bench.sign_in(&store, "chen", PASSWORD).await.unwrap();
    let oneself = begun.viewer.actor();
    assert_eq!(problem(accounts::disable(&store, &oneself, id).await).kind, ProblemKind::Conflict);
}

async fn passwords_change(bench: &Bench) {
    let store = bench.at(minutes(60)).await;
    let (here, elsewhere) =
        (bench.sign_in(&store, "ai", PASSWORD).await.unwrap(), bench.sign_in(&store, "ai", PASSWORD).await.unwrap());
    let change =
        |current, new| accounts::change_password(&store, &bench.rules, &bench.passwords, &here.viewer, current, new);
    assert!(problem(change("wrong", "Willow-4-window").await).for_field("current").is_some());
    assert!(problem(change(PASSWORD, PASSWORD).await).for_field("password").is_some());
    assert!(problem(change(PASSWORD, "short").await).for_field("password").is_some());
    change(PASSWORD, "Willow-4-window").await.unwrap();
    assert!(bench.find(&store, &here.token).await.is_some());
    assert!(bench.find(&store, &elsewhere.token).await.is_none());
    problem(bench.sign_in(&store, "ai", PASSWORD).await);

    let actor = Actor::operator("test");
    let reset = accounts::reset_password(
        &store,
        &actor,
        &bench.rules,
        &bench.passwords,
        here.viewer.account,
        "Meadow-9-kettle",
    );
    reset.await.unwrap();
    assert!(bench.find(&store, &here.token).await.is_none());
    assert!(bench.sign_in(&store, "ai", "Meadow-9-kettle").await.unwrap().viewer.must_change);
}

async fn roles_are_kept_apart(bench: &Bench) {
    let store = bench.at(minutes(60)).await;
    let ningbo: RegionCode = "330200".parse().unwrap();
    let office = Grant { role: Role::ProgrammeOffice, region: Some(ningbo), organisation: None };
    let administrator = Grant { role: Role::SystemAdministrator, region: None, organisation: None };
    let actor = Actor::operator("test");
    // At the same time, in the two orders: whichever comes first keeps the other out.
    let both: Vec<Uuid> = vec![bench.account(&store, "both-1").await, bench.account(&store, "both-2").await];
    for id in &both {
        let (one, other) = tokio::join!(
            accounts::grant(&store, &actor, *id, office.clone()),
            accounts::grant(&store, &actor, *id, administrator.clone()),
        );
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(accounts::find(&store, *id).await.unwrap().unwrap().grants.len(), 1);
    }
    let id = bench.account(&store, "office").await;
    let key = accounts::grant(&store, &actor, id, office.clone()).await.unwrap();
    let begun = bench.sign_in(&store, "office", PASSWORD).await.unwrap();
    assert!(begun.viewer.allows(Permission::EditProgramme, Some("330212".parse().unwrap())));
    assert!(!begun.viewer.allows(Permission::EditProgramme, Some("330100".parse().unwrap())));
    assert_eq!(
        problem(accounts::grant(&store, &begun.viewer.actor(), id, office.clone()).await).kind,
        ProblemKind::Conflict
    );
    accounts::withdraw(&store, &actor, key).await.unwrap();
    assert_eq!(problem(accounts::withdraw(&store, &actor, key).await).kind, ProblemKind::NotFound);
    assert!(bench.find(&store, &begun.token).await.unwrap().grants.is_empty());
}

async fn organisations_and_posts(bench: &Bench) {
    let store = bench.at(minutes(60)).await;
    let actor = Actor::operator("test");
    let new = |region: &str, name: &str| organisations::NewOrganisation {
        region: region.parse().unwrap(),
        name: name.into(),
        short_name: String::new(),
        kind: OrganisationKind::Department,
        uscc: Some(" 91350203m0001qay9b ".into()),
    };
    let city = organisations::create(&store, &actor, new("330200", "市交通局")).await.unwrap();
    organisations::create(&store, &actor, new("330212", "区交通局")).await.unwrap();
    organisations::create(&store, &actor, new("330100", "市交通局")).await.unwrap();
    assert!(
        problem(organisations::create(&store, &actor, new("330200", "市交通局")).await).for_field("name").is_some()
    );
    let within = organisations::list(&store, Some("330200".parse().unwrap()), None, 10).await.unwrap();
    assert_eq!(within.iter().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["市交通局", "区交通局"]);
    assert_eq!(within[0].uscc.as_deref(), Some("91350203M0001QAY9B"), "odd codes are kept");

    let post = organisations::create_post(&store, &actor, city, "分管副局长").await.unwrap();
    let appoint =
        |name: &'static str, day: &str| organisations::appoint(&store, &actor, post, name, day.parse().unwrap());
    appoint("甲", "2024-01-01").await.unwrap();
    assert!(problem(appoint("乙", "2024-01-01").await).for_field("from_day").is_some());
    appoint("乙", "2024-07-01").await.unwrap();
    let holders = organisations::holders(&store, city).await.unwrap();
    let told: Vec<_> = holders.iter().map(|h| (h.person.name.as_str(), h.to_day.map(|day| day.to_string()))).collect();
    assert_eq!(told, [("乙", None), ("甲", Some("2024-06-30".to_owned()))]);
}

databases::on_both!(accounts_and_organisations);

async fn accounts_and_organisations(url: &str) {
    suite(&Bench::new(url.to_owned()).await).await;
}
