//! A target as it comes into the ledger from a form.

use kernel::RegionCode;
use ledger::entries::{NewEntry, Source, effective_on};
use ledger::programmes::Outline;
use ledger::tables::indicators::Model as Indicator;
use ledger::words::{DateBasis, Measure};
use uuid::Uuid;

use crate::sheet::figure::ReadFigure;

/// The entry of a target that was typed in: at a place, for the place or one of its bodies, under the name that the form
/// shows.
pub(crate) fn target_entry(
    outline: &Outline,
    indicator: &Indicator,
    (region, organisation, name): (RegionCode, Option<Uuid>, String),
    figure: ReadFigure,
) -> NewEntry {
    let year = outline.programme.year;
    NewEntry {
        indicator: indicator.id,
        region,
        organisation,
        measure: Measure::Target,
        as_of: None,
        effective_on: effective_on(Measure::Target, None, (None, None), year),
        number: figure.number,
        qualifier: figure.qualifier,
        source: Some(Source {
            document: None,
            external_id: None,
            sequence: 0,
            place: name,
            year,
            label: indicator.name.clone(),
            raw: figure.raw,
            unit: indicator.unit.clone(),
            kind: indicator.kind.clone(),
            flow: "target".to_owned(),
            period_start: None,
            period_end: None,
            date_basis: DateBasis::Undated,
            parent: None,
            relation: None,
            area: String::new(),
            tie: false,
            breakdown: indicator.breakdown(),
            note: None,
            quote: None,
            reason: None,
            reason_text: None,
        }),
        supersedes: None,
        withdrawn: false,
    }
}
