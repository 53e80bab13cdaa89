//! The two languages of the screens. Both wordings stand side by side where they are used.

use std::fmt::Display;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

/// A screen language; Chinese is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Reads `zh` or `en`, as used in the address (`?lang=`) and the cookie.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The code used in addresses and cookies.
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The value of the `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The wording for this language.
    pub fn t<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// How many of something there are, at the head of a line: 3 件督办逾期, Overdue orders: 3.
    pub fn tally(self, zh: &str, en: &str, count: impl Display) -> String {
        match self {
            Self::Zh => format!("{count} {zh}"),
            Self::En => format!("{en}: {count}"),
        }
    }

    /// A day in words: 2024年6月30日, 30 June 2024.
    pub fn day(self, day: NaiveDate) -> String {
        match self {
            Self::Zh => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
            Self::En => day.format("%-d %B %Y").to_string(),
        }
    }
}

/// A number of things in English: 1 month, 3 months. For words whose plural ends in s.
pub fn counted_in_english(count: u32, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// The same thing said in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Text {
    /// Puts the two wordings together.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The wording for `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        lang.t(&self.zh, &self.en)
    }
}
