//! Each figure of a text against the ledger: which one it is, and whether it is right.
//!
//! Pure and deterministic. A figure agrees when some figure of the ledger with a compatible unit, a name that is at least
//! faintly alike and the same day has its value as printed. It is said to differ only where the name is clearly alike
//! and nothing else explains the value, because a wrong accusation costs an office more than a missed match.

use std::collections::{BTreeMap, BTreeSet};

use bulletins::{Belonging, Finding, Flow};
use chrono::NaiveDate;
use figures::relations::{self, Verdict};
use figures::{Decimal, Number, Qualifier};
use ledger::words::Measure;

use super::known::{Known, Standing, UnitMatch, kinds_agree, unit_factor};
use super::likeness::{Tokens, Vocabulary};

/// How alike two names must be, in thousandths. The values were chosen by what they do to published texts: docs/bulletins.md
/// has the table, `tests/announce/thresholds.rs` makes it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// From here two names may be the same matter, if the value agrees.
    pub faint: u32,
    /// From here a value that is right for another day, or was corrected, is taken for the same.
    pub plain: u32,
    /// From here a different value is a contradiction.
    pub clear: u32,
    /// By so much the best name must lead the next for a contradiction.
    pub apart: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { faint: 220, plain: 400, clear: 620, apart: 40 }
    }
}

/// What came of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 相符.
    Matches,
    /// 不符.
    Differs,
    /// 台账中没有.
    NotInLedger,
}

/// What explains a figure that is not the one of its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Explanation {
    /// It is the figure of another cut-off.
    OtherCutOff(NaiveDate),
    /// It was corrected since.
    Corrected,
    /// The text gives no day; it is the figure of this one.
    CutOffOf(NaiveDate),
}

/// A figure of the text, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Which figure, as its index among the findings.
    pub finding: usize,
    /// What came of it.
    pub outcome: Outcome,
    /// How exactly: exact, rounds, holds, fails, undecidable.
    pub verdict: Verdict,
    /// The figure of the ledger, as its index.
    pub known: Option<usize>,
    /// How alike the names are, in thousandths.
    pub likeness: u32,
    /// The printed value less that of the ledger, in the ledger's unit.
    pub difference: Option<Decimal>,
    /// What explains it.
    pub explanation: Option<Explanation>,
}

/// The comparison of a text with a ledger.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// One for each finding, in their order.
    pub judged: Vec<Judged>,
    /// Figures of the ledger that the text ought to mention and does not.
    pub unmentioned: Vec<usize>,
}

impl Comparison {
    /// How many figures came out so.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.judged.iter().filter(|one| one.outcome == outcome).count()
    }
}

/// The setting of a check.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// The cut-off for figures whose own the text does not tell.
    pub cut_off: Option<NaiveDate>,
    /// The name of the programme's place.
    pub place: String,
    /// How alike names must be.
    pub thresholds: Thresholds,
}

/// Compares `findings` with what is `known`.
pub fn compare(findings: &[Finding], known: &[Known], setting: &Setting) -> Comparison {
    let table = Table::new(findings, known, setting);
    let candidates: Vec<Vec<Candidate>> = (0..findings.len()).map(|finding| table.candidates(finding)).collect();
    let mut judged: Vec<Option<Judged>> =
        candidates.iter().enumerate().map(|(finding, candidates)| table.agreeing(finding, candidates)).collect();
    // What one figure of the text has already been found to be, another is not easily accused of getting wrong.
    let mut taken: BTreeSet<usize> = judged.iter().flatten().filter_map(|one| one.known).collect();
    for (finding, candidates) in candidates.iter().enumerate() {
        if judged[finding].is_none() {
            let one = table.explained(finding, candidates).or_else(|| table.contradicted(finding, candidates, &taken));
            taken.extend(one.as_ref().and_then(|one| one.known));
            judged[finding] = one;
        }
    }
    let judged: Vec<Judged> =
        judged.into_iter().enumerate().map(|(finding, one)| one.unwrap_or_else(|| Judged::unknown(finding))).collect();
    let unmentioned = table.unmentioned(&judged);
    Comparison { judged, unmentioned }
}

impl Judged {
    fn unknown(finding: usize) -> Self {
        Self {
            finding,
            outcome: Outcome::NotInLedger,
            verdict: Verdict::Undecidable,
            known: None,
            likeness: 0,
            difference: None,
            explanation: None,
        }
    }
}

/// A figure of the ledger that a finding could be.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    known: usize,
    likeness: u32,
    verdict: Verdict,
    difference: Decimal,
    /// Whether the finding speaks of its day.
    same_day: bool,
    /// Whether target is compared with target.
    same_measure: bool,
    same_unit: bool,
}

/// What tells one course of figures from another: what is counted, in what, done or to be done, where.
type Course<'a> = (&'a str, &'a str, bool, Option<&'a str>);

fn course(known: &Known) -> Course<'_> {
    let name = known.names.first().map_or("", String::as_str);
    (name, &known.unit, known.measure == Measure::Target, known.place.as_deref())
}

struct Table<'a> {
    findings: &'a [Finding],
    known: &'a [Known],
    setting: &'a Setting,
    words: Vocabulary,
    /// Every wording of the ledger, taken apart once.
    wordings: Vec<Tokens>,
    /// For each figure of the ledger its wordings.
    worded: Vec<Vec<usize>>,
    /// The days of each course.
    days: BTreeMap<Course<'a>, BTreeSet<NaiveDate>>,
}

impl<'a> Table<'a> {
    fn new(findings: &'a [Finding], known: &'a [Known], setting: &'a Setting) -> Self {
        let mut places = BTreeMap::<&str, usize>::new();
        let mut worded = Vec::with_capacity(known.len());
        let mut days = BTreeMap::<Course<'a>, BTreeSet<NaiveDate>>::new();
        for one in known {
            let own = one.names.iter().map(|name| {
                let next = places.len();
                *places.entry(name).or_insert(next)
            });
            worded.push(own.collect());
            if one.counts() {
                days.entry(course(one)).or_default().extend(one.as_of);
            }
        }
        let mut names = vec![""; places.len()];
        for (name, at) in places {
            names[at] = name;
        }
        let words = Vocabulary::of(names.iter().copied());
        let wordings = names.iter().map(|name| words.read(name)).collect();
        Self { findings, known, setting, words, wordings, worded, days }
    }

    /// Every figure of the ledger that this finding could be, the most alike first.
    fn candidates(&self, at: usize) -> Vec<Candidate> {
        let finding = &self.findings[at];
        let names: Vec<_> = self.names(at).iter().map(|name| self.words.read(name)).collect();
        let near: Vec<u32> = self
            .wordings
            .iter()
            .map(|wording| names.iter().map(|name| self.words.between(name, wording)).max().unwrap_or(0))
            .collect();
        let mut found: Vec<_> = self
            .known
            .iter()
            .enumerate()
            .filter(|(_, known)| kinds_agree(finding.kind, known.kind) && self.same_place(finding, known))
            .filter_map(|(index, known)| {
                let unit = unit_factor(&finding.unit, &known.unit)?;
                let likeness = self.worded[index].iter().map(|wording| near[*wording]).max().unwrap_or(0);
                let (verdict, difference) = verdict(finding, known, unit);
                (likeness >= self.setting.thresholds.faint).then_some(Candidate {
                    known: index,
                    likeness,
                    verdict,
                    difference,
                    same_day: self.same_day(finding, known),
                    same_measure: (finding.flow == Flow::Target) == (known.measure == Measure::Target),
                    same_unit: unit == UnitMatch::Same,
                })
            })
            .collect();
        found.sort_by_key(|one| (std::cmp::Reverse(one.likeness), one.known));
        found
    }

    /// The wordings in which a finding may be looked for: its own, and with what it belongs to in front.
    fn names(&self, at: usize) -> Vec<String> {
        let finding = &self.findings[at];
        let mut names = vec![finding.indicator.clone()];
        if let Some(parent) = finding.parent.and_then(|parent| self.findings.get(parent)) {
            names.push(format!("{}{}", parent.indicator, finding.indicator));
            if finding.relation == Some(Belonging::RatioOf) {
                names.push(parent.indicator.clone());
            }
        }
        names
    }

    /// A figure of another place is compared with that place only.
    fn same_place(&self, finding: &Finding, known: &Known) -> bool {
        let said = finding.place.as_deref().unwrap_or(&self.setting.place);
        let home = self.setting.place.as_str();
        match &known.place {
            Some(place) => named_alike(said, place) || finding.indicator.contains(place.as_str()),
            None => said.is_empty() || home.is_empty() || named_alike(said, home) || said.ends_with(home),
        }
    }

    /// Whether a figure of the ledger is that of the day that the finding speaks of: the latest up to it.
    fn same_day(&self, finding: &Finding, known: &Known) -> bool {
        let Some(said) = finding.as_of.or(self.setting.cut_off) else { return true };
        let Some(own) = known.as_of else { return true };
        own <= said && !self.has_later(known, own, said)
    }

    /// Whether the course of a figure has a later one up to a day.
    fn has_later(&self, known: &Known, own: NaiveDate, said: NaiveDate) -> bool {
        let days = self.days.get(&course(known));
        days.is_some_and(|days| days.range(own..=said).any(|day| *day > own))
    }

    /// The figure that this finding is, if the ledger has it as printed.
    fn agreeing(&self, finding: usize, candidates: &[Candidate]) -> Option<Judged> {
        let right = |one: &&Candidate| one.verdict.agrees() && one.same_day && self.known[one.known].counts();
        let exactness = |one: &Candidate| match one.verdict {
            Verdict::Exact => 0,
            Verdict::Rounds => 1,
            _ => 2,
        };
        let best = candidates.iter().filter(right).filter(|one| self.is_telling(finding, one)).min_by_key(|one| {
            // A wording that is nearly the same beats the right measure word, and that beats the rest.
            let bonus = u32::from(one.same_measure) * 150 + u32::from(one.same_unit) * 100;
            (std::cmp::Reverse(one.likeness + bonus), exactness(one), one.known)
        })?;
        Some(judged(finding, best, Outcome::Matches, best.verdict, None))
    }

    /// One digit proves little: 1 or 15 of anything needs a name that is more than faintly alike.
    fn is_telling(&self, finding: usize, candidate: &Candidate) -> bool {
        let finding = &self.findings[finding];
        let digits = finding.raw.chars().filter(char::is_ascii_digit).count();
        let loose = !candidate.same_unit || candidate.verdict == Verdict::Holds;
        candidate.likeness
            >= self.setting.thresholds.faint + if digits < 3 { 60 } else { 0 } + if loose { 100 } else { 0 }
    }

    /// The value is that of another day, or was corrected.
    fn explained(&self, finding: usize, candidates: &[Candidate]) -> Option<Judged> {
        let exact = |one: &&Candidate| {
            matches!(one.verdict, Verdict::Exact | Verdict::Rounds)
                && one.likeness >= self.setting.thresholds.plain
                && one.same_unit
        };
        let best = candidates.iter().filter(exact).max_by_key(|one| {
            (one.same_measure, self.known[one.known].counts(), one.likeness, std::cmp::Reverse(one.known))
        })?;
        let known = &self.known[best.known];
        let day = self.findings[finding].as_of;
        let told = day.is_some();
        // The same figure of the same day, which another place of the text has taken: it stands there twice.
        if known.counts() && told && known.as_of == day {
            return Some(judged(finding, best, Outcome::Matches, best.verdict, None));
        }
        let (outcome, verdict, explanation) = match (&known.standing, known.as_of) {
            (Standing::Superseded(_), _) => (Outcome::Differs, Verdict::Fails, Explanation::Corrected),
            (Standing::Counts, Some(day)) if told => (Outcome::Differs, Verdict::Fails, Explanation::OtherCutOff(day)),
            (Standing::Counts, day) => (Outcome::Matches, Verdict::Holds, Explanation::CutOffOf(day?)),
        };
        Some(judged(finding, best, outcome, verdict, Some(explanation)))
    }

    /// The name is clearly that of one figure, and its value is another.
    fn contradicted(&self, finding: usize, candidates: &[Candidate], taken: &BTreeSet<usize>) -> Option<Judged> {
        let own =
            |one: &&Candidate| self.known[one.known].counts() && one.same_day && one.same_measure && one.same_unit;
        let mut alike = candidates.iter().filter(own);
        let best = alike.next()?;
        let free = !taken.contains(&best.known) || best.likeness >= 950;
        // Two names that are equally near leave it open which is meant.
        let name = self.known[best.known].names.first();
        let rival = alike.find(|one| self.known[one.known].names.first() != name).map_or(0, |one| one.likeness);
        let least = self.setting.thresholds;
        if best.likeness < least.clear || !free || rival + least.apart > best.likeness {
            return None;
        }
        Some(judged(finding, best, Outcome::Differs, Verdict::Fails, None))
    }

    fn unmentioned(&self, judged: &[Judged]) -> Vec<usize> {
        let mentioned: BTreeSet<(Option<i32>, &String)> = judged
            .iter()
            .filter_map(|one| one.known)
            .filter_map(|at| Some((self.known[at].indicator, self.known[at].names.first()?)))
            .collect();
        let is_missing = |known: &Known| {
            let key = known.names.first().map(|name| (known.indicator, name));
            known.expected
                && known.counts()
                && key.is_some_and(|key| !mentioned.contains(&key))
                && self.is_of_day(known)
        };
        (0..self.known.len()).filter(|at| is_missing(&self.known[*at])).collect()
    }

    /// Whether it is the figure of the check's own cut-off.
    fn is_of_day(&self, known: &Known) -> bool {
        let (Some(said), Some(own)) = (self.setting.cut_off, known.as_of) else { return true };
        own <= said && !self.has_later(known, own, said)
    }
}

fn judged(
    finding: usize,
    candidate: &Candidate,
    outcome: Outcome,
    verdict: Verdict,
    explanation: Option<Explanation>,
) -> Judged {
    Judged {
        finding,
        outcome,
        verdict,
        known: Some(candidate.known),
        likeness: candidate.likeness,
        difference: (!candidate.difference.is_zero()).then_some(candidate.difference),
        explanation,
    }
}

/// 海曙 and 海曙区 are one place.
fn named_alike(one: &str, other: &str) -> bool {
    let bare = |name: &str| name.trim_end_matches(['省', '市', '县', '区', '镇', '乡']).to_owned();
    one == other || (bare(one) == bare(other) && !bare(one).is_empty())
}

/// How a printed value stands to that of the ledger, and the difference in the ledger's unit.
fn verdict(finding: &Finding, known: &Known, unit: UnitMatch) -> (Verdict, Decimal) {
    let printed = match unit {
        UnitMatch::Converts => {
            let value = figures::units::convert(finding.value, &finding.unit, &known.unit).unwrap_or(finding.value);
            Number { value, precision: finding.number.precision }
        }
        UnitMatch::Same | UnitMatch::OtherWord => Number { value: finding.value, ..finding.number },
    };
    let actual = known.number;
    let difference = printed.value.checked_sub(actual.value).unwrap_or_default().normalize();
    if difference.is_zero() {
        return (Verdict::Exact, difference);
    }
    // A decrease is printed as 下降3.2%, and stored as −3.2 or as 3.2.
    if printed.value == -actual.value && known.kind == ledger::words::Kind::RateChange {
        return (Verdict::Exact, Decimal::ZERO);
    }
    let rounds = unit != UnitMatch::Converts && relations::same(actual, printed).verdict.agrees();
    if rounds {
        return (Verdict::Rounds, difference);
    }
    let loose = !matches!(finding.qualifier, Qualifier::Exact | Qualifier::All);
    if loose && near(printed.value, actual.value) && finding.qualifier.admits(printed, actual.value) {
        return (Verdict::Holds, difference);
    }
    (Verdict::Fails, difference)
}

/// “超300个” is borne out by 312, but hardly says anything of 3,000: a bound counts within a fifth.
fn near(printed: Decimal, actual: Decimal) -> bool {
    let fifth = actual.abs() / Decimal::from(5);
    printed.checked_sub(actual).is_some_and(|distance| distance.abs() <= fifth)
}
