//! Phrases that a scanner or a bad copy printed twice in a row.

use super::{Placed, is_han};

/// Shorter repetitions are speech (高高兴兴, 研究研究).
const SHORTEST: usize = 4;
const LONGEST: usize = 40;

/// A phrase has at least so many Chinese characters.
const FEWEST: usize = 3;

/// The text with each phrase that stands twice in a row standing once.
///
/// A phrase counts from four characters on, of which three must be Chinese: 2020 2020 may be a number.
pub(super) fn drop(letters: Vec<Placed>) -> Vec<Placed> {
    let text = Measured::of(&letters);
    let mut kept = Vec::with_capacity(letters.len());
    let mut at = 0;
    while at < letters.len() {
        if let Some(length) = text.doubled(at) {
            at += length;
        } else {
            kept.push(letters[at]);
            at += 1;
        }
    }
    kept
}

/// Letters with what decides at once, for nearly every place, that nothing is doubled there.
struct Measured<'a> {
    letters: &'a [Placed],
    /// How far it is to the same letter again; 0 where it does not come again.
    again: Vec<u32>,
    /// How many Chinese characters, and how many marks that a phrase does not reach over, stand before each letter.
    before: Vec<(u32, u32)>,
}

impl<'a> Measured<'a> {
    fn of(letters: &'a [Placed]) -> Self {
        // One more than where each letter stood last; 0 where it has not stood yet.
        let mut last = vec![0_u32; char::MAX as usize + 1];
        let mut again = vec![0; letters.len()];
        let mut before = Vec::with_capacity(letters.len() + 1);
        before.push((0, 0));
        let (mut han, mut breaks) = (0, 0);
        for (at, (letter, _)) in letters.iter().enumerate() {
            let here = u32::try_from(at + 1).unwrap_or(0);
            let earlier = std::mem::replace(&mut last[*letter as usize], here);
            if let Some(earlier) = (earlier as usize).checked_sub(1) {
                again[earlier] = u32::try_from(at - earlier).unwrap_or(0);
            }
            han += u32::from(is_han(*letter));
            breaks += u32::from(matches!(letter, '\n' | '\t' | '|'));
            before.push((han, breaks));
        }
        Self { letters, again, before }
    }

    /// The length of the longest phrase that begins at a place and stands twice.
    fn doubled(&self, at: usize) -> Option<usize> {
        let mut longest = None;
        let mut length = 0;
        loop {
            let step = self.again[at + length] as usize;
            length += step;
            if step == 0 || length > LONGEST {
                return longest;
            }
            if length >= SHORTEST && self.stands_twice(at, length) {
                longest = Some(length);
            }
        }
    }

    fn stands_twice(&self, at: usize, length: usize) -> bool {
        let (from, Some(to)) = (self.before[at], self.before.get(at + length)) else { return false };
        let Some(second) = self.letters.get(at + length..at + 2 * length) else { return false };
        let (han, first) = ((to.0 - from.0) as usize, &self.letters[at..at + length]);
        han >= FEWEST
            && to.1 == from.1
            && first.iter().zip(second).all(|(one, other)| one.0 == other.0)
            && !cuts_a_numeral(self.letters, at)
            && han >= least(first)
    }
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
    if inside { 9 } else { FEWEST }
}
