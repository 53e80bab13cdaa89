//! One figure as it stands in a cell.

use chrono::{Datelike, NaiveDate};
use figures::{Decimal, Figure, Magnitude, Number, Precision, Qualifier, ReadError, parse_number};
use kernel::Text;
use ledger::words::Kind;
use store::amount;

use super::read::Cell;

/// A figure as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFigure {
    /// The number, unless the phrase has none.
    pub number: Option<Number>,
    /// How closely it is meant.
    pub qualifier: Qualifier,
    /// The phrase.
    pub raw: String,
}

/// What must be known of the indicator to read its figures.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// The unit without 万 or 亿.
    pub unit: &'a str,
    /// The 万 or 亿 that stands before the unit.
    pub scale: Magnitude,
    /// The kind.
    pub kind: Kind,
}

/// What the column 限定词 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing.
    Nothing,
    /// A qualifier.
    Qualifier(Qualifier),
    /// The phrase holds no number.
    NoNumber,
}

/// The word for a figure without a number.
pub const NO_NUMBER: &str = "无数字";

impl Told {
    /// Reads the column 限定词.
    pub fn parse(word: &str) -> Option<Self> {
        if word == NO_NUMBER {
            return Some(Self::NoNumber);
        }
        let known =
            |qualifier: &Qualifier| [qualifier.name_zh(), qualifier.name_en(), qualifier.code()].contains(&word);
        let usual = |qualifier: Qualifier| Some(Self::Qualifier(qualifier));
        Qualifier::EVERY.into_iter().find(known).map(Self::Qualifier).or_else(|| match word {
            "超" | "逾" | "不少于" | "至少" => usual(Qualifier::AtLeast),
            "不超过" | "至多" => usual(Qualifier::AtMost),
            "近" | "约" | "余" | "多" | "左右" => usual(Qualifier::Approximately),
            _ => None,
        })
    }
}

/// Reads a cell as a figure.
///
/// # Errors
/// What is wrong with it.
pub fn read(cell: &Cell, counted: Counted<'_>, told: Told) -> Result<ReadFigure, Text> {
    let (raw, read) = match cell {
        Cell::Number(value) => {
            (value.to_string(), Ok((Number { value: *value, precision: Precision::of(*value) }, Qualifier::Exact)))
        }
        Cell::Text(text) => (text.clone(), read_phrase(text, counted)),
        Cell::Day(day) => return Err(is_a_day(*day)),
        Cell::Failed(error) => return Err(failed(error)),
    };
    if told == Told::NoNumber {
        return Ok(ReadFigure { number: None, qualifier: Qualifier::Exact, raw });
    }
    let (number, phrase) = match read {
        Ok(read) => read,
        Err(_) if counted.kind == Kind::Boolean => (Number::from(u32::from(!is_no(&raw))), Qualifier::Exact),
        Err(message) => return Err(message),
    };
    let number = scaled(number, counted.scale)?;
    amount::to_stored(number.value).map_err(|problem| problem.message)?;
    let qualifier = match told {
        Told::Qualifier(qualifier) => qualifier,
        _ => phrase,
    };
    // The phrase of a scaled figure is the scaled one: 40.16 in 亿元 is 40.16亿 in 元.
    let raw = if counted.scale == Magnitude::One { raw } else { number.to_string() };
    Ok(ReadFigure { number: Some(number), qualifier, raw })
}

fn read_phrase(text: &str, counted: Counted<'_>) -> Result<(Number, Qualifier), Text> {
    let first = match parse_number(text) {
        Ok(number) => return Ok((number, Qualifier::Exact)),
        Err(error) => error,
    };
    let figure = Figure::read(text).map_err(|_| no_number(text, &first))?;
    let number = figure.number.ok_or_else(|| no_number(text, &first))?;
    if figure.unit.is_empty() || figure.unit == counted.unit {
        return Ok((number, figure.qualifier));
    }
    if !figures::units::find(&figure.unit).is_some_and(|unit| unit.is_listed()) {
        return Err(no_number(text, &first));
    }
    let Some(value) =
        figures::units::convert(number.value, &figure.unit, counted.unit).filter(|_| is_measured(counted))
    else {
        let (unit, own) = (&figure.unit, counted.unit);
        return Err(Text::new(
            format!("“{text}”的单位是“{unit}”，而指标的单位是“{own}”：请换算成{own}，只写数字"),
            format!("“{text}” is in “{unit}”, and the indicator in “{own}”: convert it and write the number only"),
        ));
    };
    Ok((Number { value, precision: Precision::of(value) }, figure.qualifier))
}

/// Whether values convert without asking: lengths and areas do, percents written as ‰ do not.
fn is_measured(counted: Counted<'_>) -> bool {
    matches!(counted.kind, Kind::Length | Kind::Area | Kind::Money)
}

fn is_no(text: &str) -> bool {
    matches!(text, "否" | "无" | "没有" | "未完成" | "未" | "no" | "No" | "NO")
}

fn scaled(number: Number, scale: Magnitude) -> Result<Number, Text> {
    if scale == Magnitude::One {
        return Ok(number);
    }
    let mut precision = number.precision;
    if precision.magnitude != Magnitude::One {
        let (written, own) = (precision.magnitude.suffix(), scale.suffix());
        return Err(Text::new(
            format!("数字里写了“{written}”，单位里又写了“{own}”：请只写一处"),
            format!("“{written}” stands in the number and “{own}” in the unit: write it once"),
        ));
    }
    precision.magnitude = scale;
    let value = number.value.checked_mul(scale.factor());
    value
        .map(|value| Number { value: value.normalize(), precision })
        .ok_or_else(|| Text::new("数值过大，请检查单位", "the number is too large: check the unit"))
}

fn no_number(text: &str, error: &ReadError) -> Text {
    Text::new(
        format!("读不懂数字“{text}”：{error}。没有数字的说法（如“大幅下降”）请在限定词列填“{NO_NUMBER}”"),
        format!("“{text}” is no number: {}", error.message_en()),
    )
}

fn is_a_day(day: NaiveDate) -> Text {
    Text::new(
        format!("这一格是日期（{day}），不是数字：请把单元格格式改为“常规”后重填"),
        format!("this cell holds a day ({day}), not a number: set its format to General and type the number again"),
    )
}

/// What is said of a formula that failed.
pub(super) fn failed(error: &str) -> Text {
    Text::new(
        format!("公式出错（{error}）：请改正公式，或直接填写数值"),
        format!("the formula failed ({error}): mend it or type the value"),
    )
}

/// Reads a cell as a day.
///
/// # Errors
/// What is wrong with it.
pub fn day(cell: &Cell) -> Result<NaiveDate, Text> {
    let (text, day) = match cell {
        Cell::Day(day) => return Ok(*day),
        Cell::Failed(error) => return Err(failed(error)),
        // A day whose cell lost its format: spreadsheets count days from 30 December 1899.
        Cell::Number(number) => (number.to_string(), serial_day(*number).or_else(|| eight_digits(&number.to_string()))),
        Cell::Text(text) => (text.clone(), written_day(text)),
    };
    day.filter(|day| (1949..=2100).contains(&day.year())).ok_or_else(|| {
        Text::new(
            format!("“{text}”不是日期：请写成 2024-06-30 或 2024年6月30日"),
            format!("“{text}” is no day: write 2024-06-30"),
        )
    })
}

fn serial_day(number: Decimal) -> Option<NaiveDate> {
    let days = u64::try_from(number.trunc()).ok().filter(|days| (20_000..80_000).contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(days))
}

fn eight_digits(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8)
}

fn written_day(text: &str) -> Option<NaiveDate> {
    let plain = ascii(text);
    let plain = plain.split_once(['T', ' ']).filter(|(_, time)| time.contains(':')).map_or(&*plain, |(day, _)| day);
    let compact: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.strip_suffix('日').unwrap_or(&compact);
    let compact = compact.replace(['年', '月', '/', '.'], "-");
    NaiveDate::parse_from_str(&compact, "%Y-%m-%d").ok().or_else(|| eight_digits(&compact))
}

/// Full-width digits, letters and signs as plain ones.
pub(super) fn ascii(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.trim().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn of(cell: &Cell, unit: &str, scale: Magnitude, kind: Kind) -> Result<(String, &'static str), String> {
        let read = read(cell, Counted { unit, scale, kind }, Told::Nothing).map_err(|text| text.zh)?;
        Ok((read.number.unwrap().to_string(), read.qualifier.code()))
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        let count = |cell: &str| of(&text(cell), "个", Magnitude::One, Kind::Count).unwrap();
        assert_eq!(count("3.31万"), ("3.31万".into(), "eq"));
        assert_eq!(count("3,500"), ("3500".into(), "eq"));
        assert_eq!(count("近80万"), ("80万".into(), "approx"));
        assert_eq!(count("1800余"), ("1800".into(), "approx"));
        assert_eq!(count("120个"), ("120".into(), "eq"));
        assert_eq!(of(&text("5公里"), "米", Magnitude::One, Kind::Length).unwrap().0, "5000");
        let money = of(&Cell::Number(Decimal::new(4016, 2)), "元", Magnitude::HundredMillion, Kind::Money).unwrap();
        assert_eq!(money.0, "40.16亿");
    }

    #[test]
    fn what_is_no_figure_says_why() {
        let trouble = |cell: &Cell, scale| of(cell, "个", scale, Kind::Count).unwrap_err();
        assert!(trouble(&text("三干"), Magnitude::One).contains("读不懂"));
        assert!(trouble(&text("120公里"), Magnitude::One).contains("公里"));
        assert!(trouble(&text("3.31万"), Magnitude::TenThousand).contains("只写一处"));
        assert!(trouble(&text("99999999999999"), Magnitude::One).contains("大"));
        assert!(trouble(&Cell::Failed("#DIV/0!"), Magnitude::One).contains("#DIV/0!"));
    }

    #[test]
    fn days_are_read_in_every_usual_form() {
        let expected: NaiveDate = "2024-06-30".parse().unwrap();
        for form in [
            "2024-06-30",
            "2024/6/30",
            "2024.6.30",
            "2024年6月30日",
            "20240630",
            "２０２４－０６－３０",
            "2024-06-30 00:00:00",
        ] {
            assert_eq!(day(&text(form)), Ok(expected), "{form}");
        }
        assert_eq!(day(&Cell::Number(Decimal::from(45_473))), Ok(expected));
        for wrong in ["6月底", "2024-06-31", "2024", "30.6.2024x", "0001-01-01"] {
            assert!(day(&text(wrong)).is_err(), "{wrong}");
        }
    }
}
