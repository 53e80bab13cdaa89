//! What the command line says, and the bar it shows for long work. Everything that is printed is printed here.
//!
//! A reader that has seen enough, as in `minsheng export facts | head -1`, ends the output and not the command: what is still
//! said goes nowhere. Any other fault, such as a full disk, is told at the end and makes the exit code 1.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::Error;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Prints a line on standard output.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::say_line(::std::format_args!($($words)*)) };
}

/// Prints a line on standard error.
macro_rules! note {
    ($($words:tt)*) => { $crate::output::note_line(::std::format_args!($($words)*)) };
}

pub(crate) use {note, say};

/// The first thing that went wrong while printing, but for a reader who left.
static FAULT: OnceLock<String> = OnceLock::new();

/// [`say!`] as a function.
pub(crate) fn say_line(words: Arguments<'_>) {
    if let Err(error) = Standard.write_all(format!("{words}\n").as_bytes()) {
        FAULT.get_or_init(|| error.to_string());
    }
}

/// [`note!`] as a function. Where standard error is closed there is nobody left to tell.
pub(crate) fn note_line(words: Arguments<'_>) {
    let _ = io::stderr().lock().write_all(format!("{words}\n").as_bytes());
}

/// What kept the answer from being printed.
pub(crate) fn fault() -> Option<&'static str> {
    FAULT.get().map(String::as_str)
}

/// Standard output for whatever writes bytes.
pub(crate) struct Standard;

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match io::stdout().lock().write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            written => written,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match io::stdout().lock().flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            flushed => flushed,
        }
    }
}

/// What went wrong, for the person at the terminal: the problem with its places, or the fault with its causes.
pub(crate) fn failure(error: &Error) -> String {
    match error.downcast_ref::<store::Error>().and_then(store::Error::problem) {
        Some(problem) => format!("错误：{problem}"),
        None => format!("错误 (error): {error:#}"),
    }
}

/// A bar for `what`; shown on a terminal only.
pub(crate) fn bar(what: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Moves `bar` as an import tells.
pub(crate) fn follow(bar: &ProgressBar) -> impl FnMut(u64, u64) + Send + use<> {
    let bar = bar.clone();
    move |done, whole| {
        bar.set_length(whole);
        bar.set_position(done);
    }
}
