//! Rules of sites: their light, their short code, whether they lie where they say, and whether they add up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::{Level, RegionCode};
use ledger::rules::Light;
use maps::{LngLat, Shape, polygon};
use rust_decimal::Decimal;

use super::words::Stage;

/// The light of a site: what was promised is there, or its last day has passed without. Own rule, certainty D.
///
/// Without a date to begin or to end nothing can be said of a site that is not finished.
pub fn light(stage: Stage, starts_on: Option<NaiveDate>, due_on: Option<NaiveDate>, today: NaiveDate) -> Option<Light> {
    if stage.is_done() {
        return Some(Light::Done);
    }
    if due_on.is_some_and(|due| due < today) {
        return Some(Light::FarBehind);
    }
    if stage == Stage::Stopped || (stage == Stage::Planned && starts_on.is_some_and(|start| start < today)) {
        return Some(Light::Behind);
    }
    (starts_on.is_some() || due_on.is_some()).then_some(Light::OnSchedule)
}

/// Letters and digits that are not taken for one another when read aloud or off a fence.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The short code of the site with this running number, in the address `/s/{code}`: six letters and one that guards
/// against a slip. Numbers are scattered over all codes, so that neighbours do not look alike; none is given twice
/// among the first 2³⁰.
///
/// # Panics
/// Never: the numbers of letters are below 32.
pub fn short_code(number: i64) -> String {
    // An odd factor and an added number permute the numbers of thirty bits.
    let mut mixed = (number.cast_unsigned().wrapping_mul(0x2545_F491).wrapping_add(0x1B87_3593)) & 0x3FFF_FFFF;
    mixed ^= mixed >> 15;
    mixed = mixed.wrapping_mul(0x2C1B_3C6D) & 0x3FFF_FFFF;
    let mut code = String::with_capacity(7);
    let mut check = 0;
    for at in (0..6).rev() {
        let letter = usize::try_from(mixed >> (5 * at) & 31).expect("five bits");
        check = (check * 3 + letter + 1) % 31;
        code.push(char::from(LETTERS[letter]));
    }
    code.push(char::from(LETTERS[check]));
    code
}

/// A code as typed, in its own letters; none when it cannot be one, as after a slip.
pub fn read_code(typed: &str) -> Option<String> {
    let code: String = typed.trim().to_ascii_uppercase();
    let letters: Option<Vec<usize>> =
        code.bytes().map(|byte| LETTERS.iter().position(|letter| *letter == byte)).collect();
    let letters = letters.filter(|letters| letters.len() == 7)?;
    let check = letters[..6].iter().fold(0, |check, letter| (check * 3 + letter + 1) % 31);
    (check == letters[6]).then_some(code)
}

/// How far outside a sketched outline a site may lie before it is reported; a sketch is no boundary.
pub const SKETCH_SLACK_METRES: f64 = 20_000.0;

/// How far outside an imported boundary: the error of a careful reading off a map.
pub const BOUNDARY_SLACK_METRES: f64 = 100.0;

/// Whether a site lies so far outside the boundary of its place that somebody should look.
pub fn lies_outside(point: LngLat, boundary: &Shape, official: bool) -> bool {
    let slack = if official { BOUNDARY_SLACK_METRES } else { SKETCH_SLACK_METRES };
    let Shape::Area(polygons) = boundary else { return false };
    !boundary.contains(point) && polygons.iter().all(|one| polygon::metres_to(one, point) > slack)
}

/// Which of the divisions directly below `level` have a site (镇街全覆盖): how many of how many, and which have none.
pub fn coverage(
    divisions: &BTreeMap<RegionCode, String>,
    level: Level,
    sites: impl IntoIterator<Item = RegionCode>,
) -> Coverage {
    let reached: BTreeSet<RegionCode> = sites.into_iter().map(|region| region.at(level)).collect();
    let missing: Vec<_> = divisions
        .iter()
        .filter(|(code, _)| !reached.contains(code))
        .map(|(code, name)| (*code, name.clone()))
        .collect();
    Coverage { level, all: divisions.len(), reached: divisions.len() - missing.len(), missing }
}

/// How far sites reach over the divisions of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The level of the divisions.
    pub level: Level,
    /// How many there are.
    pub all: usize,
    /// How many have a site.
    pub reached: usize,
    /// Those without.
    pub missing: Vec<(RegionCode, String)>,
}

impl Coverage {
    /// 全覆盖.
    pub fn is_full(&self) -> bool {
        self.all > 0 && self.missing.is_empty()
    }
}

/// What sites that are alike give to the sum of their indicator.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// How many they are.
    pub sites: usize,
    /// Their quantity; one for each that tells none, for things are counted.
    pub quantity: Decimal,
    /// Whether they are finished.
    pub done: bool,
    /// Their attributes.
    pub attributes: &'a BTreeMap<String, String>,
}

/// The sums of an indicator's sites: of all, of those finished, and of each value of each attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Sites.
    pub sites: usize,
    /// The quantity of all of them.
    pub planned: Decimal,
    /// That of those finished.
    pub done: Decimal,
    /// By attribute and value: 地域 · 农村 → 158.
    pub by_attribute: BTreeMap<(String, String), Amount>,
}

/// What sites that have something in common give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// All of them.
    pub planned: Decimal,
    /// Those finished.
    pub done: Decimal,
}

/// Values of one attribute that are summed; more of them are names, not kinds.
const MOST_VALUES: usize = 40;

/// Adds up what sites give to an indicator.
pub fn sums<'a>(given: impl IntoIterator<Item = Given<'a>>) -> Sums {
    let mut sums = Sums::default();
    for one in given {
        sums.sites += one.sites;
        sums.planned += one.quantity;
        if one.done {
            sums.done += one.quantity;
        }
        for (name, value) in one.attributes {
            let amount = sums.by_attribute.entry((name.clone(), value.clone())).or_default();
            amount.planned += one.quantity;
            if one.done {
                amount.done += one.quantity;
            }
        }
    }
    let mut values = BTreeMap::<String, usize>::new();
    for (name, _) in sums.by_attribute.keys() {
        *values.entry(name.clone()).or_default() += 1;
    }
    sums.by_attribute.retain(|(name, _), _| values[name] <= MOST_VALUES);
    sums
}

/// The attribute's sum that a part of the indicator (其中) means: the one whose value its name carries. None when no value
/// or more than one does.
pub fn part_of<'a>(sums: &'a Sums, part: &str) -> Option<(&'a str, &'a str, Amount)> {
    let mut named =
        sums.by_attribute.iter().filter(|((_, value), _)| value.chars().count() > 1 && part.contains(value));
    let ((name, value), sum) = named.next()?;
    named.next().is_none().then_some((name.as_str(), value.as_str(), *sum))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn a_site_is_late_after_its_last_day_unless_it_is_there() {
        let today: NaiveDate = "2024-07-01".parse().expect("a day");
        let (start, due) = (day("2024-03-01"), day("2024-06-30"));
        assert_eq!(light(Stage::InUse, start, due, today), Some(Light::Done));
        assert_eq!(light(Stage::Building, start, due, today), Some(Light::FarBehind));
        assert_eq!(light(Stage::Building, start, day("2024-07-01"), today), Some(Light::OnSchedule));
        assert_eq!(light(Stage::Planned, start, day("2024-12-31"), today), Some(Light::Behind));
        assert_eq!(light(Stage::Stopped, None, day("2024-12-31"), today), Some(Light::Behind));
        assert_eq!(light(Stage::Planned, None, None, today), None);
    }

    #[test]
    fn codes_are_all_different_and_a_slip_is_noticed() {
        let codes: BTreeSet<String> = (1..50_000).map(short_code).collect();
        assert_eq!(codes.len(), 49_999);
        for code in codes.iter().take(200) {
            assert_eq!(read_code(&code.to_lowercase()).as_deref(), Some(code.as_str()));
            let (slips, noticed) = slips_noticed(code);
            assert_eq!(slips, noticed, "{code}");
        }
        assert_eq!(read_code("短码"), None);
        assert_eq!(read_code(""), None);
    }

    /// Every code that differs in one letter, and how many of them are refused.
    fn slips_noticed(code: &str) -> (usize, usize) {
        let (mut slips, mut noticed) = (0, 0);
        for at in 0..7 {
            for letter in LETTERS.iter().take(31).map(|letter| char::from(*letter)) {
                let mut wrong: Vec<char> = code.chars().collect();
                // The check counts to 31, so the last letter of the alphabet passes for the first.
                if wrong[at] == letter || wrong[at] == 'Z' {
                    continue;
                }
                wrong[at] = letter;
                slips += 1;
                noticed += usize::from(read_code(&wrong.into_iter().collect::<String>()).is_none());
            }
        }
        (slips, noticed)
    }

    #[test]
    fn parts_are_told_by_the_attribute_that_their_name_carries() {
        // The published example: 278 piles, of these 158 in the countryside.
        let (rural, urban) = (
            BTreeMap::from([("地域".to_owned(), "农村".to_owned())]),
            BTreeMap::from([("地域".to_owned(), "城镇".to_owned())]),
        );
        let one = |quantity: i64, done, attributes| Given { sites: 1, quantity: quantity.into(), done, attributes };
        let sums = sums([one(100, true, &rural), one(58, false, &rural), one(120, true, &urban)]);
        assert_eq!((sums.sites, sums.planned, sums.done), (3, 278.into(), 220.into()));
        let part = Amount { planned: 158.into(), done: 100.into() };
        assert_eq!(part_of(&sums, "其中：农村公共充电桩"), Some(("地域", "农村", part)));
        assert_eq!(part_of(&sums, "城镇和农村"), None);
        assert_eq!(part_of(&sums, "快充桩"), None);
    }

    #[test]
    fn coverage_names_who_has_none() {
        let code = |text: &str| text.parse::<RegionCode>().expect("a code");
        let towns = BTreeMap::from([(code("330226001"), "一".to_owned()), (code("330226002"), "二".to_owned())]);
        let some = coverage(&towns, Level::Town, [code("330226001003"), code("330226001")]);
        assert_eq!((some.reached, some.all, some.is_full()), (1, 2, false));
        assert_eq!(some.missing, vec![(code("330226002"), "二".to_owned())]);
        assert!(coverage(&towns, Level::Town, towns.keys().copied()).is_full());
        assert!(!coverage(&BTreeMap::new(), Level::Town, []).is_full());
    }

    proptest! {
        #[test]
        fn numbers_of_thirty_bits_never_share_a_code(one in 1_i64..1 << 30, other in 1_i64..1 << 30) {
            prop_assert_eq!(one == other, short_code(one) == short_code(other));
            let code = short_code(one);
            let read = read_code(&code);
            prop_assert_eq!(read.as_deref(), Some(code.as_str()));
        }

        #[test]
        fn parts_of_an_attribute_add_up_to_the_whole(quantities in proptest::collection::vec((0_i64..1000, any::<bool>()), 0..50)) {
            let attributes = [false, true].map(|rural| BTreeMap::from([("农村".to_owned(), rural.to_string())]));
            let all = sums(quantities.iter().map(|(quantity, rural)| Given {
                sites: 1, quantity: (*quantity).into(), done: *rural, attributes: &attributes[usize::from(*rural)],
            }));
            prop_assert_eq!(all.by_attribute.values().map(|amount| amount.planned).sum::<Decimal>(), all.planned);
            prop_assert_eq!(all.by_attribute.values().map(|amount| amount.done).sum::<Decimal>(), all.done);
            prop_assert!(all.done <= all.planned);
        }
    }
}
