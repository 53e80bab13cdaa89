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

/// The figures of an indicator at one place: the place's own, and those of each body that shares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Courses {
    /// What stands for the place as a whole.
    pub own: Vec<Step>,
    /// What stands for each body.
    pub bodies: Vec<Vec<Step>>,
}

/// Changes of sums by day: (change of the value, change of the number of figures).
pub type Changes = BTreeMap<NaiveDate, (i64, i64)>;

/// What a place contributes to sums, by day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contribution {
    /// To its own sum: that of its bodies, and how many of them have a figure.
    pub at_place: Changes,
    /// To every sum above it, where it is one place, whoever shares it.
    pub above: Changes,
}

/// The bodies' figures count where there are any; else the place's own, which is its published total otherwise.
fn contribution(courses: &Courses) -> Contribution {
    let mut at_place = Changes::new();
    for (day, change) in courses.bodies.iter().flat_map(|steps| changes(steps)) {
        let sum = at_place.entry(day).or_default();
        *sum = (sum.0 + change.0, sum.1 + change.1);
    }
    let own_changes = changes(&courses.own);
    let mut above = Changes::new();
    let (mut own, mut bodies, mut before) = ((0, 0), (0, 0), (0, 0));
    let days: std::collections::BTreeSet<_> = own_changes.keys().chain(at_place.keys()).copied().collect();
    for day in days {
        let (value, figures) = own_changes.get(&day).copied().unwrap_or_default();
        own = (own.0 + value, own.1 + figures);
        let (value, figures) = at_place.get(&day).copied().unwrap_or_default();
        bodies = (bodies.0 + value, bodies.1 + figures);
        let after = if bodies.1 > 0 { (bodies.0, 1) } else { own };
        above.insert(day, (after.0 - before.0, after.1 - before.1));
        before = after;
    }
    Contribution { at_place, above }
}

/// What a write changes in the sums of its place and above: the difference between the figures after and before it.
///
/// Adding up all differences that were ever recorded up to a day, for all cut-offs up to another, gives the sum as it
/// was known on the one at the other.
pub fn deltas(before: &Courses, after: &Courses) -> Contribution {
    let (before, after) = (contribution(before), contribution(after));
    Contribution { at_place: difference(before.at_place, after.at_place), above: difference(before.above, after.above) }
}

fn difference(before: Changes, mut after: Changes) -> Changes {
    for (day, (value, figures)) in before {
        let change = after.entry(day).or_default();
        *change = (change.0 - value, change.1 - figures);
    }
    after.retain(|_, change| *change != (0, 0));
    after
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

    fn courses() -> impl Strategy<Value = Courses> {
        (steps(), prop::collection::vec(steps(), 0..3)).prop_map(|(own, bodies)| Courses { own, bodies })
    }

    /// Sums and how many figures they are made of.
    struct Told {
        bodies: (i64, i64),
        place: (i64, i64),
    }

    /// What counts at `cut_off`, told the slow way.
    fn at(courses: &Courses, cut_off: NaiveDate) -> Told {
        let last = |steps: &Vec<Step>| {
            let mut sorted = steps.clone();
            sorted.sort_by_key(|step| (step.effective_on, step.order));
            sorted.iter().rfind(|step| step.effective_on <= cut_off).and_then(|step| step.value)
        };
        let each: Vec<i64> = courses.bodies.iter().filter_map(last).collect();
        let bodies = (each.iter().sum(), i64::try_from(each.len()).unwrap());
        let own = last(&courses.own);
        let place = if each.is_empty() { (own.unwrap_or(0), i64::from(own.is_some())) } else { (bodies.0, 1) };
        Told { bodies, place }
    }

    proptest! {
        #[test]
        fn deltas_turn_what_was_into_what_is(before in courses(), after in courses(), cut_off in 0_u64..25) {
            let cut_off = day(cut_off);
            let sum = |changes: &Changes| changes.range(..=cut_off).fold((0, 0), |sum, (_, c)| (sum.0 + c.0, sum.1 + c.1));
            let change = deltas(&before, &after);
            let (was, is) = (at(&before, cut_off), at(&after, cut_off));
            let added = |was: (i64, i64), change: (i64, i64)| (was.0 + change.0, was.1 + change.1);
            prop_assert_eq!(added(was.bodies, sum(&change.at_place)), is.bodies);
            prop_assert_eq!(added(was.place, sum(&change.above)), is.place);
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
