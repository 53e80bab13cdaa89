//! How fast figures are found, in MB of UTF-8 a second on one core: `cargo bench -p minsheng-bulletins`.
//!
//! The texts are those of `tests/texts`, one after the other, until there are two megabytes of them.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use minsheng_bulletins::{Text, check, extract};

const BYTES: usize = 2 << 20;
const AT_LEAST: Duration = Duration::from_secs(3);

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the texts").filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    paths.sort();
    let whole: String = paths.iter().map(|path| std::fs::read_to_string(path).expect("a text") + "\n\n").collect();
    let long = Text::new("long", whole.repeat(BYTES.div_ceil(whole.len())));
    let short = Text::new("short", whole);
    let findings = extract(&long).len();
    report("extract, one long text", &long, || {
        black_box(extract(black_box(&long)));
    });
    report("extract, one text of a few pages", &short, || {
        black_box(extract(black_box(&short)));
    });
    let found = extract(&short);
    report("check, one text of a few pages", &short, || {
        black_box(check(black_box(&short), black_box(&found)));
    });
    println!("{findings} figures in {} bytes", long.content().len());
}

fn report(what: &str, text: &Text, work: impl Fn()) {
    let start = Instant::now();
    let mut runs = 0_u32;
    while start.elapsed() < AT_LEAST {
        work();
        runs += 1;
    }
    let seconds = start.elapsed().as_secs_f64();
    let megabytes = f64::from(runs) * text.content().len() as f64 / 1e6;
    println!("{what}: {:.1} MB/s ({runs} runs of {} bytes)", megabytes / seconds, text.content().len());
}
