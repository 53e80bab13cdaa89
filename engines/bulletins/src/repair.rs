//! Mend a text before it is read, and remember where every character stood.
//!
//! Public texts arrive through scanners, browsers and word processors: digits in full width, traditional characters,
//! figures cut by a line break or a blank, a phrase printed twice. Everything here works on characters with their
//! places in the text as read, so that whatever is found later can be shown where it really stands.

mod characters;
mod doubles;
mod lines;
mod spaces;

use crate::text::Span;

/// A character and its place in the text as read.
type Placed = (char, u32);

/// A mended text with a map back to the text as read.
pub(crate) struct Clean {
    /// The mended text; a line of it is a paragraph, a heading, an item or the row of a table.
    pub(crate) text: String,
    /// For each character: where it starts in `text`, and where it stood in the text as read.
    places: Vec<(u32, u32)>,
    /// Where blanks stood in the text as read, in order.
    blanks: Vec<u32>,
}

impl Clean {
    /// Mends a text. Texts of more than 2³² bytes are cut there.
    pub(crate) fn of(content: &str) -> Self {
        let letters = characters::plain(content);
        let letters = spaces::close(&letters);
        let letters = lines::join(&letters);
        let letters = doubles::drop(letters);
        let mut text = String::with_capacity(letters.len() * 3);
        let mut places = Vec::with_capacity(letters.len());
        for (letter, place) in letters {
            let Ok(start) = u32::try_from(text.len()) else { break };
            places.push((start, place));
            text.push(letter);
        }
        let blank = |letter: char| matches!(letter, ' ' | '\u{3000}' | '\u{00A0}');
        let blanks =
            (0_u32..).zip(content.chars()).filter(|(_, letter)| blank(*letter)).map(|(place, _)| place).collect();
        Self { text, places, blanks }
    }

    /// Where a range of bytes of the mended text stood. Empty ranges give the place where they are.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let first = self.index(start);
        let last = self.index(end.max(start + 1) - 1);
        let place = |index: usize| self.places.get(index).map_or(0, |(_, place)| *place as usize);
        if start >= end {
            Span { start: place(first), end: place(first) }
        } else {
            Span { start: place(first), end: place(last) + 1 }
        }
    }

    /// Whether a blank stood in front of a byte: where punctuation was lost, it often leaves one.
    pub(crate) fn blank_before(&self, byte: usize) -> bool {
        let index = self.index(byte);
        let place = |index: usize| self.places.get(index).map(|(_, place)| *place);
        match (index.checked_sub(1).and_then(place), place(index)) {
            (Some(before), Some(here)) => {
                let first = self.blanks.partition_point(|blank| *blank <= before);
                self.blanks.get(first).is_some_and(|blank| *blank < here)
            }
            _ => false,
        }
    }

    /// The character that a byte belongs to.
    fn index(&self, byte: usize) -> usize {
        self.places.partition_point(|(start, _)| *start as usize <= byte).saturating_sub(1)
    }
}

/// A Chinese character.
pub(crate) fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(text: &str) -> String {
        Clean::of(text).text
    }

    #[test]
    fn figures_are_put_together_again() {
        for (damaged, whole) in [
            ("接种流感疫苗45004\n剂次。", "接种流感疫苗45004剂次。"),
            ("共收到建议 234 项，投资 3 128 亿元", "共收到建议234项，投资3128亿元"),
            ("惠及学生１５．１万人次，比例达９０％以上", "惠及学生15.1万人次，比例达90%以上"),
            ("新增學位９９１５個", "新增学位9915个"),
            ("完成投资1,234.5万元，其中45，004元", "完成投资1,234.5万元，其中45,004元"),
            ("新增床位\u{3000}1\u{200B}202 张", "新增床位1202张"),
        ] {
            assert_eq!(mended(damaged), whole);
        }
    }

    #[test]
    fn lines_that_end_stay_apart() {
        let list = "新建公园3个\n改造小区12个\n1. 培训人员500名\n2. 建成驿站20个";
        assert_eq!(mended(list), list.replace(". ", "."));
    }

    #[test]
    fn doubled_phrases_are_read_once() {
        assert_eq!(mended("解决急难愁盼急难愁盼问题"), "解决急难愁盼问题");
        assert_eq!(mended("新增床位120张新增床位120张。"), "新增床位120张。");
        assert_eq!(mended("共计20202020元"), "共计20202020元");
        assert_eq!(mended("任务45个，开工45个，开工率100%"), "任务45个，开工45个，开工率100%");
        // Found by chance: half of a percent would have come from the other copy.
        assert_eq!(mended("百分之二十公里二十公里"), "百分之二十公里二十公里");
    }

    #[test]
    fn spans_lead_back() {
        let text = "接种 ４５００４\n剂次";
        let clean = Clean::of(text);
        let at = clean.text.find("45004").expect("the number");
        let span = clean.span(at, at + 5);
        assert_eq!((span.start, span.end), (3, 8));
    }
}
