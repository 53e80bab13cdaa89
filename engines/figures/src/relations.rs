//! Whether figures printed side by side agree.
//!
//! Every function recomputes one printed relation and judges it with the tolerance that printing leaves: inputs may
//! have been rounded by half of their last place (see [`Interval::of`]), and the printed result may have been rounded
//! half up or cut off, so it may be off by less than one unit of its own last place. Public shares are often cut off
//! (25/93 as 26.8%) or adjusted to add up to 100, which is why equality would be too strict.

use rust_decimal::Decimal;

use crate::interval::Interval;
use crate::number::Number;
use crate::precision::{power_of_ten, round};

/// What came of judging a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Holds to the last digit.
    Exact,
    /// Holds after rounding to the printed digits.
    Rounds,
    /// An inequality, a count of named things or a repeated figure agrees.
    Holds,
    /// Does not hold, even with the tolerance of printing.
    Fails,
    /// The figures given do not decide it.
    Undecidable,
}

impl Verdict {
    /// The short code in files and databases.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Rounds => "rounds",
            Self::Holds => "holds",
            Self::Fails => "fails",
            Self::Undecidable => "undecidable",
        }
    }

    /// The word for a Chinese screen.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Exact => "完全相符",
            Self::Rounds => "四舍五入后相符",
            Self::Holds => "成立",
            Self::Fails => "不符",
            Self::Undecidable => "无法判断",
        }
    }

    /// True for every verdict that leaves nothing to object to.
    #[must_use]
    pub fn agrees(self) -> bool {
        matches!(self, Self::Exact | Self::Rounds | Self::Holds)
    }
}

/// A verdict with the arithmetic behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What came of it.
    pub verdict: Verdict,
    /// The value computed from the figures; each function says which.
    pub recomputed: Option<Decimal>,
    /// The printed value less the recomputed one, in the unit of the printed value.
    pub difference: Option<Decimal>,
}

impl Judgement {
    const UNDECIDABLE: Self = Self { verdict: Verdict::Undecidable, recomputed: None, difference: None };

    fn new(verdict: Verdict, recomputed: Decimal, printed: Decimal) -> Self {
        let difference = printed.checked_sub(recomputed).map(|difference| difference.normalize());
        Self { verdict, recomputed: Some(recomputed.normalize()), difference }
    }
}

/// Judges a breakdown (其中). Recomputed is the sum of the parts.
///
/// A complete breakdown must add up; a partial one must not exceed the whole. Whole numbers must match to the last
/// digit. A breakdown without parts is undecidable.
#[must_use]
pub fn sum(parts: &[Number], whole: Number, complete: bool) -> Judgement {
    let added = parts.iter().try_fold((Decimal::ZERO, Interval::exactly(Decimal::ZERO)), |(total, open), part| {
        Some((total.checked_add(part.value)?, open.plus(Interval::of(*part))?))
    });
    let Some((total, open)) = added.filter(|_| !parts.is_empty()) else {
        return Judgement::UNDECIDABLE;
    };
    let verdict = if !complete {
        not_above(total, open, whole)
    } else if total == whole.value {
        Verdict::Exact
    } else if whole.precision.is_exact() && parts.iter().all(|part| part.precision.is_exact()) {
        Verdict::Fails
    } else {
        within_one_unit(open, whole)
    };
    Judgement::new(verdict, total, whole.value)
}

/// Judges a printed share: `numerator` ÷ `denominator` in percent. Recomputed is the share.
#[must_use]
pub fn ratio(numerator: Number, denominator: Number, printed_percent: Number) -> Judgement {
    let share = share(numerator.value, denominator.value);
    let open = Interval::of(numerator).percent_of(Interval::of(denominator));
    printed_result(share, open, printed_percent)
}

/// Judges a printed difference of two percents: `a` − `b` in points. Recomputed is the difference.
#[must_use]
pub fn points(a: Number, b: Number, printed_points: Number) -> Judgement {
    printed_result(a.value.checked_sub(b.value), Interval::of(a).minus(Interval::of(b)), printed_points)
}

/// Judges a printed growth (同比增长) from `base` to `current`, in percent. Recomputed is the growth.
#[must_use]
pub fn growth(base: Number, current: Number, printed_percent: Number) -> Judgement {
    let hundred = Interval::exactly(Decimal::ONE_HUNDRED);
    let rate = share(current.value, base.value).and_then(|share| share.checked_sub(Decimal::ONE_HUNDRED));
    let open = Interval::of(current).percent_of(Interval::of(base)).and_then(|share| share.minus(hundred));
    printed_result(rate, open, printed_percent)
}

/// The value before a printed growth, which the text implies but does not print. Never show it as if printed.
///
/// `None` when the growth is −100% or cannot be told from it. The percentage counts as rounded even without decimals.
#[must_use]
pub fn growth_base(current: Number, printed_percent: Number) -> Option<(Decimal, Interval)> {
    let exactly = Interval::exactly(current.value).growth_base(Interval::exactly(printed_percent.value))?;
    let open = Interval::of(current).growth_base(Interval::rounded(printed_percent)?)?;
    Some((exactly.low, open))
}

/// Judges a figure printed twice. Recomputed is the first. A coarser print of the same value rounds: 302269 and 30万.
#[must_use]
pub fn same(a: Number, b: Number) -> Judgement {
    let verdict = if a.value == b.value {
        Verdict::Holds
    } else if a.precision.is_exact() && b.precision.is_exact() {
        Verdict::Fails
    } else if a.precision.quantum() < b.precision.quantum() {
        within_one_unit(Interval::of(a), b)
    } else {
        within_one_unit(Interval::of(b), a)
    };
    Judgement::new(verdict, a.value, b.value)
}

/// Judges that a part does not exceed its whole. Recomputed is the part; the difference is the rest.
#[must_use]
pub fn at_most(part: Number, whole: Number) -> Judgement {
    Judgement::new(not_above(part.value, Interval::of(part), whole), part.value, whole.value)
}

/// Judges 超额完成: more than the target. Recomputed is actual ÷ target in percent, the difference what is above 100.
///
/// Without a target above zero it is undecidable.
#[must_use]
pub fn over_target(actual: Number, target: Number) -> Judgement {
    completion(actual, target, actual.value > target.value)
}

/// Judges 达成, 完成: the target or more. Recomputed and difference as in [`over_target`].
#[must_use]
pub fn reaches_target(actual: Number, target: Number) -> Judgement {
    completion(actual, target, actual.value >= target.value)
}

/// Judges a printed count against the things named behind it. Recomputed is how many are named.
///
/// With an open list (“…等”) fewer names than printed decide nothing.
#[must_use]
pub fn count(named: u32, printed: Number, open_list: bool) -> Judgement {
    let named = Decimal::from(named);
    let verdict = if named == printed.value {
        Verdict::Holds
    } else if open_list && named < printed.value {
        Verdict::Undecidable
    } else {
        Verdict::Fails
    };
    Judgement::new(verdict, named, printed.value)
}

/// Judges whether a printed mean is attainable for groups of members whose values lie within known bounds.
///
/// Recomputed is the attainable mean nearest to the printed one. No members at all: undecidable.
#[must_use]
pub fn mean(groups: &[(u32, Interval)], printed: Number) -> Judgement {
    let Some(attainable) = attainable_mean(groups) else {
        return Judgement::UNDECIDABLE;
    };
    let nearest = printed.value.clamp(attainable.low, attainable.high);
    let verdict = if attainable.meets(Interval::of(printed)) { Verdict::Holds } else { Verdict::Fails };
    Judgement::new(verdict, nearest, printed.value)
}

/// The means that groups of members with bounded values can have; `None` without members.
#[must_use]
pub fn attainable_mean(groups: &[(u32, Interval)]) -> Option<Interval> {
    let members: u64 = groups.iter().map(|(members, _)| u64::from(*members)).sum();
    let none = Interval::exactly(Decimal::ZERO);
    let total =
        groups.iter().try_fold(none, |total, (members, bounds)| total.plus(bounds.times(Decimal::from(*members))?))?;
    total.over(Interval::exactly(Decimal::from(members)))
}

/// The whole numbers that print as `percent` of `denominator`: of 6682, those for 97.5% are 6512 to 6518.
///
/// `None` when there is no such number.
#[must_use]
pub fn numerators(percent: Number, denominator: Number) -> Option<Interval> {
    let open = Interval::rounded(percent)?.times(denominator.value.checked_mul(power_of_ten(-2))?)?;
    let low = open.low.ceil();
    // Half up: the upper end itself would print as the next percentage.
    let high = if open.high.fract().is_zero() { open.high.checked_sub(Decimal::ONE)? } else { open.high.floor() };
    (low <= high).then_some(Interval { low, high })
}

fn share(numerator: Decimal, denominator: Decimal) -> Option<Decimal> {
    numerator.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(denominator)
}

fn completion(actual: Number, target: Number, reached: bool) -> Judgement {
    let share = share(actual.value, target.value).filter(|_| target.value > Decimal::ZERO);
    let Some(share) = share else {
        return Judgement::UNDECIDABLE;
    };
    let verdict = if reached { Verdict::Holds } else { Verdict::Fails };
    let difference = share.checked_sub(Decimal::ONE_HUNDRED).map(|difference| difference.normalize());
    Judgement { verdict, recomputed: Some(share.normalize()), difference }
}

/// A printed result against the value recomputed and what rounded inputs leave open.
fn printed_result(recomputed: Option<Decimal>, open: Option<Interval>, printed: Number) -> Judgement {
    let (Some(recomputed), Some(open)) = (recomputed, open) else {
        return Judgement::UNDECIDABLE;
    };
    let verdict = if recomputed == printed.value { Verdict::Exact } else { within_one_unit(open, printed) };
    Judgement::new(verdict, round(recomputed, DIGITS), printed.value)
}

/// Recomputed shares are given to this many decimals, more than any bulletin prints.
const DIGITS: u8 = 12;

/// Rounds or fails: some open value lies less than one unit of the last printed place away.
fn within_one_unit(open: Interval, printed: Number) -> Verdict {
    let unit = printed.precision.quantum();
    let reach = printed.value.checked_sub(unit).zip(printed.value.checked_add(unit));
    match reach {
        Some((low, high)) if open.low < high && low < open.high => Verdict::Rounds,
        _ => Verdict::Fails,
    }
}

/// Holds when not above, rounds when printing alone can explain the excess.
fn not_above(part: Decimal, open: Interval, whole: Number) -> Verdict {
    if part <= whole.value {
        Verdict::Holds
    } else if open.low <= Interval::of(whole).high {
        Verdict::Rounds
    } else {
        Verdict::Fails
    }
}
