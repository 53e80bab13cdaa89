//! What must be on the machine besides git and Rust, and how it gets there.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::steps;

/// Something that must be there, and the Debian package that brings it.
#[derive(Clone, Copy)]
pub(crate) struct Need {
    package: &'static str,
    present: fn() -> bool,
}

pub(crate) const NODE: Need = Need { package: "nodejs", present: || in_path("node") };
pub(crate) const NPM: Need = Need { package: "npm", present: || in_path("npm") };
pub(crate) const CHROMIUM: Need = Need { package: "chromium", present: has_chromium };
pub(crate) const POSTGRESQL: Need = Need { package: "postgresql", present: has_postgresql };
/// Chinese letters, without which a screenshot shows boxes.
pub(crate) const CHINESE_FONT: Need = Need { package: "fonts-noto-cjk", present: has_chinese_font };

/// Sees to it that everything is there.
///
/// # Errors
/// One line that names what is missing, when this is not Debian, we are not root, or apt-get fails.
pub(crate) fn provide(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    let packages = missing.join(" ");
    if !Path::new("/etc/debian_version").exists() {
        bail!("missing on this machine: {packages} (names of Debian packages)");
    }
    if !is_root() {
        bail!("missing on this machine: {packages}; install with: sudo apt-get install {packages}");
    }
    steps::timed(&format!("apt-get install {packages}"), || {
        steps::run("apt-get update", apt_get().args(["update", "--quiet=2"]))?;
        steps::run(
            "apt-get install",
            apt_get().args(["install", "--yes", "--quiet=2", "--no-install-recommends"]).args(&missing),
        )
    })?;
    match self::missing(needs).as_slice() {
        [] => Ok(()),
        still => bail!("installed, but not to be found: {}", still.join(" ")),
    }
}

fn missing(needs: &[Need]) -> Vec<&'static str> {
    needs.iter().filter(|need| !(need.present)()).map(|need| need.package).collect()
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

fn in_path(program: &str) -> bool {
    find_in(&std::env::var_os("PATH").unwrap_or_default(), program).is_some()
}

fn find_in(path: &std::ffi::OsStr, program: &str) -> Option<PathBuf> {
    std::env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn has_chromium() -> bool {
    // The variable names a Chromium that lies somewhere else; the tests' harness reads it, too.
    std::env::var_os("CHROMIUM").is_some() || Path::new("/usr/bin/chromium").is_file()
}

fn has_postgresql() -> bool {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    debian.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file()) || in_path("initdb")
}

fn has_chinese_font() -> bool {
    // fc-list is a package of its own, which Chromium does not bring along.
    let fonts = Command::new("fc-list").args([":lang=zh", "family"]).output();
    fonts.is_ok_and(|output| !output.stdout.is_empty())
        || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_named() {
        let there = Need { package: "there", present: || true };
        let gone = Need { package: "gone", present: || false };
        assert_eq!(missing(&[there, gone, there]), ["gone"]);
        provide(&[there]).expect("nothing to do");
    }

    #[test]
    fn programs_are_found_along_the_path() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("node"), "").expect("written");
        let path = std::env::join_paths([Path::new("/nowhere"), folder.path()]).expect("a path");
        assert_eq!(find_in(&path, "node"), Some(folder.path().join("node")));
        assert_eq!(find_in(&path, "npm"), None);
    }
}
