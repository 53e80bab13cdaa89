//! Relations that texts state, true and false ones.

use minsheng_bulletins::{Relation, RelationKind, Text, check, extract};

fn judged(content: &str) -> Vec<Relation> {
    let text = Text::new("2024.txt", content);
    let findings = extract(&text);
    let length = content.chars().count();
    let relations = check(&text, &findings);
    for relation in &relations {
        assert!(relation.findings.iter().all(|index| *index < findings.len()), "{relation:?}");
        assert!(relation.spans.iter().all(|span| span.start < span.end && span.end <= length), "{relation:?}");
    }
    relations
}

#[track_caller]
fn says(content: &str, kind: RelationKind, verdict: &str) {
    let relations = judged(content);
    let found: Vec<_> =
        relations.iter().filter(|relation| relation.kind == kind).map(|relation| relation.verdict.code()).collect();
    assert_eq!(found, [verdict], "{content}: {relations:#?}");
}

#[test]
fn breakdowns() {
    use RelationKind::{Part, Sum};
    says("新建公园71个，其中新建48个、改建23个。", Sum, "exact");
    says("新建公园71个，其中新建48个、改建22个。", Sum, "fails");
    says("安排资金40.2亿元，其中市级6.52亿元，区级21.76亿元，其他11.88亿元。", Sum, "rounds");
    says("优化线路183条，其中城乡80条、地铁接驳55条、社区21条、敬老10条、定制16条。", Sum, "fails");
    says("新建充电桩278个（其中农村158个）。", Part, "holds");
    says("新建充电桩278个（其中农村358个）。", Part, "fails");
    // An open list need not add up.
    says("开工项目100个，其中教育12个、医疗8个、养老5个等。", Part, "holds");
    // What follows with a verb of its own is no part.
    says("养老机构改建16家，其中已竣工4家；新增食堂32个。", Part, "holds");
}

#[test]
fn shares() {
    use RelationKind::Share;
    says("完成投资6.85亿元，占年度计划7.5亿元的91.3%。", Share, "rounds");
    says("完成投资6.85亿元，占年度计划7.5亿元的81.3%。", Share, "fails");
    says("新增托位1340个，其中普惠性托位1072个，占比80%。", Share, "exact");
    says("新增托位1340个，其中普惠性托位1072个，占比85%。", Share, "fails");
    says("项目安排资金40.16亿元。上半年项目实际使用资金22.47亿元，使用进度为56.0%。", Share, "rounds");
    says("全年调解纠纷6682起，成功率97.5%。", Share, "rounds");
    // Without a denominator nothing is decided.
    assert!(judged("使用资金22.47亿元，使用进度为56.0%。").iter().all(|relation| relation.kind != Share));
}

#[test]
fn changes() {
    use RelationKind::{Growth, Points, Schedule};
    says("2024年上半年，市本级使用进度为58.6%，快于序时进度8.6个百分点。", Schedule, "exact");
    says("2024年上半年，市本级使用进度为58.6%，快于序时进度9.6个百分点。", Schedule, "fails");
    says("市本级使用进度为58.6%，快于序时进度8.6个百分点。", Schedule, "undecidable");
    says("覆盖率由61.5%提高到83.2%，提高21.7个百分点。", Points, "exact");
    says("覆盖率由61.5%提高到83.2%，提高22.7个百分点。", Points, "fails");
    says("接收见习大学生1.84万人，同比增长139.48%。", Growth, "undecidable");
    let growth = judged("接收见习大学生1.84万人，同比增长139.48%。");
    assert_eq!(growth[0].recomputed.map(|value| value.to_string()).as_deref(), Some("7683.31"));
    says("低保标准由1000元提高到1100元，增长10%。", Growth, "exact");
}

#[test]
fn targets() {
    use RelationKind::Target;
    says("新建学校96所，超额完成原定“新建学校70所”的目标。", Target, "holds");
    says("新建学校66所，超额完成原定“新建学校70所”的目标。", Target, "fails");
    says("新增学位7200个，超额完成年初确定的6000个目标任务。", Target, "holds");
    says("安装路灯12盏，超额完成年度目标10盏。", Target, "holds");
    says("安装路灯8盏，超额完成年度目标10盏。", Target, "fails");
    says("安装路灯8盏，超额完成10盏的年度目标。", Target, "fails");
    says("新拓展停车位6740个，超额完成原定目标。", Target, "undecidable");
    says("平均进度77.7%，实现了时间过半、任务过半。", Target, "holds");
    says("平均进度47.7%，实现了时间过半、任务过半。", Target, "fails");
}

#[test]
fn repeats_lists_and_days() {
    use RelationKind::{Named, Same, Time};
    says("民生实事平均进度77.7%\n上半年民生实事平均进度77.7%。", Same, "holds");
    says("全市新增老年助餐点235个。\n据悉，全市新增老年助餐点253个。", Same, "fails");
    says("推出调解室、方言班、书画社、义诊日四大特色项目。", Named, "holds");
    says("推出调解室、方言班、书画社四大特色项目。", Named, "fails");
    says("围绕“道路”“停车”“公交”等十个方面开展询问。", Named, "undecidable");
    says("2024年3月1日至2024年2月5日公示。", Time, "fails");
    says("2024年3月1日至3月15日公示。", Time, "holds");
}

#[test]
fn members_named_further_off() {
    use RelationKind::{Named, Part, Same};
    says("“快优省”(“找桩快、服务优、费用省”)服务品牌。", Named, "holds");
    says("推进重点道路10条，其中，甲路、乙路完工，丙路、丁路已通车。", Named, "holds");
    says("整治连片用地1666亩，整治厂房用地3200亩，两大赛道齐头并进。", Named, "holds");
    says("2024年开办冠名班2个(累计9个)。", Part, "holds");
    says("2024年开办冠名班12个(累计9个)。", Part, "fails");
    says("充电便民服务评价全省排名首位\n接入充电便民服务平台，在全省服务评价中排名首位。", Same, "holds");
}

#[test]
fn counts_that_may_grow_hold_when_enough_is_named() {
    use RelationKind::Named;
    let list = |number: &str, last: u32| {
        format!(
            "紧盯{number}+N重点地块，有序推进。其中，城东老厂地块已签约，河西旧仓地块已拆除，南门等3个地块优化方案，北山等{last}个地块开展摸底。"
        )
    };
    says(&list("7", 5), Named, "holds");
    says(&list("“7", 5).replace("N重", "N”重"), Named, "holds");
    // 1 + 1 + 3 + 1 are fewer than nine, but nobody says that all are told.
    says(&list("9", 1), Named, "undecidable");
    // Without a figure in the list nothing is counted.
    assert_eq!(judged("打造3+X特色街区，其中，东街街区已开街，西街街区在建。"), []);
}

#[test]
fn places_that_are_named_complete_a_level() {
    use RelationKind::Named;
    let text = |done: u32, all: u32| {
        format!(
            "完成1个市级、{done}个县级少年活动中心建设，确定东江区、西岭县少年活动中心选址；完成1家市级、{all}家区(县、市)级心理辅导站改造。"
        )
    };
    says(&text(7, 9), Named, "holds");
    says(
        &text(3, 5)
            .replace("县级", "镇级")
            .replace("区(县、市)级", "乡镇级")
            .replace("东江区、西岭县", "东江镇、西岭乡"),
        Named,
        "holds",
    );
    // No sum is stated, so none fails.
    assert!(judged(&text(7, 12)).iter().all(|relation| relation.kind != Named));
    // Towns complete no counties.
    let towns = text(7, 9).replace("东江区、西岭县", "东江镇、西岭乡");
    assert!(judged(&towns).iter().all(|relation| relation.kind != Named));
}

#[test]
fn headlines_without_figures_are_looked_up_in_the_body() {
    use RelationKind::Same;
    let body = "全市大力推进居家养老，新建助餐点12个，送餐服务惠及老人3万人次，社区助餐服务的做法被省民政厅《民生简报》刊发推广。";
    says(&format!("社区助餐服务被省民政厅推广\n{body}"), Same, "holds");
    says(&format!("停车改革被省住建厅推广\n{body}"), Same, "undecidable");
    // What is only to be done claims nothing.
    assert!(judged(&format!("推广应用新技术\n{body}")).iter().all(|relation| relation.kind != Same));
}

#[test]
fn what_was_spent_is_no_part_of_the_list_of_sources() {
    let relations = judged(
        "项目共计安排资金40.16亿元，其中市级6.52亿元，区级21.76亿元，其他11.88亿元。上半年项目实际使用资金22.47亿元，使用进度为56.0%。其中市级资金使用3.82亿元。",
    );
    let verdicts: Vec<_> = relations.iter().map(|relation| (relation.kind, relation.verdict.code())).collect();
    assert!(verdicts.contains(&(RelationKind::Sum, "exact")), "{relations:#?}");
    assert!(verdicts.iter().all(|(_, verdict)| *verdict != "fails"), "{relations:#?}");
}
