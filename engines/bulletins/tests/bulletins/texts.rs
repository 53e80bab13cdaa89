//! Texts of our own in many styles, each with the figures that a careful reader finds in it.
//!
//! `texts/NAME.expected` has one figure a line: numeral, value, unit, qualifier, kind, flow, cut-off, parted by tabs;
//! a point leaves a field open.

use std::path::Path;

use minsheng_bulletins::{Finding, Text, extract};

fn fields(finding: &Finding) -> [String; 7] {
    let json = serde_json::to_value(finding).expect("findings are data");
    let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    ["raw", "value", "unit", "qualifier", "kind", "flow", "as_of"].map(text)
}

#[test]
fn every_figure_of_our_texts_is_found_and_nothing_else() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the texts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "txt"))
        .collect();
    names.sort();
    assert!(names.len() >= 12);
    let mut faults = Vec::new();
    let mut classes = std::collections::BTreeMap::new();
    for path in names {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let text = Text::new(name, std::fs::read_to_string(&path).expect("a text"));
        let expected = std::fs::read_to_string(path.with_extension("expected")).expect("its figures");
        let expected: Vec<Vec<&str>> = expected.lines().map(|line| line.split('\t').collect()).collect();
        let found = extract(&text);
        let shown: Vec<[String; 7]> = found.iter().map(fields).collect();
        let mut rest = shown.iter();
        for wanted in &expected {
            let alike = |found: &[String; 7]| {
                found
                    .iter()
                    .zip(wanted.iter().chain(std::iter::repeat(&".")))
                    .all(|(found, wanted)| *wanted == "." || found == wanted)
            };
            match rest.clone().position(alike) {
                Some(skipped) => {
                    let over: Vec<_> = rest.by_ref().take(skipped).collect();
                    faults.extend(over.iter().map(|over| format!("{name}: not expected {over:?}")));
                    rest.next();
                }
                None => faults.push(format!("{name}: missing {wanted:?}")),
            }
        }
        faults.extend(rest.map(|over| format!("{name}: not expected {over:?}")));
        for finding in &found {
            *classes.entry(finding.class).or_insert(0) += 1;
            assert!(finding.span.start < finding.span.end && finding.span.end <= text.content().chars().count());
            assert!(finding.phrase.start <= finding.span.start && finding.span.end <= finding.phrase.end);
        }
    }
    println!("{classes:?}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
