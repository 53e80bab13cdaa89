//! Phrases that a scanner or a bad copy printed twice in a row.

use super::{Placed, is_han};

/// Shorter repetitions are speech (高高兴兴, 研究研究).
const SHORTEST: usize = 4;
const LONGEST: usize = 40;

/// The text with each phrase that stands twice in a row standing once.
///
/// A phrase counts from four characters on, of which three must be Chinese: 2020 2020 may be a number.
pub(super) fn drop(letters: Vec<Placed>) -> Vec<Placed> {
    let doubled = |at: usize| (SHORTEST..=LONGEST).rev().find(|length| stands_twice(&letters, at, *length));
    let mut kept = Vec::with_capacity(letters.len());
    let mut at = 0;
    while at < letters.len() {
        // Almost no character is followed by itself at any of these distances: look at the pairs first.
        if let Some(length) = doubled(at) {
            at += length;
        } else {
            kept.push(letters[at]);
            at += 1;
        }
    }
    kept
}

/// Whether a phrase begins inside a numeral: “百分之二十公里二十公里”.
fn cuts_a_numeral(letters: &[Placed], at: usize) -> bool {
    let numeral = |letter: char| letter.is_ascii_digit() || "零〇一二两三四五六七八九十百千万亿.".contains(letter);
    let before = at.checked_sub(1).map(|before| letters[before].0);
    numeral(letters[at].0) && before.is_some_and(|before| numeral(before) || before == '之')
}

/// How many Chinese characters a doubled phrase has at least. “任务45个，开工45个，开工率” only looks doubled: with a
/// mark inside it takes a whole sentence.
fn least(phrase: &[Placed]) -> usize {
    let inside = phrase.iter().rev().skip(1).any(|(letter, _)| matches!(letter, '，' | '、' | '；' | '。' | '：'));
    if inside { 9 } else { 3 }
}

fn stands_twice(letters: &[Placed], at: usize, length: usize) -> bool {
    let (Some(first), Some(second)) = (letters.get(at..at + length), letters.get(at + length..at + 2 * length)) else {
        return false;
    };
    first[0].0 == second[0].0
        && !cuts_a_numeral(letters, at)
        && first.iter().zip(second).all(|(one, other)| one.0 == other.0)
        && !first.iter().any(|(letter, _)| *letter == '\n' || *letter == '\t' || *letter == '|')
        && first.iter().filter(|(letter, _)| is_han(*letter)).count() >= least(first)
}
