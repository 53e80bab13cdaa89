//! Shares as pure arithmetic: which are the lowest, whether they reach their whole, and how a whole is split.

use std::collections::HashSet;

use figures::Decimal;
use kernel::RegionCode;
use uuid::Uuid;

use super::Share;

/// A place in the tree of places and bodies: bodies hang below their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    /// The place.
    pub region: RegionCode,
    /// The body; none for the place as a whole.
    pub organisation: Option<Uuid>,
}

/// Whether `lower` lies strictly below `upper`: a place in it, or a body of the same place.
pub fn is_below(lower: Spot, upper: Spot) -> bool {
    if upper.organisation.is_some() {
        return false;
    }
    if lower.region == upper.region { lower.organisation.is_some() } else { upper.region.contains(lower.region) }
}

/// The shares below which there is no other share of the same indicator, in their order.
pub fn leaves_of(shares: Vec<Share>) -> Vec<Share> {
    // Whoever stands above a share is no leaf: walking up from each share costs its depth, not the number of shares.
    let mut above = HashSet::new();
    for share in &shares {
        for place in share.region.lineage() {
            if place != share.region || share.organisation.is_some() {
                above.insert((share.indicator, place));
            }
        }
    }
    let lowest = |share: &Share| share.organisation.is_some() || !above.contains(&(share.indicator, share.region));
    shares.into_iter().filter(lowest).collect()
}

/// Whether shares reach what they are shares of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// 未分足: less than the whole, by this much; nobody answers for the rest.
    Short(Decimal),
    /// 分足: exactly the whole.
    Exact,
    /// 超分: more than the whole, by this much; allowed, and shown.
    Over(Decimal),
}

/// Compares the sum of `children` with `parent`. A sum must reach the target of the level above (层层分解、不得留缺口);
/// more than that is a margin that offices plan on purpose.
pub fn check_shares(parent: Decimal, children: &[Decimal]) -> Reach {
    let sum: Decimal = children.iter().sum();
    match sum.cmp(&parent) {
        std::cmp::Ordering::Less => Reach::Short(parent - sum),
        std::cmp::Ordering::Equal => Reach::Exact,
        std::cmp::Ordering::Greater => Reach::Over(sum - parent),
    }
}

/// A share with what hangs directly below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The share.
    pub share: Share,
    /// How many shares stand above it.
    pub depth: usize,
    /// How many shares hang directly below it.
    pub children: usize,
    /// What those add up to.
    pub sum: Decimal,
}

impl Node {
    /// Whether the shares directly below reach it; none where nothing is allocated below.
    pub fn reach(&self) -> Option<Reach> {
        (self.children > 0).then(|| check_shares(self.share.target.value, &[self.sum]))
    }
}

/// The shares of one indicator as a tree, each before those below it; a share hangs below the nearest one above it.
pub fn tree(mut shares: Vec<Share>) -> Vec<Node> {
    shares.sort_by_key(Share::spot);
    let mut nodes: Vec<Node> = Vec::with_capacity(shares.len());
    let mut above: Vec<usize> = Vec::new();
    for share in shares {
        while above.last().is_some_and(|last| !is_below(share.spot(), nodes[*last].share.spot())) {
            above.pop();
        }
        if let Some(parent) = above.last() {
            nodes[*parent].children += 1;
            nodes[*parent].sum += share.target.value;
        }
        let depth = above.len();
        above.push(nodes.len());
        nodes.push(Node { share, depth, children: 0, sum: Decimal::ZERO });
    }
    nodes
}

/// Splits `whole` in proportion to `weights` into multiples of `quantum` that add up to it exactly: each gets its
/// share rounded down, and what is left goes, one quantum each, to the largest remainders (最大余数法), the earlier
/// first where they are equal. What of the whole is finer than a quantum goes to the largest weight.
///
/// `None` without weights, when one is negative or all are zero, when `quantum` is not positive, when the whole is
/// negative, or when the numbers leave the exact range.
pub fn split(whole: Decimal, weights: &[Decimal], quantum: Decimal) -> Option<Vec<Decimal>> {
    let total = weights.iter().try_fold(Decimal::ZERO, |sum, weight| sum.checked_add(*weight))?;
    let fits = total > Decimal::ZERO && quantum > Decimal::ZERO && whole >= Decimal::ZERO;
    if !fits || weights.iter().any(|weight| weight.is_sign_negative() && !weight.is_zero()) {
        return None;
    }
    let units = whole.checked_div(quantum)?.floor();
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        let product = units.checked_mul(*weight)?;
        let share = product.checked_div(total)?.floor();
        remainders.push((product.checked_sub(share.checked_mul(total)?)?, at));
        shares.push(share);
    }
    let given = shares.iter().try_fold(Decimal::ZERO, |sum, share| sum.checked_add(*share))?;
    let mut left = units.checked_sub(given)?;
    remainders.sort_by(|(a, first), (b, second)| b.cmp(a).then(first.cmp(second)));
    for (_, at) in remainders {
        if left <= Decimal::ZERO {
            break;
        }
        // Nobody without a weight gets anything.
        if !weights[at].is_zero() {
            shares[at] += Decimal::ONE;
            left -= Decimal::ONE;
        }
    }
    let mut shares = shares.into_iter().map(|units| units.checked_mul(quantum)).collect::<Option<Vec<_>>>()?;
    let rest = whole - shares.iter().sum::<Decimal>();
    let heaviest = (0..weights.len()).rev().max_by_key(|at| weights[*at])?;
    shares[heaviest] += rest;
    Some(shares.into_iter().map(|share| share.normalize()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(region: &str, body: Option<u128>) -> Share {
        Share {
            indicator: Uuid::nil(),
            region: region.parse().unwrap(),
            organisation: body.map(Uuid::from_u128),
            target: figures::Number::exact(Decimal::ONE),
            entry: Uuid::nil(),
        }
    }

    #[test]
    fn the_lowest_shares_owe_reports() {
        let all = vec![
            share("330200", None),
            share("330203", None),
            share("330203001", None),
            share("330203002", None),
            share("330205", None),
            share("330206", None),
            share("330206", Some(1)),
            share("330206", Some(2)),
        ];
        let leaves: Vec<_> =
            leaves_of(all).iter().map(|leaf| (leaf.region.short(), leaf.organisation.is_some())).collect();
        let told = |code: &str, body| (code.to_owned(), body);
        let towns = [told("330203001", false), told("330203002", false)];
        let rest = [told("330205", false), told("330206", true), told("330206", true)];
        assert_eq!(leaves, [&towns[..], &rest[..]].concat());
        assert_eq!(leaves_of(vec![share("330200", None)]).len(), 1, "nothing allocated: the programme itself");
    }

    #[test]
    fn a_tree_hangs_each_share_below_the_nearest_above() {
        let all = vec![
            share("330205001", None),
            share("330203", Some(2)),
            share("330203", None),
            share("330200", None),
            share("330203001", None),
            share("330203", Some(1)),
        ];
        let told: Vec<_> = tree(all)
            .into_iter()
            .map(|node| {
                (node.share.region.short(), node.share.organisation.is_some(), node.depth, node.children, node.reach())
            })
            .collect();
        let told_of = |code: &str, body, depth, children, reach| (code.to_owned(), body, depth, children, reach);
        assert_eq!(
            told,
            [
                told_of("330200", false, 0, 2, Some(Reach::Over(1.into()))),
                told_of("330203", false, 1, 3, Some(Reach::Over(2.into()))),
                told_of("330203", true, 2, 0, None),
                told_of("330203", true, 2, 0, None),
                told_of("330203001", false, 2, 0, None),
                told_of("330205001", false, 1, 0, None),
            ]
        );
    }

    #[test]
    fn shares_must_reach_their_whole() {
        let check =
            |parts: &[i64]| check_shares(10.into(), &parts.iter().copied().map(Decimal::from).collect::<Vec<_>>());
        assert_eq!(check(&[4, 5]), Reach::Short(1.into()));
        assert_eq!(check(&[4, 6]), Reach::Exact);
        assert_eq!(check(&[6, 6]), Reach::Over(2.into()));
        assert_eq!(check(&[]), Reach::Short(10.into()));
    }

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        let of = |whole: i64, weights: &[i64]| -> Vec<String> {
            let weights: Vec<_> = weights.iter().copied().map(Decimal::from).collect();
            split(whole.into(), &weights, Decimal::ONE).unwrap().iter().map(ToString::to_string).collect()
        };
        // 10 × 47/100 = 4.7, 10 × 16/100 = 1.6 (twice), 10 × 12/100 = 1.2, 10 × 6/100 = 0.6, 10 × 3/100 = 0.3.
        assert_eq!(of(10, &[47, 16, 16, 12, 6, 3]), ["5", "2", "2", "1", "0", "0"]);
        assert_eq!(of(1, &[1, 1, 1]), ["1", "0", "0"], "the earlier of equals");
        assert_eq!(of(5, &[0, 1]), ["0", "5"]);
        assert_eq!(split(Decimal::TEN, &[Decimal::ZERO], Decimal::ONE), None);
    }

    proptest! {
        #[test]
        fn a_split_is_exact_and_fair(
            whole in 0_i64..10_000_000_000,
            weights in prop::collection::vec(0_i64..10_000_000, 1..60),
            places in 0_u32..=4,
            quantum_places in 0_u32..=4,
        ) {
            let whole = Decimal::new(whole, places);
            let weights: Vec<_> = weights.into_iter().map(Decimal::from).collect();
            let quantum = Decimal::new(1, quantum_places);
            prop_assume!(weights.iter().any(|weight| !weight.is_zero()));
            let shares = split(whole, &weights, quantum).unwrap();
            prop_assert_eq!(shares.iter().sum::<Decimal>(), whole);
            let total: Decimal = weights.iter().sum();
            for (share, weight) in shares.iter().zip(&weights) {
                let fair = whole * weight / total;
                prop_assert!((share - fair).abs() <= quantum + quantum, "{} for {}", share, fair);
                prop_assert!(!weight.is_zero() || share.is_zero());
                prop_assert!(!share.is_sign_negative() || share.is_zero());
            }
            // Whoever weighs more never gets less.
            for (a, x) in weights.iter().zip(&shares) {
                for (b, y) in weights.iter().zip(&shares) {
                    prop_assert!(a <= b || *x + quantum >= *y);
                }
            }
        }

        #[test]
        fn leaves_have_nothing_below(places in prop::collection::vec((0_usize..6, prop::option::of(0_u128..3)), 0..12)) {
            let codes = ["330200", "330203", "330203001", "330203001001", "330205", "330205002"];
            let mut all: Vec<_> = places.into_iter().map(|(at, body)| share(codes[at], body)).collect();
            all.sort_by_key(Share::spot);
            all.dedup_by_key(|share| share.spot());
            let leaves = leaves_of(all.clone());
            for one in &all {
                let above_another = all.iter().any(|other| is_below(other.spot(), one.spot()));
                prop_assert_eq!(!above_another, leaves.contains(one));
            }
        }
    }
}
