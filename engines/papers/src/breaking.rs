//! Where a line may end: 避头尾, words and numbers kept whole, a number kept with its unit.

/// Marks that may not begin a line.
const NOT_FIRST: &str = "。，、；：？！）》〉」』】〕］｝”’·～‰℃…!),.:;?]}%％々／/°′″";
/// Marks that may not end a line.
const NOT_LAST: &str = "（《〈「『【〔［｛“‘([{￥¥$€£№／/";
/// Full-width marks whose right half is blank.
const BLANK_RIGHT: &str = "。，、；：？！）》〉」』】〕］｝”’";
/// Full-width marks whose left half is blank.
const BLANK_LEFT: &str = "（《〈「『【〔［｛“‘";
/// What a number is read together with.
const UNITS: &str = "万亿千百个件家户人名次处座所公米吨元年月日号时条项套台辆平立方里亩款类批场层岁天倍分秒度期届册幅间只根株头艘架组班门宗起例篇部";

/// The half of a square that may be given up in a mark, and on which side it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    Left,
    Right,
}

/// Which half of a character is blank.
pub(crate) fn blank(character: char) -> Option<Blank> {
    if BLANK_RIGHT.contains(character) {
        Some(Blank::Right)
    } else if BLANK_LEFT.contains(character) {
        Some(Blank::Left)
    } else {
        None
    }
}

/// Whether a line may end between two characters.
pub(crate) fn may_break(before: char, after: char) -> bool {
    if after == ' ' || after == '\n' {
        return false;
    }
    if before == ' ' {
        return true;
    }
    let pair = before == after && matches!(before, '—' | '…');
    let counted = (before.is_ascii_digit() && UNITS.contains(after)) || (before == '第' && after.is_ascii_digit());
    !(pair || counted || NOT_FIRST.contains(after) || NOT_LAST.contains(before) || (is_word(before) && is_word(after)))
}

/// Whether a character is part of a word or number that is not taken apart.
pub(crate) fn is_word(character: char) -> bool {
    character.is_ascii_graphic() || (character.is_alphanumeric() && character < '\u{2000}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `|` wherever a line may end.
    fn broken(text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let mut shown = String::new();
        for (at, character) in characters.iter().enumerate() {
            shown.push(*character);
            if characters.get(at + 1).is_some_and(|next| may_break(*character, *next)) {
                shown.push('|');
            }
        }
        shown
    }

    #[test]
    fn marks_stay_with_what_they_belong_to() {
        assert_eq!(broken("建成，验收"), "建|成，|验|收");
        assert_eq!(broken("据《意见》要求"), "据|《意|见》|要|求");
        assert_eq!(broken("他说：“好。”然后"), "他|说：|“好。”|然|后");
        assert_eq!(broken("第一——二"), "第|一|——|二");
    }

    #[test]
    fn numbers_stay_whole_and_with_their_unit() {
        assert_eq!(broken("完成3.31万人"), "完|成|3.31万|人");
        assert_eq!(broken("增长5.2%左右"), "增|长|5.2%|左|右");
        assert_eq!(broken("在2024年第3条"), "在|2024年|第3条");
        assert_eq!(broken("GB/T 9704"), "GB/T |9704");
    }
}
