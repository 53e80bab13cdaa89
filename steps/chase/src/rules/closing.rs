//! From state to state: which act whom leads an order where, and that a closing takes three people.
//!
//! 销号: the body applies with evidence, the lead office checks, the supervision office verifies. Source: the usual
//! 申请、复核、核验 of supervision offices (certainty D, rule set `[closing]`); 政府督查工作条例 §18 has rectification
//! verified, §25 forbids faking (V).

use chrono::NaiveDate;
use kernel::{Problem, ProblemKind, RegionCode, Text};
use ledger::programmes::ResponsibilityRole;
use ledger::tables::responsibilities::Model as Responsibility;
use uuid::Uuid;

use crate::words::{Act, Party, State};

/// Every move that there is: from a state, by an act of a party, to a state. All else is refused.
pub const MOVES: &[(State, Act, Party, State)] = &[
    (State::Open, Act::Answer, Party::Body, State::Answered),
    (State::Returned, Act::Answer, Party::Body, State::Answered),
    (State::Reopened, Act::Answer, Party::Body, State::Answered),
    (State::Open, Act::Plan, Party::Body, State::Open),
    (State::Answered, Act::Plan, Party::Body, State::Answered),
    (State::Returned, Act::Plan, Party::Body, State::Returned),
    (State::Reopened, Act::Plan, Party::Body, State::Reopened),
    (State::Answered, Act::SendBack, Party::Office, State::Returned),
    (State::Open, Act::Apply, Party::Body, State::Applied),
    (State::Answered, Act::Apply, Party::Body, State::Applied),
    (State::Returned, Act::Apply, Party::Body, State::Applied),
    (State::Reopened, Act::Apply, Party::Body, State::Applied),
    (State::Applied, Act::Check, Party::Lead, State::Checked),
    (State::Applied, Act::Check, Party::Office, State::Checked),
    (State::Applied, Act::Refuse, Party::Lead, State::Returned),
    (State::Applied, Act::Refuse, Party::Office, State::Returned),
    (State::Checked, Act::Verify, Party::Supervision, State::Closed),
    (State::Checked, Act::Refuse, Party::Supervision, State::Returned),
    (State::Closed, Act::Reopen, Party::Supervision, State::Reopened),
    (State::Open, Act::Extend, Party::Office, State::Open),
    (State::Answered, Act::Extend, Party::Office, State::Answered),
    (State::Returned, Act::Extend, Party::Office, State::Returned),
    (State::Reopened, Act::Extend, Party::Office, State::Reopened),
    (State::Open, Act::Escalate, Party::Office, State::Escalated),
    (State::Answered, Act::Escalate, Party::Office, State::Escalated),
    (State::Returned, Act::Escalate, Party::Office, State::Escalated),
    (State::Reopened, Act::Escalate, Party::Office, State::Escalated),
    (State::Open, Act::Withdraw, Party::Office, State::Withdrawn),
];

/// Somebody who acted or is about to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person<'a> {
    /// The account, if a person is signed in.
    pub account: Option<Uuid>,
    /// The name, which tells people apart where there is no account.
    pub name: &'a str,
}

impl Person<'_> {
    fn is(&self, other: &Person<'_>) -> bool {
        match (self.account, other.account) {
            (Some(one), Some(other)) => one == other,
            _ => self.name == other.name,
        }
    }
}

/// Who had a hand in the application that is before the office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hands<'a> {
    /// Who applied.
    pub applied: Option<Person<'a>>,
    /// Who checked.
    pub checked: Option<Person<'a>>,
}

/// The lead body (牵头单位) that checks a closing at `region`: the nearest one above, up to the programme's own place,
/// that is not itself the body addressed. Without one the office that chases checks alone.
pub fn checking_body(
    responsible: &[Responsibility],
    top: RegionCode,
    region: RegionCode,
    addressed: Uuid,
    day: NaiveDate,
) -> Option<Uuid> {
    let holds = |row: &&Responsibility| {
        row.role == ResponsibilityRole::Lead.code()
            && row.indicator_id.is_none()
            && row.valid_from.is_none_or(|from| from <= day)
            && row.valid_to.is_none_or(|to| day <= to)
    };
    let mut places: Vec<RegionCode> = region.lineage().filter(|place| top.contains(*place)).collect();
    places.reverse();
    places.into_iter().find_map(|place| {
        let here = responsible.iter().filter(|row| row.region == place.stored()).filter(holds);
        here.filter_map(|row| row.organisation_id).find(|body| *body != addressed)
    })
}

/// The acts that any of `parties` could take in `state`, each with the party in whose name.
pub fn open_to(state: State, parties: &[Party]) -> Vec<(Act, Party)> {
    let mut open: Vec<(Act, Party)> = Vec::new();
    for (from, act, party, _) in MOVES {
        if *from == state && parties.contains(party) && open.iter().all(|(known, _)| known != act) {
            open.push((*act, *party));
        }
    }
    open
}

/// Where `act` leads an order that is in `state`, and in whose name it is taken.
///
/// # Errors
/// Forbidden when the act is possible in this state but not for `parties`, or when one person would take two of the
/// three steps of a closing; a conflict when the state does not admit it at all.
pub fn next(
    state: State,
    act: Act,
    parties: &[Party],
    who: &Person<'_>,
    hands: &Hands<'_>,
) -> Result<(State, Party), Problem> {
    let here: Vec<_> = MOVES.iter().filter(|(from, known, ..)| *from == state && *known == act).collect();
    if here.is_empty() {
        return Err(too_late(state, act));
    }
    let mine = here.iter().find(|(_, _, party, _)| parties.contains(party));
    let Some((_, _, party, to)) = mine else { return Err(not_yours(act, &here)) };
    different_people(act, who, hands)?;
    Ok((*to, *party))
}

fn too_late(state: State, act: Act) -> Problem {
    let (state, act) = (state.name(), act.name());
    Problem::conflict(
        format!("这份督办现为“{}”，不能再“{}”。您填写的内容仍在下方，请核对后再处理", state.zh, act.zh),
        format!(
            "This order is “{}” by now: “{}” is no longer possible. What you typed is kept below",
            state.en, act.en
        ),
    )
}

fn not_yours(act: Act, here: &[&(State, Act, Party, State)]) -> Problem {
    let names: Vec<Text> = here.iter().map(|(_, _, party, _)| party.name()).collect();
    let join = |word: fn(&Text) -> &str, between| names.iter().map(word).collect::<Vec<_>>().join(between);
    let act = act.name();
    Problem::new(
        ProblemKind::Forbidden,
        format!("“{}”由{}办理，您的账号没有这项权限", act.zh, join(|name| &name.zh, "或")),
        format!("“{}” is for the {}", act.en, join(|name| &name.en, " or ")),
    )
}

/// A closing is applied for with evidence, or not at all.
///
/// # Errors
/// A problem of the field `evidence`.
pub fn check_evidence(act: Act, files: usize) -> Result<(), Problem> {
    if act != Act::Apply || files > 0 {
        return Ok(());
    }
    Err(Problem::field(
        "evidence",
        "申请销号须附佐证材料：现场照片、验收单或文件",
        "Applying for closing takes evidence: photos of the place, the acceptance paper, a document",
    ))
}

/// Three people for one closing: whoever applied neither checks nor verifies, whoever checked does not verify.
fn different_people(act: Act, who: &Person<'_>, hands: &Hands<'_>) -> Result<(), Problem> {
    let same = |hand: &Option<Person<'_>>| hand.as_ref().is_some_and(|hand| hand.is(who));
    let refused = |zh: &str, en: &str| Err(Problem::new(ProblemKind::Forbidden, zh, en));
    match act {
        Act::Check | Act::Verify | Act::Refuse if same(&hands.applied) => refused(
            "申请销号的人不能复核或核验自己的申请，请由其他人办理",
            "Whoever applied for the closing neither checks nor verifies it: somebody else has to",
        ),
        Act::Verify if same(&hands.checked) => {
            refused("复核人不能同时核验，请由其他人办理", "Whoever checked does not verify: somebody else has to")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
