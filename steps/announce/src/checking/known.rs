//! What the ledger knows, as a check compares a text with it.

use bulletins::Kind as ReadKind;
use chrono::NaiveDate;
use figures::{Number, Qualifier};
use ledger::words::{Kind, Measure};
use uuid::Uuid;

/// Where a figure of the ledger stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counts,
    /// It was corrected; the entry that took its place.
    Superseded(Uuid),
}

/// A figure of the ledger.
#[derive(Clone, Debug)]
pub struct Known {
    /// What it counts, in every wording that is known, the usual one first.
    pub names: Vec<String>,
    /// The indicator's number in addresses; none for counts of the programme as a whole.
    pub indicator: Option<i32>,
    /// What is counted.
    pub kind: Kind,
    /// The unit.
    pub unit: String,
    /// Done, or to be done.
    pub measure: Measure,
    /// The value with its precision.
    pub number: Number,
    /// How closely it is meant.
    pub qualifier: Qualifier,
    /// The day up to which it counts; none when undated.
    pub as_of: Option<NaiveDate>,
    /// The entry whose trail it opens; none for what is derived.
    pub entry: Option<Uuid>,
    /// Whether it counts.
    pub standing: Standing,
    /// How it follows from others, in words; empty for entries.
    pub derived: String,
    /// The name of the place, where it is not the programme's own.
    pub place: Option<String>,
    /// Whether a text about the programme ought to mention it.
    pub expected: bool,
}

impl Known {
    /// Whether it counts.
    pub fn counts(&self) -> bool {
        self.standing == Standing::Counts
    }

    /// The figure as it prints: 近80万名.
    pub fn printed(&self) -> String {
        crate::writing::numbers::printed(self.kind, self.number, self.qualifier, &self.unit)
    }
}

/// Whether a figure of this kind in a text can be one of that kind in the ledger.
///
/// What the reader takes for a plain count may be anything whose unit it does not know better.
pub(crate) fn kinds_agree(read: ReadKind, known: Kind) -> bool {
    match read {
        ReadKind::Count | ReadKind::People | ReadKind::Times | ReadKind::Ratio => {
            matches!(known, Kind::Count | Kind::People | Kind::Times | Kind::Ratio | Kind::Boolean)
        }
        ReadKind::Length => known == Kind::Length,
        ReadKind::Area => known == Kind::Area,
        ReadKind::Money => known == Kind::Money,
        ReadKind::Percent => matches!(known, Kind::Percent | Kind::RateChange | Kind::Ratio),
        ReadKind::RateChange => matches!(known, Kind::RateChange | Kind::Percent),
        ReadKind::Rank => known == Kind::Rank,
        ReadKind::Boolean => matches!(known, Kind::Boolean | Kind::Percent),
    }
}

/// Measure words that are interchangeable for persons.
const PERSONS: [&str; 3] = ["人", "名", "位"];

/// Whether two measure words may count the same things, and the factor from the first to the second.
///
/// 个 and 家 may be the same clinics, 公顷 converts into 亩, but 人 and 人次 are two different things.
pub(crate) fn unit_factor(read: &str, known: &str) -> Option<UnitMatch> {
    let (read, known) = (read.trim(), known.trim());
    if read == known {
        return Some(UnitMatch::Same);
    }
    if PERSONS.contains(&read) && PERSONS.contains(&known) {
        return Some(UnitMatch::Same);
    }
    if figures::units::convert(rust_decimal::Decimal::ONE, read, known).is_some() {
        return Some(UnitMatch::Converts);
    }
    let loose = |unit: &str| {
        let free = figures::units::find(unit).is_none_or(|found| !found.is_listed());
        unit.is_empty() || free || COUNTED.contains(&unit)
    };
    (loose(read) && loose(known)).then_some(UnitMatch::OtherWord)
}

/// Measure words that texts use for one another.
const COUNTED: [&str; 16] =
    ["个", "家", "所", "座", "处", "条", "项", "件", "台", "辆", "套", "间", "户", "类", "方面", "组"];

/// How two units belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitMatch {
    /// The same.
    Same,
    /// One converts into the other.
    Converts,
    /// Two measure words that may count the same things.
    OtherWord,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_not_occasions_and_clinics_may_be_counted_twice() {
        assert_eq!(unit_factor("名", "人"), Some(UnitMatch::Same));
        assert_eq!(unit_factor("个", "家"), Some(UnitMatch::OtherWord));
        assert_eq!(unit_factor("公顷", "亩"), Some(UnitMatch::Converts));
        for (one, other) in [("人", "人次"), ("元", "个"), ("%", "个百分点"), ("公里", "亩")] {
            assert_eq!(unit_factor(one, other), None, "{one} {other}");
        }
    }
}
