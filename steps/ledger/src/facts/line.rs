//! One line of the facts format: one figure with all that is known about it.

use chrono::NaiveDate;
use figures::{Decimal, Number, Precision, Qualifier};
use kernel::{Place, Problem, RegionCode, Text};
use serde::Deserialize;
use serde_json::value::RawValue;
use store::amount;

use crate::words::{Breakdown, DateBasis, FundSource, Kind, Measure, Purpose, Relation, Statistic};

/// The longest text that a key may hold, in bytes; longer ones are no figure phrases and no names.
const LONGEST_TEXT: usize = 4_000;

/// A figure as the format carries it. Equality is equality of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Identity, unique in the ledger.
    pub id: String,
    /// The place's name as a reader knows it.
    pub place: String,
    /// The place.
    pub region: RegionCode,
    /// The year it speaks of.
    pub year: i32,
    /// The document.
    pub source: String,
    /// The heading it stands under.
    pub area: String,
    /// What is counted.
    pub indicator: String,
    /// The number, if there is one, 万 and 亿 multiplied out.
    pub value: Option<Decimal>,
    /// The figure as printed.
    pub raw: String,
    /// The unit as printed.
    pub unit: String,
    /// How closely the number is meant.
    pub qualifier: Qualifier,
    /// What is counted.
    pub kind: Kind,
    /// new, stock, target or change.
    pub flow: Flow,
    /// The first day it speaks of.
    pub period_start: Option<NaiveDate>,
    /// The last day.
    pub period_end: Option<NaiveDate>,
    /// The cut-off.
    pub as_of: Option<NaiveDate>,
    /// How sure the dates are.
    pub date_basis: DateBasis,
    /// The fact it belongs to.
    pub parent: Option<String>,
    /// How it belongs to it.
    pub relation: Option<Relation>,
    /// A shared rank.
    pub tie: bool,
    /// A remark.
    pub note: Option<String>,
    /// The words of the source.
    pub quote: Option<String>,
}

kernel::codes! {
    /// What a figure says about its period.
    Flow {
        /// Within the period.
        New = "new", "期内新增", "new";
        /// At the cut-off.
        Stock = "stock", "存量", "stock";
        /// To be reached.
        Target = "target", "目标", "target";
        /// Against a base.
        Change = "change", "增减", "change";
    }
}

impl Flow {
    /// Whether the figure is done or to be done.
    pub fn measure(self) -> Measure {
        if self == Self::Target { Measure::Target } else { Measure::Actual }
    }
}

impl Fact {
    /// The number with the precision that `raw` shows; a count of named things or a decrease keeps its own digits.
    pub fn number(&self) -> Option<Number> {
        let value = self.value?;
        let precision = figures::parse_number(&self.raw)
            .ok()
            .filter(|printed| printed.value.abs() == value.abs())
            .map_or_else(|| Precision::of(value), |printed| printed.precision);
        Some(Number { value, precision })
    }

    /// Whether two facts say the same; keys that the newer file leaves out are not compared.
    pub fn same_content(&self, newer: &Self) -> bool {
        let mut newer = newer.clone();
        if newer.note.is_none() {
            newer.note.clone_from(&self.note);
        }
        if newer.quote.is_none() {
            newer.quote.clone_from(&self.quote);
        }
        *self == newer
    }
}

/// Where a fact is to stand, as far as its line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Placing {
    pub programme: Option<String>,
    pub category: Option<CategoryKey>,
    pub project: Option<String>,
    pub series: Option<String>,
    pub purpose: Option<Purpose>,
    pub statistic: Option<Statistic>,
    pub fund_source: Option<FundSource>,
    pub breakdown: Option<Breakdown>,
    pub matter: Option<String>,
    pub services: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct CategoryKey {
    #[serde(default)]
    pub no: Option<i32>,
    pub name: String,
}

/// The keys as they stand in the file; every one may be missing until it has been checked.
#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    place: Option<String>,
    #[serde(default)]
    region_code: Option<String>,
    #[serde(default)]
    year: Option<i32>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    area: Option<String>,
    #[serde(default)]
    indicator: Option<String>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    unit: Option<String>,
    #[serde(default)]
    qualifier: Option<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    flow: Option<String>,
    #[serde(default)]
    period_start: Option<String>,
    #[serde(default)]
    period_end: Option<String>,
    #[serde(default)]
    as_of: Option<String>,
    #[serde(default)]
    date_basis: Option<String>,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    relation: Option<String>,
    #[serde(default)]
    tie: bool,
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    quote: Option<String>,
    #[serde(default)]
    programme: Option<String>,
    #[serde(default)]
    category: Option<CategoryKey>,
    #[serde(default)]
    project: Option<String>,
    #[serde(default)]
    series: Option<String>,
    #[serde(default)]
    purpose: Option<String>,
    #[serde(default)]
    statistic: Option<String>,
    #[serde(default)]
    fund_source: Option<String>,
    #[serde(default)]
    breakdown: Option<String>,
    #[serde(default)]
    matter: Option<String>,
    #[serde(default)]
    service: Vec<String>,
}

/// Reads one line.
///
/// # Errors
/// Every key that is missing or wrong, each with its place.
pub(crate) fn read(text: &str, number: usize) -> Result<(Fact, Placing), Vec<Place>> {
    let keys: Keys<'_> = serde_json::from_str(text).map_err(|error| vec![not_json(&error, number)])?;
    let mut reader = Reader { number, faults: Vec::new() };
    let fact = reader.fact(&keys);
    let placing = reader.placing(keys);
    match fact {
        Some(fact) if reader.faults.is_empty() => Ok((fact, placing)),
        _ => Err(reader.faults),
    }
}

/// The place of a key in a line, in both languages.
pub(crate) fn at_key(number: usize, key: &str) -> Text {
    Text::new(format!("第 {number} 行 {key}"), format!("line {number}, {key}"))
}

fn not_json(error: &serde_json::Error, number: usize) -> Place {
    let column = error.column();
    let at = Text::new(format!("第 {number} 行"), format!("line {number}"));
    let message = if error.is_data() {
        Text::new(
            format!("第 {column} 个字节处的内容类型不对（{error}）；请对照数据格式说明"),
            format!("a key holds the wrong type of content: {error}"),
        )
    } else {
        Text::new(
            format!("不是完整的 JSON（第 {column} 个字节处）；请每行写一个对象"),
            format!("this is not one complete JSON object: {error}"),
        )
    };
    Place { at, message }
}

struct Reader {
    number: usize,
    faults: Vec<Place>,
}

impl Reader {
    fn fault(&mut self, key: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Place { at: at_key(self.number, key), message: Text::new(zh, en) });
    }

    fn text(&mut self, key: &str, value: Option<&String>, needed: bool) -> Option<String> {
        match value {
            Some(text) if text.len() > LONGEST_TEXT => {
                self.fault(key, "文字过长", "the text is too long");
                None
            }
            Some(text) if needed && text.trim().is_empty() => {
                self.fault(key, "不能为空", "it must not be empty");
                None
            }
            Some(text) => Some(text.clone()),
            None => {
                self.fault(key, "缺少这一项", "the key is missing");
                None
            }
        }
    }

    fn word<T>(
        &mut self,
        key: &str,
        value: Option<&String>,
        parse: fn(&str) -> Option<T>,
        known: impl FnOnce() -> String,
    ) -> Option<T> {
        let word = self.text(key, value, true)?;
        let parsed = parse(&word);
        if parsed.is_none() {
            let known = known();
            self.fault(key, format!("不认识“{word}”；可用 {known}"), format!("“{word}” is not known; use {known}"));
        }
        parsed
    }

    fn optional<T>(
        &mut self,
        key: &str,
        value: Option<&String>,
        parse: fn(&str) -> Option<T>,
        known: impl FnOnce() -> String,
    ) -> Option<T> {
        value?;
        self.word(key, value, parse, known)
    }

    fn day(&mut self, key: &str, value: Option<&String>) -> Option<NaiveDate> {
        let text = value?;
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        if day.is_none() {
            self.fault(
                key,
                format!("“{text}”不是日期；请写成 2024-06-30"),
                format!("“{text}” is no date; write 2024-06-30"),
            );
        }
        day
    }

    fn value(&mut self, value: Option<&RawValue>) -> Option<Decimal> {
        let text = value.map(RawValue::get).filter(|text| *text != "null")?;
        let parsed = text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text));
        match parsed.map_err(|_| not_a_number(text)).and_then(|value| amount::to_stored(value).map(|_| value)) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.fault("value", problem.message.zh, problem.message.en);
                None
            }
        }
    }

    fn fact(&mut self, keys: &Keys<'_>) -> Option<Fact> {
        let region = self.text("region_code", keys.region_code.as_ref(), true).and_then(|code| match code.parse() {
            Ok(region) => Some(region),
            Err(problem) => {
                let problem: Problem = problem;
                self.fault("region_code", problem.message.zh, problem.message.en);
                None
            }
        });
        let year = match keys.year {
            Some(year) if (1949..=2100).contains(&year) => Some(year),
            Some(year) => {
                self.fault("year", format!("年份 {year} 不合理"), format!("{year} is no likely year"));
                None
            }
            None => {
                self.fault("year", "缺少这一项", "the key is missing");
                None
            }
        };
        let (before, id) = (self.faults.len(), self.text("id", keys.id.as_ref(), true));
        let place = self.text("place", keys.place.as_ref(), false);
        let source = self.text("source", keys.source.as_ref(), true);
        let indicator = self.text("indicator", keys.indicator.as_ref(), true);
        let raw = self.text("raw", keys.raw.as_ref(), false);
        let unit = self.text("unit", keys.unit.as_ref(), false);
        let qualifier = self
            .word("qualifier", keys.qualifier.as_ref(), Qualifier::parse_code, || "eq、ge、le、approx、full".into());
        let kind = self.word("kind", keys.kind.as_ref(), Kind::parse, || known(Kind::ALL, Kind::code));
        let flow = self.word("flow", keys.flow.as_ref(), Flow::parse, || known(Flow::ALL, Flow::code));
        let date_basis = self
            .word("date_basis", keys.date_basis.as_ref(), DateBasis::parse, || known(DateBasis::ALL, DateBasis::code));
        let relation =
            self.optional("relation", keys.relation.as_ref(), Relation::parse, || known(Relation::ALL, Relation::code));
        let value = self.value(keys.value);
        let period_start = self.day("period_start", keys.period_start.as_ref());
        let period_end = self.day("period_end", keys.period_end.as_ref());
        let as_of = self.day("as_of", keys.as_of.as_ref());
        if self.faults.len() > before {
            return None;
        }
        Some(Fact {
            id: id?,
            place: place?,
            region: region?,
            year: year?,
            source: source?,
            area: keys.area.clone().unwrap_or_default(),
            indicator: indicator?,
            value,
            raw: raw?,
            unit: unit?,
            qualifier: qualifier?,
            kind: kind?,
            flow: flow?,
            period_start,
            period_end,
            as_of,
            date_basis: date_basis?,
            parent: keys.parent.clone(),
            relation,
            tie: keys.tie,
            note: keys.note.clone().filter(|note| !note.is_empty()),
            quote: keys.quote.clone().filter(|quote| !quote.is_empty()),
        })
    }

    fn placing(&mut self, keys: Keys<'_>) -> Placing {
        Placing {
            purpose: self
                .optional("purpose", keys.purpose.as_ref(), Purpose::parse, || known(Purpose::ALL, Purpose::code)),
            statistic: self.optional("statistic", keys.statistic.as_ref(), Statistic::parse, || {
                known(Statistic::ALL, Statistic::code)
            }),
            fund_source: self.optional("fund_source", keys.fund_source.as_ref(), FundSource::parse, || {
                known(FundSource::ALL, FundSource::code)
            }),
            breakdown: self.optional("breakdown", keys.breakdown.as_ref(), Breakdown::parse, || {
                known(Breakdown::ALL, Breakdown::code)
            }),
            programme: keys.programme,
            category: keys.category,
            project: keys.project,
            series: keys.series,
            matter: keys.matter,
            services: keys.service,
        }
    }
}

fn not_a_number(text: &str) -> Problem {
    Problem::invalid(format!("{text} 不是数字"), format!("{text} is no number"))
}

fn known<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> String {
    all.iter().map(|value| code(*value)).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_line_makes_the_reader_panic(line in any::<String>(), key in 0_usize..30, value in "[\\PC]{0,12}") {
            let _ = read(&line, 1);
            let keys: Vec<&str> = LINE.split(',').collect();
            let name = keys[key % keys.len()].split(':').next().unwrap_or_default();
            let _ = read(&format!("{},{name}:\"{value}\"}}", LINE.trim_end_matches('}')), 1);
        }
    }

    const LINE: &str = r#"{"id":"a-1","place":"宁波市","region_code":"330200","year":2024,"source":"s","area":"x","indicator":"稻渔综合种养面积","value":8000,"raw":"8000","unit":"亩","qualifier":"approx","kind":"area","flow":"new","period_start":null,"period_end":null,"as_of":"2024-06-30","date_basis":"printed","parent":null,"relation":null}"#;

    #[test]
    fn a_line_is_read_whole() {
        let (fact, placing) = read(LINE, 1).unwrap();
        assert_eq!(fact.value, Some(Decimal::from(8000)));
        assert_eq!(fact.number().unwrap().to_string(), "8000");
        assert_eq!(placing, Placing::default());
    }

    #[test]
    fn every_wrong_key_is_named_with_its_line() {
        let wrong = LINE
            .replace("330200", "3302")
            .replace("\"area\",\"flow\"", "\"acreage\",\"flow\"")
            .replace("2024-06-30", "2024-02-30")
            .replace(":8000,", ":0.123456,");
        let places: Vec<_> = read(&wrong, 7).unwrap_err().into_iter().map(|place| place.at.zh).collect();
        assert_eq!(places, ["第 7 行 kind", "第 7 行 value", "第 7 行 as_of"]);
        for broken in ["", "{", "[]", "{\"id\":1}", "null", "\u{feff}{}"] {
            assert!(!read(broken, 1).unwrap_err().is_empty(), "{broken}");
        }
    }

    #[test]
    fn precision_comes_from_the_printed_figure_only_when_it_is_that_figure() {
        let with = |value: &str, raw: &str| {
            let line = LINE.replace(":8000,", &format!(":{value},")).replace("\"8000\"", &format!("\"{raw}\""));
            read(&line, 1).unwrap().0.number().unwrap().to_string()
        };
        assert_eq!(with("33100", "3.31万"), "3.31万");
        assert_eq!(with("56", "56.0"), "56.0");
        assert_eq!(with("3", "6、7、8号楼"), "3");
        assert_eq!(with("-60", "60"), "-60");
    }
}
