//! When a return is taken: from the first to the last day of its round, both included, in China time; later by permission.

use chrono::{Days, NaiveDate};
use kernel::clock::china_offset;

/// The days of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub opens_on: NaiveDate,
    /// The last day.
    pub closes_on: NaiveDate,
    /// Somebody closed it before its time.
    pub closed: bool,
}

/// Where a day lies against the round of a return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The round begins later.
    NotYet {
        /// The first day.
        opens_on: NaiveDate,
    },
    /// Returns are taken.
    Open {
        /// The last day.
        closes_on: NaiveDate,
        /// Days left after today; 0 on the last day.
        days_left: i64,
    },
    /// The round has closed, but this return is still taken.
    Late {
        /// The last day of the permission.
        until: NaiveDate,
    },
    /// Nothing is taken any more.
    Shut {
        /// Days since the last day; 0 for a round that was closed by hand before its time.
        days_late: i64,
    },
}

impl Window {
    /// Whether a return is taken.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. } | Self::Late { .. })
    }
}

/// Where `today` lies.
pub fn window(span: Span, late_until: Option<NaiveDate>, today: NaiveDate) -> Window {
    if today < span.opens_on {
        return Window::NotYet { opens_on: span.opens_on };
    }
    if today <= span.closes_on && !span.closed {
        return Window::Open { closes_on: span.closes_on, days_left: (span.closes_on - today).num_days() };
    }
    match late_until.filter(|until| today <= *until) {
        Some(until) => Window::Late { until },
        None => Window::Shut { days_late: (today - span.closes_on).num_days().max(0) },
    }
}

/// Until when a return is taken that is sent back on `today`: for `days` more at least, whenever its round closes, so that
/// nobody is sent something back on the last evening and finds the door shut in the morning. A longer permission stays.
pub fn correctable(span: Span, late_until: Option<NaiveDate>, today: NaiveDate, days: u64) -> Option<NaiveDate> {
    let needed = today.checked_add_days(Days::new(days))?;
    if !span.closed && needed <= span.closes_on { late_until } else { late_until.max(Some(needed)) }
}

/// The first instant that is late, in Unix milliseconds: midnight in China after `closes_on`.
pub fn closes_ms(closes_on: NaiveDate) -> i64 {
    let next = closes_on.checked_add_days(Days::new(1)).unwrap_or(closes_on);
    let midnight = next.and_time(chrono::NaiveTime::MIN).and_local_timezone(china_offset());
    midnight.single().map_or(i64::MAX, |instant| instant.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use kernel::Clock;
    use proptest::prelude::*;

    use super::*;

    fn day(offset: i64) -> NaiveDate {
        "2024-07-01".parse::<NaiveDate>().unwrap() + chrono::TimeDelta::days(offset)
    }

    proptest! {
        /// Every boundary: the day before, the first, the last, the day after, with and without a permission.
        #[test]
        fn a_day_lies_in_exactly_one_part(length in 0_i64..20, today in -5_i64..60, late in prop::option::of(-5_i64..60), closed: bool) {
            let span = Span { opens_on: day(0), closes_on: day(length), closed };
            let found = window(span, late.map(day), day(today));
            let permitted = late.is_some_and(|late| today <= late);
            let expected = if today < 0 {
                Window::NotYet { opens_on: day(0) }
            } else if !closed && today <= length {
                Window::Open { closes_on: day(length), days_left: length - today }
            } else if permitted {
                Window::Late { until: day(late.unwrap_or_default()) }
            } else {
                Window::Shut { days_late: (today - length).max(0) }
            };
            prop_assert_eq!(found, expected);
        }

        /// The window never opens again by itself once it has shut.
        #[test]
        fn what_is_shut_stays_shut(length in 0_i64..20, today in 0_i64..60, later in 0_i64..60, late in prop::option::of(0_i64..60), closed: bool) {
            let span = Span { opens_on: day(0), closes_on: day(length), closed };
            let shut = |at| matches!(window(span, late.map(day), day(at)), Window::Shut { .. });
            prop_assert!(!shut(today) || shut(today.max(later)));
        }

        /// Whatever the round's days and permissions: who is sent something back can correct it today and for the days that
        /// follow, and no permission gets shorter.
        #[test]
        fn what_is_sent_back_can_be_corrected(length in 0_i64..20, today in 0_i64..60, late in prop::option::of(0_i64..80), days in 0_u64..10, closed: bool) {
            let span = Span { opens_on: day(0), closes_on: day(length), closed };
            let late = late.map(day);
            let until = correctable(span, late, day(today), days);
            prop_assert!(until >= late);
            for later in 0..=i64::try_from(days).unwrap() {
                prop_assert!(window(span, until, day(today + later)).is_open(), "{later} days later");
            }
            let over = today + i64::try_from(days).unwrap() + 1;
            let anyway = window(span, late, day(over)).is_open();
            prop_assert_eq!(window(span, until, day(over)).is_open(), anyway, "no day longer than that");
        }

        /// What is counted as late is what comes when the round is no longer open, to the millisecond.
        #[test]
        fn late_is_what_comes_when_the_round_is_shut(length in 0_i64..20, offset in -200_000_000_i64..200_000_000) {
            let span = Span { opens_on: day(-10), closes_on: day(length), closed: false };
            let ms = closes_ms(span.closes_on) + offset;
            let today = Clock::fixed(chrono::DateTime::from_timestamp_millis(ms).unwrap()).today();
            prop_assert_eq!(window(span, None, today).is_open(), ms < closes_ms(span.closes_on));
        }

        /// The last millisecond of the last day in China is in time, the next one is late; machines elsewhere agree.
        #[test]
        fn the_last_day_ends_at_midnight_in_china(offset in -400_i64..400) {
            let closes_on = day(offset);
            let late = closes_ms(closes_on);
            let on = |ms: i64| Clock::fixed(chrono::DateTime::from_timestamp_millis(ms).unwrap()).today();
            prop_assert_eq!(on(late - 1), closes_on);
            prop_assert_eq!(on(late), day(offset + 1));
        }
    }
}
