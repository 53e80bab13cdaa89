//! Who may do what: role × place × body × state × act, computed from the permission rules and held against the pages.
//!
//! `rules::moves` has its own table of every decision about a return; here the whole way is walked – door, place, state –
//! for returns, reviews and rounds. Nothing is ever written: returns are acted on in a version that nobody can have read,
//! so that whoever may do it is told that it has changed, and whoever may not is told that instead.

use axum::http::StatusCode;
use kernel::{Grant, Level, Permission, Role};
use report::By;
use report::returns::{self, Return};
use report::rounds::{self, NewRound};
use report::words::{Act, State};
use uuid::Uuid;

use crate::house::{CITY, HAISHU, House, NINGHAI, code, day, report};
use crate::visitor::{Reply, Site, Visitor};

/// The county's bureau, which owes what is acted on; another body of the county.
const BODIES: [&str; 2] = ["own", "other"];

async fn house() -> (House, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (House::open(&databases::sqlite_in(folder.path())).await, folder)
}

fn covers(scope: &str, place: &str) -> bool {
    code(scope).contains(code(place))
}

fn holds(role: Role, permission: Permission) -> bool {
    role.permissions().contains(&permission)
}

/// One return of Haishu in every state, in a round of its own each.
async fn in_every_state(house: &House, office: &By, body: &By) -> Vec<(State, Return)> {
    let mut found = Vec::new();
    for (number, state) in (1..).zip(State::ALL.iter().copied()) {
        let cut_off = day(&format!("2024-{number:02}-28"));
        let new = NewRound {
            cut_off,
            opens_on: cut_off,
            closes_on: day("2024-12-31"),
            levels: vec![Level::County, Level::City],
        };
        let round = rounds::open(&house.store, office, &house.programme, &new).await.unwrap().round;
        let filling = |row: &Return| [house.filling(row, 10, 4)];
        let row = house.at(round, HAISHU).await;
        match state {
            State::Owed => {}
            State::Draft => drop(returns::save(&house.store, body, &filling(&row)).await.unwrap()),
            _ => drop(returns::submit(&house.store, body, &filling(&row)).await.unwrap()),
        }
        let supervision = house.account(&format!("second{number}"), &[(Role::SupervisionOffice, CITY, None)]).await;
        match state {
            State::Returned => drop(returns::send_back(&house.store, office, &[(row.id, 2)], "请核对").await.unwrap()),
            State::Approved => {
                returns::pass_or_approve(&house.store, office, &[(row.id, 2)]).await.unwrap();
                returns::pass_or_approve(&house.store, &supervision, &[(row.id, 3)]).await.unwrap();
            }
            _ => {}
        }
        let row = house.at(round, HAISHU).await;
        assert_eq!(row.state(), state);
        found.push((state, row));
    }
    found
}

/// What somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// It is shown, or would be done.
    Yes,
    /// The door or the rule refuses the role, the place or the body.
    No,
    /// There is no such thing for them.
    Nothing,
    /// It is theirs, but its state does not allow it.
    NotNow,
}

fn told(reply: &Reply) -> Told {
    match reply.status {
        StatusCode::OK => Told::Yes,
        StatusCode::CONFLICT if reply.text().contains("刚刚有了变化") => Told::Yes,
        StatusCode::CONFLICT => Told::NotNow,
        StatusCode::FORBIDDEN => Told::No,
        StatusCode::NOT_FOUND => Told::Nothing,
        other => panic!("{other}: {}", reply.text()),
    }
}

async fn ask(visitor: &Visitor, row: &Return, act: Option<Act>) -> Told {
    let form = format!("/office/returns/{}", row.id);
    let raw = [("raw-1", "20"), ("raw-2", "4"), ("raw-3", "16")];
    let with = |more: &[(&'static str, &'static str)]| [raw.as_slice(), more].concat();
    told(&match act {
        None => visitor.get(&form).await,
        Some(Act::Save) => visitor.upload(&form, &with(&[("version", "99"), ("act", "save")]), None).await,
        Some(Act::Submit) => visitor.upload(&form, &with(&[("version", "99"), ("act", "submit")]), None).await,
        Some(Act::Withdraw) => visitor.post(&format!("{form}/withdrawal"), &[("version", "99")]).await,
        Some(Act::Pass | Act::Approve) => {
            visitor.post(&format!("{form}/review"), &[("version", "99"), ("act", "pass")]).await
        }
        Some(_) => {
            let back = [("version", "99"), ("act", "return"), ("reason", "请核对")];
            visitor.post(&format!("{form}/review"), &back).await
        }
    })
}

/// What the permission rules say.
fn expected(role: Role, scope: &str, body: Option<&str>, state: State, act: Option<Act>) -> Told {
    let business = !role.is_administrator();
    let here = business && covers(scope, HAISHU);
    let fills = holds(role, Permission::FillReturns) && here && body == Some("own");
    let sees = fills || (holds(role, Permission::EnterOffice) && here);
    let (needed, may, states): (&[Permission], bool, &[State]) = match act {
        None => (&[Permission::EnterOffice], sees, State::ALL),
        Some(Act::Save | Act::Submit) => {
            (&[Permission::FillReturns], fills, &[State::Owed, State::Draft, State::Returned])
        }
        Some(Act::Withdraw) => (&[Permission::FillReturns], fills, &[State::Submitted]),
        // Where nothing lies at a desk the first one is asked, or the last one that had it.
        Some(_) => {
            let desk = if state == State::Approved { CITY } else { HAISHU };
            let reviews = holds(role, Permission::ReviewReturns) && business && covers(scope, desk);
            (&[Permission::ReviewReturns], reviews, &[State::Submitted])
        }
    };
    let door = needed.iter().any(|permission| holds(role, *permission));
    match (door, sees, may) {
        (false, ..) => Told::No,
        (_, false, _) => Told::Nothing,
        (.., false) => Told::No,
        _ if states.contains(&state) => Told::Yes,
        _ => Told::NotNow,
    }
}

/// Guards: the routes' permissions, `authority::return_of`, `moves::decide`.
#[tokio::test]
async fn returns_and_reviews_by_role_place_body_and_state() {
    let (house, _folder) = house().await;
    let (office, body) = (house.office().await, house.body().await);
    let rows = in_every_state(&house, &office, &body).await;
    let other = crate::house::organisation(&house.store, HAISHU, "海曙区住建局").await;
    let events = store::audit::last_number(house.store.reader()).await.unwrap();
    let site = Site::open(house.store.clone());
    let acts = [None, Some(Act::Save), Some(Act::Submit), Some(Act::Withdraw), Some(Act::Approve), Some(Act::SendBack)];
    let (mut asked, mut wrong, mut written) = (0, Vec::new(), 0);
    for role in Role::ALL {
        for scope in [CITY, HAISHU, NINGHAI] {
            let bodies: Vec<Option<&str>> =
                if role == Role::ResponsibleBody { BODIES.map(Some).to_vec() } else { vec![None] };
            if role.is_administrator() && scope != CITY {
                continue;
            }
            for which in bodies {
                let organisation = which.map(|which| if which == "own" { house.haishu } else { other });
                let name = format!("{}-{scope}-{}", role.code(), which.unwrap_or("any"));
                let by = house.with_role(&name, role, scope, organisation).await;
                let visitor = site.visit(&by).await;
                written += 3;
                for (state, row) in &rows {
                    for act in acts {
                        let (found, right) = (ask(&visitor, row, act).await, expected(role, scope, which, *state, act));
                        asked += 1;
                        if found != right {
                            wrong.push(format!("{name} {state:?} {act:?}: {found:?}, not {right:?}"));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 500, "{asked}");
    let now = store::audit::last_number(house.store.reader()).await.unwrap();
    assert!(now <= events + written + 40, "accounts and sign-ins only: {events} {now}");
    for (_, row) in rows {
        assert_eq!(report::store::find(house.store.reader(), row.id).await.unwrap(), Some(row), "nothing is written");
    }
}

/// What is done with rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Open,
    Complete,
    Close,
    Set,
    AllowLate,
}

/// How a round is when it is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Missing,
    Running,
    Over,
    Closed,
}

/// Guards: `may_run`, and the guarded updates of rounds. Every deed in every state by everybody; who may is exactly who may
/// run the rounds of the programme's own place, and what they may is exactly what the state allows.
#[tokio::test]
async fn rounds_by_role_place_and_state() {
    let (house, _folder) = house().await;
    let office = house.office().await;
    let mut days = (1..).map(|back| day("2024-06-30") - chrono::TimeDelta::days(back));
    let (mut done, mut refused) = (0, 0);
    for role in Role::ALL {
        for scope in ["330000", CITY, HAISHU, "330100"] {
            for organisation in [None, Some(house.haishu)] {
                let by = By {
                    account: office.account,
                    sign_in_name: "x".into(),
                    name: "x".into(),
                    organisation: String::new(),
                    grants: vec![Grant { role, region: Some(code(scope)), organisation }],
                };
                let may = holds(role, Permission::RunRounds) && covers(scope, CITY);
                for state in [Stands::Missing, Stands::Running, Stands::Over, Stands::Closed] {
                    for deed in [Deed::Open, Deed::Complete, Deed::Close, Deed::Set, Deed::AllowLate] {
                        let right = may && allowed(state, deed);
                        // A refusal changes nothing, so all who are refused may meet the same round.
                        let cut_off = if right { days.next().unwrap() } else { day("2024-06-30") };
                        let round = stands(&house, &office, state, cut_off).await;
                        let before = store::audit::last_number(house.store.reader()).await.unwrap();
                        let outcome = act(&house, &by, deed, (cut_off, round)).await;
                        let after = store::audit::last_number(house.store.reader()).await.unwrap();
                        assert_eq!(outcome.is_ok(), right, "{role:?} {scope} {state:?} {deed:?}: {outcome:?}");
                        assert_eq!(after > before, right, "{role:?} {scope} {state:?} {deed:?}");
                        if right { done += 1 } else { refused += 1 }
                    }
                }
            }
        }
    }
    assert!(done >= 40 && refused > 900, "{done} {refused}");
}

fn allowed(state: Stands, deed: Deed) -> bool {
    match deed {
        Deed::Open => state == Stands::Missing,
        Deed::Close => matches!(state, Stands::Running | Stands::Over),
        Deed::Set => true,
        Deed::AllowLate => state != Stands::Missing,
        // Nobody is missing from the list, so nothing is written.
        Deed::Complete => false,
    }
}

/// A round of this cut-off that stands as asked; none where it is missing.
async fn stands(house: &House, office: &By, state: Stands, cut_off: chrono::NaiveDate) -> Option<Uuid> {
    // Three rounds whose states nobody changes stand for all refusals.
    let shared = cut_off == day("2024-06-30");
    let cut_off = match (shared, state) {
        (_, Stands::Missing) => return None,
        (true, Stands::Running) => day("2023-12-31"),
        (true, Stands::Over) => day("2023-11-30"),
        (true, Stands::Closed) => day("2023-10-31"),
        (false, _) => cut_off,
    };
    let known = rounds::of_programme(house.store.reader(), house.programme.id).await.unwrap();
    if let Some(round) = known.iter().find(|round| round.cut_off == cut_off) {
        return Some(round.id);
    }
    let closes_on = if state == Stands::Over { day("2024-07-01") } else { day("2024-07-05") };
    let new = NewRound { cut_off, opens_on: cut_off, closes_on, levels: vec![Level::City] };
    let round = rounds::open(&house.on("2024-07-01"), office, &house.programme, &new).await.unwrap().round;
    if state == Stands::Closed {
        rounds::close(&house.store, office, round).await.unwrap();
    }
    Some(round)
}

async fn act(
    house: &House,
    by: &By,
    deed: Deed,
    (cut_off, round): (chrono::NaiveDate, Option<Uuid>),
) -> store::Result<()> {
    let on = house.store.reader();
    let missing = || kernel::Problem::not_found("没有", "none");
    match deed {
        Deed::Set => {
            let settings = rounds::settings(on, &house.programme).await?;
            rounds::set(&house.store, by, &house.programme, &settings).await
        }
        Deed::Open => {
            let known = match round {
                Some(round) => rounds::find(on, round).await?.map_or(cut_off, |round| round.cut_off),
                None => cut_off,
            };
            let (opens_on, closes_on) = (day("2024-07-02"), day("2024-07-09"));
            let new = NewRound { cut_off: known, opens_on, closes_on, levels: vec![Level::City] };
            rounds::open(&house.store, by, &house.programme, &new).await.map(|_| ())
        }
        Deed::Complete => {
            let opened = rounds::complete(&house.store, by, round.ok_or_else(missing)?).await?;
            if opened.owed > 0 { Ok(()) } else { Err(missing().into()) }
        }
        Deed::Close => rounds::close(&house.store, by, round.ok_or_else(missing)?).await,
        Deed::AllowLate => {
            let row = house.at(round.ok_or_else(missing)?, HAISHU).await;
            returns::allow_late(&house.store, by, &[row.id], day("2024-07-20"), "系统故障").await.map(|_| ())
        }
    }
}
