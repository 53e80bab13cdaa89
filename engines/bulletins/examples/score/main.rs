//! Precision and recall of the reader against published facts.
//!
//! `cargo run -p minsheng-bulletins --example score -- FOLDER FACTS.jsonl [CHECKS.md] [--details]`
//!
//! FOLDER holds one text per source, FACTS one fact a line in the data format. A fact counts as found when a finding
//! stands inside the fact's quotation with the same value and unit (组次 and 组次家庭 count as the same); each finding
//! serves one fact. A finding left over counts as wrong, unless it repeats a fact of the document word for word: the
//! facts list a figure once, texts print it several times. “Printed” are the facts whose text
//! is a numeral: the others count named things. Facts without a number, and those that only say that
//! something holds, are left out on both sides.
//!
//! `cargo run -p minsheng-bulletins --example score -- --own FOLDER [NAME …] [--details]` scores texts that lie beside
//! their figures, as those of `tests/texts` do.

#![expect(clippy::print_stdout, reason = "a report prints")]

mod checks;
mod own;
mod scoring;

use std::path::Path;

use checks::relations;
use minsheng_bulletins::{Text, extract};
use scoring::{Fact, Score, facts};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--details").collect();
    let details = std::env::args().any(|argument| argument == "--details");
    if let [own, folder, names @ ..] = arguments.as_slice()
        && own == "--own"
    {
        let (table, counts) = own::own(Path::new(folder), names, details)?;
        println!("{table}\n\n{}", scoring::calibration(&counts.classes));
        return Ok(());
    }
    let [folder, file, ..] = arguments.as_slice() else {
        return Err("give a folder of texts and a file of facts".to_owned());
    };
    let facts = facts(Path::new(file))?;
    let mut sources: Vec<&str> = facts.iter().map(|fact| fact.source.as_str()).collect();
    sources.dedup();
    sources.sort_unstable();
    sources.dedup();
    let mut whole = Score::default();
    println!(
        "| text | facts | printed | found | findings | repeats | wrong | recall | recall of printed | precision |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for source in &sources {
        let path = Path::new(folder).join(format!("{source}.txt"));
        let content = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = Text::new(*source, content);
        let of_source: Vec<&Fact> = facts.iter().filter(|fact| fact.source == *source && fact.is_numeric()).collect();
        let score = Score::of(&text, &extract(&text), &of_source);
        println!("{}", score.row(source));
        if details {
            score.print_details();
        }
        whole.add(&score);
    }
    println!("{}", whole.row("all"));
    println!("\n{}", whole.attributes());
    println!("\n{}", whole.calibration());
    if let Some(checks) = arguments.get(2) {
        println!("\n{}", relations(Path::new(folder), &facts, Path::new(checks), details)?);
    }
    Ok(())
}
