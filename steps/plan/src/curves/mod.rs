//! Plans: how the schedule of a project is counted – by months, days, a curve of its own, or weighted milestones.
//!
//! A plan holds for one place or, without one, for every place that has none of its own.

pub mod postponed;
pub mod rules;
mod store;
pub mod versions;

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::{RegionCode, codes};
use uuid::Uuid;

pub use postponed::Postponed;
pub(crate) use store::count_edit;
pub use store::{NewPlan, as_known, deadline_of, of_programme, set, version_of};
pub use versions::{Edit, Version};

codes! {
    /// How the schedule of a project is counted.
    Basis {
        /// Months ÷ 12.
        Months = "months", "按月均分", "months of the year";
        /// Days ÷ days of the year.
        Days = "days", "按日均分", "days of the year";
        /// A curve of its own: monthly points, or quarter nodes.
        Curve = "curve", "计划曲线", "plan curve";
        /// The weights of the milestones that should be reached.
        Milestones = "milestones", "节点权重", "weighted milestones";
    }
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub cut_off: NaiveDate,
    /// What should be done by the end of it, in percent.
    pub percent: Decimal,
}

/// How the schedule of a project is counted at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The project.
    pub project: Uuid,
    /// The place; none for every place.
    pub region: Option<RegionCode>,
    /// How it is counted.
    pub basis: Basis,
    /// The template its milestones came from; empty for none.
    pub kind: String,
    /// Between two points the earlier one holds; else the line between them, by days.
    pub stepped: bool,
    /// The points of a curve, by day.
    pub points: Vec<Point>,
    /// Counts edits.
    pub version: i32,
    /// When the way of counting was last said, in Unix milliseconds; 0 where that is not known.
    pub set_ms: i64,
    /// The postponements of the project that the congress agreed to, in the order of the decisions.
    pub postponed: Vec<Postponed>,
}

/// The plans of a programme.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    by_spot: HashMap<(Uuid, Option<RegionCode>), Plan>,
}

impl Plans {
    /// The plan that holds for a project at a place: its own, else that of the nearest place above, else that of every
    /// place; none where the programme's own way of counting holds.
    pub fn at(&self, project: Uuid, place: RegionCode) -> Option<&Plan> {
        let lineage: Vec<_> = place.lineage().collect();
        let near = lineage.into_iter().rev().find_map(|above| self.by_spot.get(&(project, Some(above))));
        near.or_else(|| self.by_spot.get(&(project, None)))
    }

    /// The plan made for exactly this place, or for every place.
    pub fn exactly(&self, project: Uuid, region: Option<RegionCode>) -> Option<&Plan> {
        self.by_spot.get(&(project, region))
    }
}
