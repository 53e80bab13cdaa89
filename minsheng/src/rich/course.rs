//! How a year goes from January to December through a June that is fixed.

use super::chance::Chance;
use super::shape::Pace;
use super::targets::Band;
use super::year::{JUNE, MONTHS};

/// Thousandths of a half-year that are done by the end of each of its months.
const HALVES: [(Pace, [i64; 6]); 3] = [
    (Pace::Early, [250, 430, 600, 760, 890, 1_000]),
    (Pace::Steady, [120, 280, 460, 650, 830, 1_000]),
    (Pace::Late, [40, 130, 270, 460, 710, 1_000]),
];

/// What differs from place to place, in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Luck {
    /// How far a place is ahead of its pace, or behind it.
    ahead: i64,
    /// How soon a part of a thing counts as one: of single things, it says in which month they are done.
    early: i64,
}

impl Luck {
    pub(super) fn draw(chance: &mut Chance) -> Self {
        Self { ahead: chance.between(-40, 40), early: chance.between(0, 999) }
    }
}

/// Cumulative amounts by the end of each month: `june` in June, `end` in December, never less than the month before.
///
/// A stock begins near its level of June.
pub(super) fn months(pace: Pace, stock: bool, june: i64, end: i64, luck: Luck) -> [i64; MONTHS] {
    let table = HALVES.iter().find(|(of, _)| *of == pace).map_or([1_000; 6], |(_, table)| *table);
    let base = if stock { june / 100 * 94 } else { 0 };
    let mut months = [0; MONTHS];
    for (month, amount) in months.iter_mut().enumerate() {
        let (from, to, at) = if month <= JUNE { (base, june, month) } else { (june, end, month - JUNE - 1) };
        // The second half begins where the first has speeded up: a building site does not fall back to its start.
        let thousandths = if month <= JUNE { table[at] } else { (table[at] + 1_000 * (at as i64 + 1) / 6) / 2 };
        let moved = if thousandths == 1_000 { 1_000 } else { (thousandths + luck.ahead).clamp(0, 999) };
        *amount = from + ((to - from) * moved + luck.early) / 1_000;
    }
    months
}

/// A part of `whole` that is `june` in June and `end` in December: by no month more than the whole.
pub(super) fn part(whole: &[i64; MONTHS], june: i64, end: i64) -> [i64; MONTHS] {
    let mut months = [0; MONTHS];
    for (month, amount) in months.iter_mut().enumerate() {
        *amount = if month <= JUNE {
            scale(whole[month], whole[JUNE], june)
        } else {
            june + scale(whole[month] - whole[JUNE], whole[MONTHS - 1] - whole[JUNE], end - june)
        };
    }
    months
}

/// `amount` of `whole` carried over to `part`, rounded down.
fn scale(amount: i64, whole: i64, part: i64) -> i64 {
    if whole == 0 { 0 } else { i64::try_from(i128::from(amount) * i128::from(part) / i128::from(whole)).unwrap_or(0) }
}

/// How the year of one place ends, in thousandths of its target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish(i64);

impl Finish {
    /// Most reach their target; what lags in June often does not quite.
    pub(super) fn draw(band: Band, slow: bool, chance: &mut Chance) -> Self {
        Self(match band {
            Band::FarBehind => chance.between(620, 820),
            Band::Behind => chance.between(880, 1_000),
            _ if slow && chance.happens(500) => chance.between(930, 999),
            _ if chance.happens(300) => chance.between(1_000, 1_060),
            _ => 1_000,
        })
    }

    /// The amount in December of a place that had `done` of `target` in June.
    pub(super) fn end(self, target: i64, done: i64) -> i64 {
        let end = i64::try_from(i128::from(target) * i128::from(self.0) / 1_000).unwrap_or(target);
        if done >= target { done.max(end) } else { end.max(done) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_year_only_grows_through_its_june(june in 0_i64..9_000_000, more in 0_i64..9_000_000, seed in any::<u64>(), share in 0_i64..=100) {
            let luck = Luck::draw(&mut Chance::new(seed));
            for (pace, _) in HALVES {
                let year = months(pace, false, june, june + more, luck);
                prop_assert!(year.is_sorted() && year[0] >= 0, "{:?}", year);
                prop_assert_eq!([year[JUNE], year[MONTHS - 1]], [june, june + more]);
                let (half, end) = (june * share / 100, (june + more) * share / 100);
                let part = part(&year, half, end);
                prop_assert!(part.is_sorted());
                prop_assert!(part.iter().zip(&year).all(|(part, whole)| part <= whole), "{:?} of {:?}", part, year);
                prop_assert_eq!(part[JUNE], half);
            }
        }
    }
}
