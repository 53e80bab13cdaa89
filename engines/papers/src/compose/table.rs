//! Tables: widths from what the cells hold, rows that break over pages, the head repeated on each.

use super::Composer;
use crate::columns::widths;
use crate::grid::{BLACK, HEIGHT, PITCH, SIZE_SMALL_4, WIDTH, row_top, rows_of};
use crate::letters::{Letter, letters, width};
use crate::lines::{Line, balanced, lines};
use crate::sheet::{Ink, Part, Setting};
use crate::{Align, Face, PaperError, Place, Table};

const SETTING: Setting = Setting::solid(SIZE_SMALL_4, BLACK);
/// From one line of a cell to the next.
const LEADING: f32 = 17.0;
/// Above and below the lines of a cell.
const ABOVE: f32 = 4.0;
/// Left and right of the lines of a cell.
const BESIDE: f32 = 4.0;
/// Around the table.
const FRAME: f32 = 1.0;
/// Between its cells.
const INNER: f32 = 0.5;
/// The fewest lines of a torn row that are left at the foot of a page.
const TORN: usize = 3;

/// A cell whose text has been broken into lines.
struct Cell {
    letters: Vec<Letter>,
    lines: Vec<Line>,
    align: Align,
}

/// A row of cells.
struct Row {
    cells: Vec<Cell>,
    /// Row of the table; 0 is the head.
    number: usize,
}

impl Row {
    fn lines(&self) -> usize {
        self.cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0).max(1)
    }
}

fn height(lines: usize) -> f32 {
    lines as f32 * LEADING + 2.0 * ABOVE
}

/// A table whose rows have been set, not yet placed.
struct SetTable {
    widths: Vec<f32>,
    head: Row,
    rows: Vec<Row>,
}

impl Composer<'_> {
    /// A table; its caption and head never stand without a row below them.
    pub(super) fn table(&mut self, table: &Table) -> Result<(), PaperError> {
        let set = self.set(table)?;
        self.tables += 1;
        let caption = self.caption(table)?;
        self.need(caption.1.len() + start_rows(&set));
        if !caption.1.is_empty() {
            let part = self.part(Part::Caption);
            for line in &caption.1 {
                let x = (WIDTH - line.width * SIZE_SMALL_4) / 2.0;
                self.row_of(part, &caption.0, line, x, SETTING);
            }
        }
        // A caption may have filled the page.
        self.need(start_rows(&set));
        let mut heads = Vec::new();
        for _ in &set.head.cells {
            heads.push(Some(self.part(Part::Cell { table: self.tables, row: 0 })));
        }
        let mut top = self.start(&set, &heads);
        let repeated = vec![None; set.head.cells.len()];
        // A row that is higher than a page goes on below the head of the next one.
        let most = ((HEIGHT - height(set.head.lines()) - 2.0 * ABOVE) / LEADING).max(1.0) as usize;
        for row in &set.rows {
            let mut parts = Vec::new();
            for _ in &row.cells {
                parts.push(Some(self.part(Part::Cell { table: self.tables, row: row.number })));
            }
            let torn = row.lines() > most;
            let mut from = 0;
            while from < row.lines() {
                let left = row.lines() - from;
                let room = ((HEIGHT - top - 2.0 * ABOVE) / LEADING + 0.01).max(0.0) as usize;
                let count = if left <= room {
                    left
                } else if torn && room >= TORN {
                    room
                } else {
                    self.new_sheet();
                    top = self.start(&set, &repeated);
                    left.min(most)
                };
                self.place(&set.widths, row, &parts, from..from + count, top);
                top += height(count);
                self.below_row(top);
                from += count;
            }
        }
        let taken = rows_of(top - row_top(self.row()));
        self.sheet().row += taken;
        Ok(())
    }

    /// The rows that caption, head and first row of a table take.
    pub(super) fn rows_of_start(&self, table: &Table) -> Result<usize, PaperError> {
        Ok(self.caption(table)?.1.len() + start_rows(&self.set(table)?))
    }

    fn caption(&self, table: &Table) -> Result<(Vec<Letter>, Vec<Line>), PaperError> {
        let letters = letters(self.fonts, table.caption.as_deref().unwrap_or_default(), Face::Hei)?;
        let lines = balanced(&letters, WIDTH / SIZE_SMALL_4);
        Ok((letters, lines))
    }

    /// Draws the head of a table in the next free row and answers where its first row begins.
    fn start(&mut self, set: &SetTable, parts: &[Option<usize>]) -> f32 {
        let top = row_top(self.row());
        self.mark(None, Ink::rule((0.0, top), (WIDTH, top), FRAME, BLACK));
        self.place(&set.widths, &set.head, parts, 0..set.head.lines(), top);
        let below = top + height(set.head.lines());
        self.below_row(below);
        below
    }

    /// The line below a row.
    fn below_row(&mut self, y: f32) {
        self.mark(None, Ink::rule((0.0, y), (WIDTH, y), INNER, BLACK));
    }

    /// Draws some lines of a row and the lines left and right of its cells.
    fn place(&mut self, widths: &[f32], row: &Row, parts: &[Option<usize>], shown: std::ops::Range<usize>, top: f32) {
        let bottom = top + height(shown.len());
        let mut x = 0.0;
        self.mark(None, Ink::rule((0.0, top), (0.0, bottom), FRAME, BLACK));
        for (at, (cell, wide)) in row.cells.iter().zip(widths).enumerate() {
            let lines = cell.lines.get(shown.start.min(cell.lines.len())..shown.end.min(cell.lines.len()));
            let lines = lines.unwrap_or_default();
            // Cells with fewer lines than their row stand in its middle.
            let free = (shown.len() - lines.len()) as f32 * LEADING / 2.0;
            for (down, line) in lines.iter().enumerate() {
                let left = match cell.align {
                    Align::Left => BESIDE,
                    Align::Centre => (wide - line.width * SIZE_SMALL_4) / 2.0,
                    Align::Right => wide - BESIDE - line.width * SIZE_SMALL_4,
                };
                let y = top + ABOVE + free + down as f32 * LEADING + (LEADING - SIZE_SMALL_4) / 2.0;
                self.mark(parts[at], Ink::line(&cell.letters, line, x + left, y, SETTING));
            }
            x += wide;
            let width = if at + 1 == widths.len() { FRAME } else { INNER };
            self.mark(None, Ink::rule((x, top), (x, bottom), width, BLACK));
        }
    }

    /// Breaks every cell into lines.
    fn set(&self, table: &Table) -> Result<SetTable, PaperError> {
        let mut heads = Vec::new();
        for column in &table.columns {
            heads.push(letters(self.fonts, &column.heading, Face::Hei)?);
        }
        let mut rows = Vec::new();
        for (at, row) in table.rows.iter().enumerate() {
            if row.len() != table.columns.len() {
                let first = table.columns.first().map(|column| column.heading.clone()).unwrap_or_default();
                let named = table.caption.clone().unwrap_or(first);
                let (cells, columns) = (row.len(), table.columns.len());
                return Err(PaperError::UnevenRow { table: named, row: at + 1, cells, columns });
            }
            let cells: Result<Vec<_>, _> = row.iter().map(|cell| letters(self.fonts, cell, Face::FangSong)).collect();
            rows.push(cells?);
        }
        let asked = heads.iter().enumerate().map(|(at, head)| {
            let cells = rows.iter().map(|row: &Vec<Vec<Letter>>| width(&row[at])).fold(0.0, f32::max);
            (width(head), cells)
        });
        let beside = (2.0 * BESIDE + 1.0) / SIZE_SMALL_4;
        let widths = widths(&table.columns, &asked.collect::<Vec<_>>(), WIDTH / SIZE_SMALL_4, beside);
        let widths: Vec<f32> = widths.into_iter().map(|wide| wide * SIZE_SMALL_4).collect();
        let room: Vec<f32> = widths.iter().map(|wide| (wide - 2.0 * BESIDE).max(1.0) / SIZE_SMALL_4).collect();
        let cells = |letters: Vec<Vec<Letter>>, number: usize| {
            let cells = letters.into_iter().zip(&room).zip(&table.columns).map(|((letters, room), column)| Cell {
                lines: lines(&letters, *room, *room, false),
                align: if number == 0 { Align::Centre } else { column.align },
                letters,
            });
            Row { cells: cells.collect(), number }
        };
        let head = cells(heads, 0);
        if height(head.lines()) > HEIGHT / 2.0 {
            return Err(PaperError::TooLong(Place::TableHead));
        }
        let rows = rows.into_iter().enumerate().map(|(at, row)| cells(row, at + 1)).collect();
        Ok(SetTable { widths, head, rows })
    }
}

/// The rows that the head of a table and its first row take; on an empty page it begins in any case.
fn start_rows(set: &SetTable) -> usize {
    let first = set.rows.first().map_or(0.0, |row| height(row.lines()));
    rows_of((height(set.head.lines()) + first).min(HEIGHT - PITCH))
}
