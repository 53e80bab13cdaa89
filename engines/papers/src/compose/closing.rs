//! What closes a paper: the list of attachments, signature and date, attachments, imprint.

use super::{Composer, TEXT};
use crate::grid::{BLACK, CELL, COLUMNS, HEIGHT, MM, ROWS, SIZE_3, SIZE_4, WIDTH, row_top, rows_of};
use crate::letters::{letters, width};
use crate::lines::lines;
use crate::sheet::{Ink, Mark, Part, Setting};
use crate::{Attachment, Face, Imprint, Numbering, PaperError, Place, Signature, printed_day};

/// Blank rows above the signature.
const ABOVE_SIGNATURE: usize = 2;
/// Lines of text that stay with a signature.
const WITH_SIGNATURE: usize = 2;
/// From one line of the imprint to the next.
const IMPRINT_PITCH: f32 = SIZE_4 + SIZE_3 * 7.0 / 8.0;
/// The first and last line of the imprint.
const THICK: f32 = 0.35 * MM;
/// The line between its entries.
const THIN: f32 = 0.25 * MM;

impl Composer<'_> {
    /// 附件说明: one blank row below the text, two characters in; names that need more lines hang.
    pub(super) fn list_of_attachments(&mut self, attachments: &[Attachment]) -> Result<(), PaperError> {
        self.gap(usize::from(!attachments.is_empty()));
        for (at, attachment) in attachments.iter().enumerate() {
            let lead = match (at, attachments.len()) {
                (0, 1) => "附件：".to_owned(),
                (0, _) => "附件：1.".to_owned(),
                _ => format!("{}.", at + 1),
            };
            let lead = letters(self.fonts, &lead, Face::FangSong)?;
            // The names stand below each other, whatever the width of their number.
            let hang = 5.0 + if attachments.len() == 1 { 0.0 } else { 1.0 };
            let start = if at == 0 { 2.0 } else { hang - width(&lead) };
            let name = letters(self.fonts, &attachment.name, Face::FangSong)?;
            let part = self.part(Part::Paragraph);
            let set = lines(&name, COLUMNS - hang, COLUMNS - hang, true);
            self.need(1);
            let top = row_top(self.row());
            for line in lines(&lead, COLUMNS, COLUMNS, false) {
                self.mark(Some(part), Ink::line(&lead, &line, start * CELL, top, TEXT));
            }
            for line in &set {
                self.row_of(part, &name, line, hang * CELL, TEXT);
            }
            if set.is_empty() {
                self.sheet().row += 1;
            }
        }
        Ok(())
    }

    /// 署名 above 成文日期, which ends four characters from the edge; the issuer is centred over the date.
    pub(super) fn signature(&mut self, signature: &Signature) -> Result<(), PaperError> {
        let date = letters(self.fonts, &printed_day(signature.date), Face::FangSong)?;
        let issuer = letters(self.fonts, signature.issuer.as_deref().unwrap_or_default(), Face::FangSong)?;
        let issuers = lines(&issuer, COLUMNS - 4.0, COLUMNS - 4.0, false);
        let rows = issuers.len() + 1;
        if self.row() + ABOVE_SIGNATURE + rows > ROWS {
            self.take_text_along();
        } else {
            self.gap(ABOVE_SIGNATURE);
        }
        let part = self.part(Part::Paragraph);
        let date_start = COLUMNS - 4.0 - width(&date);
        let centre = date_start + width(&date) / 2.0;
        for line in &issuers {
            // A name too long to stand centred keeps two characters from the edge.
            let start = (centre - line.width / 2.0).min(COLUMNS - 2.0 - line.width).max(0.0);
            self.row_of(part, &issuer, line, start * CELL, TEXT);
        }
        for line in lines(&date, COLUMNS, COLUMNS, false) {
            self.row_of(part, &date, &line, date_start * CELL, TEXT);
        }
        Ok(())
    }

    /// A signature never stands on a page without text: the last lines, with the heading they may belong to, move to
    /// the new page.
    fn take_text_along(&mut self) {
        let sheet = self.sheet();
        let (row, marks) = (sheet.row, std::mem::take(&mut sheet.marks));
        let row_of = |mark: &Mark| ((mark.ink.y() - SIZE_3) / crate::grid::PITCH).round().max(0.0) as usize;
        let parts = &self.layout.parts;
        let is = |mark: &Mark, wanted: fn(&Part) -> bool| mark.part.is_some_and(|part| wanted(&parts[part]));
        let text = |mark: &Mark| is(mark, |part| matches!(part, Part::Paragraph));
        let heading = |mark: &Mark| is(mark, |part| matches!(part, Part::Heading(..)));
        let in_row = |row: usize| marks.iter().filter(move |mark| row_of(mark) == row);
        let mut from = row;
        while from > 1 && row - from < WITH_SIGNATURE && in_row(from - 1).next().is_some_and(text) {
            from -= 1;
        }
        while from > 1 && from < row && in_row(from - 1).next().is_some_and(heading) {
            from -= 1;
        }
        let (moved, kept): (Vec<_>, Vec<_>) = marks.into_iter().partition(|mark| row_of(mark) >= from && from < row);
        let sheet = self.sheet();
        sheet.marks = kept;
        sheet.row = from;
        self.new_sheet();
        let up = -row_top(from);
        for Mark { part, ink } in moved {
            self.mark(part, ink.moved(0.0, up));
        }
        self.sheet().row = row - from;
        self.gap(ABOVE_SIGNATURE);
    }

    /// 附件: on a new page, its label in the first row, its title in the third.
    pub(super) fn attachment(&mut self, label: &str, attachment: &Attachment) -> Result<(), PaperError> {
        self.new_sheet();
        let set = letters(self.fonts, label, Face::Hei)?;
        let part = self.part(Part::Paragraph);
        for line in lines(&set, COLUMNS, COLUMNS, false) {
            self.row_of(part, &set, &line, 0.0, TEXT);
        }
        self.gap(1);
        self.title(&attachment.name)?;
        self.gap(1);
        self.blocks(&attachment.blocks, Numbering::Counted)
    }

    /// 版记: its last line is the lower edge of the last page's text block.
    pub(super) fn imprint(&mut self, imprint: &Imprint) -> Result<(), PaperError> {
        let setting = Setting::solid(SIZE_4, BLACK);
        let measure = WIDTH / SIZE_4 - 2.0;
        let lead = letters(self.fonts, "抄送：", Face::FangSong)?;
        let copies = imprint.copies.as_ref().map(|copies| letters(self.fonts, copies, Face::FangSong)).transpose()?;
        let copies = copies.unwrap_or_default();
        let hang = 3.0;
        let copied = lines(&copies, measure - hang, measure - hang, true);
        let issuer = letters(self.fonts, &imprint.issuer, Face::FangSong)?;
        let date = letters(self.fonts, &format!("{}印发", printed_day(imprint.date)), Face::FangSong)?;
        let issued = lines(&issuer, measure - width(&date) - 1.0, measure - width(&date) - 1.0, false);
        let rows = copied.len() + issued.len().max(1);
        let height = rows as f32 * IMPRINT_PITCH;
        if height > HEIGHT {
            return Err(PaperError::TooLong(Place::Imprint));
        }
        self.need(rows_of(height));
        let mut top = HEIGHT - height;
        let inside = (IMPRINT_PITCH - SIZE_4) / 2.0;
        self.mark(None, Ink::rule((0.0, top), (WIDTH, top), THICK, BLACK));
        if !copied.is_empty() {
            let part = self.part(Part::Paragraph);
            for line in lines(&lead, measure, measure, false) {
                self.mark(Some(part), Ink::line(&lead, &line, SIZE_4, top + inside, setting));
            }
            for line in &copied {
                self.mark(Some(part), Ink::line(&copies, line, (1.0 + hang) * SIZE_4, top + inside, setting));
                top += IMPRINT_PITCH;
            }
            self.mark(None, Ink::rule((0.0, top), (WIDTH, top), THIN, BLACK));
        }
        let part = self.part(Part::Paragraph);
        for (at, line) in issued.iter().enumerate() {
            let down = top + inside + at as f32 * IMPRINT_PITCH;
            self.mark(Some(part), Ink::line(&issuer, line, SIZE_4, down, setting));
        }
        for line in lines(&date, measure, measure, false) {
            let x = WIDTH - SIZE_4 - line.width * SIZE_4;
            self.mark(Some(part), Ink::line(&date, &line, x, top + inside, setting));
        }
        self.mark(None, Ink::rule((0.0, HEIGHT), (WIDTH, HEIGHT), THICK, BLACK));
        self.sheet().row = ROWS;
        Ok(())
    }
}
