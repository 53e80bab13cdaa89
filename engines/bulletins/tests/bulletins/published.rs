//! The published texts with their published facts, where they lie beside the repository; they are other people's
//! sentences and not shipped. What is asserted is what docs/bulletins.md reports.

use std::path::{Path, PathBuf};

use minsheng_bulletins::{Text, check, extract};

/// The folder of texts and facts, from MINSHENG_SHARED or beside the repository.
fn shared() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = std::env::var_os("MINSHENG_SHARED").map_or_else(beside, PathBuf::from);
    folder.join("bulletins").is_dir().then_some(folder)
}

#[test]
fn published_texts_read_as_their_facts() {
    let Some(folder) = shared() else {
        println!("not tried: no published texts beside the repository; set MINSHENG_SHARED to their folder");
        return;
    };
    let facts = std::fs::read_to_string(folder.join("data/facts.jsonl")).expect("the facts");
    let facts: Vec<serde_json::Value> = facts.lines().map(|line| serde_json::from_str(line).expect("a fact")).collect();
    for (source, least) in [
        ("hangzhou-2024-yearend", 80),
        ("ningbo-2024-h1", 78),
        ("yiwu-2020-review", 41),
        ("yongkang-2024-suggestions", 76),
        ("yongkang-2024-tasks", 35),
    ] {
        let path = folder.join("bulletins").join(format!("{source}.txt"));
        let text = Text::new(source, std::fs::read_to_string(path).expect("a text"));
        let findings = extract(&text);
        let mut left: Vec<_> =
            findings.iter().map(|finding| (finding.value.normalize().to_string(), finding.span)).collect();
        let of_source = facts.iter().filter(|fact| fact["source"] == source && fact["kind"] != "boolean");
        let mut found = 0;
        for fact in of_source {
            let Some(value) = fact["value"].as_number() else { continue };
            let quote = fact["quote"].as_str().expect("a quotation");
            let at = text.content().find(quote).expect("a quotation of the text");
            let start = text.content()[..at].chars().count();
            let end = start + quote.chars().count();
            let value: figures::Decimal = value.to_string().parse().expect("a decimal");
            let value = value.normalize().to_string();
            let hit = left.iter().position(|(other, span)| *other == value && (start..end).contains(&span.start));
            if let Some(hit) = hit {
                left.remove(hit);
                found += 1;
            }
        }
        assert!(found >= least, "{source}: {found} of at least {least}");
        let failing: Vec<_> =
            check(&text, &findings).into_iter().filter(|relation| relation.verdict.code() == "fails").collect();
        assert!(failing.is_empty(), "{source}: {failing:#?}");
    }
}
