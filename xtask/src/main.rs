//! Set-up, bundle, build, demo and test: what the README and CI call.
//!
//! Each command does all that it needs, in order, and skips what is already done: a second run is instant.
//! Programs from outside (node, chromium, PostgreSQL) are installed only on Debian and only by root; anywhere
//! else one line says what is missing.

#![expect(clippy::print_stdout, reason = "a build tool talks to the person who started it")]

mod bundle;
mod machine;
mod notice;
mod product;
mod stamp;
mod steps;
mod suite;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Set-up, bundle, build, demo and test.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start the program with the sample years
    Demo {
        /// Passed on to `minsheng demo`, such as --listen 127.0.0.1:8080
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        flags: Vec<String>,
    },
    /// Build the release binary, which then needs no other file
    Build,
    /// Bundle scripts and styles into assets/bundle
    Bundle,
    /// Install what the tests need, then run every check and test
    Test,
    /// Write NOTICE, the list of third-party parts inside the product
    Notice {
        /// Write nothing; fail when NOTICE is not what it should be
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(CommandLine::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever RUST_BACKTRACE says: it is read by people who want to know what to do.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    let root = root()?;
    match task {
        Task::Demo { flags } => product::demo(&root, &flags),
        Task::Build => product::build(&root).and_then(|binary| product::describe(&binary)),
        Task::Bundle => bundle::bundle(&root),
        Task::Test => suite::run(&root),
        Task::Notice { check: true } => notice::check(&root),
        Task::Notice { check: false } => notice::write(&root),
    }
}

/// The repository: the folder above this package.
fn root() -> Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().context("xtask lies in the repository")?;
    Ok(root.to_path_buf())
}
