//! What a figure is to time, judged by the words around it: 新增, 累计, 目标, 同比.

use figures::Qualifier;

use crate::candidates::{Candidate, Class};
use crate::finding::{Flow, Kind};
use crate::lexicon::{UnitKind, lexicon};
use crate::phrases::Around;

/// Kind, flow and sign of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nature {
    pub(crate) kind: Kind,
    pub(crate) flow: Flow,
    /// A decrease: its value is below zero.
    pub(crate) falls: bool,
}

/// Everything around a figure that tells its nature.
pub(crate) struct Scene<'a> {
    pub(crate) around: &'a Around<'a>,
    /// What its sentence says before it.
    pub(crate) sentence: &'a str,
    /// What its line says behind it.
    pub(crate) tail: &'a str,
    /// It stands in quotation marks that close with 目标 or 任务.
    pub(crate) quoted: bool,
    /// Its document, its heading or its instruction tells what is still to be done.
    pub(crate) ahead: bool,
    /// The figure before it in its line, and the words between the two.
    pub(crate) previous: Option<(Nature, &'a str)>,
    /// The word that qualifies it from the front: 不少于, 突破.
    pub(crate) mark: &'a str,
}

/// Judges a figure by its unit and its words.
pub(crate) fn nature(candidate: &Candidate, scene: &Scene<'_>) -> Nature {
    let around = scene.around;
    let steady = |kind, flow| Nature { kind, flow, falls: false };
    match candidate.class {
        Class::Rank => return steady(Kind::Rank, Flow::Stock),
        Class::Coverage => return steady(Kind::Boolean, Flow::Stock),
        // Wins are times, years are counted.
        Class::Run if candidate.unit.starts_with('连') => return steady(Kind::Times, Flow::Stock),
        Class::Run => return steady(Kind::Count, Flow::Stock),
        Class::Named if candidate.unit == "年" => return steady(Kind::Count, Flow::Target),
        _ => {}
    }
    let kind = candidate.unit_kind.map_or_else(|| without_unit(around), UnitKind::kind);
    let before = around.before;
    let words = &lexicon().flows;
    // “每万常住人口全科医生数：4.6名”
    let clause = scene.sentence.rsplit(['，', '；', '。', '、']).next().unwrap_or_default();
    let label = words.per_head.stand_in(clause) && clause.ends_with('：');
    let ratio = label && matches!(kind, Kind::Count | Kind::People)
        || kind == Kind::Count && words.per_head_of_things.stand_in(before)
        || kind == Kind::People && words.per_head.stand_in(before);
    let kind = if ratio { Kind::Ratio } else { kind };
    if matches!(candidate.unit_kind, Some(UnitKind::Percent | UnitKind::Points | UnitKind::Ratio)) {
        return share(candidate, scene, kind);
    }
    if kind == Kind::Ratio {
        return steady(kind, if scene.quoted || is_target(scene, kind) { Flow::Target } else { Flow::Stock });
    }
    if candidate.class == Class::Named
        && let Some(flow) = flow_of_a_name(scene, candidate.unit == "大", kind)
    {
        return steady(kind, flow);
    }
    if scene.quoted || is_target(scene, kind) {
        return steady(kind, Flow::Target);
    }
    // “比上年增加9个”: so many more than there were.
    if let Some(falls) = more_or_fewer(before) {
        let place = candidate.unit == "位" && kind == Kind::People;
        return Nature { kind: if place { Kind::Count } else { kind }, flow: Flow::Change, falls };
    }
    // “缩短了15分钟”: less of it.
    let told = before.trim_end_matches('了');
    if candidate.unit_kind == Some(UnitKind::Time) && words.fall.close(told) {
        return Nature { kind, flow: Flow::Change, falls: true };
    }
    // “分别为1218元、1035元”: the second is to time what the first is.
    if let Some((previous, between)) = scene.previous
        && previous.kind == kind
        && previous.flow == Flow::Stock
        && matches!(between, "、" | "和" | "与" | "及" | "以及")
        && scene.sentence.contains("分别")
    {
        return previous;
    }
    steady(kind, if is_stock(candidate, scene, kind) { Flow::Stock } else { Flow::New })
}

/// Percentages and points: levels, targets or changes.
fn share(candidate: &Candidate, scene: &Scene<'_>, kind: Kind) -> Nature {
    let words = &lexicon().flows;
    let before = scene.around.before;
    // “下降12.5%和9.8%”, “分别为21%、34%”: the second is what the first is.
    if let Some((previous, between)) = scene.previous
        && previous.flow == Flow::Change
        && candidate.unit_kind == Some(UnitKind::Percent)
        && matches!(between, "、" | "和" | "与" | "及" | "以及" | "至" | "到" | "—" | "~" | "-")
    {
        return previous;
    }
    // “滞后于序时进度(66.7%)”: what stands in brackets tells the level, unless they say otherwise.
    let told = before.rfind('(').map_or(before, |at| &before[at..]);
    let level = words.level.end_near(told, 2);
    let rise = words.rise.end_in(told);
    // 慢 alone is part of other words: 慢病管理率85%.
    let fall = words.fall.end_in(told).max(told.ends_with('慢').then_some(told.len()));
    let english = told.trim_end().rsplit(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    if words.up.has(english) || words.down.has(english) {
        return Nature { kind: Kind::RateChange, flow: Flow::Change, falls: words.down.has(english) };
    }
    let yearly = words.yearly.stand_in(told);
    let near = rise.max(fall).is_some_and(|at| told[at..].chars().count() <= 7);
    let changes = !level && (candidate.unit_kind == Some(UnitKind::Points) || near || yearly);
    if changes {
        return Nature { kind: Kind::RateChange, flow: Flow::Change, falls: fall > rise };
    }
    let aimed = scene.quoted || is_target(scene, kind);
    Nature { kind, flow: if aimed { Flow::Target } else { Flow::Stock }, falls: false }
}

/// Whether words compare with another time and end with a verb that says more or fewer: 比上年末减少.
fn more_or_fewer(before: &str) -> Option<bool> {
    let words = &lexicon().flows;
    let before = before.trim_end_matches('了');
    let compared = words.yearly.end_in(before)?;
    let verb = before[compared..].trim_start_matches(['末', '底', '年', '月', '净', '又', '再', '期']);
    if words.more.has(verb) { Some(false) } else { words.fewer.has(verb).then_some(true) }
}

/// 十大行动 are to be carried out, 四大项目 were, 两大主战场 are there. Names without 大 may be told as others are.
fn flow_of_a_name(scene: &Scene<'_>, big: bool, kind: Kind) -> Option<Flow> {
    let near: String = scene.around.after.chars().take(10).collect();
    let words = &lexicon().flows;
    let decided = words.named_decided.close(scene.around.before);
    if words.named_ahead.stand_in(&near) || (big && (decided || is_target(scene, kind))) {
        Some(Flow::Target)
    } else if big {
        Some(if words.named_done.stand_in(&near) { Flow::New } else { Flow::Stock })
    } else {
        None
    }
}

fn is_stock(candidate: &Candidate, scene: &Scene<'_>, kind: Kind) -> bool {
    let words = &lexicon().flows;
    let (before, after) = (scene.around.before, scene.around.after);
    if candidate.qualifier == Qualifier::All {
        return true;
    }
    // “由1900人减至1260人”, “全省11个设区市”.
    let lead = words.each.iter().find_map(|each| before.strip_suffix(each.as_str())).unwrap_or(before);
    let was = lead.ends_with(['由', '从']) && words.level.open(scene.tail);
    // “为全市1046户家庭减轻负担” was done to them.
    let place = words.whole_places.iter().find_map(|place| before.strip_suffix(place.as_str()));
    let of_a_place = place.is_some_and(|before| !before.ends_with(['为', '让', '使', '给', '向', '对']))
        && matches!(kind, Kind::Count | Kind::People);
    if was || of_a_place {
        return true;
    }
    let clause = scene.tail.find(['，', '。', '；']).map_or(scene.tail, |at| &scene.tail[..at]);
    if words.entered.stand_in(after) || words.entered.stand_in(clause) {
        return true;
    }
    let cumulative = before.contains("累计");
    // “2024年累计拆除…” counts within the year.
    let within = || {
        let last = words.within.find_iter(scene.sentence).last();
        last.is_some_and(|found| {
            !scene.sentence[found.end()..].contains('，')
                && !["至今", "以来"].iter().any(|word| found.as_str().contains(word))
        })
    };
    if (before.contains("新增") && !cumulative) || (cumulative && within()) {
        return false;
    }
    let spent = kind == Kind::Money && !cumulative && words.money_flows.stand_in(before);
    let numbers = before.ends_with('数');
    let level = words.level.end_near(lead, 2);
    let by_rule = kind == Kind::Money && words.standards.stand_in(before) && lead.ends_with(['为', '达', '到', '是']);
    let reaches =
        level || by_rule || numbers || words.reaches.close(before) || (scene.mark == "突破" && kind != Kind::Money);
    if reaches && !spent {
        return true;
    }
    let promised = scene.sentence.contains("任务");
    // “今年上半年，…共建成” sums up the period.
    let summed = before.contains("共建成") && words.periods.stand_in(scene.sentence);
    let stock = words.stock.end_in(before).filter(|_| !(summed || promised && before.contains("已建成")));
    let new = words.new.end_in(before);
    // “已有6个项目提前完成”: what there is was done.
    let done = before.contains("已有") && words.accomplished.stand_in(clause);
    let clause_before = scene.sentence.rfind(['，', '；']).map_or(scene.sentence, |at| &scene.sentence[at..]);
    let standing = words.new.end_in(clause_before).is_none() && kind != Kind::Times && words.stock_nouns.close(before);
    let of_the_end = words
        .year_end
        .find_iter(scene.sentence)
        .last()
        .is_some_and(|found| new.is_none() || scene.sentence[found.start()..].starts_with("截"));
    (!done && !spent && stock.is_some() && (stock >= new || cumulative)) || standing || of_the_end
}

/// 万 and 亿 without a unit: people or money where they are spoken of.
fn without_unit(around: &Around<'_>) -> Kind {
    let words = &lexicon().flows;
    if words.people.stand_in(around.after) || words.people.close(around.before) {
        Kind::People
    } else if words.money.stand_in(around.before) || words.paid.close(around.before) {
        Kind::Money
    } else {
        Kind::Count
    }
}

/// Whether a figure is to be reached. What is said to be done before a word of aims is done: 完成年度目标; what is said
/// behind it is aimed at: 计划完成.
fn is_target(scene: &Scene<'_>, kind: Kind) -> bool {
    let words = &lexicon().flows;
    let before = scene.around.before;
    let already = |text: &str| words.already.is_match(text);
    // “21个/24个”: done and to be done.
    if before.trim() == "/" && scene.previous.is_some() {
        return true;
    }
    if let Some((previous, between)) = scene.previous
        && previous.flow == Flow::Target
        && (between.is_empty() || (between.starts_with('、') && !between.contains(['，', '。', '；'])))
        && kind != Kind::Percent
        && !already(between)
    {
        return true;
    }
    let promised = words.promised.has(scene.mark) || before.ends_with("控制在");
    let ahead = |pattern: &regex::Regex| {
        pattern.find_iter(scene.sentence).last().is_some_and(|ahead| !already(&scene.sentence[ahead.end()..]))
    };
    let ahead = ahead(&words.ahead) || ahead(&words.deadline) || (scene.ahead && !already(scene.sentence));
    if ahead || (promised && scene.ahead) {
        return true;
    }
    // “预算：3.2亿元”: the label tells.
    if before.is_ascii()
        && let Some(head) = scene.sentence.trim_end_matches(|letter: char| letter.is_ascii()).strip_suffix('：')
        && words.target.iter().any(|word| word.chars().count() > 1 && head.ends_with(word.as_str()))
    {
        return true;
    }
    let rate = words.rates.stand_in(before);
    let of_aims = words.of_aims.close(before);
    if kind == Kind::Percent && (before.contains('占') || rate || of_aims) {
        return false;
    }
    let done = words.target_overruled.first_in(before).unwrap_or(before.len());
    // 一般公共预算支出 is no plan.
    let plain = before
        .contains("预算")
        .then(|| before.replace("公共预算", "").replace("预算支出", "").replace("预算收入", ""))
        .filter(|plain| plain.len() < before.len());
    let planned = plain.as_ref().is_none_or(|plain| words.target.stand_in(plain));
    let aimed = words.target.first_in(before).filter(|_| planned);
    // 争取资金 is to obtain funds.
    let obtained =
        kind == Kind::Money && before.contains("争取") && (before.contains("资金") || before.contains("补助"));
    // “安排十件实事资金1.2亿元”: another figure stands between the verb and the money.
    let opens = words.granted.open(scene.sentence.rsplit(['，', '；', '。', '：']).next().unwrap_or_default());
    let granted = kind == Kind::Money
        && (opens && before.ends_with("资金") || words.granted.stand_in(plain.as_deref().unwrap_or(before)));
    let clause = scene.tail.find(['，', '。', '；', '、']).map_or(scene.tail, |at| &scene.tail[..at]);
    let close = clause.char_indices().nth(8).map_or(clause, |(at, _)| &clause[..at]);
    (aimed.is_some_and(|aimed| aimed <= done) && !obtained)
        || granted
        || (kind != Kind::Percent && words.aims_before.close(before))
        || words.aims_behind.stand_in(close)
        || close.starts_with("目标")
}
