//! The catalogue (服务目录): what kinds of facilities and services there are, as data.
//!
//! A file for each domain in `data/catalogue` describes its services: what one entry of a register is, which attributes
//! it has with their units, the usual hours, grades and the checklist of an acceptance, how entries become a figure,
//! and which published facts belong to it. An installation adds files of its own ([`Catalogue::read`]).
//!
//! Nothing here knows a database; [`crate::registers`] keeps the entries.

mod attribute;
mod check;
mod counting;
pub mod details;
mod file;
mod shipped;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kernel::Text;
use serde::Serialize;

pub(crate) use attribute::BETWEEN;
pub use attribute::{Attribute, AttributeKind, Choice};
pub use check::{Checked, check};
pub use counting::{Count, Counted, Tally, Value};
pub use file::Fault;
pub use stage::Stage;

use crate::hours::Hours;

/// Every kind of service that is known here.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The domains, in the order of their files.
    pub domains: Vec<Domain>,
    /// The twelve archetypes.
    pub archetypes: Vec<Archetype>,
    /// The services, by number.
    pub services: Vec<Service>,
    /// Published facts that belong to the core loop.
    pub mechanisms: Vec<Mechanism>,
}

/// A field of public life, such as health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Domain {
    /// The name in addresses.
    pub code: String,
    /// The name on screens.
    pub name: Text,
}

/// One of the twelve shapes that a service can have; a service may have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archetype {
    /// F, C, B, L, P, A, D, R, N, I, X or O.
    pub code: String,
    /// The name on screens.
    pub name: Text,
    /// What an entry stands for.
    pub about: Text,
    /// What every service of this shape carries.
    pub attributes: Vec<Attribute>,
}

/// What an entry of a register is, as far as space goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// A place with address, coordinates and opening hours.
    Place,
    /// A line or an area; it has an address and a point on it, but no hours.
    Line,
    /// Something without a place of its own: only the division is known.
    Record,
    /// There is no register, by choice.
    None,
}

impl Shape {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "place" => Some(Self::Place),
            "line" => Some(Self::Line),
            "record" => Some(Self::Record),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// Whether entries have an address and a point.
    pub fn is_located(self) -> bool {
        matches!(self, Self::Place | Self::Line)
    }
}

/// A kind of facility or service.
#[derive(Clone, Debug)]
pub struct Service {
    /// D001 … D159 for what ships; another letter for what an installation adds.
    pub code: String,
    /// The name in addresses.
    pub slug: String,
    /// The domain's code.
    pub domain: String,
    /// The name on screens.
    pub name: Text,
    /// What it is, in a sentence.
    pub about: Text,
    /// The codes of its archetypes, the main one first.
    pub archetypes: Vec<String>,
    /// One character for its seal.
    pub icon: String,
    /// What one entry of the register is called.
    pub entry: Text,
    /// What an entry is in space.
    pub shape: Shape,
    /// The hours that are usual for such a place; an entry may say its own.
    pub hours: Option<Hours>,
    /// Its grades, the lowest first; none where there are no grades.
    pub grades: Vec<Choice>,
    /// Its own attributes and, behind them, those of its archetypes.
    pub attributes: Vec<Attribute>,
    /// What is looked at before an entry is accepted.
    pub checks: Vec<Text>,
    /// The indicators that the register feeds.
    pub feeds: Vec<Feed>,
}

/// How a register answers an indicator, and the published facts of that indicator.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What is counted, a neutral noun phrase.
    pub name: Text,
    /// The units in which it is printed, the register's own first; none for a statement.
    pub units: Vec<String>,
    /// The counting rule.
    pub count: Count,
    /// The code of the matter that several places share, where there is one.
    pub matter: Option<String>,
    /// The identities of published facts.
    pub facts: Vec<String>,
}

/// Facts of a programme's own mechanism, such as the vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mechanism {
    /// K01 … K52.
    pub code: String,
    /// The name on screens.
    pub name: Text,
    /// The identities of published facts.
    pub facts: Vec<String>,
}

impl Catalogue {
    /// The catalogue that ships with the program.
    pub fn shipped() -> &'static Self {
        shipped::catalogue()
    }

    /// This catalogue with the services of one more file. `name` is the file's, for messages.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with line and key; a number or a name in addresses that is taken.
    pub fn with(&self, name: &str, text: &str) -> Result<Self, Vec<Fault>> {
        file::read(self, name, text)
    }

    /// The shipped catalogue with every TOML file of a folder, or with one file.
    ///
    /// # Errors
    /// What is wrong with the files, or why they cannot be read.
    pub fn read(path: &std::path::Path) -> Result<Self, Vec<Fault>> {
        file::read_path(Self::shipped(), path)
    }

    /// The service with this number, or with this name in addresses.
    pub fn find(&self, code_or_slug: &str) -> Option<&Service> {
        self.services
            .iter()
            .find(|service| service.code.eq_ignore_ascii_case(code_or_slug) || service.slug == code_or_slug)
    }

    /// The domain with this code.
    pub fn domain(&self, code: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.code == code)
    }

    /// The archetype with this code.
    pub fn archetype(&self, code: &str) -> Option<&Archetype> {
        self.archetypes.iter().find(|archetype| archetype.code == code)
    }

    /// Under each fact the number of the service or mechanism that it belongs to.
    pub fn owners(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut owners = BTreeMap::<&str, Vec<&str>>::new();
        for service in &self.services {
            for fact in service.feeds.iter().flat_map(|feed| &feed.facts) {
                owners.entry(fact).or_default().push(&service.code);
            }
        }
        for mechanism in &self.mechanisms {
            for fact in &mechanism.facts {
                owners.entry(fact).or_default().push(&mechanism.code);
            }
        }
        owners
    }
}

impl Service {
    /// The attribute with this key.
    pub fn attribute(&self, key: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.key == key)
    }

    /// The grade with this key.
    pub fn grade(&self, key: &str) -> Option<&Choice> {
        self.grades.iter().find(|grade| grade.key == key)
    }

    /// The attributes that everybody may see.
    pub fn public_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.public)
    }

    /// Whether there is a register of it here.
    pub fn has_register(&self) -> bool {
        self.shape != Shape::None
    }
}
