//! What the generated year is made from: the shipped description of it, and the published figures of June.

use chrono::NaiveDate;
use figures::Decimal;
use kernel::RegionCode;
use ledger::words::{Breakdown, Kind};
use serde::Deserialize;

const SHAPE: &str = include_str!("../../../data/samples/yanshi.toml");

/// The text whose figures the year carries.
pub(super) const SOURCE: &str = "ningbo-2024-h1";

/// The description in `data/samples/yanshi.toml`, where every key is explained.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shape {
    /// The programme's name in addresses.
    pub(crate) slug: String,
    /// Its year.
    pub(crate) year: i32,
    /// Whose it is.
    pub(crate) region: RegionCode,
    /// The series in its slug.
    pub(crate) series: String,
    /// Title.
    pub(crate) title: String,
    /// Title in English.
    pub(crate) title_en: String,
    /// The session that adopted it.
    pub(crate) adopted_by: String,
    /// How progress is averaged, in words.
    pub(crate) progress_rule: String,
    /// The places that targets are split over.
    #[serde(rename = "district")]
    pub(crate) districts: Vec<District>,
    /// The bodies that lead.
    #[serde(rename = "body")]
    pub(crate) bodies: Vec<Body>,
    #[serde(rename = "project")]
    pub(super) projects: Vec<ProjectShape>,
}

/// A place below the programme's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct District {
    /// The place.
    pub(crate) region: RegionCode,
    /// Who signs in for its bodies.
    pub(crate) account: String,
    /// Its share of a target beside the others'.
    pub(crate) weight: i64,
}

/// A leading body, in the city and in each county.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    /// The word that projects name it by.
    pub(crate) key: String,
    /// Who signs in for the city's.
    pub(crate) account: String,
    /// The city's.
    pub(crate) city: String,
    county: String,
}

impl Body {
    /// The body of a county with this name.
    pub(crate) fn of_county(&self, county: &str) -> String {
        self.county.replace("{}", county)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectShape {
    #[serde(default)]
    pub(super) category: Option<i32>,
    pub(super) name: String,
    #[serde(default)]
    pub(super) facts: Option<String>,
    pub(super) body: String,
    pub(super) template: String,
    pub(super) shape: Pace,
    pub(super) cost: i64,
    #[serde(default)]
    pub(super) invented: Option<Invented>,
}

/// What a project counts of which nothing is published.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invented {
    pub(super) indicator: String,
    pub(super) unit: String,
    pub(super) kind: Kind,
    pub(super) target: i64,
}

/// How a year goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    /// Much in spring.
    Early,
    /// Evenly.
    Steady,
    /// Built first, counted when it stands.
    Late,
}

/// A published figure, as far as the year uses it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Fact {
    pub(super) id: String,
    region_code: String,
    source: String,
    pub(super) indicator: String,
    #[serde(deserialize_with = "rust_decimal_number")]
    pub(super) value: Option<Decimal>,
    pub(super) unit: String,
    pub(super) qualifier: String,
    pub(super) kind: Kind,
    pub(super) flow: String,
    as_of: Option<NaiveDate>,
    pub(super) parent: Option<String>,
    pub(super) relation: Option<String>,
    #[serde(default)]
    pub(super) breakdown: Option<Breakdown>,
    #[serde(default)]
    pub(super) purpose: Option<String>,
    #[serde(default)]
    pub(super) project: Option<String>,
    pub(super) category: Category,
    #[serde(default)]
    pub(super) matter: Option<String>,
    #[serde(default)]
    pub(super) service: Vec<String>,
}

/// The heading of a fact.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Category {
    #[serde(default)]
    pub(super) no: Option<i32>,
    pub(super) name: String,
}

fn rust_decimal_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    // The text of the number, not a binary fraction of it: 59.88 stays 59.88.
    let text = Option::<Box<serde_json::value::RawValue>>::deserialize(deserializer)?;
    let number = |text: Box<serde_json::value::RawValue>| text.get().parse().map_err(serde::de::Error::custom);
    text.filter(|text| text.get() != "null").map(number).transpose()
}

impl Fact {
    /// Whether it is something delivered by the end of June in the whole city that can be added up over places.
    pub(super) fn is_delivered(&self) -> bool {
        self.is_of_june() && self.kind.is_additive() && self.kind != Kind::Boolean && self.purpose.is_none()
    }

    /// The name of the project whose figure it is.
    pub(super) fn project(&self) -> &str {
        self.project.as_deref().unwrap_or(&self.category.name)
    }

    fn is_of_june(&self) -> bool {
        let june = NaiveDate::from_ymd_opt(2024, 6, 30);
        self.region_code == "330200" && self.as_of == june && matches!(self.flow.as_str(), "new" | "stock")
    }

    /// The amount of a money fact in yuan.
    pub(super) fn yuan(&self) -> Option<i64> {
        self.value.and_then(|value| i64::try_from(value.normalize()).ok())
    }
}

/// The shipped description.
///
/// # Errors
/// Names the line that cannot be read.
pub(crate) fn shape() -> anyhow::Result<Shape> {
    toml::from_str(SHAPE).map_err(|error| anyhow::anyhow!("data/samples/yanshi.toml: {error}"))
}

/// The published figures of Ningbo's first half of 2024, from lines in the format of docs/data-format.md.
///
/// # Errors
/// Names the line that cannot be read.
pub(super) fn published(lines: &str) -> anyhow::Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| line.contains(SOURCE)) {
        let fact: Fact = serde_json::from_str(line).map_err(|error| anyhow::anyhow!("fact {}: {error}", at + 1))?;
        if fact.source == SOURCE {
            facts.push(fact);
        }
    }
    Ok(facts)
}
