//! The circle: what is written from a ledger, read again and checked against it, gives back every figure exactly –
//! over generated programmes and every template.

use std::collections::BTreeSet;

use announce::checking::check;
use announce::checking::matching::Outcome;
use announce::drafts::{Edited, Judged};
use announce::writing::bindings::Bindings;
use announce::writing::compose::compose;
use announce::writing::paper::paper;
use announce::writing::templates;
use bulletins::{Known, Text};
use figures::relations::Verdict;
use kernel::Lang;
use papers::Fonts;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::house::{House, announce, at};

/// What is counted, and in what; names as offices give them, none of a real programme.
const MATTERS: [(&str, &str); 24] = [
    ("新增中小学学位", "个"),
    ("新增公共停车泊位", "个"),
    ("改造农村公路", "公里"),
    ("新建口袋公园", "座"),
    ("更新老旧电梯", "台"),
    ("开展老年人助餐服务", "人次"),
    ("培训家政服务人员", "人"),
    ("发放创业补贴", "元"),
    ("提升村级卫生室", "家"),
    ("建成电动汽车充电桩", "个"),
    ("改造供水管网", "公里"),
    ("举办公益演出", "场"),
    ("新增绿化面积", "亩"),
    ("完成适老化改造", "户"),
    ("新增托位", "个"),
    ("整治地质灾害隐患点", "处"),
    ("新辟公交线路", "条"),
    ("修缮文物建筑", "处"),
    ("建设社区食堂", "家"),
    ("安装独立烟感", "个"),
    ("开展免费筛查", "人次"),
    ("资助困难学生", "名"),
    ("建设高标准农田", "亩"),
    ("新增就业岗位", "个"),
];

/// One indicator: which matter, target, and the shares of it done in May and June, in thousandths.
#[derive(Clone, Debug)]
struct Generated {
    matter: usize,
    target: u32,
    may: u32,
    june: u32,
}

fn programme() -> impl Strategy<Value = Vec<Generated>> {
    let one = (0..MATTERS.len(), 20_u32..60_000, 0_u32..900, 0_u32..600);
    let one = one.prop_map(|(matter, target, may, more)| Generated { matter, target, may, june: may + more });
    prop::collection::vec(one, 1..12).prop_map(|mut all| {
        let mut seen = BTreeSet::new();
        all.retain(|one| seen.insert(one.matter));
        all
    })
}

/// A value as offices report it: lengths with a decimal, money in 万.
fn printed(unit: &str, value: u32) -> String {
    match unit {
        "公里" => format!("{}.{}", value / 10, value % 10),
        "元" => format!("{}.{:02}万", value / 100, value % 100),
        "人次" if value > 10_000 => format!("{}.{}万", value / 10_000, value / 1_000 % 10),
        _ => value.to_string(),
    }
}

fn sheet(year: i32, all: &[Generated]) -> String {
    let mut csv =
        "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至\n".to_owned();
    for (at, one) in all.iter().enumerate() {
        let (name, unit) = MATTERS[one.matter];
        let category = ["教育惠民", "便民出行", "健康守护", "安居宜居"][at / 3];
        let start = format!("330200,{year},{},{category},{name}工程,{name},{unit},市,330200", at / 3 + 1);
        let share = |thousandths: u32| printed(unit, (one.target * thousandths).div_ceil(1_000).max(1));
        csv.push_str(&format!("{start},{},{},{year}-05-31\n", printed(unit, one.target), share(one.may)));
        csv.push_str(&format!("{start},,{},{year}-06-30\n", share(one.june)));
    }
    csv
}

#[tokio::test]
async fn what_is_written_is_read_back_exactly() {
    let mut house = House::embedded().await;
    house.store = house.store.with_clock(at("2034-01-05"));
    let mut runner = TestRunner::deterministic();
    let (mut figures, mut texts) = (0, 0);
    for year in 2010..2034 {
        let all = programme().new_tree(&mut runner).unwrap().current();
        house.import(&sheet(year, &all)).await;
        let outline = house.outline(&format!("330200-{year}")).await;
        for cut_off in [format!("{year}-05-31"), format!("{year}-06-30")] {
            let cut_off = cut_off.parse().unwrap();
            let bindings =
                Bindings::load(house.store.reader(), outline.programme.clone(), cut_off, None).await.unwrap();
            for template in templates::all() {
                let judged = written(template, &bindings);
                let unbound = judged.document.gaps().iter().filter(|gap| gap.starts_with('{')).count();
                assert_eq!(unbound, 0, "{}: {:?}", template.code, judged.document.gaps());
                let (text, _) = judged.document.text();
                assert!(judged.typed.is_empty(), "{}: {:?}\n{text}", template.code, judged.typed);
                figures += comes_back(&house, &outline, &bindings, &judged).await;
                texts += 1;
            }
        }
    }
    println!("{figures} figures in {texts} texts came back");
    assert!(figures > 2_000, "{figures}");
}

/// The bulletin that `template` makes of a programme.
fn written(template: &templates::Template, bindings: &Bindings) -> Judged {
    let draft = compose(template, bindings, &BTreeSet::new());
    let edited = Edited { title: draft.title, body: draft.body, cut_off: bindings.cut_off, known_on: None };
    Judged::of(&edited, bindings)
}

/// Those who get a bulletin get a file: what a DOCX and a PDF say is the same figures, those of its tables among them.
#[tokio::test]
async fn what_is_printed_on_paper_is_read_back_exactly() {
    let mut house = House::embedded().await;
    house.store = house.store.with_clock(at("2034-01-05"));
    let mut runner = TestRunner::deterministic();
    let mut figures = 0;
    for year in 2010..2016 {
        let all = programme().new_tree(&mut runner).unwrap().current();
        house.import(&sheet(year, &all)).await;
        let outline = house.outline(&format!("330200-{year}")).await;
        let cut_off = format!("{year}-06-30").parse().unwrap();
        let bindings = Bindings::load(house.store.reader(), outline.programme.clone(), cut_off, None).await.unwrap();
        for template in templates::all() {
            let judged = written(template, &bindings);
            let paper = paper(&judged.document, None, true);
            for (name, file) in [
                ("a.docx", papers::docx(&paper, Fonts::embedded()).unwrap()),
                ("a.pdf", papers::pdf(&paper, Fonts::embedded()).unwrap()),
            ] {
                let read = bulletins::read::text(&file, name).unwrap();
                let said = format!("{} as {name}, {year}:\n{}", template.code, read.content().replace('\t', "⇥"));
                let known = Known { year: Some(year), place: Some(bindings.place.clone()), places: Vec::new() };
                let mut findings = bulletins::extract_with(&read, &known).into_iter();
                for (at, _) in judged.document.text().1 {
                    let bound = &judged.document.figures[at];
                    let Some(value) = bound.value else { continue };
                    let found = findings.any(|finding| (finding.value, &finding.unit) == (value, &bound.unit));
                    assert!(found, "{} of “{}” did not come back: {said}", bound.text, bound.name);
                    figures += 1;
                }
                let checked = check(house.store.reader(), &outline, read, Some(cut_off)).await.unwrap();
                assert_eq!(checked.comparison.count(Outcome::Differs), 0, "{said}");
                let failed = checked.relations.iter().find(|relation| relation.verdict == Verdict::Fails);
                assert!(failed.is_none(), "{failed:?}: {said}");
            }
        }
    }
    println!("{figures} figures came back from paper");
    assert!(figures > 1_000, "{figures}");
}

/// Every figure of the text is found with its value, unit and day, and the ledger says that it is right.
async fn comes_back(
    house: &House,
    outline: &ledger::programmes::Outline,
    bindings: &Bindings,
    judged: &Judged,
) -> usize {
    let (text, places) = judged.document.text();
    let read = Text::new(judged.document.title.clone(), text.clone());
    let known = Known { year: Some(outline.programme.year), place: Some(bindings.place.clone()), places: Vec::new() };
    let findings = bulletins::extract_with(&read, &known);
    let mut counted = 0;
    for (at, span) in &places {
        let bound = &judged.document.figures[*at];
        let Some(value) = bound.value else { continue };
        let found = findings.iter().find(|finding| finding.span.overlaps(*span));
        let Some(found) = found else { panic!("{} of “{}” was not read:\n{text}", bound.text, bound.name) };
        assert_eq!(found.value, value, "{} of “{}”:\n{text}", bound.text, bound.name);
        assert_eq!(found.unit, bound.unit, "{} of “{}”:\n{text}", bound.text, bound.name);
        if !bound.target && bound.key.starts_with("完成") {
            assert_eq!(found.as_of, Some(bindings.cut_off), "{} of “{}”:\n{text}", bound.text, bound.name);
        }
        counted += 1;
    }
    let checked = check(house.store.reader(), outline, read, Some(bindings.cut_off)).await.unwrap();
    for line in announce::check_words::lines(&checked, "x", Lang::Zh).iter().filter(|line| line.number.is_some()) {
        assert_eq!((line.outcome, line.verdict), ("matches", "exact"), "{line:?}\n{text}");
    }
    assert_eq!(checked.comparison.count(Outcome::Matches), checked.findings.len());
    assert!(
        checked.relations.iter().all(|relation| relation.verdict != Verdict::Fails),
        "{:?}\n{text}",
        checked.relations
    );
    counted
}
