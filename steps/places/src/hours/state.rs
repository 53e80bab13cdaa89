//! Open or closed at a moment, and until when.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use kernel::Calendar;

use super::{DAY, Hours, Span, Spans, Week};

/// How far ahead the next opening is looked for; the longest school holiday is shorter.
const HORIZON: u64 = 92;

/// Whether the doors are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Open; until when, where it closes within the horizon.
    Open {
        /// The moment of closing.
        until: Option<NaiveDateTime>,
    },
    /// Closed; the next opening, where there is one within the horizon.
    Closed {
        /// The moment of opening.
        next: Option<NaiveDateTime>,
    },
}

impl State {
    /// Whether it is open.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open { .. })
    }
}

impl Hours {
    /// What `day` has, by the calendar's holidays and days worked in exchange.
    fn on(&self, day: NaiveDate, calendar: &Calendar) -> &Spans {
        if let Some(holidays) = self.holidays.as_ref().filter(|_| calendar.holiday(day).is_some()) {
            return holidays;
        }
        match &self.week {
            Week::Days(days) => &days[day.weekday().num_days_from_monday() as usize % 7],
            Week::Work { working, off } => {
                if calendar.is_working_day(day) {
                    working
                } else {
                    off
                }
            }
        }
    }

    /// The state at `moment`, in the time of China.
    pub fn state(&self, moment: NaiveDateTime, calendar: &Calendar) -> State {
        let today = moment.date();
        // What began yesterday may still be open.
        let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let mut until: Option<NaiveDateTime> = None;
        for day in first.iter_days().take(usize::try_from(HORIZON).unwrap_or(usize::MAX)) {
            for span in self.on(day, calendar) {
                let (from, to) = moments(day, *span);
                match until {
                    Some(end) if from <= end => until = Some(to.max(end)),
                    Some(end) => return State::Open { until: Some(end) },
                    None if to <= moment => {}
                    None if from <= moment => until = Some(to),
                    None => return State::Closed { next: Some(from) },
                }
            }
            // A closed day ends what was open.
            if let Some(end) = until.filter(|end| *end < start_of(day) + TimeDelta::days(1)) {
                return State::Open { until: Some(end) };
            }
        }
        match until {
            Some(_) => State::Open { until: None },
            None => State::Closed { next: None },
        }
    }
}

fn start_of(day: NaiveDate) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN)
}

fn moments(day: NaiveDate, span: Span) -> (NaiveDateTime, NaiveDateTime) {
    debug_assert!(span.to <= 2 * DAY, "a span ends on the next day at the latest");
    let at = |minutes: u16| start_of(day) + TimeDelta::minutes(i64::from(minutes));
    (at(span.from), at(span.to))
}
