//! What a sheet says, read and checked, before the ledger is asked.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use figures::{Number, Qualifier};
use kernel::{Level, RegionCode, Text};
use ledger::programmes::ResponsibilityRole;
use ledger::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Measure, Purpose, Relation, Statistic};

use super::columns::Column;
use super::faults::Faults;
use crate::bodies::Body;

/// The whole sheet. Places in lists are used as keys.
#[derive(Debug, Default)]
pub struct Draft {
    /// The sheet's name.
    pub sheet: String,
    /// Things that were noticed and left alone.
    pub notices: Vec<Text>,
    /// Where each column stands.
    pub columns: Vec<(Column, usize)>,
    /// Rows that say something, less the headings.
    pub rows: u32,
    /// The programme; always there in a sheet without faults.
    pub programme: Option<DraftProgramme>,
    /// In the order of the sheet.
    pub categories: Vec<DraftCategory>,
    /// In the order of the sheet.
    pub projects: Vec<DraftProject>,
    /// In the order of the sheet.
    pub indicators: Vec<DraftIndicator>,
    /// Who answers, by project, place and role.
    pub bodies: BTreeMap<(usize, RegionCode, ResponsibilityRole), Vec<Body>>,
    /// In the order of the sheet.
    pub figures: Vec<DraftFigure>,
    /// Names of bodies that figures are of, with the place where each was first named.
    pub organisations: Vec<(RegionCode, String)>,
    /// Documents that figures come from.
    pub documents: Vec<String>,
}

/// The programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftProgramme {
    /// Its row.
    pub row: u32,
    /// Its division.
    pub region: RegionCode,
    /// Its year.
    pub year: i32,
    /// Its series.
    pub series: String,
    /// Its title, if told.
    pub title: Option<String>,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCategory {
    /// The number as adopted.
    pub number: Option<i32>,
    /// The name.
    pub name: String,
}

/// A project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftProject {
    /// The category.
    pub category: usize,
    /// The number as adopted.
    pub number: Option<i32>,
    /// The name.
    pub name: String,
    /// The formal name, if told.
    pub formal_name: Option<String>,
    /// The content, if told.
    pub content: Option<String>,
    /// The row that told it.
    pub content_row: u32,
}

/// An indicator; what was not told is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftIndicator {
    /// Its first row.
    pub row: u32,
    /// The project.
    pub project: usize,
    /// What makes it one series of figures.
    pub series: String,
    /// The name.
    pub name: String,
    /// The unit, without 万 or 亿.
    pub unit: String,
    /// What is counted.
    pub kind: Kind,
    /// Whether the column said so; else it follows from the unit.
    pub kind_told: bool,
    /// How values accumulate.
    pub accumulation: Option<Accumulation>,
    /// Which way is better.
    pub direction: Option<Direction>,
    /// What it is for.
    pub purpose: Option<Purpose>,
    /// The level at which figures are collected.
    pub grain: Option<Level>,
    /// The deepest level at which the sheet has a figure, with its row.
    pub deepest: Option<(Level, u32)>,
    /// The first row with a figure of a body, if any.
    pub shared: Option<u32>,
    /// Name or code of the indicator above.
    pub parent: Option<String>,
    /// How it belongs to that; told to be no relation when the inner value is `None`.
    pub relation: Option<Option<Relation>>,
    /// Whether its parts are all of it.
    pub breakdown: Option<Breakdown>,
    /// Where money comes from.
    pub fund_source: Option<FundSource>,
    /// Which headline number it is.
    pub statistic: Option<Statistic>,
    /// The shared matter.
    pub matter: Option<String>,
    /// Services fed.
    pub services: Option<Vec<String>>,
}

/// One figure.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftFigure {
    /// Its row.
    pub row: u32,
    /// The indicator.
    pub indicator: u32,
    /// The place.
    pub region: RegionCode,
    /// The body, as a place in [`Draft::organisations`].
    pub organisation: Option<u32>,
    /// Done, or to be done.
    pub measure: Measure,
    /// The cut-off.
    pub as_of: Option<NaiveDate>,
    /// The number, unless there is none.
    pub number: Option<Number>,
    /// How closely it is meant.
    pub qualifier: Qualifier,
    /// As printed.
    pub raw: Box<str>,
    /// The document, as a place in [`Draft::documents`].
    pub document: Option<u32>,
    /// A remark.
    pub note: Option<Box<str>>,
}

impl Draft {
    /// The indicator with this code, else the only one with this name.
    pub fn indicator_called(&self, text: &str) -> Option<usize> {
        let by_series = self.indicators.iter().position(|indicator| indicator.series == text);
        by_series.or_else(|| self.indicators.iter().position(|indicator| indicator.name == text))
    }

    /// An empty list of faults that knows this sheet's columns.
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::new(&self.sheet);
        faults.know_columns(&self.columns);
        faults
    }
}

/// What must be known beforehand to check a sheet.
#[derive(Clone, Debug)]
pub struct Context {
    /// Today, in China.
    pub today: NaiveDate,
    /// Every known division with the names it has borne.
    pub regions: HashMap<RegionCode, Vec<String>>,
    /// Units that indicators of the ledger have already.
    pub units: Vec<String>,
    /// The subtrees in which the importer may write; none asks nothing.
    pub within: Option<Vec<std::ops::RangeInclusive<RegionCode>>>,
}
