//! Charts as ink: bars with the tick of the schedule, bars, lines; made to be told apart in grey.

mod bars;
mod line;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::grid::{BLACK, Colour};
use crate::letters::{Letter, letters};
use crate::lines::lines;
use crate::sheet::{Ink, Setting};
use crate::{Chart, ChartFault, Drawing, Face, Fonts, PaperError};

/// The size of words in charts.
const SIZE: f32 = 10.5;
const SETTING: Setting = Setting::solid(SIZE, BLACK);
/// What is done.
const DONE: Colour = Colour(0x2B, 0x45, 0x5E);
/// What there is to do.
const TRACK: Colour = Colour(0xE2, 0xE2, 0xDE);
/// Lines that help the eye.
const FAINT: Colour = Colour(0xB8, 0xB8, 0xB2);
/// The longest label of a row, point or line, in characters.
const LONGEST: usize = 60;
/// The longest printed figure, name of a point or unit, in characters.
const LONGEST_SHORT: usize = 16;
/// The height of one picture that still leaves room for the title of the chart.
const HIGHEST: f32 = 540.0;

/// A chart, or a part of it, as ink from its own upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) height: f32,
    pub(crate) ink: Vec<Ink>,
}

/// Draws a chart as wide as the text block, in as many pictures as fit on pages.
pub(crate) fn pictures(chart: &Chart, fonts: &Fonts) -> Result<Vec<Picture>, PaperError> {
    let drawn = match &chart.drawing {
        Drawing::Bullets(bullets) => bars::bullets(bullets, fonts),
        Drawing::Bars(bars) => bars::bars(bars, fonts),
        Drawing::Line(line) => line::line(line, fonts),
    };
    drawn.map_err(|error| match error {
        Undrawn::Fault(fault) => PaperError::Chart { chart: chart.title.clone(), fault },
        Undrawn::Paper(error) => error,
    })
}

/// Why a chart was not drawn.
enum Undrawn {
    Fault(ChartFault),
    Paper(PaperError),
}

impl From<PaperError> for Undrawn {
    fn from(error: PaperError) -> Self {
        Self::Paper(error)
    }
}

impl From<ChartFault> for Undrawn {
    fn from(fault: ChartFault) -> Self {
        Self::Fault(fault)
    }
}

/// The letters of a label that is not longer than there is room for.
fn label(fonts: &Fonts, text: &str, most: usize) -> Result<Vec<Letter>, Undrawn> {
    if text.chars().count() > most {
        return Err(ChartFault::LongLabel { label: text.to_owned(), most }.into());
    }
    Ok(letters(fonts, &text.replace('\n', " "), Face::Hei)?)
}

/// A label on one line whose square begins at `x` and `top`.
fn words(letters: &[Letter], x: f32, top: f32) -> Vec<Ink> {
    let wide = 1000.0;
    lines(letters, wide, wide, false).iter().map(|line| Ink::line(letters, line, x, top, SETTING)).collect()
}

/// A figure as a length; exactness ends where ink begins.
fn length(value: Decimal) -> f32 {
    value.to_f32().unwrap_or(0.0)
}
