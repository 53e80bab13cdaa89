//! Matching of findings with facts.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use figures::Decimal;
use minsheng_bulletins::confidence::{Class, of_class};
use minsheng_bulletins::{Finding, Kind, Text};
use serde::Deserialize;

/// A published fact.
#[derive(Deserialize)]
pub(crate) struct Fact {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) value: Option<serde_json::Number>,
    pub(crate) raw: String,
    pub(crate) unit: String,
    pub(crate) qualifier: String,
    pub(crate) kind: String,
    pub(crate) flow: String,
    pub(crate) as_of: Option<String>,
    pub(crate) parent: Option<String>,
    pub(crate) relation: Option<String>,
    pub(crate) indicator: String,
    pub(crate) quote: String,
}

impl Fact {
    pub(crate) fn is_numeric(&self) -> bool {
        self.value.is_some() && self.kind != "boolean"
    }

    /// Whether the text prints a numeral for it; counts of named things have none.
    pub(crate) fn is_printed(&self) -> bool {
        figures::parse_number(&self.raw).is_ok()
    }

    pub(crate) fn decimal(&self) -> Option<Decimal> {
        self.value.as_ref().and_then(|value| value.to_string().parse().ok())
    }
}

pub(crate) fn facts(path: &Path) -> Result<Vec<Fact>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|error| error.to_string()))
        .collect()
}

/// How well one text, or all, was read.
#[derive(Default)]
pub(crate) struct Score {
    facts: usize,
    /// Of the facts, those that the text prints as a numeral.
    printed: usize,
    found: usize,
    findings: usize,
    repeats: usize,
    missed: Vec<String>,
    wrong: Vec<String>,
    /// Of the found facts, how many attributes agree.
    qualifier: usize,
    kind: usize,
    flow: usize,
    cut_off: usize,
    parent: (usize, usize),
    /// Right and wrong findings of each class.
    classes: BTreeMap<Class, (usize, usize)>,
    differing: Vec<String>,
    /// For each fact that was found, which finding.
    pub(crate) pairs: BTreeMap<String, usize>,
}

/// Where a quotation stands, in characters.
fn places(text: &Text, quote: &str) -> Vec<(usize, usize)> {
    let length = quote.chars().count();
    let at = |(byte, _): (usize, &str)| text.content()[..byte].chars().count();
    text.content().match_indices(quote).map(at).map(|start| (start, start + length)).collect()
}

fn alike(one: &str, other: &str) -> bool {
    let plain = |unit: &str| unit.replace('（', "(").replace('）', ")");
    let (one, other) = (plain(one), plain(other));
    one == other || (!one.is_empty() && !other.is_empty() && (one.starts_with(&other) || other.starts_with(&one)))
}

fn name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Score {
    pub(crate) fn of(text: &Text, findings: &[Finding], facts: &[&Fact]) -> Self {
        let counted: Vec<usize> = (0..findings.len()).filter(|index| findings[*index].kind != Kind::Boolean).collect();
        let mut score = Self {
            facts: facts.len(),
            findings: counted.len(),
            printed: facts.iter().filter(|fact| fact.is_printed()).count(),
            ..Self::default()
        };
        let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, fact) in facts.iter().enumerate() {
            let value = fact.decimal();
            let quoted = places(text, &fact.quote);
            let fits = |index: &&usize| {
                let finding = &findings[**index];
                !taken.contains_key(*index)
                    && Some(finding.value) == value
                    && alike(&finding.unit, &fact.unit)
                    && quoted.iter().any(|(start, end)| (*start..*end).contains(&finding.span.start))
            };
            match counted.iter().find(fits).copied() {
                Some(index) => {
                    taken.insert(index, number);
                    score.pairs.insert(fact.id.clone(), index);
                }
                None => score.missed.push(format!(
                    "{} {} {:?} {} “{}”",
                    fact.id,
                    fact.indicator,
                    value.map(|v| v.to_string()),
                    fact.unit,
                    fact.quote
                )),
            }
        }
        score.found = taken.len();
        for index in counted {
            let finding = &findings[index];
            let class = score.classes.entry(finding.class).or_default();
            if let Some(number) = taken.get(&index) {
                class.0 += 1;
                score.compare(finding, facts[*number], findings);
            } else if facts.iter().any(|fact| fact.decimal() == Some(finding.value) && alike(&finding.unit, &fact.unit))
            {
                score.repeats += 1;
            } else {
                class.1 += 1;
                let around = minsheng_bulletins::Span {
                    start: finding.span.start.saturating_sub(12),
                    end: finding.span.end + 12,
                };
                score.wrong.push(format!(
                    "{} {} {:?} “{}”",
                    finding.value,
                    finding.unit,
                    finding.class,
                    text.slice(around).replace('\n', "⏎")
                ));
            }
        }
        score
    }

    fn compare(&mut self, finding: &Finding, fact: &Fact, findings: &[Finding]) {
        let as_of = finding.as_of.map(|day| day.to_string());
        let mut agree = |what: &str, ours: &str, theirs: &str| {
            if ours != theirs {
                self.differing.push(format!(
                    "{} {what}: {ours} for {theirs} “{}”",
                    fact.id,
                    fact.quote.chars().take(40).collect::<String>()
                ));
            }
            usize::from(ours == theirs)
        };
        self.qualifier += agree("qualifier", finding.qualifier.code(), &fact.qualifier);
        self.kind += agree("kind", &name(&finding.kind), &fact.kind);
        self.flow += agree("flow", &name(&finding.flow), &fact.flow);
        self.cut_off += agree("as_of", &as_of.unwrap_or_default(), fact.as_of.as_deref().unwrap_or_default());
        if let Some(parent) =
            fact.parent.as_ref().filter(|_| fact.relation.is_some()).and_then(|parent| self.pairs.get(parent))
        {
            self.parent.1 += 1;
            if finding.parent == Some(*parent) {
                self.parent.0 += 1;
            } else {
                self.differing.push(format!(
                    "{} parent: {:?} “{}”",
                    fact.id,
                    finding.parent.map(|parent| findings[parent].raw.clone()),
                    fact.quote
                ));
            }
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.facts += other.facts;
        self.printed += other.printed;
        self.found += other.found;
        self.findings += other.findings;
        self.repeats += other.repeats;
        self.wrong.extend(other.wrong.iter().cloned());
        self.qualifier += other.qualifier;
        self.kind += other.kind;
        self.flow += other.flow;
        self.cut_off += other.cut_off;
        self.parent.0 += other.parent.0;
        self.parent.1 += other.parent.1;
        for (class, (right, wrong)) in &other.classes {
            let counts = self.classes.entry(*class).or_default();
            counts.0 += right;
            counts.1 += wrong;
        }
    }

    pub(crate) fn row(&self, name: &str) -> String {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} | {:.3} | {:.3} | {:.3} |",
            self.facts,
            self.printed,
            self.found,
            self.findings,
            self.repeats,
            self.wrong.len(),
            share(self.found, self.facts),
            share(self.found, self.printed),
            share(self.found, self.found + self.wrong.len())
        )
    }

    pub(crate) fn attributes(&self) -> String {
        format!(
            "Of {} found: qualifier {} · kind {} · flow {} · cut-off {} agree; parent {} of {}",
            self.found, self.qualifier, self.kind, self.flow, self.cut_off, self.parent.0, self.parent.1
        )
    }

    pub(crate) fn calibration(&self) -> String {
        calibration(&self.classes)
    }

    pub(crate) fn print_details(&self) {
        self.missed.iter().for_each(|missed| println!("  missed {missed}"));
        self.wrong.iter().for_each(|wrong| println!("  wrong {wrong}"));
        self.differing.iter().for_each(|differing| println!("  differs {differing}"));
    }
}

/// Right and wrong findings of each kind of evidence beside the confidence that the reader gives.
pub(crate) fn calibration(classes: &BTreeMap<Class, (usize, usize)>) -> String {
    let mut table = "| evidence | right | wrong | confidence |\n|---|---|---|---|\n".to_owned();
    for (class, (right, wrong)) in classes {
        let _ = writeln!(table, "| {class:?} | {right} | {wrong} | {:.2} |", of_class(*class));
    }
    table
}
