//! Published figures in and out as JSON Lines: the facts format (docs/data-format.md).
//!
//! A file is read twice: [`survey`] looks at every line, finds all that is wrong and learns which programmes, series and
//! breakdowns it holds; [`import`] then writes in batches. So a file of a million lines needs little memory, and a file
//! with one wrong line writes nothing.

mod adopted;
mod export;
mod import;
mod line;
mod survey;

pub use export::export;
pub use import::{Imported, Progress, import};
pub use line::Fact;

/// Reads one line by itself.
///
/// # Errors
/// Every key that is missing or wrong, each with its place.
pub fn read_line(text: &str) -> Result<Fact, Vec<kernel::Place>> {
    line::read(text, 1).map(|(fact, _)| fact)
}
