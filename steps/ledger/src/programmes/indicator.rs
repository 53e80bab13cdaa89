//! What an indicator is told to be, and the words it is stored with.

use kernel::Level;
use sea_orm::entity::prelude::*;

use crate::tables::indicators;
use crate::words::{Accumulation, Breakdown, Direction, FundSource, Kind, Measure, Purpose, Relation, Statistic};

/// What an indicator is told to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndicatorForm {
    /// What makes it one series within the programme; the name when nothing else is told.
    pub series: String,
    /// A neutral noun phrase.
    pub name: String,
    /// Unit or measure word; empty for matters of fact.
    pub unit: String,
    /// What is counted.
    pub kind: Kind,
    /// How values accumulate.
    pub accumulation: Accumulation,
    /// Which way is better.
    pub direction: Direction,
    /// The level at which entries are collected.
    pub grain: Level,
    /// What it is for.
    pub purpose: Purpose,
    /// Which headline number, for published ones.
    pub statistic: Option<Statistic>,
    /// Where the money comes from, for parts of a funding indicator.
    pub fund_source: Option<FundSource>,
    /// The indicator it belongs to.
    pub parent: Option<Uuid>,
    /// How it belongs to it.
    pub relation: Option<Relation>,
    /// Whether its own parts are all of it.
    pub breakdown: Option<Breakdown>,
    /// The matter that it shares with other places.
    pub matter: Option<String>,
    /// Numbers of the services it feeds.
    pub services: Vec<String>,
    /// Several bodies may share it at a place of its grain.
    pub by_body: bool,
}

impl IndicatorForm {
    /// 形象进度 of a project: an estimate in percent, given at any place and by any body, never added or averaged.
    pub fn image(series: impl Into<String>) -> Self {
        Self {
            series: series.into(),
            accumulation: Accumulation::Rate,
            purpose: Purpose::Image,
            by_body: true,
            ..Self::new("形象进度", "%", Kind::Percent, Level::Village)
        }
    }

    /// A delivery indicator that counts up through the year, collected at `grain`.
    pub fn new(name: impl Into<String>, unit: impl Into<String>, kind: Kind, grain: Level) -> Self {
        let name = name.into();
        Self {
            series: name.clone(),
            name,
            unit: unit.into(),
            kind,
            accumulation: Accumulation::New,
            direction: Direction::More,
            grain,
            purpose: Purpose::Delivery,
            statistic: None,
            fund_source: None,
            parent: None,
            relation: None,
            breakdown: None,
            matter: None,
            services: Vec::new(),
            by_body: false,
        }
    }

    pub(super) fn row(
        &self,
        id: Uuid,
        programme_id: Uuid,
        project_id: Uuid,
        number: i32,
        version: i32,
    ) -> indicators::Model {
        indicators::Model {
            id,
            programme_id,
            project_id,
            number,
            series: self.series.clone(),
            name: self.name.trim().to_owned(),
            unit: self.unit.trim().to_owned(),
            kind: self.kind.code().to_owned(),
            accumulation: self.accumulation.code().to_owned(),
            direction: self.direction.code().to_owned(),
            grain: self.grain.number(),
            purpose: self.purpose.code().to_owned(),
            statistic: self.statistic.map(|value| value.code().to_owned()),
            fund_source: self.fund_source.map(|value| value.code().to_owned()),
            parent_id: self.parent,
            relation: self.relation.map(|value| value.code().to_owned()),
            breakdown: self.breakdown.map(|value| value.code().to_owned()),
            matter: self.matter.clone(),
            services: self.services.join(" "),
            version,
            by_body: self.by_body,
        }
    }
}

impl From<&indicators::Model> for IndicatorForm {
    fn from(row: &indicators::Model) -> Self {
        Self {
            series: row.series.clone(),
            name: row.name.clone(),
            unit: row.unit.clone(),
            kind: row.kind(),
            accumulation: row.accumulation(),
            direction: row.direction(),
            grain: row.grain(),
            purpose: row.purpose(),
            statistic: row.statistic(),
            fund_source: row.fund_source(),
            parent: row.parent_id,
            relation: row.relation(),
            breakdown: row.breakdown(),
            matter: row.matter.clone(),
            services: row.services.split_whitespace().map(str::to_owned).collect(),
            by_body: row.by_body,
        }
    }
}

impl indicators::Model {
    /// What is counted.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Count)
    }

    /// How values accumulate.
    pub fn accumulation(&self) -> Accumulation {
        Accumulation::parse(&self.accumulation).unwrap_or(Accumulation::New)
    }

    /// What it is for.
    pub fn purpose(&self) -> Purpose {
        Purpose::parse(&self.purpose).unwrap_or(Purpose::Delivery)
    }

    /// Which way is better.
    pub fn direction(&self) -> Direction {
        Direction::parse(&self.direction).unwrap_or(Direction::More)
    }

    /// Which headline number it is.
    pub fn statistic(&self) -> Option<Statistic> {
        self.statistic.as_deref().and_then(Statistic::parse)
    }

    /// Where the money comes from.
    pub fn fund_source(&self) -> Option<FundSource> {
        self.fund_source.as_deref().and_then(FundSource::parse)
    }

    /// How it belongs to its parent.
    pub fn relation(&self) -> Option<Relation> {
        self.relation.as_deref().and_then(Relation::parse)
    }

    /// Whether its parts are all of it.
    pub fn breakdown(&self) -> Option<Breakdown> {
        self.breakdown.as_deref().and_then(Breakdown::parse)
    }

    /// The level at which its entries are collected.
    pub fn grain(&self) -> Level {
        Level::from_number(self.grain).unwrap_or(Level::Province)
    }
}

impl Measure {
    /// The number stored in tables.
    pub fn number(self) -> i16 {
        match self {
            Self::Actual => 0,
            Self::Target => 1,
        }
    }

    /// The measure stored as `number`.
    pub fn from_number(number: i16) -> Self {
        if number == 1 { Self::Target } else { Self::Actual }
    }
}
