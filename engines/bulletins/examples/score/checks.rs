//! Relations that careful readers judged, against those that the program judges.

use std::collections::BTreeMap;
use std::path::Path;

use minsheng_bulletins::{Relation, Span, Text, check, extract};

use crate::scoring::{Fact, Score};

/// One line of the table of judged relations.
struct Row {
    number: String,
    relation: String,
    verdict: String,
    facts: Vec<String>,
}

fn rows(path: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = *cells.get(1)?;
        let is_number = number.len() >= 2 && number[1..].chars().all(|letter| letter.is_ascii_digit());
        is_number.then(|| Row {
            number: number.to_owned(),
            relation: cells.get(2).unwrap_or(&"").to_string(),
            verdict: cells.get(4).unwrap_or(&"").replace('*', ""),
            facts: cells.get(5).unwrap_or(&"").split_whitespace().map(str::to_owned).collect(),
        })
    };
    Ok(text.lines().filter_map(row).collect())
}

struct Read {
    text: Text,
    relations: Vec<Relation>,
    pairs: BTreeMap<String, usize>,
}

/// Judges every row from the text alone. A row that readers decided counts as agreed when a relation about its
/// figures has the same verdict; one that they left open, when a relation about those figures is left open as well. Where
/// none is found, nothing was claimed.
pub(crate) fn relations(folder: &Path, facts: &[Fact], checks: &Path, details: bool) -> Result<String, String> {
    let mut read: BTreeMap<&str, Read> = BTreeMap::new();
    for fact in facts {
        if !read.contains_key(fact.source.as_str()) {
            let path = folder.join(format!("{}.txt", fact.source));
            let content = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let text = Text::new(fact.source.as_str(), content);
            let findings = extract(&text);
            let of_source: Vec<&Fact> =
                facts.iter().filter(|other| other.source == fact.source && other.is_numeric()).collect();
            let pairs = Score::of(&text, &findings, &of_source).pairs;
            read.insert(&fact.source, Read { relations: check(&text, &findings), text, pairs });
        }
    }
    let rows = rows(checks)?;
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for row in &rows {
        let wanted = match row.verdict.as_str() {
            "exact" | "rounds" | "holds" => "decided",
            _ => "open",
        };
        let of_row: Vec<&Fact> = facts.iter().filter(|fact| row.facts.contains(&fact.id)).collect();
        let mut sources: Vec<&str> = of_row.iter().map(|fact| fact.source.as_str()).collect();
        sources.dedup();
        let single = sources.first().filter(|_| sources.len() == 1).and_then(|source| read.get(source));
        let about = single.map(|read| about(read, &of_row)).unwrap_or_default();
        let agrees = |relation: &&&Relation| match (row.verdict.as_str(), relation.verdict.code()) {
            (wanted, ours) if wanted == ours => true,
            ("holds", "exact") => true,
            _ => false,
        };
        let count = counts.entry(wanted).or_default();
        let outcome = if wanted == "decided" {
            if about.iter().any(|relation| agrees(&relation)) {
                0
            } else if about.iter().any(|relation| relation.verdict.code() == "fails") {
                1
            } else {
                2
            }
        } else if about.iter().any(|relation| relation.verdict.code() != "undecidable") {
            1
        } else if about.is_empty() {
            2
        } else {
            0
        };
        match outcome {
            0 => count.0 += 1,
            1 => count.1 += 1,
            _ => count.2 += 1,
        }
        if details && outcome != 0 {
            println!(
                "  relation {} {} {}: {:?}",
                row.number,
                row.verdict,
                row.relation,
                about.iter().map(|relation| &relation.statement.zh).collect::<Vec<_>>()
            );
        }
    }
    let mut lines = vec!["| readers | agree | otherwise | nothing said |".to_owned(), "|---|---|---|---|".to_owned()];
    for (name, (agree, disagree, silent)) in counts {
        lines.push(format!("| {name} | {agree} | {disagree} | {silent} |"));
    }
    let mut failing = 0;
    for (source, read) in &read {
        for relation in read.relations.iter().filter(|relation| relation.verdict.code() == "fails") {
            failing += 1;
            if details {
                println!("  fails in {source}: {}", relation.statement.zh);
            }
        }
    }
    lines.push(format!(
        "\n{} relations judged in {} texts, {failing} fail",
        read.values().map(|read| read.relations.len()).sum::<usize>(),
        read.len()
    ));
    Ok(lines.join("\n"))
}

/// The relations that speak of most figures of a row.
fn about<'a>(read: &'a Read, facts: &[&Fact]) -> Vec<&'a Relation> {
    let found: Vec<usize> = facts.iter().filter_map(|fact| read.pairs.get(&fact.id)).copied().collect();
    let quoted: Vec<Span> = facts.iter().filter_map(|fact| place(&read.text, &fact.quote)).collect();
    let needed = found.len().min(2);
    let speaks = |relation: &&Relation| {
        let shared = relation.findings.iter().filter(|index| found.contains(index)).count();
        let stands = relation.spans.iter().any(|span| quoted.iter().any(|quote| quote.overlaps(*span)));
        // Counts of named things may have no figure of their own; they stand in the quotation.
        (needed > 0 && shared >= needed)
            || (relation.findings.len() <= 1
                && stands
                && matches!(relation.kind.name_zh(), "列举计数" | "时间先后" | "目标完成" | "前后一致"))
    };
    read.relations.iter().filter(speaks).collect()
}

fn place(text: &Text, quote: &str) -> Option<Span> {
    let byte = text.content().find(quote)?;
    let start = text.content()[..byte].chars().count();
    Some(Span { start, end: start + quote.chars().count() })
}
