//! Bottlenecks (堵点) of a project, and the tasks that are to remove them.

mod page;

use chrono::NaiveDate;
use kernel::clock::china_time;
use kernel::{Problem, RegionCode};
use ledger::programmes::Outline;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store, Tx};
use uuid::Uuid;

use crate::orders::{By, written};
use crate::store::bottlenecks as rows;
use crate::tables::bottlenecks::Model as Bottleneck;
use crate::tables::tasks::Model as Task;
use crate::words::Cause;

pub(crate) use page::step;

/// The longest description.
const LONGEST: usize = 1_000;

/// What is in the way.
#[derive(Clone, Debug)]
pub struct NewBottleneck {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The order in which it was told, if any.
    pub order: Option<Uuid>,
    /// Its category.
    pub cause: Cause,
    /// In words.
    pub text: String,
    /// Since when.
    pub since: NaiveDate,
}

/// What somebody is to do about a project.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The bottleneck that it is to remove, if any.
    pub bottleneck: Option<Uuid>,
    /// In words.
    pub text: String,
    /// By which body.
    pub organisation: Option<Uuid>,
    /// Until when.
    pub due_on: NaiveDate,
}

fn today(tx: &Tx) -> NaiveDate {
    china_time(tx.at_ms()).map(|time| time.date_naive()).unwrap_or_default()
}

fn check_subject(outline: &Outline, project: Uuid, region: RegionCode) -> Result<(), Problem> {
    if !outline.projects.iter().any(|row| row.id == project) {
        return Err(Problem::field("project", "请选择本方案的项目", "Choose a project of this programme"));
    }
    if !outline.region().contains(region) {
        return Err(Problem::field("region", "所选地方不在本方案范围内", "The place lies outside the programme's"));
    }
    Ok(())
}

/// Notes a bottleneck.
///
/// # Errors
/// Problems of the fields `region`, `text` and `since`.
pub async fn note(store: &Store, actor: &Actor, by: &By, outline: &Outline, new: &NewBottleneck) -> Result<Bottleneck> {
    check_subject(outline, new.project, new.region)?;
    let text = written("text", &new.text, LONGEST)?;
    let mut tx = store.begin(actor).await?;
    if new.since > today(&tx) {
        return Err(Problem::field("since", "起始日期不能晚于今天", "It cannot begin after today").into());
    }
    let row = Bottleneck {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        project_id: new.project,
        region: new.region.stored(),
        order_id: new.order,
        cause: new.cause.code().to_owned(),
        text,
        since: new.since,
        noted_ms: tx.at_ms(),
        noted_by: by.account,
        noted_by_name: by.name.clone(),
        resolved_on: None,
        resolution: String::new(),
        resolved_by_name: String::new(),
        version: 1,
    };
    rows::add(&tx, row.clone()).await?;
    let detail = json!({ "name": row.text, "cause": row.cause, "since": row.since, "project": row.project_id });
    tx.record(Event::new("bottleneck.noted", "bottleneck", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Says that a bottleneck is gone, and how.
///
/// # Errors
/// A problem of the field `resolution`; a conflict when somebody else said so already.
pub async fn resolve(store: &Store, actor: &Actor, by: &By, id: Uuid, resolution: &str) -> Result<()> {
    let resolution = written("resolution", resolution, LONGEST)?;
    let mut tx = store.begin(actor).await?;
    let day = today(&tx);
    if !rows::resolve(&tx, id, day, &resolution, &by.name).await? {
        return Err(Problem::conflict(
            "这个堵点刚刚已由他人登记解决，没有重复登记",
            "Somebody else has just noted that it is gone; nothing was noted twice",
        )
        .into());
    }
    tx.record(Event::new("bottleneck.resolved", "bottleneck", id, json!({ "resolution": resolution }))).await?;
    tx.commit().await
}

/// Notes a task.
///
/// # Errors
/// Problems of the fields `region`, `text` and `due_on`.
pub async fn add_task(store: &Store, actor: &Actor, by: &By, outline: &Outline, new: &NewTask) -> Result<Task> {
    check_subject(outline, new.project, new.region)?;
    let text = written("text", &new.text, LONGEST)?;
    let mut tx = store.begin(actor).await?;
    if new.due_on < today(&tx) {
        return Err(Problem::field("due_on", "期限不能早于今天", "The last day cannot lie before today").into());
    }
    let row = Task {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        project_id: new.project,
        region: new.region.stored(),
        bottleneck_id: new.bottleneck,
        text,
        organisation_id: new.organisation,
        due_on: new.due_on,
        noted_ms: tx.at_ms(),
        noted_by_name: by.name.clone(),
        done_on: None,
        done_by_name: String::new(),
        version: 1,
    };
    rows::add_task(&tx, row.clone()).await?;
    let detail = json!({ "name": row.text, "due_on": row.due_on, "project": row.project_id });
    tx.record(Event::new("task.noted", "task", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Says that a task is done.
///
/// # Errors
/// A conflict when somebody else said so already.
pub async fn finish_task(store: &Store, actor: &Actor, by: &By, id: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let day = today(&tx);
    if !rows::finish(&tx, id, day, &by.name).await? {
        let (zh, en) = ("这项任务刚刚已由他人办结", "Somebody else has just finished this task");
        return Err(Problem::conflict(zh, en).into());
    }
    tx.record(Event::new("task.done", "task", id, json!({ "day": day }))).await?;
    tx.commit().await
}

/// The bottlenecks of a programme, or of one of its projects, the open ones first.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    project: Option<Uuid>,
) -> Result<Vec<Bottleneck>> {
    rows::bottlenecks_of(on, programme, project).await
}

/// The tasks of a project, the open ones first.
///
/// # Errors
/// When the database fails.
pub async fn tasks_of<C: ConnectionTrait>(on: &C, project: Uuid) -> Result<Vec<Task>> {
    rows::tasks_of(on, project).await
}
