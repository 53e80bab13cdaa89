//! How closely a printed number is meant: 以上, 超, 近, 余, 全部.

use rust_decimal::Decimal;

use crate::number::Number;
use crate::precision::power_of_ten;

/// How closely a printed number is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Qualifier {
    /// The number itself.
    #[default]
    Exact,
    /// 以上, 超, 逾, 不少于, 至少, 7+N: this many or more.
    AtLeast,
    /// 以内, 不超过, 至多: this many or fewer.
    AtMost,
    /// 近, 约, 余, 多, 左右: about this many.
    Approximately,
    /// 全部, 全覆盖, 100%: all there are.
    All,
}

impl Qualifier {
    /// Every qualifier, in the order people choose from.
    pub const EVERY: [Self; 5] = [Self::Exact, Self::AtLeast, Self::AtMost, Self::Approximately, Self::All];

    /// The short code in files and databases.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "eq",
            Self::AtLeast => "ge",
            Self::AtMost => "le",
            Self::Approximately => "approx",
            Self::All => "full",
        }
    }

    /// The qualifier of a [`code`](Self::code).
    #[must_use]
    pub fn parse_code(code: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|qualifier| qualifier.code() == code)
    }

    /// The word to choose it by, in Chinese.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::Exact => "确数",
            Self::AtLeast => "以上",
            Self::AtMost => "以内",
            Self::Approximately => "约数",
            Self::All => "全部",
        }
    }

    /// The word to choose it by, in English.
    #[must_use]
    pub fn name_en(self) -> &'static str {
        match self {
            Self::Exact => "exactly",
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Approximately => "about",
            Self::All => "all",
        }
    }

    /// Whether an actual value bears out the number printed with this qualifier.
    ///
    /// Exact and All allow what printing may have rounded or cut off. AtLeast and AtMost take the printed number as
    /// the limit, itself included (民法典 §1259). Approximately allows a tenth of the number or one unit of its last
    /// printed place, whichever is more: no rule fixes this, the tenth is our own choice.
    #[must_use]
    pub fn admits(self, printed: Number, actual: Decimal) -> bool {
        match self {
            Self::Exact | Self::All => could_print_as(printed, actual),
            Self::AtLeast => actual >= printed.value,
            Self::AtMost => actual <= printed.value,
            Self::Approximately => {
                let tenth = printed.value.abs().checked_mul(power_of_ten(-1)).unwrap_or_default();
                let slack =
                    tenth.max(if printed.precision.is_exact() { Decimal::ZERO } else { printed.precision.quantum() });
                actual.checked_sub(printed.value).is_some_and(|distance| distance.abs() <= slack)
            }
        }
    }

    /// The mark to print when the source does not say which word it used.
    pub(crate) fn usual_mark(self) -> Option<&'static Mark> {
        let word = match self {
            Self::Exact => return None,
            Self::AtLeast => "以上",
            Self::AtMost => "以内",
            Self::Approximately => "约",
            Self::All => "全部",
        };
        MARKS.iter().find(|mark| mark.word == word)
    }
}

/// Rounding half up or cutting off both lead from `actual` to the printed digits.
fn could_print_as(printed: Number, actual: Decimal) -> bool {
    if printed.precision.is_exact() || actual == printed.value {
        return actual == printed.value;
    }
    // Half up goes away from zero, cutting off towards it, so both are one rule on the size and the sign must agree.
    let (negative, zero) = (printed.value.is_sign_negative(), printed.value.is_zero());
    let agrees = zero || actual.is_zero() || actual.is_sign_negative() == negative;
    let over = actual.abs().checked_sub(printed.value.abs());
    let unit = printed.precision.quantum();
    agrees && over.is_some_and(|over| over >= -unit / Decimal::TWO && over < unit)
}

/// Where a mark stands in a figure phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarkPlace {
    /// In front of the number: 近80万名.
    BeforeNumber,
    /// Between number and unit: 8000余亩.
    AfterNumber,
    /// Behind the unit: 60万人以上.
    AfterUnit,
}

/// A word that qualifies a number, as bulletins print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The word.
    pub word: &'static str,
    /// Where it stands.
    pub place: MarkPlace,
    /// What it means.
    pub qualifier: Qualifier,
}

impl Mark {
    /// Every mark that is read, longer words before the shorter ones they contain.
    #[must_use]
    pub fn every() -> &'static [Self] {
        &MARKS
    }

    /// The mark a text starts with, and the rest.
    pub(crate) fn strip_front(text: &str) -> Option<(&'static Self, &str)> {
        let before = |mark: &&Self| mark.place == MarkPlace::BeforeNumber;
        MARKS.iter().filter(before).find_map(|mark| Some((mark, text.strip_prefix(mark.word)?)))
    }

    /// The mark a text ends with, and what stands before it.
    pub(crate) fn strip_back(text: &str) -> Option<(&'static Self, &str)> {
        let behind = |mark: &&Self| mark.place == MarkPlace::AfterUnit;
        MARKS.iter().filter(behind).find_map(|mark| Some((mark, text.strip_suffix(mark.word)?)))
    }

    /// The mark inside a numeral, and the numeral without it: 17万余, 50余万, 7+N.
    pub(crate) fn take_inner(text: &str) -> Option<(&'static Self, String)> {
        let inner = |mark: &&Self| mark.place == MarkPlace::AfterNumber;
        MARKS.iter().filter(inner).find_map(|mark| {
            let (before, after) = text.split_once(mark.word)?;
            let only_magnitude = after.chars().all(|c| matches!(c, '百' | '千' | '万' | '亿'));
            (!before.is_empty() && only_magnitude).then(|| (mark, format!("{before}{after}")))
        })
    }
}

const fn mark(word: &'static str, place: MarkPlace, qualifier: Qualifier) -> Mark {
    Mark { word, place, qualifier }
}

const MARKS: [Mark; 34] = {
    use MarkPlace::{AfterNumber, AfterUnit, BeforeNumber};
    use Qualifier::{All, Approximately, AtLeast, AtMost};
    [
        mark("不少于", BeforeNumber, AtLeast),
        mark("不低于", BeforeNumber, AtLeast),
        mark("不超过", BeforeNumber, AtMost),
        mark("不高于", BeforeNumber, AtMost),
        mark("不多于", BeforeNumber, AtMost),
        mark("超过", BeforeNumber, AtLeast),
        mark("突破", BeforeNumber, AtLeast),
        mark("至少", BeforeNumber, AtLeast),
        mark("至多", BeforeNumber, AtMost),
        mark("最多", BeforeNumber, AtMost),
        mark("不足", BeforeNumber, AtMost),
        mark("不到", BeforeNumber, AtMost),
        mark("将近", BeforeNumber, Approximately),
        mark("接近", BeforeNumber, Approximately),
        mark("大约", BeforeNumber, Approximately),
        mark("全部", BeforeNumber, All),
        mark("超", BeforeNumber, AtLeast),
        mark("逾", BeforeNumber, AtLeast),
        mark("近", BeforeNumber, Approximately),
        mark("约", BeforeNumber, Approximately),
        mark("≥", BeforeNumber, AtLeast),
        mark("≤", BeforeNumber, AtMost),
        mark("余", AfterNumber, Approximately),
        mark("多", AfterNumber, Approximately),
        mark("餘", AfterNumber, Approximately),
        mark("+N", AfterNumber, AtLeast),
        mark("＋N", AfterNumber, AtLeast),
        mark("+", AfterNumber, AtLeast),
        mark("及以上", AfterUnit, AtLeast),
        mark("以上", AfterUnit, AtLeast),
        mark("及以下", AfterUnit, AtMost),
        mark("以下", AfterUnit, AtMost),
        mark("以内", AfterUnit, AtMost),
        mark("左右", AfterUnit, Approximately),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_number;

    #[test]
    fn codes_can_be_read_back() {
        for qualifier in Qualifier::EVERY {
            assert_eq!(Qualifier::parse_code(qualifier.code()), Some(qualifier));
        }
        assert_eq!(Qualifier::parse_code("gt"), None);
    }

    #[test]
    fn each_qualifier_admits_what_it_says() {
        use Qualifier::{All, Approximately, AtLeast, AtMost, Exact};
        for (qualifier, printed, actual, admitted) in [
            (Exact, "45004", "45004", true),
            (Exact, "45004", "45003.9", false),
            (Exact, "30万", "302269", true),
            (Exact, "30万", "295000", true),
            (Exact, "30万", "309999", true), // cut off rather than rounded
            (Exact, "30万", "310000", false),
            (Exact, "30万", "294999", false),
            (Exact, "56.0", "55.951", true),
            (Exact, "-0.5", "-0.55", true),
            (Exact, "-0.5", "0.5", false),
            (AtLeast, "60万", "600000", true),
            (AtLeast, "60万", "599999", false),
            (AtMost, "5", "5", true),
            (AtMost, "5", "6", false),
            (Approximately, "80万", "795123", true),
            (Approximately, "8000", "8799", true),
            (Approximately, "8000", "9000", false),
            (All, "36", "36", true),
            (All, "100", "99.9", false),
        ] {
            let printed_number = parse_number(printed).expect("a number");
            let actual: Decimal = actual.parse().expect("a decimal");
            assert_eq!(qualifier.admits(printed_number, actual), admitted, "{qualifier:?} {printed} {actual}");
        }
    }

    #[test]
    fn a_mark_never_hides_a_longer_one() {
        for (index, earlier) in MARKS.iter().enumerate() {
            for later in &MARKS[index + 1..] {
                let hides = match earlier.place {
                    MarkPlace::BeforeNumber => later.word.starts_with(earlier.word),
                    MarkPlace::AfterNumber | MarkPlace::AfterUnit => later.word.ends_with(earlier.word),
                };
                assert!(earlier.place != later.place || !hides, "{} hides {}", earlier.word, later.word);
            }
        }
    }
}
