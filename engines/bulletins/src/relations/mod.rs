//! What the figures of a text say of each other, and whether it is true.
//!
//! Only what the text itself decides is decided: a share without its denominator is undecidable, not wrong, and an
//! incomplete breakdown need not add up. The arithmetic with the tolerance of printed rounding is that of
//! [`figures::relations`].

mod changes;
mod headlines;
mod levels;
mod members;
mod named;
mod repeats;
mod shares;
mod sums;
mod targets;
mod times;

use std::cell::Cell;
use std::collections::BTreeMap;

use figures::Decimal;
use figures::relations::{Judgement, Verdict};
use serde::{Serialize, Serializer};

use crate::finding::{Belonging, Finding};
use crate::repair::Clean;
use crate::text::{Span, Text};

/// A relation between figures of a text, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relation {
    /// What is said.
    pub kind: RelationKind,
    /// What came of it; its code in JSON.
    #[serde(serialize_with = "as_code")]
    pub verdict: Verdict,
    /// The relation in words, with its arithmetic.
    #[serde(flatten)]
    pub statement: Statement,
    /// The figures it is about, as indices of the findings; counts of named things may have none.
    pub findings: Vec<usize>,
    /// Where those figures, or the counted names, stand.
    pub spans: Vec<Span>,
    /// The value computed from the other figures.
    pub recomputed: Option<Decimal>,
    /// The printed value less the recomputed one.
    pub difference: Option<Decimal>,
}

/// A relation in words. The figures stand in it as the text prints them, in either language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// In Chinese: “目标200个：完成数文中未印”.
    #[serde(rename = "statement")]
    pub zh: String,
    /// In English: “target 200个: what was done is not printed”.
    #[serde(rename = "statement_en")]
    pub en: String,
}

impl Statement {
    fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// Arithmetic, which reads the same in both: “80条 + 55条 = 135条”.
    fn arithmetic(formula: String) -> Self {
        Self { zh: formula.clone(), en: formula }
    }
}

/// What a relation says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// Parts add up to their whole.
    Sum,
    /// A part does not exceed its whole.
    Part,
    /// A percentage is the quotient of two figures.
    Share,
    /// A difference of percentages in points.
    Points,
    /// Ahead of or behind schedule, months ÷ 12.
    Schedule,
    /// A growth implies what was before.
    Growth,
    /// A target is reached or passed.
    Target,
    /// The same figure is printed more than once.
    Same,
    /// A number counts the things named beside it, or the headings that follow.
    Named,
    /// A mean is attainable for its members.
    Mean,
    /// Days stand in order, years add up.
    Time,
}

impl RelationKind {
    /// The word on a Chinese screen.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Sum => "分项合计",
            Self::Part => "分项不超总数",
            Self::Share => "比例",
            Self::Points => "百分点之差",
            Self::Schedule => "序时进度",
            Self::Growth => "增减推算",
            Self::Target => "目标完成",
            Self::Same => "前后一致",
            Self::Named => "列举计数",
            Self::Mean => "平均数",
            Self::Time => "时间先后",
        }
    }

    /// The word on an English screen.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Sum => "sum of parts",
            Self::Part => "part of a whole",
            Self::Share => "share",
            Self::Points => "difference in points",
            Self::Schedule => "schedule",
            Self::Growth => "growth",
            Self::Target => "target",
            Self::Same => "said twice",
            Self::Named => "things named",
            Self::Mean => "mean",
            Self::Time => "order of time",
        }
    }
}

/// Every relation that the text states between its figures, in order of their place.
///
/// `findings` must be what [`crate::extract`] or [`crate::extract_with`] found in the same text.
#[must_use]
pub fn check(text: &Text, findings: &[Finding]) -> Vec<Relation> {
    let clean = Clean::of(text.content());
    judged(&Reading::new(&clean, findings))
}

fn judged(reading: &Reading<'_>) -> Vec<Relation> {
    let mut found = Vec::new();
    sums::judge(reading, &mut found);
    shares::judge(reading, &mut found);
    changes::judge(reading, &mut found);
    targets::judge(reading, &mut found);
    repeats::judge(reading, &mut found);
    named::judge(reading, &mut found);
    members::judge(reading, &mut found);
    levels::judge(reading, &mut found);
    headlines::judge(reading, &mut found);
    times::judge(reading, &mut found);
    found.sort_by_key(|relation| (relation.spans.first().map_or(0, |span| span.start), relation.kind as u8));
    found
}

/// A text with its findings, as the judges see it.
pub(crate) struct Reading<'a> {
    clean: &'a Clean,
    findings: &'a [Finding],
    /// The parts of each whole, in order.
    parts: BTreeMap<usize, Vec<usize>>,
    /// The first whole of each line.
    wholes: BTreeMap<usize, usize>,
    /// How many figures and bytes were looked at: what a test holds to grow no faster than the text.
    work: Cell<u64>,
}

impl<'a> Reading<'a> {
    fn new(clean: &'a Clean, findings: &'a [Finding]) -> Self {
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut wholes = BTreeMap::new();
        for (index, finding) in findings.iter().enumerate() {
            if let (Some(whole), Some(Belonging::PartOf)) = (finding.parent, finding.relation) {
                parts.entry(whole).or_default().push(index);
            }
        }
        for whole in parts.keys().rev() {
            wholes.insert(findings[*whole].context.line, *whole);
        }
        Self { clean, findings, parts, wholes, work: Cell::new(0) }
    }

    /// Counts work, in figures or bytes looked at.
    fn worked(&self, much: usize) {
        self.work.set(self.work.get().saturating_add(much as u64));
    }
}

impl Reading<'_> {
    /// The mended text between two figures; nothing where they stand in the other order.
    fn between(&self, first: &Finding, second: &Finding) -> &str {
        self.clean.text.get(first.context.end..second.context.start).unwrap_or_default()
    }

    /// Whether no sentence ends between two figures of one line.
    fn same_sentence(&self, one: &Finding, other: &Finding) -> bool {
        let (first, second) = if one.context.start <= other.context.start { (one, other) } else { (other, one) };
        first.context.line == second.context.line && !self.between(first, second).contains(['。', '！', '？'])
    }

    /// The sentence that a figure stands in, up to 。 or the line's end.
    fn sentence(&self, finding: &Finding) -> &str {
        let text = self.clean.text.as_str();
        let ends = ['。', '！', '？', '\n'];
        // Texts that lost all punctuation are read in pieces.
        let near = |at: usize| (at..at + 4).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let from = near(finding.context.start.saturating_sub(3000));
        let to = near((finding.context.end + 3000).min(text.len()));
        self.worked(to - from);
        let before = text.get(from..finding.context.start).unwrap_or_default();
        let behind_end = |at: usize| from + at + before[at..].chars().next().map_or(1, char::len_utf8);
        let start = before.rfind(ends).map_or(from, behind_end);
        let behind = text.get(finding.context.end..to).unwrap_or_default();
        let end = behind.find(ends).map_or(to, |at| finding.context.end + at);
        text.get(start..end).unwrap_or_default()
    }

    /// Whether a line break, or the text's end, is near on both sides.
    fn on_a_short_line(&self, finding: &Finding) -> bool {
        const NEAR: usize = 130;
        let text = self.clean.text.as_bytes();
        let before = &text[finding.context.start.saturating_sub(NEAR)..finding.context.start];
        let behind = &text[finding.context.end..(finding.context.end + NEAR).min(text.len())];
        self.worked(before.len() + behind.len());
        (before.len() < NEAR || before.contains(&b'\n')) && (behind.len() < NEAR || behind.contains(&b'\n'))
    }

    /// The findings that start between two bytes of the mended text.
    fn standing_in(&self, start: usize, end: usize) -> &[Finding] {
        let first = self.findings.partition_point(|finding| finding.context.start < start);
        let last = self.findings.partition_point(|finding| finding.context.start < end);
        self.worked(last.saturating_sub(first));
        self.findings.get(first..last).unwrap_or_default()
    }

    fn relation(&self, kind: RelationKind, judgement: Judgement, indices: &[usize], statement: Statement) -> Relation {
        Relation {
            kind,
            verdict: judgement.verdict,
            statement,
            findings: indices.to_vec(),
            spans: indices.iter().map(|index| self.findings[*index].phrase).collect(),
            recomputed: judgement.recomputed,
            difference: judgement.difference,
        }
    }

    /// A figure as it is printed.
    fn shown(&self, index: usize) -> String {
        let finding = &self.findings[index];
        self.clean.text.get(finding.context.start..finding.context.end).unwrap_or(&finding.raw).to_owned()
    }
}

fn as_code<S: Serializer>(verdict: &Verdict, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(verdict.code())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;

    fn work(content: &str) -> u64 {
        let text = Text::new("2024.txt", content);
        let findings = extract(&text);
        let clean = Clean::of(text.content());
        let reading = Reading::new(&clean, &findings);
        let _ = judged(&reading);
        reading.work.get()
    }

    /// Four times the text is at most six times the work, however the text is built: sentences are looked at in windows
    /// of some thousand bytes, so the shorter text fills one.
    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        // # is another number each time: the reader drops what is printed twice in a row.
        for hostile in [
            "平均进度77.#%，#个项目中，已有6个项目完成，",
            "共计9#个，其中#个、占比10.#%，",
            "“三个百分百”，满意率100%，办结#件，",
            "连续五年，2004年起，办结#件，",
            "超额完成原定“新建#所”的目标，建成7#所，",
        ] {
            let built = |much: usize| -> String {
                (1..=much).map(|number| hostile.replace('#', &number.to_string())).collect()
            };
            let (short, long) = (work(&built(150)), work(&built(600)));
            assert!(long <= short.max(1000) * 6, "{hostile}: {short} and {long}");
        }
        // Many means of one list of many parts.
        let means = |much: usize| {
            let parts: String = (1..=much).map(|number| format!("小学{number}个、")).collect();
            let means: String = (1..=much).map(|number| format!("平均进度5.{number}%，")).collect();
            format!("项目共9000个，其中{parts}中学1个，{means}")
        };
        let (short, long) = (work(&means(30)), work(&means(600)));
        assert!(long <= short * 30, "{short} and {long}");
    }
}
