//! Plain text: UTF-8, UTF-16, GB18030, Big5, with and without a mark at the start.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

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
        Err(_) => with(double_byte(bytes), bytes),
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

/// The commonest characters of public prose, simplified and traditional: about a third of any text.
const COMMON: &str = "的一是在不了有和人中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经\
    為個國時來們對會發動說產種過後學經務與區設實項完成";

/// GB18030 or Big5: both take nearly any bytes, but only one of the two readings has the commonest characters in it.
fn double_byte(bytes: &[u8]) -> &'static Encoding {
    let head = bytes.get(..1 << 16).unwrap_or(bytes);
    let common = |encoding: &'static Encoding| {
        let (text, _) = encoding.decode_without_bom_handling(head);
        text.chars().filter(|letter| COMMON.contains(*letter)).count()
    };
    let (simplified, traditional) = (common(GB18030), common(BIG5));
    if traditional > simplified * 2 + 1 { BIG5 } else { GB18030 }
}
