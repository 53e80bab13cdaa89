use std::collections::BTreeMap;

use kernel::Text;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::readings::{Origin, Reading, Subject};
use crate::scheme::shipped;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn scheme(code: &str) -> &'static Scheme {
    &shipped().iter().find(|(scheme, _)| scheme.code == code).unwrap().0
}

fn reading(value: Decimal) -> Reading {
    let origin = Origin { words: Text::new("试", "test"), keys: Vec::new(), address: String::new() };
    Reading::new("", value, origin)
}

fn known(number: u64, inputs: &[(&str, &[&str])]) -> Known {
    let region: kernel::RegionCode = format!("3302{number:02}").parse().unwrap();
    let readings = |values: &[&str]| values.iter().map(|value| reading(decimal(value))).collect();
    Known {
        subject: Subject::region(region, format!("县{number}")),
        inputs: inputs.iter().map(|(code, values)| ((*code).to_owned(), readings(values))).collect(),
    }
}

fn inputs(subjects: Vec<Known>) -> Inputs {
    let day = "2024-12-31".parse().unwrap();
    Inputs { cut_off: day, known: day, subjects }
}

/// Computed by hand from the shipped general scheme.
#[test]
fn the_general_scheme_by_hand() {
    let all = known(
        3,
        &[
            ("completion", &["100", "150", "80"]),
            ("schedule", &["100", "90"]),
            ("acceptance", &["96"]),
            ("satisfaction", &["91", "93"]),
            ("timely_returns", &["75"]),
            ("publicity", &["100"]),
            ("overdue_orders", &["3"]),
            ("circulars", &["1"]),
        ],
    );
    let scores = score(scheme("suggested"), &inputs(vec![all]));
    let row = &scores.tables[0].rows[0];
    let points = |code| row.part(code).unwrap().points.unwrap().normalize().to_string();
    // 40 × (1 + 1 + 0.8) ÷ 3 = 37.333…
    assert_eq!(points("completion"), "37.33");
    // 15 × 0.95, 15 × 0.96, 20 × 0.92, 10 × (0.75 + 1) ÷ 2
    assert_eq!(["schedule", "acceptance", "satisfaction", "records"].map(points), ["14.25", "14.4", "18.4", "8.75"]);
    // (0 + 50 + 0) ÷ 3 × 0.02 = 0.333…, 3 × −0.5, 1 × −1, nothing
    assert_eq!(["surplus", "overdue_orders", "circulars", "false_closings"].map(points), ["0.33", "-1.5", "-1", "0"]);
    assert_eq!(row.total, decimal("90.96"));
    assert_eq!((row.rank, row.tie, row.limited), (Some(1), false, Decimal::ZERO));
}

/// Jiaojiang 2018 by hand: 67.5 + 5 × 94 % − 0.2 × 2 − 0.8 + 0.25 × 2 + 1.5.
#[test]
fn jiaojiang_by_hand() {
    let mut one = known(3, &[("department_score", &["67.5"]), ("poll", &["94"]), ("praise", &["2"])]);
    let month = |month| Reading { month: Some(month), ..reading(Decimal::ONE) };
    one.inputs.insert("last_places".into(), vec![month(4), month(5)]);
    one.inputs.insert("year_rank".into(), vec![Reading { of: Some(9), ..reading(decimal("2")) }]);
    let scores = score(scheme("jiaojiang-city"), &inputs(vec![one]));
    assert_eq!(scores.tables[0].rows[0].total, decimal("73"));

    let four = [
        ("degree_completion", &["38"][..]),
        ("degree_schedule", &["19"]),
        ("degree_satisfaction", &["17.5"]),
        ("degree_awareness", &["16"]),
        ("completion", &["100", "104"]),
        ("projects", &["3"]),
    ];
    let scores = score(scheme("jiaojiang-district"), &inputs(vec![known(3, &four)]));
    // 38 + 19 + 17.5 + 16 + 1 × (1 + 0.2 × 2)
    assert_eq!(scores.tables[0].rows[0].total, decimal("91.9"));
}

#[test]
fn what_is_missing_is_not_zero_and_has_no_rank() {
    let full = [("completion", &["90"][..]), ("satisfaction", &["90"])];
    let scores = score(scheme("uncapped"), &inputs(vec![known(3, &full), known(5, &[("completion", &["200"])])]));
    let open = scores.of("region-330205").unwrap();
    assert_eq!(open.open, ["satisfaction"]);
    assert_eq!((open.rank, open.part("satisfaction").unwrap().points), (None, None));
    let whole = scores.of("region-330203").unwrap();
    assert_eq!((whole.rank, whole.total), (Some(1), decimal("90")));
    // Known to have nothing to go by: open as well, not full marks and not none.
    let none = score(scheme("uncapped"), &inputs(vec![known(3, &[("completion", &[]), ("satisfaction", &["90"])])]));
    assert_eq!(none.tables[0].rows[0].open, ["completion"]);
}

#[test]
fn vetoes_override() {
    let with = |fact: &'static str| {
        let list = [
            ("completion", &["100"][..]),
            ("schedule", &["100"]),
            ("acceptance", &["100"]),
            ("satisfaction", &["100"]),
            ("timely_returns", &["100"]),
            ("publicity", &["100"]),
            (fact, &["1"]),
        ];
        known(3, &list)
    };
    let scores = score(scheme("suggested"), &inputs(vec![with("fraud")]));
    let row = &scores.tables[0].rows[0];
    assert_eq!(
        (row.total, row.limited, row.vetoes.as_slice()),
        (Decimal::ZERO, decimal("-100"), &["fraud".to_owned()][..])
    );
    let scores = score(scheme("uncapped"), &inputs(vec![with("fraud")]));
    let row = &scores.tables[0].rows[0];
    assert_eq!((row.total, row.rank), (decimal("100"), None));
    let mut denied = with("fraud");
    denied.inputs.insert("fraud".into(), vec![reading(Decimal::ZERO)]);
    assert!(score(scheme("suggested"), &inputs(vec![denied])).tables[0].rows[0].vetoes.is_empty());
}

/// The limits of the general scheme: 10 points of deductions at most, although 4 + 4 + 6 are due.
#[test]
fn limits_hold_and_are_told() {
    let list = [
        ("completion", &["100"][..]),
        ("schedule", &["100"]),
        ("acceptance", &["100"]),
        ("satisfaction", &["100"]),
        ("timely_returns", &["100"]),
        ("publicity", &["100"]),
        ("overdue_orders", &["100"]),
        ("circulars", &["100"]),
        ("false_closings", &["100"]),
    ];
    let scores = score(scheme("suggested"), &inputs(vec![known(3, &list)]));
    let row = &scores.tables[0].rows[0];
    assert_eq!((row.total, row.limited), (decimal("90"), decimal("4")));
    assert_eq!(row.part("circulars").unwrap().formula, Some(decimal("-100")), "what the formula gives stays visible");
}

/// 六安: 1, 2, 3, 3, 5. 椒江: two tied second, the next is fourth.
#[test]
fn ties_share_a_place_and_leave_the_next_empty() {
    let ranks = |totals: &[&str]| {
        let known = totals
            .iter()
            .zip(1..)
            .map(|(total, number)| known(number, &[("completion", &[*total]), ("satisfaction", &["0"])]));
        let scores = score(scheme("uncapped"), &inputs(known.collect()));
        scores.tables[0].rows.iter().map(|row| (row.rank.unwrap(), row.tie)).collect::<Vec<_>>()
    };
    let plain = |list: &[(u32, bool)]| list.iter().map(|(rank, _)| *rank).collect::<Vec<_>>();
    assert_eq!(plain(&ranks(&["90", "80", "70", "70", "60"])), [1, 2, 3, 3, 5]);
    assert_eq!(ranks(&["90", "80", "80", "70"]), [(1, false), (2, true), (2, true), (4, false)]);
}

proptest! {
    /// Parts and limits always add up to the total, and ranks follow totals.
    #[test]
    fn parts_add_up_and_ranks_follow_totals(each in prop::collection::vec((0_i64..30_000, 0_i64..10_000, 0_i64..9, 0_i64..9), 1..12)) {
        let list = each.iter().zip(1..).map(|((completion, other, orders, false_closings), number)| {
            let values: BTreeMap<&str, Decimal> = [
                ("completion", Decimal::new(*completion, 2)),
                ("schedule", Decimal::new(*other, 2)),
                ("acceptance", Decimal::new(*other, 2)),
                ("satisfaction", Decimal::new(*other, 2)),
                ("timely_returns", Decimal::new(*other, 2)),
                ("publicity", Decimal::new(*other, 2)),
                ("overdue_orders", Decimal::from(*orders)),
                ("false_closings", Decimal::from(*false_closings)),
            ].into();
            let mut known = known(number, &[]);
            known.inputs = values.into_iter().map(|(code, value)| (code.to_owned(), vec![reading(value)])).collect();
            known
        });
        let inputs = inputs(list.collect());
        let scores = score(scheme("suggested"), &inputs);
        let rows = &scores.tables[0].rows;
        prop_assert_eq!(rows.len(), each.len());
        for row in rows {
            let parts: Decimal = row.parts.iter().filter_map(|part| part.points).sum();
            prop_assert_eq!(parts + row.limited, row.total);
            prop_assert!(row.total >= Decimal::ZERO && row.total <= Decimal::from(105));
            let better = rows.iter().filter(|other| other.total > row.total).count();
            prop_assert_eq!(row.rank, Some(u32::try_from(better + 1).unwrap()));
            prop_assert_eq!(row.tie, rows.iter().filter(|other| other.total == row.total).count() > 1);
        }
        prop_assert!(rows.windows(2).all(|pair| pair[0].rank <= pair[1].rank));
        // What is kept as text gives the same again.
        let kept = serde_json::to_string(&inputs).unwrap();
        let again: Inputs = serde_json::from_str(&kept).unwrap();
        prop_assert_eq!(score(scheme("suggested"), &again), scores);
    }
}
