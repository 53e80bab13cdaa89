//! What the rules count, and what they leave out.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn region(text: &str) -> RegionCode {
    text.parse().expect("a code")
}

struct Row {
    region: &'static str,
    stage: Stage,
    values: BTreeMap<String, String>,
    as_of: &'static str,
}

fn row(region: &'static str, stage: Stage, as_of: &'static str, values: &[(&str, &str)]) -> Row {
    let values = values.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Row { region, stage, values, as_of }
}

fn rows() -> Vec<Row> {
    vec![
        row(
            "330226100",
            Stage::InUse,
            "2024-03-01",
            &[("length", "4.5"), ("medium", "gas"), ("found", "100"), ("settled", "98")],
        ),
        row(
            "330226101",
            Stage::Built,
            "2024-05-01",
            &[("length", "2"), ("medium", "rain"), ("found", "60"), ("settled", "57")],
        ),
        row("330226102", Stage::Started, "2024-05-01", &[("length", "9"), ("medium", "gas")]),
        row("330226103", Stage::Built, "2024-12-01", &[("length", "7"), ("medium", "gas")]),
        row("330226104", Stage::Void, "2024-03-01", &[("length", "7"), ("medium", "gas")]),
        row("330226100", Stage::Built, "2024-03-01", &[("medium", "gas")]),
    ]
}

fn count(rule: &str) -> Tally {
    let rows = rows();
    let entries = rows.iter().map(|row| Counted {
        region: region(row.region),
        stage: row.stage,
        grade: "",
        as_of: day(row.as_of),
        values: &row.values,
    });
    let towns = ["330226100", "330226101", "330226102"].map(region).into();
    Count::parse(rule).expect(rule).of(entries, day("2024-06-30"), &towns)
}

fn number(rule: &str) -> String {
    match count(rule).value {
        Value::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_not_built_not_yet_or_void_does_not_count() {
    assert_eq!(number("entries"), "3");
    assert_eq!(number("entries from started"), "4");
    assert_eq!(number("entries from in_use where medium = gas"), "1");
    assert_eq!(number("sum(length) where medium = gas"), "4.5");
    assert_eq!(count("sum(length)").missing, 1, "an entry without a length is told, not taken for zero");
    assert_eq!(number("sum(length) where medium = gas/rain"), "6.5");
    assert_eq!(number("sum(other)"), "Nothing");
}

#[test]
fn a_rate_is_made_from_its_parts() {
    assert_eq!(number("rate(settled/found)"), "96.88", "155 of 160, not the mean of 98 and 95");
    assert_eq!(number("growth(found/settled)"), "3.23");
    assert_eq!(number("towns_share"), "66.67");
    assert_eq!(count("towns_all").value, Value::Holds(false));
    assert_eq!(count("towns_all from started").value, Value::Holds(true));
    assert_eq!(count("any from accepted").value, Value::Holds(true));
    assert_eq!(count("all(built)").value, Value::Holds(false), "one is only begun");
    assert_eq!(count("stated").value, Value::Nothing);
    assert_eq!(number("distinct(medium)"), "2");
    assert_eq!(number("latest(length)"), "2");
}

#[test]
fn a_rule_that_cannot_be_read_says_why() {
    for (rule, why) in [
        ("some", "不认识"),
        ("sum", "属性名"),
        ("sum(a", "右括号"),
        ("rate(a)", "两个属性"),
        ("entries from far", "不是阶段"),
        ("entries where a", "等号"),
        ("entries where a =", "没有写值"),
        ("any(x)", "不写括号"),
    ] {
        assert!(Count::parse(rule).unwrap_err().contains(why), "{rule}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
        if let Ok(count) = Count::parse(&text) {
            prop_assert_eq!(Count::parse(&count.to_string()), Ok(count));
        }
    }

    #[test]
    fn sums_add_up_over_any_split(numbers in proptest::collection::vec(0_u32..1_000_000, 1..40), cut in 0_usize..40) {
        let values: Vec<BTreeMap<String, String>> =
            numbers.iter().map(|number| BTreeMap::from([("n".to_owned(), number.to_string())])).collect();
        fn entry(values: &BTreeMap<String, String>) -> Counted<'_> {
            let (region, as_of) = (region("330226100"), day("2024-01-01"));
            Counted { region, stage: Stage::Built, grade: "", as_of, values }
        }
        let rule = Count::parse("sum(n)").unwrap();
        let of = |values: &[BTreeMap<String, String>]| {
            match rule.of(values.iter().map(entry), day("2024-06-30"), &BTreeSet::new()).value {
                Value::Number(number) => number,
                _ => Decimal::ZERO,
            }
        };
        let cut = cut.min(values.len());
        prop_assert_eq!(of(&values), of(&values[..cut]) + of(&values[cut..]));
    }
}
