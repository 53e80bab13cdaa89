//! The text layer of a pdf, line by line.
//!
//! Pages are walked in order; where a piece of text moves down the page a new line begins, where it leaves a wide gap
//! a cell does. Widths are estimated – a Chinese character is as wide as its font is high, others half of that –
//! because only gaps of several characters matter.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::content::Content;
use lopdf::{Document, Encoding, LoadOptions, Object};

use super::{MOST_UNPACKED, Unreadable};
use crate::repair::is_han;

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
    for page in document.page_iter().take(MOST_PAGES) {
        page_text(&document, page, &mut text);
        text.push('\n');
        if text.len() > MOST_UNPACKED {
            return Err(Unreadable::TooLargeUnpacked);
        }
    }
    let letters = text.chars().filter(|letter| !letter.is_whitespace()).count();
    let unknown = text.chars().filter(|letter| matches!(letter, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')).count();
    if letters == 0 || unknown * 3 > letters { Err(Unreadable::PictureOnly) } else { Ok(text) }
}

/// Adds the text of a page; pages that cannot be read add nothing.
fn page_text(document: &Document, page: lopdf::ObjectId, text: &mut String) {
    let Ok(fonts) = document.get_page_fonts(page) else { return };
    let encodings: BTreeMap<Vec<u8>, Encoding<'_>> = fonts
        .into_iter()
        .filter_map(|(name, font)| Some((name, font.get_font_encoding_with_limit(document, MOST_OF_A_STREAM).ok()?)))
        .collect();
    let Ok(stream) = document.get_page_content_with_limit(page, MOST_OF_A_STREAM) else { return };
    let Ok(content) = Content::decode(&stream) else { return };
    let mut pen = Pen::default();
    let mut encoding = None;
    for operation in &content.operations {
        let number =
            |index: usize| operation.operands.get(index).and_then(|operand| operand.as_float().ok()).unwrap_or(0.0);
        match operation.operator.as_str() {
            "BT" => pen.place(0.0, 0.0),
            "Tf" => {
                encoding = operation
                    .operands
                    .first()
                    .and_then(|name| name.as_name().ok())
                    .and_then(|name| encodings.get(name));
                pen.size = number(1);
            }
            "TL" => pen.leading = number(0),
            "Td" => pen.move_by(number(0), number(1)),
            "TD" => {
                pen.leading = -number(1);
                pen.move_by(number(0), number(1));
            }
            "Tm" => {
                pen.scale = (number(0).abs().max(number(1).abs()), number(3).abs().max(number(2).abs()));
                pen.place(number(4), number(5));
            }
            "T*" => pen.move_by(0.0, -pen.leading),
            "Tj" | "TJ" | "'" | "\"" => {
                if matches!(operation.operator.as_str(), "'" | "\"") {
                    pen.move_by(0.0, -pen.leading);
                }
                if let (Some(encoding), Some(operand)) = (encoding, operation.operands.last()) {
                    pen.write(&shown(operand, encoding), text);
                }
            }
            _ => {}
        }
    }
}

/// The characters that an operand of Tj or TJ shows.
fn shown(operand: &Object, encoding: &Encoding<'_>) -> String {
    match operand {
        Object::String(bytes, _) => Document::decode_text(encoding, bytes).unwrap_or_default(),
        Object::Array(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Object::String(bytes, _) => Document::decode_text(encoding, bytes).unwrap_or_default(),
                _ => String::new(),
            })
            .collect(),
        _ => String::new(),
    }
}

/// Where text is being set on a page, in points.
struct Pen {
    /// Start of the line that Td counts from.
    line: (f32, f32),
    scale: (f32, f32),
    size: f32,
    leading: f32,
    /// Where the last piece ended, if there was one.
    end: Option<(f32, f32)>,
}

impl Default for Pen {
    fn default() -> Self {
        Self { line: (0.0, 0.0), scale: (1.0, 1.0), size: 1.0, leading: 0.0, end: None }
    }
}

impl Pen {
    fn place(&mut self, x: f32, y: f32) {
        self.line = (x, y);
    }

    fn move_by(&mut self, x: f32, y: f32) {
        self.line = (self.line.0 + x * self.scale.0, self.line.1 + y * self.scale.1);
    }

    fn write(&mut self, words: &str, text: &mut String) {
        if words.is_empty() {
            return;
        }
        let height = (self.size * self.scale.1).abs().max(1.0);
        let (x, y) = self.line;
        let mut start = x;
        if let Some((end, last)) = self.end {
            if (y - last).abs() > height * 0.5 {
                text.push('\n');
            } else if x > end + height * 2.0 {
                text.push('\t');
            } else {
                // Pieces of one line that do not move the pen follow each other.
                start = start.max(end);
            }
        }
        text.push_str(words);
        let width: f32 =
            words.chars().map(|letter| if is_han(letter) || !letter.is_ascii() { height } else { height / 2.0 }).sum();
        self.end = Some((start + width, y));
    }
}
