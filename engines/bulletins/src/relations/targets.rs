//! Claims that a target was reached or passed: 超额完成, 达成, 时间过半任务过半.

use std::sync::OnceLock;

use figures::relations::{Judgement, Verdict, over_target, reaches_target};
use figures::{Decimal, Number};
use regex::Regex;

use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Belonging, Finding, Flow, Kind};
use crate::lexicon::lexicon;
use crate::phrases::likeness;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let mut claimed: Vec<usize> = Vec::new();
    for (index, target) in reading.findings.iter().enumerate() {
        if target.flow != Flow::Target {
            continue;
        }
        let sentence = reading.sentence(target);
        let over = sentence.contains("超额");
        let reached = over || lexicon().relations.reached.stand_in(sentence);
        if !reached {
            continue;
        }
        let quoted = target.relation == Some(Belonging::TargetFor);
        let Some(actual) = target.parent.filter(|_| quoted).or_else(|| actual_of(reading, index)) else {
            if over || sentence.contains("达成") {
                let aim = reading.shown(index);
                let statement = Statement::new(
                    format!("目标{aim}：完成数文中未印"),
                    format!("target {aim}: what was done is not printed"),
                );
                found.push(reading.relation(RelationKind::Target, UNDECIDED, &[index], statement));
            }
            continue;
        };
        let (done, aim) = (reading.findings[actual].number, target.number);
        let judgement = if over { over_target(done, aim) } else { reaches_target(done, aim) };
        let sign = if over { "＞" } else { "≥" };
        let (reached, asked) = (reading.shown(actual), reading.shown(index));
        let statement =
            Statement::new(format!("{reached} {sign} 目标{asked}"), format!("{reached} {sign} target {asked}"));
        // Without 超额 a figure below its target is progress, not a slip.
        if over || quoted || judgement.verdict == Verdict::Holds {
            claimed.push(actual);
            found.push(reading.relation(RelationKind::Target, judgement, &[actual, index], statement));
        }
    }
    without_target(reading, &claimed, found);
    halves(reading, found);
}

const UNDECIDED: Judgement = Judgement { verdict: Verdict::Undecidable, recomputed: None, difference: None };

/// The figure that a target in the same sentence is for: same unit, done, and standing before it.
fn actual_of(reading: &Reading<'_>, index: usize) -> Option<usize> {
    let target = &reading.findings[index];
    (0..index).rev().take(4).find(|actual| {
        let done = &reading.findings[*actual];
        done.flow != Flow::Target
            && done.flow != Flow::Change
            && done.unit == target.unit
            && reading.same_sentence(done, target)
    })
}

/// 超额完成 in a sentence that prints no target.
fn without_target(reading: &Reading<'_>, claimed: &[usize], found: &mut Vec<Relation>) {
    for (index, finding) in reading.findings.iter().enumerate() {
        let rest = reading.clean.text.get(finding.context.end..).unwrap_or_default();
        let claims =
            rest.strip_prefix('，').unwrap_or(rest).trim_start_matches(['已', '均', '全']).starts_with("超额完成");
        let near = claimed.iter().any(|other| reading.same_sentence(&reading.findings[*other], finding));
        if claims && !near && finding.flow != Flow::Target {
            let done = reading.shown(index);
            let statement = Statement::new(
                format!("{done}：超额完成，原定目标文中未印"),
                format!("{done}: more than the target, which is not printed"),
            );
            found.push(reading.relation(RelationKind::Target, UNDECIDED, &[index], statement));
        }
    }
}

/// 时间过半、任务过半: the mean progress and the use of funds are above 50%.
fn halves(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    static SLOGAN: OnceLock<Regex> = OnceLock::new();
    let slogan = SLOGAN
        .get_or_init(|| Regex::new("时间过半[、，]?(?:实现)?任务(?:完成)?(?:超)?过半").expect("tried by the tests"));
    let Some(place) = slogan.find(&reading.clean.text) else { return };
    let progress = |finding: &Finding| {
        finding.kind == Kind::Percent && finding.flow == Flow::Stock && finding.indicator.contains("进度")
    };
    let indices: Vec<usize> =
        (0..reading.findings.len()).filter(|index| progress(&reading.findings[*index])).take(6).collect();
    let half = Number::from(50);
    let least = indices.iter().map(|index| reading.findings[*index].number).min_by_key(|number| number.value);
    let judgement = least.map_or(UNDECIDED, |least| over_target(least, half));
    let judgement = Judgement {
        recomputed: least.map(|least| least.value),
        difference: least.and_then(|least| least.value.checked_sub(Decimal::from(50))),
        ..judgement
    };
    let shown: Vec<String> = indices.iter().map(|index| reading.shown(*index)).collect();
    let statement = if shown.is_empty() {
        Statement::new("时间过半、任务过半：进度文中未印", "half the time, half the work: no progress is printed")
    } else {
        Statement::new(
            format!("时间过半、任务过半：{} ＞ 50%", shown.join("、")),
            format!("half the time, half the work: {} > 50%", shown.join(", ")),
        )
    };
    let mut relation = reading.relation(RelationKind::Target, judgement, &indices, statement);
    relation.spans.insert(0, reading.clean.span(place.start(), place.end()));
    found.push(relation);
}

/// Whether two indicators speak of one thing.
pub(super) fn alike(one: &Finding, other: &Finding) -> bool {
    one.unit == other.unit && likeness(&one.indicator, &other.indicator) >= 0.5
}
