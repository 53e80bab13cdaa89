//! Remembers what a result was made from, so that it is not made again from the same.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A small file beside a result that holds the fingerprint of its inputs.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// `inputs` are files or folders; a missing one counts as empty.
    pub(crate) fn of(file: PathBuf, inputs: &[PathBuf]) -> Result<Self> {
        // Not stable across Rust versions, and need not be: a new toolchain costs one bundle.
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            for path in files(input)? {
                path.hash(&mut hasher);
                fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?.hash(&mut hasher);
            }
        }
        Ok(Self { file, fingerprint: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the result was made from just these inputs.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text == self.fingerprint)
    }

    /// To be called once the result is complete.
    pub(crate) fn write(&self) -> Result<()> {
        fs::write(&self.file, &self.fingerprint)
            .with_context(|| format!("{} could not be written", self.file.display()))
    }
}

/// All files at or below a path, in one order on every machine.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    if path.is_dir() {
        let entries = fs::read_dir(path).with_context(|| format!("{} could not be listed", path.display()))?;
        for entry in entries {
            found.extend(files(&entry?.path())?);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_current_until_an_input_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let inputs = [folder.path().join("scripts"), folder.path().join("missing")];
        let script = inputs[0].join("deep/app.js");
        fs::create_dir_all(script.parent().expect("deep")).expect("folders");
        fs::write(&script, "one").expect("written");
        let stamp = || Stamp::of(folder.path().join("stamp"), &inputs).expect("readable");

        assert!(!stamp().is_current(), "nothing made yet");
        stamp().write().expect("written");
        assert!(stamp().is_current());
        fs::write(&script, "two").expect("written");
        assert!(!stamp().is_current(), "content counts");
        fs::write(&script, "one").expect("written");
        assert!(stamp().is_current(), "and nothing but content");
        fs::rename(&script, inputs[0].join("deep/other.js")).expect("renamed");
        assert!(!stamp().is_current(), "names count");
    }
}
