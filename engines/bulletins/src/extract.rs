//! From a text to its findings.

use std::ops::Range;

use figures::{Decimal, Qualifier};

use crate::belonging::belong;
use crate::candidates::{Candidate, Class, candidates, clause_start};
use crate::confidence;
use crate::cutoffs::{self, CutOff, Year, cut_offs};
use crate::draft::Draft;
use crate::finding::{Basis, Belonging, Context, Finding, Flow, Kind};
use crate::flows::{Nature, Scene, nature};
use crate::layout::{Line, Shape, line_at, lines};
use crate::lexicon::{UnitKind, lexicon};
use crate::listed::shared_by;
use crate::phrases::{Around, around, is_generic};
use crate::places::Places;
use crate::plans;
use crate::repair::Clean;
use crate::tables;
use crate::text::Text;

/// No sentence is longer than this many bytes: texts that lost all punctuation are read in pieces.
const LONGEST_SENTENCE: usize = 3000;

/// The last boundary of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// What a caller knows beyond the text.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The year of the text, for cut-offs without one; told from the text where this is `None`.
    pub year: Option<i32>,
    /// The place of the text; told from the text where this is `None`.
    pub place: Option<String>,
    /// Names of places, in full, that the text may mention: 永康市, 西溪镇.
    pub places: Vec<String>,
}

/// Every checkable figure of a text, from front to back.
#[must_use]
pub fn extract(text: &Text) -> Vec<Finding> {
    extract_with(text, &Known::default())
}

/// Every checkable figure of a text, read with what the caller knows.
#[must_use]
pub fn extract_with(text: &Text, known: &Known) -> Vec<Finding> {
    let clean = Clean::of(text.content());
    Reading::new(text, &clean, known).findings()
}

/// A mended text with all that is read once for the whole of it.
struct Reading<'a> {
    clean: &'a Clean,
    mended: &'a str,
    lines: Vec<Line>,
    cut_offs: Vec<CutOff>,
    /// For each line, the cut-off that headings above hand down to it, as an index.
    handed_down: Vec<Option<usize>>,
    /// For each line, whether it tells what is still to be done.
    ahead: Vec<bool>,
    places: Places,
    known: &'a Known,
    /// The year that days without one are of.
    year: Option<Year>,
}

impl<'a> Reading<'a> {
    fn new(text: &Text, clean: &'a Clean, known: &'a Known) -> Self {
        let mended = clean.text.as_str();
        let lines = lines(mended);
        let told = known.year.map(Year::told);
        let year = told.or_else(|| cutoffs::year_of(text, mended, &lines));
        let cut_offs = cut_offs(mended, year);
        let mut places = Places::read(mended, &lines, &known.places);
        if known.place.is_some() {
            places.of_text.clone_from(&known.place);
        }
        let handed_down = handed_down(&lines, &cut_offs);
        let ahead = plans::ahead(mended, &lines);
        Self { clean, mended, lines, cut_offs, handed_down, ahead, places, known, year }
    }

    fn findings(&self) -> Vec<Finding> {
        let mut drafts = self.drafts();
        belong(self.mended, &mut drafts);
        name_generic(self.mended, &mut drafts);
        self.with_twins(&drafts)
    }

    /// The findings of all drafts; a numeral that stands for several indicators gives one for each.
    fn with_twins(&self, drafts: &[Draft]) -> Vec<Finding> {
        let mut place = 0;
        let places: Vec<usize> = drafts
            .iter()
            .map(|draft| {
                let first = place;
                place += 1 + draft.twins.len();
                first
            })
            .collect();
        let mut findings = Vec::with_capacity(place);
        for draft in drafts {
            let mut finding = self.finding(draft);
            finding.parent = finding.parent.and_then(|parent| places.get(parent).copied());
            let twins = draft.twins.iter().map(|twin| Finding { indicator: twin.clone(), ..finding.clone() });
            let twins: Vec<Finding> = twins.collect();
            findings.push(finding);
            findings.extend(twins);
        }
        findings
    }

    fn drafts(&self) -> Vec<Draft> {
        let found = candidates(self.mended);
        let tables = tables::tables(self.mended, &self.lines, &self.known.places, self.year);
        let mut drafts: Vec<Draft> = Vec::with_capacity(found.len());
        for (index, candidate) in found.iter().enumerate() {
            let line = line_at(&self.lines, candidate.numeral.start);
            if self.lines.get(line).is_none() || tables.owns(candidate.numeral.start) {
                continue;
            }
            let neighbour = |index: Option<usize>| {
                index.and_then(|index| found.get(index)).filter(|other| {
                    self.lines[line].place.contains(&other.numeral.start) && other.class != Class::Coverage
                })
            };
            let mut around = around(
                self.mended,
                &self.lines[line].place,
                candidate,
                neighbour(index.checked_sub(1)),
                neighbour(Some(index + 1)),
            );
            // “7.3亿元 提升改造…”: the blank stands for a comma that was lost.
            if self.clean.blank_before(candidate.phrase.end) {
                around.after = "";
            }
            let previous = drafts.last().filter(|previous| previous.line == line).and_then(|previous| {
                Some((previous.nature, self.mended.get(previous.candidate.phrase.end..candidate.phrase.start)?))
            });
            drafts.push(self.draft(candidate.clone(), line, &around, previous));
        }
        for cell in tables.cells {
            let line = line_at(&self.lines, cell.candidate.numeral.start);
            let (cut_off, basis) = match cell.cut_off(&self.cut_offs) {
                Some((cut_off, basis)) => (Some(cut_off.clone()), basis),
                None => self.cut_off(&cell.candidate.numeral, line),
            };
            drafts.push(Draft {
                line,
                nature: match cell.nature {
                    Nature { flow: Flow::New, .. } if self.ahead.get(line) == Some(&true) => {
                        Nature { flow: Flow::Target, ..cell.nature }
                    }
                    told => told,
                },
                before: cell.label.clone(),
                indicator: cell.label,
                twins: Vec::new(),
                quoted: false,
                in_table: true,
                cut_off,
                basis,
                place: cell.place.or_else(|| self.places.of_text.clone()),
                parent: None,
                relation: None,
                candidate: cell.candidate,
            });
        }
        drafts.sort_by_key(|draft| draft.candidate.numeral.start);
        drafts
    }

    fn draft(
        &self,
        mut candidate: Candidate,
        line: usize,
        around: &Around<'_>,
        previous: Option<(Nature, &str)>,
    ) -> Draft {
        let tail = self.tail(&candidate, line);
        let start = self.sentence_start(candidate.phrase.start, line);
        let scene = Scene {
            around,
            sentence: &self.mended[start..candidate.phrase.start],
            tail,
            quoted: names_target(tail),
            ahead: self.ahead.get(line).copied().unwrap_or(false),
            previous,
            mark: &self.mended[candidate.phrase.start..candidate.numeral.start],
        };
        let judged = nature(&candidate, &scene);
        let printed = candidate.qualifier;
        candidate.qualifier = self.qualifier(&candidate, tail, judged.flow);
        let nature = if candidate.qualifier == printed { judged } else { nature(&candidate, &scene) };
        let (mut cut_off, mut basis) = self.cut_off(&candidate.phrase, line);
        if cut_off.is_none()
            && let Some(end) = self.end_of_its_year(&candidate, nature, line)
        {
            (cut_off, basis) = (Some(end), Basis::Printed);
        }
        let place = self.places.between(start, candidate.phrase.start).map(str::to_owned);
        let (indicator, twins) = indicators(self.mended, &candidate, around);
        Draft {
            line,
            nature,
            before: around.before.to_owned(),
            indicator,
            twins,
            quoted: scene.quoted,
            in_table: false,
            cut_off,
            basis,
            place: place.or_else(|| self.places.of_text.clone()),
            parent: None,
            relation: None,
            candidate,
        }
    }

    /// A rank, a run or what there is counts up to the end of the year that its sentence prints, where it prints no
    /// other cut-off: “2024年，…均居全省首位”.
    fn end_of_its_year(&self, candidate: &Candidate, nature: Nature, line: usize) -> Option<CutOff> {
        let standing = matches!(candidate.class, Class::Rank | Class::Run);
        let counted = nature.flow == Flow::Stock
            && nature.kind == Kind::Count
            && candidate.class != Class::Named
            && candidate.qualifier != Qualifier::All;
        if !standing && !counted {
            return None;
        }
        // What ； parts is of one year.
        let from = floor(self.mended, candidate.phrase.start.saturating_sub(LONGEST_SENTENCE));
        let from = from.max(self.lines.get(line).map_or(0, |line| line.place.start)).min(candidate.phrase.start);
        let start = self.mended[from..candidate.phrase.start].rfind(['。', '！', '？']).map_or(from, |at| from + at);
        let sentence = &self.mended[start..candidate.phrase.start];
        let open = self.cut_offs.partition_point(|cut_off| cut_off.place.start < start);
        let told = self.cut_offs.get(open).is_some_and(|cut_off| cut_off.place.end <= candidate.phrase.start);
        (!told || standing).then(|| cutoffs::end_of_year(sentence, start, standing))?
    }

    /// What stands behind a figure in its line, as far as a sentence may reach.
    fn tail(&self, candidate: &Candidate, line: usize) -> &'a str {
        let end = self.lines[line].place.end.max(candidate.phrase.end);
        let tail = &self.mended[candidate.phrase.end..end];
        &tail[..floor(tail, LONGEST_SENTENCE)]
    }

    fn sentence_start(&self, at: usize, line: usize) -> usize {
        let start = self.lines[line].place.start.min(at);
        let start = start.max(floor(self.mended, at.saturating_sub(LONGEST_SENTENCE)));
        self.mended[start..at].rfind(['。', '；', '！', '？']).map_or(start, |found| start + found)
    }

    /// All there are: 100%, 36家已全部开通.
    fn qualifier(&self, candidate: &Candidate, tail: &str, flow: Flow) -> Qualifier {
        if candidate.qualifier != Qualifier::Exact || candidate.class == Class::Rank {
            return candidate.qualifier;
        }
        let percent = candidate.unit_kind == Some(UnitKind::Percent);
        if percent {
            let full = candidate.number.value == Decimal::ONE_HUNDRED && flow != Flow::Change;
            return if full { Qualifier::All } else { Qualifier::Exact };
        }
        // “9大类33个子项目全部启动” speaks of the last.
        let ends = |letter: char| matches!(letter, '，' | '。' | '；' | '、') || letter.is_ascii_digit();
        let clause = tail.find(ends).map_or(tail, |at| &tail[..at]);
        let before = &self.mended[..candidate.phrase.start];
        let counted = candidate.unit_kind != Some(UnitKind::Money) && clause.chars().count() <= 40;
        // 平均 and 人均 are not 均.
        let words = &lexicon().all.words;
        let all = counted
            && words.stand_in(clause)
            && words.iter().any(|word| {
                clause.find(word.as_str()).is_some_and(|at| !clause[..at].ends_with(['平', '人', '户', '年', '月']))
            });
        if counted && (all || before.ends_with("全部")) { Qualifier::All } else { Qualifier::Exact }
    }

    /// The cut-off that holds for a place in a line.
    fn cut_off(&self, place: &Range<usize>, line: usize) -> (Option<CutOff>, Basis) {
        let line_start = self.lines.get(line).map_or(0, |line| line.place.start);
        let before = self.cut_offs.partition_point(|cut_off| cut_off.place.start < place.start);
        let here = self.cut_offs[..before].last().filter(|cut_off| cut_off.place.start >= line_start);
        // “35701户（截至11月底）”
        let behind = self.cut_offs.get(before).filter(|next| {
            next.place.start >= place.end
                && self
                    .mended
                    .get(place.end..next.place.start)
                    .is_some_and(|between| between == "(" || between.is_empty())
        });
        match behind.or(here) {
            Some(found) if found.day.is_none() => (None, Basis::None),
            Some(found) => {
                let printed = found.place.start >= self.sentence_start(place.start, line);
                (Some(found.clone()), if printed { Basis::Printed } else { Basis::Paragraph })
            }
            None => match self.handed_down.get(line).copied().flatten() {
                Some(index) => (Some(self.cut_offs[index].clone()), Basis::Heading),
                None => (None, Basis::None),
            },
        }
    }

    fn finding(&self, draft: &Draft) -> Finding {
        let candidate = &draft.candidate;
        let span = self.clean.span(candidate.numeral.start, candidate.numeral.end);
        let phrase = self.clean.span(candidate.phrase.start, candidate.phrase.end);
        let raw = self.mended[candidate.numeral.clone()].to_owned();
        let value = candidate.number.value.normalize();
        let value = if draft.nature.falls { -value } else { value };
        let as_of =
            draft.cut_off.as_ref().and_then(|cut_off| cut_off.day).filter(|_| draft.nature.flow != Flow::Target);
        Finding {
            indicator: draft.indicator.clone(),
            value,
            raw,
            unit: candidate.unit.clone(),
            qualifier: if candidate.class == Class::Range && draft.nature.falls {
                turned(candidate.qualifier)
            } else {
                candidate.qualifier
            },
            kind: draft.nature.kind,
            flow: draft.nature.flow,
            as_of,
            as_of_basis: if as_of.is_some() { draft.basis } else { Basis::None },
            place: draft.place.clone(),
            parent: draft.parent,
            relation: draft.relation,
            span,
            phrase,
            confidence: confidence::of_class(candidate.class),
            printed: candidate.number.into(),
            class: candidate.class,
            number: figures::Number { value, precision: candidate.number.precision },
            context: Context { start: candidate.phrase.start, end: candidate.phrase.end, line: draft.line },
        }
    }
}

/// 下降10%至15%: below zero the first end is the higher.
fn turned(qualifier: Qualifier) -> Qualifier {
    match qualifier {
        Qualifier::AtLeast => Qualifier::AtMost,
        Qualifier::AtMost => Qualifier::AtLeast,
        other => other,
    }
}

/// For each line, the cut-off of the heading above it that has one.
fn handed_down(lines: &[Line], cut_offs: &[CutOff]) -> Vec<Option<usize>> {
    let mut current = None;
    let mut next = 0;
    lines
        .iter()
        .map(|line| {
            let mut own = None;
            while next < cut_offs.len() && cut_offs[next].place.start < line.place.end {
                if cut_offs[next].place.start >= line.place.start {
                    own = Some(next);
                }
                next += 1;
            }
            let above = current;
            if let Some(own) = own
                && cutoffs::hands_down(line)
            {
                current = cut_offs[own].day.map(|_| own);
            }
            if line.shape == Shape::Short { current.or(above) } else { above }
        })
        .collect()
}

/// What a figure counts; where several subjects share it, what it counts for the first and for the others.
fn indicators(mended: &str, candidate: &Candidate, around: &Around<'_>) -> (String, Vec<String>) {
    let shares = matches!(candidate.class, Class::Rank | Class::Percent | Class::PercentWords);
    let clause = &mended[clause_start(mended, candidate.phrase.start)..candidate.phrase.start];
    match shared_by(clause).filter(|_| shares) {
        Some(names) => {
            let mut names = names.into_iter().map(str::to_owned);
            let first = names.next().unwrap_or_default();
            (first, names.collect())
        }
        None if candidate.class == Class::Listed => (around.indicator_behind(), Vec::new()),
        None => (around.indicator(), Vec::new()),
    }
}

/// Whether a figure's quotation closes with 的目标: “…新增学位6万个”的目标.
fn names_target(tail: &str) -> bool {
    let Some(close) = tail.find(['”', '"']) else { return false };
    let inside = &tail[..close];
    let behind = tail[close..].trim_start_matches(['”', '"']).trim_start_matches('的');
    !inside.contains(['“', '。']) && ["目标", "任务", "要求"].iter().any(|word| behind.starts_with(word))
}

/// Gives figures whose own words say nothing the words of the figure they belong to or follow.
fn name_generic(mended: &str, drafts: &mut [Draft]) {
    // For each figure, the one whose words it goes by: chains of 新建…、改建… all go by their first.
    let mut source: Vec<usize> = (0..drafts.len()).collect();
    for index in 0..drafts.len() {
        let draft = &drafts[index];
        if draft.in_table || !is_generic(&draft.indicator) {
            continue;
        }
        let sentence = |earlier: &usize| {
            let other = &drafts[*earlier];
            let between = mended.get(other.candidate.phrase.end..draft.candidate.phrase.start);
            other.line == draft.line && between.is_some_and(|between| !between.contains(['。', '！', '？']))
        };
        let parent = draft.parent.filter(|_| draft.relation != Some(Belonging::Before));
        let named = parent.or_else(|| index.checked_sub(1).filter(sentence));
        if let Some(named) = named.filter(|named| *named < index) {
            source[index] = source[named];
            let words = format!("{}{}", drafts[source[named]].indicator, draft.indicator);
            drafts[index].indicator = words;
        }
    }
}
