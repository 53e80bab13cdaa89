//! Whether a value stands out among its peers, told robustly: one extreme value does not move the yardstick.

use kernel::rule_set::PeersRule;
use rust_decimal::Decimal;

use super::median;

/// A value that stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum StandsOut {
    /// Far above the others.
    Above,
    /// Far below them.
    Below,
}

/// For each value whether it stands out: modified z-score 0.6745 × (value − median) ÷ MAD over the rule's bound.
///
/// Source: Iglewicz and Hoaglin 1993 (3.5). With fewer peers than the rule asks for, or when most are alike (MAD is 0),
/// nothing stands out: there is no yardstick.
pub fn standing_out(values: &[Option<Decimal>], rule: &PeersRule) -> Vec<Option<StandsOut>> {
    let known: Vec<_> = values.iter().flatten().copied().collect();
    let enough = known.len() >= rule.peers_min as usize;
    let Some(middle) = median(&known).filter(|_| enough) else { return vec![None; values.len()] };
    let distances: Vec<_> = known.iter().map(|value| (value - middle).abs()).collect();
    let Some(spread) = median(&distances).filter(|spread| !spread.is_zero()) else { return vec![None; values.len()] };
    // Multiplied out, so that nothing is rounded.
    let bound = rule.z_over * spread;
    let judge = |value: Decimal| {
        let score = Decimal::new(6745, 4) * (value - middle);
        (score.abs() > bound).then_some(if score > Decimal::ZERO { StandsOut::Above } else { StandsOut::Below })
    };
    values.iter().map(|value| value.and_then(judge)).collect()
}

#[cfg(test)]
mod tests {
    use kernel::RuleSets;

    use super::*;

    fn of(values: &[Option<i64>]) -> Vec<Option<StandsOut>> {
        let rule = &RuleSets::shipped().default_set().peers.says.clone();
        standing_out(&values.iter().map(|value| value.map(Decimal::from)).collect::<Vec<_>>(), rule)
    }

    #[test]
    fn one_county_far_from_the_others() {
        let values = [52, 55, 49, 53, 51, 54, 5].map(Some);
        let found = of(&values);
        assert_eq!(found[6], Some(StandsOut::Below));
        assert!(found[..6].iter().all(Option::is_none));
        let values = [52, 55, 49, 53, 51, 54, 140].map(Some);
        assert_eq!(of(&values)[6], Some(StandsOut::Above));
    }

    #[test]
    fn without_a_yardstick_nothing_stands_out() {
        assert!(of(&[Some(1), Some(2), Some(3), Some(99)]).iter().all(Option::is_none), "too few");
        assert!(of(&[Some(50), Some(50), Some(50), Some(50), Some(9)]).iter().all(Option::is_none), "most are alike");
        assert!(
            of(&[None, None, Some(1), Some(2), Some(3), Some(90)]).iter().all(Option::is_none),
            "missing counts not"
        );
    }
}
