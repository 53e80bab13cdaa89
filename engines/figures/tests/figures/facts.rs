//! Reads the published facts of the sample years and compares every numeral with its value.

use std::path::Path;

use minsheng_figures::units::find;
use minsheng_figures::{Decimal, Figure, Qualifier, parse_number};

#[test]
fn numerals_of_published_facts_read_as_their_values() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/samples/facts.jsonl");
    let facts = std::fs::read_to_string(file).expect("the sample years are there");
    let (mut read, mut phrases) = (0, 0);
    for line in facts.lines() {
        let id = text(line, "id");
        let value: Option<Decimal> = match field(line, "value").trim_end_matches(',') {
            "null" => None,
            printed => Some(printed.parse().unwrap_or_else(|error| panic!("{id}: {printed}: {error}"))),
        };
        let (raw, unit) = (text(line, "raw"), text(line, "unit"));
        let qualifier = Qualifier::parse_code(&text(line, "qualifier")).expect("a known qualifier");
        assert!(find(&unit).is_some(), "{id}: unit {unit}");

        let figure = Figure::published(value, raw.clone(), unit.clone(), qualifier);
        assert_eq!(figure.value(), value, "{id}");
        match parse_number(&raw) {
            Ok(number) => {
                // A decrease is printed without its sign.
                assert!(Some(number.value) == value || Some(-number.value) == value, "{id}: {raw} is {value:?}");
                assert_eq!(figure.number.map(|number| number.precision), Some(number.precision), "{id}");
                let shown = Figure::read(&figure.display_zh()).unwrap_or_else(|error| panic!("{id}: {error}"));
                assert_eq!(shown.value(), value, "{id}");
                assert_eq!(shown.unit, unit, "{id}");
                read += 1;
            }
            Err(_) => phrases += 1,
        }
    }
    assert!(read > phrases, "most facts carry a numeral");
}

/// The JSON value behind a key on a line that holds one flat object; enough for a file of known shape.
fn field<'a>(line: &'a str, key: &str) -> &'a str {
    let start = line.find(&format!("\"{key}\": ")).expect("the key") + key.len() + 4;
    let rest = &line[start..];
    let end = if let Some(quoted) = rest.strip_prefix('"') {
        quoted.find('"').expect("a closing quote") + 2
    } else {
        rest.find([',', '}']).expect("an end")
    };
    &rest[..end]
}

fn text(line: &str, key: &str) -> String {
    field(line, key).trim_matches('"').to_owned()
}
