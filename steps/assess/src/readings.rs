//! What is known of a subject before it is scored: readings, each with where it comes from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::{RegionCode, Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::words::SubjectKind;

/// Who or what is scored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// A place or a body.
    pub kind: SubjectKind,
    /// The place, or the place of the body.
    pub region: RegionCode,
    /// The body.
    pub organisation: Option<Uuid>,
    /// The name, as it was when the inputs were gathered.
    pub name: String,
}

impl Subject {
    /// A division.
    pub fn region(region: RegionCode, name: impl Into<String>) -> Self {
        Self { kind: SubjectKind::Region, region, organisation: None, name: name.into() }
    }

    /// A body.
    pub fn organisation(id: Uuid, region: RegionCode, name: impl Into<String>) -> Self {
        Self { kind: SubjectKind::Organisation, region, organisation: Some(id), name: name.into() }
    }

    /// The key in tables and addresses: `region-330203` or `organisation-` with the body's key.
    pub fn key(&self) -> String {
        match self.organisation {
            Some(id) => format!("{}-{id}", self.kind.code()),
            None => format!("{}-{}", self.kind.code(), self.region.short()),
        }
    }
}

/// One thing that was read for an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// What it was read of: an indicator, a project, a month; empty where it is the only one.
    pub label: String,
    /// The value: percent, points, how often, a rank.
    pub value: Decimal,
    /// For a rank: among how many.
    pub of: Option<u32>,
    /// The month that it speaks of, 1–12.
    pub month: Option<u8>,
    /// How much it counts among others.
    pub weight: Decimal,
    /// Where it comes from.
    pub origin: Origin,
}

impl Reading {
    /// A reading that counts like any other.
    pub fn new(label: impl Into<String>, value: Decimal, origin: Origin) -> Self {
        Self { label: label.into(), value, of: None, month: None, weight: Decimal::ONE, origin }
    }
}

/// Where a reading comes from: in words, with the keys by which it is found again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What was read, and how.
    pub words: Text,
    /// The rows behind it: entries, returns, orders, what was typed.
    pub keys: Vec<Uuid>,
    /// The page that shows it; empty where there is none.
    pub address: String,
}

/// Everything that is known of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The subject.
    pub subject: Subject,
    /// The readings of each input; an input that is not here was not given, one without readings is known to be none.
    pub inputs: BTreeMap<String, Vec<Reading>>,
}

/// Everything that an assessment stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Figures up to this day.
    pub cut_off: NaiveDate,
    /// What the ledger knew at the end of this day.
    pub known: NaiveDate,
    /// The subjects, places before bodies.
    pub subjects: Vec<Known>,
}
