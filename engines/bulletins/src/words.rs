//! Lists of words in the lexicon, and what is asked of them.

use regex::Regex;
use serde::Deserialize;

use crate::lexicon::pattern;

/// Words that stand for one thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// Whether one of them stands in a text.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        self.0.iter().any(|word| text.contains(word.as_str()))
    }

    /// Whether a text ends with one of them.
    pub(crate) fn close(&self, text: &str) -> bool {
        self.0.iter().any(|word| text.ends_with(word.as_str()))
    }

    /// Whether a text is one of them.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.iter().any(|word| word == text)
    }

    /// Where the first of them begins.
    pub(crate) fn first_in(&self, text: &str) -> Option<usize> {
        self.0.iter().filter_map(|word| text.find(word.as_str())).min()
    }

    /// Where the last of them ends.
    pub(crate) fn end_in(&self, text: &str) -> Option<usize> {
        self.0.iter().filter_map(|word| Some(text.rfind(word.as_str())? + word.len())).max()
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &String> {
        self.0.iter()
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
