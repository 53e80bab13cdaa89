//! Days in order, and years that add up.

use std::sync::OnceLock;

use figures::Decimal;
use figures::relations::Verdict;
use regex::{Captures, Regex};

use super::{Reading, Relation, RelationKind, Statement};
use crate::confidence::Class;

pub(super) fn judge(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    ranges(reading, found);
    elapsed(reading, found);
}

/// “3月1日至2月5日”, “2025—2022年”: the second day must not lie before the first, unless its year is printed.
fn ranges(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    static PATTERNS: OnceLock<[Regex; 2]> = OnceLock::new();
    let [days, years] = PATTERNS.get_or_init(|| {
        let compile = |pattern: &str| Regex::new(pattern).expect("tried by the tests");
        [
            compile(r"(?:(?P<y>[12]\d{3})年)?(?P<m>\d{1,2})月(?P<d>\d{1,2})日(?:起)?(?:至|到|—|-|~)(?:(?P<z>[12]\d{3})年)?(?P<n>\d{1,2})月(?P<e>\d{1,2})日"),
            compile(r"(?P<y>(?:19|20)\d{2})年?(?:至|到|—|-|~)(?P<z>(?:19|20)\d{2})年"),
        ]
    });
    let text = reading.clean.text.as_str();
    let number =
        |groups: &Captures<'_>, name: &str| groups.name(name).and_then(|found| found.as_str().parse::<i32>().ok());
    for (pattern, by_day) in [(days, true), (years, false)] {
        for groups in pattern.captures_iter(text) {
            let Some(whole) = groups.get(0) else { continue };
            let year = number(&groups, "y").unwrap_or(0);
            let later = number(&groups, "z").unwrap_or(year);
            let ordered = if by_day {
                let from = (year, number(&groups, "m").unwrap_or(0), number(&groups, "d").unwrap_or(0));
                (later, number(&groups, "n").unwrap_or(0), number(&groups, "e").unwrap_or(0)) >= from
            } else {
                later >= year
            };
            found.push(Relation {
                kind: RelationKind::Time,
                verdict: if ordered { Verdict::Holds } else { Verdict::Fails },
                statement: if ordered {
                    Statement::new(format!("{}：先后无误", whole.as_str()), format!("{}: in order", whole.as_str()))
                } else {
                    Statement::new(
                        format!("{}：起讫倒置", whole.as_str()),
                        format!("{}: the end comes before the beginning", whole.as_str()),
                    )
                },
                findings: Vec::new(),
                spans: vec![reading.clean.span(whole.start(), whole.end())],
                recomputed: None,
                difference: None,
            });
        }
    }
}

/// “2004年起…连续实施二十载”: counted from that year to the year of the text, elapsed or inclusive.
fn elapsed(reading: &Reading<'_>, found: &mut Vec<Relation>) {
    static SINCE: OnceLock<(Regex, Regex)> = OnceLock::new();
    let (since, any) = SINCE.get_or_init(|| {
        let compile = |pattern: &str| Regex::new(pattern).expect("tried by the tests");
        (compile(r"([12]\d{3})年(?:起|以来|开始|至今)"), compile(r"(20\d{2})年"))
    });
    let now = any.captures_iter(&reading.clean.text).filter_map(|groups| groups[1].parse::<i32>().ok()).max();
    for (index, finding) in reading.findings.iter().enumerate() {
        if finding.class != Class::Run || !matches!(finding.unit.as_str(), "年" | "载") {
            continue;
        }
        let Some(from) = since.captures(reading.sentence(finding)).and_then(|groups| groups[1].parse::<i32>().ok())
        else {
            continue;
        };
        let Some(now) = now else { continue };
        let years = Decimal::from(now - from);
        let fits = finding.value == years || finding.value == years + Decimal::ONE;
        found.push(Relation {
            kind: RelationKind::Time,
            verdict: if fits { Verdict::Holds } else { Verdict::Fails },
            statement: Statement::new(
                format!("{from}年至{now}年：{}（按年度次数为 {}）", reading.shown(index), years + Decimal::ONE),
                format!("{from} to {now}: {} ({} counted by years)", reading.shown(index), years + Decimal::ONE),
            ),
            findings: vec![index],
            spans: vec![finding.phrase],
            recomputed: Some(years),
            difference: finding.value.checked_sub(years),
        });
    }
}
