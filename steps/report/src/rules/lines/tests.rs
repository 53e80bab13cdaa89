use kernel::RuleSets;
use proptest::prelude::*;

use super::*;

fn rule() -> PeersRule {
    RuleSets::shipped().default_set().peers.says.clone()
}

fn asked(number: u128, history: &[i64]) -> Asked {
    let day = |at: usize| NaiveDate::from_ymd_opt(2024, u32::try_from(at).unwrap() + 1, 28).unwrap();
    Asked {
        indicator: Uuid::from_u128(number),
        name: "学位".into(),
        unit: "个".into(),
        kind: Kind::Count,
        accumulation: Accumulation::New,
        direction: Direction::More,
        target: Some(Decimal::from(100)),
        history: history.iter().enumerate().map(|(at, value)| (day(at), Decimal::from(*value))).collect(),
        peers: Vec::new(),
        whole: None,
        breakdown: None,
    }
}

fn one(asked: &Asked, raw: &str, reason: &str) -> Judged {
    let typed = Typed { raw: raw.into(), reason: reason.into() };
    judge(std::slice::from_ref(asked), &[(asked.indicator, typed)].into(), &rule()).remove(&asked.indicator).unwrap()
}

fn kinds(judged: &Judged) -> Vec<FlagKind> {
    judged.flags.iter().map(|flag| flag.kind).collect()
}

#[test]
fn figures_are_taken_as_people_write_them() {
    for (raw, value) in [("60", "60"), ("60个", "60"), ("近60", "60"), ("0.006万", "60"), ("６０", "60")] {
        let judged = one(&asked(1, &[50]), raw, "");
        assert!(judged.faults.is_empty(), "{raw}: {:?}", judged.faults);
        assert_eq!(judged.number.unwrap().value.to_string(), value, "{raw}");
    }
    for (raw, why) in
        [("六十", ""), ("60公里", "单位是"), ("-3", "负数"), ("60.5", "整数"), ("很多", "读不懂"), ("", "请填写")]
    {
        let judged = one(&asked(1, &[]), raw, "");
        let told = judged.faults.iter().any(|fault| fault.text.zh.contains(why));
        assert!(why.is_empty() || (told && judged.number.is_none()), "{raw}: {:?}", judged.faults);
    }
}

#[test]
fn a_figure_falls_only_with_a_reason_and_is_flagged_then_too() {
    let line = asked(1, &[10, 50]);
    let without = one(&line, "49", "");
    assert_eq!(without.faults[0].field, LineField::Reason);
    assert!(without.faults[0].text.zh.contains("50") && without.faults[0].text.zh.contains("2024-02-28"));
    let with = one(&line, "49", "核减一个重复点位");
    assert!(with.faults.is_empty());
    assert_eq!(kinds(&with), [FlagKind::Falls]);
    assert!(one(&line, "50", "").faults.is_empty(), "standing still is no fall");
    let stock = Asked { accumulation: Accumulation::Stock, ..line };
    assert!(one(&stock, "49", "").faults.is_empty(), "a stock may fall");
}

#[test]
fn no_number_needs_a_reason() {
    assert_eq!(one(&asked(1, &[]), " ", "").faults.len(), 1);
    let told = one(&asked(1, &[]), "", "年底统一评估");
    assert!(told.faults.is_empty() && told.number.is_none());
    assert_eq!(kinds(&told), [FlagKind::NoNumber]);
}

#[test]
fn what_stands_out_is_flagged_and_never_blocked() {
    let jump = one(&asked(1, &[2, 4, 7, 9, 11]), "95", "");
    assert!(jump.faults.is_empty());
    assert_eq!(kinds(&jump), [FlagKind::Jump]);
    assert!(jump.flags[0].text.zh.contains("84") && jump.flags[0].text.zh.contains("往期"), "{:?}", jump.flags);
    let peers = Asked { peers: [40, 42, 45, 41, 43, 44].map(Decimal::from).into(), ..asked(1, &[]) };
    assert_eq!(kinds(&one(&peers, "3", "")), [FlagKind::Peers]);
    assert_eq!(kinds(&one(&asked(1, &[]), "0.5万", "")), [FlagKind::OverTarget]);
}

#[test]
fn parts_do_not_exceed_the_whole_and_complete_ones_make_it() {
    let part = |number| Asked { whole: Some(Uuid::from_u128(1)), target: None, ..asked(number, &[]) };
    let form = |breakdown, values: [&str; 3]| {
        let lines = [Asked { breakdown, ..asked(1, &[]) }, part(2), part(3)];
        let typed = (1_u128..).zip(values).map(|(number, raw)| {
            (
                Uuid::from_u128(number),
                Typed { raw: raw.into(), reason: if raw.is_empty() { "无".into() } else { String::new() } },
            )
        });
        let mut judged = judge(&lines, &typed.collect(), &rule());
        judged.remove(&Uuid::from_u128(1)).unwrap().faults.first().map(|fault| fault.text.zh.clone())
    };
    assert_eq!(form(None, ["71", "48", "23"]), None);
    assert_eq!(form(Some(Breakdown::Complete), ["71", "48", "23"]), None);
    assert!(form(Some(Breakdown::Complete), ["71", "48", "22"]).unwrap().contains("不符"));
    assert!(form(None, ["71", "48", "24"]).unwrap().contains("超过总数"));
    assert_eq!(form(Some(Breakdown::Complete), ["71", "48", ""]), None, "one is missing, so they need not make it yet");
}

#[test]
fn an_image_is_a_percentage() {
    for (typed, value) in [("35", "35"), ("35%", "35"), ("0", "0"), ("100％", "100"), ("12.5", "12.5")] {
        assert_eq!(image(typed).unwrap().unwrap().to_string(), value, "{typed}");
    }
    assert_eq!(image(" ").unwrap(), None);
    for wrong in ["-1", "101", "1.234", "三成", "35‰"] {
        assert!(image(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    /// Any text at all is judged without a panic, and a figure is either read or a fault says why not.
    #[test]
    fn any_text_is_judged(raw in ".{0,12}", reason in ".{0,6}") {
        let judged = one(&asked(1, &[3, 4]), &raw, &reason);
        prop_assert!(judged.number.is_some() || !judged.faults.is_empty() || !reason.trim().is_empty());
        let _ = image(&raw);
    }

    /// Flags alone never keep a return back.
    #[test]
    fn a_rising_figure_has_no_faults(history in prop::collection::vec(0_i64..1_000, 0..10), more in 0_i64..1_000_000) {
        let mut sorted = history;
        sorted.sort_unstable();
        let value = sorted.last().copied().unwrap_or(0) + more;
        prop_assert_eq!(one(&asked(1, &sorted), &value.to_string(), "").faults, vec![]);
    }
}
