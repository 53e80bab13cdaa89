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

/// Judges a figure by its unit and its words. `sentence` is what its sentence says before it, `tail` what its line says behind
/// it, `quoted` whether
/// it stands in quotation marks that close with 目标 or 任务.
pub(crate) fn nature(candidate: &Candidate, around: &Around<'_>, sentence: &str, tail: &str, quoted: bool) -> Nature {
    let words = &lexicon().flows;
    let steady = |kind, flow| Nature { kind, flow, falls: false };
    match candidate.class {
        Class::Rank => return steady(Kind::Rank, Flow::Stock),
        Class::Coverage => return steady(Kind::Boolean, Flow::Stock),
        Class::Run => return steady(Kind::Count, Flow::Stock),
        _ => {}
    }
    let kind = candidate.unit_kind.map_or_else(|| without_unit(around), UnitKind::kind);
    let before = around.before;
    let per_head = ["千人", "每千", "每万", "每百", "万人"].iter().any(|word| before.contains(word));
    let kind = if per_head && kind == Kind::Count { Kind::Ratio } else { kind };
    if matches!(candidate.unit_kind, Some(UnitKind::Percent | UnitKind::Points | UnitKind::Ratio)) {
        let level = words.level.iter().any(|word| ends_near(before, word, 2));
        let rise = last_of(before, &words.rise);
        let fall = last_of(before, &words.fall);
        let changes = !level
            && (candidate.unit_kind == Some(UnitKind::Points)
                || rise.max(fall).is_some_and(|at| before[at..].chars().count() <= 9)
                || words.yearly.iter().any(|word| before.contains(word.as_str())));
        if changes {
            return Nature { kind: Kind::RateChange, flow: Flow::Change, falls: fall > rise };
        }
        let aimed = quoted || is_target(around, sentence, tail, kind);
        return steady(kind, if aimed { Flow::Target } else { Flow::Stock });
    }
    if quoted || is_target(around, sentence, tail, kind) {
        return steady(kind, Flow::Target);
    }
    let enters = words
        .entered
        .iter()
        .any(|word| around.after.starts_with(word.as_str()) || around.after.contains(word.as_str()));
    let level = words.level.iter().any(|word| ends_near(before, word, 2));
    let numbers = before.ends_with('数') && !before.contains("新增");
    let reaches = level || numbers || ["达", "达到", "数为", "数达"].iter().any(|word| before.ends_with(word));
    let stock = last_of(before, &words.stock).or(reaches.then_some(before.len()));
    let new = last_of(before, &words.new);
    let whole = candidate.qualifier == Qualifier::All;
    let flow = if whole || enters || (stock.is_some() && stock >= new) || (stock.is_some() && before.contains("累计"))
    {
        Flow::Stock
    } else {
        Flow::New
    };
    steady(kind, flow)
}

/// 万 and 亿 without a unit: people or money where they are spoken of.
fn without_unit(around: &Around<'_>) -> Kind {
    let money = ["资金", "投资", "经费", "补助", "补贴", "财政", "支出", "产值", "预算"];
    let people = ["学生", "群众", "居民", "市民", "老人", "老年人", "职工", "游客", "青少年", "农民", "劳动者"];
    if people.iter().any(|word| around.after.contains(word) || around.before.ends_with(word)) {
        Kind::People
    } else if money.iter().any(|word| around.before.contains(word)) {
        Kind::Money
    } else {
        Kind::Count
    }
}

/// Whether a figure is to be reached. What is said to be done before a word of aims is done: 完成年度目标; what is said
/// behind it is aimed at: 计划完成.
fn is_target(around: &Around<'_>, sentence: &str, tail: &str, kind: Kind) -> bool {
    let words = &lexicon().flows;
    let before = around.before;
    if before.contains('占') && kind == Kind::Percent {
        return false;
    }
    let done =
        words.target_overruled.iter().filter_map(|word| before.find(word.as_str())).min().unwrap_or(before.len());
    let aimed = words.target.iter().filter_map(|word| before.find(word.as_str())).min();
    let granted = kind == Kind::Money && ["安排", "预算", "概算"].iter().any(|word| before.contains(word));
    let ahead = words
        .ahead
        .find_iter(sentence)
        .last()
        .is_some_and(|ahead| !["已", "超额", "截至"].iter().any(|word| sentence[ahead.end()..].contains(word)));
    let clause = tail.find(['，', '。', '；', '、']).map_or(tail, |at| &tail[..at]);
    let close = clause.char_indices().nth(8).map_or(clause, |(at, _)| &clause[..at]);
    aimed.is_some_and(|aimed| aimed <= done)
        || granted
        || ahead
        || close.contains("的目标")
        || close.starts_with("目标")
}

fn last_of(text: &str, words: &[String]) -> Option<usize> {
    words.iter().filter_map(|word| text.rfind(word.as_str())).max()
}

/// Whether a word stands at most so many characters before the end.
fn ends_near(text: &str, word: &str, distance: usize) -> bool {
    text.rfind(word).is_some_and(|at| text[at + word.len()..].chars().count() <= distance)
}
