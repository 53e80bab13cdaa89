//! Crates that the program links, as `cargo tree` sees them.
//!
//! `cargo metadata` was tried first: it also names optional dependencies that no enabled feature pulls in.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};

use super::Part;
use crate::steps;

/// The same list on every machine, whatever it builds for.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

pub(super) fn linked(root: &Path) -> Result<BTreeSet<Part>> {
    // Procedural macros run in the compiler, build and dev dependencies beside it: nothing of them is in the program.
    let arguments = [
        "tree",
        "--locked",
        "--package=minsheng",
        "--edges=normal,no-proc-macro",
        "--target",
        PLATFORM,
        "--prefix=none",
        "--format={p}|{l}",
    ];
    let tree = steps::output("cargo tree", steps::cargo(root).args(arguments))?;
    let tree = String::from_utf8(tree).context("cargo tree does not write UTF-8")?;
    tree.lines().filter(|line| !line.is_empty()).filter_map(part).collect()
}

/// Reads `name v1.2.3|MIT OR Apache-2.0`, perhaps followed by ` (*)` for one named before; `None` for our own
/// packages, which have a folder in parentheses.
fn part(line: &str) -> Option<Result<Part>> {
    let read = || {
        let (package, licence) = line.split_once('|')?;
        let (name, version) = package.split_once(" v")?;
        Some((name, version, licence.trim_end_matches(" (*)")))
    };
    let Some((name, version, licence)) = read() else {
        return Some(Err(anyhow::anyhow!("cargo tree wrote a line we cannot read: {line}")));
    };
    if version.contains(' ') {
        return None;
    }
    let licence = match licence {
        "" => "see its own licence file".to_owned(),
        // The old way to write OR.
        licence => licence.replace('/', " OR "),
    };
    Some(Ok(Part { name: name.to_owned(), version: version.to_owned(), licence }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_tree_are_read() {
        let read =
            |line| part(line).map(|part| part.expect("readable")).map(|part| (part.name, part.version, part.licence));
        let expected =
            |name: &str, version: &str, licence: &str| Some((name.to_owned(), version.to_owned(), licence.to_owned()));
        assert_eq!(read("axum v0.8.9|MIT"), expected("axum", "0.8.9", "MIT"));
        assert_eq!(read("libm v0.2.0|MIT/Apache-2.0 (*)"), expected("libm", "0.2.0", "MIT OR Apache-2.0"));
        assert_eq!(read("minsheng v0.1.0 (/somewhere/minsheng)|Apache-2.0"), None);
        assert!(part("warning").expect("something").is_err());
    }
}
