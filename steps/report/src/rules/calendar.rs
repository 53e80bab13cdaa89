//! When rounds come: cut-offs at the ends of months or quarters, and the days from each to its opening and its last day.

use chrono::{Datelike, Days, Months, NaiveDate};
use kernel::Problem;

use crate::words::Every;

/// The longest time from a cut-off to the last day: a return is about the past, not history.
pub const LONGEST_WAIT: i32 = 90;

/// How a programme is reported. The usual days are our own choice (certainty D): open on the day after the cut-off, due
/// on the fifth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// How often.
    pub every: Every,
    /// Days from the cut-off to the opening.
    pub opens_after_days: i32,
    /// Days from the cut-off to the last day.
    pub due_after_days: i32,
}

impl Default for Rhythm {
    fn default() -> Self {
        Self { every: Every::Month, opens_after_days: 1, due_after_days: 5 }
    }
}

impl Rhythm {
    /// Takes the days or says what is wrong with them.
    ///
    /// # Errors
    /// A problem of the field `opens_after_days` or `due_after_days`.
    pub fn check(&self) -> Result<(), Problem> {
        if !(0..=LONGEST_WAIT).contains(&self.opens_after_days) {
            return Err(Problem::field(
                "opens_after_days",
                format!("应为 0 至 {LONGEST_WAIT} 天"),
                format!("From 0 to {LONGEST_WAIT} days"),
            ));
        }
        if !(self.opens_after_days..=LONGEST_WAIT).contains(&self.due_after_days) {
            return Err(Problem::field(
                "due_after_days",
                format!("截止不能早于开启，最多 {LONGEST_WAIT} 天"),
                format!("Not before the opening, and {LONGEST_WAIT} days at most"),
            ));
        }
        Ok(())
    }

    /// First and last day of the round for `cut_off`.
    pub fn days(&self, cut_off: NaiveDate) -> (NaiveDate, NaiveDate) {
        let after = |days: i32| {
            let days = Days::new(u64::try_from(days).unwrap_or(0));
            cut_off.checked_add_days(days).unwrap_or(cut_off)
        };
        (after(self.opens_after_days), after(self.due_after_days))
    }

    /// The next cut-off behind `last` in the programme's `year`; the first one of the year when there is none before.
    pub fn next_cut_off(&self, last: Option<NaiveDate>, year: i32) -> Option<NaiveDate> {
        let step = match self.every {
            Every::Month => 1,
            Every::Quarter => 3,
            Every::ByHand => return None,
        };
        let mut first = NaiveDate::from_ymd_opt(year, 1, 1)?;
        loop {
            let next = first.checked_add_months(Months::new(step))?;
            let end = next.pred_opt()?;
            if last.is_none_or(|last| end > last) {
                return (end.year() == year).then_some(end);
            }
            first = next;
        }
    }
}

/// Takes the days of a new round or says what is wrong with them.
///
/// # Errors
/// A problem of the field `cut_off`, `opens_on` or `closes_on`.
pub fn check_days(cut_off: NaiveDate, opens_on: NaiveDate, closes_on: NaiveDate) -> Result<(), Problem> {
    if !(1990..=2100).contains(&cut_off.year()) {
        return Err(Problem::field("cut_off", "请核对截止日的年份", "Check the year of the cut-off"));
    }
    if opens_on < cut_off {
        return Err(Problem::field(
            "opens_on",
            "开启日不能早于截止日：截至日未到，数字还没有发生",
            "Not before the cut-off: nobody can have counted yet",
        ));
    }
    if closes_on < opens_on {
        return Err(Problem::field("closes_on", "填报截止不能早于开启日", "Not before the opening"));
    }
    if (closes_on - cut_off).num_days() > 366 {
        return Err(Problem::field("closes_on", "填报截止距截止日超过一年，请核对", "More than a year: check it"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn rounds_come_at_the_ends_of_months_and_quarters() {
        let monthly = Rhythm::default();
        assert_eq!(monthly.next_cut_off(None, 2024), Some(day("2024-01-31")));
        assert_eq!(monthly.next_cut_off(Some(day("2024-01-31")), 2024), Some(day("2024-02-29")));
        assert_eq!(monthly.next_cut_off(Some(day("2024-06-15")), 2024), Some(day("2024-06-30")), "a round in between");
        assert_eq!(monthly.next_cut_off(Some(day("2024-12-31")), 2024), None, "the year is over");
        assert_eq!(monthly.days(day("2024-06-30")), (day("2024-07-01"), day("2024-07-05")));
        let quarterly = Rhythm { every: Every::Quarter, ..Rhythm::default() };
        assert_eq!(quarterly.next_cut_off(Some(day("2024-03-31")), 2024), Some(day("2024-06-30")));
        assert_eq!(Rhythm { every: Every::ByHand, ..Rhythm::default() }.next_cut_off(None, 2024), None);
    }

    proptest! {
        #[test]
        fn the_days_of_any_rhythm_that_is_taken_make_a_round(opens in -3_i32..100, due in -3_i32..100, month in 0_u32..12) {
            let rhythm = Rhythm { every: Every::Month, opens_after_days: opens, due_after_days: due };
            let cut_off = day("2024-01-31") + chrono::TimeDelta::days(i64::from(month) * 30);
            let (opens_on, closes_on) = rhythm.days(cut_off);
            prop_assert_eq!(rhythm.check().is_ok(), (0..=90).contains(&opens) && (opens..=90).contains(&due));
            if rhythm.check().is_ok() {
                prop_assert!(check_days(cut_off, opens_on, closes_on).is_ok());
            }
        }

        #[test]
        fn a_round_never_opens_before_anybody_can_count(opens in -40_i64..40, closes in -40_i64..400) {
            let cut_off = day("2024-06-30");
            let at = |days| cut_off + chrono::TimeDelta::days(days);
            let taken = check_days(cut_off, at(opens), at(closes)).is_ok();
            prop_assert_eq!(taken, opens >= 0 && closes >= opens && closes <= 366);
        }
    }
}
