//! Which entry counts: a pure function of the entries and the view.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::tables::entries;

/// From which side of time the ledger is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct View {
    /// Figures up to this cut-off; all when `None`.
    pub cut_off: Option<NaiveDate>,
    /// What was known at the end of this day; everything when `None`.
    pub known: Option<NaiveDate>,
}

impl View {
    /// Whether the ledger knew the entry by then.
    pub fn knows(&self, entry: &entries::Model) -> bool {
        self.known.is_none_or(|known| entry.recorded_on() <= known)
    }

    fn reaches(&self, entry: &entries::Model) -> bool {
        self.cut_off.is_none_or(|cut_off| entry.effective_on <= cut_off)
    }
}

/// What tells one series of figures from another.
pub type SeriesKey = (Uuid, i64, Option<Uuid>, i16);

/// Which entry of each series is shown: [`counting`] or [`counting_or_first`].
pub type Choice = fn(&[entries::Model], View) -> BTreeMap<SeriesKey, &entries::Model>;

/// The key of an entry's series: indicator, place, body, measure.
pub fn series_key(entry: &entries::Model) -> SeriesKey {
    (entry.indicator_id, entry.region, entry.organisation_id, entry.measure)
}

/// The entries that stand in `view`: known by then, neither superseded nor withdrawn by then. Order is kept.
pub fn standing(all: &[entries::Model], view: View) -> Vec<&entries::Model> {
    let superseded: std::collections::HashSet<Uuid> =
        all.iter().filter(|entry| view.knows(entry)).filter_map(|entry| entry.supersedes).collect();
    all.iter().filter(|entry| view.knows(entry) && !entry.withdrawn && !superseded.contains(&entry.id)).collect()
}

/// The one entry of each series that counts in `view`: the latest that stands and reaches it.
pub fn counting(all: &[entries::Model], view: View) -> BTreeMap<SeriesKey, &entries::Model> {
    let mut latest = BTreeMap::<SeriesKey, &entries::Model>::new();
    for entry in standing(all, view).into_iter().filter(|entry| view.reaches(entry)) {
        let slot = latest.entry(series_key(entry)).or_insert(entry);
        if (slot.effective_on, slot.id) < (entry.effective_on, entry.id) {
            *slot = entry;
        }
    }
    latest
}

/// What counts in `view` and, for a series that has nothing by the cut-off, its first entry behind it.
///
/// A page that opens at the programme's usual cut-off shows every published figure, each later one with its own day.
pub fn counting_or_first(all: &[entries::Model], view: View) -> BTreeMap<SeriesKey, &entries::Model> {
    let mut shown = counting(all, view);
    for entry in standing(all, view).into_iter().filter(|entry| !view.reaches(entry)) {
        let slot = shown.entry(series_key(entry)).or_insert(entry);
        if !view.reaches(slot) && (entry.effective_on, slot.id) < (slot.effective_on, entry.id) {
            *slot = entry;
        }
    }
    shown
}
