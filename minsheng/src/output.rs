//! What the command line says, and the bar it shows for long work.

use std::time::Duration;

use anyhow::Error;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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
