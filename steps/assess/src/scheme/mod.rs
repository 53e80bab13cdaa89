//! A scheme of assessment (考核办法): components, weights, bounds and vetoes, read from TOML (docs/assessment.md).

mod check;
mod shipped;

use kernel::Text;
use kernel::rule_set::Certainty;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::exact::Exact;
use crate::formulas::Formula;
use crate::words::{Class, InputKind, Missing, Provenance, SubjectKind, VetoEffect};

pub use shipped::shipped;

/// A scheme, checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// The name in tables and addresses.
    pub code: String,
    /// Raised with every change.
    pub version: u32,
    /// The name on screens.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// What it is taken from, and what of it is ours.
    pub about: String,
    /// The same in English.
    pub about_en: String,
    /// The first year it holds for.
    pub valid_from: i32,
    /// The last year; open without.
    pub valid_to: Option<i32>,
    /// What it scores.
    pub subjects: Vec<SubjectKind>,
    /// What the weights add up to; without it the base components carry points as they are given.
    pub full_mark: Option<Exact>,
    /// Decimal places that points are rounded to, half up.
    pub places: u8,
    /// Bounds of the whole.
    #[serde(default)]
    pub limits: Limits,
    /// What it needs to know.
    #[serde(rename = "input")]
    pub inputs: Vec<Input>,
    /// What it adds up.
    #[serde(rename = "component")]
    pub components: Vec<Component>,
    /// What overrides everything (一票否决).
    #[serde(rename = "veto", default)]
    pub vetoes: Vec<Veto>,
}

/// Bounds of the whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// All additions together.
    pub additions_at_most: Option<Exact>,
    /// All deductions together, as a positive number.
    pub deductions_at_most: Option<Exact>,
    /// The total.
    pub total_at_least: Option<Exact>,
    /// The total.
    pub total_at_most: Option<Exact>,
}

/// Something that the scheme needs to know of every subject.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The name in components.
    pub code: String,
    /// The name on screens.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// What its readings are.
    pub kind: InputKind,
    /// Where it comes from.
    pub from: Provenance,
    /// Whether what was typed goes before what the program finds: an official circular may say something else.
    #[serde(default)]
    pub or_typed: bool,
    /// The most that may be typed: 100 for percents.
    pub at_most: Option<Exact>,
    /// What it means when it is not given.
    #[serde(default = "open")]
    pub missing: Missing,
}

fn open() -> Missing {
    Missing::Open
}

/// One part of the score.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// The name in coefficients and results.
    pub code: String,
    /// The name on screens.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// Part of the full mark, or added and taken away.
    pub class: Class,
    /// Its share of the full mark.
    pub weight: Option<Exact>,
    /// What it is computed from; the readings of several inputs count alike.
    pub inputs: Vec<String>,
    /// How.
    pub formula: Formula,
    /// The most points it may give.
    pub at_most: Option<Exact>,
    /// The fewest.
    pub at_least: Option<Exact>,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// Where it comes from.
    pub source: String,
    /// The same in English.
    pub source_en: String,
}

/// What overrides the score when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Veto {
    /// The name in results.
    pub code: String,
    /// The name on screens.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// The fact that it is about.
    pub input: String,
    /// What it does.
    pub effect: VetoEffect,
    /// How sure the rule is.
    pub certainty: Certainty,
    /// Where it comes from.
    pub source: String,
    /// The same in English.
    pub source_en: String,
}

impl Scheme {
    /// Reads and checks a scheme.
    ///
    /// # Errors
    /// What is wrong, in the words of a problem of the field `text`: no TOML, an unknown key, weights that do not add up, an
    /// input that is missing or used by nobody.
    pub fn read(text: &str) -> Result<Self, kernel::Problem> {
        check::read(text)
    }

    /// The name on screens.
    pub fn title(&self) -> Text {
        Text::new(&self.name, &self.name_en)
    }

    /// What it is taken from.
    pub fn story(&self) -> Text {
        Text::new(&self.about, &self.about_en)
    }

    /// Code and version, as forms and results name it: `suggested@1`.
    pub fn reference(&self) -> String {
        format!("{}@{}", self.code, self.version)
    }

    /// Whether it holds for programmes of `year`.
    pub fn holds_in(&self, year: i32) -> bool {
        self.valid_from <= year && self.valid_to.is_none_or(|last| year <= last)
    }

    /// The input of this code.
    pub fn input(&self, code: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.code == code)
    }

    /// The component of this code.
    pub fn component(&self, code: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.code == code)
    }

    /// The veto of this code.
    pub fn veto(&self, code: &str) -> Option<&Veto> {
        self.vetoes.iter().find(|veto| veto.code == code)
    }

    /// Inputs that somebody may type.
    pub fn typed(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.may_be_typed())
    }
}

impl Input {
    /// The name on screens.
    pub fn title(&self) -> Text {
        Text::new(&self.name, &self.name_en)
    }

    /// Whether somebody may type it.
    pub fn may_be_typed(&self) -> bool {
        self.from == Provenance::Typed || self.or_typed
    }

    /// The most that may be typed.
    pub fn bound(&self) -> Decimal {
        self.at_most
            .map_or_else(|| Decimal::from(if self.kind == InputKind::Percent { 100 } else { 10_000 }), |most| *most)
    }
}

impl Component {
    /// The name on screens.
    pub fn title(&self) -> Text {
        Text::new(&self.name, &self.name_en)
    }

    /// Where it comes from.
    pub fn origin(&self) -> Text {
        Text::new(&self.source, &self.source_en)
    }

    /// `points` within the component's bounds.
    pub fn bounded(&self, points: Decimal) -> Decimal {
        let most = self.at_most.map_or(points, |most| points.min(*most));
        self.at_least.map_or(most, |least| most.max(*least))
    }
}

impl Veto {
    /// The name on screens.
    pub fn title(&self) -> Text {
        Text::new(&self.name, &self.name_en)
    }

    /// Where it comes from.
    pub fn origin(&self) -> Text {
        Text::new(&self.source, &self.source_en)
    }
}
