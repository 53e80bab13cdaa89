//! 版头: what stands above the red line of the first page.

use super::{Composer, TEXT};
use crate::grid::{CELL, COLUMNS, MM, PITCH, RED, SIZE_3, WIDTH, row_top};
use crate::letters::{letters, width};
use crate::lines::lines;
use crate::sheet::{Ink, Part, Setting};
use crate::{Face, PaperError, Place, RedHead};

/// From the upper edge of the text block to that of the issuer's mark.
const MARK_TOP: f32 = 35.0 * MM;
/// The height of the mark where it fits; the standard leaves it to the issuer.
const MARK_SIZE: f32 = 50.0;
/// From the number to the red line.
const ABOVE_LINE: f32 = 4.0 * MM;
/// How thick the red line is.
const LINE: f32 = 1.2;
/// As many signers as leave room for text on the first page.
const MOST_SIGNERS: usize = 6;

impl Composer<'_> {
    /// The head takes whole rows; two blank ones follow the red line.
    pub(super) fn head(&mut self, head: &RedHead) -> Result<(), PaperError> {
        self.corner(head)?;
        let mark = letters(self.fonts, &head.mark, Face::XiaoBiaoSong)?;
        let size = MARK_SIZE.min(WIDTH / width(&mark).max(1.0));
        fits(size >= SIZE_3, Place::Mark)?;
        let part = self.part(Part::Paragraph);
        for line in lines(&mark, WIDTH, WIDTH, false) {
            let x = (WIDTH - line.width * size) / 2.0;
            self.mark(Some(part), Ink::line(&mark, &line, x, MARK_TOP, Setting::solid(size, RED)));
        }
        // The number stands two blank rows below the mark, each the height of a character and its space.
        let mut top = MARK_TOP + size + 2.0 * PITCH;
        let longest = self.longest(&head.signers)?;
        fits(head.signers.len() <= MOST_SIGNERS && longest <= COLUMNS / 2.0 - 5.0, Place::Signers)?;
        for (at, signer) in head.signers.iter().enumerate() {
            // The names stand below each other, one character from the edge.
            let mut signed = letters(self.fonts, if at == 0 { "签发人：" } else { "" }, Face::FangSong)?;
            let start = COLUMNS - 1.0 - longest - width(&signed);
            signed.extend(letters(self.fonts, signer, Face::Kai)?);
            let part = self.part(Part::Paragraph);
            for line in lines(&signed, COLUMNS, COLUMNS, false) {
                self.mark(Some(part), Ink::line(&signed, &line, start * CELL, top, TEXT));
            }
            if at + 1 < head.signers.len() {
                top += PITCH;
            }
        }
        let number = letters(self.fonts, &head.number, Face::FangSong)?;
        let room = if head.signers.is_empty() { COLUMNS } else { COLUMNS / 2.0 };
        fits(width(&number) < room, Place::Number)?;
        let part = self.part(Part::Paragraph);
        for line in lines(&number, COLUMNS, COLUMNS, false) {
            // Centred; at the left where someone signed on the right.
            let x = if head.signers.is_empty() { (WIDTH - line.width * CELL) / 2.0 } else { CELL };
            self.mark(Some(part), Ink::line(&number, &line, x, top, TEXT));
        }
        let y = top + SIZE_3 + ABOVE_LINE;
        self.mark(None, Ink::rule((0.0, y), (WIDTH, y), LINE, RED));
        let mut row = 0;
        while row_top(row) < y {
            row += 1;
        }
        self.sheet().row = row + 2;
        Ok(())
    }

    /// 份号, 密级和保密期限, 紧急程度: in the upper left corner, one below the other.
    fn corner(&mut self, head: &RedHead) -> Result<(), PaperError> {
        let copy = head.copy.map(|copy| format!("{copy:06}"));
        let entries = [(copy, Face::FangSong), (head.secrecy.clone(), Face::Hei), (head.urgency.clone(), Face::Hei)];
        let given = entries.into_iter().filter_map(|(text, face)| Some((text?, face)));
        for (row, (text, face)) in given.enumerate() {
            let set = letters(self.fonts, &text, face)?;
            fits(width(&set) <= COLUMNS, Place::Corner)?;
            let part = self.part(Part::Paragraph);
            for line in lines(&set, COLUMNS, COLUMNS, false) {
                self.mark(Some(part), Ink::line(&set, &line, 0.0, row_top(row), TEXT));
            }
        }
        Ok(())
    }

    fn longest(&self, signers: &[String]) -> Result<f32, PaperError> {
        let mut longest = 0.0_f32;
        for signer in signers {
            longest = longest.max(width(&letters(self.fonts, signer, Face::Kai)?));
        }
        Ok(longest)
    }
}

fn fits(does: bool, place: Place) -> Result<(), PaperError> {
    if does { Ok(()) } else { Err(PaperError::TooLong(place)) }
}
