//! Scripts and styles: npm brings the libraries, esbuild makes assets/bundle of them and our own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::machine::{self, NODE, NPM};
use crate::stamp::Stamp;
use crate::steps;

/// Makes assets/bundle, unless it is there and nothing it is made from has changed.
///
/// # Errors
/// When node or npm is missing and may not be installed, or one of them fails.
pub(crate) fn bundle(root: &Path) -> Result<()> {
    let assets = root.join("assets");
    let sources = ["package.json", "package-lock.json", "build.mjs", "scripts", "style"].map(|name| assets.join(name));
    // Not in the folder itself: everything in there is embedded.
    let stamp = Stamp::of(assets.join("node_modules").join(".bundle-stamp"), &sources)?;
    if stamp.is_current() && assets.join("bundle").join("manifest.json").is_file() {
        return Ok(());
    }
    libraries(root)?;
    steps::timed("bundle", || steps::run("esbuild", Command::new("node").arg("build.mjs").current_dir(&assets)))?;
    stamp.write()
}

/// Installs what package-lock.json names into assets/node_modules, unless it is there already.
pub(crate) fn libraries(root: &Path) -> Result<PathBuf> {
    let assets = root.join("assets");
    let modules = assets.join("node_modules");
    let inputs = ["package.json", "package-lock.json"].map(|name| assets.join(name));
    let stamp = Stamp::of(modules.join(".stamp"), &inputs)?;
    if stamp.is_current() {
        return Ok(modules);
    }
    machine::provide(&[NODE, NPM])?;
    steps::timed("npm ci", || {
        // Nothing we use needs its install scripts, so none may run.
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        steps::run("npm ci", Command::new("npm").args(npm).current_dir(&assets))
    })?;
    stamp.write()?;
    Ok(modules)
}
