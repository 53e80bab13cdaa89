//! Character by character: full width, traditional forms, invisible characters, one form for each mark.

use std::sync::OnceLock;

use super::{Placed, is_han};

/// The text with one plain form for each character; invisible ones are gone.
pub(super) fn plain(content: &str) -> Vec<Placed> {
    let letters: Vec<Placed> =
        (0_u32..).zip(content.chars()).filter_map(|(place, letter)| Some((plain_form(letter)?, place))).collect();
    let mut marked = Vec::with_capacity(letters.len());
    for (index, (letter, place)) in letters.iter().copied().enumerate() {
        let near = |offset: usize| letters.get(index + offset).map(|(letter, _)| *letter);
        let before = index.checked_sub(1).and_then(|index| letters.get(index)).map(|(letter, _)| *letter);
        let digits_around = before.is_some_and(|letter| letter.is_ascii_digit())
            && near(1).is_some_and(|letter| letter.is_ascii_digit());
        let letter = match letter {
            // Emphasis of marked-up text: **38** 个.
            '*' if before == Some('*') || near(1) == Some('*') => continue,
            'l' | 'I' | 'O' | 'o' => misread(&letters, index),
            '，' if digits_around && parts_thousands(&letters, index) => ',',
            // A scanner's blank beside the comma: 1 ,286.
            ',' if !digits_around && parts_spaced_thousands(&letters, index) => ',',
            ',' if !digits_around => '，',
            ':' if !digits_around => '：',
            ';' => '；',
            '!' => '！',
            '?' if before.is_some_and(is_han) => '？',
            other => other,
        };
        marked.push((letter, place));
    }
    marked
}

/// How many letters of a number a scanner takes for others in a row.
const MISREAD: usize = 4;

/// A letter that a scanner put for a digit, where digits or a count stand around it: l8座, 3O个, 1OO ％, 回收l 156份.
fn misread(letters: &[Placed], index: usize) -> char {
    let letter = letters[index].0;
    let taken = |letter: &char| matches!(letter, 'l' | 'I' | 'O' | 'o');
    let before = letters[..index].iter().rev().map(|(letter, _)| *letter).take(MISREAD).find(|letter| !taken(letter));
    let mut behind = letters[index + 1..].iter().map(|(letter, _)| *letter).take(MISREAD).skip_while(taken);
    let (after, beyond) = (behind.next(), behind.next());
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let han = |letter: Option<char>| letter.is_some_and(is_han);
    let unit = han(after) || after == Some('%') || (after == Some(' ') && beyond == Some('%'));
    let parted = letter == 'l' && after == Some(' ') && digit(beyond);
    let inside =
        (digit(before) && (digit(after) || unit)) || (han(before) && letter != 'O' && (digit(after) || parted));
    match letter {
        'l' | 'I' if inside => '1',
        'O' | 'o' if inside => '0',
        other => other,
    }
}

/// The same where blanks stand beside the comma; nothing else may follow the three digits.
fn parts_spaced_thousands(letters: &[Placed], comma: usize) -> bool {
    let digits = |letters: &mut dyn Iterator<Item = &Placed>| {
        letters
            .skip_while(|(letter, _)| *letter == ' ')
            .take(5)
            .take_while(|(letter, _)| letter.is_ascii_digit())
            .count()
    };
    let behind = digits(&mut letters[comma + 1..].iter());
    let before = digits(&mut letters[..comma].iter().rev());
    behind == 3 && (1..=3).contains(&before)
}

/// Whether a full-width comma parts groups of three digits, as in 45，004, and not two numbers of a list.
fn parts_thousands(letters: &[Placed], comma: usize) -> bool {
    let digit = |index: usize| letters.get(index).is_some_and(|(letter, _)| letter.is_ascii_digit());
    let three = (1..=3).all(|offset| digit(comma + offset)) && !digit(comma + 4);
    let before = (1..=4).take_while(|offset| comma.checked_sub(*offset).is_some_and(digit)).count();
    three && (1..=3).contains(&before)
}

fn plain_form(letter: char) -> Option<char> {
    Some(match letter {
        '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' | '\r' => return None,
        '\u{3000}' | '\u{00A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{000B}' | '\u{000C}' => ' ',
        '\u{2028}' | '\u{2029}' | '\u{0085}' => '\n',
        '，' | '：' | '；' | '！' | '？' => letter,
        '﹐' => '，',
        '．' | '﹒' => '.',
        '（' | '﹙' => '(',
        '）' | '﹚' => ')',
        '％' | '﹪' => '%',
        '＋' => '+',
        '–' | '―' | '─' | '－' | '‐' | '‑' | '‒' | '−' => '—',
        '～' | '〜' | '∼' => '~',
        '｜' | '│' | '┃' => '|',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '〔' | '【' => '[',
        '〕' | '】' => ']',
        '「' | '『' | '〝' => '“',
        '」' | '』' | '〞' => '”',
        _ if is_han(letter) => simplified(letter),
        _ => letter,
    })
}

/// The block of Unicode that the common Chinese characters lie in.
const COMMON: std::ops::RangeInclusive<char> = '\u{4E00}'..='\u{9FFF}';

/// The simplified character that a traditional one is read as; itself where it is none.
fn simplified(letter: char) -> char {
    static TABLE: OnceLock<Vec<char>> = OnceLock::new();
    let place = |letter: char| (letter as usize) - (*COMMON.start() as usize);
    let table = TABLE.get_or_init(|| {
        let mut table: Vec<char> = COMMON.collect();
        let pairs = include_str!("../../data/traditional.txt").lines().filter(|line| !line.starts_with('#'));
        for pair in pairs.flat_map(str::split_whitespace) {
            let mut letters = pair.chars();
            if let (Some(traditional), Some(simplified)) = (letters.next(), letters.next()) {
                table[place(traditional)] = simplified;
            }
        }
        table
    });
    if COMMON.contains(&letter) { table[place(letter)] } else { letter }
}
