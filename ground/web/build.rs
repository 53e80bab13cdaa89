//! Makes sure that the folder with the bundled scripts and styles exists before it is embedded.
//!
//! Checking and testing code works in a fresh clone, with an empty folder; a release without its pages' scripts
//! would be a broken product, so that is an error.

#![expect(clippy::print_stdout, reason = "this is how a build script talks to cargo")]

use std::path::Path;

fn main() -> std::io::Result<()> {
    // Files that appear or go must be seen, too, not only those embedded before.
    println!("cargo::rerun-if-changed=../../assets/bundle");
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/bundle");
    std::fs::create_dir_all(&bundle)?;
    let release = std::env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if release && !bundle.join("manifest.json").is_file() {
        println!("cargo::error=scripts and styles are not bundled yet: run `cargo xtask build`, which does that first");
    }
    Ok(())
}
