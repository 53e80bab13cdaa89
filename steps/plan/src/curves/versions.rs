//! Versions: what a plan and its milestones were after each edit, by whom and when. Rows are added, never changed.

use std::collections::HashMap;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::clock::china_time;
use kernel::{RegionCode, codes};
use ledger::programmes::{Outline, stored};
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};
use serde::{Deserialize, Serialize};
use store::{Result, Tx};

use super::{Basis, Plan, Point, store as plans};
use crate::milestones::{self, Milestone, Origin, Stage};
use crate::tables::plan_versions::{Column, Entity, Model};
use crate::tables::project_plans;

codes! {
    /// What made a version.
    Edit {
        /// The way of counting was said.
        Schedule = "schedule", "保存序时计划", "schedule saved";
        /// The milestones were edited.
        Milestones = "milestones", "保存节点", "milestones saved";
        /// A template was taken.
        Template = "template", "套用节点模板", "template taken";
        /// The congress agreed that the project is postponed.
        Postponed = "postponed", "延期获批，节点后移", "postponed with approval";
    }
}

/// A milestone as it was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Its key.
    pub id: Uuid,
    /// Order.
    pub position: i32,
    /// The word of a [`Stage`].
    pub stage: String,
    /// Name.
    pub name: String,
    /// Percent of the whole project.
    pub weight: Decimal,
    /// The day by which it should be reached.
    pub planned_on: Option<NaiveDate>,
}

/// A plan with its milestones as it was after an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The plan.
    pub plan: Plan,
    /// The milestones.
    pub milestones: Vec<Planned>,
    /// What was done.
    pub edit: Edit,
    /// The number of the resolution, for a postponement.
    pub reason: String,
    /// When, in Unix milliseconds.
    pub at_ms: i64,
    /// The name under which it is audited.
    pub by_name: String,
}

/// Notes what the plan of a project at a place, or at every place, is now.
pub(crate) async fn note(
    tx: &Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    (edit, reason): (Edit, &str),
) -> Result<()> {
    let place = plans::stored_place(region);
    let Some(plan) = project_plans::Entity::find_by_id((project, place)).one(tx.on()).await? else { return Ok(()) };
    let points: Vec<(NaiveDate, Decimal)> =
        plans::points_of(tx.on(), project, place).await?.iter().map(|point| (point.cut_off, point.percent)).collect();
    let all = milestones::of_programme(tx.on(), outline.programme.id).await?;
    let own = all.iter().filter(|one| (one.project, one.region, one.origin) == (project, region, Origin::Plan));
    let planned: Vec<Planned> = own.map(Planned::from).collect();
    let row = Model {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        project_id: project,
        region: place,
        version: plan.version,
        edit: edit.code().to_owned(),
        basis: plan.basis,
        kind: plan.kind,
        stepped: plan.stepped,
        set_ms: plan.set_ms,
        points: serde_json::json!(points).to_string(),
        milestones: serde_json::json!(planned).to_string(),
        reason: reason.to_owned(),
        at_ms: tx.at_ms(),
        by_name: tx.actor().name.clone(),
    };
    Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// The versions of the plan of a project at a place, or at every place, newest first.
///
/// # Errors
/// When the database fails, or holds what no version of the program writes.
pub async fn of_spot<C: ConnectionTrait>(on: &C, project: Uuid, region: Option<RegionCode>) -> Result<Vec<Version>> {
    let all = Entity::find().filter(Column::ProjectId.eq(project));
    let all = all.filter(Column::Region.eq(plans::stored_place(region))).order_by_desc(Column::Id);
    all.all(on).await?.into_iter().map(Version::try_from).collect()
}

/// Every version of the plans of a project, oldest first, with the place of each.
///
/// # Errors
/// As [`of_spot`].
pub async fn of_project<C: ConnectionTrait>(on: &C, project: Uuid) -> Result<Vec<Version>> {
    let all = Entity::find().filter(Column::ProjectId.eq(project)).order_by_asc(Column::Id);
    all.all(on).await?.into_iter().map(Version::try_from).collect()
}

/// The version that stood at the end of a day, for each project and place that has any; none where the first came later.
///
/// A plan that was last edited before versions were kept has none: it stands as it is.
pub(crate) async fn known_on<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: NaiveDate,
) -> Result<HashMap<(Uuid, Option<RegionCode>), Option<Version>>> {
    let all = Entity::find().filter(Column::ProgrammeId.eq(programme)).order_by_asc(Column::Id).all(on).await?;
    let by_then = |row: &Model| china_time(row.at_ms).is_some_and(|time| time.date_naive() <= known);
    let mut found = HashMap::new();
    for row in all {
        let slot = found.entry((row.project_id, RegionCode::from_stored(row.region))).or_insert(None);
        if by_then(&row) {
            *slot = Some(row);
        }
    }
    found.into_iter().map(|(spot, row)| Ok((spot, row.map(Version::try_from).transpose()?))).collect()
}

impl From<&Milestone> for Planned {
    fn from(one: &Milestone) -> Self {
        Self {
            id: one.id,
            position: one.position,
            stage: one.stage.code().to_owned(),
            name: one.name.clone(),
            weight: one.weight,
            planned_on: one.planned_on,
        }
    }
}

impl Planned {
    /// The milestone `now` as it was planned then.
    pub(crate) fn over(&self, now: Milestone) -> Milestone {
        Milestone {
            position: self.position,
            stage: Stage::parse(&self.stage).unwrap_or(now.stage),
            name: self.name.clone(),
            weight: self.weight,
            planned_on: self.planned_on,
            ..now
        }
    }
}

impl TryFrom<Model> for Version {
    type Error = store::Error;

    fn try_from(row: Model) -> Result<Self> {
        let broken = |column: &'static str, error: serde_json::Error| store::Error::BrokenRow {
            table: "plan_versions",
            column,
            row: row.id.to_string(),
            why: error.to_string(),
        };
        let points: Vec<(NaiveDate, Decimal)> =
            serde_json::from_str(&row.points).map_err(|error| broken("points", error))?;
        let milestones = serde_json::from_str(&row.milestones).map_err(|error| broken("milestones", error))?;
        let edit = stored("plan_versions", "edit", row.id, Edit::parse(&row.edit))?;
        let plan = Plan {
            project: row.project_id,
            region: RegionCode::from_stored(row.region),
            basis: stored("plan_versions", "basis", row.id, Basis::parse(&row.basis))?,
            kind: row.kind,
            stepped: row.stepped,
            points: points.into_iter().map(|(cut_off, percent)| Point { cut_off, percent }).collect(),
            version: row.version,
            set_ms: row.set_ms,
            postponed: Vec::new(),
        };
        Ok(Self { plan, milestones, edit, reason: row.reason, at_ms: row.at_ms, by_name: row.by_name })
    }
}
