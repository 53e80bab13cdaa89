//! Percentages against the figures they are quotients of, and means against their members.

use figures::relations::{Verdict, mean, numerators, ratio};
use figures::{Decimal, Interval, Number};

use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Belonging, Finding, Kind};
use crate::lexicon::lexicon;
use crate::phrases::likeness;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    for (index, finding) in reading.findings.iter().enumerate() {
        if finding.kind == Kind::Percent {
            if let Some(relation) = of_its_parts(reading, index).or_else(|| of_a_count(reading, index)) {
                found.push(relation);
            }
            if let Some(relation) = attainable(reading, index, finding) {
                found.push(relation);
            }
        }
    }
}

/// A share with a numerator: “占年度计划7.5亿元的91.3%”, “其中…1072个，占比80%”, “使用资金22.47亿元，使用进度56.0%”.
fn of_its_parts(reading: &Reading<'_>, index: usize) -> Option<Relation> {
    let findings = reading.findings;
    let share = &findings[index];
    let parent = share.parent.filter(|_| share.relation == Some(Belonging::RatioOf))?;
    let judged = |numerator: usize, denominator: usize| {
        (denominator, ratio(findings[numerator].number, findings[denominator].number, share.number))
    };
    // The denominator is printed between the numerator and the share.
    let clause = reading.before(share);
    if !lexicon().relations.quotients.stand_in(clause) {
        return None;
    }
    let (numerator, certain) = if clause.starts_with('占') && clause.contains('的') && parent > 0 && parent + 1 == index
    {
        (parent - 1, Some(parent))
    } else {
        let whole = findings[parent].parent.filter(|_| findings[parent].relation == Some(Belonging::PartOf));
        (parent, whole.filter(|_| clause.contains('占')))
    };
    let fits = |candidate: &usize| {
        let other = &findings[*candidate];
        *candidate != numerator
            && *candidate != index
            && other.unit == findings[numerator].unit
            && other.number.value > Decimal::ZERO
            && other.number.value >= findings[numerator].number.value
    };
    let (denominator, judgement) = match certain
        .filter(|denominator| findings[*denominator].unit == findings[numerator].unit)
    {
        Some(denominator) => judged(numerator, denominator),
        None => {
            let mut candidates: Vec<usize> = (index.saturating_sub(30)..index).filter(fits).collect();
            reading.worked(30);
            let alike = |candidate: &usize| likeness(&findings[*candidate].indicator, &findings[numerator].indicator);
            candidates.sort_by(|one, other| alike(other).total_cmp(&alike(one)));
            let agreeing = candidates
                .iter()
                .map(|candidate| judged(numerator, *candidate))
                .find(|(_, judgement)| judgement.verdict.agrees());
            agreeing?
        }
    };
    let (part, whole, share) = (reading.shown(numerator), reading.shown(denominator), reading.shown(index));
    let statement = Statement::arithmetic(format!("{part} ÷ {whole} = {share}"));
    Some(reading.relation(RelationKind::Share, judgement, &[numerator, denominator, index], statement))
}

/// A rate behind a count, as in “调解6682起，成功率97.5%”: some whole number must print as that rate.
fn of_a_count(reading: &Reading<'_>, index: usize) -> Option<Relation> {
    let rate = &reading.findings[index];
    let count = index.checked_sub(1)?;
    let counted = &reading.findings[count];
    let fits = matches!(counted.kind, Kind::Count | Kind::People)
        && counted.number.precision.is_exact()
        && reading.same_sentence(counted, rate)
        && !reading.between(counted, rate).contains(['；', '、'])
        && reading.before(rate).contains('率')
        && rate.number.value < Decimal::ONE_HUNDRED;
    let numerators = fits.then(|| numerators(rate.number, counted.number))??;
    let (all, printed) = (reading.shown(count), reading.shown(index));
    let statement = Statement::arithmetic(format!("{all} × {printed} = {}～{}", numerators.low, numerators.high));
    let judgement = ratio(Number::exact(numerators.low), counted.number, rate.number);
    let mut relation = reading.relation(RelationKind::Share, judgement, &[count, index], statement);
    if relation.verdict.agrees() {
        relation.verdict = Verdict::Rounds;
    }
    Some(relation)
}

/// More parts than this are not looked through for a mean.
const LONGEST_LIST: usize = 40;

/// A printed mean progress of so many members, some of them done and some above a bound.
fn attainable(reading: &Reading<'_>, index: usize, printed: &Finding) -> Option<Relation> {
    if !printed.indicator.contains("平均") {
        return None;
    }
    let members = |finding: &Finding| {
        u32::try_from(finding.number.value.mantissa()).ok().filter(|_| finding.number.value.scale() == 0)
    };
    let findings = reading.findings;
    let whole = *reading.wholes.get(&printed.context.line)?;
    // A list longer than this is none that a mean was told of.
    let parts = reading.parts.get(&whole).filter(|parts| parts.len() <= LONGEST_LIST)?;
    reading.worked(parts.len());
    let total = members(&findings[whole])?;
    let hundred = Interval::exactly(Decimal::ONE_HUNDRED);
    let mut groups: Vec<(u32, Interval)> = Vec::new();
    let mut used = vec![index, whole];
    for part in parts.iter().copied() {
        let finding = &findings[part];
        let bound =
            findings.get(part + 1).filter(|next| next.kind == Kind::Percent && reading.same_sentence(finding, next));
        let bounds = match bound {
            Some(bound) => Interval::between(bound.number.value, Decimal::ONE_HUNDRED),
            None => hundred,
        };
        groups.push((members(finding)?, bounds));
        used.push(part);
    }
    let named: u32 = groups.iter().map(|(count, _)| *count).sum();
    groups.push((total.checked_sub(named)?, Interval::between(Decimal::ZERO, Decimal::ONE_HUNDRED)));
    let judgement = mean(&groups, printed.number);
    let (all, average) = (reading.shown(whole), reading.shown(index));
    let statement = Statement::new(
        format!("{all}的平均数{average}可以达到"),
        format!("a mean of {average} over {all} can be reached"),
    );
    Some(reading.relation(RelationKind::Mean, judgement, &used, statement))
}
