//! The words the reader knows: `data/lexicon.toml`, compiled once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::finding::Kind;
pub(crate) use crate::words::{BelongingWords, Level, PlaceWords, RelationWords, Spoken, TableWords, Words};

/// The lexicon that ships with the crate.
///
/// # Panics
///
/// When the shipped file does not parse, which a test rules out.
pub(crate) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::read(include_str!("../data/lexicon.toml")).expect("the shipped lexicon is sound"))
}

/// Words and patterns, ready for use.
pub(crate) struct Lexicon {
    units: HashMap<char, Vec<Unit>>,
    stops: Vec<Regex>,
    pub(crate) ranks: Ranks,
    pub(crate) percent_words: PercentWords,
    pub(crate) runs: Runs,
    pub(crate) flows: Flows,
    pub(crate) phrases: Phrases,
    pub(crate) marks: Marks,
    pub(crate) all: All,
    pub(crate) listed: Listed,
    pub(crate) spoken: Spoken,
    pub(crate) belonging: BelongingWords,
    pub(crate) tables: TableWords,
    pub(crate) places: PlaceWords,
    pub(crate) relations: RelationWords,
}

/// What a unit says about the figure in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnitKind {
    Count,
    People,
    Times,
    Length,
    Area,
    Volume,
    Mass,
    Energy,
    Money,
    Percent,
    Points,
    Ratio,
    Time,
    /// No unit of a figure, though it looks like one: 年, 个月, 届.
    None,
}

impl UnitKind {
    /// The kind of figure, before its context has been looked at.
    pub(crate) fn kind(self) -> Kind {
        match self {
            Self::People => Kind::People,
            Self::Times => Kind::Times,
            Self::Length => Kind::Length,
            Self::Area => Kind::Area,
            Self::Money => Kind::Money,
            Self::Percent => Kind::Percent,
            Self::Points => Kind::RateChange,
            Self::Ratio => Kind::Ratio,
            Self::Count | Self::Volume | Self::Mass | Self::Energy | Self::Time | Self::None => Kind::Count,
        }
    }
}

/// One unit.
#[derive(Clone, Debug)]
pub(crate) struct Unit {
    pub(crate) name: String,
    pub(crate) kind: UnitKind,
    /// Also read behind Chinese numerals.
    pub(crate) chinese: bool,
}

/// Patterns of ranks.
pub(crate) struct Ranks {
    pub(crate) scope: Regex,
    pub(crate) patterns: [Regex; 3],
}

/// Patterns of percents in words.
pub(crate) struct PercentWords {
    pub(crate) hundredths: Regex,
    pub(crate) full: Regex,
    /// 七成.
    pub(crate) tenths: [Regex; 2],
    /// 九成六.
    pub(crate) hundredths_of_tenths: Regex,
}

/// Patterns of years and wins in a row.
pub(crate) struct Runs {
    pub(crate) patterns: [Regex; 3],
    /// 三年行动: how long something is meant to run.
    pub(crate) campaigns: Regex,
    /// 由45日缩短至28日: how long something takes.
    pub(crate) days: [Regex; 2],
}

/// Words that tell whether a figure is new, a stock, a target or a change.
#[derive(Deserialize)]
pub(crate) struct Flows {
    #[serde(deserialize_with = "pattern")]
    pub(crate) ahead: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) deadline: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) already: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) plans: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) reports: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) sections: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) review: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) within: Regex,
    #[serde(deserialize_with = "pattern")]
    pub(crate) year_end: Regex,
    pub(crate) target: Words,
    pub(crate) target_overruled: Words,
    pub(crate) stock: Words,
    pub(crate) entered: Words,
    pub(crate) stock_nouns: Words,
    pub(crate) new: Words,
    pub(crate) rise: Words,
    pub(crate) fall: Words,
    pub(crate) level: Words,
    pub(crate) yearly: Words,
    pub(crate) more: Words,
    pub(crate) fewer: Words,
    pub(crate) up: Words,
    pub(crate) down: Words,
    pub(crate) whole_places: Words,
    pub(crate) money_flows: Words,
    pub(crate) reaches: Words,
    pub(crate) periods: Words,
    pub(crate) accomplished: Words,
    pub(crate) people: Words,
    pub(crate) money: Words,
    pub(crate) paid: Words,
    pub(crate) granted: Words,
    pub(crate) promised: Words,
    pub(crate) each: Words,
    pub(crate) standards: Words,
    pub(crate) rates: Words,
    pub(crate) of_aims: Words,
    pub(crate) aims_before: Words,
    pub(crate) aims_behind: Words,
    pub(crate) per_head: Words,
    pub(crate) per_head_of_things: Words,
    pub(crate) named_ahead: Words,
    pub(crate) named_done: Words,
    pub(crate) named_decided: Words,
}

/// Words to cut from indicator phrases.
#[derive(Deserialize)]
pub(crate) struct Phrases {
    pub(crate) front: Vec<String>,
    pub(crate) back: Vec<String>,
    pub(crate) generic: Vec<String>,
    pub(crate) noun_follows_not: Vec<String>,
}

impl Phrases {
    /// 累计 is cut before 计, which would leave 累.
    fn longest_first(mut self) -> Self {
        for words in [&mut self.front, &mut self.back] {
            words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        }
        self
    }
}

/// Where words that qualify are part of other words.
#[derive(Deserialize)]
pub(crate) struct Marks {
    pub(crate) not_behind: HashMap<String, String>,
    pub(crate) behind_unit: Vec<String>,
    pub(crate) at_least: Words,
    pub(crate) at_most: Words,
}

/// Words for everything of a kind.
pub(crate) struct All {
    pub(crate) words: Words,
    pub(crate) coverage: Regex,
}

/// How things are counted by naming them.
pub(crate) struct Listed {
    /// Characters that family names begin with.
    pub(crate) surnames: String,
    /// “A、B等代表提出”, the names as group n.
    pub(crate) proposers: Regex,
    /// “A、B等多个…”, everything from the clause's start as group n, the unit as group u.
    pub(crate) several: Regex,
    /// Words that begin like a name and are none.
    pub(crate) no_names: Vec<String>,
    /// Words in front of a list.
    pub(crate) leads: Words,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    units: Vec<FileUnits>,
    stops: Vec<FileStop>,
    ranks: FileRanks,
    percent_words: FilePercents,
    runs: FileRuns,
    flows: Flows,
    phrases: Phrases,
    marks: Marks,
    all: FileAll,
    listed: FileListed,
    spoken: Spoken,
    belonging: BelongingWords,
    tables: TableWords,
    places: PlaceWords,
    relations: RelationWords,
}

#[derive(Deserialize)]
struct FileUnits {
    kind: UnitKind,
    #[serde(default)]
    chinese: bool,
    names: Vec<String>,
}

#[derive(Deserialize)]
struct FileStop {
    name: String,
    pattern: String,
}

#[derive(Deserialize)]
struct FileRanks {
    scope: String,
    place: String,
    first: String,
    top: String,
}

#[derive(Deserialize)]
struct FilePercents {
    hundredths: String,
    full: String,
    tenths: String,
    tenths_measured: String,
    hundredths_of_tenths: String,
}

#[derive(Deserialize)]
struct FileRuns {
    years: String,
    wins: String,
    campaigns: String,
    sayings: String,
    days_before: String,
    days_after: String,
}

#[derive(Deserialize)]
struct FileListed {
    surnames: String,
    proposers: String,
    several: String,
    no_names: Vec<String>,
    leads: Words,
}

#[derive(Deserialize)]
struct FileAll {
    words: Words,
    coverage: String,
}

pub(crate) fn pattern<'de, D: Deserializer<'de>>(source: D) -> Result<Regex, D::Error> {
    ascii(&String::deserialize(source)?).map_err(Error::custom)
}

/// A pattern whose \d are the ten digits that a mended text has left: the digits of all scripts cost time and match
/// nothing.
fn ascii(pattern: &str) -> Result<Regex, regex::Error> {
    Regex::new(&pattern.replace(r"\d", "[0-9]"))
}

impl Lexicon {
    fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let compile = |name: &str, pattern: &str| ascii(pattern).map_err(|error| format!("{name}: {error}"));
        let mut units: HashMap<char, Vec<Unit>> = HashMap::new();
        for group in file.units {
            for name in group.names {
                if let Some(first) = name.chars().next() {
                    units.entry(first).or_default().push(Unit { name, kind: group.kind, chinese: group.chinese });
                }
            }
        }
        for names in units.values_mut() {
            names.sort_by_key(|unit| std::cmp::Reverse(unit.name.len()));
        }
        let stops = file.stops.iter().map(|stop| compile(&stop.name, &stop.pattern)).collect::<Result<_, _>>()?;
        Ok(Self {
            units,
            stops,
            ranks: Ranks {
                scope: compile("ranks.scope", &file.ranks.scope)?,
                patterns: [
                    compile("ranks.place", &file.ranks.place)?,
                    compile("ranks.first", &file.ranks.first)?,
                    compile("ranks.top", &file.ranks.top)?,
                ],
            },
            percent_words: PercentWords {
                hundredths: compile("percent_words.hundredths", &file.percent_words.hundredths)?,
                full: compile("percent_words.full", &file.percent_words.full)?,
                tenths: [
                    compile("percent_words.tenths", &file.percent_words.tenths)?,
                    compile("percent_words.tenths_measured", &file.percent_words.tenths_measured)?,
                ],
                hundredths_of_tenths: compile(
                    "percent_words.hundredths_of_tenths",
                    &file.percent_words.hundredths_of_tenths,
                )?,
            },
            runs: Runs {
                patterns: [
                    compile("runs.years", &file.runs.years)?,
                    compile("runs.wins", &file.runs.wins)?,
                    compile("runs.sayings", &file.runs.sayings)?,
                ],
                campaigns: compile("runs.campaigns", &file.runs.campaigns)?,
                days: [
                    compile("runs.days_before", &file.runs.days_before)?,
                    compile("runs.days_after", &file.runs.days_after)?,
                ],
            },
            flows: file.flows,
            phrases: file.phrases.longest_first(),
            marks: file.marks,
            listed: Listed {
                surnames: file.listed.surnames,
                proposers: compile("listed.proposers", &file.listed.proposers)?,
                several: compile("listed.several", &file.listed.several)?,
                no_names: file.listed.no_names,
                leads: file.listed.leads,
            },
            spoken: file.spoken,
            belonging: file.belonging,
            tables: file.tables,
            places: file.places,
            relations: file.relations,
            all: All { words: file.all.words, coverage: compile("all.coverage", &file.all.coverage)? },
        })
    }

    /// The longest unit that a text starts with.
    pub(crate) fn unit_at(&self, text: &str) -> Option<&Unit> {
        let first = text.chars().next()?;
        self.units.get(&first)?.iter().find(|unit| text.starts_with(&unit.name))
    }

    /// The ranges of a text whose digits are no figures, in order of their start.
    pub(crate) fn stopped(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for stop in &self.stops {
            let named = stop.capture_names().flatten().any(|name| name == "n");
            if named {
                let groups = stop.captures_iter(text).filter_map(|found| found.name("n").or_else(|| found.get(0)));
                ranges.extend(groups.map(|group| group.range()));
            } else {
                ranges.extend(stop.find_iter(text).map(|found| found.range()));
            }
        }
        ranges.sort_by_key(|range| range.start);
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_lexicon_is_sound() {
        let read = Lexicon::read(include_str!("../data/lexicon.toml"));
        assert!(read.is_ok(), "{:?}", read.err());
    }

    #[test]
    fn the_longest_unit_wins() {
        let name = |text: &str| lexicon().unit_at(text).map(|unit| unit.name.as_str());
        assert_eq!(name("个百分点，"), Some("个百分点"));
        assert_eq!(name("人次"), Some("人次"));
        assert_eq!(name("个月"), Some("个月"));
        assert_eq!(name("年"), Some("年"));
        assert_eq!(name("嗯"), None);
    }

    #[test]
    fn names_dates_and_limits_are_no_figures() {
        for (text, digits) in [
            ("为60岁以上老人", "60"),
            ("离校2年内未就业", "2"),
            ("第十六届人大", "十六"),
            ("S316省道", "316"),
            ("“7+N”区块", "7"),
            ("2024年", "2024"),
            ("截至1031日", "1031"),
            ("1—9月", "9"),
            ("12345热线", "12345"),
            ("330国道", "330"),
            ("\n1.新建", "1"),
            ("15分钟健身圈", "15"),
            ("5G基站", "5"),
        ] {
            let at = text.find(digits).expect("the digits");
            let hit = lexicon().stopped(text).iter().any(|range| range.start < at + digits.len() && at < range.end);
            assert!(hit, "{text}");
        }
    }
}
