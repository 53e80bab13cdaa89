//! What the bytes of a font's strings mean.

use encoding_rs::{BIG5, GB18030, UTF_16BE};
use lopdf::{Dictionary, Document, Encoding, Object};

use super::MOST_OF_A_STREAM;

/// How a font's strings are read.
pub(super) enum Letters<'a> {
    /// One of the encodings for Chinese that the pdf standard names (ISO 32000-1, table 118): its codes are those of a
    /// known character set, whatever the font file holds.
    Named(&'static encoding_rs::Encoding),
    /// By the font's own map.
    Mapped(Encoding<'a>),
    /// By numbers of glyphs without a map: nothing can be read, and two bytes are one character.
    Unknown,
}

impl<'a> Letters<'a> {
    pub(super) fn of(font: &'a Dictionary, document: &'a Document) -> Option<Self> {
        let encoding = font.get_deref(b"Encoding", document).and_then(Object::as_name).unwrap_or_default();
        if let Some(named) = named(encoding) {
            return Some(Self::Named(named));
        }
        let mapped = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream).is_ok();
        let composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|kind| kind == b"Type0");
        if composite && !mapped {
            return Some(Self::Unknown);
        }
        font.get_font_encoding_with_limit(document, MOST_OF_A_STREAM).ok().map(Self::Mapped)
    }

    /// The characters of a string.
    pub(super) fn read(&self, bytes: &[u8]) -> String {
        match self {
            Self::Named(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Mapped(encoding) => Document::decode_text(encoding, bytes).unwrap_or_default(),
            Self::Unknown => "\u{FFFD}".repeat(bytes.len().div_ceil(2)),
        }
    }
}

/// The character set of a predefined encoding for Chinese.
fn named(encoding: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let name = encoding.strip_suffix(b"-H").or_else(|| encoding.strip_suffix(b"-V"))?;
    match name {
        b"GB-EUC" | b"GBpc-EUC" | b"GBK-EUC" | b"GBKp-EUC" | b"GBK2K" => Some(GB18030),
        b"UniGB-UCS2" | b"UniGB-UTF16" | b"UniCNS-UCS2" | b"UniCNS-UTF16" => Some(UTF_16BE),
        b"B5pc" | b"ETen-B5" | b"ETenms-B5" | b"HKscs-B5" => Some(BIG5),
        _ => None,
    }
}
