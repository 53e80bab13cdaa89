//! How wide an interval must be to hold as often as it is meant to: learnt from how earlier ones of the same year held.
//!
//! From every start that is long enough each later report is estimated and compared. How far outside its interval a report
//! lay, per month that was looked ahead, is a *miss*; inside, it is below zero. All projects of the place put their misses
//! together, and every interval moves its ends by the miss that the rule's share of them does not exceed: conformal
//! prediction (Vovk, Gammerman and Shafer 2005), for given intervals as Romano, Patterson and Candès 2019. Nothing is
//! assumed of how reports scatter, nothing is drawn by chance. What it takes for granted, and a year may break, is that
//! projects miss in the months to come as they did in those before.

use chrono::NaiveDate;
use kernel::rule_set::ForecastRule;
use rust_decimal::Decimal;

use super::forecast::{Forecast, Report, Trend, months_at, points};

/// What a quantity % is capped at: a report of it says “at least this much”.
const CEILING: Decimal = Decimal::ONE_HUNDRED;

/// How far outside its interval a report lay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The cut-off of the report, from which on it can be known.
    pub day: NaiveDate,
    /// Points outside the interval for each month ahead; below zero inside.
    pub per_month: Decimal,
}

/// By how much the ends of an interval move outwards, for each month ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    /// In points; below zero inwards.
    pub per_month: Decimal,
    /// How many misses it was learnt from.
    pub misses: usize,
}

/// What the reports of one project say of such estimates: the misses from every start to every later report.
pub fn misses(reports: &[Report], year: i32, rule: &ForecastRule) -> Vec<Miss> {
    let sorted = in_order(reports);
    let points = points(&sorted, year);
    let mut misses = Vec::new();
    for known in 1..points.len() {
        let Some(trend) = Trend::of(&points[..known], rule) else { continue };
        for report in sorted.iter().filter(|report| months_at(report.day, year) > points[known - 1].0) {
            let estimate = trend.at(months_at(report.day, year), rule);
            misses.extend(estimate.and_then(|one| miss(&one, report)));
        }
    }
    misses
}

fn miss(estimate: &Forecast, report: &Report) -> Option<Miss> {
    let outside = (estimate.low.min(CEILING) - report.value).max(report.value - estimate.high);
    Some(Miss { day: report.day, per_month: outside.checked_div(estimate.ahead)? })
}

fn in_order(reports: &[Report]) -> Vec<Report> {
    let mut sorted = reports.to_vec();
    sorted.sort_by_key(|report| report.day);
    sorted
}

impl Calibration {
    /// Learnt from what was known on `day`; `None` while there are too few misses for the share that the rule asks for.
    ///
    /// Of n misses the ⌈(n + 1) · share⌉th from below, which is what makes a new one as likely as the share not to exceed
    /// it, where it comes from the same source.
    pub fn of(misses: &[Miss], day: NaiveDate, rule: &ForecastRule) -> Option<Self> {
        let mut known: Vec<Decimal> = misses.iter().filter(|one| one.day <= day).map(|one| one.per_month).collect();
        let at = ((known.len() + 1) * rule.interval as usize).div_ceil(100);
        if at == 0 || at > known.len() {
            return None;
        }
        let (_, per_month, _) = known.select_nth_unstable(at - 1);
        Some(Self { per_month: *per_month, misses: known.len() })
    }

    /// The estimate with its interval as wide as was learnt; the estimate itself stays and stays inside.
    #[must_use]
    pub fn widen(&self, estimate: Forecast) -> Forecast {
        let by = self.per_month * estimate.ahead;
        Forecast {
            low: (estimate.low - by).min(estimate.value),
            high: (estimate.high + by).max(estimate.value),
            ..estimate
        }
    }
}

/// The estimate from `reports`, widened where anything was learnt. What never fell is not expected to: the lower end stays
/// at the last report then.
pub fn calibrated(reports: &[Report], estimate: Forecast, learnt: Option<&Calibration>) -> Forecast {
    let widened = learnt.map_or(estimate, |learnt| learnt.widen(estimate));
    let sorted = in_order(reports);
    let fell = sorted.windows(2).any(|pair| pair[1].value < pair[0].value);
    match sorted.last().filter(|_| !fell) {
        Some(last) => Forecast { low: widened.low.max(last.value).min(widened.value), ..widened },
        None => widened,
    }
}

/// How often the interval held when the estimate was made from the first reports and compared with a later one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct BackTest {
    /// Estimates that were compared.
    pub tried: usize,
    /// Those whose interval held the later report.
    pub held: usize,
}

impl BackTest {
    /// Several tests as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { tried: self.tried + other.tried, held: self.held + other.held }
    }

    /// The share that held, in percent; `None` when nothing could be compared.
    pub fn percent(&self) -> Option<Decimal> {
        (Decimal::from(self.held) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(self.tried))
    }
}

/// Tells from the reports of a year how good such estimates are: from each start of each project that is long enough, the
/// value at its last report is estimated as the board would have done on that day – with what could be learnt by then –
/// and compared with what was reported.
pub fn back_test(projects: &[Vec<Report>], year: i32, rule: &ForecastRule) -> BackTest {
    let learnt_from: Vec<Miss> = projects.iter().flat_map(|reports| misses(reports, year, rule)).collect();
    let mut learnt = std::collections::HashMap::new();
    let mut sum = BackTest::default();
    for reports in projects {
        let sorted = in_order(reports);
        let Some(last) = sorted.last() else { continue };
        let end = months_at(last.day, year);
        for known in 1..sorted.len() {
            let day = sorted[known - 1].day;
            let trend = Trend::of(&points(&sorted[..known], year), rule);
            let Some(estimate) = trend.and_then(|trend| trend.at(end, rule)) else { continue };
            let learnt = learnt.entry(day).or_insert_with(|| Calibration::of(&learnt_from, day, rule));
            let estimate = calibrated(&sorted[..known], estimate, learnt.as_ref());
            let held = estimate.low.min(CEILING) <= last.value && last.value <= estimate.high;
            sum = sum.and(BackTest { tried: 1, held: usize::from(held) });
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::forecast::at_year_end;
    use super::super::given::{month_end, never_falling, reports, rule};
    use super::*;

    fn course() -> impl Strategy<Value = Vec<i64>> {
        never_falling(4..12, 1_000)
    }

    fn miss(month: u32, per_month: i64) -> Miss {
        Miss { day: month_end(month), per_month: Decimal::from(per_month) }
    }

    /// Four of five are 80 %: of nine misses the eighth, of four the fourth, and three are too few to tell.
    #[test]
    fn the_share_is_counted_as_published() {
        let all: Vec<_> = (1..=9).rev().map(|per_month| miss(4, per_month)).collect();
        let of = |misses: &[Miss]| Calibration::of(misses, month_end(12), &rule()).map(|one| one.per_month);
        assert_eq!(of(&all), Some(Decimal::from(8)));
        assert_eq!(of(&all[..4]), Some(Decimal::from(9)));
        assert_eq!(of(&all[..3]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn only_what_was_known_by_then_is_learnt() {
        let misses = [[miss(4, 1); 5], [miss(6, 9); 5]].concat();
        let on = |month| Calibration::of(&misses, month_end(month), &rule()).map(|one| one.per_month);
        assert_eq!((on(3), on(5), on(6)), (None, Some(Decimal::ONE), Some(Decimal::from(9))));
    }

    /// A project that ran into the ceiling said “at least a hundred”: an interval above it has held.
    #[test]
    fn what_is_capped_is_no_miss() {
        let done = reports(&[300, 600, 900, 1_000, 1_000]);
        let found = misses(&done, 2024, &rule());
        assert!(found.iter().all(|one| one.per_month <= Decimal::ZERO), "{found:?}");
        let stopped = reports(&[100, 200, 300, 300, 300, 300]);
        assert!(misses(&stopped, 2024, &rule()).iter().any(|one| one.per_month > Decimal::ZERO));
    }

    #[test]
    fn the_back_test_counts_what_held() {
        let even = reports(&[80, 160, 240, 320, 400, 480]);
        assert_eq!(back_test(std::slice::from_ref(&even), 2024, &rule()), BackTest { tried: 3, held: 3 });
        let stopped = reports(&[80, 160, 240, 240, 240, 240]);
        let alone = back_test(std::slice::from_ref(&stopped), 2024, &rule());
        assert_eq!(alone.tried, 3);
        assert!(alone.held < 3, "the first stop could not be foreseen");
        assert_eq!(back_test(&[reports(&[80, 160])], 2024, &rule()).percent(), None);
        // Where many stop alike, the later estimates have learnt it.
        let many = vec![stopped; 5];
        let found = back_test(&many, 2024, &rule());
        assert!(found.held * 3 >= found.tried * 2, "{found:?}");
    }

    proptest! {
        /// What the conformal promise is: the interval widened by what was learnt from n misses holds at least ⌈(n + 1) · 80 %⌉
        /// of those very misses, whatever the reports are.
        #[test]
        fn the_interval_holds_the_share_of_what_it_was_learnt_from(courses in prop::collection::vec(course(), 1..8)) {
            let rule = rule();
            let all: Vec<Vec<Report>> = courses.iter().map(|course| reports(course)).collect();
            let every: Vec<Miss> = all.iter().flat_map(|reports| misses(reports, 2024, &rule)).collect();
            if let Some(learnt) = Calibration::of(&every, month_end(12), &rule) {
                let held = every.iter().filter(|one| one.per_month <= learnt.per_month).count();
                prop_assert!(held * 100 >= every.len() * rule.interval as usize);
                prop_assert_eq!(learnt.misses, every.len());
            }
        }

        /// Wider or narrower, the estimate stays where it is and inside; more misses outside never narrow it.
        #[test]
        fn the_estimate_stays_inside(course in course(), per_month in -300_i64..300, more in 0_i64..100) {
            prop_assume!(course.len() < 12);
            let estimate = at_year_end(&reports(&course), 2024, &rule()).unwrap();
            let by = |per_month| Calibration { per_month: Decimal::new(per_month, 1), misses: 9 }.widen(estimate);
            let (found, wider) = (by(per_month), by(per_month + more));
            prop_assert_eq!(found.value, estimate.value);
            prop_assert!(found.low <= found.value && found.value <= found.high);
            prop_assert!(wider.low <= found.low && found.high <= wider.high);
        }

        /// Whatever was learnt, what never fell is not expected below its last report.
        #[test]
        fn what_never_fell_is_not_expected_to_fall(course in course(), per_month in -300_i64..300) {
            prop_assume!(course.len() < 12);
            let reports = reports(&course);
            let learnt = Calibration { per_month: Decimal::new(per_month, 1), misses: 9 };
            let found = calibrated(&reports, at_year_end(&reports, 2024, &rule()).unwrap(), Some(&learnt));
            prop_assert!(reports.last().unwrap().value <= found.low && found.low <= found.value && found.value <= found.high);
        }

        /// The order in which projects and reports are read does not matter.
        #[test]
        fn the_same_reports_always_say_the_same(courses in prop::collection::vec(course(), 1..6)) {
            let all: Vec<Vec<Report>> = courses.iter().map(|course| reports(course)).collect();
            let mut turned: Vec<Vec<Report>> = all.iter().rev().cloned().collect();
            turned.iter_mut().for_each(|reports| reports.reverse());
            prop_assert_eq!(back_test(&all, 2024, &rule()), back_test(&turned, 2024, &rule()));
        }
    }
}
