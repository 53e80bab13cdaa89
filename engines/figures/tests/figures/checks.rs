//! Relations that five published bulletins print, with their figures and the verdict a careful reader comes to.

use minsheng_figures::relations::{self, Judgement, Verdict};
use minsheng_figures::{Decimal, Interval, Number, parse_number, round};

use Verdict::{Exact, Fails, Holds, Rounds, Undecidable};

fn number(raw: &str) -> Number {
    parse_number(raw).unwrap_or_else(|error| panic!("{raw}: {error}"))
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn interval(low: &str, high: &str) -> Interval {
    Interval::between(decimal(low), decimal(high))
}

#[track_caller]
fn judged(what: &str, judgement: Judgement, verdict: Verdict, recomputed: &str) {
    assert_eq!(judgement.verdict, verdict, "{what}: {judgement:?}");
    let wanted = decimal(recomputed);
    let places = u8::try_from(wanted.scale()).expect("few places");
    assert_eq!(judgement.recomputed.map(|value| round(value, places)), Some(wanted), "{what}");
}

#[test]
fn breakdowns() {
    for (what, parts, whole, complete, verdict, sum) in [
        ("funding by source", &["6.52亿", "21.76亿", "11.88亿"][..], "40.16亿", true, Exact, "4016000000"),
        ("bus lines by kind", &["80", "55", "21", "10", "17"], "183", true, Exact, "183"),
        ("rest stops new and rebuilt", &["48", "23"], "71", true, Exact, "71"),
        ("key proposals by area", &["3", "1", "2", "1", "2", "1", "3", "3", "1", "3"], "20", true, Exact, "20"),
        ("county centres done and sited", &["7", "3"], "10", true, Exact, "10"),
        ("pipes without a total", &["59.88", "32.33", "21.86"], "114.07", true, Exact, "114.07"),
        ("a rounded whole", &["6.52亿", "21.76亿", "11.88亿"], "40.2亿", true, Rounds, "4016000000"),
        ("a part missing", &["6.52亿", "21.76亿"], "40.16亿", true, Fails, "2828000000"),
        ("one too many", &["48", "24"], "71", true, Fails, "72"),
        ("some parts only", &["48"], "71", false, Holds, "48"),
        ("parts above the whole", &["7"], "5", false, Fails, "7"),
    ] {
        let parts: Vec<Number> = parts.iter().map(|part| number(part)).collect();
        judged(what, relations::sum(&parts, number(whole), complete), verdict, sum);
    }
    assert_eq!(relations::sum(&[], number("5"), true).verdict, Undecidable);
}

#[test]
fn shares() {
    for (what, numerator, denominator, printed, verdict, share) in [
        ("funding spent", "22.47亿", "40.16亿", "56.0", Rounds, "55.951"),
        ("municipal funding spent", "3.82亿", "6.52亿", "58.6", Rounds, "58.589"),
        ("spent, cut off instead", "22.47亿", "40.16亿", "55.9", Rounds, "55.951"),
        ("spent, wrong", "22.47亿", "40.16亿", "56.1", Fails, "55.951"),
        ("cut off", "25", "93", "26.8", Rounds, "26.882"),
        ("made to add up to 100", "54", "93", "58.07", Rounds, "58.065"),
        ("every proposal", "20", "20", "100", Exact, "100"),
        ("disputes settled", "6515", "6682", "97.5", Rounds, "97.501"),
        ("whole percent", "16", "37", "43", Rounds, "43.243"),
    ] {
        judged(what, relations::ratio(number(numerator), number(denominator), number(printed)), verdict, share);
    }
    assert_eq!(relations::ratio(number("1"), number("0"), number("5")).verdict, Undecidable);

    let open = |part: &str, whole: &str| {
        Interval::of(number(part)).percent_of(Interval::of(number(whole))).map(|open| open.round(2))
    };
    assert_eq!(open("22.47亿", "40.16亿"), Some(interval("55.93", "55.97")));
    assert_eq!(open("3.82亿", "6.52亿"), Some(interval("58.47", "58.71")));
    assert_eq!(relations::numerators(number("97.5"), number("6682")), Some(interval("6512", "6518")));
}

#[test]
fn differences_of_percents() {
    let by_month = relations::points(number("58.6"), number("50"), number("8.6"));
    judged("ahead of schedule by month", by_month, Exact, "8.6");
    let by_day = relations::points(number("58.59"), number("49.73"), number("8.6"));
    judged("ahead of schedule by day", by_day, Fails, "8.86");
    let primary_care = relations::points(number("68.83"), number("64.03"), number("4.8"));
    judged("share of primary care", primary_care, Exact, "4.80");
    for (done, elapsed, printed) in [("97.2", "83.3", "13.8"), ("85.1", "83.3", "1.8")] {
        assert!(relations::points(number(done), number(elapsed), number(printed)).verdict.agrees(), "{printed}");
    }
}

#[test]
fn parts_that_must_not_exceed() {
    for (what, part, whole) in [
        ("village chargers", "158", "278"),
        ("rural chargers", "1518", "3645"),
        ("finished homes", "4", "16"),
        ("key proposals", "20", "397"),
        ("reductions", "159377.82万", "20.02亿"),
        ("named classes", "2", "9"),
        ("company colleges", "8", "20"),
        ("targeted courses", "5", "28"),
        ("done and above 80%", "22", "37"),
        ("projects named", "3", "31"),
        ("roads named", "7", "10"),
        ("weirs in two texts", "28", "55"),
        ("water stations in two texts", "11", "53"),
    ] {
        let judgement = relations::at_most(number(part), number(whole));
        assert_eq!(judgement.verdict, Holds, "{what}");
        assert_eq!(judgement.difference, Some(number(whole).value - number(part).value), "{what}");
    }
    assert_eq!(relations::at_most(number("7"), number("5")).verdict, Fails);
    assert_eq!(relations::at_most(number("30.2万"), number("30万")).verdict, Rounds);
}

#[test]
fn targets() {
    let schools = relations::over_target(number("96"), number("70"));
    judged("schools", schools, Holds, "137.1");
    let spaces = relations::over_target(number("10.09万"), number("6万"));
    judged("parking spaces", spaces, Holds, "168.2");
    assert_eq!(schools.difference.map(|above| round(above, 1)), Some(decimal("37.1")));
    assert_eq!(relations::over_target(number("70"), number("70")).verdict, Fails);
    assert_eq!(relations::reaches_target(number("70"), number("70")).verdict, Holds);
    assert_eq!(relations::reaches_target(number("69"), number("70")).verdict, Fails);
    assert_eq!(relations::reaches_target(number("69"), number("0")).verdict, Undecidable);
    for progress in ["77.7", "56.0"] {
        assert_eq!(
            relations::over_target(number(progress), number("50")).verdict,
            Holds,
            "half the year, half the task"
        );
    }
}

#[test]
fn attainable_means() {
    let (done, ahead, behind) = (Interval::exactly(Decimal::ONE_HUNDRED), interval("80", "100"), interval("0", "80"));
    let apart = [(6, done), (16, ahead), (15, behind)];
    let within = [(6, done), (10, ahead), (21, behind)];
    for (groups, low, high) in [(apart, "50.8", "91.9"), (within, "37.8", "88.6")] {
        assert_eq!(relations::attainable_mean(&groups).map(|open| open.round(1)), Some(interval(low, high)));
        assert_eq!(relations::mean(&groups, number("77.7")).verdict, Holds);
    }
    assert_eq!(relations::mean(&apart, number("95.0")).verdict, Fails);
    assert_eq!(relations::mean(&[], number("95.0")).verdict, Undecidable);
}

#[test]
fn counts_of_things_named() {
    for (what, named, printed, open_list, verdict) in [
        ("tasks of the province", 10, "十", false, Holds),
        ("projects of mutual help", 4, "四", false, Holds),
        ("battlefields", 2, "两", false, Holds),
        ("ten items by name", 10, "十", false, Holds),
        ("categories", 15, "15", false, Holds),
        ("levels of acceptance", 3, "三", false, Holds),
        ("hundred-percents", 3, "三", false, Holds),
        ("four horses", 4, "四", false, Holds),
        ("tracks", 2, "两", false, Holds),
        ("topics of inquiry", 4, "十", true, Undecidable),
        ("too many named", 5, "四", true, Fails),
        ("too few named", 3, "四", false, Fails),
    ] {
        assert_eq!(relations::count(named, number(printed), open_list).verdict, verdict, "{what}");
    }
}

#[test]
fn figures_printed_twice() {
    for (what, a, b, verdict) in [
        ("twelve in a row", "十二", "12", Holds),
        ("first place", "首", "首", Holds),
        ("mean progress", "77.7", "77.7", Holds),
        ("categories", "15", "15", Holds),
        ("projects", "37", "37", Holds),
        ("elapsed years", "二十", "20", Holds),
        ("elapsed years as a count of programmes", "二十", "21", Fails),
        ("screened, in full and rounded", "302269", "30万", Rounds),
        ("spaces, in full and in 万", "100900", "10.09万", Holds),
        ("screened, wrong", "302269", "31万", Rounds),
        ("screened, too far", "302269", "32万", Fails),
    ] {
        assert_eq!(relations::same(number(a), number(b)).verdict, verdict, "{what}");
        assert_eq!(relations::same(number(b), number(a)).verdict, verdict, "{what}, turned round");
    }
}

#[test]
fn bases_that_growth_implies() {
    let (interns, open) = relations::growth_base(number("1.84万"), number("139.48")).expect("a base");
    assert_eq!(round(interns, 0), decimal("7683"));
    assert_eq!(open.round(0), interval("7662", "7704"));
    let (exports, _) = relations::growth_base(number("495.37亿"), number("19.29")).expect("a base");
    assert_eq!(round(exports, 0), decimal("41526531981"));
    let goal = Interval::of(number("162.7亿")).over(Interval::rounded(number("1.25")).expect("small"));
    assert!(goal.expect("a goal").contains(decimal("13016000000")));
    assert_eq!(relations::growth_base(number("5"), number("-100")), None);
    judged("growth", relations::growth(number("7683"), number("1.84万"), number("139.48")), Rounds, "139.49");
}
