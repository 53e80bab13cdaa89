//! Every query on plans and their points.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use ledger::programmes::{self, Outline, stored};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};
use serde_json::json;
use store::audit::Event;
use store::{Result, Tx, amount};

use super::postponed::{Postponed, year_end};
use super::{Basis, Edit, Plan, Plans, Point, rules, versions};
use crate::adjustments;
use crate::tables::{plan_points, project_plans};

/// The plans of a programme as they are.
///
/// # Errors
/// As [`as_known`].
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Plans> {
    as_known(on, programme, None).await
}

/// The plans of a programme as they were known at the end of a day, or as they are; with the postponements that the
/// congress had agreed to by then. In at most five statements.
///
/// # Errors
/// When the database fails, or holds a word that no version of the program writes.
pub async fn as_known<C: ConnectionTrait>(on: &C, programme: Uuid, known: Option<NaiveDate>) -> Result<Plans> {
    let mut plans = standing(on, programme).await?;
    if let Some(known) = known {
        for (spot, then) in versions::known_on(on, programme, known).await? {
            match then {
                Some(version) => plans.by_spot.insert(spot, version.plan),
                None => plans.by_spot.remove(&spot),
            };
        }
    }
    let postponed = adjustments::postponements(on, programme, known).await?;
    if postponed.is_empty() {
        return Ok(plans);
    }
    for plan in plans.by_spot.values_mut() {
        plan.postponed = postponed.get(&plan.project).cloned().unwrap_or_default();
    }
    let usual = programmes::with_key(on, programme).await?;
    let usual = usual.and_then(|row| Basis::parse(&row.schedule_basis)).unwrap_or(Basis::Months);
    for (project, postponed) in postponed {
        // A project that is counted as the programme is: the postponement alone makes its plan.
        plans.by_spot.entry((project, None)).or_insert_with(|| unwritten(project, usual, postponed));
    }
    Ok(plans)
}

fn unwritten(project: Uuid, basis: Basis, postponed: Vec<Postponed>) -> Plan {
    Plan {
        project,
        region: None,
        basis,
        kind: String::new(),
        stepped: false,
        points: Vec::new(),
        version: 0,
        set_ms: 0,
        postponed,
    }
}

/// The last day of a project: that of the programme year, or the one to which it was postponed with approval.
///
/// # Errors
/// When the database fails.
pub async fn deadline_of<C: ConnectionTrait>(on: &C, outline: &Outline, project: Uuid) -> Result<NaiveDate> {
    let all = adjustments::postponements(on, outline.programme.id, None).await?;
    let last = all.get(&project).and_then(|all| all.last()).map(|one| one.to);
    Ok(last.unwrap_or_else(|| year_end(outline.programme.year)))
}

/// The points of the curve of a project at a place (0 for every place), by day.
pub(super) async fn points_of<C: ConnectionTrait>(on: &C, project: Uuid, place: i64) -> Result<Vec<Point>> {
    let rows = plan_points::Entity::find()
        .filter(plan_points::Column::ProjectId.eq(project))
        .filter(plan_points::Column::Region.eq(place))
        .order_by_asc(plan_points::Column::CutOff)
        .all(on)
        .await?;
    Ok(rows.into_iter().map(|row| Point { cut_off: row.cut_off, percent: amount::from_stored(row.percent) }).collect())
}

async fn standing<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Plans> {
    let points = plan_points::Entity::find()
        .filter(plan_points::Column::ProgrammeId.eq(programme))
        .order_by_asc(plan_points::Column::CutOff)
        .all(on)
        .await?;
    let mut by_plan = HashMap::<(Uuid, i64), Vec<Point>>::new();
    for row in points {
        let point = Point { cut_off: row.cut_off, percent: amount::from_stored(row.percent) };
        by_plan.entry((row.project_id, row.region)).or_default().push(point);
    }
    let rows = project_plans::Entity::find().filter(project_plans::Column::ProgrammeId.eq(programme)).all(on).await?;
    let mut plans = Plans::default();
    for row in rows {
        let plan = Plan {
            project: row.project_id,
            region: RegionCode::from_stored(row.region),
            basis: stored("project_plans", "basis", row.project_id, Basis::parse(&row.basis))?,
            points: by_plan.remove(&(row.project_id, row.region)).unwrap_or_default(),
            kind: row.kind,
            stepped: row.stepped,
            version: row.version,
            set_ms: row.set_ms,
            postponed: Vec::new(),
        };
        plans.by_spot.insert((plan.project, plan.region), plan);
    }
    Ok(plans)
}

/// How often the plan of a project at a place, or at every place, has been edited; 0 where there is none.
///
/// # Errors
/// When the database fails.
pub async fn version_of<C: ConnectionTrait>(on: &C, project: Uuid, region: Option<RegionCode>) -> Result<i32> {
    let row = project_plans::Entity::find_by_id((project, stored_place(region))).one(on).await?;
    Ok(row.map_or(0, |row| row.version))
}

pub(super) fn stored_place(region: Option<RegionCode>) -> i64 {
    region.map_or(0, RegionCode::stored)
}

/// A plan as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// The project.
    pub project: Uuid,
    /// The place; none for every place.
    pub region: Option<RegionCode>,
    /// How it is counted.
    pub basis: Basis,
    /// Between two points the earlier one holds; else the line between them.
    pub stepped: bool,
    /// The points of a curve, by day; empty for every other basis.
    pub points: Vec<Point>,
}

/// Says how the schedule of a project is counted, unless somebody else has changed its plan since `version` was read
/// (0 for none). Records its event.
///
/// # Errors
/// When somebody has, or the curve falls or leaves 0–100.
pub async fn set(tx: &mut Tx, outline: &Outline, new: &NewPlan, version: i32) -> Result<()> {
    if new.basis == Basis::Curve {
        let deadline = deadline_of(tx.on(), outline, new.project).await?;
        rules::check(&new.points, (outline.programme.year, deadline))?;
    }
    let project = outline.projects.iter().find(|row| row.id == new.project);
    let project = project.ok_or_else(|| Problem::not_found("没有这个项目", "there is no such project"))?;
    count_edit(tx, outline, (new.project, new.region), version, "").await?;
    let place = stored_place(new.region);
    project_plans::Entity::update_many()
        .col_expr(project_plans::Column::Basis, Expr::value(new.basis.code()))
        .col_expr(project_plans::Column::Stepped, Expr::value(new.stepped))
        .col_expr(project_plans::Column::SetMs, Expr::value(tx.at_ms()))
        .filter(project_plans::Column::ProjectId.eq(new.project))
        .filter(project_plans::Column::Region.eq(place))
        .exec(tx.on())
        .await?;
    plan_points::Entity::delete_many()
        .filter(plan_points::Column::ProjectId.eq(new.project))
        .filter(plan_points::Column::Region.eq(place))
        .exec(tx.on())
        .await?;
    let points = if new.basis == Basis::Curve { new.points.as_slice() } else { &[] };
    for point in points {
        let row = plan_points::Model {
            project_id: new.project,
            region: place,
            cut_off: point.cut_off,
            programme_id: outline.programme.id,
            percent: amount::to_stored(point.percent)?,
        };
        plan_points::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    }
    versions::note(tx, outline, (new.project, new.region), (Edit::Schedule, "")).await?;
    let detail = json!({
        "programme": outline.programme.slug,
        "project": project.name,
        "region": new.region.map(RegionCode::short),
        "basis": new.basis,
        "stepped": new.stepped,
        "points": points.iter().map(|point| json!([point.cut_off, point.percent])).collect::<Vec<_>>(),
    });
    tx.record(Event::new("plan.set", "project", new.project, detail)).await?;
    Ok(())
}

/// Counts an edit of the plan or of its milestones; makes the plan where there is none. A `kind` that is not empty is
/// the template now used, and makes milestones the basis of a plan that is new.
pub(crate) async fn count_edit(
    tx: &Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    version: i32,
    kind: &str,
) -> Result<()> {
    let place = stored_place(region);
    let changed = || {
        Problem::conflict(
            "其他人刚刚修改了这个项目的计划，您的改动没有保存。请刷新页面，核对后重新提交",
            "somebody else has just changed the plan of this project and your change was not saved: reload, compare and send it again",
        )
    };
    if version == 0 {
        let usual = Basis::parse(&outline.programme.schedule_basis).unwrap_or(Basis::Months);
        let row = project_plans::Model {
            project_id: project,
            region: place,
            programme_id: outline.programme.id,
            basis: usual.code().to_owned(),
            kind: kind.to_owned(),
            stepped: false,
            version: 1,
            set_ms: 0,
        };
        let added = project_plans::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await;
        return added.map(drop).map_err(|error| {
            let error = store::Error::from(error);
            if error.is_duplicate() { changed().into() } else { error }
        });
    }
    let mut edit = project_plans::Entity::update_many()
        .col_expr(project_plans::Column::Version, Expr::value(version + 1))
        .filter(project_plans::Column::ProjectId.eq(project))
        .filter(project_plans::Column::Region.eq(place))
        .filter(project_plans::Column::Version.eq(version));
    if !kind.is_empty() {
        edit = edit.col_expr(project_plans::Column::Kind, Expr::value(kind));
    }
    if edit.exec(tx.on()).await?.rows_affected == 1 { Ok(()) } else { Err(changed().into()) }
}
