//! The paper as DOCX: real styles with the names and fonts that Chinese offices know, so that it can be edited on.

mod body;
mod package;
mod styles;
mod tables;
mod xml;

use crate::{Fonts, Paper, PaperError};

/// The paper as DOCX, with the same bytes for the same paper.
///
/// Words keep their characters whatever the fonts of this crate hold: Word and WPS set them in the fonts of the machine.
/// Only charts are drawn here, as pictures with the words that say what they show.
///
/// # Errors
/// [`PaperError::NotText`] for control characters, which no XML may hold, [`PaperError::UnevenRow`] and
/// [`PaperError::Chart`] for tables and charts that cannot be set.
pub fn docx(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, PaperError> {
    let body = body::Body::of(paper, fonts)?;
    package::write(paper, &body)
}
