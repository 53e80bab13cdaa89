//! Read Chinese numerals: 十二, 一百零五, 三点五万, 二〇二四.

use rust_decimal::Decimal;

use crate::number::Number;
use crate::precision::{Magnitude, Precision};
use crate::read::{Letter, ReadError, assemble, magnitude};

/// Reads letters that start with something else than an Arabic digit. `end` is where the text ends.
pub(crate) fn read(letters: &[Letter], end: usize) -> Result<Number, ReadError> {
    if let [letter] = letters
        && letter.plain == '首'
    {
        return Ok(Number { value: Decimal::ONE, precision: Precision::EXACT });
    }
    if let Some(point) = letters.iter().position(|letter| letter.plain == '点') {
        return with_point(letters, point, end);
    }
    let value = whole(letters, end)?;
    // Only a closing 万 or 亿 says that smaller digits were left out: 三千 and 二百 are counted out.
    let magnitude = match letters.last().map(|letter| letter.plain) {
        Some('万') => Magnitude::TenThousand,
        Some('亿') => Magnitude::HundredMillion,
        _ => Magnitude::One,
    };
    Ok(Number { value: Decimal::from(value), precision: Precision { places: 0, magnitude } })
}

/// 九十七点五, 三点五万: what stands before 点 is a whole number, after it come digits and perhaps a magnitude.
fn with_point(letters: &[Letter], point: usize, end: usize) -> Result<Number, ReadError> {
    let (before, after) = (&letters[..point], &letters[point + 1..]);
    if before.is_empty() {
        return Err(ReadError::MissingDigits { at: letters[point].at });
    }
    let whole = whole(before, end)?;
    let fraction: String =
        after.iter().map_while(|letter| digit(letter.plain)).map(|digit| digit.to_string()).collect();
    if fraction.is_empty() {
        return Err(ReadError::MissingDigits { at: after.first().map_or(end, |letter| letter.at) });
    }
    if let Some(letter) =
        after.get(usize::from(Precision::MOST_PLACES)).filter(|_| fraction.len() > usize::from(Precision::MOST_PLACES))
    {
        return Err(ReadError::TooFine { at: letter.at });
    }
    assemble(&whole.to_string(), &fraction, magnitude(&after[fraction.len()..])?, letters[0].at)
}

fn whole(letters: &[Letter], end: usize) -> Result<u64, ReadError> {
    let only_digits = letters.iter().all(|letter| digit(letter.plain).is_some());
    if only_digits { one_by_one(letters) } else { by_rank(letters, end) }
}

/// 二〇二四: digits read off one after the other.
fn one_by_one(letters: &[Letter]) -> Result<u64, ReadError> {
    let mut value: u64 = 0;
    for letter in letters {
        let digit = digit(letter.plain).ok_or_else(|| letter.unreadable())?;
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit))
            .ok_or(ReadError::TooLarge { at: letters[0].at })?;
    }
    Ok(value)
}

/// 一百零五, 三万五千, 一亿二千万: each digit stands before its rank; ranks fall within each group of four.
fn by_rank(letters: &[Letter], end: usize) -> Result<u64, ReadError> {
    let mut groups = Groups::default();
    for letter in letters {
        match letter.plain {
            '零' => groups.zero(),
            '十' => groups.rank(*letter, 10)?,
            '百' => groups.rank(*letter, 100)?,
            '千' => groups.rank(*letter, 1000)?,
            '万' => groups.ten_thousand(*letter)?,
            '亿' => groups.hundred_million(*letter)?,
            other => groups.digit(*letter, digit(other).ok_or_else(|| letter.unreadable())?)?,
        }
    }
    groups.finish(end)
}

/// The state of reading a ranked numeral from left to right.
#[derive(Default)]
struct Groups {
    /// Finished groups.
    total: u64,
    /// The group of four digits being read.
    group: u64,
    /// A digit that waits for its rank, with its letter.
    waiting: Option<(Letter, u64)>,
    /// The rank last read in this group, or none.
    last_rank: Option<u64>,
    /// 零 stood since the last rank or closed group.
    zero: bool,
    /// 零 stood since 亿: without it 一亿五千 has two readings.
    zero_since_hundred_million: bool,
    seen_ten_thousand: bool,
    seen_hundred_million: bool,
}

impl Groups {
    fn zero(&mut self) {
        self.zero = true;
        self.zero_since_hundred_million = true;
    }

    fn digit(&mut self, letter: Letter, digit: u64) -> Result<(), ReadError> {
        if self.waiting.is_some() {
            return Err(letter.unreadable());
        }
        self.waiting = Some((letter, digit));
        Ok(())
    }

    fn rank(&mut self, letter: Letter, rank: u64) -> Result<(), ReadError> {
        if self.last_rank.is_some_and(|last| rank >= last) {
            return Err(letter.unreadable());
        }
        let digit = match self.waiting.take() {
            Some((_, digit)) => digit,
            // 十二 is twelve; 百 alone is not a hundred.
            None if rank == 10 => 1,
            None => return Err(ReadError::MissingDigits { at: letter.at }),
        };
        self.group += digit * rank;
        self.last_rank = Some(rank);
        self.zero = false;
        Ok(())
    }

    fn ten_thousand(&mut self, letter: Letter) -> Result<(), ReadError> {
        if self.seen_ten_thousand {
            return Err(letter.unreadable());
        }
        let group = self.close_group(letter.at)?;
        self.total += group * 10_000;
        self.seen_ten_thousand = true;
        self.last_rank = None;
        Ok(())
    }

    fn hundred_million(&mut self, letter: Letter) -> Result<(), ReadError> {
        if self.seen_hundred_million {
            return Err(letter.unreadable());
        }
        let group =
            if self.total > 0 && self.group == 0 && self.waiting.is_none() { 0 } else { self.close_group(letter.at)? };
        self.total = (self.total + group) * 100_000_000;
        self.seen_hundred_million = true;
        self.seen_ten_thousand = false;
        self.zero_since_hundred_million = false;
        self.last_rank = None;
        Ok(())
    }

    /// Takes the group in front of 万 or 亿, which must not be empty.
    fn close_group(&mut self, at: usize) -> Result<u64, ReadError> {
        self.add_waiting()?;
        self.zero = false;
        match std::mem::take(&mut self.group) {
            0 => Err(ReadError::MissingDigits { at }),
            group => Ok(group),
        }
    }

    /// A digit without a rank is a one, unless speech would read it as the next rank.
    fn add_waiting(&mut self) -> Result<(), ReadError> {
        if let Some((letter, digit)) = self.waiting.take() {
            if !self.zero && self.last_rank.is_some_and(|rank| rank > 10) {
                return Err(ReadError::Ambiguous { at: letter.at });
            }
            self.group += digit;
        }
        Ok(())
    }

    fn finish(mut self, end: usize) -> Result<u64, ReadError> {
        if let Some((letter, _)) = self.waiting
            && !self.zero
            && self.last_rank.is_none()
            && self.total > 0
        {
            return Err(ReadError::Ambiguous { at: letter.at });
        }
        self.add_waiting()?;
        let below_ten_million = self.seen_hundred_million && !self.seen_ten_thousand && self.group > 0;
        if below_ten_million && !self.zero_since_hundred_million {
            return Err(ReadError::Ambiguous { at: end.saturating_sub(1) });
        }
        Ok(self.total + self.group)
    }
}

fn digit(c: char) -> Option<u64> {
    Some(match c {
        '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}
