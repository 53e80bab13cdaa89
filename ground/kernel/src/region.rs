//! Administrative divisions (行政区划): twelve-digit codes whose subtrees are code ranges.
//!
//! Source: GB/T 2260 (first six digits) and GB/T 10114 (nine and twelve digits); certainty V for the digit groups.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Problem, Text};

/// The five levels of the division tree, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 省: two digits.
    Province,
    /// 市: four digits.
    City,
    /// 县 (county, district, county-level city): six digits.
    County,
    /// 乡镇、街道: nine digits.
    Town,
    /// 村、社区: twelve digits.
    Village,
}

impl Level {
    /// All levels, top first.
    pub const ALL: [Self; 5] = [Self::Province, Self::City, Self::County, Self::Town, Self::Village];

    /// How many places below this level share one code prefix of this level's length.
    const fn span(self) -> u64 {
        match self {
            Self::Province => 10_000_000_000,
            Self::City => 100_000_000,
            Self::County => 1_000_000,
            Self::Town => 1_000,
            Self::Village => 1,
        }
    }

    /// The word used in files, tables and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::City => "city",
            Self::County => "county",
            Self::Town => "town",
            Self::Village => "village",
        }
    }

    /// Reads the word written by [`Level::code`], or its Chinese name.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "省" => Some(Self::Province),
            "市" | "设区市" => Some(Self::City),
            "县" | "区县" | "县市区" => Some(Self::County),
            "乡镇" | "镇街" | "镇" => Some(Self::Town),
            "村" | "社区" | "村社" => Some(Self::Village),
            _ => Self::ALL.into_iter().find(|level| level.code() == word),
        }
    }

    /// The name on screens.
    pub fn name(self) -> Text {
        match self {
            Self::Province => Text::new("省", "province"),
            Self::City => Text::new("市", "city"),
            Self::County => Text::new("县（市、区）", "county"),
            Self::Town => Text::new("乡镇（街道）", "town"),
            Self::Village => Text::new("村（社区）", "village"),
        }
    }

    /// The number stored in tables: 1 for a province … 5 for a village.
    pub fn number(self) -> i16 {
        self as i16 + 1
    }

    /// The level stored as `number`.
    pub fn from_number(number: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }
}

/// A division's code, always twelve digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(u64);

impl RegionCode {
    /// The code with this numeric value; `None` outside twelve digits or with a zero province.
    pub fn from_number(number: u64) -> Option<Self> {
        (10_000_000_000..1_000_000_000_000).contains(&number).then_some(Self(number))
    }

    /// The numeric value, as stored.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The numeric value in the signed type that databases offer.
    pub fn stored(self) -> i64 {
        i64::try_from(self.0).expect("twelve digits fit in 63 bits")
    }

    /// A code read back from a table.
    pub fn from_stored(number: i64) -> Option<Self> {
        u64::try_from(number).ok().and_then(Self::from_number)
    }

    /// The level, told by the trailing zeros.
    pub fn level(self) -> Level {
        Level::ALL.into_iter().find(|level| self.0.is_multiple_of(level.span())).unwrap_or(Level::Village)
    }

    /// The division that this one lies in; `None` for a province.
    ///
    /// Cities without counties (441900 …) have towns directly below them; the rule copes.
    pub fn parent(self) -> Option<Self> {
        Level::ALL
            .into_iter()
            .rev()
            .filter(|level| *level < self.level())
            .map(|level| self.at(level))
            .find(|code| *code != self)
    }

    /// The division at `level` that this code lies in, or the code itself when it stands at or above that level.
    pub fn at(self, level: Level) -> Self {
        Self(self.0 - self.0 % level.span())
    }

    /// This division and those above it, from the province down.
    pub fn lineage(self) -> impl Iterator<Item = Self> {
        let mut last = None;
        Level::ALL.into_iter().map(move |level| self.at(level)).filter(move |code| last.replace(*code) != Some(*code))
    }

    /// All codes in this division's subtree, itself included.
    pub fn subtree(self) -> RangeInclusive<Self> {
        self..=Self(self.0 + self.level().span() - 1)
    }

    /// Whether `other` is this division or lies in it.
    pub fn contains(self, other: Self) -> bool {
        self.subtree().contains(&other)
    }

    /// The short form used in addresses: six digits down to counties, nine for towns, twelve for villages.
    pub fn short(self) -> String {
        let full = self.to_string();
        let digits = match self.level() {
            Level::Village => 12,
            Level::Town => 9,
            _ => 6,
        };
        full[..digits].to_owned()
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = Problem;

    /// Reads 2, 4, 6, 9 or 12 digits; the missing ones are zeros.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let digits = text.trim();
        let missing = 12_usize.checked_sub(digits.len()).filter(|_| matches!(digits.len(), 2 | 4 | 6 | 9 | 12));
        missing
            .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|missing| format!("{digits}{}", "0".repeat(missing)).parse().ok())
            .and_then(Self::from_number)
            .ok_or_else(|| {
                Problem::invalid(
                    format!("“{digits}”不是行政区划代码：应为 2、4、6、9 或 12 位数字，例如 330200"),
                    format!("“{digits}” is no division code: use 2, 4, 6, 9 or 12 digits, such as 330200"),
                )
            })
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    #[test]
    fn levels_and_parents_follow_the_digits() {
        let village = code("330784101203");
        let lineage: Vec<_> = village.lineage().map(|c| c.to_string()).collect();
        assert_eq!(lineage, ["330000000000", "330700000000", "330784000000", "330784101000", "330784101203"]);
        assert_eq!(village.parent(), Some(code("330784101")));
        assert_eq!(code("330200").level(), Level::City);
        assert_eq!(code("33").parent(), None);
        assert_eq!(code("441900003").parent(), Some(code("441900")), "a city without counties");
        assert_eq!(code("330784").short(), "330784");
    }

    #[test]
    fn malformed_codes_say_what_to_write() {
        for wrong in ["", "3302x0", "33020", "000000", "3302000000000", "３３０２００"] {
            assert!(wrong.parse::<RegionCode>().unwrap_err().message.zh.contains("12 位"), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_subtree_holds_exactly_its_descendants(a in 10_000_000_000_u64..1_000_000_000_000, b in 10_000_000_000_u64..1_000_000_000_000) {
            let (a, b) = (RegionCode(a), RegionCode(b));
            let above = a.at(Level::County);
            prop_assert!(above.contains(a));
            prop_assert_eq!(above.contains(b), b.lineage().any(|c| c == above));
            if let Some(parent) = a.parent() {
                prop_assert!(parent.contains(a) && parent.level() < a.level());
            }
        }
    }
}
