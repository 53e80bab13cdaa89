//! What counts for a place, indicator by indicator: its own figure, or the sum below it.

use std::collections::HashMap;

use figures::{Number, Precision, Qualifier};
use kernel::RegionCode;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::board::{Basis, Shown};
use crate::entries::{self, Choice, View};
use crate::rollup;
use crate::tables::{entries as entry_rows, entry_sources, indicators, programmes};
use crate::words::Measure;

/// The figures that count for one place in one view.
pub struct Current {
    own: HashMap<(Uuid, Measure), Shown>,
    sums: HashMap<(Uuid, Measure), Shown>,
}

impl Current {
    /// The figures of these indicators of `programme` at its own place, in three queries; where that has none, those
    /// of the places above it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<C: ConnectionTrait>(
        on: &C,
        programme: &programmes::Model,
        indicators: &[indicators::Model],
        view: View,
        choose: Choice,
    ) -> Result<Self> {
        let Some(home) = RegionCode::from_stored(programme.region) else {
            return Ok(Self { own: HashMap::new(), sums: HashMap::new() });
        };
        let places: Vec<_> = home.lineage().collect();
        Self::read(on, (programme, indicators), (home, &places), view, choose).await
    }

    /// The figures of these indicators of `programme` at a place below its own, in three queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load_at<C: ConnectionTrait>(
        on: &C,
        programme: &programmes::Model,
        indicators: &[indicators::Model],
        place: RegionCode,
        view: View,
    ) -> Result<Self> {
        Self::read(on, (programme, indicators), (place, &[place]), view, entries::counting).await
    }

    async fn read<C: ConnectionTrait>(
        on: &C,
        (programme, indicators): (&programmes::Model, &[indicators::Model]),
        (home, places): (RegionCode, &[RegionCode]),
        view: View,
        choose: Choice,
    ) -> Result<Self> {
        let units: HashMap<_, _> = indicators.iter().map(|row| (row.id, row.unit.as_str())).collect();
        let unit = |indicator: &Uuid| units.get(indicator).map_or_else(String::new, |unit| (*unit).to_owned());
        let ids: Vec<_> = indicators.iter().map(|row| row.id).collect();
        let rows = entries::at_places(on, programme.id, &ids, places).await?;
        // What a body did is part of a sum, never the figure of the place.
        let counted: Vec<_> =
            choose(&rows, view).into_values().filter(|entry| entry.organisation_id.is_none()).collect();
        let mut sources = entries::sources_of(on, &counted.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
        let mut own = HashMap::<(Uuid, Measure), Shown>::new();
        for entry in counted {
            let key = (entry.indicator_id, Measure::from_number(entry.measure));
            let shown = shown(entry, sources.remove(&entry.id), unit(&entry.indicator_id), home);
            // The programme's own place comes before the places above it.
            if shown.elsewhere.is_none() || !own.contains_key(&key) {
                own.insert(key, shown);
            }
        }
        let sums = rollup::at_place(on, programme.id, home, view).await?;
        let sums = sums
            .into_iter()
            .filter(|sum| units.contains_key(&sum.indicator))
            .map(|sum| ((sum.indicator, sum.measure), summed(&sum, unit(&sum.indicator))))
            .collect();
        Ok(Self { own, sums })
    }

    /// What counts: the own figure, or the sum below it when that is newer or the only one; and the other of the two.
    pub fn of(&self, indicator: Uuid, measure: Measure) -> (Option<Shown>, Option<Shown>) {
        let own = self.own.get(&(indicator, measure)).cloned();
        let sum = self.sums.get(&(indicator, measure)).cloned();
        match (own, sum) {
            (Some(own), Some(sum)) if sum.as_of > own.as_of && measure == Measure::Actual => (Some(sum), Some(own)),
            (Some(own), sum) => (Some(own), sum),
            (None, sum) => (sum, None),
        }
    }
}

/// An entry as it is shown on a page of `home`.
pub fn shown(entry: &entry_rows::Model, source: Option<entry_sources::Model>, unit: String, home: RegionCode) -> Shown {
    let number = entry.number();
    let (raw, unit, tie, until, note) = match source {
        Some(source) => (source.raw, source.unit, source.tie, source.period_end, source.note),
        None => (number.map(|number| number.to_string()).unwrap_or_default(), unit, false, None, None),
    };
    Shown {
        entry: Some(entry.id),
        number,
        raw,
        qualifier: entry.qualifier(),
        unit,
        as_of: entry.as_of,
        until,
        basis: Basis::Published,
        places: 0,
        elsewhere: RegionCode::from_stored(entry.region).filter(|region| *region != home),
        tie,
        recorded_ms: entry.recorded_ms,
        note,
    }
}

/// A sum as it is shown.
pub fn summed(sum: &rollup::Sum, unit: String) -> Shown {
    let number = Number { value: sum.value, precision: Precision::of(sum.value) };
    Shown {
        entry: None,
        number: Some(number),
        raw: number.to_string(),
        qualifier: Qualifier::Exact,
        unit,
        as_of: Some(sum.as_of),
        until: None,
        basis: Basis::Derived,
        places: sum.places,
        elsewhere: None,
        tie: false,
        recorded_ms: 0,
        note: None,
    }
}
