//! Why a paper could not be made.

use crate::Face;

/// What is wrong with a paper, its fonts or the writing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// No font has the character, so it would print as an empty box. [`crate::Fonts::missing`] tells beforehand.
    #[error("no font has the character {character:?} (U+{code:04X})", code = u32::from(*.character))]
    NoGlyph {
        /// The character.
        character: char,
    },
    /// The character may not stand in a document, such as a control character.
    #[error("the character {character:?} (U+{code:04X}) may not stand in a document", code = u32::from(*.character))]
    NotText {
        /// The character.
        character: char,
    },
    /// A row of a table has more or fewer cells than the table has columns.
    #[error("row {row} of the table “{table}” has {cells} cells, but the table has {columns} columns")]
    UnevenRow {
        /// Caption of the table, or its first heading.
        table: String,
        /// Which row, from 1.
        row: usize,
        /// Its cells.
        cells: usize,
        /// The columns of the table.
        columns: usize,
    },
    /// A chart that cannot be drawn.
    #[error("the chart “{chart}” cannot be drawn: {fault}")]
    Chart {
        /// Title of the chart.
        chart: String,
        /// What is wrong with it.
        fault: ChartFault,
    },
    /// Words that the standard gives one line, or one page in the case of the imprint, need more.
    #[error("{0} is too long")]
    TooLong(Place),
    /// The bytes given for a face are no font that can be read.
    #[error("the bytes given for {0:?} are not a font")]
    NotAFont(Face),
    /// The file could not be written; a fault of ours.
    #[error("the file could not be written: {0}")]
    Writing(String),
}

/// What is wrong with a chart.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChartFault {
    /// It has no figures.
    #[error("it has no figures")]
    Empty,
    /// A label is longer than a chart can hold.
    #[error("the label “{label}” is longer than {most} characters")]
    LongLabel {
        /// The label.
        label: String,
        /// How many characters there is room for.
        most: usize,
    },
    /// More lines than can be told apart in grey.
    #[error("more than {most} lines cannot be told apart in print")]
    ManySeries {
        /// How many can.
        most: usize,
    },
    /// A series with more or fewer values than there are points.
    #[error("“{series}” has {values} values for {points} points")]
    UnevenSeries {
        /// Name of the series.
        series: String,
        /// Its values.
        values: usize,
        /// The points of the chart.
        points: usize,
    },
}

/// Places of a paper that hold only so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Place {
    /// 发文机关标志.
    #[error("the issuer's mark")]
    Mark,
    /// 发文字号.
    #[error("the number of the paper")]
    Number,
    /// 份号, 密级, 紧急程度.
    #[error("an entry above the issuer's mark")]
    Corner,
    /// 签发人.
    #[error("the list of signers")]
    Signers,
    /// 版记.
    #[error("the imprint")]
    Imprint,
    /// The head of a table, which is repeated on each page.
    #[error("the head of a table")]
    TableHead,
    /// The facts of a placard.
    #[error("the facts of a placard")]
    Facts,
}
