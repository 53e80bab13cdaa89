//! Text as letters: each character with its glyph.

use crate::fonts::Glyph;
use crate::{Face, Fonts, PaperError, Run, Style};

/// One character as it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Letter {
    pub(crate) char: char,
    pub(crate) glyph: Glyph,
    pub(crate) bold: bool,
}

/// The letters of a text in one face.
pub(crate) fn letters(fonts: &Fonts, text: &str, face: Face) -> Result<Vec<Letter>, PaperError> {
    text.chars().map(|char| letter(fonts, char, face, false)).collect()
}

/// The letters of a paragraph.
pub(crate) fn of_runs(fonts: &Fonts, runs: &[Run]) -> Result<Vec<Letter>, PaperError> {
    let styled = runs.iter().flat_map(|run| {
        let face = match run.style {
            Style::Plain | Style::Bold => Face::FangSong,
            Style::Hei => Face::Hei,
            Style::Kai => Face::Kai,
        };
        run.text.chars().map(move |char| (char, face, run.style == Style::Bold))
    });
    styled.map(|(char, face, bold)| letter(fonts, char, face, bold)).collect()
}

/// White space is a space, but for the line feed, which is a glyph of no width that ends a line, and the blank square.
fn letter(fonts: &Fonts, char: char, face: Face, bold: bool) -> Result<Letter, PaperError> {
    if char == '\n' {
        let space = fonts.glyph(face, ' ')?;
        return Ok(Letter { char, glyph: Glyph { advance: 0.0, ..space }, bold });
    }
    let char = if char.is_whitespace() && char != '\u{3000}' { ' ' } else { char };
    Ok(Letter { char, glyph: fonts.glyph(face, char)?, bold })
}

/// The width of letters set without breaks, in squares.
pub(crate) fn width(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.glyph.advance).sum()
}
