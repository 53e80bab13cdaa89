//! The rules of feedback: what may follow what, how many may come in, and how few are not shown.
//!
//! All numbers are our own choice (certainty D); the threshold for small groups is that of the rule set.

use figures::Decimal;
use kernel::Problem;

use super::words::{Act, Kind, Level, State, Verdict};

/// Working days that a body has to answer.
pub const ANSWER_WITHIN: u32 = 5;

/// Characters of what somebody writes.
pub const LONGEST: usize = 1_000;

/// Pictures of one feedback.
pub const MOST_PICTURES: usize = 4;

/// What comes in for one site within an hour, with a proof of work.
const PROVEN_AN_HOUR: u64 = 60;

/// The same without a proof: browsers without a script.
const UNPROVEN_AN_HOUR: u64 = 5;

/// Bits of the proof when nothing else comes in: about 16,000 hashes, well below a second on a phone.
const EASIEST: u8 = 14;

/// The proof never becomes harder than this.
const HARDEST: u8 = 20;

/// What came in for a site within the last hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// With a proof.
    pub proven: u64,
    /// Without.
    pub unproven: u64,
}

/// How many leading zero bits a proof needs: one more for every eight that came in within the hour.
pub fn bits(traffic: Traffic) -> u8 {
    let more = u8::try_from((traffic.proven + traffic.unproven) / 8).unwrap_or(u8::MAX);
    EASIEST.saturating_add(more).min(HARDEST)
}

/// Whether one more may come in; nobody is asked who they are, so the site as a whole is bounded.
///
/// # Errors
/// A problem that says to come back later.
pub fn may_enter(traffic: Traffic, proven: bool) -> Result<(), Problem> {
    let full = if proven { traffic.proven >= PROVEN_AN_HOUR } else { traffic.unproven >= UNPROVEN_AN_HOUR };
    if !full {
        return Ok(());
    }
    Err(Problem::new(
        kernel::ProblemKind::TooMany,
        "这个点位一小时内收到的反馈较多，请稍后再提交；您写的内容没有保存，请先复制保留",
        "This site has received a lot within the hour: come back later. What you wrote was not saved; keep a copy",
    ))
}

/// What was handed in, checked.
///
/// # Errors
/// A problem of the field at fault.
pub fn checked(kind: Kind, level: Option<Level>, words: &str) -> Result<(), Problem> {
    let count = words.chars().count();
    if count > LONGEST {
        return Err(Problem::field(
            "words",
            format!("最多 {LONGEST} 字，现在有 {count} 字"),
            format!("At most {LONGEST} characters; there are {count}"),
        ));
    }
    match kind {
        Kind::Problem if words.trim().is_empty() => {
            Err(Problem::field("words", "请写明是什么问题、在什么位置", "Say what the problem is and where"))
        }
        Kind::Remark if level.is_none() && words.trim().is_empty() => {
            Err(Problem::field("level", "请选择满意程度，或写一句话", "Choose how content you are, or write a line"))
        }
        _ => Ok(()),
    }
}

/// Where a problem stands after `act`; nothing where the act has no place.
pub fn after(state: State, act: Act, verdict: Option<Verdict>, reopened_before: bool) -> Option<State> {
    match (act, state) {
        (Act::Assign, State::Received | State::Assigned | State::Reopened) => {
            Some(if state == State::Received { State::Assigned } else { state })
        }
        (Act::Answer, State::Assigned | State::Reopened) => Some(State::Answered),
        (Act::Rate, State::Answered) => Some(match verdict? {
            Verdict::Dissatisfied if !reopened_before => State::Reopened,
            _ => State::Closed,
        }),
        (Act::Close, State::Received | State::Answered) => Some(State::Closed),
        (Act::Show | Act::Hide, state) => Some(state),
        _ => None,
    }
}

/// Ratings of one site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ratings {
    /// How many gave each level, from the worst to the best.
    pub counts: [u64; 5],
}

impl Ratings {
    /// How many ratings there are.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The mean of the points, with one decimal place, rounded half up.
    pub fn mean(&self) -> Option<Decimal> {
        let points: u64 = (1_u64..).zip(self.counts).map(|(points, count)| points * count).sum();
        let total = self.total();
        (total > 0).then(|| {
            let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
            (Decimal::from(points) / Decimal::from(total)).round_dp_with_strategy(1, strategy)
        })
    }

    /// What the public sees: nothing while fewer than `fewest` rated.
    pub fn in_public(self, fewest: u32) -> Option<Self> {
        (self.total() >= u64::from(fewest)).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_problem_is_reopened_once_and_then_closes_with_its_verdict() {
        let rate = |verdict, before| after(State::Answered, Act::Rate, Some(verdict), before);
        assert_eq!(rate(Verdict::Dissatisfied, false), Some(State::Reopened));
        assert_eq!(rate(Verdict::Dissatisfied, true), Some(State::Closed));
        assert_eq!(rate(Verdict::Mostly, false), Some(State::Closed));
        assert_eq!(after(State::Reopened, Act::Answer, None, true), Some(State::Answered));
    }

    #[test]
    fn nothing_closes_while_a_body_owes_an_answer() {
        for state in [State::Assigned, State::Reopened] {
            assert_eq!(after(state, Act::Close, None, false), None);
        }
        assert_eq!(after(State::Closed, Act::Answer, None, false), None);
        assert_eq!(after(State::Noted, Act::Assign, None, false), None);
    }

    #[test]
    fn few_ratings_have_no_mean_in_public() {
        let four = Ratings { counts: [0, 0, 0, 1, 3] };
        assert_eq!((four.in_public(5), four.mean().map(|mean| mean.to_string())), (None, Some("4.8".into())));
        let five = Ratings { counts: [1, 0, 0, 1, 3] };
        assert_eq!(five.in_public(5), Some(five));
        assert_eq!(Ratings::default().mean(), None);
    }

    #[test]
    fn nothing_at_all_is_refused_at_its_field() {
        let field =
            |kind, level, words: &str| checked(kind, level, words).err().map(|problem| problem.places[0].at.en.clone());
        assert_eq!(field(Kind::Remark, None, " "), Some("level".into()));
        assert_eq!(field(Kind::Problem, Some(Level::Fair), ""), Some("words".into()));
        assert_eq!(field(Kind::Remark, Some(Level::Fair), ""), None);
        assert_eq!(field(Kind::Problem, None, &"字".repeat(LONGEST + 1)), Some("words".into()));
    }

    proptest! {
        #[test]
        fn the_proof_only_becomes_harder(proven in 0_u64..10_000, unproven in 0_u64..10_000) {
            let now = bits(Traffic { proven, unproven });
            prop_assert!((EASIEST..=HARDEST).contains(&now));
            prop_assert!(bits(Traffic { proven: proven + 1, unproven }) >= now);
        }

        #[test]
        fn a_mean_lies_between_one_and_five(counts in prop::array::uniform5(0_u64..1_000_000)) {
            let mean = Ratings { counts }.mean();
            prop_assert_eq!(mean.is_some(), counts.iter().sum::<u64>() > 0);
            prop_assert!(mean.is_none_or(|mean| (Decimal::ONE..=Decimal::from(5)).contains(&mean)));
        }
    }
}
