//! A service as data: what the command line prints and the API answers.

use kernel::Text;
use serde::Serialize;

use super::{Attribute, Catalogue, Choice, Feed, Service};

/// The same thing said in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Said {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Text> for Said {
    fn from(text: &Text) -> Self {
        Self { zh: text.zh.clone(), en: text.en.clone() }
    }
}

/// A service in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ServiceLine {
    /// Its number.
    #[schema(example = "D017")]
    pub service: String,
    /// Its name in addresses.
    #[schema(example = "nursing-rooms")]
    pub slug: String,
    /// The domain.
    pub domain: String,
    /// The name.
    pub name: Said,
    /// The codes of its archetypes.
    pub archetypes: Vec<String>,
    /// Whether there is a register of it.
    pub register: bool,
    /// How many attributes an entry has.
    pub attributes: usize,
    /// How many indicators it feeds.
    pub indicators: usize,
    /// How many published facts belong to it.
    pub facts: usize,
}

impl From<&Service> for ServiceLine {
    fn from(service: &Service) -> Self {
        Self {
            service: service.code.clone(),
            slug: service.slug.clone(),
            domain: service.domain.clone(),
            name: (&service.name).into(),
            archetypes: service.archetypes.clone(),
            register: service.has_register(),
            attributes: service.attributes.len(),
            indicators: service.feeds.len(),
            facts: service.feeds.iter().map(|feed| feed.facts.len()).sum(),
        }
    }
}

/// A service with everything that the catalogue says of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ServiceDetails {
    /// Its number.
    #[schema(example = "D017")]
    pub service: String,
    /// Its name in addresses.
    pub slug: String,
    /// The domain.
    pub domain: Option<Said>,
    /// The name.
    pub name: Said,
    /// What it is.
    pub about: Said,
    /// Its archetypes, the main one first.
    pub archetypes: Vec<NamedCode>,
    /// One character for its seal.
    pub icon: String,
    /// What one entry of the register is called.
    pub entry: Said,
    /// `place`, `line`, `record` or `none`.
    #[schema(value_type = String)]
    pub shape: super::Shape,
    /// The usual opening hours.
    pub hours: Option<String>,
    /// Its grades, the lowest first.
    pub grades: Vec<NamedCode>,
    /// What an entry carries.
    pub attributes: Vec<AttributeDetails>,
    /// What is looked at before an entry is accepted.
    pub checks: Vec<Said>,
    /// The indicators that it feeds.
    pub indicators: Vec<FeedDetails>,
}

/// A code with its name.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NamedCode {
    /// As it is kept.
    pub code: String,
    /// The name.
    pub name: Said,
}

/// An attribute.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AttributeDetails {
    /// As it is kept.
    pub key: String,
    /// The name.
    pub name: Said,
    /// `whole`, `number`, `yes`, `text`, `phone`, `day`, `link`, `choice` or `many`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The unit of a number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The smallest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Whether an entry must have it.
    pub required: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// What it chooses from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<NamedCode>,
}

/// An indicator that a register feeds.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FeedDetails {
    /// What is counted.
    pub name: Said,
    /// Units in which it is printed, the register's own first.
    pub units: Vec<String>,
    /// The counting rule.
    pub count: String,
    /// The matter that several places share.
    pub matter: Option<String>,
    /// The identities of published facts.
    pub facts: Vec<String>,
}

fn named(choice: &Choice) -> NamedCode {
    NamedCode { code: choice.key.clone(), name: (&choice.name).into() }
}

impl From<&Attribute> for AttributeDetails {
    fn from(attribute: &Attribute) -> Self {
        Self {
            key: attribute.key.clone(),
            name: (&attribute.name).into(),
            kind: attribute.kind_word(),
            unit: attribute.unit.clone(),
            min: attribute.min,
            max: attribute.max,
            required: attribute.required,
            public: attribute.public,
            choices: attribute.choices().iter().map(named).collect(),
        }
    }
}

impl From<&Feed> for FeedDetails {
    fn from(feed: &Feed) -> Self {
        Self {
            name: (&feed.name).into(),
            units: feed.units.clone(),
            count: feed.count.to_string(),
            matter: feed.matter.clone(),
            facts: feed.facts.clone(),
        }
    }
}

impl ServiceDetails {
    /// Everything that `catalogue` says of `service`.
    pub fn of(catalogue: &Catalogue, service: &Service) -> Self {
        let archetypes = service.archetypes.iter().filter_map(|code| catalogue.archetype(code));
        Self {
            service: service.code.clone(),
            slug: service.slug.clone(),
            domain: catalogue.domain(&service.domain).map(|domain| (&domain.name).into()),
            name: (&service.name).into(),
            about: (&service.about).into(),
            archetypes: archetypes.map(|one| NamedCode { code: one.code.clone(), name: (&one.name).into() }).collect(),
            icon: service.icon.clone(),
            entry: (&service.entry).into(),
            shape: service.shape,
            hours: service.hours.as_ref().map(ToString::to_string),
            grades: service.grades.iter().map(named).collect(),
            attributes: service.attributes.iter().map(AttributeDetails::from).collect(),
            checks: service.checks.iter().map(Said::from).collect(),
            indicators: service.feeds.iter().map(FeedDetails::from).collect(),
        }
    }
}
