//! npm packages in the bundle, from package-lock.json and the installed packages.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Part;
use crate::bundle;

pub(super) fn bundled(root: &Path) -> Result<BTreeSet<Part>> {
    let json = fs::read(root.join("assets/package-lock.json")).context("assets/package-lock.json could not be read")?;
    let lock: Value = serde_json::from_slice(&json).context("assets/package-lock.json is not JSON")?;
    from_lock(&lock).context("assets/package-lock.json lacks a field")
}

fn from_lock(lock: &Value) -> Option<BTreeSet<Part>> {
    let packages = lock["packages"].as_object()?.iter();
    let bundled = packages.filter(|(path, package)| !path.is_empty() && package["dev"] != true);
    bundled
        .map(|(path, package)| {
            Some(Part {
                name: path.rsplit_once("node_modules/")?.1.to_owned(),
                version: package["version"].as_str()?.to_owned(),
                licence: package["license"].as_str()?.to_owned(),
            })
        })
        .collect()
}

/// What the licences ask to be passed on with the code: each package's NOTICE or else its licence text.
pub(super) fn attributions(root: &Path, packages: &BTreeSet<Part>) -> Result<String> {
    let modules = bundle::libraries(root)?;
    let mut text = String::new();
    for Part { name, .. } in packages {
        let folder = modules.join(name);
        // Some keep their licence as the last part of their README.
        let own =
            ["NOTICE", "LICENSE", "LICENSE.txt", "LICENSE.md", "license", "README.md"].map(|file| folder.join(file));
        let file = own.iter().find(|file| file.is_file()).with_context(|| format!("{name} has no licence file"))?;
        let words = fs::read_to_string(file).with_context(|| format!("{} could not be read", file.display()))?;
        let _ = write!(text, "\nFrom {name}\n{}\n", "-".repeat(5 + name.len()));
        for line in licence(file, &words).trim().lines() {
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    Ok(text)
}

/// The licence in a file: all of it, but of a README what follows the heading that names it.
fn licence<'a>(file: &Path, words: &'a str) -> &'a str {
    let heading = words.find("## License").filter(|_| file.ends_with("README.md"));
    heading.map_or(words, |at| &words[at..])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_readme_the_licence_alone_is_passed_on() {
        let words = "# Hash\n\n## License (MIT)\n\nCopyright";
        assert_eq!(licence(Path::new("a/README.md"), words), "## License (MIT)\n\nCopyright");
        assert_eq!(licence(Path::new("a/LICENSE"), words), words);
    }

    #[test]
    fn development_packages_are_not_listed() {
        let lock = json!({"packages": {
            "": {"name": "minsheng-assets"},
            "node_modules/@scope/chart": {"version": "2.0.0", "license": "MIT"},
            "node_modules/a/node_modules/b": {"version": "1.0.0", "license": "0BSD"},
            "node_modules/esbuild": {"version": "0.28.2", "license": "MIT", "dev": true},
        }});
        let names: Vec<_> = from_lock(&lock).expect("complete").into_iter().map(|part| part.name).collect();
        assert_eq!(names, ["@scope/chart", "b"]);
    }
}
