//! Opening hours (开放时间) in the notation that doors carry, and whether a place is open at a moment.
//!
//! ```text
//! 周一至周五 8:30–11:30、14:00–17:00；法定节假日休息
//! 周二至周日 9:00–17:00                                  Monday is closed
//! 工作日 18:00–20:30；非工作日 8:00–20:30                by the State Council's notice, days worked in exchange included
//! 每天 18:00–次日2:00
//! 全天
//! ```
//!
//! A later clause about the same day takes the place of an earlier one. Without a clause about statutory holidays they
//! are days of the week like others. Times are those of China.

mod reading;
mod state;

use std::fmt;

use kernel::{Lang, Text};

pub use state::State;

/// Minutes of a day.
pub(crate) const DAY: u16 = 24 * 60;

/// A time during which the doors are open, in minutes from midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    from: u16,
    /// Beyond 1440 it is a time of the next day.
    to: u16,
}

/// What one day has: spans in order that do not overlap; none on a closed day.
type Spans = Vec<Span>;

/// The days that a place distinguishes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Week {
    /// Monday to Sunday.
    Days(Box<[Spans; 7]>),
    /// Days that offices work, and days that they do not.
    Work { working: Spans, off: Spans },
}

/// When a place is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    week: Week,
    /// On statutory holidays; none where they are days like others.
    holidays: Option<Spans>,
}

const WEEKDAYS: [(&str, &str); 7] =
    [("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun")];

impl Hours {
    /// Open day and night, every day.
    pub fn always() -> Self {
        let whole = vec![Span { from: 0, to: DAY }];
        Self { week: Week::Days(Box::new(std::array::from_fn(|_| whole.clone()))), holidays: None }
    }

    /// Reads the notation.
    ///
    /// # Errors
    /// What cannot be read, and how it is written.
    pub fn parse(text: &str) -> Result<Self, Text> {
        reading::hours(text)
    }

    /// The notation in the language of a page; what is read from the Chinese one is the same again.
    pub fn print(&self, lang: Lang) -> String {
        if *self == Self::always() {
            return lang.t("全天", "day and night").to_owned();
        }
        let mut clauses = Vec::new();
        let mut say = |days: String, spans: &Spans| {
            let closed = lang.t("休息", "closed");
            let times: Vec<String> = spans.iter().map(|span| span.print(lang)).collect();
            let times = if times.is_empty() { closed.to_owned() } else { times.join(lang.t("、", ", ")) };
            clauses.push(format!("{days} {times}"));
        };
        match &self.week {
            Week::Work { working, off } => {
                say(lang.t("工作日", "Working days").to_owned(), working);
                if !off.is_empty() {
                    say(lang.t("非工作日", "Days off").to_owned(), off);
                }
            }
            Week::Days(days) => {
                for (named, spans) in runs(days) {
                    say(named.print(lang), spans);
                }
            }
        }
        if let Some(holidays) = &self.holidays {
            if holidays.is_empty() {
                clauses.push(lang.t("法定节假日休息", "closed on public holidays").to_owned());
            } else {
                say(lang.t("法定节假日", "Public holidays").to_owned(), holidays);
            }
        }
        clauses.join(lang.t("；", "; "))
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print(Lang::Zh))
    }
}

impl Span {
    fn print(self, lang: Lang) -> String {
        if self.from == 0 && self.to == DAY {
            return lang.t("全天", "day and night").to_owned();
        }
        let time = |minutes: u16| format!("{}:{:02}", minutes / 60, minutes % 60);
        if self.to > DAY {
            let next = lang.t("次日", "next day ");
            return format!("{}–{next}{}", time(self.from), time(self.to - DAY));
        }
        format!("{}–{}", time(self.from), time(self.to))
    }
}

/// Weekdays that have the same spans: first and last of each run.
struct Named(Vec<(usize, usize)>);

impl Named {
    fn print(&self, lang: Lang) -> String {
        if self.0 == [(0, 6)] {
            return lang.t("每天", "Daily").to_owned();
        }
        let day = |at: usize| match lang {
            Lang::Zh => format!("周{}", WEEKDAYS[at].0),
            Lang::En => WEEKDAYS[at].1.to_owned(),
        };
        let run = |(first, last): &(usize, usize)| match last - first {
            0 => day(*first),
            1 => format!("{}{}{}", day(*first), lang.t("、", ", "), day(*last)),
            _ => format!("{}{}{}", day(*first), lang.t("至", "–"), day(*last)),
        };
        self.0.iter().map(run).collect::<Vec<_>>().join(lang.t("、", ", "))
    }
}

/// The days grouped by what they have, in the order of the week; closed days are not named.
fn runs(days: &[Spans; 7]) -> Vec<(Named, &Spans)> {
    let mut groups: Vec<(Named, &Spans)> = Vec::new();
    for (at, spans) in days.iter().enumerate().filter(|(_, spans)| !spans.is_empty()) {
        match groups.iter_mut().find(|(_, known)| *known == spans) {
            Some((Named(runs), _)) => match runs.last_mut() {
                Some((_, last)) if *last + 1 == at => *last = at,
                _ => runs.push((at, at)),
            },
            None => groups.push((Named(vec![(at, at)]), spans)),
        }
    }
    groups
}

#[cfg(test)]
mod tests;
