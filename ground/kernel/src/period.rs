//! The share of the year that should be done by a cut-off: the schedule (序时进度).

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::Text;

/// How the share of the year is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleBasis {
    /// Whole months elapsed ÷ 12; a cut-off inside a month counts the months before it.
    ///
    /// Source: Ningbo 2024 first half, 58.6 % being 8.6 points ahead at the end of June (certainty V).
    #[default]
    Months,
    /// Days elapsed ÷ days of the year.
    Days,
}

impl ScheduleBasis {
    /// The word used in rule sets and tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Months => "months",
            Self::Days => "days",
        }
    }

    /// Reads the word written by [`ScheduleBasis::code`].
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "months" => Some(Self::Months),
            "days" => Some(Self::Days),
            _ => None,
        }
    }
}

/// What should be done by a cut-off, and how that was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Percent of the year, 0–100, not rounded.
    pub percent: Decimal,
    /// Months or days elapsed.
    pub elapsed: u32,
    /// Months or days of the whole year.
    pub whole: u32,
    /// What was counted.
    pub basis: ScheduleBasis,
}

impl Schedule {
    /// The schedule of the programme year `year` at `cut_off`; 0 before the year, 100 after it.
    pub fn at(cut_off: NaiveDate, year: i32, basis: ScheduleBasis) -> Self {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MIN);
        let last = NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(NaiveDate::MAX);
        let (elapsed, whole) = match basis {
            ScheduleBasis::Months => {
                let month_is_over = cut_off.succ_opt().is_none_or(|next| next.month() != cut_off.month());
                (cut_off.month0() + u32::from(month_is_over), 12)
            }
            ScheduleBasis::Days => (cut_off.ordinal(), last.ordinal()),
        };
        let elapsed = if cut_off < first {
            0
        } else if cut_off > last {
            whole
        } else {
            elapsed
        };
        Self { percent: Decimal::from(elapsed) * Decimal::ONE_HUNDRED / Decimal::from(whole), elapsed, whole, basis }
    }

    /// The count behind the percentage, such as 6/12 月.
    pub fn count(&self) -> Text {
        let (elapsed, whole) = (self.elapsed, self.whole);
        match self.basis {
            ScheduleBasis::Months => Text::new(format!("{elapsed}/{whole} 月"), format!("{elapsed} of {whole} months")),
            ScheduleBasis::Days => Text::new(format!("{elapsed}/{whole} 天"), format!("{elapsed} of {whole} days")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn percent(cut_off: &str, basis: ScheduleBasis) -> String {
        Schedule::at(day(cut_off), 2024, basis).percent.round_dp(2).normalize().to_string()
    }

    /// Published vectors: 50 % at the end of June, 91.67 % for January–November, 83.33 % for January–October;
    /// and the day count that does not give the printed figure.
    #[test]
    fn published_schedules() {
        assert_eq!(percent("2024-06-30", ScheduleBasis::Months), "50");
        assert_eq!(percent("2024-11-30", ScheduleBasis::Months), "91.67");
        assert_eq!(percent("2024-10-31", ScheduleBasis::Months), "83.33");
        assert_eq!(percent("2024-06-29", ScheduleBasis::Months), "41.67");
        assert_eq!(percent("2024-06-30", ScheduleBasis::Days), "49.73");
        assert_eq!(percent("2023-12-31", ScheduleBasis::Months), "0");
        assert_eq!(percent("2025-03-01", ScheduleBasis::Months), "100");
    }

    proptest! {
        #[test]
        fn the_schedule_never_falls(a in 0_i64..730, b in 0_i64..730) {
            let start = day("2023-06-01");
            let (early, late) = (a.min(b), a.max(b));
            for basis in [ScheduleBasis::Months, ScheduleBasis::Days] {
                let at = |days| Schedule::at(start + chrono::Days::new(u64::try_from(days).unwrap()), 2024, basis).percent;
                prop_assert!(at(early) <= at(late));
                prop_assert!(at(late) <= Decimal::ONE_HUNDRED);
            }
        }
    }
}
