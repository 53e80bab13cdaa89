//! Read one numeral.

use rust_decimal::Decimal;
use thiserror::Error;

use crate::chinese;
use crate::number::Number;
use crate::precision::{Magnitude, Precision};

/// Why a text is not a number, and where. Positions count characters from 0; the message counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Nothing but white space.
    #[error("没有填写数字")]
    Empty,
    /// A character that has no place in a number.
    #[error("第{}个字“{found}”不是数字的一部分，请只写数字，可带小数、万或亿", .at + 1)]
    Unreadable {
        /// Where it stands.
        at: usize,
        /// The character itself.
        found: char,
    },
    /// A number, but behind it something that is no unit; only from [`Figure::read`](crate::Figure::read).
    #[error("第{}个字起的“{unit}”不是计量单位，请检查单位", .at + 1)]
    UnknownUnit {
        /// Where it starts.
        at: usize,
        /// The text in the unit's place.
        unit: String,
    },
    /// Digits are missing here, as after the point in “3.” or before 万 in “万”.
    #[error("第{}个字处缺少数字", .at + 1)]
    MissingDigits {
        /// Where a digit was expected.
        at: usize,
    },
    /// Separators that do not stand between groups of three digits.
    #[error("第{}个字处的分隔号不在三位一组的位置，请检查是否多写、漏写数字", .at + 1)]
    Grouping {
        /// The separator.
        at: usize,
    },
    /// A numeral with two readings: 一百五 is 150 in speech and 105 on paper.
    #[error("第{}个字处有两种读法（如“一百五”），请用阿拉伯数字", .at + 1)]
    Ambiguous {
        /// The digit that can be read in two ways.
        at: usize,
    },
    /// More than 13 digits before the point.
    #[error("数字太大，整数部分最多13位")]
    TooLarge {
        /// Where the number starts.
        at: usize,
    },
    /// More decimals than can be kept.
    #[error("小数太长，最多{}位", Precision::MOST_PLACES)]
    TooFine {
        /// The first decimal too many.
        at: usize,
    },
}

impl ReadError {
    /// The character the error is about, counted from 0.
    #[must_use]
    pub fn at(&self) -> usize {
        match *self {
            Self::Empty => 0,
            Self::Unreadable { at, .. }
            | Self::UnknownUnit { at, .. }
            | Self::MissingDigits { at }
            | Self::Grouping { at }
            | Self::Ambiguous { at }
            | Self::TooLarge { at }
            | Self::TooFine { at } => at,
        }
    }

    /// The message for readers of English.
    #[must_use]
    pub fn message_en(&self) -> String {
        let character = self.at() + 1;
        match self {
            Self::Empty => "No number was given.".to_owned(),
            Self::Unreadable { found, .. } => {
                format!(
                    "Character {character} (“{found}”) is not part of a number; write digits, with 万 or 亿 if needed."
                )
            }
            Self::UnknownUnit { unit, .. } => {
                format!("“{unit}” from character {character} is not a unit; check the unit.")
            }
            Self::MissingDigits { .. } => format!("Digits are missing at character {character}."),
            Self::Grouping { .. } => {
                format!("The separator at character {character} does not part groups of three digits.")
            }
            Self::Ambiguous { .. } => {
                format!("Character {character} can be read in two ways; write Arabic digits.")
            }
            Self::TooLarge { .. } => "The number is too large: at most 13 digits before the point.".to_owned(),
            Self::TooFine { .. } => {
                format!("Too many decimals: at most {}.", Precision::MOST_PLACES)
            }
        }
    }

    /// The same error at another position: that in the text which the numeral was taken from.
    pub(crate) fn moved_to(mut self, position: usize) -> Self {
        match &mut self {
            Self::Empty => {}
            Self::Unreadable { at, .. }
            | Self::UnknownUnit { at, .. }
            | Self::MissingDigits { at }
            | Self::Grouping { at }
            | Self::Ambiguous { at }
            | Self::TooLarge { at }
            | Self::TooFine { at } => *at = position,
        }
        self
    }
}

/// Reads a numeral: “45,004”, “3.31万”, “１２”, “二十”, “首”, “-60”, “第三”.
///
/// White space and line breaks inside are skipped, because bulletins break lines between digits and 万. The comma may
/// be half or full width but must part groups of three. Simplified, traditional and formal Chinese digits are read,
/// also with 点. Units, 余, 近 and the like are not part of a number: see [`Figure::read`](crate::Figure::read).
///
/// # Errors
///
/// [`ReadError`] says what is wrong and at which character. No text makes it panic.
pub fn parse_number(raw: &str) -> Result<Number, ReadError> {
    let letters: Vec<Letter> = raw
        .chars()
        .enumerate()
        .filter(|(_, c)| !is_blank(*c))
        .map(|(at, found)| Letter { at, found, plain: plain(found) })
        .collect();
    let end = raw.chars().count();
    let Some(first) = letters.first() else {
        return Err(ReadError::Empty);
    };
    let (negative, rest) = match first.plain {
        '-' | '负' => (true, &letters[1..]),
        '+' | '第' => (false, &letters[1..]),
        _ => (false, &letters[..]),
    };
    let Some(start) = rest.first() else {
        return Err(ReadError::MissingDigits { at: end });
    };
    let number = if start.plain.is_ascii_digit() || matches!(start.plain, '.' | ',') {
        arabic(rest, end)?
    } else {
        chinese::read(rest, end)?
    };
    if number.value >= Decimal::from(LIMIT) {
        return Err(ReadError::TooLarge { at: start.at });
    }
    let value = if negative && !number.value.is_zero() { -number.value } else { number.value };
    Ok(Number { value: value.normalize(), precision: number.precision })
}

/// Values from here on are refused: 13 digits before the point are more than any budget needs, and every value below
/// fits a 64-bit column in ten-thousandths.
pub(crate) const LIMIT: u64 = 10_u64.pow(13);

/// One character of a numeral: where it stands, what it is, and what it is read as.
#[derive(Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) at: usize,
    pub(crate) found: char,
    pub(crate) plain: char,
}

impl Letter {
    pub(crate) fn unreadable(self) -> ReadError {
        ReadError::Unreadable { at: self.at, found: self.found }
    }
}

/// White space, and the invisible characters that copied text carries.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}' | '\u{FEFF}' | '\u{2060}')
}

/// Full-width, traditional and formal characters as the plain one.
pub(crate) fn plain(c: char) -> char {
    match c {
        '０'..='９' => char::from(b'0' + u8::try_from(u32::from(c) - u32::from('０')).unwrap_or(0)),
        '．' => '.',
        '，' => ',',
        '＋' => '+',
        '－' | '−' => '-',
        '〇' => '零',
        '壹' => '一',
        '贰' | '貳' => '二',
        '叁' | '參' => '三',
        '肆' => '四',
        '伍' => '五',
        '陆' | '陸' => '六',
        '柒' => '七',
        '捌' => '八',
        '玖' => '九',
        '拾' => '十',
        '佰' => '百',
        '仟' => '千',
        '萬' => '万',
        '億' => '亿',
        '兩' => '两',
        '點' => '点',
        '負' => '负',
        _ => c,
    }
}

/// The magnitude that the last letters of a numeral spell, all of them.
pub(crate) fn magnitude(letters: &[Letter]) -> Result<Magnitude, ReadError> {
    let suffix: String = letters.iter().map(|letter| letter.plain).collect();
    Magnitude::from_suffix(&suffix).ok_or_else(|| {
        let stray = letters.iter().find(|letter| !matches!(letter.plain, '百' | '千' | '万' | '亿'));
        stray.or(letters.last()).map_or(ReadError::Empty, |letter| letter.unreadable())
    })
}

/// A value from the digits before and after the point; both must be ASCII digits.
pub(crate) fn assemble(whole: &str, fraction: &str, magnitude: Magnitude, at: usize) -> Result<Number, ReadError> {
    let too_large = ReadError::TooLarge { at };
    let whole = whole.trim_start_matches('0');
    if whole.len() > 13 {
        return Err(too_large);
    }
    let places = u8::try_from(fraction.len()).unwrap_or(u8::MAX);
    let digits: i128 = format!("0{whole}{fraction}").parse().map_err(|_| too_large.clone())?;
    let value = Decimal::try_from_i128_with_scale(digits, u32::from(places))
        .ok()
        .and_then(|value| value.checked_mul(magnitude.factor()))
        .ok_or(too_large)?;
    Ok(Number { value, precision: Precision { places, magnitude } })
}

/// Arabic digits with separators, decimals and a magnitude; the sign is already gone.
fn arabic(letters: &[Letter], end: usize) -> Result<Number, ReadError> {
    let is_whole = |letter: &&Letter| letter.plain.is_ascii_digit() || letter.plain == ',';
    let whole_length = letters.iter().take_while(is_whole).count();
    let (whole, rest) = letters.split_at(whole_length);
    let Some(first) = whole.first() else {
        return Err(ReadError::MissingDigits { at: letters[0].at });
    };
    check_groups(whole)?;
    let (fraction, suffix) = match rest.split_first() {
        Some((point, after)) if point.plain == '.' => {
            let length = after.iter().take_while(|letter| letter.plain.is_ascii_digit()).count();
            if length == 0 {
                return Err(ReadError::MissingDigits { at: after.first().map_or(end, |letter| letter.at) });
            }
            after.split_at(length)
        }
        _ => rest.split_at(0),
    };
    if let Some(letter) = fraction.get(usize::from(Precision::MOST_PLACES)) {
        return Err(ReadError::TooFine { at: letter.at });
    }
    assemble(&digits(whole), &digits(fraction), magnitude(suffix)?, first.at)
}

/// The digits alone, separators dropped.
fn digits(letters: &[Letter]) -> String {
    letters.iter().map(|letter| letter.plain).filter(char::is_ascii_digit).collect()
}

/// Separators, where there are any, must part groups of three behind a first group of one to three.
fn check_groups(whole: &[Letter]) -> Result<(), ReadError> {
    let mut separator: Option<Letter> = None;
    let mut length = 0;
    for letter in whole {
        if letter.plain == ',' {
            let well_placed = if separator.is_some() { length == 3 } else { (1..=3).contains(&length) };
            if !well_placed {
                return Err(ReadError::Grouping { at: letter.at });
            }
            separator = Some(*letter);
            length = 0;
        } else {
            length += 1;
        }
    }
    match separator {
        Some(last) if length != 3 => Err(ReadError::Grouping { at: last.at }),
        _ => Ok(()),
    }
}
