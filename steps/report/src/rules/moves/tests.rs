use kernel::{Grant, Level, Role};
use proptest::prelude::*;

use super::*;
use crate::rules::levels::desks;

const CITY: &str = "330200";
const COUNTY: &str = "330226";
const TOWN: &str = "330226100";

fn code(text: &str) -> RegionCode {
    text.parse().unwrap()
}

fn body(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn by(account: u128, role: Role, region: Option<&str>, organisation: Option<u128>) -> By {
    By {
        account: Uuid::from_u128(account),
        sign_in_name: "x".into(),
        name: "x".into(),
        organisation: "x".into(),
        grants: vec![Grant { role, region: region.map(code), organisation: organisation.map(body) }],
    }
}

const OPEN: Window = Window::Open { closes_on: chrono::NaiveDate::MAX, days_left: 3 };

fn case<'a>(state: State, level: usize, desks: &'a [RegionCode], writers: &'a [Uuid], passed: &'a [Uuid]) -> Case<'a> {
    Case {
        state,
        level,
        region: code(COUNTY),
        organisation: body(1),
        programme: code(CITY),
        desks,
        window: OPEN,
        writers,
        passed_by: passed,
    }
}

/// Role × scope × body × state × level × act: who passes is exactly who holds the permission at the right place, and where
/// it leads is exactly the table. Nothing here calls what it checks.
#[test]
fn the_full_table_follows_from_the_permissions() {
    let desks = desks(&[Level::County, Level::City], code(COUNTY));
    let scopes = [None, Some("330000"), Some(CITY), Some(COUNTY), Some("330225"), Some(TOWN), Some("330100")];
    let covers = |scope: Option<&str>, place: &str| scope.is_some_and(|scope| code(scope).contains(code(place)));
    let mut seen = (0, 0);
    for role in Role::ALL {
        for scope in scopes {
            for organisation in [None, Some(1), Some(2)] {
                let by = by(9, role, scope, organisation);
                for state in State::ALL.iter().copied() {
                    for level in [0, 1] {
                        let found = case(state, level, &desks, &[], &[]);
                        for act in Act::ALL.iter().copied() {
                            let may = match act {
                                Act::Save | Act::Submit | Act::Withdraw => {
                                    role.permissions().contains(&Permission::FillReturns)
                                        && covers(scope, COUNTY)
                                        && organisation == Some(1)
                                }
                                Act::Pass | Act::Approve | Act::SendBack => {
                                    let desk = if level == 0 { COUNTY } else { CITY };
                                    role.permissions().contains(&Permission::ReviewReturns) && covers(scope, desk)
                                }
                                Act::Propose => {
                                    let holds = |permission| role.permissions().contains(&permission);
                                    let body = holds(Permission::FillReturns) && organisation == Some(1);
                                    (holds(Permission::EditProgramme) || body) && covers(scope, COUNTY)
                                }
                                Act::AllowLate => {
                                    role.permissions().contains(&Permission::RunRounds) && covers(scope, CITY)
                                }
                            };
                            let leads = match (state, act, level) {
                                (State::Owed | State::Draft, Act::Save | Act::Propose, _) => Some((State::Draft, 0)),
                                (State::Returned, Act::Save | Act::Propose, _) => Some((State::Returned, 0)),
                                (State::Owed | State::Draft | State::Returned, Act::Submit, _) => {
                                    Some((State::Submitted, 0))
                                }
                                (State::Submitted, Act::Withdraw, 0) => Some((State::Draft, 0)),
                                (State::Submitted, Act::Pass, 0) => Some((State::Submitted, 1)),
                                (State::Submitted, Act::Approve, 1) => Some((State::Approved, 2)),
                                (State::Submitted, Act::SendBack, _) => Some((State::Returned, 0)),
                                (State::Owed | State::Draft | State::Returned, Act::AllowLate, _) => Some((state, 0)),
                                _ => None,
                            };
                            let decided = decide(&found, act, &by);
                            match (may, leads) {
                                (false, _) => {
                                    assert!(matches!(decided, Err(Refusal::NotYours(_))), "{role:?} {scope:?} {act:?}");
                                    seen.0 += 1;
                                }
                                (true, None) => assert!(decided.is_err(), "{role:?} {state:?} {level} {act:?}"),
                                (true, Some((to, passed))) => {
                                    let next =
                                        decided.unwrap_or_else(|why| panic!("{role:?} {state:?} {act:?} {why:?}"));
                                    assert_eq!((next.state, next.level), (to, passed), "{state:?} {act:?}");
                                    let desk = (to == State::Submitted).then(|| desks[passed]);
                                    assert_eq!(next.awaits, desk, "{state:?} {act:?}");
                                    seen.1 += 1;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(seen.0 + seen.1 > 9_000, "{seen:?}");
    assert!(seen.1 > 100, "{seen:?}");
}

#[test]
fn nobody_reviews_what_they_wrote_not_even_with_two_roles() {
    let desks = [code(COUNTY), code(CITY)];
    let mut two_hats = by(7, Role::ResponsibleBody, Some(CITY), Some(1));
    two_hats.grants.push(Grant { role: Role::ProgrammeOffice, region: Some(code(CITY)), organisation: None });
    let writers = [Uuid::from_u128(7)];
    let own = case(State::Submitted, 0, &desks, &writers, &[]);
    for act in [Act::Pass, Act::SendBack] {
        assert_eq!(decide(&own, act, &two_hats), Err(Refusal::OwnReport), "{act:?}");
    }
    let others = case(State::Submitted, 0, &desks, &[], &[]);
    assert!(decide(&others, Act::Pass, &two_hats).is_ok());
    let passed = [Uuid::from_u128(7)];
    let second = case(State::Submitted, 1, &desks, &[], &passed);
    assert_eq!(decide(&second, Act::Approve, &two_hats), Err(Refusal::SameReviewer));
    assert!(decide(&second, Act::SendBack, &two_hats).is_ok(), "an error found late may be sent back by anybody");
}

#[test]
fn the_window_binds_the_body_and_not_the_reviewers() {
    let desks = [code(CITY)];
    let body = by(1, Role::ResponsibleBody, Some(CITY), Some(1));
    let office = by(2, Role::ProgrammeOffice, Some(CITY), None);
    let shut = |state| Case { window: Window::Shut { days_late: 1 }, ..case(state, 0, &desks, &[], &[]) };
    assert_eq!(decide(&shut(State::Owed), Act::Submit, &body), Err(Refusal::Shut));
    assert_eq!(decide(&shut(State::Draft), Act::Save, &body), Err(Refusal::Shut));
    assert_eq!(decide(&shut(State::Submitted), Act::Withdraw, &body), Err(Refusal::Shut));
    assert!(decide(&shut(State::Submitted), Act::Approve, &office).is_ok());
    assert!(decide(&shut(State::Owed), Act::AllowLate, &office).is_ok());
    let late =
        Case { window: Window::Late { until: chrono::NaiveDate::MAX }, ..case(State::Owed, 0, &desks, &[], &[]) };
    assert!(decide(&late, Act::Submit, &body).is_ok());
    let early =
        Case { window: Window::NotYet { opens_on: chrono::NaiveDate::MAX }, ..case(State::Owed, 0, &desks, &[], &[]) };
    assert_eq!(decide(&early, Act::Save, &body), Err(Refusal::NotYet));
}

#[test]
fn a_return_under_review_is_not_withdrawn() {
    let desks = [code(COUNTY), code(CITY)];
    let body = by(1, Role::ResponsibleBody, Some(CITY), Some(1));
    assert_eq!(decide(&case(State::Submitted, 1, &desks, &[], &[]), Act::Withdraw, &body), Err(Refusal::UnderReview));
}

proptest! {
    /// Whatever people do in whatever order: a return is approved only after as many different reviewers as it has desks,
    /// none of whom wrote it, and nothing follows an approval.
    #[test]
    fn no_walk_through_the_machine_gets_around_a_review(steps in prop::collection::vec((0..Act::ALL.len(), 0_u128..5), 1..40), levels in 1_usize..=3) {
        let desks: Vec<_> = vec![code(CITY); levels];
        let (mut state, mut level) = (State::Owed, 0);
        let (mut writers, mut passed) = (Vec::<Uuid>::new(), Vec::<Uuid>::new());
        for (act, account) in steps {
            let act = Act::ALL[act];
            // Everybody wears both hats.
            let mut who = by(account, Role::ResponsibleBody, Some(CITY), Some(1));
            who.grants.push(Grant { role: Role::ProgrammeOffice, region: Some(code(CITY)), organisation: None });
            let found = case(state, level, &desks, &writers, &passed);
            let Ok(next) = decide(&found, act, &who) else { continue };
            prop_assert_ne!(state, State::Approved);
            match act {
                Act::Save | Act::Submit | Act::Withdraw | Act::Propose => {
                    writers.push(who.account);
                    passed.clear();
                }
                Act::Pass | Act::Approve => passed.push(who.account),
                Act::SendBack => passed.clear(),
                Act::AllowLate => {}
            }
            (state, level) = (next.state, next.level);
            if state == State::Approved {
                let different: std::collections::HashSet<_> = passed.iter().collect();
                prop_assert_eq!(different.len(), levels);
                prop_assert!(passed.iter().all(|account| !writers.contains(account)));
            }
        }
    }
}
