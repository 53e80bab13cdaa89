//! The numbers that a word processor sets in front of the paragraphs of its lists.

use std::collections::BTreeMap;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Lists have no more levels than this.
const LEVELS: usize = 9;

/// The lists of a document.
#[derive(Default)]
pub(super) struct Numbering {
    /// Levels of each kind of list.
    kinds: BTreeMap<u32, Vec<Level>>,
    /// The kind of each list.
    lists: BTreeMap<u32, u32>,
    /// How far each list has counted.
    counts: BTreeMap<u32, [u32; LEVELS]>,
}

#[derive(Clone, Default)]
struct Level {
    format: String,
    /// “(%1)”, “%1.”: %n stands for the number of level n.
    text: String,
    start: u32,
}

/// The value of an attribute, its prefix left out.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes().filter_map(Result::ok);
    attributes.find(|attribute| attribute.key.local_name().as_ref() == name).map(|found| found.value.into_owned())
}

impl Numbering {
    /// Reads `word/numbering.xml`; what cannot be read gives no numbers.
    pub(super) fn read(source: impl BufRead) -> Self {
        let mut numbering = Self::default();
        let mut reader = Reader::from_reader(source);
        reader.config_mut().check_end_names = false;
        let (mut kind, mut list) = (None, None);
        let mut buffer = Vec::new();
        while let Ok(event) = reader.read_event_into(&mut buffer) {
            let number = |tag: &BytesStart<'_>, name: &str| attribute(tag, name).and_then(|value| value.parse().ok());
            match event {
                Event::Eof | Event::DocType(_) => break,
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "abstractNum" => kind = number(&tag, "abstractNumId"),
                    "num" => list = number(&tag, "numId"),
                    "abstractNumId" => {
                        if let (Some(list), Some(kind)) = (list, number(&tag, "val")) {
                            numbering.lists.insert(list, kind);
                        }
                    }
                    "lvl" => {
                        if let Some(kind) = kind {
                            let levels = numbering.kinds.entry(kind).or_default();
                            if levels.len() < LEVELS {
                                levels.push(Level { start: 1, ..Level::default() });
                            }
                        }
                    }
                    name @ ("numFmt" | "lvlText" | "start") => {
                        let level =
                            kind.and_then(|kind| numbering.kinds.get_mut(&kind)).and_then(|levels| levels.last_mut());
                        if let (Some(level), Some(value)) = (level, attribute(&tag, "val")) {
                            match name {
                                "numFmt" => level.format = value,
                                "lvlText" => level.text = value,
                                _ => level.start = value.parse().unwrap_or(1),
                            }
                        }
                    }
                    _ => {}
                },
                Event::End(tag) if tag.local_name().as_ref() == "abstractNum" => kind = None,
                _ => {}
            }
            buffer.clear();
        }
        numbering
    }

    /// What stands in front of the next paragraph of a list.
    pub(super) fn next(&mut self, list: u32, level: usize) -> Option<String> {
        let kind = self.lists.get(&list)?;
        let levels = self.kinds.get(kind)?;
        let own = levels.get(level)?;
        let counts = self.counts.entry(*kind).or_insert([0; LEVELS]);
        counts[level] = if counts[level] == 0 { own.start } else { counts[level].saturating_add(1) };
        for deeper in &mut counts[level + 1..] {
            *deeper = 0;
        }
        if own.format == "bullet" {
            return Some("•".to_owned());
        }
        let mut shown = own.text.clone();
        for (index, outer) in levels.iter().enumerate().take(level + 1) {
            let count = if counts[index] == 0 { outer.start } else { counts[index] };
            shown = shown.replace(&format!("%{}", index + 1), &printed(count, &outer.format)?);
        }
        Some(shown)
    }
}

/// A number in the format of a level; formats that texts of offices do not use have none.
fn printed(number: u32, format: &str) -> Option<String> {
    Some(match format {
        "decimal" | "decimalFullWidth" | "" => number.to_string(),
        "chineseCounting" | "chineseCountingThousand" | "japaneseCounting" => chinese(number)?,
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => match number {
            1..=20 => char::from_u32(0x245F + number)?.to_string(),
            _ => number.to_string(),
        },
        _ => return None,
    })
}

/// 一 to 九十九; lists of offices are not longer.
fn chinese(number: u32) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (usize::try_from(number / 10).ok()?, usize::try_from(number % 10).ok()?);
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        more => format!("{}十", DIGITS.get(more)?),
    };
    Some(format!("{tens}{}", DIGITS[ones]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_count_as_the_word_processor_does() {
        let part = "<w:numbering><w:abstractNum w:abstractNumId=\"3\">\
            <w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"%1、\"/></w:lvl>\
            <w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%2.\"/></w:lvl>\
            </w:abstractNum><w:num w:numId=\"7\"><w:abstractNumId w:val=\"3\"/></w:num></w:numbering>";
        let mut numbering = Numbering::read(part.as_bytes());
        let mut next = |level| numbering.next(7, level).unwrap_or_default();
        assert_eq!([next(0), next(1), next(1), next(0), next(1)], ["一、", "1.", "2.", "二、", "1."]);
        assert_eq!(numbering.next(8, 0), None);
        assert_eq!(
            [9, 10, 11, 20, 35].map(|number| chinese(number).unwrap_or_default()),
            ["九", "十", "十一", "二十", "三十五"]
        );
    }
}
