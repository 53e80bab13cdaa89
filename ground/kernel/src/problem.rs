//! What went wrong, told to the person who can mend it: what, where and what to do, in both languages.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Text;

/// What a caller has to tell apart; each kind has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The thing does not exist, or its existence is secret (404).
    NotFound,
    /// Nobody is signed in (401).
    SignInNeeded,
    /// Signed in, but without the permission (403).
    Forbidden,
    /// What was sent cannot be taken; places say where (422).
    Invalid,
    /// Somebody else was faster, or the thing exists already (409).
    Conflict,
    /// More than the program takes at once (413).
    TooLarge,
    /// Too many tries in too short a time (429).
    TooMany,
}

/// Where in the input something is wrong, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// A field's name, `第3行` / `line 3`, or sheet, row and column together.
    pub at: Text,
    /// What is wrong there and what to do.
    pub message: Text,
}

/// An error that a person or a client program can act on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What sort of problem it is.
    pub kind: ProblemKind,
    /// What was wrong and what to do.
    pub message: Text,
    /// Each single place in the input, in its order. Long lists are cut by whoever fills them.
    pub places: Vec<Place>,
}

impl Problem {
    /// A problem without places.
    pub fn new(kind: ProblemKind, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { kind, message: Text::new(zh, en), places: Vec::new() }
    }

    /// Shorthand for input that cannot be taken.
    pub fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ProblemKind::Invalid, zh, en)
    }

    /// Shorthand for a thing that is not there.
    pub fn not_found(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ProblemKind::NotFound, zh, en)
    }

    /// Shorthand for a race that was lost or a name that is taken.
    pub fn conflict(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(ProblemKind::Conflict, zh, en)
    }

    /// Adds a place; `at` is a field name or a position in a file.
    #[must_use]
    pub fn at(mut self, at: Text, message: Text) -> Self {
        self.places.push(Place { at, message });
        self
    }

    /// A single wrong form field: the message is that of the field.
    pub fn field(field: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let message = Text::new(zh, en);
        Self {
            kind: ProblemKind::Invalid,
            message: message.clone(),
            places: vec![Place { at: Text::new(field, field), message }],
        }
    }

    /// A sheet of which nothing was written, with all that is wrong with it; the first two hundred places are told.
    pub fn in_sheet(mut faults: Vec<Place>) -> Self {
        let count = faults.len();
        faults.truncate(200);
        let message = Text::new(
            format!("表格有 {count} 处错误，没有写入任何内容；改好后再上传"),
            format!("The sheet has {count} faults and nothing was written: mend them and send it again"),
        );
        Self { kind: ProblemKind::Invalid, message, places: faults }
    }

    /// The message for a form field, if this problem names it.
    pub fn for_field(&self, field: &str) -> Option<&Text> {
        self.places.iter().find(|place| place.at.en == field).map(|place| &place.message)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message.zh, self.message.en)?;
        for place in &self.places {
            write!(f, "\n  {}：{} ({}: {})", place.at.zh, place.message.zh, place.at.en, place.message.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
