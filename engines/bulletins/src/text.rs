//! A text as it was read, and places in it.

use serde::Serialize;

/// A text as it was read from a file: what spans count in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    name: String,
    content: String,
}

impl Text {
    /// A text under the name it is known by, which may tell its year; often the name of a file.
    #[must_use]
    pub fn new(name: impl Into<String>, content: impl Into<String>) -> Self {
        Self { name: name.into(), content: content.into() }
    }

    /// The name it is known by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was read, unrepaired.
    #[must_use]
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The characters of a span, as they stand; what lies past the end is left out.
    #[must_use]
    pub fn slice(&self, span: Span) -> String {
        self.content.chars().skip(span.start).take(span.end.saturating_sub(span.start)).collect()
    }
}

/// A place in a text: from a character up to, not including, another; counted in characters (Unicode scalar values)
/// of the text as read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "[usize; 2]")]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The character behind the last.
    pub end: usize,
}

impl Span {
    /// Whether the two have a character in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The shortest span that holds both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl From<Span> for [usize; 2] {
    fn from(span: Span) -> Self {
        [span.start, span.end]
    }
}
