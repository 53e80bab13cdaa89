//! From state to state: which act of whom leads a return where. [`MOVES`] is the whole machine; [`decide`] adds the region
//! and the organisation of whoever acts, the window, and that nobody reviews what they wrote.
//!
//! Source: 填报—审核—退回 as offices run it (certainty D); a reviewer who wrote the report or reviewed it at another level
//! is refused by analogy with the recusal of 政府督查工作条例 §17 (原人员回避, certainty D).

use kernel::{Permission, Problem, ProblemKind, RegionCode, Text};
use uuid::Uuid;

use super::window::Window;
use crate::by::By;
use crate::words::{Act, State};

/// On whose behalf an act is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The body that owes the return.
    Body,
    /// Reviewers of the place at whose desk it lies.
    Reviewer,
    /// Whoever runs the rounds of the programme.
    Office,
    /// Whoever keeps the registers of the place: its office, or the body that owes the return.
    Keeper,
}

impl Party {
    /// The permission that the party needs.
    pub fn permission(self) -> Permission {
        match self {
            Self::Body => Permission::FillReturns,
            Self::Reviewer => Permission::ReviewReturns,
            Self::Office => Permission::RunRounds,
            Self::Keeper => Permission::EditProgramme,
        }
    }
}

/// Every move that there is: from a state, by an act of a party, to a state. All else is refused. Sending back from any
/// level starts the review over, because what was passed below is no longer what comes up again.
pub const MOVES: &[(State, Act, Party, State)] = &[
    (State::Owed, Act::Save, Party::Body, State::Draft),
    (State::Draft, Act::Save, Party::Body, State::Draft),
    // The reason stays in sight while the body corrects.
    (State::Returned, Act::Save, Party::Body, State::Returned),
    (State::Owed, Act::Submit, Party::Body, State::Submitted),
    (State::Draft, Act::Submit, Party::Body, State::Submitted),
    (State::Returned, Act::Submit, Party::Body, State::Submitted),
    (State::Submitted, Act::Withdraw, Party::Body, State::Draft),
    (State::Submitted, Act::Pass, Party::Reviewer, State::Submitted),
    (State::Submitted, Act::Approve, Party::Reviewer, State::Approved),
    (State::Submitted, Act::SendBack, Party::Reviewer, State::Returned),
    (State::Owed, Act::Propose, Party::Keeper, State::Draft),
    (State::Draft, Act::Propose, Party::Keeper, State::Draft),
    (State::Returned, Act::Propose, Party::Keeper, State::Returned),
    (State::Owed, Act::AllowLate, Party::Office, State::Owed),
    (State::Draft, Act::AllowLate, Party::Office, State::Draft),
    (State::Returned, Act::AllowLate, Party::Office, State::Returned),
];

/// On whose behalf `act` is done.
pub fn party_of(act: Act) -> Party {
    MOVES.iter().find(|(_, known, ..)| *known == act).map_or(Party::Office, |(_, _, party, _)| *party)
}

/// What decides about an act on one return.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Where it stands.
    pub state: State,
    /// Reviews passed since it was submitted.
    pub level: usize,
    /// The place that is reported on.
    pub region: RegionCode,
    /// The body that owes it.
    pub organisation: Uuid,
    /// The programme's own place.
    pub programme: RegionCode,
    /// The desks that review it; see [`super::levels::desks`].
    pub desks: &'a [RegionCode],
    /// Where today lies.
    pub window: Window,
    /// Accounts that ever wrote, submitted or withdrew it.
    pub writers: &'a [Uuid],
    /// Accounts that passed it since it was last submitted.
    pub passed_by: &'a [Uuid],
}

/// Where an act leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// The state.
    pub state: State,
    /// Reviews passed.
    pub level: usize,
    /// The place whose reviewers have it now.
    pub awaits: Option<RegionCode>,
}

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The role, its place or its body does not reach this return.
    NotYours(Party),
    /// The state does not know this act.
    State(State),
    /// The round opens later.
    NotYet,
    /// The round has closed.
    Shut,
    /// A review has been passed, so it can only be sent back.
    UnderReview,
    /// The account wrote or submitted it.
    OwnReport,
    /// The account passed it at another level.
    SameReviewer,
}

impl Case<'_> {
    /// The desk where it lies or would lie next.
    pub fn desk(&self) -> RegionCode {
        self.desks.get(self.level).or(self.desks.last()).copied().unwrap_or(self.region)
    }

    /// What a positive review means here: on to the next level, or into the ledger.
    pub fn review(&self) -> Act {
        if self.level + 1 < self.desks.len() { Act::Pass } else { Act::Approve }
    }

    /// Whether the party's permission, place and body reach this return.
    pub fn reaches(&self, party: Party, by: &By) -> bool {
        match party {
            Party::Body => by.acts_for(party.permission(), self.region, self.organisation),
            Party::Reviewer => by.allows(party.permission(), self.desk()),
            Party::Office => by.allows(party.permission(), self.programme),
            Party::Keeper => by.allows(party.permission(), self.region) || self.reaches(Party::Body, by),
        }
    }
}

/// Where `act` of `by` leads, or why not. What can be told without looking at the return's content stands before.
///
/// # Errors
/// The first reason against it: authority, state, window, recusal.
pub fn decide(case: &Case<'_>, act: Act, by: &By) -> Result<Next, Refusal> {
    let party = party_of(act);
    if !case.reaches(party, by) {
        return Err(Refusal::NotYours(party));
    }
    let to = MOVES.iter().find(|(from, known, ..)| (*from, *known) == (case.state, act)).map(|(.., to)| *to);
    let state = to.ok_or(Refusal::State(case.state))?;
    match act {
        Act::Save | Act::Submit | Act::Propose => match case.window {
            Window::NotYet { .. } => return Err(Refusal::NotYet),
            Window::Shut { .. } => return Err(Refusal::Shut),
            Window::Open { .. } | Window::Late { .. } => {}
        },
        Act::Withdraw if case.level > 0 => return Err(Refusal::UnderReview),
        // Taking it back to correct it later is no way around the window.
        Act::Withdraw if !case.window.is_open() => return Err(Refusal::Shut),
        Act::Pass | Act::Approve | Act::SendBack => {
            if case.writers.contains(&by.account) {
                return Err(Refusal::OwnReport);
            }
            if act != Act::SendBack && case.passed_by.contains(&by.account) {
                return Err(Refusal::SameReviewer);
            }
            if act != Act::SendBack && act != case.review() {
                return Err(Refusal::State(case.state));
            }
        }
        Act::Withdraw | Act::AllowLate => {}
    }
    let level = match act {
        Act::Pass | Act::Approve => case.level + 1,
        _ => 0,
    };
    let awaits = (state == State::Submitted).then(|| case.desks.get(level).copied()).flatten();
    Ok(Next { state, level, awaits })
}

impl Refusal {
    /// What is said to whoever asked.
    pub fn text(self) -> Text {
        match self {
            Self::NotYours(Party::Body) => Text::new(
                "这份填报不归您的单位，或您没有填报权限",
                "This return is not your body's, or you may not fill it in",
            ),
            Self::NotYours(Party::Reviewer) => {
                Text::new("这份填报现在不在您的审核范围内", "This return does not lie at a desk where you review")
            }
            Self::NotYours(Party::Office) => Text::new(
                "只有负责本方案填报的办公室可以这样做",
                "Only the office that runs the rounds of this programme may do this",
            ),
            Self::NotYours(Party::Keeper) => Text::new(
                "只有这里的民生实事办公室或承担填报的单位可以用登记册报数",
                "Only the office of the place, or the body that owes the return, may propose from a register",
            ),
            Self::State(State::Submitted) => Text::new(
                "这份填报已经提交，正在审核；如需修改请先撤回",
                "It has been submitted and is under review: withdraw it first",
            ),
            Self::State(State::Approved) => Text::new(
                "这份填报已审核通过并入台账，不再改动；数字有误请走更正",
                "It is approved and in the ledger; a wrong figure is corrected there",
            ),
            Self::State(state) => Text::new(
                format!("这份填报当前为“{}”，不能这样处理，请刷新页面查看最新情况", state.name().zh),
                format!("It is “{}” now, which does not allow this: reload the page", state.name().en),
            ),
            Self::NotYet => Text::new("本期填报还没有开始", "The round has not opened yet"),
            Self::Shut => Text::new(
                "本期填报已截止，需由办公室准予补报后才能填写",
                "The round has closed: the office must allow a late return first",
            ),
            Self::UnderReview => Text::new(
                "已有一级审核通过，不能撤回；如有错误请联系审核人退回",
                "A review has been passed: ask the reviewer to send it back",
            ),
            Self::OwnReport => {
                Text::new("不能审核自己填写或提交过的填报", "Nobody reviews a return that they wrote or submitted")
            }
            Self::SameReviewer => Text::new(
                "您已在上一级审核过这份填报，须由另一人审核",
                "You reviewed it at another level: somebody else must review it here",
            ),
        }
    }

    /// As an answer to a request.
    pub fn problem(self) -> Problem {
        let kind = match self {
            Self::NotYours(_) | Self::OwnReport | Self::SameReviewer => ProblemKind::Forbidden,
            Self::State(_) | Self::NotYet | Self::Shut | Self::UnderReview => ProblemKind::Conflict,
        };
        Problem { kind, message: self.text(), places: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
