//! The measures of GB/T 9704-2012, in points of 1/72 inch unless a name says otherwise.
//!
//! The text block (版心) is a grid of 22 lines of 28 characters of size 三号 (16 pt). The standard defines a line as the
//! height of a character and 7/8 of that of 三号; with characters of 16 pt, 22 such lines would stand 3 mm over the block.
//! The grid here fills the block exactly: the first line touches its upper edge, the last its lower one, and a line is
//! 29.6 pt. Characters are 15.79 pt apart for the same reason.

/// One millimetre.
pub(crate) const MM: f32 = 72.0 / 25.4;
/// Width of A4.
pub(crate) const PAGE_WIDTH: f32 = 210.0 * MM;
/// Height of A4.
pub(crate) const PAGE_HEIGHT: f32 = 297.0 * MM;
/// 订口: from the left edge of the paper to the text block.
pub(crate) const LEFT: f32 = 28.0 * MM;
/// 天头: from the upper edge of the paper to the text block.
pub(crate) const TOP: f32 = 37.0 * MM;
/// Width of the text block.
pub(crate) const WIDTH: f32 = 156.0 * MM;
/// Height of the text block.
pub(crate) const HEIGHT: f32 = 225.0 * MM;
/// Lines on a page.
pub(crate) const ROWS: usize = 22;
/// Characters in a line.
pub(crate) const COLUMNS: f32 = 28.0;
/// From one character of the text to the next.
pub(crate) const CELL: f32 = WIDTH / COLUMNS;
/// From one line to the next.
pub(crate) const PITCH: f32 = (HEIGHT - SIZE_3) / (ROWS as f32 - 1.0);
/// 二号: the title.
pub(crate) const SIZE_2: f32 = 22.0;
/// 三号: the text.
pub(crate) const SIZE_3: f32 = 16.0;
/// 四号: page numbers and imprint.
pub(crate) const SIZE_4: f32 = 14.0;
/// 小四: tables.
pub(crate) const SIZE_SMALL_4: f32 = 12.0;
/// How far the baseline of a Chinese character lies below the upper edge of its square, in squares.
pub(crate) const RISE: f32 = 0.88;
/// The red of the head: magenta and yellow in full.
pub(crate) const RED: Colour = Colour(0xE6, 0x00, 0x12);
/// Black.
pub(crate) const BLACK: Colour = Colour(0, 0, 0);

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// The upper edge of a row, from the upper edge of the text block.
pub(crate) fn row_top(row: usize) -> f32 {
    row as f32 * PITCH
}

/// How many whole rows a height takes.
pub(crate) fn rows_of(height: f32) -> usize {
    // A last row needs no space below it.
    ((height - SIZE_3) / PITCH - 0.001).ceil().max(0.0) as usize + 1
}
