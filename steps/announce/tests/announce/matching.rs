//! The rules of comparing a text with a ledger, without a database.

use announce::checking::matching::{Comparison, Explanation, Outcome, Setting, compare};
use announce::checking::{Known, Standing};
use bulletins::Text;
use figures::Qualifier;
use figures::relations::Verdict;
use ledger::words::{Kind, Measure};
use proptest::prelude::*;
use uuid::Uuid;

use crate::house::{announce, day};

fn known(name: &str, raw: &str, unit: &str, as_of: &str) -> Known {
    let kind = match unit {
        "人次" => Kind::Times,
        "人" => Kind::People,
        "元" => Kind::Money,
        _ => Kind::Count,
    };
    Known {
        names: vec![name.into()],
        indicator: Some(1),
        kind,
        unit: unit.into(),
        measure: Measure::Actual,
        number: figures::parse_number(raw).unwrap(),
        qualifier: Qualifier::Exact,
        as_of: Some(day(as_of)),
        entry: None,
        standing: Standing::Counts,
        derived: String::new(),
        place: None,
        expected: true,
    }
}

fn compared(text: &str, known: &[Known]) -> Comparison {
    let findings = bulletins::extract(&Text::new("2024年宁波市", text));
    let setting = Setting { cut_off: Some(day("2024-06-30")), place: "宁波市".into(), ..Setting::default() };
    compare(&findings, known, &setting)
}

#[test]
fn a_corrected_figure_and_one_of_another_day_are_explained() {
    let mut old = known("新增中小学学位", "840", "个", "2024-06-30");
    old.standing = Standing::Superseded(Uuid::nil());
    let ledger =
        [old, known("新增中小学学位", "850", "个", "2024-06-30"), known("新增中小学学位", "720", "个", "2024-05-31")];
    let of = |text: &str| {
        let judged = compared(text, &ledger).judged.remove(0);
        (judged.outcome, judged.verdict, judged.explanation)
    };
    let (right, wrong) = (Outcome::Matches, Outcome::Differs);
    assert_eq!(of("截至2024年6月30日，新增中小学学位850个。"), (right, Verdict::Exact, None));
    let corrected = of("截至2024年6月30日，新增中小学学位840个。");
    assert_eq!(corrected, (wrong, Verdict::Fails, Some(Explanation::Corrected)));
    let may = Explanation::OtherCutOff(day("2024-05-31"));
    assert_eq!(of("截至2024年6月30日，新增中小学学位720个。"), (wrong, Verdict::Fails, Some(may)));
    assert_eq!(of("截至2024年5月31日，新增中小学学位720个。"), (right, Verdict::Exact, None));
    assert_eq!(of("截至2024年6月30日，新增中小学学位超800个。"), (right, Verdict::Holds, None));
}

#[test]
fn rounding_is_no_contradiction_and_units_are_no_synonyms() {
    let ledger = [known("开展老年人助餐服务", "33124", "人次", "2024-06-30")];
    let of = |text: &str| compared(text, &ledger).judged[0].outcome;
    assert_eq!(compared("开展老年人助餐服务3.31万人次。", &ledger).judged[0].verdict, Verdict::Rounds);
    // Published figures are often cut off: one step of the last printed place is let pass, two are not.
    assert_eq!(of("开展老年人助餐服务3.33万人次。"), Outcome::Differs);
    assert_eq!(of("老年人助餐服务惠及33124人。"), Outcome::NotInLedger);
}

#[test]
fn of_two_names_that_are_equally_near_none_is_accused() {
    let ledger = [
        known("市级学生成长指导中心提升", "1", "个", "2024-06-30"),
        known("县级学生成长指导中心提升", "7", "个", "2024-06-30"),
    ];
    let comparison = compared("学生成长指导中心提升9个。", &ledger);
    assert_eq!(comparison.judged[0].outcome, Outcome::NotInLedger);
    assert_eq!(comparison.unmentioned.len(), 2);
}

proptest! {
    /// A text that says exactly what the ledger holds is right, whatever stands beside it in the ledger.
    #[test]
    fn what_the_ledger_holds_is_never_accused(values in prop::collection::vec(1_u32..99_999, 1..8)) {
        const NAMES: [&str; 8] = ["新增中小学学位", "改造老旧电梯", "新建口袋公园", "整治隐患点", "新辟公交线路",
            "建成充电桩", "新增托位", "修缮文物建筑"];
        let ledger: Vec<Known> = values.iter().zip(NAMES)
            .map(|(value, name)| known(name, &value.to_string(), "个", "2024-06-30")).collect();
        let text: Vec<String> = values.iter().zip(NAMES).map(|(value, name)| format!("{name}{value}个")).collect();
        let comparison = compared(&format!("截至2024年6月30日，{}。", text.join("，")), &ledger);
        for judged in &comparison.judged {
            prop_assert_eq!((judged.outcome, judged.verdict), (Outcome::Matches, Verdict::Exact));
        }
        prop_assert!(comparison.unmentioned.is_empty());
    }
}
