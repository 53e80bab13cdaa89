//! Line breaks: which end a paragraph or an item, and which only the width of a page put there.

use super::{Placed, is_han};
use crate::lexicon::{Unit, UnitKind, lexicon};

/// The text with lines put together that belong together.
pub(super) fn join(letters: &[Placed]) -> Vec<Placed> {
    let lines: Vec<Line<'_>> = letters.split(|(letter, _)| *letter == '\n').map(Line).collect();
    let breaks: Vec<Placed> = letters.iter().filter(|(letter, _)| *letter == '\n').copied().collect();
    let width = wrap_width(&lines);
    let mut joined = Vec::with_capacity(letters.len());
    for (index, line) in lines.iter().enumerate() {
        joined.extend_from_slice(line.0);
        if let (Some(next), Some(line_break)) = (lines.get(index + 1), breaks.get(index))
            && !line.runs_on(*next, width)
        {
            joined.push(*line_break);
        }
    }
    joined
}

#[derive(Clone, Copy)]
struct Line<'a>(&'a [Placed]);

impl Line<'_> {
    /// How wide it is printed: a Chinese character takes two columns, a digit one.
    fn columns(self) -> usize {
        self.0.iter().map(|(letter, _)| if letter.is_ascii() { 1 } else { 2 }).sum()
    }

    fn first(self) -> Option<char> {
        self.letter(0)
    }

    fn letter(self, at: usize) -> Option<char> {
        self.0.get(at).map(|(letter, _)| *letter)
    }

    fn last(self) -> Option<char> {
        self.0.last().map(|(letter, _)| *letter)
    }

    fn is_row(self) -> bool {
        self.0.iter().any(|(letter, _)| matches!(letter, '\t' | '|'))
    }

    /// A number alone on its line: a heading's number, a page number, a cell.
    fn is_bare_number(self) -> bool {
        self.0.iter().all(|(letter, _)| !is_han(*letter) && *letter != '%')
    }

    /// Whether the text goes on in the next line.
    fn runs_on(self, next: Self, width: Option<usize>) -> bool {
        let (Some(last), Some(first)) = (self.last(), next.first()) else {
            return false;
        };
        if self.is_row() || next.is_row() || next.is_item() {
            return false;
        }
        if matches!(last, '。' | '！' | '？' | '；') {
            return false;
        }
        if self.is_bare_number() {
            return false;
        }
        self.cut_inside_a_figure(next)
            || matches!(last, '、' | '，' | '(' | '“' | '《' | '和' | '与' | '及' | '为' | '达' | '超' | '近' | '至')
            || matches!(first, '、' | '，' | '。' | '；' | ')' | '”' | '》' | '%')
            || width.is_some_and(|width| self.columns().abs_diff(width) <= UNEVEN)
    }

    /// “参保人数：58.3万”: a number that needs nothing more.
    fn is_labelled_number(self) -> bool {
        let behind = self.0.iter().rposition(|(letter, _)| *letter == '：').map(|at| &self.0[at + 1..]);
        behind.is_some_and(|behind| {
            Line(behind).is_bare_number()
                || behind.iter().all(|(letter, _)| !is_han(*letter) || matches!(letter, '万' | '亿'))
        })
    }

    /// Digits at the end, and the rest of the number or its unit at the start of the next line: 1 | 202张, 45004 | 剂次,
    /// 318万平 | 方米.
    fn cut_inside_a_figure(self, next: Self) -> bool {
        let Some(first) = next.first() else { return false };
        let of_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '万' | '亿' | '.' | '余' | '多');
        let Some(last) = self.0.iter().rposition(|(letter, _)| of_number(*letter)) else { return false };
        let tail = &self.0[last + 1..];
        // 万 and 亿 must belong to digits: 千家万 / 户.
        let digits =
            self.0[..=last].iter().rev().find(|(letter, _)| !matches!(letter, '万' | '亿' | '.' | '余' | '多'));
        let counted = digits.is_some_and(|(letter, _)| letter.is_ascii_digit());
        if !counted || tail.len() > 3 || next.is_bare_number() || self.is_labelled_number() {
            return false;
        }
        if tail.is_empty() && (first.is_ascii_digit() || matches!(first, '.' | '余' | '多' | '万' | '亿' | '百' | '千'))
        {
            return true;
        }
        let around: String = tail.iter().chain(next.0.iter().take(8)).map(|(letter, _)| *letter).collect();
        let length = |unit: &Unit| unit.name.chars().count();
        let unit = lexicon().unit_at(&around);
        // Behind digits 年 and 月 go on too; behind a unit only a longer unit does.
        unit.is_some_and(|unit| length(unit) > tail.len() && (tail.is_empty() || unit.kind != UnitKind::None))
    }

    /// An item of a list or a heading with a number: “1.”, “（二）”, “三、”, “第四，”, “●”, “01”.
    fn is_item(self) -> bool {
        let Some(first) = self.first() else { return true };
        if matches!(first, '●' | '■' | '◆' | '▲' | '★' | '•' | '·' | '○' | '□' | '①'..='⑳' | '*' | '#' | '※' | '►')
        {
            return true;
        }
        let numeral = |letter: char| letter.is_ascii_digit() || "一二三四五六七八九十".contains(letter);
        let bracketed = first == '(';
        let from = usize::from(bracketed || first == '第');
        let digits = self.0.iter().skip(from).take_while(|(letter, _)| numeral(*letter)).count();
        if digits == 0 || digits > 3 {
            return false;
        }
        let (after, beyond) = (self.letter(from + digits), self.letter(from + digits + 1));
        match after {
            Some(')') => bracketed,
            Some('、') => true,
            Some('.') => !beyond.is_some_and(|letter| letter.is_ascii_digit()),
            Some('，' | '方' | '章' | '条' | '部') => first == '第',
            None => true,
            _ => false,
        }
    }
}

/// Full lines differ by so many columns: a mark, or a word of Latin letters, moves to the next line, or marks are set closer.
const UNEVEN: usize = 7;

/// The width, in columns, at which lines end, where the text is hard-wrapped: nearly all longer lines of prose without a
/// closing mark are of one length. `None` where each line is a paragraph.
fn wrap_width(lines: &[Line<'_>]) -> Option<usize> {
    let prose = || lines.iter().filter(|line| !line.is_row());
    let longest = prose().map(|line| line.columns()).max().filter(|longest| (32..=120).contains(longest))?;
    // Headings and the ends of paragraphs are short, whatever the width.
    let ends = |line: &Line<'_>| matches!(line.last(), Some('。' | '！' | '？' | '；' | '：'));
    let mut open: Vec<usize> =
        prose().filter(|line| !ends(line)).map(|line| line.columns()).filter(|length| length * 2 > longest).collect();
    open.sort_unstable();
    let width = *open.get(open.len() / 2)?;
    let full = open.iter().filter(|length| length.abs_diff(width) <= UNEVEN).count();
    (full >= 3 && full * 5 >= open.len() * 4).then_some(width)
}
