//! NOTICE: the third-party parts inside the product, read from the two lock files.
//!
//! Listed is what ends up in the binary: crates that the program itself depends on (not those that only
//! build or test it, and no procedural macros) and npm packages in the bundle.

mod crates;
mod packages;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

const HEAD: &str = "\
Minsheng 民生实事
Licensed under the Apache License, Version 2.0 (see LICENSE).

The program contains the third-party parts below. Each is named with its version and the
licence expression its authors publish. This file is made from Cargo.lock and
assets/package-lock.json by `cargo xtask notice`; crates are those of the Linux program.
";

/// Tables that were carried over into the program's data.
const DATA: &str = "
In the data
-----------
OpenCC, table of traditional characters – Apache-2.0
GeoNames, positions of towns behind the schematic outlines – CC-BY-4.0

Fonts (engines/papers/fonts, with the full texts of their licences)
-------------------------------------------------------------------
Fandol Fang – GPL-3.0 with font exception; left out by a build without the feature `fandol` of minsheng-papers
LXGW WenKai, as Minsheng Kai – OFL-1.1
Noto Sans CJK SC, Noto Serif CJK SC – OFL-1.1
";

/// A third-party part; ordered by name, then version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    /// An SPDX expression, such as `MIT OR Apache-2.0`.
    licence: String,
}

/// Writes NOTICE.
pub(crate) fn write(root: &Path) -> Result<()> {
    fs::write(root.join("NOTICE"), text(root)?).context("NOTICE could not be written")
}

/// Fails when NOTICE is not what the lock files say.
pub(crate) fn check(root: &Path) -> Result<()> {
    let written = fs::read_to_string(root.join("NOTICE")).unwrap_or_default();
    if written != text(root)? {
        bail!("NOTICE is stale: run `cargo xtask notice` and commit it");
    }
    Ok(())
}

fn text(root: &Path) -> Result<String> {
    let packages = packages::bundled(root)?;
    let mut text = render(&crates::linked(root)?, &packages);
    text.push_str(&packages::attributions(root, &packages)?);
    text.push_str(DATA);
    Ok(text)
}

fn render(crates: &BTreeSet<Part>, packages: &BTreeSet<Part>) -> String {
    let mut text = HEAD.to_owned();
    for (title, parts) in [("In the pages", packages), ("In the program", crates)] {
        let _ = write!(text, "\n{title}\n{}\n", "-".repeat(title.len()));
        for Part { name, version, licence } in parts {
            let _ = writeln!(text, "{name} {version} – {licence}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_sorted_under_their_heading() {
        let part = |name: &str, version: &str| Part {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: "MIT".to_owned(),
        };
        let crates = BTreeSet::from([part("zip", "1.0.0"), part("axum", "0.8.9")]);
        let text = render(&crates, &BTreeSet::from([part("echarts", "6.1.0")]));
        let lists = text.strip_prefix(HEAD).expect("the head comes first");
        assert_eq!(
            lists,
            "\nIn the pages\n------------\necharts 6.1.0 – MIT\n\
             \nIn the program\n--------------\naxum 0.8.9 – MIT\nzip 1.0.0 – MIT\n"
        );
    }
}
