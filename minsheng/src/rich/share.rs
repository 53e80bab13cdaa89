//! Giving out a whole number so that the parts add up to it: by largest remainder, none above its own limit.

/// Gives `total` out in proportion to `weights`; the parts add up to it exactly.
///
/// The largest remainders get what rounding down leaves over; of equal ones the first. Weights that are all zero count
/// as equal.
pub(super) fn split(total: i64, weights: &[i64]) -> Vec<i64> {
    split_within(total, weights, &vec![total; weights.len()])
}

/// Gives `total` out in proportion to `weights`, no part above its limit. What the limits do not hold is not given out.
pub(super) fn split_within(total: i64, weights: &[i64], limits: &[i64]) -> Vec<i64> {
    let mut parts = vec![0_i64; weights.len()];
    let mut left = total.min(limits.iter().sum());
    while left > 0 {
        // Only those that still have room take part; whoever has no weight waits until nobody else has room.
        let roomy = |at: &usize| parts[*at] < limits[*at];
        let weighty: Vec<usize> = (0..weights.len()).filter(|at| roomy(at) && weights[*at] > 0).collect();
        let open = if weighty.is_empty() { (0..weights.len()).filter(roomy).collect() } else { weighty };
        let weight = |at: usize| i128::from(weights[at].max(1));
        let all: i128 = open.iter().map(|at| weight(*at)).sum();
        let wanted: Vec<(usize, i128, i128)> = open
            .iter()
            .map(|at| {
                let product = i128::from(left) * weight(*at);
                (*at, product / all, product % all)
            })
            .collect();
        let mut given = 0;
        for (at, whole, _) in &wanted {
            let part = i64::try_from(*whole).unwrap_or(i64::MAX).min(limits[*at] - parts[*at]);
            parts[*at] += part;
            given += part;
        }
        left -= given;
        let mut by_remainder = wanted;
        by_remainder.sort_by_key(|(at, _, remainder)| (std::cmp::Reverse(*remainder), *at));
        for (at, _, _) in by_remainder {
            if left > 0 && parts[at] < limits[at] {
                parts[at] += 1;
                left -= 1;
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_add_up_and_keep_their_limits(
            total in 0_i64..3_000_000_000_000,
            each in prop::collection::vec((0_i64..1_000, 0_i64..900_000_000_000), 1..14),
        ) {
            let (weights, limits): (Vec<_>, Vec<_>) = each.into_iter().unzip();
            let parts = split_within(total, &weights, &limits);
            prop_assert_eq!(parts.iter().sum::<i64>(), total.min(limits.iter().sum()));
            prop_assert!(parts.iter().zip(&limits).all(|(part, limit)| (0..=*limit).contains(part)));
            prop_assert_eq!(split(total, &weights).iter().sum::<i64>(), total);
        }
    }

    #[test]
    fn the_largest_remainders_get_the_rest() {
        assert_eq!(split(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(split(7, &[50, 30, 20]), [4, 2, 1]);
        assert_eq!(split_within(7, &[50, 30, 20], &[2, 9, 9]), [2, 3, 2]);
    }
}
