//! Counts of one level of government against the places of that level that are named: 已建成7个县级中心，甲区、乙县中心在建.

use std::ops::Range;

use figures::relations::{Verdict, sum};
use figures::{Decimal, Number};

use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Finding, Flow, Kind};
use crate::lexicon::{Level, lexicon};

/// So many bytes behind a count are looked at.
const NEAR: usize = 600;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    for (index, finding) in reading.findings.iter().enumerate() {
        let counted = finding.kind == Kind::Count && finding.flow != Flow::Target && is_whole(finding);
        if counted && let Some((level, noun)) = levelled(reading, finding) {
            found.extend(completed(reading, index, level, noun));
        }
    }
}

fn is_whole(finding: &Finding) -> bool {
    finding.number.precision.is_exact() && finding.number.value.fract() == Decimal::ZERO
}

/// The level that a count is of, and what is counted: 7个县级|学生成长指导中心.
fn levelled<'a>(reading: &'a Reading<'_>, finding: &Finding) -> Option<(&'static Level, &'a str)> {
    let behind = reading.clean.text.get(finding.context.end..)?;
    let levels = &lexicon().relations.levels;
    let (level, word) =
        levels.iter().find_map(|level| Some((level, level.words.iter().find(|word| behind.starts_with(*word))?)))?;
    let noun = &behind[word.len()..];
    let end = noun.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(noun.len());
    (end > 0).then_some((level, &noun[..end]))
}

/// A count, the places named behind it for the same thing, and another count of that level that is both together.
///
/// Nothing is said where they do not meet: the text states no sum, and other things may be counted.
fn completed(reading: &Reading<'_>, index: usize, level: &'static Level, noun: &str) -> Option<Relation> {
    let finding = &reading.findings[index];
    let (named, places) = named_behind(reading, finding, level, noun)?;
    let parts = [finding.number, Number::from(named)];
    let later = reading.findings[index + 1..].iter().enumerate().take(8);
    let whole = later
        .map(|(offset, other)| (index + 1 + offset, other))
        .take_while(|(_, other)| other.context.line == finding.context.line)
        .filter(|(_, other)| other.kind == Kind::Count && is_whole(other))
        .find(|(_, other)| {
            levelled(reading, other).is_some_and(|(other, _)| std::ptr::eq(other, level))
                && sum(&parts, other.number, true).verdict.agrees()
        });
    let (whole, other) = whole?;
    let (counted, all) = (reading.shown(index), reading.shown(whole));
    let statement = Statement::new(
        format!("{counted} + 列名 {named} 地 = {all}（同为一级）"),
        format!("{counted} + {named} places by name = {all} (of one level)"),
    );
    let mut spans = vec![finding.phrase, reading.clean.span(places.start, places.end)];
    spans.push(other.phrase);
    Some(Relation {
        kind: RelationKind::Named,
        verdict: Verdict::Holds,
        statement,
        findings: vec![index, whole],
        spans,
        recomputed: finding.number.value.checked_add(Decimal::from(named)),
        difference: Some(Decimal::ZERO),
    })
}

/// How many places of a level are named in a clause behind a count, directly in front of what was counted.
fn named_behind(reading: &Reading<'_>, finding: &Finding, level: &Level, noun: &str) -> Option<(u32, Range<usize>)> {
    let text = reading.clean.text.as_str();
    let limit = (finding.context.end + NEAR).min(text.len());
    let limit = (limit..=text.len()).find(|at| text.is_char_boundary(*at))?;
    let behind = text.get(finding.context.end..limit)?;
    let behind = &behind[..behind.find(['。', '\n']).unwrap_or(behind.len())];
    reading.worked(behind.len());
    // What is counted may be named with words behind it: 学生成长指导中心的建设; its first characters must agree.
    let key: String = noun.chars().take(4).collect();
    let mut at = finding.context.end;
    for clause in behind.split_inclusive(['，', '；']) {
        let start = at;
        at += clause.len();
        let Some(stands) = clause.find(&key).filter(|stands| *stands > 0) else { continue };
        let names: Vec<&str> = clause[..stands].split('、').collect();
        let of_level = |name: &&str| level.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()));
        if names.len() >= 2 && names.iter().all(of_level) {
            return Some((u32::try_from(names.len()).ok()?, start..start + stands));
        }
    }
    None
}
