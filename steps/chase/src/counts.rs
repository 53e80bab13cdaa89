//! How often each body was chased, was late, missed a deadline, closed, closed falsely: what the yearly assessment asks.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::RegionCode;
use kernel::clock::china_time;
use kernel::ladder::OrderKind;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::store::{acts, orders};
use crate::tables::order_acts::Model as ActRow;
use crate::tables::orders::Model as Order;
use crate::words::{Act, State};

/// The counts of one body at one place, over a span of days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders raised, by kind; those taken back do not count.
    pub raised: BTreeMap<OrderKind, u32>,
    /// Answers and applications that came after the last day.
    pub late: u32,
    /// Deadlines that passed while it was the body's turn.
    pub missed: u32,
    /// Closings that were verified.
    pub closed: u32,
    /// Closings that turned out to be false; how heavy each weighs is in the rule set (`closing.false_weight`).
    pub false_closings: u32,
    /// Applications for closing that were refused.
    pub refused: u32,
    /// Orders that were not at their end when the span was.
    pub open: u32,
    /// Orders behind these counts, for whoever wants to look.
    pub orders: Vec<Uuid>,
}

/// The counts of every body and place of a programme, from the first day to the last.
///
/// # Errors
/// When the database fails.
pub async fn counts<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<BTreeMap<(Uuid, RegionCode), Counts>> {
    let all = orders::of_programme(on, programme).await?;
    let ids: Vec<Uuid> = all.iter().map(|order| order.id).collect();
    Ok(tally(&all, &acts::of_orders(on, &ids).await?, from, to))
}

/// As [`counts`], over rows at hand. Pure.
pub fn tally(all: &[Order], acts: &[ActRow], from: NaiveDate, to: NaiveDate) -> BTreeMap<(Uuid, RegionCode), Counts> {
    let mut counts = BTreeMap::<(Uuid, RegionCode), Counts>::new();
    for order in all {
        let mut own: Vec<&ActRow> = acts.iter().filter(|act| act.order_id == order.id && day(act) <= to).collect();
        own.sort_by_key(|act| act.position);
        let Some(last) = own.last() else { continue };
        if last.state() == State::Withdrawn {
            continue;
        }
        let within = |day: NaiveDate| from <= day && day <= to;
        let took = |wanted: Act| count(&own, |act| act.act() == Some(wanted) && within(day(act)));
        let found = counts.entry((order.organisation_id, order.region())).or_default();
        if own.first().is_some_and(|raised| within(day(raised))) {
            *found.raised.entry(order.kind()).or_default() += 1;
        }
        found.late += count(&own, |act| act.late && within(day(act)));
        found.missed += missed(&own, from, to);
        found.closed += took(Act::Verify);
        found.false_closings += took(Act::Reopen);
        found.refused += took(Act::Refuse);
        found.open += u32::from(last.state().is_live());
        found.orders.push(order.id);
    }
    counts
}

fn day(act: &ActRow) -> NaiveDate {
    china_time(act.at_ms).map(|time| time.date_naive()).unwrap_or_default()
}

fn count(acts: &[&ActRow], wanted: impl Fn(&ActRow) -> bool) -> u32 {
    u32::try_from(acts.iter().filter(|act| wanted(act)).count()).unwrap_or(u32::MAX)
}

/// Deadlines that passed within the span while nobody had acted since.
fn missed(acts: &[&ActRow], from: NaiveDate, to: NaiveDate) -> u32 {
    let mut missed = 0;
    for (at, act) in acts.iter().enumerate() {
        let Some(first_late_day) = act.due_on.succ_opt() else { continue };
        // An act on the first late day itself is late: the deadline had passed when the day began.
        let still_waiting = acts.get(at + 1).is_none_or(|next| day(next) >= first_late_day);
        let already = at > 0 && acts[at - 1].due_on == act.due_on && acts[at - 1].state().awaits_body();
        let within = from <= first_late_day && first_late_day <= to;
        if act.state().awaits_body() && still_waiting && within && !already {
            missed += 1;
        }
    }
    missed
}

#[cfg(test)]
mod tests;
