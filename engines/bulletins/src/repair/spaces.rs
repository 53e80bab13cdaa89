//! Blanks inside lines: Chinese is written without them, tables are drawn with them.

use super::{Placed, is_han};

/// The text without blanks that scanning or typesetting put between Chinese characters and digits. Wide gaps of a
/// line that has several become tabs: such a line is the row of a table.
pub(super) fn close(letters: &[Placed]) -> Vec<Placed> {
    let mut closed = Vec::with_capacity(letters.len());
    let mut start = 0;
    while start < letters.len() {
        let end =
            letters[start..].iter().position(|(letter, _)| *letter == '\n').map_or(letters.len(), |at| start + at);
        close_line(&letters[start..end], &mut closed);
        closed.extend(letters.get(end));
        start = end + 1;
    }
    closed
}

fn close_line(line: &[Placed], closed: &mut Vec<Placed>) {
    let is_blank = |letter: char| letter == ' ';
    let first = line.iter().position(|(letter, _)| !letter.is_whitespace()).unwrap_or(line.len());
    let last = line.iter().rposition(|(letter, _)| !letter.is_whitespace()).map_or(first, |last| last + 1);
    // An empty first cell keeps its tab.
    closed.extend(line[..first].iter().filter(|(letter, _)| *letter == '\t'));
    let line = &line[first..last];
    let drawn = drawn_with_blanks(line);
    let mut at = 0;
    while at < line.len() {
        let (letter, place) = line[at];
        if !is_blank(letter) {
            closed.push((letter, place));
            at += 1;
            continue;
        }
        let width = line[at..].iter().take_while(|(letter, _)| is_blank(*letter)).count();
        let (before, after) = (line[at - 1].0, line.get(at + width).map_or('\n', |(letter, _)| *letter));
        if drawn && width >= 2 {
            closed.push(('\t', place));
        } else if !drawn && open_group(&line[..at]) && after.is_ascii_digit() {
            // 6,1 20: the group of three goes on behind the blank.
        } else if before.is_ascii_digit() && after.is_ascii_digit() {
            if drawn || !one_number(line, at, width) {
                closed.push((' ', place));
            }
        } else if before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric() {
            closed.push((' ', place));
        }
        at += width;
    }
}

/// Whether a line so far ends with a comma between digits and fewer than three digits behind it.
fn open_group(line: &[Placed]) -> bool {
    let digits = line.iter().rev().take(3).take_while(|(letter, _)| letter.is_ascii_digit()).count();
    let comma = (digits < 3).then(|| line.len().checked_sub(digits + 1)).flatten();
    comma.is_some_and(|comma| {
        line[comma].0 == ',' && comma.checked_sub(1).is_some_and(|before| line[before].0.is_ascii_digit())
    })
}

/// A line with two or more wide gaps between short cells.
fn drawn_with_blanks(line: &[Placed]) -> bool {
    let mut gaps = 0;
    let mut width = 0;
    for (letter, _) in line {
        match letter {
            ' ' => width += 1,
            '。' | '；' => return false,
            _ => {
                gaps += usize::from(width >= 2);
                width = 0;
            }
        }
    }
    gaps >= 2
}

/// Whether digits on both sides of a blank are one number: Chinese stands right behind them and in front of them, so
/// that they are no column of a table.
fn one_number(line: &[Placed], at: usize, width: usize) -> bool {
    let of_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ' ' | ',');
    let behind = line[at + width..].iter().find(|(letter, _)| !of_number(*letter));
    let in_front = line[..at].iter().rev().find(|(letter, _)| !of_number(*letter));
    let chinese = |found: Option<&Placed>| found.is_some_and(|(letter, _)| is_han(*letter) || *letter == '%');
    // At the end of a wrapped line its unit comes with the next.
    let prose = || line.iter().any(|(letter, _)| matches!(letter, '，' | '。' | '、' | '；'));
    chinese(in_front) && (chinese(behind) || (behind.is_none() && prose()))
}
