//! Whether a figure stands out, told robustly: a flag for the reviewer in words, never a verdict.
//!
//! The modified z-score 0.6745 × (value − median) ÷ MAD with the bound of the rule set `[peers]` (3.5). Source: Iglewicz
//! and Hoaglin 1993 (certainty C); where the MAD is 0 because most values are alike they divide by 1.253314 × the mean
//! absolute deviation instead. That such a value must also lie half a median off, and how many values make a yardstick, is
//! our own choice (certainty D): after ten, ten, ten and ten, eleven is no jump.

use kernel::rule_set::PeersRule;
use rust_decimal::Decimal;

/// Fewer earlier steps than this say nothing about a jump.
pub const HISTORY_MIN: usize = 4;

/// How a value stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlier {
    /// The usual value.
    pub median: Decimal,
    /// Above it.
    pub above: bool,
}

/// Whether the step from `last` to `value` is a jump against the steps before it.
///
/// `cumulative` are the earlier values of the series in the order of their cut-offs, `last` being its last one.
pub fn jump(cumulative: &[Decimal], value: Decimal, rule: &PeersRule) -> Option<Outlier> {
    let steps: Vec<Decimal> = cumulative.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let first = cumulative.first().copied();
    // The first value is itself a step, from nothing.
    let steps: Vec<Decimal> = first.into_iter().chain(steps).collect();
    let step = value - cumulative.last().copied()?;
    stands_out(&steps, step, HISTORY_MIN, rule)
}

/// Whether `value` stands out among `peers`, which do not hold it.
pub fn among_peers(peers: &[Decimal], value: Decimal, rule: &PeersRule) -> Option<Outlier> {
    stands_out(peers, value, rule.peers_min as usize, rule)
}

fn stands_out(others: &[Decimal], value: Decimal, enough: usize, rule: &PeersRule) -> Option<Outlier> {
    if others.len() < enough.max(1) {
        return None;
    }
    let middle = median(others)?;
    let off = value - middle;
    let distances: Vec<_> = others.iter().map(|other| (*other - middle).abs()).collect();
    let spread = median(&distances)?;
    // Multiplied out, so that nothing is rounded.
    let far = if spread.is_zero() {
        let all = Decimal::from(others.len() + 1);
        let mean = (distances.iter().sum::<Decimal>() + off.abs()).checked_div(all)?;
        off.abs() > rule.z_over * Decimal::new(1_253_314, 6) * mean && off.abs() * Decimal::TWO > middle.abs()
    } else {
        Decimal::new(6_745, 4) * off.abs() > rule.z_over * spread
    };
    // Nothing happened so far and now something does: that is a beginning, not a jump.
    let began = middle.is_zero() && spread.is_zero();
    (far && !began).then_some(Outlier { median: middle, above: off > Decimal::ZERO })
}

/// The middle value; the mean of the two middle ones of an even number.
fn median(values: &[Decimal]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    (lower + upper).checked_div(Decimal::TWO)
}

#[cfg(test)]
mod tests {
    use kernel::RuleSets;
    use proptest::prelude::*;

    use super::*;

    fn rule() -> PeersRule {
        RuleSets::shipped().default_set().peers.says.clone()
    }

    fn decimals(values: &[i64]) -> Vec<Decimal> {
        values.iter().copied().map(Decimal::from).collect()
    }

    #[test]
    fn a_slipped_digit_is_a_jump_and_a_good_month_is_not() {
        let months = decimals(&[12, 25, 36, 50, 61]);
        let found = jump(&months, Decimal::from(610), &rule()).unwrap();
        assert!(found.above && found.median == Decimal::from(12));
        assert_eq!(jump(&months, Decimal::from(75), &rule()), None);
        assert_eq!(jump(&decimals(&[12, 25, 36]), Decimal::from(900), &rule()), None, "three months say nothing");
        assert_eq!(jump(&[], Decimal::from(900), &rule()), None);
    }

    #[test]
    fn where_most_are_alike_only_what_lies_far_off_stands_out() {
        let even = decimals(&[10, 20, 30, 40, 50]);
        assert_eq!(jump(&even, Decimal::from(61), &rule()), None, "eleven after ten");
        assert!(jump(&even, Decimal::from(500), &rule()).unwrap().above);
        assert_eq!(jump(&decimals(&[0, 0, 0, 0, 0]), Decimal::from(9), &rule()), None, "a beginning");
    }

    #[test]
    fn one_county_far_from_the_others() {
        let peers = decimals(&[52, 55, 49, 53, 51, 54]);
        assert!(!among_peers(&peers, Decimal::from(5), &rule()).unwrap().above);
        assert_eq!(among_peers(&peers, Decimal::from(50), &rule()), None);
        assert_eq!(among_peers(&decimals(&[52, 55, 49, 53]), Decimal::from(5), &rule()), None, "too few");
    }

    proptest! {
        /// The judgement does not depend on the unit, nor on the order of the others, and the median never stands out.
        #[test]
        fn judged_the_same_in_any_unit_and_order(mut values in prop::collection::vec(-1_000_i64..1_000, 5..12), value in -5_000_i64..5_000, scale in 1_i64..1_000) {
            let of = |values: &[i64], value: i64| {
                let scaled = decimals(&values.iter().map(|one| one * scale).collect::<Vec<_>>());
                among_peers(&scaled, Decimal::from(value * scale), &rule()).is_some()
            };
            let plain = among_peers(&decimals(&values), Decimal::from(value), &rule());
            prop_assert_eq!(plain.is_some(), of(&values, value));
            values.reverse();
            prop_assert_eq!(plain, among_peers(&decimals(&values), Decimal::from(value), &rule()));
            let middle = median(&decimals(&values)).unwrap();
            prop_assert_eq!(among_peers(&decimals(&values), middle, &rule()), None);
        }
    }
}
