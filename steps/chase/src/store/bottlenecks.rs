//! Bottlenecks and tasks.

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::{bottlenecks, tasks};
use crate::words::Cause;

impl bottlenecks::Model {
    /// Why it does not get on.
    pub fn cause(&self) -> Cause {
        Cause::parse(&self.cause).unwrap_or(Cause::Other)
    }

    /// The place.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("bottlenecks are noted with a valid code")
    }
}

impl tasks::Model {
    /// The place.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("tasks are noted with a valid code")
    }
}

/// The bottlenecks of a programme, or of one of its projects, the open ones first.
pub(crate) async fn bottlenecks_of<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    project: Option<Uuid>,
) -> Result<Vec<bottlenecks::Model>> {
    let mut all = bottlenecks::Entity::find().filter(bottlenecks::Column::ProgrammeId.eq(programme));
    if let Some(project) = project {
        all = all.filter(bottlenecks::Column::ProjectId.eq(project));
    }
    let mut rows = all.order_by_asc(bottlenecks::Column::Since).order_by_asc(bottlenecks::Column::Id).all(on).await?;
    rows.sort_by_key(|row| row.resolved_on.is_some());
    Ok(rows)
}

/// The tasks of a project, the open ones first, by their last day.
pub(crate) async fn tasks_of<C: ConnectionTrait>(on: &C, project: Uuid) -> Result<Vec<tasks::Model>> {
    let all = tasks::Entity::find().filter(tasks::Column::ProjectId.eq(project));
    let mut rows = all.order_by_asc(tasks::Column::DueOn).order_by_asc(tasks::Column::Id).all(on).await?;
    rows.sort_by_key(|row| row.done_on.is_some());
    Ok(rows)
}

/// The bottleneck with this key.
pub(crate) async fn bottleneck<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<bottlenecks::Model>> {
    Ok(bottlenecks::Entity::find_by_id(id).one(on).await?)
}

/// The task with this key.
pub(crate) async fn task<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<tasks::Model>> {
    Ok(tasks::Entity::find_by_id(id).one(on).await?)
}

/// Notes a bottleneck.
pub(crate) async fn add(tx: &Tx, row: bottlenecks::Model) -> Result<()> {
    bottlenecks::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Notes a task.
pub(crate) async fn add_task(tx: &Tx, row: tasks::Model) -> Result<()> {
    tasks::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Marks a bottleneck as gone, if it still stood; says whether it did.
pub(crate) async fn resolve(tx: &Tx, id: Uuid, day: NaiveDate, resolution: &str, by: &str) -> Result<bool> {
    let gone = bottlenecks::ActiveModel {
        resolved_on: Set(Some(day)),
        resolution: Set(resolution.to_owned()),
        resolved_by_name: Set(by.to_owned()),
        version: Set(2),
        ..Default::default()
    };
    let moved = bottlenecks::Entity::update_many()
        .set(gone)
        .filter(bottlenecks::Column::Id.eq(id))
        .filter(bottlenecks::Column::ResolvedOn.is_null())
        .exec(tx.on())
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Marks a task as done, if it was open; says whether it was.
pub(crate) async fn finish(tx: &Tx, id: Uuid, day: NaiveDate, by: &str) -> Result<bool> {
    let done = tasks::ActiveModel {
        done_on: Set(Some(day)),
        done_by_name: Set(by.to_owned()),
        version: Set(2),
        ..Default::default()
    };
    let moved = tasks::Entity::update_many()
        .set(done)
        .filter(tasks::Column::Id.eq(id))
        .filter(tasks::Column::DoneOn.is_null())
        .exec(tx.on())
        .await?;
    Ok(moved.rows_affected == 1)
}
