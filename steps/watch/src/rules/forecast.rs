//! What the value would be at the end of the year if things went on as they did: an estimate, marked 预测 wherever it shows.
//!
//! The trend is the median of the slopes between every two reports (Theil 1950, Sen 1968): a single wrong or late report
//! does not turn it. It goes on from the last report and fades by the rule's damping with every month (Gardner and
//! McKenzie 1985), because work slows down towards its end more often than not. The interval takes Sen's rank interval of
//! the slope – fading on one side, not fading on the other – and adds the spread of the residuals; how wide it must be to
//! hold as often as it is meant to is learnt afterwards ([`super::calibration`]). Nothing is drawn by chance, nothing is
//! capped: the same reports always give the same estimate, and it may be over 100 percent.

use chrono::{Datelike, NaiveDate};
use kernel::rule_set::ForecastRule;
use rust_decimal::Decimal;

use super::median;

/// One report: the cut-off, and what was done by then (percent or any unit).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The cut-off.
    pub day: NaiveDate,
    /// The value.
    pub value: Decimal,
}

/// An estimate with its interval, in the unit of the reports, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// The estimate.
    pub value: Decimal,
    /// The lower end.
    pub low: Decimal,
    /// The upper end.
    pub high: Decimal,
    /// How many months lie between the last report and the day it speaks of.
    pub ahead: Decimal,
    /// How many reports it rests on.
    pub reports: usize,
    /// The trend per month before it fades.
    pub slope: Decimal,
}

/// How far the reports are from the target, told from the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chance {
    /// The whole interval reaches the target.
    OnCourse,
    /// The estimate reaches it, the lower end does not.
    Likely,
    /// Only the upper end reaches it.
    Doubtful,
    /// Not even the upper end does.
    Unlikely,
}

impl Chance {
    /// In words, as a forecast.
    pub fn name(self) -> kernel::Text {
        match self {
            Self::OnCourse => kernel::Text::new("可望完成", "on course"),
            Self::Likely => kernel::Text::new("较可能完成", "likely to be done"),
            Self::Doubtful => kernel::Text::new("存在风险", "doubtful"),
            Self::Unlikely => kernel::Text::new("难以完成", "unlikely to be done"),
        }
    }
}

impl Forecast {
    /// What it says of reaching `target`, where more is better.
    pub fn chance(&self, target: Decimal) -> Chance {
        if self.low >= target {
            Chance::OnCourse
        } else if self.value >= target {
            Chance::Likely
        } else if self.high >= target {
            Chance::Doubtful
        } else {
            Chance::Unlikely
        }
    }

    /// Whether the interval holds `value`.
    pub fn holds(&self, value: Decimal) -> bool {
        self.low <= value && value <= self.high
    }
}

/// Months since the beginning of `year`: a month's last day is a whole number, a day inside it a share of the month.
pub fn months_at(day: NaiveDate, year: i32) -> Decimal {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX);
    let days = next.signed_duration_since(first).num_days();
    let whole = i64::from(day.year() - year) * 12 + i64::from(day.month0());
    Decimal::from(whole) + Decimal::from(day.day()) / Decimal::from(days)
}

/// The estimate for the end of `year`; `None` with fewer reports of different days than the rule asks for (不足以预测), or
/// when the year is over at the last of them.
pub fn at_year_end(reports: &[Report], year: i32, rule: &ForecastRule) -> Option<Forecast> {
    Trend::of(&points(reports, year), rule)?.at(Decimal::from(12), rule)
}

/// A trend as it was known after some reports: it is found once and looks ahead as far as is asked.
pub(super) struct Trend {
    last: (Decimal, Decimal),
    slope: Decimal,
    slopes: (Decimal, Decimal),
    spread: Decimal,
    reports: usize,
}

impl Trend {
    /// The trend of `points`; `None` with fewer of them than the rule asks for.
    pub(super) fn of(points: &[(Decimal, Decimal)], rule: &ForecastRule) -> Option<Self> {
        let last = *points.last()?;
        if points.len() < (rule.points_min as usize).max(2) {
            return None;
        }
        let all = slopes(points);
        let slope = median(&all)?;
        Some(Self {
            last,
            slope,
            slopes: slope_interval(&all, points.len(), rule.z),
            spread: rule.z * residual_spread(points, slope),
            reports: points.len(),
        })
    }

    /// The estimate for `months` since the beginning of the year; `None` where that is not ahead.
    pub(super) fn at(&self, months: Decimal, rule: &ForecastRule) -> Option<Forecast> {
        let (last_at, last) = self.last;
        let ahead = months - last_at;
        if ahead <= Decimal::ZERO {
            return None;
        }
        let fading = fading(ahead, rule.damping);
        let (low_slope, high_slope) = self.slopes;
        let reach = [low_slope * fading, low_slope * ahead, high_slope * fading, high_slope * ahead];
        let middle = self.slope * fading;
        let low = reach.iter().copied().fold(middle, Decimal::min);
        let high = reach.iter().copied().fold(middle, Decimal::max);
        Some(Forecast {
            value: last + middle,
            low: last + low - self.spread,
            high: last + high + self.spread,
            ahead,
            reports: self.reports,
            slope: self.slope,
        })
    }
}

/// Reports as (months, value), one per day – the later of two –, in their order.
pub(super) fn points(reports: &[Report], year: i32) -> Vec<(Decimal, Decimal)> {
    let mut sorted = reports.to_vec();
    sorted.sort_by_key(|report| report.day);
    let mut points = Vec::<(Decimal, Decimal)>::with_capacity(sorted.len());
    for report in sorted {
        let at = months_at(report.day, year);
        match points.last_mut() {
            Some(before) if before.0 == at => before.1 = report.value,
            _ => points.push((at, report.value)),
        }
    }
    points
}

/// The slopes between every two points, rising.
fn slopes(points: &[(Decimal, Decimal)]) -> Vec<Decimal> {
    let mut slopes: Vec<_> = points
        .iter()
        .enumerate()
        .flat_map(|(at, a)| points[at + 1..].iter().map(move |b| (b.1 - a.1) / (b.0 - a.0)))
        .collect();
    slopes.sort_unstable();
    slopes
}

/// Sen's interval: of N slopes the ((N − C) ÷ 2)th from below and from above, C = z √(n (n − 1) (2n + 5) ÷ 18).
///
/// Few points have C near N, and the interval then runs from the flattest slope to the steepest.
fn slope_interval(slopes: &[Decimal], points: usize, z: Decimal) -> (Decimal, Decimal) {
    let n = Decimal::from(points);
    let variance = n * (n - Decimal::ONE) * (Decimal::TWO * n + Decimal::from(5)) / Decimal::from(18);
    let square = z * z * variance;
    // The most slopes that may be left out at either end, found without a root: (N − 2m)² ≥ C².
    let left_out = (0..=slopes.len() / 2)
        .rev()
        .find(|m| {
            let kept = Decimal::from(slopes.len() - 2 * m);
            kept * kept >= square
        })
        .unwrap_or(0)
        .min(slopes.len().saturating_sub(1) / 2);
    (slopes[left_out], slopes[slopes.len() - 1 - left_out])
}

/// How far the reports lie from the trend: 1.4826 × the median of the distances, which is the standard deviation where
/// they scatter normally.
fn residual_spread(points: &[(Decimal, Decimal)], slope: Decimal) -> Decimal {
    let levels: Vec<_> = points.iter().map(|(at, value)| value - slope * at).collect();
    let level = median(&levels).unwrap_or_default();
    let distances: Vec<_> = levels.iter().map(|one| (one - level).abs()).collect();
    Decimal::new(14826, 4) * median(&distances).unwrap_or_default()
}

/// How many months' worth of trend `ahead` months bring when each keeps only `damping` of what the one before had.
fn fading(ahead: Decimal, damping: Decimal) -> Decimal {
    let (mut left, mut share, mut sum) = (ahead, damping, Decimal::ZERO);
    while left > Decimal::ZERO {
        sum += share * left.min(Decimal::ONE);
        share *= damping;
        left -= Decimal::ONE;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::given::{month_end, never_falling, reports, rule};
    use super::*;

    #[test]
    fn months_are_whole_at_their_end() {
        assert_eq!(months_at(month_end(6), 2024), Decimal::from(6));
        assert_eq!(months_at("2024-02-29".parse().unwrap(), 2024), Decimal::from(2));
        assert_eq!(months_at("2023-12-31".parse().unwrap(), 2024), Decimal::ZERO);
        assert_eq!(months_at("2024-06-15".parse().unwrap(), 2024).normalize().to_string(), "5.5");
    }

    /// Eight percent a month, undamped: 48 % at half of the year is 96 % at its end, and the interval is the point itself.
    #[test]
    fn an_even_pace_goes_on() {
        let even = reports(&[80, 160, 240, 320, 400, 480]);
        let straight = ForecastRule { damping: Decimal::ONE, ..rule() };
        let found = at_year_end(&even, 2024, &straight).unwrap();
        assert_eq!((found.value, found.low, found.high), (96.into(), 96.into(), 96.into()));
        let damped = at_year_end(&even, 2024, &rule()).unwrap();
        assert_eq!(figures::round(damped.value, 1).to_string(), "81.7");
        assert_eq!(damped.high, Decimal::from(96), "the upper end is the trend that does not fade");
        assert_eq!(damped.chance(Decimal::ONE_HUNDRED), Chance::Unlikely);
        assert_eq!(damped.chance(Decimal::from(90)), Chance::Doubtful);
        assert_eq!(damped.chance(Decimal::from(80)), Chance::OnCourse);
    }

    #[test]
    fn two_reports_are_not_enough_and_the_end_of_the_year_needs_no_estimate() {
        assert_eq!(at_year_end(&reports(&[80, 160]), 2024, &rule()), None);
        assert!(at_year_end(&reports(&[80, 160, 240]), 2024, &rule()).is_some());
        assert_eq!(at_year_end(&reports(&[10; 12]), 2024, &rule()), None);
        let twice = [reports(&[80, 160]), reports(&[90])].concat();
        assert_eq!(at_year_end(&twice, 2024, &rule()), None, "two reports of one day are one");
    }

    /// A single report ten times too high does not turn the trend; the least squares line would say over 200 %.
    #[test]
    fn one_wrong_report_does_not_turn_the_trend() {
        let right = at_year_end(&reports(&[80, 160, 240, 320, 400, 480]), 2024, &rule()).unwrap();
        let wrong = at_year_end(&reports(&[80, 160, 2400, 320, 400, 480]), 2024, &rule()).unwrap();
        assert_eq!(right, wrong);
    }

    fn rising() -> impl Strategy<Value = Vec<i64>> {
        never_falling(3..11, i64::MAX)
    }

    proptest! {
        #[test]
        fn the_estimate_lies_in_its_interval(values in prop::collection::vec(0_i64..1_500, 3..11)) {
            let found = at_year_end(&reports(&values), 2024, &rule()).unwrap();
            prop_assert!(found.low <= found.value && found.value <= found.high);
            prop_assert_eq!(at_year_end(&reports(&values), 2024, &rule()).unwrap(), found, "the same again");
        }

        #[test]
        fn what_never_fell_is_not_expected_to_fall(values in rising()) {
            let found = at_year_end(&reports(&values), 2024, &rule()).unwrap();
            let last = Decimal::new(*values.last().unwrap(), 1);
            prop_assert!(found.value >= last && found.high >= last);
        }

        /// In another unit the estimate is the same in that unit; more done everywhere is as much more at the end.
        #[test]
        fn units_and_levels_do_not_matter(values in rising(), factor in 1_i64..50, shift in 0_i64..500) {
            let one = at_year_end(&reports(&values), 2024, &rule()).unwrap();
            let scaled: Vec<_> = values.iter().map(|value| value * factor + shift).collect();
            let other = at_year_end(&reports(&scaled), 2024, &rule()).unwrap();
            let expected = |value: Decimal| value * Decimal::from(factor) + Decimal::new(shift, 1);
            for (a, b) in [(one.value, other.value), (one.low, other.low), (one.high, other.high)] {
                prop_assert!((expected(a) - b).abs() < Decimal::new(1, 6));
            }
        }

        #[test]
        fn order_of_the_reports_does_not_matter(values in rising(), seed in 0_usize..10) {
            let mut mixed = reports(&values);
            let found = at_year_end(&mixed, 2024, &rule());
            mixed.reverse();
            let middle = seed % mixed.len();
            mixed.rotate_left(middle);
            prop_assert_eq!(at_year_end(&mixed, 2024, &rule()), found);
        }

        /// Even paces with a little noise: the interval holds what really came more often than not.
        #[test]
        fn the_interval_holds_a_steady_pace(noise in prop::collection::vec(-8_i64..=8, 12), pace in 20_i64..90) {
            let values: Vec<_> = (1..).zip(&noise).map(|(month, noise)| month * pace + noise).collect();
            let straight = ForecastRule { damping: Decimal::ONE, ..rule() };
            let found = at_year_end(&reports(&values[..8]), 2024, &straight).unwrap();
            let slack = Decimal::from(6);
            let real = Decimal::new(12 * pace, 1);
            prop_assert!(found.low - slack <= real && real <= found.high + slack);
        }
    }
}
