//! Writes the specimen of the tests: `cargo run -p minsheng-papers --example specimen -- FOLDER`.

#![expect(clippy::print_stdout, reason = "an example answers on standard output")]

#[path = "../tests/specimen/mod.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod specimen;

use std::path::PathBuf;

use minsheng_papers::{Fonts, docx, pdf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder to write to")?);
    std::fs::create_dir_all(&folder)?;
    let paper = specimen::paper();
    let fonts = Fonts::embedded();
    for (name, bytes) in [("specimen.pdf", pdf(&paper, fonts)?), ("specimen.docx", docx(&paper, fonts)?)] {
        let file = folder.join(name);
        std::fs::write(&file, bytes)?;
        println!("{}", file.display());
    }
    Ok(())
}
