//! The release binary, and the demo it starts.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::{bundle, steps};

/// Bundles and compiles; returns the binary, which needs no other file.
pub(crate) fn build(root: &Path) -> Result<PathBuf> {
    bundle::bundle(root)?;
    let arguments = ["build", "--release", "--locked", "--package", "minsheng"];
    steps::timed("cargo build --release", || steps::run("cargo build", steps::cargo(root).args(arguments)))?;
    Ok(target_folder()?.join("release").join("minsheng"))
}

/// Builds and becomes `minsheng demo`, so that signals and the exit code are the program's own.
pub(crate) fn demo(root: &Path, flags: &[String]) -> Result<()> {
    let binary = build(root)?;
    let failure = Command::new(&binary).arg("demo").args(flags).exec();
    Err(failure).with_context(|| format!("{} could not be started", binary.display()))
}

/// Prints path and size.
pub(crate) fn describe(binary: &Path) -> Result<()> {
    let bytes = fs::metadata(binary).with_context(|| format!("{} was not built", binary.display()))?.len();
    println!("{} ({})", binary.display(), megabytes(bytes));
    Ok(())
}

/// The target folder that cargo put ourselves into, wherever its settings say.
fn target_folder() -> Result<PathBuf> {
    let own = std::env::current_exe().context("xtask does not know where it is")?;
    let folder = own.ancestors().nth(2).context("xtask lies in target/debug")?;
    Ok(folder.to_path_buf())
}

#[expect(clippy::cast_precision_loss, reason = "a size for people, in tenths of a megabyte")]
fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_in_megabytes() {
        assert_eq!(super::megabytes(23_456_789), "23.5 MB");
    }
}
