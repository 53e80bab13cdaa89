//! What was planned for each project and how far it got by its milestones, as known on a day.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use kernel::{RegionCode, ScheduleBasis};
use plan::curves::rules::{Scheduled, scheduled};
use plan::curves::{self, Basis, Plans};
use plan::milestones::rules::{catch_up_at, plan_at, reached_on, reached_percent};
use plan::milestones::{self, Mark, Milestone};
use rust_decimal::Decimal;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use crate::rules::lights::Node;
use crate::store::cancelled;

/// The plans, milestones and marks of a programme.
pub(crate) struct Planned {
    plans: Plans,
    milestones: Vec<Milestone>,
    marks: Vec<Mark>,
    cancelled: HashSet<Uuid>,
    known: Option<NaiveDate>,
}

impl Planned {
    /// Reads what was planned for `programme` as it was known on `known`, in at most ten statements.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn load<C: ConnectionTrait>(on: &C, programme: Uuid, known: Option<NaiveDate>) -> Result<Self> {
        let milestones = milestones::as_known(on, programme, known).await?;
        let marks = match milestones.is_empty() {
            true => Vec::new(),
            false => milestones::marks_of_programme(on, programme, known).await?,
        };
        Ok(Self {
            plans: curves::as_known(on, programme, known).await?,
            milestones,
            marks,
            cancelled: cancelled(on, programme, known).await?,
            known,
        })
    }

    /// What should be done of a project at a place by a cut-off.
    pub(crate) fn due(
        &self,
        project: Uuid,
        place: RegionCode,
        cut_off: NaiveDate,
        usual: (i32, ScheduleBasis),
    ) -> Scheduled {
        let plan = plan_at(&self.milestones, project, place);
        scheduled(self.plans.at(project, place), &plan, cut_off, usual)
    }

    /// How far the milestones of a project are reached, in percent of their weights: for a project that is planned by
    /// them.
    pub(crate) fn reached(&self, project: Uuid, place: RegionCode, cut_off: NaiveDate) -> Option<Decimal> {
        self.plans.at(project, place).filter(|plan| plan.basis == Basis::Milestones)?;
        reached_percent(&plan_at(&self.milestones, project, place), &self.marks, place, (cut_off, self.known))
    }

    /// Whether a project was given up with approval.
    pub(crate) fn is_cancelled(&self, project: Uuid) -> bool {
        self.cancelled.contains(&project)
    }

    /// The milestones of a project at a place, in order.
    pub(crate) fn nodes(&self, project: Uuid, place: RegionCode) -> Vec<Node> {
        self.as_nodes(&plan_at(&self.milestones, project, place), place)
    }

    /// The milestones of its catch-up plans there, by day.
    pub(crate) fn catch_up(&self, project: Uuid, place: RegionCode) -> Vec<Node> {
        self.as_nodes(&catch_up_at(&self.milestones, project, place), place)
    }

    fn as_nodes(&self, plan: &[&Milestone], place: RegionCode) -> Vec<Node> {
        let below = Below::of(plan, &self.marks, place, self.known);
        let node = |one: &&Milestone| Node {
            name: one.name.clone(),
            planned_on: one.planned_on,
            reached_on: reached_on(&self.marks, one.id, place, self.known).or_else(|| below.reached(one)),
            is_start: one.stage.is_start(),
            is_finish: one.stage.is_finish(),
        };
        plan.iter().map(node).collect()
    }
}

/// What the places below say of the milestones of a whole.
struct Below {
    /// Day by place, for each milestone.
    marks: BTreeMap<Uuid, BTreeMap<RegionCode, NaiveDate>>,
    /// Places that have marked any of them.
    places: BTreeSet<RegionCode>,
}

impl Below {
    fn of(plan: &[&Milestone], all: &[Mark], place: RegionCode, known: Option<NaiveDate>) -> Self {
        let mut below = Self { marks: BTreeMap::new(), places: BTreeSet::new() };
        let inside = |mark: &&Mark| mark.region != place && place.contains(mark.region) && mark.stands(known);
        for mark in all.iter().filter(inside).filter(|mark| plan.iter().any(|one| one.id == mark.milestone)) {
            below.places.insert(mark.region);
            let day = below.marks.entry(mark.milestone).or_default().entry(mark.region).or_insert(mark.reached_on);
            *day = (*day).min(mark.reached_on);
        }
        below
    }

    /// A whole has started when any of its places has; it has reached anything else when each that tells of milestones
    /// has.
    fn reached(&self, one: &Milestone) -> Option<NaiveDate> {
        let days = self.marks.get(&one.id)?;
        if one.stage.is_start() {
            return days.values().min().copied();
        }
        (days.len() == self.places.len()).then(|| days.values().max().copied()).flatten()
    }
}
