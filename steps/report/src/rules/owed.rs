//! Who owes what: shares become returns, one for each project, place and body.

use std::collections::BTreeMap;

use figures::Decimal;
use kernel::RegionCode;
use ledger::allocations::Share;
use ledger::programmes::Outline;
use ledger::words::Relation;
use uuid::Uuid;

/// One line of a return that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedLine {
    /// The indicator.
    pub indicator: Uuid,
    /// The share is the body's own.
    pub by_body: bool,
    /// The share itself; none for a part that has none of its own.
    pub target: Option<Decimal>,
}

/// A return that is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The body.
    pub organisation: Uuid,
    /// Its lines in the order of the programme's indicators.
    pub lines: Vec<OwedLine>,
}

/// The returns that follow from `shares`, and the shares that nobody answers for.
///
/// A part (其中) of an indicator is reported with it, whether or not it has a share of its own. `lead` tells the body that
/// answers for an indicator of a project at a place.
pub fn returns_of(
    outline: &Outline,
    shares: &[Share],
    lead: impl Fn(Uuid, Uuid, RegionCode) -> Option<Uuid>,
) -> (Vec<Owed>, Vec<Share>) {
    let mut owed = BTreeMap::<(Uuid, RegionCode, Uuid), BTreeMap<i32, OwedLine>>::new();
    let mut without_body = Vec::new();
    for share in shares {
        let Some(indicator) = outline.indicator_by_id(share.indicator) else { continue };
        let body = share.organisation.or_else(|| lead(indicator.project_id, indicator.id, share.region));
        let Some(body) = body else {
            without_body.push(share.clone());
            continue;
        };
        let lines = owed.entry((indicator.project_id, share.region, body)).or_default();
        let by_body = share.organisation.is_some();
        let line = OwedLine { indicator: indicator.id, by_body, target: Some(share.target.value) };
        lines.insert(indicator.number, line);
        for part in parts_below(outline, indicator.id) {
            let line = OwedLine { indicator: part.0, by_body, target: None };
            lines.entry(part.1).or_insert(line);
        }
    }
    let owed = owed
        .into_iter()
        .map(|((project, region, organisation), lines)| Owed {
            project,
            region,
            organisation,
            lines: lines.into_values().collect(),
        })
        .collect();
    (owed, without_body)
}

/// The parts of an indicator that add up with it, and their parts: key and number.
fn parts_below(outline: &Outline, whole: Uuid) -> Vec<(Uuid, i32)> {
    let mut found = Vec::new();
    let mut wholes = vec![whole];
    while let Some(whole) = wholes.pop() {
        let parts = outline
            .indicators
            .iter()
            .filter(|row| row.parent_id == Some(whole) && row.relation() == Some(Relation::PartOf) && row.id != whole);
        for part in parts {
            // A tree never names the same part twice; a broken one must not hang.
            if found.iter().all(|(id, _)| *id != part.id) {
                found.push((part.id, part.number));
                wholes.push(part.id);
            }
        }
    }
    found
}
