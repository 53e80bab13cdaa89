//! A bulletin as it is shown, printed and frozen: headings, paragraphs, charts, and where each figure stands.

use bulletins::Span;
use figures::Decimal;
use serde::{Deserialize, Serialize};

use super::bindings::Bound;

/// A text with its figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The title.
    pub title: String,
    /// From top to bottom.
    pub blocks: Vec<Block>,
    /// The figures, in the order in which they stand.
    pub figures: Vec<Bound>,
}

/// A piece of the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "block")]
pub enum Block {
    /// A heading: 1 for 一、, 2 for （一）.
    Heading {
        /// 1 or 2.
        level: u8,
        /// What it says.
        pieces: Vec<Piece>,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        pieces: Vec<Piece>,
    },
    /// A table.
    Table {
        /// The headings of its columns.
        columns: Vec<String>,
        /// What stands in the cells, row by row, as many in each as there are columns.
        rows: Vec<Vec<Vec<Piece>>>,
    },
    /// Progress against the schedule.
    Chart {
        /// Its title.
        title: String,
        /// Where the schedule stands, in percent.
        schedule: Option<Decimal>,
        /// The bars.
        bars: Vec<Bar>,
    },
}

/// One bar of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bar {
    /// What is measured.
    pub label: String,
    /// Done of to be done, in percent; none where nothing was reported.
    pub done: Option<Decimal>,
    /// As printed: 81.7%.
    pub printed: String,
    /// A light's style class; empty without one.
    pub light: String,
}

/// Words or a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Words.
    Words(String),
    /// A figure, as its index in [`Document::figures`].
    Figure(usize),
    /// What the author must still supply (【待补：…】), or a placeholder that names nothing.
    Gap(String),
}

impl Document {
    /// The pieces of a heading, a paragraph or the cells of a table.
    fn pieces(block: &Block) -> Vec<&Piece> {
        match block {
            Block::Heading { pieces, .. } | Block::Paragraph { pieces } => pieces.iter().collect(),
            Block::Table { rows, .. } => rows.iter().flatten().flatten().collect(),
            Block::Chart { .. } => Vec::new(),
        }
    }

    /// The text as a reader gets it, and where each figure stands in it, in characters.
    pub fn text(&self) -> (String, Vec<(usize, Span)>) {
        let mut text = format!("{}\n", self.title);
        let mut at = self.title.chars().count() + 1;
        let mut places = Vec::new();
        let (mut first, mut second) = (0, 0);
        for block in &self.blocks {
            let mut say = |words: &str| {
                text.push_str(words);
                let start = at;
                at += words.chars().count();
                Span { start, end: at }
            };
            let mut said = |pieces: &[Piece], say: &mut dyn FnMut(&str) -> Span| {
                for piece in pieces {
                    match piece {
                        Piece::Words(words) | Piece::Gap(words) => drop(say(words)),
                        Piece::Figure(figure) => {
                            if let Some(bound) = self.figures.get(*figure) {
                                places.push((*figure, say(&bound.text)));
                            }
                        }
                    }
                }
            };
            match block {
                Block::Chart { .. } => continue,
                Block::Heading { level, pieces } => {
                    say(&numbered(*level, &mut first, &mut second));
                    said(pieces, &mut say);
                }
                Block::Paragraph { pieces } => said(pieces, &mut say),
                Block::Table { columns, rows } => {
                    say(&columns.join(CELLS));
                    for row in rows {
                        say("\n");
                        for (column, cell) in row.iter().enumerate() {
                            if column > 0 {
                                say(CELLS);
                            }
                            said(cell, &mut say);
                        }
                    }
                }
            }
            say("\n");
        }
        (text, places)
    }

    /// What is still open: gaps in the order in which they stand.
    pub fn gaps(&self) -> Vec<&str> {
        let pieces = self.blocks.iter().flat_map(Self::pieces);
        pieces.filter_map(|piece| if let Piece::Gap(gap) = piece { Some(gap.as_str()) } else { None }).collect()
    }

    /// Blocks with the number that a heading has in print: 一、 and （一）.
    pub fn counted(&self) -> Vec<(String, &Block)> {
        let (mut first, mut second) = (0, 0);
        let number = |block| match block {
            &Block::Heading { level, .. } => numbered(level, &mut first, &mut second),
            _ => String::new(),
        };
        self.blocks.iter().map(number).zip(&self.blocks).collect()
    }
}

/// What parts the cells of a table in plain text.
const CELLS: &str = " | ";

const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

/// 一、 for a heading of the first level, （一） for one of the second.
fn numbered(level: u8, first: &mut usize, second: &mut usize) -> String {
    if level == 1 {
        (*first, *second) = (*first + 1, 0);
        format!("{}、", chinese(*first))
    } else {
        *second += 1;
        format!("（{}）", chinese(*second))
    }
}

/// 1 to 99 in Chinese digits.
fn chinese(number: usize) -> String {
    match (number / 10, number % 10) {
        (0, ones) => DIGITS[ones].to_owned(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens, ones) if tens < 10 => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_count_as_in_official_papers() {
        let (mut first, mut second) = (0, 0);
        let mut next = |level| numbered(level, &mut first, &mut second);
        assert_eq!([next(1), next(2), next(2), next(1), next(2)], ["一、", "（一）", "（二）", "二、", "（一）"]);
        assert_eq!([10, 11, 20, 37, 99].map(chinese), ["十", "十一", "二十", "三十七", "九十九"]);
    }
}
