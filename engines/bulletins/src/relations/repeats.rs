//! The same figure printed more than once.

use std::collections::HashMap;

use figures::relations::{Verdict, same};

use super::headlines::contained;
use super::targets::alike;
use super::{Reading, Relation, RelationKind, Statement};
use crate::finding::{Finding, Flow, Kind};
use crate::lexicon::lexicon;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    equal(reading, found);
    differing(reading, found);
}

/// Figures with one value, one unit and like words; each is told with the first of its kind.
fn equal(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let mut groups: HashMap<(String, &str), Vec<usize>> = HashMap::new();
    for (index, finding) in reading.findings.iter().enumerate() {
        if finding.kind != Kind::Boolean {
            let known = groups.entry((finding.value.normalize().to_string(), &finding.unit)).or_default();
            // Long documents repeat small numbers endlessly: the nearest of the first few is enough.
            reading.worked(known.len().min(8));
            let earlier = known
                .iter()
                .take(8)
                .copied()
                .find(|earlier| repeats(&reading.findings[*earlier], finding) || headed(reading, *earlier, index));
            if let Some(earlier) = earlier {
                let judgement = same(reading.findings[earlier].number, finding.number);
                let statement = Statement::new(
                    format!("{}“{}”两处相同", reading.shown(index), finding.indicator),
                    format!("{} “{}” stands twice and agrees", reading.shown(index), finding.indicator),
                );
                found.push(reading.relation(RelationKind::Same, judgement, &[earlier, index], statement));
            } else {
                known.push(index);
            }
        }
    }
}

/// Whether a figure of a heading stands again in a sentence that says most of what the heading says.
fn headed(reading: &Reading<'_>, earlier: usize, later: usize) -> bool {
    let (heading, body) = (&reading.findings[earlier], &reading.findings[later]);
    if heading.kind != body.kind || heading.context.line == body.context.line || heading.kind == Kind::Count {
        return false;
    }
    if !reading.on_a_short_line(heading) {
        return false;
    }
    let words = reading.sentence(heading);
    let short = words.chars().count() <= 40 && !words.ends_with(['。', '！', '？', '；']);
    short && contained(words, reading.sentence(body)) >= 0.6
}

fn repeats(earlier: &Finding, later: &Finding) -> bool {
    let unmistakable =
        earlier.kind == Kind::Percent || earlier.kind == Kind::Rank || earlier.value.normalize().to_string().len() >= 2;
    let names = earlier.class == later.class && earlier.context.line != later.context.line;
    // 十二连创 says what it counts.
    let saying = earlier.unit.starts_with('连') && earlier.unit == later.unit;
    saying
        || unmistakable
            && (alike(earlier, later) || (names && later.indicator.is_empty() && earlier.indicator.is_empty()))
}

/// Figures of one indicator, place, cut-off and flow with two values.
fn differing(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let mut first: HashMap<(&str, &str), usize> = HashMap::new();
    for (index, finding) in reading.findings.iter().enumerate() {
        let specific = finding.indicator.chars().count() >= 5 && finding.parent.is_none() && !finding.in_table();
        if !specific || finding.flow == Flow::Change || is_general(&finding.indicator) {
            continue;
        }
        let earlier = *first.entry((&finding.indicator, &finding.unit)).or_insert(index);
        let other = &reading.findings[earlier];
        let comparable = earlier != index
            && other.context.line != finding.context.line
            && other.place == finding.place
            && other.flow == finding.flow
            && other.as_of == finding.as_of
            && other.qualifier == finding.qualifier;
        if comparable {
            let judgement = same(other.number, finding.number);
            if matches!(judgement.verdict, Verdict::Fails | Verdict::Rounds) {
                let (one, other) = (reading.shown(earlier), reading.shown(index));
                let statement = Statement::new(
                    format!("“{}”两处：{one} 与 {other}", finding.indicator),
                    format!("“{}” stands twice: {one} and {other}", finding.indicator),
                );
                found.push(reading.relation(RelationKind::Same, judgement, &[earlier, index], statement));
            }
        }
    }
}

/// Whether a phrase such as 完成年度目标 names nothing that could stand twice.
fn is_general(words: &str) -> bool {
    lexicon()
        .relations
        .general
        .iter()
        .fold(words.to_owned(), |rest, general| rest.replace(general.as_str(), ""))
        .trim()
        .is_empty()
}

impl Finding {
    fn in_table(&self) -> bool {
        self.class == crate::confidence::Class::Cell
    }
}
