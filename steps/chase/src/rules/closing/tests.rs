use kernel::Role;
use kernel::permission::Permission;
use proptest::prelude::*;

use super::*;

fn person(number: u128) -> Person<'static> {
    Person { account: Some(Uuid::from_u128(number)), name: "" }
}

/// The parties that a role's permissions make of somebody; the body and the lead body are told apart by organisation.
fn parties(role: Role, addressed: bool) -> Vec<Party> {
    let holds = |permission| role.permissions().contains(&permission);
    let of_body = if addressed { Party::Body } else { Party::Lead };
    [
        (Permission::AnswerOrders, of_body),
        (Permission::RaiseOrders, Party::Office),
        (Permission::CloseOrders, Party::Supervision),
    ]
    .into_iter()
    .filter(|(permission, _)| holds(*permission))
    .map(|(_, party)| party)
    .collect()
}

/// Role × state × act, every cell: what is allowed is exactly what this list says.
#[test]
fn the_whole_table_of_role_state_and_act() {
    let mut allowed = Vec::new();
    for (name, role, addressed) in [
        ("body", Role::ResponsibleBody, true),
        ("lead", Role::ResponsibleBody, false),
        ("office", Role::ProgrammeOffice, false),
        ("supervision", Role::SupervisionOffice, false),
        ("congress", Role::Congress, false),
        ("system", Role::SystemAdministrator, false),
        ("security", Role::SecurityAdministrator, false),
        ("auditor", Role::Auditor, false),
    ] {
        for state in State::ALL {
            for act in Act::ALL {
                let parties = parties(role, addressed);
                let outcome = next(*state, *act, &parties, &person(9), &Hands::default());
                let listed = open_to(*state, &parties).iter().any(|(open, _)| open == act);
                assert_eq!(outcome.is_ok(), listed, "{name} {state:?} {act:?}: what is offered is what is taken");
                if let Ok((to, _)) = outcome {
                    allowed.push(format!("{name} {} {} {}", state.code(), act.code(), to.code()));
                }
            }
        }
    }
    let office = [
        "open extend open",
        "open escalate escalated",
        "open withdraw withdrawn",
        "answered send_back returned",
        "answered extend answered",
        "answered escalate escalated",
        "returned extend returned",
        "returned escalate escalated",
        "applied check checked",
        "applied refuse returned",
        "reopened extend reopened",
        "reopened escalate escalated",
    ];
    let closing = ["checked refuse returned", "checked verify closed", "closed reopen reopened"];
    let body = [
        "open answer answered",
        "open plan open",
        "answered plan answered",
        "returned plan returned",
        "reopened plan reopened",
        "open apply applied",
        "answered apply applied",
        "returned answer answered",
        "returned apply applied",
        "reopened answer answered",
        "reopened apply applied",
    ];
    let lead = ["applied check checked", "applied refuse returned"];
    let mut expected: Vec<String> = Vec::new();
    let mut grant = |name: &str, cells: &[&str]| expected.extend(cells.iter().map(|cell| format!("{name} {cell}")));
    grant("body", &body);
    grant("lead", &lead);
    grant("office", &office);
    grant("supervision", &office);
    grant("supervision", &closing);
    expected.sort();
    allowed.sort();
    assert_eq!(allowed, expected);
}

#[test]
fn a_closing_takes_three_people() {
    let both = [Party::Body, Party::Lead, Party::Office, Party::Supervision];
    let hands = Hands { applied: Some(person(1)), checked: Some(person(2)) };
    let kind = |state, act, who| next(state, act, &both, &person(who), &hands).map_err(|problem| problem.kind);
    assert_eq!(kind(State::Applied, Act::Check, 1), Err(ProblemKind::Forbidden), "whoever applied never checks");
    assert_eq!(kind(State::Checked, Act::Verify, 1), Err(ProblemKind::Forbidden));
    assert_eq!(kind(State::Checked, Act::Verify, 2), Err(ProblemKind::Forbidden), "whoever checked does not verify");
    assert_eq!(kind(State::Checked, Act::Verify, 3), Ok((State::Closed, Party::Supervision)));
    let without = Hands { applied: Some(Person { account: None, name: "demo" }), checked: None };
    let operator = Person { account: None, name: "demo" };
    assert!(next(State::Applied, Act::Check, &both, &operator, &without).is_err(), "names tell where accounts do not");
}

#[test]
fn a_refusal_says_who_may_and_what_changed() {
    let forbidden = next(State::Checked, Act::Verify, &[Party::Body], &person(1), &Hands::default()).unwrap_err();
    assert!(forbidden.message.zh.contains("督查机构"), "{forbidden}");
    let late = next(State::Closed, Act::Answer, &[Party::Body], &person(1), &Hands::default()).unwrap_err();
    assert_eq!(late.kind, ProblemKind::Conflict);
    assert!(late.message.zh.contains("已销号") && late.message.zh.contains("答复"), "{late}");
}

proptest! {
    /// Whatever is tried in whatever order by whoever: closed means that three people applied, checked and verified
    /// one after the other, with nothing in between.
    #[test]
    fn nothing_is_closed_without_three_people(tries in proptest::collection::vec((proptest::sample::select(Act::ALL), 0_u128..4), 0..60)) {
        let parties = Party::ALL;
        let mut state = State::Open;
        let mut taken: Vec<(Act, u128)> = Vec::new();
        for (act, who) in tries {
            let last = |wanted| taken.iter().rev().find(|(act, _)| *act == wanted).map(|(_, who)| person(*who));
            let hands = Hands { applied: last(Act::Apply), checked: last(Act::Check) };
            let Ok((to, _)) = next(state, act, parties, &person(who), &hands) else { continue };
            state = to;
            taken.push((act, who));
            if state == State::Closed {
                let [(first, a), (second, b), (third, c)] = taken[taken.len() - 3..] else { unreachable!() };
                prop_assert_eq!([first, second, third], [Act::Apply, Act::Check, Act::Verify]);
                prop_assert!(a != b && b != c && a != c);
            }
        }
    }
}
