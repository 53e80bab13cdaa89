//! The ledger's rules: pure functions over plain values.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use kernel::rule_set::GapLight;
use kernel::{RegionCode, RuleSet, RuleSets, Schedule, Text};
use rust_decimal::Decimal;

use crate::words::{Breakdown, Direction};

/// A figure of one place and body as a step in time: from `effective_on` on, the value is `value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The day from which the value counts.
    pub effective_on: NaiveDate,
    /// Orders steps of the same day: the later one counts.
    pub order: u128,
    /// Ten-thousandths; a figure without a number adds nothing.
    pub value: Option<i64>,
}

/// The changes that `steps` make, by day: (change of the value, change of the number of places with a figure).
fn changes(steps: &[Step]) -> BTreeMap<NaiveDate, (i64, i64)> {
    let mut sorted = steps.to_vec();
    sorted.sort_by_key(|step| (step.effective_on, step.order));
    let mut changes = BTreeMap::<NaiveDate, (i64, i64)>::new();
    let mut before = (0, 0);
    for step in sorted {
        let after = (step.value.unwrap_or(0), i64::from(step.value.is_some()));
        let change = changes.entry(step.effective_on).or_default();
        *change = (change.0 + after.0 - before.0, change.1 + after.1 - before.1);
        before = after;
    }
    changes
}

/// What a write changes in every sum above it: the difference between the steps after and before it, by day.
///
/// Adding up all differences that were ever recorded up to a day, for all cut-offs up to another, gives the sum as it
/// was known on the one at the other.
pub fn deltas(before: &[Step], after: &[Step]) -> BTreeMap<NaiveDate, (i64, i64)> {
    let mut difference = changes(after);
    for (day, (value, places)) in changes(before) {
        let change = difference.entry(day).or_default();
        *change = (change.0 - value, change.1 - places);
    }
    difference.retain(|_, change| *change != (0, 0));
    difference
}

/// What is done of a target, in percent, not capped; `None` without a target or when the target is zero.
///
/// Where less is better, reaching the target or staying below it is 100.
pub fn progress(actual: Decimal, target: Decimal, direction: Direction) -> Option<Decimal> {
    match direction {
        Direction::More => actual.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(target),
        Direction::Less if actual <= target => Some(Decimal::ONE_HUNDRED),
        Direction::Less => target.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(actual),
    }
}

/// The state of a project against its schedule: colour, word and shape together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Light {
    /// 完成: the target is reached.
    Done,
    /// 正常: on schedule or less than the threshold behind.
    OnSchedule,
    /// 滞后.
    Behind,
    /// 严重滞后.
    FarBehind,
}

impl Light {
    /// Every light, best first.
    pub const ALL: [Self; 4] = [Self::Done, Self::OnSchedule, Self::Behind, Self::FarBehind];

    /// The word in files, style classes and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::OnSchedule => "steady",
            Self::Behind => "behind",
            Self::FarBehind => "late",
        }
    }

    /// The word on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Done => Text::new("完成", "done"),
            Self::OnSchedule => Text::new("正常", "on schedule"),
            Self::Behind => Text::new("滞后", "behind"),
            Self::FarBehind => Text::new("严重滞后", "far behind"),
        }
    }

    /// The shape that stands beside the colour.
    pub fn shape(self) -> char {
        match self {
            Self::Done => '✓',
            Self::OnSchedule => '●',
            Self::Behind => '▲',
            Self::FarBehind => '■',
        }
    }
}

/// From how many points behind schedule a light changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LightRules {
    /// Behind by more than this is 滞后.
    pub behind: Decimal,
    /// Behind by more than this is 严重滞后.
    pub far_behind: Decimal,
    /// Whether a smaller lag is 滞后 as well.
    pub small_lag_is_behind: bool,
}

/// The rule sets that hold, read once.
static RULE_SETS: LazyLock<RuleSets> = LazyLock::new(RuleSets::shipped);

/// The rule set of a programme's place and year.
pub fn rule_set(region: RegionCode, year: i32) -> &'static RuleSet {
    RULE_SETS.of(region, year)
}

impl From<&RuleSet> for LightRules {
    fn from(set: &RuleSet) -> Self {
        Self {
            behind: set.lights.says.behind_over.into(),
            far_behind: set.lights.says.far_behind_over.into(),
            small_lag_is_behind: set.lights_gap.says.light == GapLight::Behind,
        }
    }
}

impl Default for LightRules {
    /// Those of the set that holds everywhere (data/rules/default.toml, where their source stands).
    fn default() -> Self {
        Self::from(RULE_SETS.default_set())
    }
}

/// The light of a progress (percent) against the schedule.
pub fn light(progress: Decimal, schedule: &Schedule, rules: LightRules) -> Light {
    light_against(progress, schedule.percent, rules)
}

/// The light of a progress against what should be done by then, both in percent.
pub fn light_against(progress: Decimal, due: Decimal, rules: LightRules) -> Light {
    let behind = due - progress;
    if progress >= Decimal::ONE_HUNDRED {
        Light::Done
    } else if behind > rules.far_behind {
        Light::FarBehind
    } else if behind > rules.behind || (rules.small_lag_is_behind && behind > Decimal::ZERO) {
        Light::Behind
    } else {
        Light::OnSchedule
    }
}

/// The mean progress of several indicators or projects, each capped at 100 percent; `None` when there is none.
pub fn mean_progress(each: &[Decimal]) -> Option<Decimal> {
    let count = Decimal::from(each.len());
    each.iter().map(|progress| (*progress).min(Decimal::ONE_HUNDRED)).sum::<Decimal>().checked_div(count)
}

/// Whether the parts of a whole agree with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakdownFault {
    /// The parts are more than the whole, by this much.
    Exceeds(Decimal),
    /// Complete parts do not add up: the whole less the parts.
    DoesNotAddUp(Decimal),
}

/// Checks `parts` against `whole`: complete ones must add up, partial ones must not exceed it.
///
/// Source: the mission's own rule for 其中 (K06, K12); 80 + 55 + 21 + 10 + 17 = 183 is the published example.
///
/// # Errors
/// The fault with the amount by which the parts miss the whole.
pub fn check_breakdown(whole: Decimal, parts: &[Decimal], breakdown: Breakdown) -> Result<(), BreakdownFault> {
    let sum: Decimal = parts.iter().sum();
    if sum > whole {
        Err(BreakdownFault::Exceeds(sum - whole))
    } else if breakdown == Breakdown::Complete && sum != whole {
        Err(BreakdownFault::DoesNotAddUp(whole - sum))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kernel::ScheduleBasis;
    use proptest::prelude::*;

    use super::*;

    fn day(offset: u64) -> NaiveDate {
        "2024-01-01".parse::<NaiveDate>().unwrap() + chrono::Days::new(offset)
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        prop::collection::vec((0_u64..20, 0_u128..1_000, prop::option::of(-1_000_i64..1_000)), 0..8).prop_map(|raw| {
            raw.into_iter().map(|(at, order, value)| Step { effective_on: day(at), order, value }).collect()
        })
    }

    /// The value that counts at `cut_off`, told the slow way.
    fn at(steps: &[Step], cut_off: NaiveDate) -> i64 {
        let mut sorted = steps.to_vec();
        sorted.sort_by_key(|step| (step.effective_on, step.order));
        sorted.iter().rfind(|step| step.effective_on <= cut_off).and_then(|step| step.value).unwrap_or(0)
    }

    proptest! {
        #[test]
        fn deltas_turn_what_was_into_what_is(before in steps(), after in steps(), cut_off in 0_u64..25) {
            let cut_off = day(cut_off);
            let change: i64 = deltas(&before, &after).range(..=cut_off).map(|(_, (value, _))| value).sum();
            prop_assert_eq!(at(&before, cut_off) + change, at(&after, cut_off));
        }

        #[test]
        fn lights_only_get_better_with_progress(a in 0_i64..2_000, b in 0_i64..2_000, months in 1_u32..=12) {
            let schedule = Schedule::at(NaiveDate::from_ymd_opt(2024, months, 28).unwrap(), 2024, ScheduleBasis::Months);
            let of = |tenths| Light::ALL.iter().position(|l| *l == light(Decimal::new(tenths, 1), &schedule, LightRules::default()));
            prop_assert!(of(a.max(b)) <= of(a.min(b)));
        }

        #[test]
        fn a_mean_lies_between_its_parts(parts in prop::collection::vec(0_i64..1_000, 1..40)) {
            let parts: Vec<_> = parts.into_iter().map(|tenths| Decimal::new(tenths, 1)).collect();
            let mean = mean_progress(&parts).unwrap();
            prop_assert!(mean >= *parts.iter().min().unwrap() && mean <= *parts.iter().max().unwrap());
        }
    }

    #[test]
    fn thresholds_of_the_lights() {
        let june = Schedule::at("2024-06-30".parse().unwrap(), 2024, ScheduleBasis::Months);
        let of = |percent: i64| light(Decimal::from(percent), &june, LightRules::default());
        assert_eq!(
            [100, 50, 40, 39, 20, 19].map(of),
            [Light::Done, Light::OnSchedule, Light::OnSchedule, Light::Behind, Light::Behind, Light::FarBehind]
        );
    }

    /// Hangzhou 2024: 96 schools of 70 and 100,900 places of 60,000.
    #[test]
    fn over_fulfilment_is_not_capped() {
        let of = |a: i64, t: i64| progress(a.into(), t.into(), Direction::More).unwrap().round_dp(1).to_string();
        assert_eq!([of(96, 70), of(100_900, 60_000)], ["137.1", "168.2"]);
        assert_eq!(progress(Decimal::ONE, Decimal::ZERO, Direction::More), None);
        assert_eq!(progress(Decimal::from(3), Decimal::from(4), Direction::Less), Some(Decimal::ONE_HUNDRED));
    }

    /// Hangzhou's bus lines and parks, Ningbo's charging piles.
    #[test]
    fn published_breakdowns() {
        let check = |whole: i64, parts: &[i64], breakdown| {
            check_breakdown(whole.into(), &parts.iter().copied().map(Decimal::from).collect::<Vec<_>>(), breakdown)
        };
        assert_eq!(check(183, &[80, 55, 21, 10, 17], Breakdown::Complete), Ok(()));
        assert_eq!(check(71, &[48, 23], Breakdown::Complete), Ok(()));
        assert_eq!(check(3645, &[1518], Breakdown::Partial), Ok(()));
        assert_eq!(check(183, &[80, 55, 21, 10], Breakdown::Complete), Err(BreakdownFault::DoesNotAddUp(17.into())));
        assert_eq!(check(278, &[279], Breakdown::Partial), Err(BreakdownFault::Exceeds(1.into())));
    }
}
