//! The paper on its pages: title, text, attachments; head, closing and tables are beside this file.
//!
//! A page is 22 rows. Text takes one row a line; tables and charts take whole rows, so that text after them stands on
//! the grid again.

mod closing;
mod head;
mod table;
#[cfg(test)]
mod tests;

use crate::grid::{BLACK, CELL, COLUMNS, ROWS, SIZE_2, SIZE_3, WIDTH, row_top, rows_of};
use crate::letters::{Letter, letters, of_runs};
use crate::lines::{Line, balanced, lines};
use crate::sheet::{Ink, Layout, Mark, Part, Setting, Sheet};
use crate::{Block, Chart, Face, Fonts, Level, Numbering, Paper, PaperError, numbering, picture};

/// The setting of the text.
const TEXT: Setting = Setting { size: SIZE_3, square: CELL, colour: BLACK };
/// The indent of a paragraph, in characters.
const INDENT: f32 = 2.0;

/// Lays a paper out.
pub(crate) fn layout(paper: &Paper, fonts: &Fonts) -> Result<Layout, PaperError> {
    let mut composer = Composer::new(fonts);
    composer.new_sheet();
    if let Some(head) = &paper.head {
        composer.head(head)?;
    }
    composer.title(&paper.title)?;
    composer.gap(1);
    if let Some(addressee) = &paper.addressee {
        composer.addressee(addressee)?;
    }
    composer.blocks(&paper.blocks, paper.numbering)?;
    composer.list_of_attachments(&paper.attachments)?;
    if let Some(signature) = &paper.signature {
        composer.signature(signature)?;
    }
    if let Some(note) = &paper.note {
        composer.paragraph(&letters(fonts, &format!("（{note}）"), Face::FangSong)?);
    }
    let alone = paper.attachments.len() == 1;
    for (at, attachment) in paper.attachments.iter().enumerate().filter(|(_, one)| !one.blocks.is_empty()) {
        composer.attachment(&if alone { "附件".to_owned() } else { format!("附件{}", at + 1) }, attachment)?;
    }
    if let Some(imprint) = &paper.imprint {
        composer.imprint(imprint)?;
    }
    let mut layout = composer.layout;
    layout.sheets.iter_mut().for_each(|sheet| sheet.numbered = paper.page_numbers);
    Ok(layout)
}

/// A paper that is being laid out.
struct Composer<'a> {
    fonts: &'a Fonts,
    layout: Layout,
    /// How many tables there are so far.
    tables: usize,
}

impl<'a> Composer<'a> {
    fn new(fonts: &'a Fonts) -> Self {
        Self { fonts, layout: Layout::default(), tables: 0 }
    }

    fn new_sheet(&mut self) {
        self.layout.sheets.push(Sheet::default());
    }

    /// The page that is being filled.
    fn sheet(&mut self) -> &mut Sheet {
        let last = self.layout.sheets.len() - 1;
        &mut self.layout.sheets[last]
    }

    fn row(&mut self) -> usize {
        self.sheet().row
    }

    /// Goes to a new page unless that many rows are free; a page that is still empty is never left.
    fn need(&mut self, rows: usize) {
        let row = self.row();
        if row > 0 && row + rows > ROWS {
            self.new_sheet();
        }
    }

    /// Leaves rows blank, but not at the head of a page.
    fn gap(&mut self, rows: usize) {
        let sheet = self.sheet();
        if sheet.row > 0 {
            sheet.row = (sheet.row + rows).min(ROWS);
        }
    }

    fn part(&mut self, part: Part) -> usize {
        self.layout.parts.push(part);
        self.layout.parts.len() - 1
    }

    fn mark(&mut self, part: Option<usize>, ink: Ink) {
        self.sheet().marks.push(Mark { part, ink });
    }

    /// One line in the next free row, a new page where there is none.
    fn row_of(&mut self, part: usize, letters: &[Letter], line: &Line, x: f32, setting: Setting) {
        self.need(1);
        let top = row_top(self.row());
        self.mark(Some(part), Ink::line(letters, line, x, top, setting));
        self.sheet().row += 1;
    }

    fn title(&mut self, title: &str) -> Result<(), PaperError> {
        let letters = letters(self.fonts, title, Face::XiaoBiaoSong)?;
        let setting = Setting::solid(SIZE_2, BLACK);
        let part = self.part(Part::Title(title.replace('\n', "")));
        for line in balanced(&letters, WIDTH / SIZE_2) {
            // 二号 is higher than the last row of a page.
            self.need(2);
            self.row_of(part, &letters, &line, (WIDTH - line.width * SIZE_2) / 2.0, setting);
        }
        Ok(())
    }

    /// 主送机关: at the edge, with a colon.
    fn addressee(&mut self, addressee: &str) -> Result<(), PaperError> {
        let named = addressee.trim_end_matches(['：', ':']);
        let letters = letters(self.fonts, &format!("{named}："), Face::FangSong)?;
        let part = self.part(Part::Paragraph);
        for line in lines(&letters, COLUMNS, COLUMNS, true) {
            self.row_of(part, &letters, &line, 0.0, TEXT);
        }
        Ok(())
    }

    fn blocks(&mut self, blocks: &[Block], numbering: Numbering) -> Result<(), PaperError> {
        let headings = numbering::headings(blocks, numbering);
        for (at, block) in blocks.iter().enumerate() {
            match block {
                Block::Heading { level, .. } => {
                    let printed = headings[at].as_deref().unwrap_or_default();
                    let below = self.rows_below(&blocks[at + 1..], &headings[at + 1..])?;
                    self.heading(*level, printed, below)?;
                }
                Block::Paragraph(runs) => self.paragraph(&of_runs(self.fonts, runs)?),
                Block::Table(table) => self.table(table)?,
                Block::Chart(chart) => self.chart(chart)?,
            }
        }
        Ok(())
    }

    /// The rows that must follow a heading on its page: the next text line, or the start of a table, or a chart, with
    /// the headings that stand in between.
    fn rows_below(&self, blocks: &[Block], headings: &[Option<String>]) -> Result<usize, PaperError> {
        let mut rows = 0;
        for (block, heading) in blocks.iter().zip(headings) {
            match block {
                Block::Heading { level, .. } => {
                    let letters = letters(self.fonts, heading.as_deref().unwrap_or_default(), face(*level))?;
                    rows += indented(&letters).len();
                }
                Block::Paragraph(runs) if runs.iter().all(|run| run.text.is_empty()) => {}
                Block::Paragraph(_) => return Ok(rows + 1),
                Block::Table(table) => return Ok(rows + self.rows_of_start(table)?),
                Block::Chart(chart) => {
                    let first = picture::pictures(chart, self.fonts)?.into_iter().next();
                    return Ok(rows + first.map_or(0, |picture| rows_of(picture.height) + 1));
                }
            }
        }
        Ok(rows)
    }

    fn heading(&mut self, level: Level, printed: &str, below: usize) -> Result<(), PaperError> {
        let letters = letters(self.fonts, printed, face(level))?;
        let set = indented(&letters);
        // Headings that would fill a page by themselves keep only the next line.
        self.need(set.len() + if set.len() + below > ROWS { 1 } else { below });
        let part = self.part(Part::Heading(level as u16 + 1, printed.replace('\n', "")));
        self.indented_rows(part, &letters, &set);
        Ok(())
    }

    fn paragraph(&mut self, letters: &[Letter]) {
        let part = self.part(Part::Paragraph);
        self.indented_rows(part, letters, &indented(letters));
    }

    fn indented_rows(&mut self, part: usize, letters: &[Letter], set: &[Line]) {
        for line in set {
            let starts = line.range.start == 0 || letters[line.range.start - 1].char == '\n';
            self.row_of(part, letters, line, if starts { INDENT * CELL } else { 0.0 }, TEXT);
        }
    }

    /// A chart with its title below; a long one goes on in further pictures.
    fn chart(&mut self, chart: &Chart) -> Result<(), PaperError> {
        let title = letters(self.fonts, &chart.title, Face::Hei)?;
        let setting = Setting::solid(crate::grid::SIZE_SMALL_4, BLACK);
        let titles = balanced(&title, WIDTH / setting.size);
        let pictures = picture::pictures(chart, self.fonts)?;
        let count = pictures.len();
        for (at, picture) in pictures.into_iter().enumerate() {
            let last = at + 1 == count;
            self.need(rows_of(picture.height) + if last { titles.len() } else { 0 });
            let part = self.part(Part::Figure(words_for(chart).to_owned()));
            let top = row_top(self.row());
            for ink in picture.ink {
                self.mark(Some(part), ink.moved(0.0, top));
            }
            self.sheet().row += rows_of(picture.height);
        }
        let part = self.part(Part::Caption);
        for line in &titles {
            self.row_of(part, &title, line, (WIDTH - line.width * setting.size) / 2.0, setting);
        }
        Ok(())
    }
}

/// What is said of a chart to who cannot see it; its title where nobody wrote more.
pub(crate) fn words_for(chart: &Chart) -> &str {
    if chart.alt.trim().is_empty() { &chart.title } else { &chart.alt }
}

/// The face of a heading.
pub(crate) fn face(level: Level) -> Face {
    match level {
        Level::One => Face::Hei,
        Level::Two => Face::Kai,
        Level::Three | Level::Four => Face::FangSong,
    }
}

/// The lines of a paragraph: each line that the writer began is indented.
fn indented(letters: &[Letter]) -> Vec<Line> {
    let mut set = Vec::new();
    let mut start = 0;
    for paragraph in letters.split_inclusive(|letter| letter.char == '\n') {
        set.extend(
            lines(paragraph, COLUMNS - INDENT, COLUMNS, true)
                .into_iter()
                .map(|line| Line { range: line.range.start + start..line.range.end + start, ..line }),
        );
        start += paragraph.len();
    }
    set
}
