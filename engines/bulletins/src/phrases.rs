//! The words that say what a figure counts.

use std::ops::Range;

use crate::candidates::Candidate;
use crate::lexicon::{Phrases, lexicon};
use crate::repair::is_han;
use crate::words::{without_back, without_front};

/// Marks at which a clause ends.
const CLAUSE_ENDS: [char; 9] = ['，', '。', '；', '！', '？', '\n', '\t', '|', '：'];

/// The words around a figure.
pub(crate) struct Around<'a> {
    /// From the clause's start, or the figure before it, up to the figure.
    pub(crate) before: &'a str,
    /// From the figure up to the clause's end or the next figure.
    pub(crate) after: &'a str,
}

/// The words around a figure that stands between two others in its line.
pub(crate) fn around<'a>(
    text: &'a str,
    line: &Range<usize>,
    candidate: &Candidate,
    previous: Option<&Candidate>,
    next: Option<&Candidate>,
) -> Around<'a> {
    let from = previous.map_or(line.start, |previous| previous.phrase.end).max(line.start).min(candidate.phrase.start);
    let to = next.map_or(line.end, |next| next.phrase.start).min(line.end).max(candidate.phrase.end);
    let before = &text[from..candidate.phrase.start];
    let after = &text[candidate.phrase.end..to];
    let before = before.rfind(CLAUSE_ENDS).map_or(before, |at| {
        let cut = at + before[at..].chars().next().map_or(1, char::len_utf8);
        &before[cut..]
    });
    let after = after.find(CLAUSE_ENDS).map_or(after, |at| &after[..at]);
    Around { before, after }
}

impl Around<'_> {
    /// What is counted: the noun behind the figure where one follows at once, else the words in front of it.
    pub(crate) fn indicator(&self) -> String {
        let words = &lexicon().phrases;
        let follows = self.noun_follows(words);
        let before = trim(self.before, words);
        if !follows {
            return before.to_owned();
        }
        let after = trim(self.after, words);
        // The verb in front belongs to it: “完成” + “老旧小区改造”.
        let verb = if before.chars().count() <= 6 && before.chars().all(is_han) { before } else { "" };
        let words = format!("{verb}{after}");
        words.chars().take(LONGEST).collect()
    }

    /// What stands behind, for things that are named: “…等代表提出”.
    pub(crate) fn indicator_behind(&self) -> String {
        trim(self.after, &lexicon().phrases).to_owned()
    }

    fn noun_follows(&self, words: &Phrases) -> bool {
        let first = self.after.chars().next();
        first.is_some_and(|letter| {
            is_han(letter) || matches!(letter, '“' | '"' | '\'' | '《') || letter.is_ascii_alphanumeric()
        }) && !words.noun_follows_not.iter().any(|word| without_front(self.after, word).is_some())
    }
}

/// Longer indicators are sentences.
const LONGEST: usize = 40;

/// Whether a phrase says nothing without the figure it belongs to: 金额, 新建, 同比增长.
pub(crate) fn is_generic(phrase: &str) -> bool {
    phrase.is_empty() || lexicon().phrases.generic.iter().any(|word| word == phrase)
}

/// A phrase without the words that only lead to it or away from it.
fn trim<'a>(phrase: &'a str, words: &Phrases) -> &'a str {
    let mut phrase = phrase.trim();
    loop {
        phrase = without_year(phrase);
        let length = phrase.len();
        for word in &words.front {
            if let Some(rest) = without_front(phrase, word)
                && !starts_word(rest)
            {
                phrase = rest.trim_start();
            }
        }
        for word in &words.back {
            if let Some(rest) = without_back(phrase, word) {
                phrase = rest.trim_end();
            }
        }
        if phrase.len() == length {
            break;
        }
    }
    let long = phrase.chars().count().saturating_sub(LONGEST);
    let cut = phrase.char_indices().nth(long).map_or(0, |(at, _)| at);
    balanced(&phrase[cut..])
}

/// A phrase without the year in front: “2024年新增…”.
fn without_year(phrase: &str) -> &str {
    let digits = phrase.bytes().take_while(u8::is_ascii_digit).count();
    let rest = phrase[digits..].strip_prefix('年').map(|rest| rest.strip_prefix('度').unwrap_or(rest));
    rest.filter(|_| digits == 4).map_or(phrase, |rest| rest.trim_start_matches('，'))
}

/// Whether cutting in front of this would cut a word apart: 市级 behind 全, 效 behind 有.
fn starts_word(rest: &str) -> bool {
    rest.starts_with(['效', '序', '机', '力', '关', '国', '方', '心', '建', '享', '富', '同'])
        && rest.chars().count() <= 12
}

/// A phrase without a bracket or quotation mark whose other half was cut off.
fn balanced(phrase: &str) -> &str {
    let pairs = [('(', ')'), ('“', '”'), ('《', '》')];
    let mut phrase = phrase;
    for (open, close) in pairs {
        let (opened, closed) = (phrase.matches(open).count(), phrase.matches(close).count());
        if opened > closed && phrase.starts_with(open) {
            phrase = &phrase[open.len_utf8()..];
        }
        if closed > opened && phrase.ends_with(close) {
            phrase = &phrase[..phrase.len() - close.len_utf8()];
        }
    }
    phrase
}

/// How alike two phrases are: shared pairs of characters over all pairs (Dice), from 0 to 1.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let letters: Vec<char> = text.chars().filter(|letter| letter.is_alphanumeric()).collect();
        letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (one, mut other) = (pairs(one), pairs(other));
    let all = one.len() + other.len();
    if all == 0 {
        return 0.0;
    }
    let mut shared = 0_u32;
    for pair in one {
        if let Some(at) = other.iter().position(|candidate| *candidate == pair) {
            other.swap_remove(at);
            shared += 1;
        }
    }
    f64::from(shared) * 2.0 / all as f64
}
