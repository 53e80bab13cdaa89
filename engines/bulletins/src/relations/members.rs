//! Counts against the members that are named further off: in brackets, behind 其中, or in the clauses before.

use std::sync::OnceLock;

use figures::Number;
use figures::relations::{Verdict, count};
use regex::Regex;

use super::named::push;
use super::{Reading, Relation, Statement};
use crate::confidence::Class;
use crate::finding::{Finding, Kind};
use crate::lexicon::lexicon;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    initials(reading, found);
    open_numbers(reading, found);
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
        let statement = Statement::new(
            format!("“{}”各字对应 {named} 项", word.as_str()),
            format!("“{}”: {named} items for its characters", word.as_str()),
        );
        push(reading, found, verdict, named, printed, (whole.start(), whole.end()), statement);
    }
}

/// “7+N重点区块，…其中，甲区块…，乙等3个区块…”: no fewer are named or counted than the number says.
fn open_numbers(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    const NEAR: usize = 1500;
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(r"(?P<n>[0-9]{1,2}|[一二三四五六七八九十])[+][NnXx]”? ?(?P<w>\p{Han}{2,6})")
            .expect("tried by the tests")
    });
    let text = reading.clean.text.as_str();
    for groups in pattern.captures_iter(text) {
        let (Some(whole), Some(numeral), Some(words)) = (groups.get(0), groups.name("n"), groups.name("w")) else {
            continue;
        };
        let Ok(printed) = figures::parse_number(numeral.as_str()) else { continue };
        let limit = (whole.end() + NEAR).min(text.len());
        let limit = (limit..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let behind = &text[whole.end()..limit];
        let behind = &behind[..behind.find('\n').unwrap_or(behind.len())];
        reading.worked(behind.len());
        let Some(opens) = behind.find("其中") else { continue };
        // The list stands in the sentence or in the next.
        if behind[..opens].matches('。').count() > 1 {
            continue;
        }
        let list = &behind[opens..];
        let list = &list[..list.find('。').unwrap_or(list.len())];
        let letters: Vec<char> = words.as_str().chars().collect();
        // What is counted is the pair of characters that the list says again: 区块.
        let again = letters.windows(2).rev().map(|pair| pair.iter().collect::<String>());
        let Some(noun) = again.into_iter().find(|noun| list.matches(noun.as_str()).count() >= 2) else { continue };
        let (named, used) = told_of(reading, whole.end() + opens, list, &noun);
        let Ok(named) = u32::try_from(named) else { continue };
        if used.is_empty() {
            continue;
        }
        let enough = Number::from(named).value >= printed.value;
        let verdict = if enough { Verdict::Holds } else { Verdict::Undecidable };
        let word = text[whole.start()..words.start()].trim_end_matches([' ', '”']);
        let statement = Statement::new(
            format!("“{word}”：其后列名或计数 {named} 个{noun}，底数 {}", numeral.as_str()),
            format!("“{word}”: {named} {noun} are named or counted behind it, at least {}", numeral.as_str()),
        );
        let place = (whole.start(), words.end());
        push(reading, found, verdict, named, printed, place, statement);
        if let Some(relation) = found.last_mut() {
            relation.spans.extend(used.iter().map(|index| reading.findings[*index].phrase));
            relation.findings = used;
        }
    }
}

/// How many things of a kind a list tells, and which figures count some of them: a clause counts them or names one.
fn told_of(reading: &Reading<'_>, start: usize, list: &str, noun: &str) -> (usize, Vec<usize>) {
    let (mut told, mut used) = (0, Vec::new());
    let mut at = start;
    for clause in list.split_inclusive(['，', '；']) {
        let from = at;
        at += clause.len();
        let Some(stands) = clause.find(noun) else { continue };
        let before = &clause[..stands];
        let first = reading.findings.partition_point(|finding| finding.context.start < from);
        let counted = reading.findings[first..].iter().take_while(|finding| finding.context.end <= from + stands);
        let counted = counted.enumerate().filter(|(_, finding)| finding.kind == Kind::Count).last();
        let close = |finding: &Finding| text_between(reading, finding.context.end, from + stands).chars().count() <= 4;
        match counted.filter(|(_, finding)| close(finding)) {
            Some((offset, finding)) => {
                told += usize::try_from(finding.number.value.trunc().mantissa()).unwrap_or(0).min(1000);
                used.push(first + offset);
            }
            None => {
                let named = before.chars().count() >= 2 && !lexicon().relations.every.close(before);
                told += usize::from(named);
            }
        }
    }
    (told, used)
}

fn text_between<'a>(reading: &'a Reading<'_>, start: usize, end: usize) -> &'a str {
    reading.clean.text.get(start..end).unwrap_or_default()
}

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
    let counted = reading.shown(index);
    let statement = Statement::new(
        format!("{counted}，其中列名 {named} 项，未超过总数"),
        format!("{counted}, {named} of them by name: no more than all"),
    );
    let place = (finding.context.start, finding.context.end);
    push(reading, found, Verdict::Holds, named, finding.number, place, statement);
}

/// How many names a clause begins with.
fn names_of(clause: &str) -> usize {
    let verb = lexicon().relations.done_to.first_in(clause);
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
        let statement = Statement::new(
            format!("“{}大”与前列 {named} 项相符", finding.raw),
            format!("“{}大” agrees with the {named} items before it", finding.raw),
        );
        let place = (finding.context.start, finding.context.end);
        push(reading, found, Verdict::Holds, named, finding.number, place, statement);
    }
}
