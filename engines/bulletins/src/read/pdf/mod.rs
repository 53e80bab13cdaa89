//! The text layer of a pdf, line by line.
//!
//! Pages are walked in order, forms drawn on them included; where a piece of text moves down the page a new line begins,
//! where it leaves a wide gap a cell does. A page set in two columns is read column by column.

mod content;
mod fonts;
mod layout;
mod page;

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{Document, LoadOptions};

use super::{MOST_UNPACKED, Unreadable};

/// No stream of a page may grow past this.
const MOST_OF_A_STREAM: usize = 8 << 20;

const MOST_PAGES: usize = 2000;

/// The text of a pdf.
pub(super) fn content(bytes: &[u8]) -> Result<String, Unreadable> {
    // The parser is another project's: should it panic on some file, that file is damaged and nothing else is.
    catch_unwind(AssertUnwindSafe(|| pages(bytes))).unwrap_or(Err(Unreadable::BrokenPdf))
}

fn pages(bytes: &[u8]) -> Result<String, Unreadable> {
    let options = LoadOptions { max_decompressed_size: Some(MOST_OF_A_STREAM), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(bytes, options).map_err(|_| Unreadable::BrokenPdf)?;
    if document.is_encrypted() && !document.was_encrypted() {
        return Err(Unreadable::LockedPdf);
    }
    let mut text = String::new();
    let mut budget = page::Budget::WHOLE;
    for id in document.page_iter().take(MOST_PAGES) {
        text.push_str(&layout::text(&page::pieces(&document, id, &mut budget)));
        text.push('\n');
        if text.len() > MOST_UNPACKED || budget.is_spent() {
            return Err(Unreadable::TooLargeUnpacked);
        }
    }
    let letters = text.chars().filter(|letter| !letter.is_whitespace()).count();
    let unknown = text.chars().filter(|letter| matches!(letter, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')).count();
    if letters == 0 || unknown * 3 > letters { Err(Unreadable::PictureOnly) } else { Ok(text) }
}
