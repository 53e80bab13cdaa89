//! Whether parts agree with their wholes once a sheet is in: complete parts add up, partial ones do not exceed.
//!
//! A sheet may bring a part only, so what the ledger holds of the family counts as well.

use std::collections::{BTreeMap, HashMap, HashSet};

use figures::Decimal;
use kernel::Text;
use ledger::entries::View;
use ledger::programmes::Outline;
use ledger::rules::{BreakdownFault, check_breakdown};
use ledger::tables::{entries, indicators};
use ledger::words::{Breakdown, Kind, Measure, Relation};
use store::{Result, Tx, amount};
use uuid::Uuid;

use super::columns::Column;
use super::faults::Faults;
use super::import::{FigureKey, standing_by_key};

/// Parts and wholes of a programme with the values that will stand.
pub(super) struct Breakdowns {
    parts: BTreeMap<Uuid, Vec<Uuid>>,
    /// Value and row – 0 for a value that only the ledger has.
    values: HashMap<Uuid, BTreeMap<FigureKey, (Decimal, u32)>>,
}

impl Breakdowns {
    pub(super) fn of(outline: &Outline) -> Self {
        let mut parts = BTreeMap::<Uuid, Vec<Uuid>>::new();
        for part in outline.indicators.iter().filter(|row| row.relation() == Some(Relation::PartOf)) {
            let whole = part.parent_id.and_then(|id| outline.indicator_by_id(id));
            if let Some(whole) = whole.filter(|whole| adds_up(whole, part)) {
                parts.entry(whole.id).or_default().push(part.id);
            }
        }
        let values = parts.iter().flat_map(|(whole, parts)| parts.iter().chain([whole]));
        let values = values.map(|id| (*id, BTreeMap::new())).collect();
        Self { parts, values }
    }

    /// The indicators of all families that `touched` belong to.
    pub(super) fn families(&self, touched: &[Uuid]) -> HashSet<Uuid> {
        let touched: HashSet<_> = touched.iter().collect();
        let family = |(whole, parts): &(&Uuid, &Vec<Uuid>)| {
            touched.contains(whole) || parts.iter().any(|part| touched.contains(part))
        };
        let families = self.parts.iter().filter(family);
        families.flat_map(|(whole, parts)| parts.iter().chain([whole]).copied()).collect()
    }

    /// What the ledger holds of an indicator.
    pub(super) fn hold(&mut self, indicator: Uuid, held: &HashMap<FigureKey, &entries::Model>) {
        if let Some(values) = self.values.get_mut(&indicator) {
            values.extend(held.iter().filter_map(|(key, entry)| Some((*key, (amount::from_stored(entry.value?), 0)))));
        }
    }

    /// What the sheet says of it.
    pub(super) fn tell(&mut self, indicator: Uuid, key: FigureKey, value: Option<Decimal>, row: u32) {
        if let Some(values) = self.values.get_mut(&indicator) {
            match value {
                Some(value) => values.insert(key, (value, row)),
                None => values.remove(&key),
            };
        }
    }

    /// Notes every whole of the sheet, or with a part in it, that its parts do not agree with.
    pub(super) fn check(&self, outline: &Outline, faults: &mut Faults) {
        for (whole, parts) in &self.parts {
            let Some(row) = outline.indicator_by_id(*whole) else { continue };
            for (key, (value, at)) in &self.values[whole] {
                let found: Vec<_> = parts.iter().filter_map(|part| self.values[part].get(key)).collect();
                let told = found.iter().map(|(_, row)| *row).chain([*at]).max().unwrap_or(0);
                if told == 0 || found.is_empty() {
                    continue;
                }
                let values: Vec<_> = found.iter().map(|(value, _)| *value).collect();
                let all_there = values.len() == parts.len();
                let breakdown = row.breakdown().filter(|_| all_there).unwrap_or(Breakdown::Partial);
                if let Err(fault) = check_breakdown(*value, &values, breakdown) {
                    let column = if key.2 == Measure::Target.number() { Column::Target } else { Column::Actual };
                    let at = if *at > 0 { *at } else { told };
                    faults.add(at, Some(column), message(&row.name, fault, *value, values.iter().sum()));
                }
            }
        }
    }
}

/// What is wrong with the families of an indicator after a write, if parts have outgrown a whole.
///
/// Complete parts that do not add up yet are let pass: figures of a family are corrected one after the other.
///
/// # Errors
/// When the database fails.
pub(crate) async fn parts_exceed(tx: &Tx, outline: &Outline, indicator: Uuid) -> Result<Option<Text>> {
    let mut breakdowns = Breakdowns::of(outline);
    let family: Vec<Uuid> = breakdowns.families(&[indicator]).into_iter().collect();
    if family.is_empty() {
        return Ok(None);
    }
    let held = ledger::entries::of_indicators(tx.on(), &family).await?;
    let standing = ledger::entries::standing(&held, View::default());
    for id in &family {
        let own = standing.iter().copied().filter(|entry| entry.indicator_id == *id);
        breakdowns.hold(*id, &standing_by_key(own));
    }
    for (whole, parts) in breakdowns.parts.iter().filter(|(whole, _)| family.contains(whole)) {
        let Some(row) = outline.indicator_by_id(*whole) else { continue };
        for (key, (value, _)) in &breakdowns.values[whole] {
            let values: Vec<_> =
                parts.iter().filter_map(|part| breakdowns.values[part].get(key)).map(|v| v.0).collect();
            if let Err(fault @ BreakdownFault::Exceeds(_)) = check_breakdown(*value, &values, Breakdown::Partial) {
                return Ok(Some(message(&row.name, fault, *value, values.iter().sum())));
            }
        }
    }
    Ok(None)
}

/// Whether a part's values can be added to make the whole's.
fn adds_up(whole: &indicators::Model, part: &indicators::Model) -> bool {
    whole.kind().is_additive()
        && whole.kind() != Kind::Boolean
        && part.kind() == whole.kind()
        && part.unit == whole.unit
}

fn message(name: &str, fault: BreakdownFault, whole: Decimal, sum: Decimal) -> Text {
    let (whole, sum) = (figures::print_grouped(whole), figures::print_grouped(sum));
    match fault {
        BreakdownFault::Exceeds(_) => Text::new(
            format!("指标“{name}”的分项之和 {sum} 超过总数 {whole}：请核对总数或分项"),
            format!("the parts of “{name}” add up to {sum}, more than the whole {whole}"),
        ),
        BreakdownFault::DoesNotAddUp(_) => Text::new(
            format!(
                "指标“{name}”的分项之和 {sum} 与总数 {whole} 不符，完整分项应当相等：请核对，或把分项性质改为“部分”"
            ),
            format!("the parts of “{name}” add up to {sum} and should make the whole {whole}"),
        ),
    }
}
