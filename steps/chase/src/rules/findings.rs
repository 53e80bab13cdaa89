//! From finding to re-check: the body mends, the inspectors look again.
//!
//! Source: 政府督查工作条例 §18: rectification may be verified (V). Whoever mends does not re-check (certainty D, as for
//! closings).

use kernel::{Problem, ProblemKind};

use crate::words::{FindingAct, FindingState, Party};

/// Every move that there is.
pub const MOVES: &[(FindingState, FindingAct, Party, FindingState)] = &[
    (FindingState::Open, FindingAct::Mend, Party::Body, FindingState::Mended),
    (FindingState::Mended, FindingAct::Pass, Party::Supervision, FindingState::Closed),
    (FindingState::Mended, FindingAct::Fail, Party::Supervision, FindingState::Open),
];

/// Where `act` leads a finding.
///
/// # Errors
/// A conflict when the state does not admit it; forbidden when it is not for these parties.
pub fn next(state: FindingState, act: FindingAct, parties: &[Party]) -> Result<FindingState, Problem> {
    let Some((_, _, party, to)) = MOVES.iter().find(|(from, known, ..)| *from == state && *known == act) else {
        let (state, act) = (state.name(), act.name());
        return Err(Problem::conflict(
            format!("这条问题现为“{}”，不能再“{}”，请刷新页面核对", state.zh, act.zh),
            format!("This finding is “{}” by now: “{}” is no longer possible", state.en, act.en),
        ));
    };
    if parties.contains(party) {
        return Ok(*to);
    }
    let (act, party) = (act.name(), party.name());
    Err(Problem::new(
        ProblemKind::Forbidden,
        format!("“{}”由{}办理，您的账号没有这项权限", act.zh, party.zh),
        format!("“{}” is for the {}", act.en, party.en),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_closed_by_a_re_check_only() {
        for state in FindingState::ALL {
            for act in FindingAct::ALL {
                for party in Party::ALL {
                    let outcome = next(*state, *act, &[*party]);
                    let listed = MOVES.iter().any(|(from, known, who, _)| (from, known, who) == (state, act, party));
                    assert_eq!(outcome.is_ok(), listed, "{state:?} {act:?} {party:?}");
                    if outcome == Ok(FindingState::Closed) {
                        assert_eq!((*act, *party), (FindingAct::Pass, Party::Supervision));
                    }
                }
            }
        }
    }
}
