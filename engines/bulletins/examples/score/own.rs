//! Texts that lie beside their figures, as in `tests/texts`: one score a text, and counts by kind of evidence.

use std::collections::BTreeMap;
use std::path::Path;

use minsheng_bulletins::confidence::Class;
use minsheng_bulletins::{Finding, Text, extract};

/// How many figures of a folder were found, and what was found that is none.
#[derive(Default)]
pub(crate) struct Own {
    figures: usize,
    found: usize,
    wrong: usize,
    /// Of the found figures: fields that the file gives, and those of them that agree.
    fields: (usize, usize),
    pub(crate) classes: BTreeMap<Class, (usize, usize)>,
}

/// Scores every `NAME.txt` of a folder that has a `NAME.expected`, of the names given, or of all where none is.
pub(crate) fn own(folder: &Path, only: &[String], details: bool) -> Result<(String, Own), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "expected"));
    paths.sort();
    let mut lines =
        vec!["| text | figures | found | wrong | attributes |".to_owned(), "|---|---|---|---|---|".to_owned()];
    let mut whole = Own::default();
    for path in paths {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let read = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        let text = Text::new(name.as_str(), read(&path.with_extension("txt"))?);
        let one = score(&text, &read(&path)?, details);
        lines.push(one.row(&name));
        whole.add(&one);
    }
    lines.push(whole.row("all"));
    Ok((lines.join("\n"), whole))
}

/// Numeral, value, unit, qualifier, kind, flow, cut-off.
fn fields(finding: &Finding) -> [String; 7] {
    let json = serde_json::to_value(finding).unwrap_or_default();
    let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
    ["raw", "value", "unit", "qualifier", "kind", "flow", "as_of"].map(text)
}

fn score(text: &Text, expected: &str, details: bool) -> Own {
    let found = extract(text);
    let mut own = Own::default();
    let mut next = 0;
    let mut over: Vec<usize> = Vec::new();
    for line in expected.lines() {
        let wanted: Vec<&str> = line.split('\t').collect();
        let is = |finding: &Finding| {
            let fields = fields(finding);
            (0..3).all(|field| wanted.get(field).is_none_or(|wanted| *wanted == "." || *wanted == fields[field]))
        };
        own.figures += 1;
        let Some(at) = (next..found.len()).find(|at| is(&found[*at])) else {
            if details {
                println!("  {}: missing {line:?}", text.name());
            }
            continue;
        };
        over.extend(next..at);
        next = at + 1;
        own.found += 1;
        own.classes.entry(found[at].class).or_default().0 += 1;
        let ours = fields(&found[at]);
        for (field, wanted) in wanted.iter().enumerate().skip(3).filter(|(_, wanted)| **wanted != ".") {
            own.fields.0 += 1;
            if ours[field] == *wanted {
                own.fields.1 += 1;
            } else if details {
                println!("  {}: {} for {wanted} in {:?}", text.name(), ours[field], ours);
            }
        }
    }
    over.extend(next..found.len());
    for at in over {
        own.wrong += 1;
        own.classes.entry(found[at].class).or_default().1 += 1;
        if details {
            let span = found[at].phrase;
            let around = minsheng_bulletins::Span { start: span.start.saturating_sub(10), end: span.end + 10 };
            println!("  {}: not expected {:?} “{}”", text.name(), fields(&found[at]), text.slice(around));
        }
    }
    own
}

impl Own {
    fn add(&mut self, other: &Self) {
        self.figures += other.figures;
        self.found += other.found;
        self.wrong += other.wrong;
        self.fields.0 += other.fields.0;
        self.fields.1 += other.fields.1;
        for (class, (right, wrong)) in &other.classes {
            let counts = self.classes.entry(*class).or_default();
            counts.0 += right;
            counts.1 += wrong;
        }
    }

    fn row(&self, name: &str) -> String {
        format!(
            "| {name} | {} | {} | {} | {} of {} |",
            self.figures, self.found, self.wrong, self.fields.1, self.fields.0
        )
    }
}
