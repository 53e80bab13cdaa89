//! Pages as they are drawn: ink at places, and what part of the paper each piece of ink is.

use crate::grid::Colour;
use crate::letters::Letter;
use crate::lines::Line;

/// A paper laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    pub(crate) sheets: Vec<Sheet>,
    /// The parts that ink belongs to, in reading order.
    pub(crate) parts: Vec<Part>,
}

/// What a part of the paper is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Part {
    /// The title, or that of an attachment.
    Title(String),
    /// A heading with its depth from 1.
    Heading(u16, String),
    /// A paragraph, or anything that reads as one.
    Paragraph,
    /// The words above a table or below a chart.
    Caption,
    /// A cell; row 0 holds the headings.
    Cell { table: usize, row: usize },
    /// A chart, with what it says in words.
    Figure(String),
}

/// One page. Places are from the upper left corner of the text block, y downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) marks: Vec<Mark>,
    /// The first row that is free.
    pub(crate) row: usize,
    /// Whether the page bears its number.
    pub(crate) numbered: bool,
}

/// A piece of ink.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Which part it belongs to; nothing when it only decorates or repeats.
    pub(crate) part: Option<usize>,
    pub(crate) ink: Ink,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ink {
    /// Letters on a baseline.
    Words(Words),
    /// A line through points.
    Stroke { points: Vec<(f32, f32)>, width: f32, colour: Colour, dashes: Vec<f32> },
    /// A filled shape.
    Area { points: Vec<(f32, f32)>, colour: Colour },
}

/// Letters on one baseline.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    pub(crate) y: f32,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
    /// Each letter with its own x.
    pub(crate) letters: Vec<(f32, Letter)>,
}

/// How letters are set: their size, and how far a square reaches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) size: f32,
    pub(crate) square: f32,
    pub(crate) colour: Colour,
}

impl Setting {
    /// Letters that stand as close as they are wide.
    pub(crate) const fn solid(size: f32, colour: Colour) -> Self {
        Self { size, square: size, colour }
    }
}

impl Ink {
    /// A line of letters whose squares begin at `x` and `top`.
    pub(crate) fn line(letters: &[Letter], line: &Line, x: f32, top: f32, setting: Setting) -> Self {
        let held = letters[line.range.clone()].iter().zip(&line.places);
        let letters = held
            .filter(|(letter, _)| letter.char != '\n')
            .map(|(letter, place)| (x + place * setting.square, *letter))
            .collect();
        let y = top + crate::grid::RISE * setting.size;
        Self::Words(Words { y, size: setting.size, colour: setting.colour, letters })
    }

    /// A straight line.
    pub(crate) fn rule(from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) -> Self {
        Self::Stroke { points: vec![from, to], width, colour, dashes: Vec::new() }
    }

    /// A filled rectangle.
    pub(crate) fn rectangle(x: f32, y: f32, width: f32, height: f32, colour: Colour) -> Self {
        Self::Area { points: vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour }
    }

    /// The same ink elsewhere.
    pub(crate) fn moved(mut self, right: f32, down: f32) -> Self {
        match &mut self {
            Self::Words(words) => {
                words.y += down;
                words.letters.iter_mut().for_each(|(x, _)| *x += right);
            }
            Self::Stroke { points, .. } | Self::Area { points, .. } => {
                points.iter_mut().for_each(|(x, y)| {
                    *x += right;
                    *y += down;
                });
            }
        }
        self
    }

    /// The highest point of a rule or shape, the baseline of words.
    pub(crate) fn y(&self) -> f32 {
        match self {
            Self::Words(words) => words.y,
            Self::Stroke { points, .. } | Self::Area { points, .. } => {
                points.iter().map(|(_, y)| *y).fold(f32::INFINITY, f32::min)
            }
        }
    }
}
