//! Growth, differences in points, and progress against schedule.

use chrono::{Datelike, NaiveDate};
use figures::relations::{Judgement, Verdict, growth, growth_base, points};
use figures::{Decimal, Number, Precision, round};

use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Belonging, Flow, Kind};
use crate::lexicon::lexicon;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    for (index, finding) in reading.findings.iter().enumerate() {
        if finding.relation == Some(Belonging::Before)
            && let Some(after) = finding.parent
        {
            found.push(from_to(reading, index, after));
        }
        if finding.flow != Flow::Change {
            continue;
        }
        let Some(parent) = finding.parent.filter(|_| finding.relation == Some(Belonging::YoyOf)) else { continue };
        let clause = reading.before(finding);
        let scheduled = lexicon().relations.schedule.stand_in(clause);
        if scheduled && finding.unit.contains("百分点") {
            found.push(schedule(reading, index, parent));
        } else if finding.unit == "%" && !already_from_to(reading, parent) {
            found.push(before(reading, index, parent));
        }
    }
}

/// Ahead of schedule: the share less months ÷ 12.
fn schedule(reading: &Reading<'_>, index: usize, parent: usize) -> Relation {
    let (ahead, share) = (&reading.findings[index], &reading.findings[parent]);
    let judgement =
        ahead.as_of.or(share.as_of).and_then(share_of_year).map(|due| points(share.number, due, ahead.number));
    let due = ahead.as_of.or(share.as_of).and_then(share_of_year);
    let (share, ahead) = (reading.shown(parent), reading.shown(index));
    let statement = match due {
        Some(due) => Statement::arithmetic(format!("{share} − {}% = {ahead}", round(due.value, 2).normalize())),
        None => Statement::new(
            format!("{share} − 序时进度（未注明截至日） = {ahead}"),
            format!("{share} − schedule (no cut-off is printed) = {ahead}"),
        ),
    };
    reading.relation(RelationKind::Schedule, judgement.unwrap_or(UNDECIDED), &[parent, index], statement)
}

const UNDECIDED: Judgement = Judgement { verdict: Verdict::Undecidable, recomputed: None, difference: None };

/// The share of the year that is over at the end of a month, in percent; full months count.
fn share_of_year(day: NaiveDate) -> Option<Number> {
    let full = if day.succ_opt()?.month() == day.month() { day.month() - 1 } else { day.month() };
    let share = Decimal::from(full).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(12))?;
    Some(Number { value: round(share, 6).normalize(), precision: Precision::EXACT })
}

/// Whether a figure is told together with what it was before: 由A提高到B.
fn already_from_to(reading: &Reading<'_>, parent: usize) -> bool {
    let before = parent.checked_sub(1).map(|before| &reading.findings[before]);
    before.is_some_and(|before| before.relation == Some(Belonging::Before) && before.parent == Some(parent))
}

/// A growth without the base: what it must have been, for readers who want to look it up.
fn before(reading: &Reading<'_>, index: usize, parent: usize) -> Relation {
    let (rate, current) = (&reading.findings[index], &reading.findings[parent]);
    let base = growth_base(current.number, rate.number)
        .filter(|_| current.kind != Kind::Percent && current.kind != Kind::Rank);
    let judgement = Judgement { recomputed: base.map(|(base, _)| round(base, 2).normalize()), ..UNDECIDED };
    let statement = match judgement.recomputed {
        Some(base) => {
            let (now, rate) = (reading.shown(parent), reading.shown(index));
            Statement::new(
                format!("{now}，{rate}：此前约 {base}，文中未印"),
                format!("{now}, {rate}: about {base} before, which is not printed"),
            )
        }
        None => {
            let rate = reading.shown(index);
            Statement::new(format!("{rate}：此前数文中未印"), format!("{rate}: the figure before is not printed"))
        }
    };
    reading.relation(RelationKind::Growth, judgement, &[parent, index], statement)
}

/// 由A提高到B, with or without the printed difference or growth.
fn from_to(reading: &Reading<'_>, before: usize, after: usize) -> Relation {
    let findings = reading.findings;
    let printed = (after + 1..(after + 3).min(findings.len())).find(|index| {
        findings[*index].flow == Flow::Change
            && findings[*index].parent == Some(after)
            && reading.same_sentence(&findings[after], &findings[*index])
    });
    let (a, b) = (findings[before].number, findings[after].number);
    match printed {
        Some(index) => {
            let change = findings[index].number;
            let kind =
                if findings[index].unit.contains("百分点") { RelationKind::Points } else { RelationKind::Growth };
            let judgement = if kind == RelationKind::Points { points(b, a, change) } else { growth(a, b, change) };
            let (a, b, change) = (reading.shown(before), reading.shown(after), reading.shown(index));
            let statement = Statement::arithmetic(format!("{a} → {b}：{change}"));
            reading.relation(kind, judgement, &[before, after, index], statement)
        }
        None => {
            let difference = b.value.checked_sub(a.value).map(|difference| difference.normalize());
            let judgement = Judgement { recomputed: difference, ..UNDECIDED };
            let unit = if findings[after].unit == "%" { "个百分点" } else { findings[after].unit.as_str() };
            let shown = difference.map_or(String::new(), |difference| difference.to_string());
            let (a, b) = (reading.shown(before), reading.shown(after));
            let statement = Statement::new(
                format!("{a} → {b}：相差 {shown}{unit}，文中未印"),
                format!("{a} → {b}: a difference of {shown}{unit}, which is not printed"),
            );
            let kind = if findings[after].unit == "%" { RelationKind::Points } else { RelationKind::Growth };
            reading.relation(kind, judgement, &[before, after], statement)
        }
    }
}
