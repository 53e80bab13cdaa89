//! What chasing left behind: circulars, deadlines missed, closings that proved false.

use std::collections::BTreeMap;

use chase::counts::{Counts, counts};

use chrono::NaiveDate;
use kernel::ladder::OrderKind;
use kernel::{RegionCode, Text};
use ledger::programmes::Outline;
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::Gathered;
use crate::readings::{Origin, Reading, Subject};
use crate::words::{Provenance, SubjectKind};

/// Notes what chasing left behind, from the first day of the programme's year to the cut-off.
pub(super) async fn gather<C: ConnectionTrait>(on: &C, outline: &Outline, gathered: &mut Gathered) -> Result<()> {
    let first = NaiveDate::from_ymd_opt(outline.programme.year, 1, 1).unwrap_or(NaiveDate::MIN);
    let to = gathered.view.cut_off.unwrap_or(NaiveDate::MAX);
    let all = counts(on, outline.programme.id, first, to).await?;
    for subject in gathered.subjects.clone() {
        let own: Vec<&Counts> = of_subject(&all, &subject);
        let circulars = |counts: &Counts| counts.raised.get(&OrderKind::Circular).copied().unwrap_or(0);
        for (what, times, words) in [
            (Provenance::Circulars, sum(&own, circulars), ("次通报", "circulars")),
            (Provenance::OverdueOrders, sum(&own, |counts| counts.missed), ("次督办逾期", "deadlines missed")),
            (Provenance::FalseClosings, sum(&own, |counts| counts.false_closings), ("次虚假销号", "false closings")),
        ] {
            let orders: Vec<Uuid> = own.iter().flat_map(|counts| counts.orders.iter().copied()).collect();
            let (zh, en) = words;
            let words = Text::new(
                format!("{first} 至 {to}，{times} {zh}（督办件 {} 份）", orders.len()),
                format!("{first} to {to}: {times} {en} ({} orders)", orders.len()),
            );
            let origin = Origin { words, keys: orders, address: String::new() };
            // Known to be none: no reading, so that nobody takes part in an assessment only because no order was raised.
            let readings = if times == 0 { Vec::new() } else { vec![Reading::new("", Decimal::from(times), origin)] };
            gathered.note(&subject, what, readings);
        }
    }
    Ok(())
}

/// The counts of a body's orders, or of the orders about a place and what lies in it.
fn of_subject<'a>(all: &'a BTreeMap<(Uuid, RegionCode), Counts>, subject: &Subject) -> Vec<&'a Counts> {
    let concerns = |(body, place): &(Uuid, RegionCode)| match subject.kind {
        SubjectKind::Organisation => subject.organisation == Some(*body),
        SubjectKind::Region => subject.region.contains(*place),
    };
    all.iter().filter(|(key, _)| concerns(key)).map(|(_, counts)| counts).collect()
}

fn sum(own: &[&Counts], of: impl Fn(&Counts) -> u32) -> u32 {
    own.iter().map(|counts| of(counts)).sum()
}
