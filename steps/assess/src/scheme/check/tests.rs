use super::*;
use crate::scheme::shipped;

const UNCAPPED: &str = include_str!("../../../../../data/schemes/uncapped.toml");

/// What is wrong with the uncapped scheme after this change.
fn wrong(from: &str, to: &str) -> String {
    assert!(UNCAPPED.contains(from), "{from}");
    let problem = Scheme::read(&UNCAPPED.replacen(from, to, 1)).unwrap_err();
    assert_eq!(problem.places[0].at.en, "text");
    problem.message.zh
}

#[test]
fn the_shipped_schemes_are_sound() {
    let codes: Vec<_> = shipped().iter().map(|(scheme, _)| scheme.reference()).collect();
    assert_eq!(codes, ["suggested@1", "uncapped@1", "jiaojiang-city@2", "jiaojiang-district@2"]);
}

#[test]
fn weights_have_to_add_up() {
    assert!(wrong("weight = 80", "weight = 81").contains("权重之和为 101，与满分 100 不符"));
    assert!(wrong("weight = 80\n", "").contains("按比例计分，须有 weight"));
    assert!(wrong("full_mark = 100\n", "").contains("写明满分"));
}

#[test]
fn a_misspelt_rule_is_no_rule() {
    assert!(wrong("of = 100, cap = 100", "of = 100, kap = 100").contains("kap"));
    assert!(wrong("share =", "shares =").contains("shares"));
    assert!(wrong("places = 2", "places = 2\nround = 1").contains("round"));
    assert!(wrong("inputs = [\"satisfaction\"]", "inputs = [\"satisfactoin\"]").contains("satisfactoin 没有定义"));
    assert!(wrong("inputs = [\"satisfaction\"]", "inputs = [\"completion\"]").contains("输入 satisfaction 没有被用到"));
    assert!(wrong("weight = 80", "weight = 80.0").contains("decimal as text"), "no binary fractions");
    assert!(wrong("kind = \"fact\"", "kind = \"count\"").contains("事实类输入"));
    assert!(wrong("source = \"满意率折算\"", "source = \"\"").contains("依据"));
}

#[test]
fn formulas_have_to_make_sense() {
    let formula = "formula = { share = { of = 100, cap = 100 } }";
    let with = |other: &str| wrong(formula, &format!("formula = {other}"));
    assert!(with("{ ladder = { places = [1, 2], then = -1, over = \"mean\" } }").contains("逐名递减"));
    assert!(
        with("{ ladder = { places = [2, 1], then = -1, over = \"mean\" } }").contains("公式不能用于“百分比”类输入")
    );
    assert!(
        with(
            "{ thresholds = { steps = [{ at_least = 1, points = 1 }, { at_least = 2, points = 2 }], over = \"mean\" } }"
        )
        .contains("从高到低")
    );
    assert!(with("{ coefficient = { start = 1, step = \"0.2\", on = [\"later\"] } }").contains("later 须写在它前面"));
    assert!(with("{ share = { of = 0 } }").contains("须大于零"));
}

proptest::proptest! {
    /// Whatever an office pastes is taken or refused with a reason, and never ends the program.
    #[test]
    fn any_text_is_taken_or_refused(at in 0_usize..4_000, cut in 0_usize..40, put in ".{0,20}") {
        let from = (0..=at.min(UNCAPPED.len())).rev().find(|at| UNCAPPED.is_char_boundary(*at)).unwrap();
        let to = (from + cut..=UNCAPPED.len()).find(|at| UNCAPPED.is_char_boundary(*at)).unwrap_or(UNCAPPED.len());
        let text = format!("{}{put}{}", &UNCAPPED[..from], &UNCAPPED[to..]);
        if let Err(problem) = Scheme::read(&text) {
            proptest::prop_assert!(!problem.message.zh.is_empty() && problem.for_field("text").is_some());
        }
    }
}
