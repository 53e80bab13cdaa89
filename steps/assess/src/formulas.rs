//! The closed set of formulas from which a scheme is put together.
//!
//! Each is a pure function from readings to points. A formula says `None` where it needs a reading and has none: what is
//! missing is not zero.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::exact::Exact;
use crate::readings::Reading;
use crate::words::InputKind;

/// Points beyond this are nonsense: the score stays open instead of showing them.
const LIMIT: i64 = 1_000_000_000;

/// How points follow from readings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Formula {
    /// A share of the component's weight.
    Share(Share),
    /// Points as they were given.
    Given(Given),
    /// So many points each time.
    Each(Each),
    /// Points by rank.
    Ladder(Ladder),
    /// Points by the first threshold that is reached.
    Thresholds(Thresholds),
    /// Points for each month in the last place, and more for months in a row.
    LastPlaces(LastPlaces),
    /// Points where everything is done.
    AllDone(AllDone),
    /// Points for what goes beyond the target.
    Surplus(Surplus),
    /// Other components multiplied by how many projects there are.
    Coefficient(Coefficient),
}

/// Weight × mean of min(reading ÷ `of`, `cap` ÷ 100), weighted by the readings' own weights: Σw·min(完成/目标, cap).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The reading that is worth the whole weight.
    pub of: Exact,
    /// The most that one reading counts, in percent of `of`; without it there is no cap (杭州“整体完成率”可超过100%).
    pub cap: Option<Exact>,
}

/// The mean of points that somebody gave, or their sum; never more than the component's weight.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// How several readings become one.
    pub over: Over,
}

/// Points × the sum of the readings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// Points each time; negative for a deduction.
    pub points: Exact,
}

/// Points by rank: the first places have their own, each further one `then` more than the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// Points of the first places.
    pub places: Vec<Exact>,
    /// What each further place adds to the points of the one before; negative as a rule.
    pub then: Exact,
    /// Other places where few take part.
    pub few: Option<Few>,
    /// How several ranks – one for each project – become one.
    pub over: Over,
}

/// The ladder of a small field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Few {
    /// So many take part at most.
    pub at_most: u32,
    /// Points of the first places.
    pub places: Vec<Exact>,
    /// What each further place adds.
    pub then: Exact,
}

/// Steps from the highest threshold down; below the last one there is nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// The steps.
    pub steps: Vec<ThresholdStep>,
    /// How several readings become one.
    pub over: Over,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdStep {
    /// From this reading on.
    pub at_least: Exact,
    /// These points.
    pub points: Exact,
}

/// Points for each month in the last place; months in a row cost more.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LastPlaces {
    /// Points each time; negative.
    pub each: Exact,
    /// What months in a row cost besides: the longest step that a run reaches, and again for what is left of the run.
    pub runs: Vec<Run>,
}

/// So many months in a row.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Months in a row.
    pub length: u32,
    /// Points besides those of each month.
    pub points: Exact,
}

/// Points where every reading reaches `at_least`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllDone {
    /// What each reading has to reach.
    pub at_least: Exact,
    /// The points.
    pub points: Exact,
}

/// Points for each unit by which the mean of the readings' surplus goes beyond `over`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Surplus {
    /// What is no surplus yet.
    pub over: Exact,
    /// Points for each unit beyond it.
    pub points: Exact,
}

/// `start + step × (n − 1)` times the components in `on`, of which the part beyond once is added here.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coefficient {
    /// The factor of one project.
    pub start: Exact,
    /// What each further project adds.
    pub step: Exact,
    /// The components that it multiplies.
    pub on: Vec<String>,
}

/// How several readings become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Over {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

impl Over {
    /// One number out of several; `None` without any.
    pub fn of(self, each: impl IntoIterator<Item = Decimal>) -> Option<Decimal> {
        let (sum, count) = each.into_iter().fold((Decimal::ZERO, 0_u32), |(sum, count), one| (sum + one, count + 1));
        match (self, count) {
            (_, 0) => None,
            (Self::Sum, _) => Some(sum),
            (Self::Mean, _) => Some(sum / Decimal::from(count)),
        }
    }
}

impl Formula {
    /// The kinds of readings that it can work with.
    pub fn takes(&self) -> &'static [InputKind] {
        match self {
            Self::Share(_) | Self::AllDone(_) | Self::Surplus(_) => &[InputKind::Percent],
            Self::Given(_) => &[InputKind::Points],
            Self::Each(_) => &[InputKind::Count, InputKind::Months],
            Self::Ladder(_) => &[InputKind::Rank],
            Self::Thresholds(_) => &[InputKind::Percent, InputKind::Points, InputKind::Count],
            Self::LastPlaces(_) => &[InputKind::Months],
            Self::Coefficient(_) => &[InputKind::Count],
        }
    }

    /// Whether points come without any reading: nothing happened, so nothing is added or taken away.
    fn nothing_is_no_points(&self) -> bool {
        !matches!(self, Self::Share(_) | Self::Given(_) | Self::Thresholds(_))
    }

    /// The points that follow from `readings`, not rounded. `weight` is the component's share of the full mark, `of_others`
    /// tells the points of a component that came before. `None` where a reading is missing or the points are beyond reason.
    pub fn points(
        &self,
        weight: Option<Decimal>,
        readings: &[&Reading],
        of_others: impl Fn(&str) -> Option<Decimal>,
    ) -> Option<Decimal> {
        self.computed(weight, readings, of_others).filter(|points| points.abs() <= Decimal::from(LIMIT))
    }

    fn computed(
        &self,
        weight: Option<Decimal>,
        readings: &[&Reading],
        of_others: impl Fn(&str) -> Option<Decimal>,
    ) -> Option<Decimal> {
        if readings.is_empty() {
            return self.nothing_is_no_points().then_some(Decimal::ZERO);
        }
        let values = readings.iter().map(|reading| reading.value);
        match self {
            Self::Share(share) => weight?.checked_mul(share.mean(readings)?),
            Self::Given(given) => given.over.of(values).map(|points| weight.map_or(points, |most| points.min(most))),
            Self::Each(each) => each.points.checked_mul(values.sum()),
            Self::Ladder(ladder) => ladder.over.of(readings.iter().map(|reading| ladder.at(reading))),
            Self::Thresholds(thresholds) => Some(thresholds.at(thresholds.over.of(values)?)),
            Self::LastPlaces(last) => Some(last.points(readings)),
            Self::AllDone(all) => Some(if readings.iter().all(|reading| reading.value >= *all.at_least) {
                *all.points
            } else {
                Decimal::ZERO
            }),
            Self::Surplus(surplus) => {
                let beyond = Over::Mean.of(values.map(|value| (value - *surplus.over).max(Decimal::ZERO)))?;
                beyond.checked_mul(*surplus.points)
            }
            Self::Coefficient(coefficient) => {
                let beyond = coefficient.factor(values.sum()) - Decimal::ONE;
                let on: Option<Decimal> = coefficient.on.iter().map(|code| of_others(code)).sum();
                Some(beyond * on?)
            }
        }
    }
}

impl Share {
    /// The weighted mean of what each reading counts, as a share of one.
    pub fn mean(&self, readings: &[&Reading]) -> Option<Decimal> {
        let weights: Decimal = readings.iter().map(|reading| reading.weight).sum();
        let counted: Decimal = readings.iter().map(|reading| reading.weight * self.counted(reading.value)).sum();
        counted.checked_div(weights)
    }

    /// What one reading counts, as a share of one.
    pub fn counted(&self, value: Decimal) -> Decimal {
        let share = value / *self.of;
        self.cap.as_ref().map_or(share, |cap| share.min(**cap / Decimal::ONE_HUNDRED))
    }
}

impl Ladder {
    /// The points of one rank; a rank without the number of those who take part is one of many.
    pub fn at(&self, rank: &Reading) -> Decimal {
        let few = self.few.as_ref().filter(|few| rank.of.is_some_and(|of| of <= few.at_most));
        let (places, then) = few.map_or((&self.places, *self.then), |few| (&few.places, *few.then));
        let place = usize::try_from(rank.value.trunc().mantissa()).unwrap_or(usize::MAX).max(1);
        match (places.get(place - 1), places.last()) {
            (Some(points), _) => **points,
            (None, last) => {
                let beyond = u32::try_from(place - places.len()).unwrap_or(u32::MAX);
                last.map_or(Decimal::ZERO, |last| **last) + then * Decimal::from(beyond)
            }
        }
    }
}

impl Thresholds {
    fn at(&self, value: Decimal) -> Decimal {
        self.steps.iter().find(|step| value >= *step.at_least).map_or(Decimal::ZERO, |step| *step.points)
    }
}

impl LastPlaces {
    /// Points for the months that the readings name; the same month counts once.
    fn points(&self, readings: &[&Reading]) -> Decimal {
        let months = months(readings);
        let each = *self.each * Decimal::from(months.len());
        each + runs(&months).into_iter().map(|length| self.besides(length)).sum::<Decimal>()
    }

    /// What a run of this length costs besides: the longest step that it reaches, and what is left begins anew. Stopping at the
    /// longest step would make a fifth month in a row between two pairs cheaper than the pairs.
    fn besides(&self, length: u32) -> Decimal {
        let reached = self.runs.iter().filter(|run| run.length <= length).max_by_key(|run| run.length);
        reached.map_or(Decimal::ZERO, |run| *run.points + self.besides(length - run.length))
    }
}

impl Coefficient {
    /// The factor of so many projects; fewer than one count as one.
    pub fn factor(&self, projects: Decimal) -> Decimal {
        *self.start + *self.step * (projects.max(Decimal::ONE) - Decimal::ONE)
    }
}

/// The months that are named, in order, each once.
pub fn months(readings: &[&Reading]) -> Vec<u8> {
    let mut months: Vec<u8> = readings.iter().filter_map(|reading| reading.month).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// The lengths of months in a row.
pub fn runs(months: &[u8]) -> Vec<u32> {
    months.chunk_by(|one, next| *next == one + 1).map(|run| u32::try_from(run.len()).unwrap_or(u32::MAX)).collect()
}

#[cfg(test)]
mod tests;
