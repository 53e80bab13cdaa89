//! What is recent: the window in which a call's `TimeStamp` must lie, and the numbers of our own calls.
//!
//! The standard asks for `TimeStamp` and `Seq` so that a message is not taken twice; how wide the window is, it leaves
//! open (certainty D: ten minutes). A call is the same as another when operator, time and number are the same; the store
//! of those seen has to remember them for [`Window::memory`].

use chrono::{NaiveDateTime, TimeDelta};

/// How `TimeStamp` is written, in Beijing time.
const WRITTEN: &str = "%Y%m%d%H%M%S";

/// How far a clock may be off, in seconds to either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Seconds to either side of our own clock.
    pub seconds: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { seconds: 600 }
    }
}

/// Why a call is not recent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untimely {
    /// `TimeStamp` is no time.
    #[error("TimeStamp is not written as yyyyMMddHHmmss")]
    Unreadable,
    /// `Seq` is not up to ten digits.
    #[error("Seq is no number of four digits")]
    NoNumber,
    /// The other side's clock, or the message, is off by these seconds: negative when it is behind.
    #[error("TimeStamp is {0} s away from our clock")]
    Off(i64),
}

impl Window {
    /// Whether a call stamped `stamp` with number `seq` is recent at `now` (Beijing time); by how many seconds the
    /// other clock is ahead.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    pub fn judge(self, stamp: &str, seq: &str, now: NaiveDateTime) -> Result<i64, Untimely> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if stamp.len() != 14 || !digits(stamp) {
            return Err(Untimely::Unreadable);
        }
        if seq.is_empty() || seq.len() > 10 || !digits(seq) {
            return Err(Untimely::NoNumber);
        }
        let at = NaiveDateTime::parse_from_str(stamp, WRITTEN).map_err(|_| Untimely::Unreadable)?;
        let ahead = at.signed_duration_since(now).num_seconds();
        if ahead.unsigned_abs() > u64::from(self.seconds) { Err(Untimely::Off(ahead)) } else { Ok(ahead) }
    }

    /// For how long a call has to be remembered: one that was stamped ahead stays recent for the whole window.
    pub fn memory(self) -> TimeDelta {
        TimeDelta::seconds(2 * i64::from(self.seconds) + 1)
    }
}

/// `TimeStamp` for a call at `now` (Beijing time).
pub fn stamp(now: NaiveDateTime) -> String {
    now.format(WRITTEN).to_string()
}

/// The numbers of our own calls to one operator: from `0001` in every second.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    second: String,
    last: u32,
}

impl Sequence {
    /// `TimeStamp` and `Seq` of the next call at `now` (Beijing time).
    pub fn next(&mut self, now: NaiveDateTime) -> (String, String) {
        let second = stamp(now);
        self.last = if second == self.second { self.last + 1 } else { 1 };
        self.second.clone_from(&second);
        (second, format!("{:04}", self.last))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn noon() -> NaiveDateTime {
        NaiveDateTime::parse_from_str("20240630120000", WRITTEN).unwrap()
    }

    #[test]
    fn a_clock_that_is_an_hour_off_is_told_by_how_much() {
        let window = Window::default();
        assert_eq!(window.judge("20240630120500", "0001", noon()), Ok(300));
        assert_eq!(window.judge("20240630115000", "0001", noon()), Ok(-600));
        assert_eq!(window.judge("20240630130000", "0001", noon()), Err(Untimely::Off(3_600)));
        assert_eq!(window.judge("20240630110000", "0001", noon()), Err(Untimely::Off(-3_600)));
        for stamp in ["", "2024063012000", "20240631120000", "2024-06-30 12:00", "２０２４0630120000"] {
            assert_eq!(window.judge(stamp, "0001", noon()), Err(Untimely::Unreadable), "{stamp}");
        }
        for seq in ["", "a", "12345678901", "-1"] {
            assert_eq!(window.judge("20240630120000", seq, noon()), Err(Untimely::NoNumber), "{seq}");
        }
    }

    proptest! {
        /// What is forgotten cannot come again: a call taken at any moment is refused once its memory is over.
        #[test]
        fn memory_outlasts_the_window(seconds in 1_u32..3_600, ahead in -4_000_i64..4_000, later in 0_i64..9_000) {
            let window = Window { seconds };
            let stamped = stamp(noon() + TimeDelta::seconds(ahead));
            if window.judge(&stamped, "0001", noon()).is_ok() && TimeDelta::seconds(later) >= window.memory() {
                prop_assert!(window.judge(&stamped, "0001", noon() + TimeDelta::seconds(later)).is_err());
            }
        }

        #[test]
        fn our_own_calls_never_share_a_number(steps in prop::collection::vec(0_i64..2, 1..200)) {
            let (mut sequence, mut now, mut seen) = (Sequence::default(), noon(), HashSet::new());
            for step in steps {
                now += TimeDelta::seconds(step);
                prop_assert!(seen.insert(sequence.next(now)));
            }
        }
    }
}
