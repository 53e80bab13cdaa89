//! One figure as a bulletin prints it.

use rust_decimal::Decimal;

use crate::number::Number;
use crate::precision::Precision;
use crate::print::print_number;
use crate::qualifier::{Mark, MarkPlace, Qualifier};
use crate::read::{ReadError, is_blank, parse_number};
use crate::units;

/// A printed figure: number, unit and qualifier, with the text it was printed as.
///
/// A figure without a number (大幅下降) is a figure too: missing is not zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Figure {
    /// The number, where one was printed or counted.
    pub number: Option<Number>,
    /// The text as printed, without the unit: “80万”, “近80万”, “首”, “全面实行”, “大幅下降”.
    pub raw: String,
    /// The unit as printed; empty when there is none.
    pub unit: String,
    /// How closely the number is meant.
    pub qualifier: Qualifier,
}

impl Figure {
    /// A figure whose value is known apart from its text, as data files give it.
    ///
    /// The text need not be a numeral: named things are counted (three buildings), a fact that holds counts 1
    /// (全面实行), a decrease is printed without its sign (value −60, text “60”). The precision is the text's where
    /// the text reads as the value or its opposite; otherwise the value counts as given to every digit.
    #[must_use]
    pub fn published(
        value: Option<Decimal>,
        raw: impl Into<String>,
        unit: impl Into<String>,
        qualifier: Qualifier,
    ) -> Self {
        let (raw, unit) = (raw.into(), unit.into());
        let number = value.map(|value| {
            let printed = Spoken::read(&raw, &unit).map(|spoken| spoken.number);
            match printed.filter(|printed| printed.value.abs() == value.abs()) {
                Some(printed) => Number { value: value.normalize(), precision: printed.precision },
                None => Number::exact(value),
            }
        });
        Self { number, raw, unit, qualifier }
    }

    /// A figure computed from the ledger, to be printed with this precision.
    #[must_use]
    pub fn computed(value: Decimal, precision: Precision, unit: impl Into<String>) -> Self {
        let number = Number { value: value.normalize(), precision };
        Self {
            number: Some(number),
            raw: print_number(value, precision),
            unit: unit.into(),
            qualifier: Qualifier::Exact,
        }
    }

    /// Reads a whole phrase: “近80万名”, “60万人以上”, “8000余亩”, “二十载”, “56.0%”.
    ///
    /// 5千米 is read as 5 kilometres and 8.6百分点 as 8.6 points: a listed unit keeps its whole name. Otherwise the
    /// longest numeral wins and the rest is a [free measure word](units).
    ///
    /// # Errors
    ///
    /// [`ReadError`] for a phrase without a number, or with something behind it that is no unit.
    pub fn read(phrase: &str) -> Result<Self, ReadError> {
        let letters: Vec<(usize, char)> = phrase.chars().enumerate().filter(|(_, c)| !is_blank(*c)).collect();
        let text: String = letters.iter().map(|(_, c)| c).collect();
        let (front, middle) = Mark::strip_front(&text).map_or((None, &*text), |(mark, rest)| (Some(mark), rest));
        let (back, middle) = Mark::strip_back(middle).map_or((None, middle), |(mark, rest)| (Some(mark), rest));
        let skipped = front.map_or(0, |mark| mark.word.chars().count());

        let ends: Vec<usize> = middle.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST_NUMERAL).collect();
        let read_to = |end: &usize, listed: bool| {
            let (stem, unit) = middle.split_at(*end);
            let fits = units::find(unit)?.is_listed() == listed;
            Spoken::numeral(stem).filter(|_| fits).map(|spoken| (spoken, stem, unit))
        };
        let found = ends.iter().find_map(|end| read_to(end, true));
        let found = found.or_else(|| ends.iter().rev().find_map(|end| read_to(end, false)));
        let Some((spoken, stem, unit)) = found else {
            // Counted among the characters left after blanks and the first mark; then in the phrase as given.
            let (at, error) = complaint(middle);
            let last = letters.last().map_or(0, |(at, _)| at + 1);
            let there = letters.get(at + skipped).map_or(last, |(at, _)| *at);
            return Err(error.moved_to(there));
        };

        let raw = [front.map_or("", |mark| mark.word), stem, back.map_or("", |mark| mark.word)].concat();
        let qualifier = front.or(spoken.mark).or(back).map_or(Qualifier::Exact, |mark| mark.qualifier);
        Ok(Self { number: Some(spoken.number), raw, unit: unit.to_owned(), qualifier })
    }

    /// The value, 万 and 亿 expanded.
    #[must_use]
    pub fn value(&self) -> Option<Decimal> {
        self.number.map(|number| number.value)
    }

    /// The figure as a Chinese reader expects it: 近80万名, 60万人以上, 8000余亩, 大幅下降.
    ///
    /// The word that qualifies is the one in [`raw`](Self::raw). Where the text has none, the usual word of the
    /// qualifier stands in: 以上, 以内, 约, 全部 – 约 and not 近 or 余, which claim to know on which side the true
    /// value lies. A counted list of names shows its count, never the names.
    #[must_use]
    pub fn display_zh(&self) -> String {
        let Some(number) = self.number else {
            return format!("{}{}", self.raw, self.unit);
        };
        let spoken = Spoken::read(&self.raw, &self.unit).filter(|spoken| spoken.number.value == number.value);
        let (stem, mark) = match spoken {
            Some(spoken) if spoken.mark.is_some() => (spoken.stem, spoken.mark),
            Some(spoken) => (spoken.stem, self.implied_mark(number)),
            None if self.unit.is_empty() && !self.raw.is_empty() => return self.raw.clone(),
            None => (number.to_string(), self.implied_mark(number)),
        };
        match mark {
            Some(Mark { word, place: MarkPlace::AfterUnit, .. }) => format!("{stem}{}{word}", self.unit),
            // Words in front of the number or inside it are part of the stem when they were printed.
            Some(Mark { word, place: MarkPlace::BeforeNumber, .. }) if !stem.starts_with(word) => {
                format!("{word}{stem}{}", self.unit)
            }
            _ => format!("{stem}{}", self.unit),
        }
    }

    /// A rank as a Chinese reader expects it: 第二位, 首位.
    #[must_use]
    pub fn display_rank_zh(&self) -> String {
        let printed = self.display_zh();
        if self.number.is_none() || printed.starts_with(['第', '首']) { printed } else { format!("第{printed}") }
    }

    /// The figure for readers of English, digits in full: “about 800,000 people”, “at least 90%”.
    ///
    /// Phrases without a number, and units without an English name, stay as printed.
    #[must_use]
    pub fn display_en(&self) -> String {
        let Some(number) = self.number else {
            return format!("{}{}", self.raw, self.unit);
        };
        if self.unit.is_empty() && Spoken::read(&self.raw, "").is_none() && !self.raw.is_empty() {
            return self.raw.clone();
        }
        let plain = Precision::places(number.precision.places.saturating_sub(number.precision.magnitude.exponent()));
        let digits = Number { value: number.value, precision: plain }.grouped();
        let amount = match units::find(&self.unit).and_then(|unit| unit.english()) {
            Some("") => digits,
            Some("%" | "‰") => format!("{digits}{}", self.unit),
            Some(english) => format!("{digits} {english}"),
            None => format!("{digits} {}", self.unit),
        };
        match self.implied_mark(number) {
            Some(mark) => format!("{} {amount}", mark.qualifier.name_en()),
            None => amount,
        }
    }

    /// The usual word of the qualifier; “all” is left unsaid before percents, where 100 says it.
    fn implied_mark(&self, number: Number) -> Option<&'static Mark> {
        let unsaid = self.qualifier == Qualifier::All && (self.unit == "%" || number.value == Decimal::ONE);
        if unsaid { None } else { self.qualifier.usual_mark() }
    }
}

/// Numerals are shorter than this many characters.
const LONGEST_NUMERAL: usize = 40;

/// What is wrong with a text that is not a numeral with a unit, and at which of its characters.
fn complaint(middle: &str) -> (usize, ReadError) {
    let error = match parse_number(middle) {
        Err(error) => error,
        Ok(_) => ReadError::Empty,
    };
    // Where the text starts as a number, what follows stands in the unit's place.
    let at = error.at();
    let split = middle.char_indices().nth(at).map_or(middle.len(), |(byte, _)| byte);
    let (number, unit) = middle.split_at(split);
    match error {
        ReadError::Unreadable { .. } if parse_number(number).is_ok() => {
            (at, ReadError::UnknownUnit { at, unit: unit.to_owned() })
        }
        error => (at, error),
    }
}

/// A printed text taken apart: the numeral with its value, and the word that qualifies it.
struct Spoken {
    number: Number,
    mark: Option<&'static Mark>,
    /// Everything that stands before the unit, as printed, without blanks.
    stem: String,
}

impl Spoken {
    /// Reads a raw text that may carry a mark and may repeat the unit: “80万”, “近80万”, “60万以上”, “60万人以上”.
    fn read(raw: &str, unit: &str) -> Option<Self> {
        let text: String = raw.chars().filter(|c| !is_blank(*c)).collect();
        let (front, rest) = Mark::strip_front(&text).map_or((None, &*text), |(mark, rest)| (Some(mark), rest));
        let (back, rest) = Mark::strip_back(rest).map_or((None, rest), |(mark, rest)| (Some(mark), rest));
        let numeral = Self::numeral(rest)
            .or_else(|| rest.strip_suffix(unit).filter(|_| !unit.is_empty()).and_then(Self::numeral))?;
        let stem = format!("{}{}", front.map_or("", |mark| mark.word), numeral.stem);
        Some(Self { number: numeral.number, mark: back.or(front).or(numeral.mark), stem })
    }

    /// Reads a numeral that may have a mark inside: “8000余”, “50余万”, “7+N”.
    fn numeral(text: &str) -> Option<Self> {
        if let Ok(number) = parse_number(text) {
            return Some(Self { number, mark: None, stem: text.to_owned() });
        }
        let (mark, bare) = Mark::take_inner(text)?;
        let number = parse_number(&bare).ok()?;
        Some(Self { number, mark: Some(mark), stem: text.to_owned() })
    }
}
