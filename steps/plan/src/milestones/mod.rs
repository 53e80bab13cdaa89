//! Milestones (节点): what a project runs through, planned by weight and day, and marked when reached.
//!
//! A milestone belongs to a project at one place, or at every place of the programme. Marks are only added: a mark that
//! was wrong is taken back with its time, so that the plan can be seen as it was known on any day.

pub mod rules;
mod store;
mod templates;
mod words;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::RegionCode;
use kernel::clock::china_time;
use uuid::Uuid;

pub(crate) use store::postpone;
pub use store::{
    NewMark, add_catch_up, apply_template, as_known, mark, marks_of_programme, of_programme, replace, unmark,
};
pub use templates::Template;
pub(crate) use templates::end_of_month;
pub use words::{Origin, Stage};

/// A milestone of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// Key.
    pub id: Uuid,
    /// The project.
    pub project: Uuid,
    /// The place that has it; none for every place.
    pub region: Option<RegionCode>,
    /// Order.
    pub position: i32,
    /// What it is about.
    pub stage: Stage,
    /// Name.
    pub name: String,
    /// Share of the whole project, in percent.
    pub weight: Decimal,
    /// The day by which it should be reached.
    pub planned_on: Option<NaiveDate>,
    /// Why it is there.
    pub origin: Origin,
    /// What asked for it: the key of an order, for a catch-up plan.
    pub source_key: Option<Uuid>,
}

/// A milestone as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MilestoneForm {
    /// The milestone that is changed; none for a new one.
    pub id: Option<Uuid>,
    /// What it is about.
    pub stage: Stage,
    /// Name.
    pub name: String,
    /// Percent of the whole project.
    pub weight: Decimal,
    /// The day by which it should be reached.
    pub planned_on: Option<NaiveDate>,
}

/// A milestone that was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Key.
    pub id: Uuid,
    /// The milestone.
    pub milestone: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The day on which it was reached.
    pub reached_on: NaiveDate,
    /// When that became known, in Unix milliseconds.
    pub recorded_ms: i64,
    /// Who said so.
    pub by_name: String,
    /// The return in which it was said.
    pub return_id: Option<Uuid>,
    /// When it was taken back, in Unix milliseconds.
    pub withdrawn_ms: Option<i64>,
}

impl Mark {
    /// Whether it stands as known at the end of a day (China time); at present without one.
    pub fn stands(&self, known: Option<NaiveDate>) -> bool {
        let by = |ms: i64| known.is_none_or(|known| china_time(ms).is_some_and(|time| time.date_naive() <= known));
        by(self.recorded_ms) && !self.withdrawn_ms.is_some_and(by)
    }
}
