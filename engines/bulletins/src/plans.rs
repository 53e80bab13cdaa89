//! Lines that tell what is still to be done: drafts and plans, lists under 会议议定 or 下一步, 今年 behind a look back.

use crate::layout::{Line, Shape};
use crate::lexicon::lexicon;

/// The first lines of a text are its title.
const TITLE: usize = 3;

/// How a section of things to be done ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    /// Opened by a colon: ends with the last item of its list.
    List,
    /// Opened by a heading: ends with the next heading.
    Heading,
}

/// For each line, whether it tells what is still to be done.
pub(crate) fn ahead(mended: &str, lines: &[Line]) -> Vec<bool> {
    let words = &lexicon().flows;
    let titles = lines.iter().take(TITLE).filter(|line| line.shape == Shape::Short);
    let planned = titles
        .map(|line| &mended[line.place.clone()])
        .any(|title| words.plans.is_match(title) && !words.reports.is_match(title));
    let mut section = Section::None;
    let mut looked_back = false;
    lines
        .iter()
        .map(|line| {
            let text = mended[line.place.clone()].trim();
            let item = is_item(text);
            let opens = text.ends_with('：');
            if opens || line.shape == Shape::Short {
                let matches = words.sections.is_match(text);
                if matches {
                    section = if opens { Section::List } else { Section::Heading };
                } else if section == Section::Heading && line.shape == Shape::Short && !item {
                    section = Section::None;
                }
            }
            if section == Section::List && !item && !opens {
                section = Section::None;
            }
            let this_year = looked_back && text.starts_with("今年");
            looked_back |= words.review.is_match(text);
            planned || section != Section::None || this_year
        })
        .collect()
}

/// An item of a list: “1.”, “(二)”, “①”, “-”.
fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(['(', '第']);
    let numeral = |letter: char| letter.is_ascii_digit() || "一二三四五六七八九十".contains(letter);
    let behind = rest.trim_start_matches(numeral);
    let numbered = behind.len() < rest.len() && behind.starts_with(['.', '、', ')', '，']);
    numbered
        || line.starts_with(|letter: char| matches!(letter, '①'..='⑳' | '●' | '■' | '◆' | '•' | '-' | '—' | '*' | '★'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::lines;

    fn told(text: &str) -> Vec<bool> {
        ahead(text, &lines(text))
    }

    #[test]
    fn plans_are_told_from_reports() {
        assert_eq!(told("2026年候选项目(草案)\n一、新建中小学8所。"), [true, true]);
        assert_eq!(told("2026年实施方案完成情况\n一、新建中小学8所。"), [false, false]);
        assert_eq!(told("会议议定：\n1.改造管道45公里。\n出席：8个部门。"), [true, true, false]);
        assert_eq!(told("过去一年，新建小学8所。\n今年，新建小学9所。"), [false, true]);
        assert_eq!(told("今年，新建小学9所。"), [false]);
    }
}
