//! Which encoding a CSV file has, line by line, and reading it as UTF-8.

use std::io::{self, BufRead, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use kernel::Text;

/// What is wrong with the text of a file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EncodingFault {
    pub line: u32,
    pub message: Text,
}

/// Finds the encoding of a file: UTF-8 with or without a mark, UTF-16 with one, or GB 18030.
///
/// Both UTF-8 and GB 18030 lines in one file happen when sheets are put together by hand; no decoder notices, so the
/// lines are judged one by one.
pub(super) fn detect(mut file: impl BufRead) -> io::Result<Result<&'static Encoding, EncodingFault>> {
    let start = file.fill_buf()?;
    if let Some((encoding, _)) = Encoding::for_bom(start)
        && encoding != UTF_8
    {
        return Ok(Ok(encoding));
    }
    let (mut utf8, mut other) = (None, None);
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let mut unreadable = None;
    let mut bytes = Vec::new();
    let mut line = 0;
    loop {
        bytes.clear();
        // A line without end is cut, so that it cannot fill the memory; a cut inside a character is not counted.
        let read = (&mut file).take(LONGEST_LINE).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        line += 1;
        if bytes.is_ascii() {
            continue;
        }
        let cut = bytes.last() != Some(&b'\n') && read as u64 == LONGEST_LINE;
        match std::str::from_utf8(&bytes) {
            Ok(text) => {
                if utf8.is_none() && text.chars().any(is_common) {
                    utf8 = Some(line);
                }
            }
            Err(error) if cut && error.error_len().is_none() => {}
            Err(_) => {
                other.get_or_insert(line);
                if unreadable.is_none() && !reads_as_gb18030(&mut decoder, &bytes) && !cut {
                    unreadable = Some(line);
                }
            }
        }
    }
    Ok(match (utf8, other, unreadable) {
        (_, None, _) => Ok(UTF_8),
        (Some(first_utf8), Some(first_other), _) => Err(mixed(first_utf8, first_other)),
        (None, Some(_), Some(line)) => Err(EncodingFault {
            line,
            message: Text::new(
                "这一行既不是 UTF-8 也不是 GB18030 文字：请用 Excel 另存为“CSV UTF-8”或 .xlsx",
                "this line is neither UTF-8 nor GB 18030 text: save the file as “CSV UTF-8” or .xlsx",
            ),
        }),
        (None, Some(_), None) => Ok(GB18030),
    })
}

const LONGEST_LINE: u64 = 1 << 20;

fn reads_as_gb18030(decoder: &mut Decoder, bytes: &[u8]) -> bool {
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    *decoder = GB18030.new_decoder_without_bom_handling();
    // No spreadsheet writes private-use or unassigned characters; they are what other encodings look like.
    matches!(result, DecoderResult::InputEmpty) && !text.chars().any(|c| ('\u{e000}'..='\u{f8ff}').contains(&c))
}

/// Characters of everyday Chinese text: GB 18030 text that happens to be valid UTF-8 reads as something else.
fn is_common(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}')
}

fn mixed(utf8: u32, other: u32) -> EncodingFault {
    let (line, here, there, first) =
        if utf8 > other { (utf8, "UTF-8", "GB18030", other) } else { (other, "GB18030", "UTF-8", utf8) };
    EncodingFault {
        line,
        message: Text::new(
            format!("文件混用了两种编码：第 {first} 行是 {there}，这一行是 {here}。请统一另存为 UTF-8 后再导入"),
            format!("the file mixes two encodings: line {first} is {there}, this one {here}; save all of it as UTF-8"),
        ),
    }
}

/// Reads a file of any encoding as UTF-8.
pub(super) struct Decoded<R> {
    file: R,
    decoder: Decoder,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: BufRead> Decoded<R> {
    pub(super) fn new(file: R, encoding: &'static Encoding) -> Self {
        Self { file, decoder: encoding.new_decoder_with_bom_removal(), text: Vec::new(), given: 0, ended: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() && !self.ended {
            let bytes = self.file.fill_buf()?;
            let (read, last) = (bytes.len(), bytes.is_empty());
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16);
            self.text.resize(room, 0);
            let (_, taken, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.text, last);
            self.text.truncate(written);
            self.file.consume(taken);
            self.ended = last;
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.refill()?;
        }
        let count = into.len().min(self.text.len() - self.given);
        into[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

/// The name of an encoding for a notice.
pub(super) fn name(encoding: &'static Encoding) -> &'static str {
    if encoding == GB18030 {
        "GB18030"
    } else if encoding == UTF_16LE || encoding == UTF_16BE {
        "UTF-16"
    } else {
        "UTF-8"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gb(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(detect(&b"a,b\n1,2\n"[..]).unwrap(), Ok(UTF_8));
        assert_eq!(detect("\u{feff}指标,单位\n".as_bytes()).unwrap(), Ok(UTF_8));
        assert_eq!(detect(&gb("指标,单位\n新增学位,个\n")[..]).unwrap(), Ok(GB18030));
        assert_eq!(detect(&b"\xff\xfeh\x00"[..]).unwrap(), Ok(UTF_16LE));
    }

    #[test]
    fn mixed_files_name_the_line() {
        let mut bytes = gb("指标,单位\n新增学位,个\n");
        bytes.extend("新建公园,座\n".as_bytes());
        assert_eq!(detect(&bytes[..]).unwrap().unwrap_err().line, 3);
        let mut bytes = "指标,单位\n新增学位,个\n".as_bytes().to_vec();
        bytes.extend(gb("新建公园,座\n"));
        let fault = detect(&bytes[..]).unwrap().unwrap_err();
        assert_eq!(fault.line, 3);
        assert!(fault.message.zh.contains("第 1 行是 UTF-8"));
        assert_eq!(detect(&b"abc\n\xff\xff\xff\n"[..]).unwrap().unwrap_err().line, 2);
    }

    #[test]
    fn decoding_gives_the_text_back_in_small_bites() {
        let text = "指标,单位\n新增“学位”,个\n".repeat(500);
        let bytes = gb(&text);
        let mut decoded = String::new();
        let file = io::BufReader::with_capacity(7, &bytes[..]);
        Decoded::new(file, GB18030).read_to_string(&mut decoded).unwrap();
        assert_eq!(decoded, text);
    }
}
