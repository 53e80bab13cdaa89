//! Rankings with shared places.

use kernel::rule_set::{RankingRule, Ties};
use rust_decimal::Decimal;

/// A place in a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Rank {
    /// 1 is best.
    pub place: usize,
    /// Whether others share it (并列).
    pub tied: bool,
}

/// The place of each value, more being better; a missing value has none.
///
/// Values that read the same share a place. By the standard rule two tied second are followed by the fourth
/// (椒江: 两个并列第2，下一名从第4; 六安: 1, 2, 3, 3, 5).
pub fn rank(values: &[Option<Decimal>], rule: &RankingRule) -> Vec<Option<Rank>> {
    let places = u8::try_from(rule.places).unwrap_or(u8::MAX);
    let printed: Vec<_> = values.iter().map(|value| value.map(|value| figures::round(value, places))).collect();
    let mut distinct: Vec<_> = printed.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let place_of = |value: Decimal| match rule.ties {
        Ties::Standard => 1 + printed.iter().flatten().filter(|other| **other > value).count(),
        Ties::Dense => 1 + distinct.iter().filter(|other| **other > value).count(),
    };
    let shared = |value: Decimal| printed.iter().flatten().filter(|other| **other == value).count() > 1;
    printed.iter().map(|value| value.map(|value| Rank { place: place_of(value), tied: shared(value) })).collect()
}

#[cfg(test)]
mod tests {
    use kernel::RuleSets;
    use proptest::prelude::*;

    use super::*;

    fn standard() -> RankingRule {
        RuleSets::shipped().default_set().ranking.says.clone()
    }

    fn places(values: &[Option<i64>], rule: &RankingRule) -> Vec<Option<usize>> {
        let values: Vec<_> = values.iter().map(|value| value.map(|tenths| Decimal::new(tenths, 1))).collect();
        rank(&values, rule).into_iter().map(|rank| rank.map(|rank| rank.place)).collect()
    }

    #[test]
    fn published_rankings_with_ties() {
        let of = |values: &[i64]| places(&values.iter().copied().map(Some).collect::<Vec<_>>(), &standard());
        assert_eq!(of(&[900, 880, 700, 700, 650]), [1, 2, 3, 3, 5].map(Some));
        assert_eq!(of(&[900, 880, 880, 700]), [1, 2, 2, 4].map(Some), "two tied second: the next is fourth");
        assert_eq!(
            places(&[Some(500), None, Some(700)], &standard()),
            [Some(2), None, Some(1)],
            "missing has no place"
        );
        let dense = RankingRule { ties: Ties::Dense, places: 1 };
        assert_eq!(places(&[Some(900), Some(880), Some(880), Some(700)], &dense), [1, 2, 2, 3].map(Some));
    }

    /// 77.74 and 77.68 both read 77.7 %: neither may stand before the other.
    #[test]
    fn what_reads_the_same_shares_a_place() {
        let values = ["77.74", "77.68", "77.6"].map(|text| Some(text.parse().unwrap()));
        let ranks = rank(&values, &standard());
        assert_eq!(ranks[0], Some(Rank { place: 1, tied: true }));
        assert_eq!(ranks[1], ranks[0]);
        assert_eq!(ranks[2], Some(Rank { place: 3, tied: false }));
    }

    proptest! {
        #[test]
        fn a_better_value_never_stands_behind(values in prop::collection::vec(prop::option::of(0_i64..100), 0..30)) {
            let ranks = places(&values, &standard());
            for (a, x) in values.iter().zip(&ranks) {
                prop_assert_eq!(a.is_some(), x.is_some());
                for (b, y) in values.iter().zip(&ranks) {
                    if let (Some(a), Some(b), Some(x), Some(y)) = (a, b, x, y) {
                        prop_assert_eq!(a.cmp(b), y.cmp(x));
                    }
                }
            }
            // As many stand before a place as its number says.
            for place in ranks.iter().flatten() {
                prop_assert_eq!(ranks.iter().flatten().filter(|other| *other < place).count(), place - 1);
            }
        }
    }
}
