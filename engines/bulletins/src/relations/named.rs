//! Numbers that count the things named beside them, or the numbered headings that follow.

use std::sync::OnceLock;

use figures::relations::{Verdict, count};
use figures::{Decimal, Number, parse_number};
use regex::Regex;

use super::{Reading, Relation, RelationKind, Statement};
use crate::candidates::clause_start;
use crate::finding::Kind;
use crate::listed::names_in;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    lists(reading, found);
    headings(reading, found);
    hundreds(reading, found);
}

struct Patterns {
    counted: Regex,
    headed: Regex,
    item: Regex,
    hundreds: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let compile = |pattern: &str| Regex::new(pattern).expect("tried by the tests");
        Patterns {
            counted: compile(r"(?P<n>[两二三四五六七八九十]{1,2})(?P<u>大|级|驾马车|项|个方面|方面|类|种)"),
            headed: compile(r"(?P<n>[三四五六七八九十]{1,3}|\d{1,2})(?:个)?(?:大)?(?P<u>方面|大类|类)"),
            item: compile(r"(?m)^[ \t]*(?:(?P<d>\d{1,2})(?:[.、)]|[ \t]*$|\D)|[(]?(?P<c>[一二三四五六七八九十]{1,3})[)、]|第(?P<o>[一二三四五六七八九十]{1,3})(?:方面|[，、：]|\D))"),
            hundreds: compile(r"(?P<n>[两二三四五六七八九十])个(?:百分之百|百分百|100%)"),
        }
    })
}

/// “A、B、C三大…”: the names stand in front of the number.
fn lists(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let text = reading.clean.text.as_str();
    for groups in patterns().counted.captures_iter(text) {
        let (Some(whole), Some(numeral), Some(unit)) = (groups.get(0), groups.name("n"), groups.name("u")) else {
            continue;
        };
        let Ok(printed) = parse_number(numeral.as_str()) else { continue };
        let clause = &text[clause_start(text, whole.start())..whole.start()];
        let clause = clause.rfind('：').map_or(clause, |at| &clause[at + '：'.len_utf8()..]);
        let clause = clause.strip_suffix('“').unwrap_or(clause);
        let (names, open) = match clause.strip_suffix('等') {
            Some(names) => (names, true),
            None => (clause, false),
        };
        let Some(named) = names_in(names) else { continue };
        let judgement = count(named, printed, open);
        // What does not fit is a slip only where the number can count nothing else.
        let sure = matches!(unit.as_str(), "大" | "级" | "驾马车") || names.contains('“');
        if judgement.verdict == Verdict::Fails && !(sure && near(named, printed)) {
            continue;
        }
        let start = whole.start() - clause.len();
        let statement = Statement::new(
            format!("“{}”前列举 {named} 项{}", whole.as_str(), if open { "，末尾有“等”" } else { "" }),
            format!("{named} items before “{}”{}", whole.as_str(), if open { ", and 等 at the end" } else { "" }),
        );
        push(reading, found, judgement.verdict, named, printed, (start, whole.end()), statement);
    }
}

/// A count may miss by one or two names; more means that something else was counted.
fn near(named: u32, printed: Number) -> bool {
    (Decimal::from(named) - printed.value).abs() <= Decimal::TWO
}

/// “15类”, “十方面”, and headings numbered up to that.
fn headings(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let text = reading.clean.text.as_str();
    let mut longest = 0_u32;
    for style in ["d", "c", "o"] {
        let mut run = 0_u32;
        for groups in patterns().item.captures_iter(text) {
            let number = groups.name(style).and_then(|number| parse_number(number.as_str()).ok());
            let Some(number) = number else { continue };
            if number.value == Decimal::from(run + 1) {
                run += 1;
            } else if number.value == Decimal::ONE {
                longest = longest.max(run);
                run = 1;
            }
        }
        longest = longest.max(run);
    }
    if longest < 3 {
        return;
    }
    let mut told: Vec<Decimal> = Vec::new();
    for groups in patterns().headed.captures_iter(text) {
        let (Some(whole), Some(numeral)) = (groups.get(0), groups.name("n")) else { continue };
        let Ok(printed) = parse_number(numeral.as_str()) else { continue };
        if printed.value == Decimal::from(longest) && !told.contains(&printed.value) {
            told.push(printed.value);
            let statement = Statement::new(
                format!("“{}”与编号至 {longest} 的标题相符", whole.as_str()),
                format!("“{}” agrees with headings numbered up to {longest}", whole.as_str()),
            );
            push(reading, found, Verdict::Holds, longest, printed, (whole.start(), whole.end()), statement);
        }
    }
}

/// “三个百分百”: so many figures of 100% stand in the same paragraph.
fn hundreds(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    let text = reading.clean.text.as_str();
    for groups in patterns().hundreds.captures_iter(text) {
        let (Some(whole), Some(numeral)) = (groups.get(0), groups.name("n")) else { continue };
        let Ok(printed) = parse_number(numeral.as_str()) else { continue };
        let (from, to) = around(text, whole.start(), whole.end());
        let start = text[from..whole.start()].rfind('\n').map_or(from, |at| from + at + 1);
        let end = text[whole.end()..to].find('\n').map_or(to, |at| whole.end() + at);
        let full = reading
            .standing_in(start, end)
            .iter()
            .filter(|finding| finding.kind == Kind::Percent && finding.value == Decimal::ONE_HUNDRED);
        let named = u32::try_from(full.count()).unwrap_or(u32::MAX);
        let verdict = if named == 0 { Verdict::Undecidable } else { count(named, printed, false).verdict };
        let statement = Statement::new(
            format!("“{}”：本段有 {named} 个 100%", whole.as_str()),
            format!("“{}”: the paragraph has {named} figures of 100%", whole.as_str()),
        );
        push(reading, found, verdict, named, printed, (whole.start(), whole.end()), statement);
    }
}

/// So many bytes around a place are looked at, and no more.
const NEAR: usize = 3000;

fn around(text: &str, start: usize, end: usize) -> (usize, usize) {
    let boundary = |at: usize| (at..at + 4).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
    (boundary(start.saturating_sub(NEAR)), boundary((end + NEAR).min(text.len())))
}

pub(super) fn push(
    reading: &Reading<'_>,
    found: &mut Vec<Relation>,
    verdict: Verdict,
    named: u32,
    printed: Number,
    place: (usize, usize),
    statement: Statement,
) {
    let span = reading.clean.span(place.0, place.1);
    let first = reading.findings.partition_point(|finding| finding.context.end <= place.0);
    let inside = reading.findings[first..].iter().take_while(|finding| finding.context.start < place.1);
    let inside = inside.enumerate().filter(|(_, finding)| finding.value == printed.value);
    let findings = inside.map(|(index, _)| first + index).collect();
    found.push(Relation {
        kind: RelationKind::Named,
        verdict,
        statement,
        findings,
        spans: vec![span],
        recomputed: Some(Decimal::from(named)),
        difference: printed.value.checked_sub(Decimal::from(named)),
    });
}
