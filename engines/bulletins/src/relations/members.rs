//! Counts against the members that are named further off: in brackets, behind 其中, or in the clauses before.

use std::sync::OnceLock;

use figures::Number;
use figures::relations::{Verdict, count};
use regex::Regex;

use super::named::push;
use super::{Reading, Relation};
use crate::confidence::Class;
use crate::finding::{Finding, Kind};

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    initials(reading, found);
    for (index, finding) in reading.findings.iter().enumerate() {
        named_behind(reading, index, finding, found);
        clauses_before(reading, index, finding, found);
    }
}

/// “快优省”(“找桩快、服务优、费用省”): a word made of one character of each name.
fn initials(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(r"“(?P<w>\p{Han}{2,6})”\(“?(?P<l>\p{Han}{2,12}(?:、\p{Han}{2,12}){1,6})”?\)")
            .expect("tried by the tests")
    });
    for groups in pattern.captures_iter(&reading.clean.text) {
        let (Some(whole), Some(word), Some(list)) = (groups.get(0), groups.name("w"), groups.name("l")) else {
            continue;
        };
        let names: Vec<&str> = list.as_str().split('、').collect();
        let letters: Vec<char> = word.as_str().chars().collect();
        let paired = letters.iter().zip(&names).filter(|(letter, name)| name.contains(**letter)).count();
        // One letter that stands in no name is a slip; more mean that the word is no such word.
        if paired + 1 < letters.len() || (paired < letters.len() && letters.len() < 3) {
            continue;
        }
        let (Ok(named), Ok(printed)) = (u32::try_from(names.len()), u32::try_from(letters.len())) else { continue };
        let printed = Number::from(printed);
        let verdict = count(named, printed, false).verdict;
        let statement = format!("“{}”各字对应 {named} 项", word.as_str());
        push(reading, found, verdict, named, printed, (whole.start(), whole.end()), statement);
    }
}

/// What is done or being done, behind the names of what it is done to.
const VERBS: [&str; 22] = [
    "已", "完成", "实现", "取得", "通过", "完工", "竣工", "开工", "通车", "启动", "开展", "建成", "推进", "投用",
    "交付", "等", "正", "全面", "顺利", "基本", "提前", "进入",
];

/// “…10条主干道…，其中，甲路、乙路完工，丙路…”: no more are named than there are.
fn named_behind(reading: &Reading<'_>, index: usize, finding: &Finding, found: &mut Vec<Relation>) {
    const NEAR: usize = 900;
    let text = reading.clean.text.as_str();
    let counted = finding.kind == Kind::Count
        && finding.number.precision.is_exact()
        && finding.number.value >= figures::Decimal::TWO
        && !reading.parts.contains_key(&index);
    if !counted {
        return;
    }
    let next = reading.findings.get(index + 1).map_or(text.len(), |next| next.context.start);
    let limit = (finding.context.end + NEAR).min(text.len());
    let limit = (limit..limit + 4).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    let behind = text.get(finding.context.end..limit).unwrap_or_default();
    reading.worked(behind.len());
    let end = behind.find(['。', '；', '\n']).unwrap_or(behind.len());
    let Some(at) = behind[..end].find("，其中，") else { return };
    if next < finding.context.end + at {
        return;
    }
    let members = &behind[at + "，其中，".len()..end];
    let from = finding.context.end + at;
    let others = reading.standing_in(from, finding.context.end + end);
    if others.iter().any(|other| other.unit == finding.unit) {
        return;
    }
    let named: usize = members.split('，').map(names_of).sum();
    let Ok(named) = u32::try_from(named) else { return };
    if named == 0 || Number::from(named).value > finding.number.value {
        return;
    }
    let statement = format!("{}，其中列名 {named} 项，未超过总数", reading.shown(index));
    let place = (finding.context.start, finding.context.end);
    push(reading, found, Verdict::Holds, named, finding.number, place, statement);
}

/// How many names a clause begins with.
fn names_of(clause: &str) -> usize {
    let verb = VERBS.iter().filter_map(|verb| clause.find(verb)).min();
    let subjects = verb.map_or("", |verb| &clause[..verb]);
    if subjects.chars().count() < 2 { 0 } else { subjects.split(['、', '及', '和']).count() }
}

/// “整治甲1666亩，整治乙3200亩，两大赛道…”: as many clauses with a figure of one unit stand before.
fn clauses_before(reading: &Reading<'_>, index: usize, finding: &Finding, found: &mut Vec<Relation>) {
    if finding.class != Class::Named || finding.unit != "大" {
        return;
    }
    let before = &reading.findings[index.saturating_sub(6)..index];
    reading.worked(before.len());
    let mut same = before.iter().rev().take_while(|other| reading.same_sentence(other, finding)).peekable();
    let Some(unit) = same.peek().map(|other| other.unit.clone()) else { return };
    let told = same.take_while(|other| other.unit == unit).count();
    let Ok(named) = u32::try_from(told) else { return };
    if named >= 2 && Number::from(named).value == finding.number.value {
        let statement = format!("“{}大”与前列 {named} 项相符", finding.raw);
        let place = (finding.context.start, finding.context.end);
        push(reading, found, Verdict::Holds, named, finding.number, place, statement);
    }
}
