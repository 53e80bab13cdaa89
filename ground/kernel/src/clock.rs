//! Time as an argument: the one place where the wall clock may be read.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};

/// Tells the time to whoever needs it; tests hand in a fixed one.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is where the wall clock enters the program")]
    pub fn system() -> Self {
        Self(Arc::new(Utc::now))
    }

    /// A clock that always shows `instant`.
    pub fn fixed(instant: DateTime<Utc>) -> Self {
        Self(Arc::new(move || instant))
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }

    /// Milliseconds since the Unix epoch: the form in which instants are stored.
    pub fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }

    /// Today in China Standard Time (UTC+8), the calendar in which cut-offs and deadlines are meant.
    pub fn today(&self) -> NaiveDate {
        china_date(self.now())
    }
}

/// China Standard Time, which has had no daylight saving since 1991.
pub fn china_offset() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours are a valid offset")
}

/// The calendar day in China on which `instant` falls.
pub fn china_date(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&china_offset()).date_naive()
}

/// A stored instant (Unix milliseconds) in China Standard Time; `None` when out of the calendar's range.
pub fn china_time(unix_ms: i64) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp_millis(unix_ms).map(|t| t.with_timezone(&china_offset()))
}

/// The instant in Unix milliseconds at which `day` begins in China.
pub fn midnight_ms(day: NaiveDate) -> i64 {
    (day.and_time(NaiveTime::MIN) - china_offset()).and_utc().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_the_first_instant_of_its_day() {
        let day = NaiveDate::from_ymd_opt(2024, 6, 30).unwrap();
        let first = china_time(midnight_ms(day)).unwrap();
        assert_eq!(first.to_rfc3339(), "2024-06-30T00:00:00+08:00");
    }

    #[test]
    fn a_day_begins_at_midnight_in_china() {
        let late = DateTime::parse_from_rfc3339("2024-06-30T16:00:00Z").unwrap().to_utc();
        assert_eq!(china_date(late).to_string(), "2024-07-01");
        assert_eq!(Clock::fixed(late).today().to_string(), "2024-07-01");
    }
}
