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
    for (at, id) in document.page_iter().take(MOST_PAGES).enumerate() {
        // A sentence runs on from page to page, so nothing stands between them.
        text.push_str(without_page_number(&layout::text(&page::pieces(&document, id, &mut budget)), at + 1));
        if text.len() > MOST_UNPACKED || budget.is_spent() {
            return Err(Unreadable::TooLargeUnpacked);
        }
    }
    let letters = text.chars().filter(|letter| !letter.is_whitespace()).count();
    let unknown = text.chars().filter(|letter| matches!(letter, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')).count();
    if letters == 0 || unknown * 3 > letters { Err(Unreadable::PictureOnly) } else { Ok(text) }
}

/// A page without the number at its foot or head: — 3 —, 第3页, 3/12; a bare number only where it is the page's own.
fn without_page_number(page: &str, number: usize) -> &str {
    let is_number = |line: &str| {
        let line = line.trim();
        let bare = line.trim_matches(|letter: char| "-—–－·•~".contains(letter) || letter.is_whitespace());
        let told = bare.strip_prefix('第').and_then(|bare| bare.split_once('页')).map(|(number, _)| number.trim());
        let of_all = bare.split_once('/').map(|(number, _)| number.trim());
        let found = told.or(of_all).unwrap_or(bare).parse::<usize>();
        found.is_ok_and(|found| found == number || (bare.len() < line.len() && found < MOST_PAGES))
    };
    let page = match page.trim_end().rsplit_once('\n') {
        Some((text, foot)) if is_number(foot) => &page[..text.len() + 1],
        _ => page,
    };
    match page.split_once('\n') {
        Some((head, text)) if is_number(head) => text,
        _ => page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_pages_are_no_text() {
        for page in
            ["慢于序时\n— 3 —\n", "慢于序时\n3\n", "第3页 共12页\n慢于序时\n", "慢于序时\n3/12\n", "— 17 —\n慢于序时\n"]
        {
            assert_eq!(without_page_number(page, 3), "慢于序时\n", "{page}");
        }
        for page in ["新增学位\n12\n", "3月\n慢于序时\n", "完成—\n", ""] {
            assert_eq!(without_page_number(page, 3), page);
        }
    }
}
