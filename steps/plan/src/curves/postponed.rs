//! A schedule after its project was postponed with approval. Pure.
//!
//! What should have been done by the day of the decision stays due; what was left of the year's work is spread over the
//! time to the new deadline. Up to that day nothing changes, so that no light of the past turns. Our own choice
//! (certainty D): no rule says how a schedule goes on after a postponement.

use chrono::{Datelike, Days, NaiveDate};
use figures::Decimal;
use kernel::{Schedule, ScheduleBasis, Text};

use super::Point;
use super::rules::{Scheduled, on_curve};

/// A deadline that the congress agreed to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Postponed {
    /// The deadline that stood before.
    pub from: NaiveDate,
    /// The new one.
    pub to: NaiveDate,
    /// The day of the decision in China.
    pub decided_on: NaiveDate,
    /// Its instant, in Unix milliseconds.
    pub decided_ms: i64,
    /// 决议文号.
    pub document: String,
}

/// The last day of a programme year: the deadline of every project that was not postponed.
pub fn year_end(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// The postponement that holds after a cut-off, with those before it; none where the original deadline holds.
fn last(all: &[Postponed], cut_off: NaiveDate) -> Option<(&Postponed, &[Postponed])> {
    let at = all.iter().rposition(|one| one.decided_on < cut_off)?;
    all.get(at).zip(all.get(..at))
}

/// Whole months, or days, of the programme year and the years behind it that are over at the end of a day.
fn elapsed(day: NaiveDate, year: i32, basis: ScheduleBasis) -> i64 {
    match basis {
        ScheduleBasis::Months => {
            let month_is_over = day.succ_opt().is_none_or(|next| next.month() != day.month());
            i64::from(day.year() - year) * 12 + i64::from(day.month0()) + i64::from(month_is_over)
        }
        ScheduleBasis::Days => NaiveDate::from_ymd_opt(year, 1, 1).map_or(0, |first| (day - first).num_days() + 1),
    }
}

/// What should be done by `cut_off` when months or days are counted; `all` in the order of their decisions.
pub(super) fn steadily(all: &[Postponed], cut_off: NaiveDate, year: i32, basis: ScheduleBasis) -> Scheduled {
    let Some((last, before)) = last(all, cut_off) else {
        let schedule = Schedule::at(cut_off, year, basis);
        return Scheduled { percent: schedule.percent, basis: schedule.count() };
    };
    let due = steadily(before, last.decided_on, year, basis).percent;
    let of = |day| elapsed(day, year, basis);
    let start = of(last.decided_on);
    let whole = (of(last.to) - start).max(0);
    let gone = if cut_off >= last.to { whole } else { (of(cut_off) - start).clamp(0, whole) };
    let share = match Decimal::from(gone).checked_div(Decimal::from(whole)) {
        Some(share) => share,
        // Nothing lies between the decision and the deadline.
        None if cut_off >= last.to => Decimal::ONE,
        None => Decimal::ZERO,
    };
    let (zh, en) = match basis {
        ScheduleBasis::Months => ("月", "months"),
        ScheduleBasis::Days => ("天", "days"),
    };
    Scheduled {
        percent: due + (Decimal::ONE_HUNDRED - due) * share,
        basis: Text::new(
            format!("延期至 {}，其后 {gone}/{whole} {zh}", last.to),
            format!("postponed to {}: {gone} of {whole} {en} since", last.to),
        ),
    }
}

/// What should be done by `cut_off` on a curve that was drawn before the postponements in `all`.
pub(super) fn along(
    all: &[Postponed],
    (points, stepped): (&[Point], bool),
    cut_off: NaiveDate,
    year: i32,
) -> Scheduled {
    match last(all, cut_off) {
        None => Scheduled {
            percent: on_curve(points, stepped, cut_off, year),
            basis: Text::new("计划曲线", "plan curve"),
        },
        Some((last, before)) => {
            let stretch = Stretch { from: last.decided_on, old: last.from, new: last.to };
            let percent = along(before, (points, stepped), stretch.back(cut_off), year).percent;
            let to = last.to;
            Scheduled {
                percent,
                basis: Text::new(format!("计划曲线（延期至 {to}）"), format!("plan curve, postponed to {to}")),
            }
        }
    }
}

/// Days behind `from`, stretched so that `old` becomes `new`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) from: NaiveDate,
    pub(crate) old: NaiveDate,
    pub(crate) new: NaiveDate,
}

impl Stretch {
    /// Where a planned day goes; a day that was due already stays.
    pub(crate) fn forth(self, day: NaiveDate) -> NaiveDate {
        moved(self.from, day, (self.old, self.new))
    }

    /// The planned day that stands for `day` on the stretched plan.
    fn back(self, day: NaiveDate) -> NaiveDate {
        moved(self.from, day.min(self.new), (self.new, self.old))
    }
}

fn moved(from: NaiveDate, day: NaiveDate, (old, new): (NaiveDate, NaiveDate)) -> NaiveDate {
    let days = |to: NaiveDate| (to - from).num_days();
    if day <= from || days(old) <= 0 {
        return day;
    }
    let offset = days(day) * days(new).max(0) / days(old);
    from.checked_add_days(Days::new(u64::try_from(offset).unwrap_or(0))).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn one(from: &str, to: &str, decided_on: &str) -> Postponed {
        Postponed { from: day(from), to: day(to), decided_on: day(decided_on), decided_ms: 0, document: String::new() }
    }

    #[test]
    fn the_rest_of_the_work_is_spread_to_the_new_deadline() {
        let all = [one("2024-12-31", "2025-06-30", "2024-09-10")];
        let at = |cut_off: &str| steadily(&all, day(cut_off), 2024, ScheduleBasis::Months);
        let percent = |cut_off: &str| at(cut_off).percent.round_dp(2).normalize().to_string();
        assert_eq!(percent("2024-08-31"), "66.67", "as before");
        assert_eq!(percent("2024-09-10"), "66.67");
        assert_eq!(percent("2024-12-31"), "80", "four of the ten months that are left");
        assert_eq!(percent("2025-06-30"), "100");
        assert_eq!(at("2024-12-31").basis.zh, "延期至 2025-06-30，其后 4/10 月");
        let twice = [all[0].clone(), one("2025-06-30", "2025-12-31", "2024-12-31")];
        let again = steadily(&twice, day("2025-06-30"), 2024, ScheduleBasis::Months);
        assert_eq!(again.percent.round_dp(2).normalize().to_string(), "90", "80 and half of the rest");
    }

    #[test]
    fn a_curve_and_the_planned_days_are_stretched() {
        let points = super::super::rules::quarters(2024, [10, 40, 80, 100].map(Decimal::from));
        let all = [one("2024-12-31", "2025-06-30", "2024-06-30")];
        let at = |cut_off: &str| along(&all, (&points, false), day(cut_off), 2024).percent.round_dp(1).normalize();
        assert_eq!(at("2024-06-30"), Decimal::from(40));
        assert_eq!(at("2024-12-30"), Decimal::from(80), "the middle of the stretched half");
        assert_eq!(at("2025-06-30"), Decimal::from(100));
        let stretch = Stretch { from: day("2024-06-30"), old: day("2024-12-31"), new: day("2025-07-02") };
        assert_eq!(stretch.forth(day("2024-05-01")), day("2024-05-01"), "due already");
        assert_eq!(stretch.forth(day("2024-12-31")), day("2025-07-02"));
    }

    proptest! {
        /// A postponement changes nothing up to its decision, never makes a schedule fall, asks for no more than before,
        /// and for everything by the new deadline.
        #[test]
        fn a_postponement_only_gives_time(
            decided in 0_i64..500, more in 1_i64..500, again in 0_i64..400, a in 0_i64..1_400, b in 0_i64..1_400,
            by_days: bool, stepped: bool,
        ) {
            let first = day("2024-01-01");
            let on = |days: i64| first + chrono::TimeDelta::days(days);
            let basis = if by_days { ScheduleBasis::Days } else { ScheduleBasis::Months };
            let points = super::super::rules::quarters(2024, [10, 40, 80, 100].map(Decimal::from));
            let end = year_end(2024);
            let to = end + chrono::TimeDelta::days(more);
            let mut all = vec![Postponed { from: end, to, decided_on: on(decided), decided_ms: 0, document: String::new() }];
            all.push(Postponed { from: to, to: to + chrono::TimeDelta::days(more), decided_on: on(decided + again), ..all[0].clone() });
            for all in [&all[..1], &all[..]] {
                let due = |days: i64| steadily(all, on(days), 2024, basis).percent;
                let curve = |days: i64| along(all, (&points, stepped), on(days), 2024).percent;
                for of in [&due as &dyn Fn(i64) -> Decimal, &curve] {
                    prop_assert!(of(a.min(b)) <= of(a.max(b)));
                    prop_assert!(of(a) >= Decimal::ZERO && of(a) <= Decimal::ONE_HUNDRED);
                    if on(decided) <= all[all.len() - 1].to {
                        prop_assert_eq!(of(1_900), Decimal::ONE_HUNDRED);
                    }
                }
                if a <= decided {
                    prop_assert_eq!(due(a), Schedule::at(on(a), 2024, basis).percent);
                    prop_assert_eq!(curve(a), on_curve(&points, stepped, on(a), 2024));
                }
                prop_assert!(due(a) <= Schedule::at(on(a), 2024, basis).percent);
            }
        }
    }
}
