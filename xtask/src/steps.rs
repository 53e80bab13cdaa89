//! A step: a program that is run, named and timed. The first one that fails ends the run.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The cargo that started us. Where `CI` says that nobody builds a second time, nothing is kept for it: incremental state
/// is more than a third of what a whole build writes (4.7 of 12.5 GB).
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    if std::env::var_os("CI").is_some_and(|says| says != "false") {
        command.env("CARGO_INCREMENTAL", "0");
    }
    command
}

/// Runs a program to its end; an error names the step.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{name}: {} could not be started", program(command)))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Runs a program and returns what it wrote to standard output.
pub(crate) fn output(name: &str, command: &mut Command) -> Result<Vec<u8>> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{name}: {} could not be started", program(command)))?;
    if !output.status.success() {
        bail!("{name} failed ({})", output.status);
    }
    Ok(output.stdout)
}

/// Announces a step, does it, and says how long it took.
pub(crate) fn timed<T>(name: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {name}");
    let started = Instant::now();
    let result = step().with_context(|| format!("step “{name}” failed"))?;
    println!("── {name}: {}", readable(started.elapsed()));
    Ok(result)
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn readable(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(readable(Duration::from_millis(1250)), "1.2 s");
        assert_eq!(readable(Duration::from_secs(605)), "10 min 05 s");
    }

    #[test]
    fn a_failing_program_is_named() {
        let error = run("always fails", &mut Command::new("false")).expect_err("false fails");
        assert!(error.to_string().starts_with("always fails failed"), "{error}");
    }
}
