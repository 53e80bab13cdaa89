//! Every query on milestones and their marks.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime, TimeZone};
use kernel::clock::{china_offset, china_time};
use kernel::{Problem, RegionCode};
use ledger::programmes::{Outline, stored};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, IntoActiveModel, QueryOrder};
use serde_json::json;
use store::audit::Event;
use store::{Result, Tx, amount};

use super::{Mark, Milestone, MilestoneForm, Origin, Stage, Template, rules};
use crate::curves::postponed::Stretch;
use crate::curves::{self, Edit, Postponed};
use crate::tables::{milestone_marks, milestones};

/// The milestones of a programme that stand, by project and order.
///
/// # Errors
/// As [`as_known`].
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Milestone>> {
    as_known(on, programme, None).await
}

/// The milestones of a programme that stood at the end of a day, as they were planned then, or those that stand; by
/// project and order.
///
/// # Errors
/// When the database fails, or holds a word that no version of the program writes.
pub async fn as_known<C: ConnectionTrait>(on: &C, programme: Uuid, known: Option<NaiveDate>) -> Result<Vec<Milestone>> {
    let standing = match known {
        None => Condition::all().add(milestones::Column::WithdrawnMs.is_null()),
        Some(day) => {
            let end = day.succ_opt().unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
            let end = china_offset().from_local_datetime(&end).single().map_or(i64::MAX, |end| end.timestamp_millis());
            let gone = milestones::Column::WithdrawnMs;
            let there = Condition::any().add(gone.is_null()).add(gone.gte(end));
            Condition::all().add(milestones::Column::CreatedMs.lt(end)).add(there)
        }
    };
    let rows = milestones::Entity::find()
        .filter(milestones::Column::ProgrammeId.eq(programme))
        .filter(standing)
        .order_by_asc(milestones::Column::ProjectId)
        .order_by_asc(milestones::Column::Position)
        .order_by_asc(milestones::Column::Id)
        .all(on)
        .await?;
    let mut all = rows.into_iter().map(Milestone::try_from).collect::<Result<Vec<_>>>()?;
    if let Some(known) = known {
        let versions = curves::versions::known_on(on, programme, known).await?;
        let then: HashMap<Uuid, _> =
            versions.values().flatten().flat_map(|version| &version.milestones).map(|one| (one.id, one)).collect();
        for one in &mut all {
            if let Some(planned) = then.get(&one.id) {
                *one = planned.over(one.clone());
            }
        }
        all.sort_by_key(|one| (one.project, one.position, one.id));
    }
    Ok(all)
}

/// Moves the planned days of a project that was postponed with approval: what lies behind the decision is stretched to the
/// new deadline, place by place. What the plan was stays a version; records nothing else.
pub(crate) async fn postpone(tx: &Tx, outline: &Outline, project: Uuid, one: &Postponed) -> Result<()> {
    let mut own = of_programme(tx.on(), outline.programme.id).await?;
    own.retain(|planned| planned.project == project && planned.origin == Origin::Plan);
    let mut places: Vec<Option<RegionCode>> = own.iter().map(|planned| planned.region).collect();
    places.sort_unstable();
    places.dedup();
    for place in places {
        let here = || own.iter().filter(|planned| planned.region == place);
        let Some(last) = here().filter_map(|planned| planned.planned_on).max() else { continue };
        let stretch = Stretch { from: one.decided_on, old: last, new: one.to };
        let version = curves::version_of(tx.on(), project, place).await?;
        curves::count_edit(tx, outline, (project, place), version, "").await?;
        for planned in here() {
            let Some(day) = planned.planned_on else { continue };
            // A last day that is over already becomes the new deadline, or the project would stay late by its old one.
            let day = if day == last { one.to } else { stretch.forth(day) };
            milestones::Entity::update_many()
                .col_expr(milestones::Column::PlannedOn, Expr::value(day))
                .filter(milestones::Column::Id.eq(planned.id))
                .exec(tx.on())
                .await?;
        }
        curves::versions::note(tx, outline, (project, place), (Edit::Postponed, &one.document)).await?;
    }
    Ok(())
}

/// The marks of a programme that were known at the end of `known`, or ever, in the order in which they became known.
/// Those taken back are among them: ask [`Mark::stands`] or [`rules::reached_on`].
///
/// # Errors
/// When the database fails.
pub async fn marks_of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    known: Option<NaiveDate>,
) -> Result<Vec<Mark>> {
    let rows = milestone_marks::Entity::find()
        .filter(milestone_marks::Column::ProgrammeId.eq(programme))
        .order_by_asc(milestone_marks::Column::Id)
        .all(on)
        .await?;
    let mut marks = rows.into_iter().map(Mark::try_from).collect::<Result<Vec<_>>>()?;
    let by = |day: NaiveDate, ms: i64| china_time(ms).is_some_and(|time| time.date_naive() <= day);
    marks.retain(|mark| known.is_none_or(|known| by(known, mark.recorded_ms)));
    Ok(marks)
}

/// Plans the milestones of a project at a place, or at every place, by a template; those planned there before go.
/// Records its event.
///
/// # Errors
/// When there is no such template, or a milestone that would go has been reached already.
pub async fn apply_template(
    tx: &mut Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    code: &str,
) -> Result<()> {
    let unknown = || Problem::field("kind", format!("没有“{code}”这类模板"), format!("there is no template “{code}”"));
    let template = Template::find(code).ok_or_else(unknown)?;
    let version = curves::version_of(tx.on(), project, region).await?;
    let forms = template.milestones(outline.programme.year);
    write(tx, outline, (project, region), (version, &template.code), &forms).await
}

/// Plans exactly these milestones for a project at a place, or at every place, unless somebody else has changed its
/// plan since `version` was read. Records its event.
///
/// # Errors
/// When somebody has, the weights do not make a whole, or a milestone that is left out has been reached already.
pub async fn replace(
    tx: &mut Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    version: i32,
    forms: &[MilestoneForm],
) -> Result<()> {
    write(tx, outline, (project, region), (version, ""), forms).await
}

async fn write(
    tx: &mut Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    (version, kind): (i32, &str),
    forms: &[MilestoneForm],
) -> Result<()> {
    let name = project_name(outline, project)?;
    rules::check(forms, outline.programme.year)?;
    curves::count_edit(tx, outline, (project, region), version, kind).await?;
    let standing: Vec<_> = of_programme(tx.on(), outline.programme.id).await?;
    let standing: Vec<_> = standing
        .into_iter()
        .filter(|one| one.project == project && one.region == region && one.origin == Origin::Plan)
        .collect();
    let kept: Vec<Uuid> = forms.iter().filter_map(|form| form.id).collect();
    if let Some(stranger) = kept.iter().find(|id| !standing.iter().any(|one| one.id == **id)) {
        return Err(Problem::conflict(
            "节点已被他人改动，请刷新后再改",
            format!("milestone {stranger} is no longer there: reload and change it again"),
        )
        .into());
    }
    let gone: Vec<_> = standing.iter().filter(|one| !kept.contains(&one.id)).collect();
    refuse_reached(tx, outline, &gone).await?;
    let ids: Vec<Uuid> = gone.iter().map(|one| one.id).collect();
    withdraw(tx, &ids).await?;
    for (position, form) in (1_i32..).zip(forms) {
        let row = milestones::ActiveModel {
            position: Set(position),
            stage: Set(form.stage.code().to_owned()),
            name: Set(form.name.trim().to_owned()),
            weight: Set(amount::to_stored(form.weight)?),
            planned_on: Set(form.planned_on),
            ..Default::default()
        };
        match form.id {
            Some(id) => {
                let changed = milestones::Entity::update_many().set(row).filter(milestones::Column::Id.eq(id));
                changed.exec(tx.on()).await?;
            }
            None => insert(tx, outline, (project, region), row, (Origin::Plan, None)).await?,
        }
    }
    let edit = if kind.is_empty() { Edit::Milestones } else { Edit::Template };
    curves::versions::note(tx, outline, (project, region), (edit, "")).await?;
    let told = |one: &Milestone| json!({ "name": one.name, "weight": one.weight, "planned_on": one.planned_on });
    let detail = json!({
        "programme": outline.programme.slug,
        "project": name,
        "region": region.map(RegionCode::short),
        "template": kind,
        "before": standing.iter().map(told).collect::<Vec<_>>(),
        "after": forms.iter().map(|form| json!({
            "name": form.name, "stage": form.stage, "weight": form.weight, "planned_on": form.planned_on,
        })).collect::<Vec<_>>(),
    });
    tx.record(Event::new("milestones.planned", "project", project, detail)).await?;
    Ok(())
}

/// Adds the milestones of a catch-up plan that `order` asked for at a place. The caller records the event: a plan is
/// part of the answer to an order.
///
/// # Errors
/// When a milestone has no name or no day.
pub async fn add_catch_up(
    tx: &Tx,
    outline: &Outline,
    (project, region): (Uuid, RegionCode),
    order: Uuid,
    forms: &[MilestoneForm],
) -> Result<Vec<Uuid>> {
    project_name(outline, project)?;
    let mut added = Vec::with_capacity(forms.len());
    for (position, form) in (1_i32..).zip(forms) {
        if form.name.trim().is_empty() || form.planned_on.is_none() {
            return Err(Problem::field(
                "milestones",
                format!("赶工计划第 {position} 个节点须写明名称和日期"),
                format!("milestone {position} of the catch-up plan needs a name and a day"),
            )
            .into());
        }
        let id = Uuid::now_v7();
        let row = milestones::ActiveModel {
            id: Set(id),
            position: Set(position),
            stage: Set(form.stage.code().to_owned()),
            name: Set(form.name.trim().to_owned()),
            weight: Set(amount::to_stored(form.weight)?),
            planned_on: Set(form.planned_on),
            ..Default::default()
        };
        insert(tx, outline, (project, Some(region)), row, (Origin::CatchUp, Some(order))).await?;
        added.push(id);
    }
    Ok(added)
}

/// A milestone that was reached, about to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMark {
    /// The milestone.
    pub milestone: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The day on which it was reached.
    pub reached_on: NaiveDate,
    /// Who says so.
    pub by_name: String,
    /// The return in which it is said.
    pub return_id: Option<Uuid>,
}

/// Writes down that milestones were reached, as part of the event `event`, which the caller records. A mark with the
/// same day stays as it is; one with another day is taken back for the new one. Says how many were written.
///
/// # Errors
/// When a day lies in the future, or a milestone is not planned at the place.
pub async fn mark(tx: &Tx, outline: &Outline, event: Uuid, new: &[NewMark]) -> Result<u64> {
    let today = china_time(tx.at_ms()).map_or(NaiveDate::MIN, |time| time.date_naive());
    let planned = of_programme(tx.on(), outline.programme.id).await?;
    let planned: HashMap<Uuid, &Milestone> = planned.iter().map(|one| (one.id, one)).collect();
    let marks = marks_of_programme(tx.on(), outline.programme.id, None).await?;
    let mut standing: HashMap<(Uuid, RegionCode), (Uuid, NaiveDate)> = marks
        .iter()
        .filter(|mark| mark.withdrawn_ms.is_none())
        .map(|mark| ((mark.milestone, mark.region), (mark.id, mark.reached_on)))
        .collect();
    let mut written = 0;
    for one in new {
        let Some(milestone) = planned.get(&one.milestone).filter(|of| fits(outline, of, one.region)) else {
            return Err(Problem::not_found(
                "这个节点不在该地的计划中，可能刚被改动，请刷新",
                "this milestone is not planned at that place: it may just have been changed, reload",
            )
            .into());
        };
        if one.reached_on > today {
            return Err(Problem::field(
                "reached_on",
                format!("节点“{}”的完成日期 {} 晚于今天", milestone.name, one.reached_on),
                format!("“{}” cannot have been reached on {}, which is to come", milestone.name, one.reached_on),
            )
            .into());
        }
        let key = (one.milestone, one.region);
        match standing.get(&key) {
            Some((_, day)) if *day == one.reached_on => continue,
            Some((old, _)) => take_back(tx, *old).await?,
            None => {}
        }
        let row = milestone_marks::Model {
            id: Uuid::now_v7(),
            programme_id: outline.programme.id,
            milestone_id: one.milestone,
            region: one.region.stored(),
            reached_on: one.reached_on,
            recorded_ms: tx.at_ms(),
            event_id: event,
            by_name: one.by_name.clone(),
            return_id: one.return_id,
            withdrawn_ms: None,
        };
        standing.insert(key, (row.id, row.reached_on));
        milestone_marks::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
        written += 1;
    }
    Ok(written)
}

/// Takes a mark back. The caller records the event.
///
/// # Errors
/// When it has been taken back already.
pub async fn unmark(tx: &Tx, programme: Uuid, id: Uuid) -> Result<Mark> {
    let row = milestone_marks::Entity::find_by_id(id).one(tx.on()).await?;
    let row = row.filter(|row| row.programme_id == programme);
    let row = row.ok_or_else(|| Problem::not_found("没有这条节点记录", "there is no such mark"))?;
    take_back(tx, id).await?;
    row.try_into()
}

async fn take_back(tx: &Tx, id: Uuid) -> Result<()> {
    let done = milestone_marks::Entity::update_many()
        .col_expr(milestone_marks::Column::WithdrawnMs, Expr::value(tx.at_ms()))
        .filter(milestone_marks::Column::Id.eq(id))
        .filter(milestone_marks::Column::WithdrawnMs.is_null())
        .exec(tx.on())
        .await?;
    if done.rows_affected == 1 {
        return Ok(());
    }
    Err(Problem::conflict("这条节点记录刚刚已被撤回，请刷新", "this mark has just been taken back: reload").into())
}

fn fits(outline: &Outline, milestone: &Milestone, place: RegionCode) -> bool {
    outline.region().contains(place) && milestone.region.is_none_or(|region| region.contains(place))
}

fn project_name(outline: &Outline, project: Uuid) -> Result<&str> {
    let found = outline.projects.iter().find(|row| row.id == project).map(|row| row.name.as_str());
    Ok(found.ok_or_else(|| Problem::not_found("没有这个项目", "there is no such project"))?)
}

async fn refuse_reached(tx: &Tx, outline: &Outline, gone: &[&Milestone]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let marks = marks_of_programme(tx.on(), outline.programme.id, None).await?;
    let reached = |one: &&&Milestone| marks.iter().any(|mark| mark.milestone == one.id && mark.withdrawn_ms.is_none());
    match gone.iter().find(reached) {
        None => Ok(()),
        Some(one) => Err(Problem::conflict(
            format!("节点“{}”已有地方完成，不能去掉；请先撤回完成记录，或保留这个节点", one.name),
            format!("“{}” has been reached somewhere and cannot go: take that back first, or keep it", one.name),
        )
        .into()),
    }
}

async fn withdraw(tx: &Tx, ids: &[Uuid]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    milestones::Entity::update_many()
        .col_expr(milestones::Column::WithdrawnMs, Expr::value(tx.at_ms()))
        .filter(milestones::Column::Id.is_in(ids.iter().copied()))
        .exec(tx.on())
        .await?;
    Ok(())
}

async fn insert(
    tx: &Tx,
    outline: &Outline,
    (project, region): (Uuid, Option<RegionCode>),
    row: milestones::ActiveModel,
    (origin, source_key): (Origin, Option<Uuid>),
) -> Result<()> {
    let id = if row.id.is_set() { row.id.clone() } else { Set(Uuid::now_v7()) };
    let row = milestones::ActiveModel {
        id,
        programme_id: Set(outline.programme.id),
        project_id: Set(project),
        region: Set(region.map(RegionCode::stored)),
        source: Set(origin.code().to_owned()),
        source_key: Set(source_key),
        created_ms: Set(tx.at_ms()),
        withdrawn_ms: Set(None),
        ..row
    };
    milestones::Entity::insert(row).exec_without_returning(tx.on()).await?;
    Ok(())
}

impl TryFrom<milestones::Model> for Milestone {
    type Error = store::Error;

    fn try_from(row: milestones::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            project: row.project_id,
            region: row.region.map(|code| place("milestones", row.id, code)).transpose()?,
            position: row.position,
            stage: stored("milestones", "stage", row.id, Stage::parse(&row.stage))?,
            name: row.name,
            weight: amount::from_stored(row.weight),
            planned_on: row.planned_on,
            origin: stored("milestones", "source", row.id, Origin::parse(&row.source))?,
            source_key: row.source_key,
        })
    }
}

impl TryFrom<milestone_marks::Model> for Mark {
    type Error = store::Error;

    fn try_from(row: milestone_marks::Model) -> Result<Self> {
        Ok(Self {
            id: row.id,
            milestone: row.milestone_id,
            region: place("milestone_marks", row.id, row.region)?,
            reached_on: row.reached_on,
            recorded_ms: row.recorded_ms,
            by_name: row.by_name,
            return_id: row.return_id,
            withdrawn_ms: row.withdrawn_ms,
        })
    }
}

fn place(table: &'static str, row: Uuid, code: i64) -> Result<RegionCode> {
    stored(table, "region", row, RegionCode::from_stored(code))
}
