//! Breakdowns: parts that add up, or at least do not exceed their whole.

use figures::relations::{Verdict, at_most, sum};
use figures::{Decimal, Number};

use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Belonging, Flow};
use crate::phrases::likeness;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let findings = reading.findings;
    for (&whole, parts) in &reading.parts {
        reading.worked(parts.len());
        // Each sentence divides the whole anew.
        for parts in parts.chunk_by(|one, next| reading.same_sentence(&findings[*one], &findings[*next])) {
            found.push(list(reading, whole, parts));
        }
    }
    cumulative(reading, found);
}

/// The parts that one sentence lists.
fn list(reading: &Reading<'_>, whole: usize, parts: &[usize]) -> Relation {
    let findings = reading.findings;
    let numbers: Vec<Number> = parts.iter().map(|part| findings[*part].number).collect();
    let total = findings[whole].number;
    let complete = sum(&numbers, total, true);
    let must = must_add_up(reading, whole, parts, &numbers, total);
    let mut indices = vec![whole];
    indices.extend(parts);
    let shown: Vec<String> = parts.iter().map(|part| reading.shown(*part)).collect();
    if parts.len() > 1 && (complete.verdict.agrees() || must) {
        let statement = Statement::arithmetic(format!("{} = {}", shown.join(" + "), reading.shown(whole)));
        reading.relation(RelationKind::Sum, complete, &indices, statement)
    } else {
        let judgement = sum(&numbers, total, false);
        let statement = Statement::arithmetic(format!("{} ≤ {}", shown.join(" + "), reading.shown(whole)));
        reading.relation(RelationKind::Part, judgement, &indices, statement)
    }
}

/// Whether a list of parts claims to be complete: it does not end with 等, follows a word that divides the whole, and
/// has three parts or comes within a tenth of the whole.
fn must_add_up(reading: &Reading<'_>, whole: usize, parts: &[usize], numbers: &[Number], total: Number) -> bool {
    let findings = reading.findings;
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    let opening = reading.between(&findings[whole], &findings[*first]);
    reading.worked(opening.len());
    let divides = opening.contains("其中") || opening.contains("包括");
    let rest = reading.clean.text.get(findings[*last].context.end..).unwrap_or_default();
    let open = rest.starts_with('等');
    let added = numbers.iter().try_fold(Decimal::ZERO, |added, number| added.checked_add(number.value));
    let gap = added.and_then(|added| total.value.checked_sub(added)).map(|gap| gap.abs());
    let near = gap.zip(total.value.checked_div(Decimal::TEN)).is_some_and(|(gap, tenth)| gap <= tenth);
    divides && !open && (parts.len() >= 3 || near)
}

/// 累计: what came about in the year does not exceed what there is.
fn cumulative(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    for (index, finding) in reading.findings.iter().enumerate() {
        let stock = finding.flow == Flow::Stock && reading.before(finding).contains("累计");
        if !stock {
            continue;
        }
        let nearby = (index.saturating_sub(2)..(index + 3).min(reading.findings.len())).filter(|other| *other != index);
        for other in nearby {
            let part = &reading.findings[other];
            reading.worked(1);
            let told = part.parent == Some(index) && part.relation == Some(Belonging::PartOf);
            let alike = part.flow == Flow::New
                && !told
                && part.unit == finding.unit
                && reading.same_sentence(part, finding)
                && likeness(&part.indicator, &finding.indicator) >= 0.3;
            if alike {
                let judgement = at_most(part.number, finding.number);
                if judgement.verdict != Verdict::Fails {
                    let (part, total) = (reading.shown(other), reading.shown(index));
                    let statement =
                        Statement::new(format!("{part} ≤ 累计{total}"), format!("{part} ≤ {total} altogether"));
                    found.push(reading.relation(RelationKind::Part, judgement, &[other, index], statement));
                }
            }
        }
    }
}

impl Reading<'_> {
    /// The clause in front of a figure.
    pub(super) fn before(&self, finding: &crate::Finding) -> &str {
        let at = finding.context.start;
        let start = crate::candidates::clause_start(&self.clean.text, at);
        self.clean.text.get(start..at).unwrap_or_default()
    }
}
