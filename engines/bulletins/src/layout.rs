//! The lines of a mended text and what each is: heading, prose, row of a table.

use std::ops::Range;

/// One line of a mended text.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// Its bytes, the line break left out.
    pub(crate) place: Range<usize>,
    pub(crate) shape: Shape,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Short, and not closed by a mark: a title, a heading, an item of a list.
    Short,
    /// Sentences.
    Prose,
    /// Cells parted by | or tabs.
    Row,
}

/// Lines with more characters than this are prose, however they end.
const SHORT: usize = 60;

/// The lines of a text that are not blank.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut start = 0;
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let place = start..start + line.len();
        start += line.len() + 1;
        if line.trim().is_empty() {
            continue;
        }
        let shape = if line.trim().contains(['\t', '|']) {
            Shape::Row
        } else if line.trim_end().ends_with(['。', '；', '！', '？']) || line.chars().nth(SHORT).is_some() {
            Shape::Prose
        } else {
            Shape::Short
        };
        lines.push(Line { place, shape });
    }
    lines
}

/// The index of the line that a byte lies in; the last line before it where it lies in none.
pub(crate) fn line_at(lines: &[Line], at: usize) -> usize {
    lines.partition_point(|line| line.place.start <= at).saturating_sub(1)
}
