//! The first reading of a facts file: everything that is wrong, and everything that writing needs to know beforehand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::BufRead;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{Level, Place, Problem, ProblemKind, RegionCode, Text};
use store::Result;

use crate::entries::check_cut_off;
use crate::facts::line::{self, CategoryKey, Fact, Placing, at_key};
use crate::rules::{BreakdownFault, check_breakdown};
use crate::words::{Accumulation, Breakdown, Kind, Measure, Relation};

/// Faults that are listed before reading stops; more would help nobody.
pub(super) const MOST_FAULTS: usize = 100;

/// What one series of figures is, gathered from all its lines.
#[derive(Clone, Debug)]
pub(crate) struct SeriesPlan {
    pub first_line: usize,
    pub first: Fact,
    pub placing: Placing,
    pub grain: Level,
    pub accumulation: Accumulation,
    pub parent: Option<(String, Option<Relation>)>,
    pub breakdown: Option<Breakdown>,
}

/// What is known of a fact when others refer to it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub line: usize,
    pub programme: String,
    pub series: String,
    pub value: Option<Decimal>,
    pub kind: Kind,
    pub unit: String,
    pub measure: Measure,
    /// Whether its own parts are all of it: told of the figure, since a plan may be split and the spending not.
    pub breakdown: Option<Breakdown>,
}

/// What the first reading found.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    pub lines: u64,
    /// Document → programme slug.
    pub documents: BTreeMap<String, String>,
    /// Programme slug → place and year.
    pub programmes: BTreeMap<String, (RegionCode, i32)>,
    /// (Programme, series) → plan, in the order of the file.
    pub series: Vec<((String, String), SeriesPlan)>,
    /// Facts that others belong to.
    pub parents: HashMap<String, Known>,
    faults: Vec<Place>,
}

/// What the ledger holds already, as far as the first reading asks.
pub(crate) struct Context<'a> {
    pub today: NaiveDate,
    /// Document code → programme slug.
    pub documents: &'a HashMap<String, String>,
    /// Divisions that exist.
    pub regions: &'a HashSet<RegionCode>,
    /// Slugs, places and years that exist.
    pub programmes: &'a HashMap<String, (RegionCode, i32)>,
}

struct Part {
    line: usize,
    id: String,
    parent: String,
    series: (String, String),
    known: Known,
}

/// The first reading, before what it refers to in the ledger is known.
pub(crate) struct Reading {
    survey: Survey,
    gathered: Gathered,
}

impl Reading {
    /// Reads every line of the file that `open` opens.
    ///
    /// # Errors
    /// When the file cannot be read; faults of single lines are kept for [`Reading::settle`].
    pub(crate) fn read<B: BufRead>(open: &dyn Fn() -> std::io::Result<B>, context: &Context<'_>) -> Result<Self> {
        let mut survey = Survey::default();
        let mut gathered = survey.read_lines(open()?, context)?;
        gathered.recall_parents(open()?)?;
        Ok(Self { survey, gathered })
    }

    /// Facts that lines belong to and that are not in the file.
    pub(crate) fn outside(&self) -> Vec<String> {
        let ids = &self.gathered.ids;
        self.gathered.referred.iter().filter(|id| !ids.contains_key(id.as_str())).cloned().collect()
    }

    /// Settles where every series stands; `facts` are those of [`Reading::outside`] that the ledger holds.
    ///
    /// # Errors
    /// A problem that lists up to a hundred faults, each with its line and key.
    pub(crate) fn settle(self, facts: &HashMap<String, Known>, context: &Context<'_>) -> Result<Survey> {
        let Self { mut survey, gathered } = self;
        survey.settle(gathered, facts, context);
        if survey.faults.is_empty() {
            return Ok(survey);
        }
        let count = survey.faults.len();
        Err(Problem {
            kind: ProblemKind::Invalid,
            message: Text::new(
                format!("文件有 {count} 处需要修改，没有导入任何内容"),
                format!("the file has {count} faults; nothing was imported"),
            ),
            places: survey.faults,
        }
        .into())
    }
}

/// The lines that settle where facts stand: kept only for series, parents and parts.
#[derive(Default)]
struct Gathered {
    ids: HashMap<Box<str>, usize>,
    referred: HashSet<String>,
    series: HashMap<(String, String), usize>,
    votes: BTreeMap<String, BTreeMap<(RegionCode, i32), usize>>,
    waiting: Vec<(usize, Fact, Placing)>,
}

impl Gathered {
    /// Reads again those lines that turned out to be parents and were not kept.
    fn recall_parents(&mut self, input: impl BufRead) -> Result<()> {
        let kept: HashSet<usize> = self.waiting.iter().map(|(line, ..)| *line).collect();
        let referred = self.referred.iter().filter_map(|id| self.ids.get(id.as_str()));
        let missing: HashSet<usize> = referred.copied().filter(|line| !kept.contains(line)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for (at, text) in input.lines().enumerate().filter(|(at, _)| missing.contains(&(at + 1))) {
            let text = text.map_err(|error| unreadable(at + 1, &error))?;
            if let Ok((fact, placing)) = line::read(text.trim(), at + 1) {
                self.waiting.push((at + 1, fact, placing));
            }
        }
        self.waiting.sort_by_key(|(line, ..)| *line);
        Ok(())
    }
}

impl Survey {
    fn fault(&mut self, line: usize, key: &str, zh: impl Into<String>, en: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(Place { at: at_key(line, key), message: Text::new(zh, en) });
        }
    }

    fn read_lines(&mut self, input: impl BufRead, context: &Context<'_>) -> Result<Gathered> {
        let mut gathered = Gathered::default();
        for (at, text) in input.lines().enumerate() {
            if self.faults.len() >= MOST_FAULTS {
                break;
            }
            let number = at + 1;
            let text = text.map_err(|error| unreadable(number, &error))?;
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            self.lines += 1;
            match line::read(text, number) {
                Ok((fact, placing)) => self.gather(&mut gathered, number, fact, placing, context),
                Err(faults) => self.faults.extend(faults),
            }
        }
        Ok(gathered)
    }

    fn gather(&mut self, into: &mut Gathered, number: usize, fact: Fact, placing: Placing, context: &Context<'_>) {
        if let Some(first) = into.ids.insert(fact.id.as_str().into(), number) {
            let id = &fact.id;
            self.fault(
                number,
                "id",
                format!("编号 {id} 已在第 {first} 行出现；每条数字的编号应唯一"),
                format!("{id} stands in line {first} already; an id is used once"),
            );
        }
        if !context.regions.contains(&fact.region) {
            let code = fact.region.short();
            self.fault(
                number,
                "region_code",
                format!("没有代码为 {code} 的行政区划；请检查代码，或先导入该省的区划表"),
                format!("there is no division {code}; check the code, or import the province's divisions first"),
            );
        }
        if let Err(problem) = check_cut_off(fact.as_of, context.today) {
            self.fault(number, "as_of", problem.message.zh, problem.message.en);
        }
        if let Some(parent) = &fact.parent {
            into.referred.insert(parent.clone());
        }
        let votes = into.votes.entry(fact.source.clone()).or_default();
        *votes.entry((fact.region, fact.year)).or_default() += 1;
        // Only what tells one series from the next has to be remembered: the first line, and lines that differ.
        let series = (fact.source.clone(), series_of(&fact, &placing));
        let known = into.series.contains_key(&series);
        let matters = fact.parent.is_some() || placing.breakdown.is_some() || !known;
        into.series.entry(series.clone()).or_insert(number);
        if matters || self.differs(into, &series, &fact) {
            into.waiting.push((number, fact, placing));
        }
    }

    /// Whether a further line of a series says something new about it: another unit, kind, or a deeper place.
    fn differs(&self, into: &Gathered, series: &(String, String), fact: &Fact) -> bool {
        let first = into.series[series];
        into.waiting.binary_search_by_key(&first, |(line, ..)| *line).is_ok_and(|at| {
            let (_, other, _) = &into.waiting[at];
            other.unit != fact.unit
                || other.kind != fact.kind
                || other.region.level() != fact.region.level()
                || other.flow != fact.flow
        })
    }

    fn settle(&mut self, gathered: Gathered, facts: &HashMap<String, Known>, context: &Context<'_>) {
        let Gathered { ids, referred, votes, mut waiting, .. } = gathered;
        let mut parts = Vec::new();
        self.parents.extend(facts.iter().map(|(id, known)| (id.clone(), known.clone())));
        self.settle_documents(&votes, &waiting, context);
        let mut index = HashMap::<(String, String), usize>::new();
        for (number, fact, placing) in waiting.drain(..) {
            let programme = placing.programme.clone().unwrap_or_else(|| self.documents[&fact.source].clone());
            let key = (programme, series_of(&fact, &placing));
            let known = Known {
                line: number,
                programme: key.0.clone(),
                series: key.1.clone(),
                value: fact.value,
                kind: fact.kind,
                unit: fact.unit.clone(),
                measure: fact.flow.measure(),
                breakdown: placing.breakdown,
            };
            if let Some(parent) = &fact.parent {
                if !ids.contains_key(parent.as_str()) && !facts.contains_key(parent) {
                    self.fault(
                        number,
                        "parent",
                        format!("没有编号为 {parent} 的数字"),
                        format!("there is no fact {parent}"),
                    );
                }
                if fact.relation == Some(Relation::PartOf) {
                    let (id, parent) = (fact.id.clone(), parent.clone());
                    parts.push(Part { line: number, id, parent, series: key.clone(), known: known.clone() });
                }
            }
            if referred.contains(&fact.id) {
                self.parents.insert(fact.id.clone(), known);
            }
            let at = *index.entry(key.clone()).or_insert(self.series.len());
            self.extend_series(at, key, number, fact, placing);
        }
        self.check_parts(&parts);
    }

    /// Every document belongs to one programme: the one it names, the one it has in the ledger, or that of the place
    /// and year that most of its lines speak of.
    fn settle_documents(
        &mut self,
        votes: &BTreeMap<String, BTreeMap<(RegionCode, i32), usize>>,
        waiting: &[(usize, Fact, Placing)],
        context: &Context<'_>,
    ) {
        for (_, fact, placing) in waiting {
            if let Some(slug) = &placing.programme {
                self.documents.entry(fact.source.clone()).or_insert_with(|| slug.clone());
            }
        }
        for (source, places) in votes {
            let Some(((region, year), _)) =
                places.iter().max_by_key(|(place, count)| (**count, std::cmp::Reverse(**place)))
            else {
                continue;
            };
            let own = format!("{}-{year}", region.short());
            let slug = self
                .documents
                .entry(source.clone())
                .or_insert_with(|| context.documents.get(source).cloned().unwrap_or(own))
                .clone();
            let place =
                context.programmes.get(&slug).copied().unwrap_or_else(|| slug_place(&slug).unwrap_or((*region, *year)));
            self.programmes.insert(slug, place);
        }
    }

    fn extend_series(&mut self, at: usize, key: (String, String), number: usize, fact: Fact, placing: Placing) {
        let level = fact.region.level();
        let is_actual = fact.flow.measure() == Measure::Actual;
        let accumulation = accumulation(&fact);
        let parent = fact.parent.clone().map(|parent| (parent, fact.relation));
        let Some((_, plan)) = self.series.get_mut(at) else {
            let breakdown = placing.breakdown;
            let grain = level;
            self.series.push((
                key,
                SeriesPlan { first_line: number, first: fact, placing, grain, accumulation, parent, breakdown },
            ));
            return;
        };
        let (unit, kind, first_line) = (plan.first.unit.clone(), plan.first.kind, plan.first_line);
        plan.grain = plan.grain.max(level);
        if is_actual && plan.first.flow.measure() == Measure::Target {
            plan.accumulation = accumulation;
        }
        plan.parent = plan.parent.take().or(parent);
        plan.breakdown = plan.breakdown.or(placing.breakdown);
        let name = key.1;
        if unit != fact.unit {
            let other = &fact.unit;
            self.fault(
                number,
                "unit",
                format!("指标“{name}”在第 {first_line} 行的单位是“{unit}”，这里是“{other}”"),
                format!("“{name}” has the unit “{unit}” in line {first_line} and “{other}” here"),
            );
        }
        if kind != fact.kind {
            let (before, here) = (kind.code(), fact.kind.code());
            self.fault(
                number,
                "kind",
                format!("指标“{name}”在第 {first_line} 行是 {before}，这里是 {here}"),
                format!("“{name}” is {before} in line {first_line} and {here} here"),
            );
        }
    }

    fn check_parts(&mut self, parts: &[Part]) {
        let mut by_parent = BTreeMap::<&str, Vec<&Part>>::new();
        for part in parts {
            by_parent.entry(&part.parent).or_default().push(part);
        }
        let mut faults = Vec::new();
        for (id, parts) in by_parent {
            let Some(whole) = self.parents.get(id) else { continue };
            let Some(value) = whole.value.filter(|_| whole.kind.is_additive() && whole.kind != Kind::Boolean) else {
                continue;
            };
            let same = |part: &&&Part| {
                part.known.kind == whole.kind
                    && part.known.unit == whole.unit
                    && part.known.measure == whole.measure
                    && part.series != (whole.programme.clone(), whole.series.clone())
            };
            let counted: Vec<_> = parts.iter().filter(same).collect();
            let values: Vec<_> = counted.iter().filter_map(|part| part.known.value).collect();
            let breakdown = whole.breakdown.unwrap_or(Breakdown::Partial);
            if let Err(fault) = check_breakdown(value, &values, breakdown) {
                let line = counted.iter().map(|part| part.line).chain([whole.line]).max().unwrap_or(whole.line);
                let names: Vec<_> = counted.iter().map(|part| part.id.as_str()).collect();
                faults.push((line, breakdown_fault(fault, value, values.iter().sum(), &names.join("、"))));
            }
        }
        for (line, text) in faults {
            self.fault(line, "value", text.zh, text.en);
        }
    }
}

fn breakdown_fault(fault: BreakdownFault, whole: Decimal, sum: Decimal, names: &str) -> Text {
    let (whole, sum) = (figures::print_grouped(whole), figures::print_grouped(sum));
    match fault {
        BreakdownFault::Exceeds(_) => Text::new(
            format!("各部分之和 {sum} 超过总数 {whole}（{names}）"),
            format!("the parts add up to {sum}, more than the whole {whole} ({names})"),
        ),
        BreakdownFault::DoesNotAddUp(_) => Text::new(
            format!("各部分之和 {sum} 与总数 {whole} 不符，应当相等（{names}）"),
            format!("the parts add up to {sum} and should make the whole {whole} ({names})"),
        ),
    }
}

fn unreadable(line: usize, error: &std::io::Error) -> store::Error {
    if error.kind() == std::io::ErrorKind::InvalidData {
        return Problem::invalid(
            format!("第 {line} 行不是 UTF-8 文字；请另存为 UTF-8 后再导入"),
            format!("line {line} is not UTF-8 text; save the file as UTF-8"),
        )
        .into();
    }
    std::io::Error::new(error.kind(), error.to_string()).into()
}

/// What makes facts of one programme one series.
pub(crate) fn series_of(fact: &Fact, placing: &Placing) -> String {
    placing.series.clone().unwrap_or_else(|| fact.indicator.clone())
}

/// The category that a fact stands in.
pub(crate) fn category_of(fact: &Fact, placing: &Placing) -> CategoryKey {
    placing.category.clone().unwrap_or_else(|| CategoryKey {
        no: None,
        name: if fact.area.is_empty() { "未分类".to_owned() } else { fact.area.clone() },
    })
}

/// Place and year of a slug such as `330200-2024` or `330784-2024-suggestions`.
pub(crate) fn slug_place(slug: &str) -> Option<(RegionCode, i32)> {
    let mut parts = slug.splitn(3, '-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn accumulation(fact: &Fact) -> Accumulation {
    use super::line::Flow;
    match (fact.kind, fact.flow) {
        (Kind::Percent | Kind::Ratio, _) => Accumulation::Rate,
        (Kind::RateChange, _) | (_, Flow::Change) => Accumulation::Change,
        (_, Flow::Stock) => Accumulation::Stock,
        (_, Flow::New | Flow::Target) => Accumulation::New,
    }
}
