//! How fast papers are made, on one core: `cargo bench -p minsheng-papers`.
//!
//! The text is that of the tests: headings and paragraphs of prose, 100 pages of it; and the specimen with head, charts,
//! tables and imprint.

#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/specimen/mod.rs"]
mod specimen;

use std::hint::black_box;
use std::time::{Duration, Instant};

use minsheng_papers::{Fonts, Paper, docx, pdf};

const AT_LEAST: Duration = Duration::from_secs(3);

fn main() {
    let start = Instant::now();
    let fonts = Fonts::embedded();
    println!("fonts unpacked and read, once in a process: {} ms", start.elapsed().as_millis());
    for (what, paper) in [("100 pages of prose", specimen::long(100)), ("the specimen", specimen::paper())] {
        let bytes = pdf(&paper, fonts).expect("a PDF");
        let pages = lopdf::Document::load_mem(&bytes).expect("a PDF").get_pages().len();
        println!("{what}: {pages} pages, {} bytes of PDF", bytes.len());
        report("PDF", pages, &paper, |paper| pdf(paper, fonts).expect("a PDF").len());
        report("DOCX", pages, &paper, |paper| docx(paper, fonts).expect("a DOCX").len());
    }
}

fn report(format: &str, pages: usize, paper: &Paper, make: impl Fn(&Paper) -> usize) {
    let start = Instant::now();
    let mut runs = 0_u32;
    while start.elapsed() < AT_LEAST {
        black_box(make(black_box(paper)));
        runs += 1;
    }
    let seconds = start.elapsed().as_secs_f64() / f64::from(runs);
    println!("  {format}: {:.0} pages/s, {:.1} ms a paper", pages as f64 / seconds, seconds * 1e3);
}
