//! Letters into lines: which letters each line holds, and where in the line each stands.

use std::ops::Range;

use crate::breaking::{Blank, blank, is_word, may_break};
use crate::letters::Letter;

/// How far widths may differ and still count as equal, in squares.
const NEARLY: f32 = 0.01;
/// The most that a mark gives up of its square.
const GIVES: f32 = 0.5;
/// The most that two letters are moved apart to fill a line.
const MOST_APART: f32 = 0.25;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Which letters it holds.
    pub(crate) range: Range<usize>,
    /// Where each of them stands, in squares from the start of the line.
    pub(crate) places: Vec<f32>,
    /// How far the line reaches, without spaces at its end, in squares.
    pub(crate) width: f32,
}

/// Breaks letters into lines of the given widths; `fill` moves letters so that full lines end at the edge.
///
/// Every letter is in exactly one line, in order. A word that is wider than a line is taken apart.
pub(crate) fn lines(letters: &[Letter], first: f32, rest: f32, fill: bool) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < letters.len() {
        let measure = if start == 0 { first } else { rest };
        let end = fit(letters, start, measure);
        let ends_there = end == letters.len() || letters[end - 1].char == '\n';
        lines.push(set(letters, start..end, measure, fill && !ends_there));
        start = end;
    }
    lines
}

/// Where the line that begins at `start` ends.
fn fit(letters: &[Letter], start: usize, measure: f32) -> usize {
    let (mut width, mut gives) = (0.0, 0.0);
    let mut natural: Option<(usize, f32)> = None;
    let mut squeezed: Option<(usize, f32)> = None;
    for at in start..letters.len() {
        let letter = letters[at];
        if letter.char == '\n' {
            return at + 1;
        }
        if letter.char != ' ' && width + letter.glyph.advance - gives - give(&letter) > measure + NEARLY {
            break;
        }
        width += letter.glyph.advance;
        gives += give(&letter);
        let next = letters.get(at + 1);
        if next.is_none_or(|next| next.char != '\n' && may_break(letter.char, next.char)) {
            // Spaces at the end hang over the edge.
            let held = width - trailing_spaces(&letters[start..=at]);
            if held <= measure + NEARLY {
                natural = Some((at + 1, held));
            } else if squeezed.is_none() {
                squeezed = Some((at + 1, held));
            }
        }
    }
    match (natural, squeezed) {
        // Rather press marks together than tear characters apart.
        (Some((_, wide)), Some((end, held))) if held - measure <= measure - wide => end,
        (Some((end, _)), _) | (None, Some((end, _))) => end,
        (None, None) => start + torn(&letters[start..], measure),
    }
}

/// How many letters fit when there is no place to break.
fn torn(letters: &[Letter], measure: f32) -> usize {
    let mut width = 0.0;
    let fits = letters.iter().take_while(|letter| {
        width += letter.glyph.advance;
        width <= measure + NEARLY
    });
    fits.count().max(1)
}

fn give(letter: &Letter) -> f32 {
    if letter.glyph.advance > 0.9 && blank(letter.char).is_some() { GIVES } else { 0.0 }
}

fn trailing_spaces(letters: &[Letter]) -> f32 {
    letters.iter().rev().take_while(|letter| letter.char == ' ').map(|letter| letter.glyph.advance).sum()
}

/// Places the letters of one line.
fn set(letters: &[Letter], range: Range<usize>, measure: f32, fill: bool) -> Line {
    let held = &letters[range.clone()];
    let spaces = held.iter().rev().take_while(|letter| matches!(letter.char, ' ' | '\n')).count();
    let solid = &held[..held.len() - spaces];
    let natural: f32 = solid.iter().map(|letter| letter.glyph.advance).sum();
    let over = (natural - measure).max(0.0);
    let gives: f32 = solid.iter().map(give).sum();
    let share = if over > NEARLY && gives > 0.0 { (over / gives).min(1.0) } else { 0.0 };
    let gaps = solid.windows(2).filter(|pair| opens(pair[0].char, pair[1].char)).count();
    let apart = if fill && over <= NEARLY && gaps > 0 {
        ((measure - natural).max(0.0) / gaps as f32).min(MOST_APART)
    } else {
        0.0
    };
    let mut places = Vec::with_capacity(held.len());
    let mut x = 0.0;
    for (at, letter) in held.iter().enumerate() {
        let given = give(letter) * share;
        // A mark that is blank on the left moves into its own blank.
        places.push(if blank(letter.char) == Some(Blank::Left) { x - given } else { x });
        x += letter.glyph.advance - given;
        if at + 1 < solid.len() && opens(letter.char, held[at + 1].char) {
            x += apart;
        }
    }
    let width = natural - gives * share + apart * gaps as f32;
    Line { range, places, width }
}

/// Whether two neighbours may be moved apart: not within a word.
fn opens(before: char, after: char) -> bool {
    !(is_word(before) && is_word(after))
}

/// Breaks a title into lines of nearly equal width, each within the measure.
pub(crate) fn balanced(letters: &[Letter], measure: f32) -> Vec<Line> {
    let loose = lines(letters, measure, measure, false);
    if loose.len() < 2 || letters.iter().any(|letter| letter.char == '\n') {
        return loose;
    }
    let whole = crate::letters::width(letters);
    let mut narrow = whole / loose.len() as f32;
    while narrow < measure {
        let tried = lines(letters, narrow, narrow, false);
        if tried.len() <= loose.len() {
            return tried;
        }
        narrow += 0.5;
    }
    loose
}
