use proptest::prelude::*;

use super::*;
use crate::readings::Origin;

fn origin() -> Origin {
    Origin { words: kernel::Text::new("试", "test"), keys: Vec::new(), address: String::new() }
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn exact(text: &str) -> Exact {
    decimal(text).into()
}

fn reading(value: &str) -> Reading {
    Reading::new("", decimal(value), origin())
}

fn points(formula: &Formula, weight: Option<&str>, readings: &[Reading]) -> Option<String> {
    let readings: Vec<&Reading> = readings.iter().collect();
    let points = formula.points(weight.map(decimal), &readings, |_| None)?;
    Some(points.normalize().to_string())
}

fn jiaojiang_ladder() -> Formula {
    Formula::Ladder(Ladder {
        places: vec![exact("3"), exact("1.5"), exact("0")],
        then: exact("-0.5"),
        few: Some(Few { at_most: 5, places: vec![exact("3"), exact("0")], then: exact("-1") }),
        over: Over::Mean,
    })
}

fn last_places() -> Formula {
    let run = |length, points| Run { length, points: exact(points) };
    Formula::LastPlaces(LastPlaces { each: exact("-0.2"), runs: vec![run(2, "-0.8"), run(3, "-1.2")] })
}

fn in_months(months: &[u8]) -> Vec<Reading> {
    months.iter().map(|month| Reading { month: Some(*month), ..reading("1") }).collect()
}

/// Jiaojiang 2018: 第1 +3、第2 +1.5、第3 0、之后每降1名 −0.5; among five counties or fewer +3, 0, then −1 each.
#[test]
fn published_ranks() {
    let of =
        |rank: &str, among| points(&jiaojiang_ladder(), None, &[Reading { of: Some(among), ..reading(rank) }]).unwrap();
    let nine = ["1", "2", "3", "4", "5", "9"].map(|rank| of(rank, 9));
    assert_eq!(nine, ["3", "1.5", "0", "-0.5", "-1", "-3"]);
    let five = ["1", "2", "3", "4", "5"].map(|rank| of(rank, 5));
    assert_eq!(five, ["3", "0", "-1", "-2", "-3"]);
    // A body with two projects, first and fourth: the mean of +3 and −0.5.
    let two = [Reading { of: Some(9), ..reading("1") }, Reading { of: Some(9), ..reading("4") }];
    assert_eq!(points(&jiaojiang_ladder(), None, &two).unwrap(), "1.25");
}

/// Jiaojiang 2018: 每次 −0.2, two in a row 0.8 more, three 1.2 more.
#[test]
fn published_last_places() {
    let of = |months: &[u8]| points(&last_places(), None, &in_months(months)).unwrap();
    assert_eq!(of(&[]), "0");
    assert_eq!(of(&[3]), "-0.2");
    assert_eq!(of(&[3, 5, 9]), "-0.6", "not in a row");
    assert_eq!(of(&[3, 4]), "-1.2", "2 × 0.2 + 0.8");
    assert_eq!(of(&[3, 4, 5]), "-1.8", "3 × 0.2 + 1.2");
    assert_eq!(of(&[3, 4, 5, 6]), "-2", "4 × 0.2 + 1.2");
    assert_eq!(of(&[3, 4, 5, 6, 7]), "-3", "5 × 0.2 + 1.2 + 0.8");
    assert_eq!(of(&[2, 1, 7, 8, 9, 12]), "-3.2", "6 × 0.2 + 0.8 + 1.2, in whatever order they were told");
    assert_eq!(of(&[4, 4]), "-0.2", "one month is one last place");
}

/// Hangzhou publishes an overall completion of 223 %: not capped, it is worth 2.23 times the weight.
#[test]
fn a_share_with_and_without_a_cap() {
    let share = |cap: Option<&str>| Formula::Share(Share { of: exact("100"), cap: cap.map(exact) });
    let readings = [reading("223"), reading("77")];
    assert_eq!(points(&share(Some("100")), Some("40"), &readings).unwrap(), "35.4", "40 × (1 + 0.77) ÷ 2");
    assert_eq!(points(&share(None), Some("40"), &readings).unwrap(), "60", "40 × (2.23 + 0.77) ÷ 2");
    assert_eq!(points(&share(Some("120")), Some("40"), &readings).unwrap(), "39.4", "40 × (1.2 + 0.77) ÷ 2");
    let weighted = [Reading { weight: decimal("3"), ..reading("100") }, reading("50")];
    assert_eq!(points(&share(Some("100")), Some("40"), &weighted).unwrap(), "35", "40 × (3 × 1 + 0.5) ÷ 4");
    assert_eq!(points(&share(None), Some("40"), &[]), None, "nothing to go by is not zero");
}

/// Jiaojiang 2018: 全面完成 +1, factor 1 + 0.2 × (n − 1).
#[test]
fn published_factor_of_several_projects() {
    let all = Formula::AllDone(AllDone { at_least: exact("100"), points: exact("1") });
    assert_eq!(points(&all, None, &[reading("100"), reading("137.1")]).unwrap(), "1");
    assert_eq!(points(&all, None, &[reading("100"), reading("99.9")]).unwrap(), "0");
    let factor = Coefficient { start: exact("1"), step: exact("0.2"), on: vec!["all_done".into()] };
    let of = |n: &str| factor.factor(decimal(n)).normalize().to_string();
    assert_eq!(["1", "2", "3", "6", "0"].map(of), ["1", "1.2", "1.4", "2", "1"]);
    let readings = [reading("3")];
    let readings: Vec<&Reading> = readings.iter().collect();
    let formula = Formula::Coefficient(factor);
    assert_eq!(formula.points(None, &readings, |_| Some(Decimal::ONE)), Some(decimal("0.4")), "what goes beyond once");
    assert_eq!(formula.points(None, &readings, |_| None), None, "open while what it multiplies is open");
}

#[test]
fn times_surplus_and_thresholds() {
    let praise = Formula::Each(Each { points: exact("0.25") });
    assert_eq!(points(&praise, None, &[reading("3")]).unwrap(), "0.75");
    assert_eq!(points(&praise, None, &[]).unwrap(), "0");
    let surplus = Formula::Surplus(Surplus { over: exact("100"), points: exact("0.02") });
    assert_eq!(points(&surplus, None, &[reading("150"), reading("90")]).unwrap(), "0.5", "(50 + 0) ÷ 2 × 0.02");
    let step = |at_least, points| ThresholdStep { at_least: exact(at_least), points: exact(points) };
    let steps = Thresholds { steps: vec![step("95", "5"), step("90", "3"), step("80", "1")], over: Over::Mean };
    let of = |value| points(&Formula::Thresholds(steps.clone()), None, &[reading(value)]).unwrap();
    assert_eq!(["100", "95", "94.99", "80", "79"].map(of), ["5", "5", "3", "1", "0"]);
    let given = Formula::Given(Given { over: Over::Mean });
    assert_eq!(points(&given, Some("70"), &[reading("66"), reading("69")]).unwrap(), "67.5");
}

/// A target of one ten-thousandth and ten trillion done: nobody gets a score from that, and nothing panics.
#[test]
fn absurd_numbers_leave_the_score_open() {
    let absurd = [reading("10000000000000000000"), reading("1")];
    let share = Formula::Share(Share { of: exact("0.0001"), cap: None });
    assert_eq!(points(&share, Some("1000000"), &absurd), None);
    assert_eq!(points(&Formula::Each(Each { points: exact("1000000") }), None, &absurd), None);
    let surplus = Formula::Surplus(Surplus { over: exact("0"), points: exact("1000000") });
    assert_eq!(points(&surplus, None, &absurd), None);
}

proptest! {
    /// A better rank never gives fewer points, in a large field and in a small one.
    #[test]
    fn ladders_fall(a in 1_i64..200, b in 1_i64..200, among in 1_u32..300) {
        let of = |rank: i64| jiaojiang_ladder().points(None, &[&Reading { of: Some(among), ..reading(&rank.to_string()) }], |_| None);
        prop_assert!(of(a.min(b)) >= of(a.max(b)));
    }

    /// One more last place never helps.
    #[test]
    fn another_last_place_costs(months in prop::collection::btree_set(1_u8..=12, 0..12), another in 1_u8..=12) {
        let before: Vec<u8> = months.iter().copied().collect();
        let after: Vec<u8> = before.iter().copied().chain([another]).collect();
        let of = |months: &[u8]| {
            let readings = in_months(months);
            last_places().points(None, &readings.iter().collect::<Vec<_>>(), |_| None).unwrap()
        };
        prop_assert!(of(&after) <= of(&before));
    }

    /// With a cap nobody gets more than the weight, and more done never gives less.
    #[test]
    fn a_capped_share_stays_within_its_weight(values in prop::collection::vec(0_i64..100_000, 1..20), at in 0_usize..20, more in 0_i64..1_000) {
        let share = Formula::Share(Share { of: exact("100"), cap: Some(exact("100")) });
        let of = |values: &[i64]| {
            let readings: Vec<Reading> = values.iter().map(|value| Reading::new("", Decimal::new(*value, 2), origin())).collect();
            share.points(Some(Decimal::from(40)), &readings.iter().collect::<Vec<_>>(), |_| None).unwrap()
        };
        let before = of(&values);
        prop_assert!(before >= Decimal::ZERO && before <= Decimal::from(40));
        let mut better = values.clone();
        let at = at % better.len();
        better[at] += more;
        prop_assert!(of(&better) >= before);
    }
}
