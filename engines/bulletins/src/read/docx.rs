//! The body of a Word document: paragraphs as lines, tables as rows of tabs. Macros, pictures, deleted text, headers
//! and footers are not read.

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::BytesRef;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::{MOST_UNPACKED, Unreadable};

/// The text of a docx.
pub(super) fn content(bytes: &[u8]) -> Result<String, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotDocx)?;
    let part = archive.by_name("word/document.xml").map_err(|_| Unreadable::NotDocx)?;
    // The size that the archive states is not trusted: reading stops at the limit.
    let mut limited = BufReader::new(part.take(MOST_UNPACKED as u64 + 1));
    let mut body = Body::default();
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
    Ok(body.text)
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
}

impl Body {
    fn take(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag.local_name().as_ref()),
            Event::Empty(tag) => {
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

    fn reads(&self) -> bool {
        self.in_text && self.fallback == 0
    }

    fn start(&mut self, name: &str) {
        match name {
            "t" => self.in_text = true,
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
            "p" if self.fallback == 0 => self.new_line(),
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
