//! When a step of the ladder may be taken, and until when it gives time.
//!
//! Source: the steps and their order are the usual chain of 提醒, 督办, 通报, 约谈, 移交考核, set in the rule set's
//! `[ladder]` (certainty D); that a step is skipped only for a recorded reason, and that urgent matters may begin at
//! orange or red, follows the three colours of Sanming 2017 (V).

use chrono::NaiveDate;
use kernel::Problem;
use kernel::calendar::Calendar;
use kernel::ladder::{Ladder, OrderKind, Rung, Term};

use crate::words::State;

/// The longest time that anybody may give or promise, in days.
const LONGEST_DAYS: i64 = 366;

/// The order that a new one is to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is.
    pub kind: OrderKind,
    /// Where it stands.
    pub state: State,
    /// The last day on which the body could act.
    pub due_on: NaiveDate,
}

impl Standing {
    /// Whether the body let the deadline pass: it is its turn and the last day is over.
    pub fn is_missed(&self, today: NaiveDate) -> bool {
        self.state.awaits_body() && today > self.due_on
    }
}

/// Why a step may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The usual beginning.
    First,
    /// The deadline of the step before was missed.
    Missed,
    /// Somebody skipped a step, or did not wait, and said why.
    Skipped(String),
}

impl Ground {
    /// The recorded reason, if a step was skipped.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Skipped(reason) => Some(reason),
            Self::First | Self::Missed => None,
        }
    }
}

/// Whether an order of `kind` may be raised on `today`, after `previous` or as the first about its matter.
///
/// # Errors
/// A problem of the field `kind` when the place does not use this step or it is not above the one before; of
/// `skip_reason` when a reason is needed; a conflict when the order before is no longer in the body's hands.
pub fn ground(
    ladder: &Ladder,
    kind: OrderKind,
    previous: Option<Standing>,
    skip_reason: &str,
    today: NaiveDate,
) -> Result<(Rung, Ground), Problem> {
    let name = kind.name();
    let rung = ladder.rung(kind).ok_or_else(|| {
        Problem::field(
            "kind",
            format!("本地规则的督办升级链中没有“{}”这一级", name.zh),
            format!("The ladder of this place has no step “{}”", name.en),
        )
    })?;
    let usual = match previous {
        None => (kind == ladder.first().kind).then_some(Ground::First),
        Some(previous) => {
            may_follow(kind, previous)?;
            let is_next = ladder.above(previous.kind).is_some_and(|next| next.kind == kind);
            (is_next && previous.is_missed(today)).then_some(Ground::Missed)
        }
    };
    if let Some(ground) = usual {
        return Ok((rung, ground));
    }
    match skip_reason.trim() {
        "" => Err(reason_needed(ladder, previous)),
        reason => Ok((rung, Ground::Skipped(reason.to_owned()))),
    }
}

fn may_follow(kind: OrderKind, previous: Standing) -> Result<(), Problem> {
    if kind <= previous.kind {
        let (new, old) = (kind.name(), previous.kind.name());
        return Err(Problem::field(
            "kind",
            format!("“{}”不高于已发的“{}”，只能逐级升级", new.zh, old.zh),
            format!("A {} is no step above the {} that stands", new.en, old.en),
        ));
    }
    if previous.state.awaits_body() {
        return Ok(());
    }
    let state = previous.state.name();
    Err(Problem::conflict(
        format!("上一级督办现为“{}”，不能升级；请刷新页面核对", state.zh),
        format!("The order before is “{}” by now and cannot be escalated: reload and compare", state.en),
    ))
}

fn reason_needed(ladder: &Ladder, previous: Option<Standing>) -> Problem {
    let (zh, en) = match previous {
        None => {
            let first = ladder.first().kind.name();
            (
                format!("首次督办一般为“{}”；直接发更高一级，请写明理由", first.zh),
                format!("Chasing begins with a {}; say why a higher step is taken at once", first.en),
            )
        }
        Some(previous) => (
            format!("上一级的期限（{}）尚未逾期，或越过了中间一级，请写明理由", previous.due_on),
            format!("The deadline before ({}) is not missed, or a step is left out: say why", previous.due_on),
        ),
    };
    Problem::field("skip_reason", zh, en)
}

/// The last day of a term that begins on `day`: always a working day.
///
/// Months end on the corresponding day (民法典 §§201–203, certainty M), moved from a day off to the next working day.
pub fn due(term: Term, day: NaiveDate, calendar: &Calendar) -> NaiveDate {
    match term {
        Term::WorkingDays(count) => calendar.on_or_after(calendar.add_working_days(day, count)),
        Term::Days(count) => calendar.period_end_days(day, count),
        Term::Months(count) => calendar.period_end_months(day, count),
    }
}

/// Whether somebody may name `due_on` as a last day: not before today, not further than a year, and a working day.
///
/// # Errors
/// A problem of the field `due_on` that names the next working day.
pub fn check_due(due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Result<(), Problem> {
    if due_on < today {
        return Err(Problem::field(
            "due_on",
            format!("期限不能早于今天（{today}）"),
            format!("The last day cannot lie before today ({today})"),
        ));
    }
    if (due_on - today).num_days() > LONGEST_DAYS {
        return Err(Problem::field("due_on", "期限最长一年，请检查年份", "A year at most: check the year"));
    }
    if !calendar.is_working_day(due_on) {
        let next = calendar.on_or_after(due_on);
        return Err(Problem::field(
            "due_on",
            format!("{due_on} 不是工作日，请改为 {next} 或其他工作日"),
            format!("{due_on} is a day off: take {next} or another working day"),
        ));
    }
    Ok(())
}

/// Working days left until `due_on`, the day itself included in time; negative once it is over.
pub fn days_left(due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> i64 {
    if today <= due_on {
        i64::from(calendar.working_days_between(today, due_on))
    } else {
        // Over from the first day after, also where that is a day off.
        -i64::from(calendar.working_days_between(due_on, today).max(1))
    }
}

#[cfg(test)]
mod tests;
