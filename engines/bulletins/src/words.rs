//! Lists of words in the lexicon, and what is asked of them.

use regex::Regex;
use serde::Deserialize;

use crate::lexicon::pattern;

/// Words that stand for one thing.
///
/// Every sentence is asked for dozens of such lists, so that one pass over a text looks for all words of a list at once:
/// they lie in buckets by a byte that tells most characters apart.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "Vec<String>")]
pub(crate) struct Words {
    words: Vec<String>,
    /// For each bucket, the words whose first character belongs there.
    buckets: Vec<Vec<String>>,
    /// A bit for each bucket that is not empty.
    filled: u64,
}

const BUCKETS: usize = 64;

/// The bucket of a word or of the rest of a text: by the third byte of its first character, which a Chinese one has.
fn bucket(text: &[u8]) -> usize {
    let byte = if text[0] < 0xE0 { text[0] } else { text.get(2).copied().unwrap_or_default() };
    usize::from(byte) % BUCKETS
}

/// What stands behind a word at a text's start. Most words are told apart by one byte, before they are compared.
pub(crate) fn without_front<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let last = word.len().checked_sub(1)?;
    (text.as_bytes().get(last) == word.as_bytes().last()).then(|| text.strip_prefix(word)).flatten()
}

/// What stands in front of a word at a text's end.
pub(crate) fn without_back<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    (text.as_bytes().last() == word.as_bytes().last()).then(|| text.strip_suffix(word)).flatten()
}

impl From<Vec<String>> for Words {
    fn from(words: Vec<String>) -> Self {
        let mut buckets = vec![Vec::new(); BUCKETS];
        for word in words.iter().filter(|word| !word.is_empty()) {
            buckets[bucket(word.as_bytes())].push(word.clone());
        }
        let filled = (0..BUCKETS).filter(|at| !buckets[*at].is_empty()).fold(0, |filled, at| filled | 1 << at);
        Self { words, buckets, filled }
    }
}

impl Words {
    /// Where words stand in a text: start and end of each, in order of their starts.
    fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize)> + 'a {
        let bytes = text.as_bytes();
        let may_start = move |at: &usize| self.filled >> bucket(&bytes[*at..]) & 1 == 1 && text.is_char_boundary(*at);
        (0..bytes.len()).filter(may_start).flat_map(move |at| {
            let rest = &bytes[at..];
            let standing = self.buckets[bucket(rest)].iter().filter(move |word| rest.starts_with(word.as_bytes()));
            standing.map(move |word| (at, at + word.len()))
        })
    }

    /// Whether one of them stands in a text.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        self.places(text).next().is_some()
    }

    /// Whether a text begins with one of them.
    pub(crate) fn open(&self, text: &str) -> bool {
        !text.is_empty() && self.buckets[bucket(text.as_bytes())].iter().any(|word| text.starts_with(word.as_str()))
    }

    /// Whether a text ends with one of them.
    pub(crate) fn close(&self, text: &str) -> bool {
        self.words.iter().any(|word| without_back(text, word).is_some())
    }

    /// Whether a text is one of them.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.words.iter().any(|word| word == text)
    }

    /// Where the first of them begins.
    pub(crate) fn first_in(&self, text: &str) -> Option<usize> {
        self.places(text).next().map(|(start, _)| start)
    }

    /// Where the last of them ends.
    pub(crate) fn end_in(&self, text: &str) -> Option<usize> {
        self.places(text).map(|(_, end)| end).max()
    }

    /// Whether one of them stands at most so many characters before the end.
    pub(crate) fn end_near(&self, text: &str, characters: usize) -> bool {
        let from = text.char_indices().rev().nth(characters).map_or(0, |(at, letter)| at + letter.len_utf8());
        self.places(text).any(|(_, end)| end >= from)
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &String> {
        self.words.iter()
    }
}

/// When Chinese numerals are figures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spoken {
    pub(crate) names: Words,
    pub(crate) verbs: Words,
    pub(crate) single: Words,
    pub(crate) wholes: Words,
}

/// Which figure belongs to which.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BelongingWords {
    pub(crate) totals: Words,
    pub(crate) spent: Words,
    pub(crate) granted: Words,
    pub(crate) rates: Words,
    pub(crate) shares: Words,
}

/// Headings of tables.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TableWords {
    pub(crate) skip: Words,
    pub(crate) skip_in_front: Words,
    pub(crate) ranks: Words,
    pub(crate) unit: Words,
    pub(crate) day: Words,
    pub(crate) label: Words,
    pub(crate) plain: Words,
    pub(crate) levels: Words,
    pub(crate) growths: Words,
    pub(crate) changes: Words,
    pub(crate) rises: Words,
    pub(crate) aims: Words,
    pub(crate) stocks: Words,
}

/// What looks like the name of a place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaceWords {
    pub(crate) kinds: Words,
}

/// What tells a relation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RelationWords {
    pub(crate) schedule: Words,
    pub(crate) quotients: Words,
    pub(crate) reached: Words,
    pub(crate) general: Words,
    pub(crate) done_to: Words,
    #[serde(deserialize_with = "pattern")]
    pub(crate) claims: Regex,
    pub(crate) levels: Vec<Level>,
    pub(crate) every: Words,
}

/// A level of government: the words that name it, and what names of its places end with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    pub(crate) words: Vec<String>,
    pub(crate) suffixes: Vec<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(words: &[&str]) -> Words {
        Words::from(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_are_found_wherever_they_stand() {
        let list = words(&["提高到", "提高", "up", "é", "𠀀"]);
        assert_eq!((list.first_in("由此提高到"), list.end_in("由此提高到")), (Some(6), Some(15)));
        assert!(list.stand_in("go up") && list.stand_in("a𠀀") && list.stand_in("é") && !list.stand_in("提"));
        assert!(list.open("提高了") && !list.open("") && !list.open("又提高"));
    }

    proptest! {
        #[test]
        fn one_pass_finds_what_looking_for_each_word_finds(text in "[提高到降至aé𠀀]{0,12}", list in prop::collection::vec("[提高到降至aé𠀀]{1,3}", 0..6)) {
            let words = Words::from(list.clone());
            prop_assert_eq!(words.stand_in(&text), list.iter().any(|word| text.contains(word.as_str())));
            prop_assert_eq!(words.first_in(&text), list.iter().filter_map(|word| text.find(word.as_str())).min());
            let ends = list.iter().filter_map(|word| Some(text.rfind(word.as_str())? + word.len()));
            prop_assert_eq!(words.end_in(&text), ends.max());
            let near = list.iter().filter_map(|word| Some(&text[text.rfind(word.as_str())? + word.len()..]));
            prop_assert_eq!(words.end_near(&text, 2), near.map(|rest| rest.chars().count()).any(|rest| rest <= 2));
        }
    }
}
