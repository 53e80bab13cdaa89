//! What was recorded for an indicator at the programme's own place, and how its figure went over the cut-offs.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Schedule, ScheduleBasis};
use ledger::board::{Board, Row, Shown};
use ledger::current::{shown, summed};
use ledger::entries::{self, View, standing};
use ledger::rollup;
use ledger::tables::entries as entry_rows;
use ledger::words::{Measure, Reason};
use sea_orm::ConnectionTrait;
use store::Result;

/// The most cut-offs that a history of sums goes back.
const LONGEST_HISTORY: usize = 24;

/// All entries at the programme's own place, or above it where a programme quotes one; superseded ones included.
pub(crate) async fn known<C: ConnectionTrait>(on: &C, board: &Board, row: &Row) -> Result<Vec<Known>> {
    let home = board.outline.region();
    let places: Vec<_> = home.lineage().collect();
    let mut rows = entries::at_places(on, board.outline.programme.id, &[row.indicator.id], &places).await?;
    rows.retain(|entry| entry.organisation_id.is_none());
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut sources = entries::sources_of(on, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|entry| {
            let source = sources.remove(&entry.id);
            let reason = source.as_ref().and_then(|source| Reason::parse(source.reason.as_deref()?));
            let shown = shown(&entry, source, row.indicator.unit.clone(), home);
            Known { entry, shown, reason }
        })
        .collect())
}

/// An entry with the figure it holds.
pub(crate) struct Known {
    pub(crate) entry: entry_rows::Model,
    pub(crate) shown: Shown,
    pub(crate) reason: Option<Reason>,
}

/// The figure at one day.
pub(crate) struct Point {
    pub(crate) day: NaiveDate,
    pub(crate) shown: Shown,
    pub(crate) schedule: Schedule,
    pub(crate) progress: Option<Decimal>,
    /// What should have been done, in the unit of the figure.
    pub(crate) due: Option<Decimal>,
}

/// What stood at each day, oldest first: published figures, else what the places below added up to.
pub(crate) async fn points<C: ConnectionTrait>(on: &C, board: &Board, row: &Row, all: &[Known]) -> Result<Vec<Point>> {
    let view = View { cut_off: None, known: board.view.known };
    let rows: Vec<_> = all.iter().map(|known| known.entry.clone()).collect();
    let current: Vec<_> = standing(&rows, view).into_iter().map(|entry| entry.id).collect();
    let mut by_day = BTreeMap::new();
    for known in all {
        let counts = current.contains(&known.entry.id) && known.entry.measure == Measure::Actual.number();
        if let Some(day) = known.shown.day().filter(|_| counts) {
            by_day.insert(day, known.shown.clone());
        }
    }
    if by_day.is_empty() && row.actual.as_ref().is_some_and(|shown| shown.places > 0) {
        for day in board.cut_offs.iter().take(LONGEST_HISTORY) {
            let at = View { cut_off: Some(*day), ..view };
            let home = [board.outline.region()];
            let sums = rollup::of_indicator(on, board.outline.programme.id, row.indicator.id, &home, at).await?;
            if let Some(sum) = sums.iter().find(|sum| sum.measure == Measure::Actual && sum.as_of == *day) {
                by_day.insert(*day, summed(sum, row.indicator.unit.clone()));
            }
        }
    }
    let programme = &board.outline.programme;
    let basis = ScheduleBasis::parse(&programme.schedule_basis).unwrap_or_default();
    let target = row.target.as_ref().and_then(Shown::value);
    Ok(by_day
        .into_iter()
        .map(|(day, shown)| {
            let schedule = Schedule::at(day, programme.year, basis);
            let progress = shown
                .value()
                .zip(target)
                .and_then(|(actual, target)| ledger::rules::progress(actual, target, row.indicator.direction()));
            let due = target.and_then(|target| {
                Some(figures::round(target.checked_mul(schedule.percent)? / Decimal::ONE_HUNDRED, 1))
            });
            Point { day, shown, schedule, progress, due }
        })
        .collect())
}
