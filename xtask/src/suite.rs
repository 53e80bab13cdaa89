//! Every check and test, cheap ones first; ends with the summary of the test run.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;
use databases::Postgres;

use crate::machine::{self, CHINESE_FONT, CHROMIUM, NODE, NPM, POSTGRESQL};
use crate::{bundle, notice, steps};

/// Installs what the tests need and runs them all.
///
/// # Errors
/// The first step that fails, by name; later ones are not tried.
pub(crate) fn run(root: &Path) -> Result<()> {
    machine::provide(&[NODE, NPM, CHROMIUM, POSTGRESQL, CHINESE_FONT])?;
    bundle::bundle(root)?;
    steps::timed("format", || cargo(root, "cargo fmt", &["fmt", "--all", "--check"]))?;
    steps::timed("notice", || notice::check(root))?;
    steps::timed("clippy", || {
        let deny = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
        cargo(root, "cargo clippy", &deny)
    })?;
    steps::timed("doc tests", || cargo(root, "cargo test --doc", &["test", "--workspace", "--doc", "--quiet"]))?;
    tests(root)
}

/// Not timed: the runner's own summary is the last thing printed.
fn tests(root: &Path) -> Result<()> {
    let (name, arguments) = if has_nextest(root) {
        ("cargo nextest", ["nextest", "run", "--workspace"].as_slice())
    } else {
        ("cargo test", ["test", "--workspace", "--lib", "--bins", "--tests"].as_slice())
    };
    steps::timed("compile tests", || {
        let mut arguments = arguments.to_vec();
        arguments.push("--no-run");
        cargo(root, name, &arguments)
    })?;
    // One server for the whole run: a process of nextest is a single test, and none should pay for its own.
    let postgres = steps::timed("start PostgreSQL", || Ok(Postgres::start()?))?;
    println!("── tests");
    let mut command = steps::cargo(root);
    command.args(arguments).env(databases::SERVER_VARIABLE, postgres.url());
    steps::run(name, &mut command)
}

fn cargo(root: &Path, name: &str, arguments: &[&str]) -> Result<()> {
    steps::run(name, steps::cargo(root).args(arguments))
}

fn has_nextest(root: &Path) -> bool {
    let mut command: Command = steps::cargo(root);
    command.args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
