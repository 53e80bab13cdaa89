//! What reporting left behind: the share of returns that came in time.

use chrono::NaiveDate;
use figures::print_percent;
use kernel::Text;
use ledger::programmes::Outline;
use report::rules::window::closes_ms;
use report::store::{Late, late_counts};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;

use super::Gathered;
use crate::readings::{Origin, Reading, Subject};
use crate::words::{Provenance, SubjectKind};

/// Decimals that the share is kept with: those that the database keeps.
const PLACES: u8 = 4;

/// Notes how each subject kept its days in the rounds of the year, up to the cut-off, whose last day is over; see
/// [`late_counts`]. Who owed nothing in them has no share.
pub(super) async fn gather<C: ConnectionTrait>(on: &C, outline: &Outline, gathered: &mut Gathered) -> Result<()> {
    let first = NaiveDate::from_ymd_opt(outline.programme.year, 1, 1).unwrap_or(NaiveDate::MIN);
    let to = gathered.view.cut_off.unwrap_or(NaiveDate::MAX);
    let now_ms = gathered.view.known.map_or(i64::MAX, closes_ms);
    let all = late_counts(on, outline.programme.id, (first, to), now_ms).await?;
    for subject in gathered.subjects.clone() {
        let own = all.iter().filter(|late| concerns(&subject, late));
        let sum =
            own.fold((0, 0, 0), |(owed, late, missing), one| (owed + one.owed, late + one.late, missing + one.missing));
        gathered.note(&subject, Provenance::TimelyReturns, reading(sum, (first, to)).into_iter().collect());
    }
    Ok(())
}

fn concerns(subject: &Subject, late: &Late) -> bool {
    match subject.kind {
        SubjectKind::Organisation => subject.organisation == Some(late.organisation),
        SubjectKind::Region => subject.region.contains(late.region),
    }
}

/// The share that came in time, of so many owed, late and never handed in.
fn reading((owed, late, missing): (i64, i64, i64), (first, to): (NaiveDate, NaiveDate)) -> Option<Reading> {
    let timely = (owed - late - missing).max(0);
    let percent = Decimal::from(timely).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(owed))?;
    let percent = figures::round(percent, PLACES).normalize();
    let printed = print_percent(percent, 1);
    let words = Text::new(
        format!(
            "{first} 至 {to} 已截止的填报期应报 {owed} 份，按时 {timely} 份（迟报 {late}，未报 {missing}），{printed}"
        ),
        format!(
            "{first} to {to}, rounds that are over: {timely} of {owed} returns in time ({late} late, {missing} never handed in), {printed}"
        ),
    );
    Some(Reading::new("", percent, Origin { words, keys: Vec::new(), address: "/office/rounds".to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_in_time() {
        let days = ("2024-01-01".parse().unwrap(), "2024-06-30".parse().unwrap());
        let of = |counts| reading(counts, days).map(|one| one.value.normalize().to_string());
        assert_eq!(of((60, 3, 0)).as_deref(), Some("95"));
        assert_eq!(of((3, 1, 1)).as_deref(), Some("33.3333"));
        assert_eq!(of((2, 2, 0)).as_deref(), Some("0"));
        assert_eq!(of((0, 0, 0)), None, "who owes nothing has no share");
        let words = reading((60, 3, 1), days).unwrap().origin.words.zh;
        assert!(words.contains("应报 60 份，按时 56 份（迟报 3，未报 1）"), "{words}");
    }
}
