//! The one project of the generated year whose targets go down to the towns: each county splits its share further, the towns
//! report, and one entry counts for town, county and city at once.

use kernel::RegionCode;

use super::chance::Chance;
use super::share::split;
use super::year::MONTHS;

/// The project, by its name in `data/samples/yanshi.toml`.
pub(super) const SPLIT_FURTHER: &str = "城乡候车亭新改扩建";

/// What a place has to do, and has done by the end of each month.
pub(super) type Share = (RegionCode, i64, [i64; MONTHS]);

/// The share of a county given out over its towns: to be done and done add up to the county's, month by month, and no town
/// ever has less than the month before. Towns that get nothing are left out.
pub(super) fn of_county((county, target, months): &Share, towns: &[RegionCode], chance: &mut Chance) -> Vec<Share> {
    let weights: Vec<i64> = towns.iter().map(|_| chance.between(1, 9)).collect();
    let mut shares: Vec<Share> =
        towns.iter().zip(split(*target, &weights)).map(|(town, target)| (*town, target, [0; MONTHS])).collect();
    shares.retain(|(_, target, _)| *target > 0);
    if shares.is_empty() {
        return vec![(*county, *target, *months)];
    }
    // One after the other is done where least of the share is done yet.
    for done in 0..months.iter().copied().max().unwrap_or(0) {
        let least = |(_, target, months): &&mut Share| ((months[MONTHS - 1] + 1) * 1_000_000 / *target, *target);
        let Some((_, _, own)) = shares.iter_mut().min_by_key(least) else { break };
        for (month, all) in own.iter_mut().zip(months) {
            *month += i64::from(done < *all);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn towns_add_up_to_their_county_in_every_month(
            target in 0_i64..60, mut months in prop::array::uniform12(0_i64..80), towns in 0_i64..25, seed: u64,
        ) {
            months.sort_unstable();
            let county: RegionCode = "330226".parse().unwrap();
            let towns: Vec<RegionCode> = (1..=towns).map(|town| format!("330226{town:03}").parse().unwrap()).collect();
            let shares = of_county(&(county, target, months), &towns, &mut Chance::new(seed));
            prop_assert_eq!(shares.iter().map(|(_, target, _)| target).sum::<i64>(), target);
            for month in 0..MONTHS {
                prop_assert_eq!(shares.iter().map(|(_, _, own)| own[month]).sum::<i64>(), months[month]);
            }
            prop_assert!(shares.iter().all(|(place, _, own)| own.is_sorted() && county.contains(*place)));
        }
    }
}
