//! Counts that no numeral prints: “A、B、C等代表提出” names three people, “通过A、B、C等多个平台” three of several.

use std::ops::Range;

use figures::{Number, Qualifier};

use crate::candidates::{Candidate, Class};
use crate::lexicon::{Lexicon, UnitKind};
use crate::repair::is_han;

/// Every count of named things, in no order.
pub(crate) fn listed(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let mut found = proposers(text, lexicon);
    found.extend(several(text, lexicon));
    found
}

fn candidate(names: Range<usize>, count: u32, unit: &str, kind: UnitKind, qualifier: Qualifier) -> Candidate {
    Candidate {
        phrase: names.clone(),
        numeral: names,
        unit: unit.to_owned(),
        unit_kind: Some(kind),
        number: Number::from(count),
        qualifier,
        class: Class::Listed,
    }
}

/// The deputies who are named as having made a proposal.
fn proposers(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let words = &lexicon.listed;
    let is_name = |name: &str| {
        name.chars().next().is_some_and(|first| words.surnames.contains(first))
            && !words.no_names.iter().any(|word| name.starts_with(word.as_str()))
    };
    let mut found = Vec::new();
    for groups in words.proposers.captures_iter(text) {
        let Some(mut names) = groups.name("n").map(|names| names.range()) else { continue };
        // 胡德利等 is taken as one word where the pattern lets it.
        if text[names.clone()].ends_with('等') {
            names.end -= '等'.len_utf8();
        }
        let count = text[names.clone()].split('、').filter(|name| name.chars().count() >= 2 && is_name(name)).count();
        let every = count == text[names.clone()].split('、').count();
        if every && let Ok(count) = u32::try_from(count) {
            found.push(candidate(names, count, "人", UnitKind::People, Qualifier::Exact));
        }
    }
    found
}

/// Names before 等多个, 等多种.
fn several(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let mut found = Vec::new();
    for groups in lexicon.listed.several.captures_iter(text) {
        let (Some(list), Some(unit)) = (groups.name("n"), groups.name("u")) else { continue };
        let lead = lexicon.listed.leads.end_in(list.as_str()).unwrap_or(0);
        let names = list.start() + lead..list.end();
        if let Some(count) = names_in(&text[names.clone()]) {
            found.push(candidate(names, count, unit.as_str(), UnitKind::Count, Qualifier::AtLeast));
        }
    }
    found
}

/// How many things are named, two at least, parted by 、 or by quotation marks.
pub(crate) fn names_in(names: &str) -> Option<u32> {
    if !names.ends_with(|letter: char| is_han(letter) || matches!(letter, '”' | ')' | '》')) {
        return None;
    }
    // Names in quotation marks may hold 、 themselves.
    let mut depth = 0_u32;
    let mut parted = 0_u32;
    let mut previous = ' ';
    for letter in names.chars() {
        match letter {
            '“' | '(' | '《' => {
                if depth == 0 && matches!(previous, '”' | '》') {
                    parted += 1;
                }
                depth += 1;
            }
            '”' | ')' | '》' => depth = depth.saturating_sub(1),
            '、' if depth == 0 => parted += 1,
            _ => {}
        }
        previous = letter;
    }
    (parted > 0).then_some(parted + 1)
}

/// The subjects of “A、B均居首位”, where a clause names two to four: each has the rank or the share that follows.
pub(crate) fn shared_by(clause: &str) -> Option<Vec<&str>> {
    let at = clause.rfind('均')?;
    let behind = &clause[at + '均'.len_utf8()..];
    let means = clause[..at].ends_with(['平', '人', '户', '年', '月', '日']) || clause.contains("分别");
    if means || behind.chars().count() > 8 {
        return None;
    }
    let names: Vec<&str> = clause[..at].split(['、', '和']).collect();
    let whole = |name: &&str| name.chars().count() >= 2 && !name.starts_with(['各', '全']);
    ((2..=4).contains(&names.len()) && names.iter().all(whole)).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::lexicon;

    fn found(text: &str) -> Vec<(String, String)> {
        let shown = |candidate: Candidate| {
            (text[candidate.numeral.clone()].to_owned(), candidate.number.value.to_string() + &candidate.unit)
        };
        listed(text, lexicon()).into_iter().map(shown).collect()
    }

    #[test]
    fn people_and_things_are_counted_by_their_names() {
        let one = |names: &str, count: &str| vec![(names.to_owned(), count.to_owned())];
        assert_eq!(found("李明远、周小舟、方可等代表提出加装电梯"), one("李明远、周小舟、方可", "3人"));
        assert_eq!(found("二、赵一鸣代表提出的建议"), one("赵一鸣", "1人"));
        assert_eq!(found("通过报纸、网站、“码上提”专栏等多个平台征集"), one("报纸、网站、“码上提”专栏", "3个"));
        for none in ["全体代表提出", "部分代表提出", "与会代表提出", "人大代表提出建议", "等多个平台", "高校等多家单位"]
        {
            assert_eq!(found(none), [], "{none}");
        }
    }

    #[test]
    fn one_rank_may_be_that_of_several() {
        assert_eq!(shared_by("出口总量、增速均居金华").map(|names| names.len()), Some(2));
        assert_eq!(shared_by("各县、市均达"), None);
        assert_eq!(shared_by("户均、人均达"), None);
        assert_eq!(shared_by("满意率、知晓率分别均为"), None);
        assert_eq!(shared_by("完成率均超过"), None);
    }
}
