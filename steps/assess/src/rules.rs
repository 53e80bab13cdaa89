//! The assessment itself: from a scheme and inputs to scores. Pure, so that a kept score can be computed again.

use std::cmp::Reverse;

use figures::round;
use kernel::rule_set::{RankingRule, Ties};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use watch::rules::ranks::rank;

use crate::readings::{Inputs, Known, Reading};
use crate::scheme::{Component, Scheme, Veto};
use crate::words::{Class, Missing, SubjectKind, VetoEffect};

/// What the engine means by its formulas. Raised when the same scheme and inputs would give other points.
pub const ENGINE: u32 = 1;

/// The scores of all subjects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// See [`ENGINE`].
    pub engine: u32,
    /// One table for places, one for bodies; each best first.
    pub tables: Vec<Table>,
}

/// The scores of subjects that are compared with each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What they are.
    pub kind: SubjectKind,
    /// Ranked ones first, in the order of their rank; then those without a rank.
    pub rows: Vec<Score>,
}

/// The score of one subject with its parts, which add up to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// The subject's key.
    pub subject: String,
    /// One part for each component of the scheme, in its order.
    pub parts: Vec<Part>,
    /// What the limits of the scheme took away or gave back, so that the parts and this add up to the total.
    pub limited: Decimal,
    /// The sum of what is known.
    pub total: Decimal,
    /// Inputs that a component needs and that were not given; the score is open while there are any.
    pub open: Vec<String>,
    /// Vetoes that hold.
    pub vetoes: Vec<String>,
    /// The place by standard competition ranking; none while the score is open, and for whoever a veto keeps out.
    pub rank: Option<u32>,
    /// Whether others share it.
    pub tie: bool,
}

/// The points of one component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The component.
    pub component: String,
    /// What the formula gives, rounded to the places of the scheme; none while an input is missing.
    pub formula: Option<Decimal>,
    /// What counts, within the bounds of the component.
    pub points: Option<Decimal>,
}

impl Scores {
    /// The score of a subject.
    pub fn of(&self, subject: &str) -> Option<&Score> {
        self.tables.iter().flat_map(|table| &table.rows).find(|row| row.subject == subject)
    }
}

impl Score {
    /// The points of the components of one class.
    pub fn sum_of(&self, scheme: &Scheme, class: Class) -> Decimal {
        let of_class = scheme.components.iter().filter(|component| component.class == class);
        of_class.filter_map(|component| self.part(&component.code)?.points).sum()
    }

    /// The part of a component.
    pub fn part(&self, component: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.component == component)
    }
}

/// Scores every subject that the scheme is for, and ranks those of a kind among each other.
pub fn score(scheme: &Scheme, inputs: &Inputs) -> Scores {
    let table = |kind: &SubjectKind| {
        let own = inputs.subjects.iter().filter(|known| known.subject.kind == *kind);
        Table { kind: *kind, rows: ranked(own.map(|known| score_one(scheme, known)).collect(), scheme) }
    };
    Scores {
        engine: ENGINE,
        tables: scheme.subjects.iter().map(table).filter(|table| !table.rows.is_empty()).collect(),
    }
}

/// The readings of a component's inputs, or the inputs that were not given.
pub fn readings<'a>(scheme: &Scheme, component: &Component, known: &'a Known) -> Result<Vec<&'a Reading>, Vec<String>> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    for code in &component.inputs {
        let nothing = scheme.input(code).is_some_and(|input| input.missing == Missing::Nothing);
        match known.inputs.get(code) {
            Some(readings) => found.extend(readings),
            None if nothing => {}
            None => open.push(code.clone()),
        }
    }
    if open.is_empty() { Ok(found) } else { Err(open) }
}

fn score_one(scheme: &Scheme, known: &Known) -> Score {
    let (mut parts, mut open) = (Vec::<Part>::new(), Vec::new());
    for component in &scheme.components {
        let readings = readings(scheme, component, known);
        let formula = match &readings {
            Ok(readings) => {
                let of_others = |code: &str| parts.iter().find(|part| part.component == code)?.points;
                component.formula.points(component.weight.as_deref().copied(), readings, of_others)
            }
            Err(_) => None,
        };
        match readings {
            Err(missing) => open.extend(missing),
            // All inputs were asked for and there is nothing to go by: as open as one that was not given.
            Ok(_) if formula.is_none() => open.extend(component.inputs.iter().cloned()),
            Ok(_) => {}
        }
        let formula = formula.map(|points| round(points, scheme.places).normalize());
        parts.push(Part {
            component: component.code.clone(),
            formula,
            points: formula.map(|points| component.bounded(points)),
        });
    }
    open.sort();
    open.dedup();
    let vetoes: Vec<&Veto> = scheme.vetoes.iter().filter(|veto| holds(veto, known)).collect();
    let sum: Decimal = parts.iter().filter_map(|part| part.points).sum();
    let within = limited(scheme, &parts);
    let total = if vetoes.iter().any(|veto| veto.effect == VetoEffect::Zero) { Decimal::ZERO } else { within };
    Score {
        subject: known.subject.key(),
        limited: (total - sum).normalize(),
        total: total.normalize(),
        parts,
        open,
        vetoes: vetoes.into_iter().map(|veto| veto.code.clone()).collect(),
        rank: None,
        tie: false,
    }
}

/// Whether anybody said that what the veto is about has happened.
fn holds(veto: &Veto, known: &Known) -> bool {
    known.inputs.get(&veto.input).is_some_and(|readings| readings.iter().any(|reading| !reading.value.is_zero()))
}

/// The sum of the parts within the limits of the scheme: additions, then deductions, then the whole.
fn limited(scheme: &Scheme, parts: &[Part]) -> Decimal {
    let (mut base, mut more, mut less) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for (component, part) in scheme.components.iter().zip(parts) {
        let points = part.points.unwrap_or_default();
        match component.class {
            Class::Base => base += points,
            Class::Extra if points > Decimal::ZERO => more += points,
            Class::Extra => less += points,
        }
    }
    let limits = &scheme.limits;
    if let Some(most) = limits.additions_at_most {
        more = more.min(*most);
    }
    if let Some(most) = limits.deductions_at_most {
        less = less.max(-*most);
    }
    let mut total = base + more + less;
    if let Some(most) = limits.total_at_most {
        total = total.min(*most);
    }
    if let Some(least) = limits.total_at_least {
        total = total.max(*least);
    }
    total
}

/// Puts rows in order and gives each its place.
fn ranked(mut rows: Vec<Score>, scheme: &Scheme) -> Vec<Score> {
    let unranked = |row: &Score| {
        let kept_out = |code: &String| scheme.veto(code).is_some_and(|veto| veto.effect == VetoEffect::Unranked);
        !row.open.is_empty() || row.vetoes.iter().any(kept_out)
    };
    let totals: Vec<Option<Decimal>> = rows.iter().map(|row| (!unranked(row)).then_some(row.total)).collect();
    let standard = RankingRule { ties: Ties::Standard, places: u32::from(scheme.places) };
    for (row, rank) in rows.iter_mut().zip(rank(&totals, &standard)) {
        row.rank = rank.and_then(|rank| u32::try_from(rank.place).ok());
        row.tie = rank.is_some_and(|rank| rank.tied);
    }
    rows.sort_by(|a, b| {
        let key = |row: &Score| (row.rank.is_none(), Reverse(row.total));
        key(a).cmp(&key(b)).then_with(|| a.subject.cmp(&b.subject))
    });
    rows
}

#[cfg(test)]
mod tests;
