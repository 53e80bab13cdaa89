//! The units of public bulletins, and the conversions between them that are exact or defined.
//!
//! A unit is known when [`TABLE`] lists it, with or without 万 or 亿 in front (万平方米, 亿元). Any other short run of
//! Chinese characters is taken as a *free measure word* (组次家庭, 驾马车, 大方面): it is stored and printed as it stands
//! and never converted. 人, 人次 and 名 are not the same: persons convert among persons only, person-times never.

use rust_decimal::Decimal;

use crate::precision::Magnitude;

/// What a unit counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No unit: a plain number, or a fact that holds.
    Plain,
    /// Things: 个, 家, 座.
    Count,
    /// Persons: 人, 名.
    People,
    /// Occurrences: 人次, 场.
    Times,
    /// Base 米.
    Length,
    /// Base 平方米.
    Area,
    /// Base 立方米.
    Volume,
    /// Base 千克.
    Mass,
    /// Base 元.
    Money,
    /// Base 千瓦时.
    Energy,
    /// Spans and ages; base is the year, the day or the hour, which do not convert into each other.
    Time,
    /// Shares on the scale 0–100; base %.
    Percent,
    /// Differences of percents; base 个百分点.
    Points,
    /// Multiples and scores: 倍, 分.
    Ratio,
    /// A word the table does not list, accepted as it stands.
    MeasureWord,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// The unit as printed.
    pub name: &'static str,
    /// What it measures.
    pub kind: Kind,
    /// The unit it converts through; units with the same base convert into each other.
    pub base: &'static str,
    /// How many of the base it is, as a fraction: 亩 is 2000/3 平方米.
    pub worth: (u32, u32),
    /// Its name in English; empty when the number says enough.
    pub english: &'static str,
}

/// A unit found by its printed name.
#[derive(Clone, Copy, Debug)]
pub struct Unit<'a> {
    /// The name as asked for.
    pub name: &'a str,
    /// What it measures.
    pub kind: Kind,
    /// The listed unit behind it, and the 万 or 亿 in front; `None` for a free measure word.
    listed: Option<(&'static Listed, Magnitude)>,
}

impl Unit<'_> {
    /// True when the table lists the name as it stands, without 万 or 亿 in front.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.listed.is_some_and(|(_, magnitude)| magnitude == Magnitude::One)
    }

    /// The English name, for known units without 万 or 亿.
    #[must_use]
    pub fn english(&self) -> Option<&'static str> {
        self.listed.filter(|(_, magnitude)| *magnitude == Magnitude::One).map(|(listed, _)| listed.english)
    }
}

/// The unit for an English page: its English name where it has one, else as printed.
#[must_use]
pub fn in_english(unit: &str) -> &str {
    find(unit).and_then(|unit| unit.english()).unwrap_or(unit)
}

/// Finds a unit by its printed name, full-width brackets included; `None` for what cannot be a unit.
///
/// Free measure words have one to eight characters, all of them Chinese characters or brackets.
#[must_use]
pub fn find(unit: &str) -> Option<Unit<'_>> {
    let unit = unit.trim();
    if let Some(listed) = listed(unit) {
        return Some(Unit { name: unit, kind: listed.kind, listed: Some((listed, Magnitude::One)) });
    }
    for magnitude in [Magnitude::TenThousand, Magnitude::HundredMillion] {
        if let Some(listed) = unit.strip_prefix(magnitude.suffix()).filter(|rest| !rest.is_empty()).and_then(listed) {
            return Some(Unit { name: unit, kind: listed.kind, listed: Some((listed, magnitude)) });
        }
    }
    is_measure_word(unit).then_some(Unit { name: unit, kind: Kind::MeasureWord, listed: None })
}

/// Converts a value between two units; `None` where no conversion is defined, as between 人 and 人次.
///
/// A unit converts into itself whatever it is. 1 公顷 is exactly 15 亩; 1 亩 is 2000/3 平方米, so that an area in 亩 may
/// turn into a decimal without end, which is then cut at 28 digits.
#[must_use]
pub fn convert(value: Decimal, from: &str, to: &str) -> Option<Decimal> {
    let (from, to) = (find(from)?, find(to)?);
    let (Some((source, source_magnitude)), Some((target, target_magnitude))) = (from.listed, to.listed) else {
        return (from.name == to.name).then_some(value);
    };
    if source.base != target.base {
        return None;
    }
    // Multiply first and divide once, so that nothing is rounded before it must be.
    let upper = fraction(source.worth.0, target.worth.1, source_magnitude)?;
    let lower = fraction(target.worth.0, source.worth.1, target_magnitude)?;
    Some(value.checked_mul(upper)?.checked_div(lower)?.normalize())
}

fn fraction(one: u32, other: u32, magnitude: Magnitude) -> Option<Decimal> {
    Decimal::from(one).checked_mul(Decimal::from(other))?.checked_mul(magnitude.factor())
}

fn listed(name: &str) -> Option<&'static Listed> {
    let same = |c: char| match c {
        '（' => '(',
        '）' => ')',
        '％' => '%',
        other => other,
    };
    TABLE.iter().find(|row| row.name.chars().eq(name.chars().map(same)))
}

fn is_measure_word(unit: &str) -> bool {
    let fits = |c: char| matches!(c, '\u{4E00}'..='\u{9FFF}' | '(' | ')' | '（' | '）');
    (1..=8).contains(&unit.chars().count()) && unit.chars().all(fits)
}

/// A unit that converts into nothing else.
const fn own(name: &'static str, kind: Kind, english: &'static str) -> Listed {
    Listed { name, kind, base: name, worth: (1, 1), english }
}

/// A unit worth `worth` of `base`.
const fn of(name: &'static str, kind: Kind, base: &'static str, worth: (u32, u32), english: &'static str) -> Listed {
    Listed { name, kind, base, worth, english }
}

/// Every known unit.
#[rustfmt::skip]
pub const TABLE: &[Listed] = &[
    own("",         Kind::Plain,   ""),

    own("个",       Kind::Count,   ""),
    own("家",       Kind::Count,   ""),
    own("所",       Kind::Count,   ""),
    own("座",       Kind::Count,   ""),
    own("处",       Kind::Count,   "places"),
    own("条",       Kind::Count,   ""),
    own("段",       Kind::Count,   "sections"),
    own("户",       Kind::Count,   "households"),
    own("套",       Kind::Count,   ""),
    own("套(间)",   Kind::Count,   "homes"),
    own("间",       Kind::Count,   "rooms"),
    own("栋",       Kind::Count,   "buildings"),
    of ("幢",       Kind::Count,   "栋", (1, 1), "buildings"),
    own("张",       Kind::Count,   ""),
    own("台",       Kind::Count,   ""),
    own("台(套)",   Kind::Count,   "sets"),
    own("只",       Kind::Count,   ""),
    own("辆",       Kind::Count,   "vehicles"),
    own("支",       Kind::Count,   ""),
    own("部",       Kind::Count,   ""),
    own("件",       Kind::Count,   ""),
    own("起",       Kind::Count,   "cases"),
    own("例",       Kind::Count,   "cases"),
    own("班",       Kind::Count,   "classes"),
    own("级",       Kind::Count,   "levels"),
    own("类",       Kind::Count,   "categories"),
    own("方面",     Kind::Count,   "areas"),
    own("项",       Kind::Count,   "items"),
    own("批",       Kind::Count,   "batches"),
    own("期",       Kind::Count,   "phases"),
    own("张床位",   Kind::Count,   "beds"),

    own("人",       Kind::People,  "people"),
    of ("名",       Kind::People,  "人", (1, 1), "people"),
    own("位",       Kind::People,  ""),

    own("次",       Kind::Times,   "times"),
    own("人次",     Kind::Times,   "person-times"),
    own("件次",     Kind::Times,   "item-times"),
    own("组次",     Kind::Times,   "group-times"),
    own("剂次",     Kind::Times,   "doses"),
    own("场",       Kind::Times,   "events"),
    of ("场次",     Kind::Times,   "场", (1, 1), "events"),
    own("堂",       Kind::Times,   "lessons"),

    own("米",       Kind::Length,  "m"),
    of ("公里",     Kind::Length,  "米", (1_000, 1), "km"),
    of ("千米",     Kind::Length,  "米", (1_000, 1), "km"),
    of ("延米",     Kind::Length,  "米", (1, 1), "m"),

    own("平方米",   Kind::Area,    "m²"),
    of ("平米",     Kind::Area,    "平方米", (1, 1), "m²"),
    of ("㎡",       Kind::Area,    "平方米", (1, 1), "m²"),
    of ("亩",       Kind::Area,    "平方米", (2_000, 3), "mu"),
    of ("公顷",     Kind::Area,    "平方米", (10_000, 1), "ha"),
    of ("平方公里", Kind::Area,    "平方米", (1_000_000, 1), "km²"),
    of ("平方千米", Kind::Area,    "平方米", (1_000_000, 1), "km²"),

    own("立方米",   Kind::Volume,  "m³"),
    of ("方",       Kind::Volume,  "立方米", (1, 1), "m³"),
    own("千克",     Kind::Mass,    "kg"),
    of ("公斤",     Kind::Mass,    "千克", (1, 1), "kg"),
    of ("吨",       Kind::Mass,    "千克", (1_000, 1), "t"),
    own("千瓦时",   Kind::Energy,  "kWh"),

    own("元",       Kind::Money,   "yuan"),
    of ("元人民币", Kind::Money,   "元", (1, 1), "yuan"),

    own("年",       Kind::Time,    "years"),
    of ("载",       Kind::Time,    "年", (1, 1), "years"),
    of ("周年",     Kind::Time,    "年", (1, 1), "years"),
    of ("个月",     Kind::Time,    "年", (1, 12), "months"),
    own("周岁",     Kind::Time,    "years of age"),
    of ("岁",       Kind::Time,    "周岁", (1, 1), "years of age"),
    own("天",       Kind::Time,    "days"),
    of ("日",       Kind::Time,    "天", (1, 1), "days"),
    own("工作日",   Kind::Time,    "working days"),
    of ("个工作日", Kind::Time,    "工作日", (1, 1), "working days"),
    own("小时",     Kind::Time,    "hours"),
    of ("分钟",     Kind::Time,    "小时", (1, 60), "minutes"),

    own("%",        Kind::Percent, "%"),
    of ("‰",        Kind::Percent, "%", (1, 10), "‰"),
    own("个百分点", Kind::Points,  "points"),
    of ("百分点",   Kind::Points,  "个百分点", (1, 1), "points"),
    own("倍",       Kind::Ratio,   "times over"),
    own("分",       Kind::Ratio,   "marks"),
];
