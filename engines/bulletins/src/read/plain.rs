//! Plain text: UTF-8, UTF-16, GB18030, with and without a mark at the start.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::Unreadable;

/// The text of bytes in whichever encoding they are.
pub(super) fn decoded(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]);
    }
    if bytes.contains(&0) {
        // UTF-16 without a mark is a guess; one stray control character disproves it.
        let text = with(wide(bytes).ok_or(Unreadable::Binary)?, bytes)?;
        return if text.chars().any(stray) { Err(Unreadable::Binary) } else { Ok(text) };
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => checked(text.to_owned()),
        Err(_) => with(GB18030, bytes),
    }
}

/// The text of bytes in an encoding that the file itself names.
pub(super) fn named(bytes: &[u8], encoding: &'static Encoding) -> Result<String, Unreadable> {
    let bytes = Encoding::for_bom(bytes).map_or(bytes, |(_, mark)| &bytes[mark..]);
    if encoding == UTF_8 && std::str::from_utf8(bytes).is_err() { decoded(bytes) } else { with(encoding, bytes) }
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Unreadable> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    let wrong = text.chars().filter(|letter| *letter == '\u{FFFD}').count();
    // A slip or two in a long text is damage; more is another encoding.
    if wrong > 2 && wrong * 200 > text.chars().count() {
        return Err(Unreadable::Encoding);
    }
    checked(text.into_owned())
}

fn checked(text: String) -> Result<String, Unreadable> {
    let strange = text.chars().filter(|letter| stray(*letter)).count();
    if strange > 2 && strange * 50 > text.chars().count() { Err(Unreadable::Binary) } else { Ok(text) }
}

/// A control character that no text has.
fn stray(letter: char) -> bool {
    letter.is_control() && !letter.is_whitespace()
}

/// UTF-16 without a mark: its ASCII characters have all their zeros on one side.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |side: usize| bytes.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even, odd) {
        _ if !bytes.len().is_multiple_of(2) => None,
        (0, 1..) => Some(UTF_16LE),
        (1.., 0) => Some(UTF_16BE),
        _ => None,
    }
}
