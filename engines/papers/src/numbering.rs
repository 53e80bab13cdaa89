//! The numbers of headings: 一、 （一） 1. （1）.

use crate::{Block, Level, Numbering};

/// The headings of some blocks as they are printed, number and all; nothing for blocks that are no headings.
pub(crate) fn headings(blocks: &[Block], numbering: Numbering) -> Vec<Option<String>> {
    let mut counts = [0_usize; 4];
    let printed = blocks.iter().map(|block| {
        let Block::Heading { level, text } = block else { return None };
        let at = *level as usize;
        counts[at] += 1;
        counts[at + 1..].fill(0);
        Some(match numbering {
            Numbering::Written => text.clone(),
            Numbering::Counted => number(*level, counts[at]) + text,
        })
    });
    printed.collect()
}

fn number(level: Level, count: usize) -> String {
    match level {
        Level::One => format!("{}、", chinese(count)),
        Level::Two => format!("（{}）", chinese(count)),
        Level::Three => format!("{count}."),
        Level::Four => format!("（{count}）"),
    }
}

/// A count in Chinese numerals, as headings use them; past 9999 in digits.
fn chinese(count: usize) -> String {
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    const PLACES: [(usize, &str); 4] = [(1000, "千"), (100, "百"), (10, "十"), (1, "")];
    if count == 0 || count > 9999 {
        return count.to_string();
    }
    let mut printed = String::new();
    let mut skipped = false;
    for (place, name) in PLACES {
        let digit = count / place % 10;
        if digit == 0 {
            skipped = !printed.is_empty();
            continue;
        }
        if skipped {
            printed.push('零');
            skipped = false;
        }
        if !(place == 10 && digit == 1 && printed.is_empty()) {
            printed.push_str(DIGITS[digit]);
        }
        printed.push_str(name);
    }
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_said_as_people_say_them() {
        let said = [1, 10, 11, 20, 37, 100, 105, 110, 115, 159, 1001, 2010].map(chinese);
        let wanted = [
            "一",
            "十",
            "十一",
            "二十",
            "三十七",
            "一百",
            "一百零五",
            "一百一十",
            "一百一十五",
            "一百五十九",
            "一千零一",
            "二千零一十",
        ];
        assert_eq!(said, wanted);
    }

    #[test]
    fn a_level_counts_anew_below_each_heading() {
        let levels = [Level::One, Level::Two, Level::Two, Level::Three, Level::Four, Level::One, Level::Two];
        let blocks = levels.map(|level| Block::heading(level, ""));
        let numbers: Vec<_> = headings(&blocks, Numbering::Counted).into_iter().flatten().collect();
        assert_eq!(numbers, ["一、", "（一）", "（二）", "1.", "（1）", "二、", "（一）"]);
    }
}
