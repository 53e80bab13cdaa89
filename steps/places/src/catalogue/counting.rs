//! Counting rules: how the entries of a register become the figure of an indicator.
//!
//! A rule is a short expression in the catalogue:
//!
//! ```text
//! entries                                    how many stand at 已建成 or further
//! entries from started where kind = park     how many parks are begun or further
//! sum(length) where medium = sewage & work = new
//! rate(settled / found)                      sum of one attribute in percent of the sum of another
//! growth(rate / previous)                    by how many percent the first sum is larger
//! mean(days) · max(years) · min(rank) · latest(factories) · distinct(kind) · share(rechecked)
//! towns_share · towns_all                    how many towns have one; whether all have
//! any from in_use · all(accepted)            statements, which hold or not
//! stated                                     published by a body; no register answers it
//! ```
//!
//! An entry counts from the day it names on. Where an attribute is missing, the entry is left out and told apart:
//! missing is not zero.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use kernel::{Level, RegionCode};
use rust_decimal::Decimal;

use super::stage::Stage;

/// What is done with the entries that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Head {
    Entries,
    Sum(String),
    Mean(String),
    Max(String),
    Min(String),
    Latest(String),
    Distinct(String),
    Share(String),
    Rate(String, String),
    Growth(String, String),
    TownsShare,
    TownsAll,
    Any,
    All(Stage),
    Stated,
}

/// A condition: the attribute, or `grade`, is one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    key: String,
    any_of: Vec<String>,
}

/// A counting rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    head: Head,
    from: Stage,
    conditions: Vec<Condition>,
}

/// What a rule needs to know of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Where it is.
    pub region: RegionCode,
    /// How far it has come.
    pub stage: Stage,
    /// The key of its grade; empty without one.
    pub grade: &'a str,
    /// From which day on it counts.
    pub as_of: NaiveDate,
    /// Its attributes as they are kept.
    pub values: &'a BTreeMap<String, String>,
}

/// The outcome of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number, in the unit of the attribute.
    Number(Decimal),
    /// A statement that holds or does not.
    Holds(bool),
    /// The register does not answer.
    Nothing,
}

/// The outcome of a rule, with what it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The outcome.
    pub value: Value,
    /// Entries that it rests on.
    pub counted: usize,
    /// Entries that fit but lack the attribute.
    pub missing: usize,
}

impl Count {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (rule, conditions) = match text.split_once(" where ") {
            Some((rule, conditions)) => (rule, conditions.split('&').map(condition).collect::<Result<_, _>>()?),
            None => (text, Vec::new()),
        };
        let (rule, from) = match rule.split_once(" from ") {
            Some((rule, stage)) => (rule, Some(stage_named(stage.trim())?)),
            None => (rule, None),
        };
        let head = head(rule.trim())?;
        let from = from.unwrap_or(match head {
            Head::Any | Head::Rate(..) | Head::Growth(..) | Head::Share(_) | Head::All(_) => Stage::Planned,
            _ => Stage::Built,
        });
        Ok(Self { head, from, conditions })
    }

    /// The attributes that it looks at, with whether each must be a number.
    pub fn keys(&self) -> Vec<(&str, bool)> {
        let mut keys: Vec<(&str, bool)> = match &self.head {
            Head::Sum(key) | Head::Mean(key) | Head::Max(key) | Head::Min(key) | Head::Latest(key) => vec![(key, true)],
            Head::Distinct(key) | Head::Share(key) => vec![(key, false)],
            Head::Rate(part, whole) | Head::Growth(part, whole) => vec![(part, true), (whole, true)],
            _ => Vec::new(),
        };
        keys.extend(self.conditions.iter().map(|condition| (condition.key.as_str(), false)));
        keys
    }

    /// The conditions, as key and the values that are asked for.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.conditions.iter().map(|condition| (condition.key.as_str(), condition.any_of.as_slice()))
    }

    /// The attribute whose unit the outcome has; none where it is a number of entries, a percent or a statement.
    pub fn unit_key(&self) -> Option<&str> {
        match &self.head {
            Head::Sum(key) | Head::Mean(key) | Head::Max(key) | Head::Min(key) | Head::Latest(key) => Some(key),
            _ => None,
        }
    }

    /// Whether the outcome is a percent.
    pub fn is_percent(&self) -> bool {
        matches!(self.head, Head::Share(_) | Head::Rate(..) | Head::Growth(..) | Head::TownsShare)
    }

    /// Whether the outcome holds or does not.
    pub fn is_statement(&self) -> bool {
        matches!(self.head, Head::Any | Head::All(_) | Head::TownsAll)
    }

    /// Whether a register can answer it.
    pub fn is_answered(&self) -> bool {
        self.head != Head::Stated
    }

    /// The key whose answer must be yes; for checks.
    pub(crate) fn yes_key(&self) -> Option<&str> {
        match &self.head {
            Head::Share(key) => Some(key),
            _ => None,
        }
    }

    /// Counts `entries` as they stood on `day`; `towns` are all towns of the place that is asked for.
    pub fn of<'a>(
        &self,
        entries: impl IntoIterator<Item = Counted<'a>>,
        day: NaiveDate,
        towns: &BTreeSet<RegionCode>,
    ) -> Tally {
        let fitting: Vec<Counted<'a>> = entries
            .into_iter()
            .filter(|entry| entry.as_of <= day && entry.stage.reaches(self.from))
            .filter(|entry| self.conditions.iter().all(|condition| condition.holds(entry)))
            .collect();
        let all = fitting.len();
        let number = |value: Option<Decimal>, counted: usize| Tally {
            value: value.map_or(Value::Nothing, Value::Number),
            counted,
            missing: all - counted,
        };
        let holds = |holds: bool| Tally { value: Value::Holds(holds), counted: all, missing: 0 };
        match &self.head {
            Head::Entries => number(Some(Decimal::from(all)), all),
            Head::Sum(key) => {
                let numbers = numbers(&fitting, key);
                number(sum(&numbers), numbers.len())
            }
            Head::Mean(key) => {
                let numbers = numbers(&fitting, key);
                let mean = sum(&numbers).filter(|_| !numbers.is_empty());
                number(mean.map(|sum| (sum / Decimal::from(numbers.len())).round_dp(4).normalize()), numbers.len())
            }
            Head::Max(key) => {
                let numbers = numbers(&fitting, key);
                number(numbers.iter().max().copied(), numbers.len())
            }
            Head::Min(key) => {
                let numbers = numbers(&fitting, key);
                number(numbers.iter().min().copied(), numbers.len())
            }
            Head::Latest(key) => {
                let dated = fitting.iter().filter_map(|entry| Some((entry.as_of, number_of(entry, key)?)));
                let dated: Vec<_> = dated.collect();
                number(dated.iter().max_by_key(|(day, _)| *day).map(|(_, number)| *number), dated.len())
            }
            Head::Distinct(key) => {
                let named: Vec<_> = fitting.iter().filter_map(|entry| entry.values.get(key)).collect();
                let different = named.iter().collect::<BTreeSet<_>>().len();
                number(Some(Decimal::from(different)), named.len())
            }
            Head::Share(key) => {
                let told: Vec<_> = fitting.iter().filter_map(|entry| entry.values.get(key)).collect();
                let yes = told.iter().filter(|value| value.as_str() == "yes").count();
                number(percent(Decimal::from(yes), Decimal::from(told.len())), told.len())
            }
            Head::Rate(part, whole) => {
                let (parts, wholes) = pairs(&fitting, part, whole);
                number(sum(&parts).zip(sum(&wholes)).and_then(|(part, whole)| percent(part, whole)), parts.len())
            }
            Head::Growth(now, before) => {
                let (now, before) = pairs(&fitting, now, before);
                let growth = sum(&now).zip(sum(&before)).and_then(|(now, before)| percent(now - before, before));
                number(growth, now.len())
            }
            Head::TownsShare => {
                let covered = covered(&fitting, towns);
                number(percent(Decimal::from(covered), Decimal::from(towns.len())), all)
            }
            Head::TownsAll => holds(!towns.is_empty() && covered(&fitting, towns) == towns.len()),
            Head::Any => holds(all > 0),
            Head::All(least) => holds(all > 0 && fitting.iter().all(|entry| entry.stage.reaches(*least))),
            Head::Stated => Tally { value: Value::Nothing, counted: 0, missing: 0 },
        }
    }
}

impl Condition {
    fn holds(&self, entry: &Counted<'_>) -> bool {
        let kept = match self.key.as_str() {
            "grade" => Some(entry.grade),
            key => entry.values.get(key).map(String::as_str),
        };
        kept.is_some_and(|kept| {
            kept.split(super::attribute::BETWEEN).any(|one| self.any_of.iter().any(|any| any == one))
        })
    }
}

fn stage_named(word: &str) -> Result<Stage, String> {
    Stage::parse(word).ok_or_else(|| format!("“{word}”不是阶段：可用 planned、started、built、accepted、in_use"))
}

/// Keys and values are words of small letters, digits and low lines.
fn word_of(text: &str) -> Result<String, String> {
    let text = text.trim();
    let plain = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if text.is_empty() || !plain { Err(format!("“{text}”不是属性名或取值")) } else { Ok(text.to_owned()) }
}

fn condition(text: &str) -> Result<Condition, String> {
    let (key, values) = text.split_once('=').ok_or_else(|| format!("条件“{}”缺少等号", text.trim()))?;
    if values.split('/').any(|value| value.trim().is_empty()) {
        return Err(format!("条件“{}”没有写值", text.trim()));
    }
    let any_of = values.split('/').map(word_of).collect::<Result<_, _>>()?;
    Ok(Condition { key: word_of(key)?, any_of })
}

fn head(text: &str) -> Result<Head, String> {
    let (word, inner) = match text.split_once('(') {
        Some((word, rest)) => {
            let inner = rest.strip_suffix(')').ok_or_else(|| format!("“{text}”少了右括号"))?;
            (word.trim(), inner.trim())
        }
        None => (text, ""),
    };
    let key = || if inner.is_empty() { Err(format!("“{word}”要写属性名")) } else { word_of(inner) };
    let two = || match inner.split_once('/') {
        Some((part, whole)) if !part.trim().is_empty() && !whole.trim().is_empty() => {
            Ok((word_of(part)?, word_of(whole)?))
        }
        _ => Err(format!("“{word}”要写两个属性，中间用 / 隔开")),
    };
    let alone = |head: Head| if text == word { Ok(head) } else { Err(format!("“{word}”后面不写括号")) };
    match word {
        "entries" => alone(Head::Entries),
        "towns_share" => alone(Head::TownsShare),
        "towns_all" => alone(Head::TownsAll),
        "any" => alone(Head::Any),
        "stated" => alone(Head::Stated),
        "sum" => Ok(Head::Sum(key()?)),
        "mean" => Ok(Head::Mean(key()?)),
        "max" => Ok(Head::Max(key()?)),
        "min" => Ok(Head::Min(key()?)),
        "latest" => Ok(Head::Latest(key()?)),
        "distinct" => Ok(Head::Distinct(key()?)),
        "share" => Ok(Head::Share(key()?)),
        "rate" => two().map(|(part, whole)| Head::Rate(part, whole)),
        "growth" => two().map(|(now, before)| Head::Growth(now, before)),
        "all" => Ok(Head::All(stage_named(inner)?)),
        _ => Err(format!("不认识的计数规则“{text}”")),
    }
}

fn number_of(entry: &Counted<'_>, key: &str) -> Option<Decimal> {
    entry.values.get(key)?.parse().ok()
}

fn numbers(entries: &[Counted<'_>], key: &str) -> Vec<Decimal> {
    entries.iter().filter_map(|entry| number_of(entry, key)).collect()
}

/// Only entries that say both count, so that a missing part does not lower a rate.
fn pairs(entries: &[Counted<'_>], part: &str, whole: &str) -> (Vec<Decimal>, Vec<Decimal>) {
    entries.iter().filter_map(|entry| Some((number_of(entry, part)?, number_of(entry, whole)?))).unzip()
}

fn sum(numbers: &[Decimal]) -> Option<Decimal> {
    if numbers.is_empty() {
        return None;
    }
    numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number)).map(|sum| sum.normalize())
}

fn percent(part: Decimal, whole: Decimal) -> Option<Decimal> {
    let share = part.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(whole)?;
    Some(share.round_dp(2).normalize())
}

fn covered(entries: &[Counted<'_>], towns: &BTreeSet<RegionCode>) -> usize {
    let covered: BTreeSet<_> = entries.iter().map(|entry| entry.region.at(Level::Town)).collect();
    covered.intersection(towns).count()
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.head {
            Head::Entries => write!(f, "entries")?,
            Head::Sum(key) => write!(f, "sum({key})")?,
            Head::Mean(key) => write!(f, "mean({key})")?,
            Head::Max(key) => write!(f, "max({key})")?,
            Head::Min(key) => write!(f, "min({key})")?,
            Head::Latest(key) => write!(f, "latest({key})")?,
            Head::Distinct(key) => write!(f, "distinct({key})")?,
            Head::Share(key) => write!(f, "share({key})")?,
            Head::Rate(part, whole) => write!(f, "rate({part}/{whole})")?,
            Head::Growth(now, before) => write!(f, "growth({now}/{before})")?,
            Head::TownsShare => write!(f, "towns_share")?,
            Head::TownsAll => write!(f, "towns_all")?,
            Head::Any => write!(f, "any")?,
            Head::All(stage) => write!(f, "all({})", stage.code())?,
            Head::Stated => write!(f, "stated")?,
        }
        write!(f, " from {}", self.from.code())?;
        for (at, condition) in self.conditions.iter().enumerate() {
            let between = if at == 0 { " where" } else { " &" };
            write!(f, "{between} {} = {}", condition.key, condition.any_of.join("/"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
