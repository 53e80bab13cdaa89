//! The body of a Word document: paragraphs as lines with the numbers of their lists, tables as rows of tabs, boxes of
//! text behind the paragraph they hang on. Macros, pictures, deleted text, headers and footers are not read.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

use super::numbering::{Numbering, attribute};
use super::{MOST_UNPACKED, Unreadable};

/// Boxes inside boxes deeper than this are read as part of the text around them.
const DEEPEST: usize = 8;

/// A list of numbers is not longer than this many bytes.
const MOST_NUMBERING: u64 = 4 << 20;

/// The text of a docx.
pub(super) fn content(bytes: &[u8]) -> Result<String, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotDocx)?;
    let numbering = match archive.by_name("word/numbering.xml") {
        Ok(part) => Numbering::read(BufReader::new(part.take(MOST_NUMBERING))),
        Err(_) => Numbering::default(),
    };
    let part = archive.by_name("word/document.xml").map_err(|_| Unreadable::NotDocx)?;
    // The size that the archive states is not trusted: reading stops at the limit.
    let mut limited = BufReader::new(part.take(MOST_UNPACKED as u64 + 1));
    let mut body = Body { numbering, ..Body::default() };
    let mut reader = Reader::from_reader(&mut limited);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    loop {
        let event = reader.read_event_into(&mut buffer);
        if reader.buffer_position() > MOST_UNPACKED as u64 {
            return Err(Unreadable::TooLargeUnpacked);
        }
        match event {
            Ok(Event::Eof) => break,
            Ok(Event::DocType(_)) => return Err(Unreadable::DeclaredDocx),
            Ok(event) => body.take(&event),
            Err(_) => return Err(Unreadable::BrokenDocx { at: reader.buffer_position() }),
        }
        buffer.clear();
    }
    Ok(body.whole())
}

/// What has been read of a body.
#[derive(Default)]
struct Body {
    text: String,
    /// Inside `w:t`, where text stands.
    in_text: bool,
    /// Inside a fallback, which repeats what its alternative says.
    fallback: usize,
    /// Cells of the rows that are open, the innermost last.
    rows: Vec<usize>,
    numbering: Numbering,
    /// List and level of the paragraph that begins.
    item: (Option<u32>, usize),
    /// The texts around the boxes that are open, the innermost last, with their rows.
    outside: Vec<(String, Vec<usize>)>,
    /// Boxes that hang on the paragraph that is open.
    boxes: Vec<String>,
}

impl Body {
    /// All text, boxes left open included.
    fn whole(mut self) -> String {
        while !self.outside.is_empty() {
            self.close_box();
        }
        self.new_line();
        self.text
    }

    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => {
                self.note(tag);
                self.start(tag.local_name().as_ref());
            }
            Event::Empty(tag) => {
                self.note(tag);
                self.start(tag.local_name().as_ref());
                self.end(tag.local_name().as_ref());
            }
            Event::End(tag) => self.end(tag.local_name().as_ref()),
            Event::Text(words) if self.reads() => {
                let words: &str = words;
                self.text.push_str(words);
            }
            Event::CData(words) if self.reads() => {
                let words: &str = words;
                self.text.push_str(words);
            }
            Event::GeneralRef(reference) if self.reads() => self.text.extend(resolved(reference)),
            _ => {}
        }
    }

    /// What the properties of a paragraph say of its list.
    fn note(&mut self, tag: &BytesStart<'_>) {
        let value = |tag: &BytesStart<'_>| attribute(tag, "val").and_then(|value| value.parse::<u32>().ok());
        match tag.local_name().as_ref() {
            "p" => self.item = (None, 0),
            "ilvl" => self.item.1 = value(tag).and_then(|level| usize::try_from(level).ok()).unwrap_or(0),
            "numId" => self.item.0 = value(tag).filter(|list| *list > 0),
            _ => {}
        }
    }

    /// Sets the number of a list in front of the first words of its paragraph.
    fn number(&mut self) {
        if let Some(list) = self.item.0.take()
            && let Some(number) = self.numbering.next(list, self.item.1)
        {
            self.text.push_str(&number);
        }
    }

    fn open_box(&mut self) {
        self.outside.push((std::mem::take(&mut self.text), std::mem::take(&mut self.rows)));
    }

    fn close_box(&mut self) {
        if let Some((text, rows)) = self.outside.pop() {
            let inside = std::mem::replace(&mut self.text, text);
            self.rows = rows;
            self.boxes.push(inside);
        }
    }

    fn reads(&self) -> bool {
        self.in_text && self.fallback == 0
    }

    fn start(&mut self, name: &str) {
        match name {
            "t" => {
                self.in_text = true;
                if self.fallback == 0 {
                    self.number();
                }
            }
            "txbxContent" if self.fallback == 0 && self.outside.len() < DEEPEST => self.open_box(),
            "Fallback" => self.fallback += 1,
            "tr" => {
                self.new_line();
                self.rows.push(0);
            }
            "tc" => {
                if let Some(cells) = self.rows.last_mut() {
                    if *cells > 0 {
                        self.text.push('\t');
                    }
                    *cells += 1;
                }
            }
            "tab" if self.fallback == 0 => self.text.push(' '),
            "br" | "cr" if self.fallback == 0 => self.new_line(),
            "noBreakHyphen" if self.fallback == 0 => self.text.push('-'),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "Fallback" => self.fallback = self.fallback.saturating_sub(1),
            "txbxContent" if self.fallback == 0 => self.close_box(),
            "p" if self.fallback == 0 => {
                self.new_line();
                if self.outside.is_empty() {
                    for inside in std::mem::take(&mut self.boxes) {
                        // Inside a cell a box stays in its row.
                        let row = !self.rows.is_empty();
                        self.text.push_str(&if row { inside.replace('\n', " ") } else { inside });
                        self.new_line();
                    }
                }
            }
            "tr" => {
                self.rows.pop();
                self.new_line();
            }
            _ => {}
        }
    }

    /// Paragraphs inside a cell stay in its row.
    fn new_line(&mut self) {
        if self.rows.is_empty() {
            self.text.push('\n');
        } else if !self.text.ends_with([' ', '\t', '\n']) {
            self.text.push(' ');
        }
    }
}

/// The five entities of XML and characters by number; entities that a document declares are never expanded.
fn resolved(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Some(letter);
    }
    let name: &str = reference;
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
