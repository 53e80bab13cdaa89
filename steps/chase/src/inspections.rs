//! The year's plan of key inspections (重点督查): what is looked at when, the visits, what they found, and the re-check.
//!
//! Source: 政府督查工作条例 §11 (approved beforehand), §12 (the ways of looking), §15 (by plan, not twice), §16 (the
//! outcome is told), §18 (rectification is verified); certainty V.

mod item;
mod plan_page;
mod recording;

use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use ledger::programmes::Outline;
use sea_orm::ConnectionTrait;
use serde_json::json;
use store::audit::Event;
use store::{Actor, Result, Store};
use uuid::Uuid;

use crate::orders::{By, written};
use crate::store::inspections as rows;
use crate::tables::findings::Model as Finding;
use crate::tables::inspections::Model as Inspection;
use crate::words::Method;

pub(crate) use item::may_read;
pub(crate) use recording::EVIDENCE;
pub use recording::{FindingDeed, NewFinding, NewVisit, act, add_finding, visit};

/// The longest heading.
const LONGEST_TITLE: usize = 100;

/// The longest text.
const LONGEST_TEXT: usize = 5_000;

/// Pages.
pub(crate) fn steps() -> Vec<web::Step> {
    vec![plan_page::step(), item::step()]
}

/// An item for the plan.
#[derive(Clone, Debug)]
pub struct NewInspection {
    /// What is inspected.
    pub title: String,
    /// The project; none when it goes across projects.
    pub project: Option<Uuid>,
    /// Where.
    pub region: RegionCode,
    /// How it looks.
    pub method: Method,
    /// By when.
    pub planned_on: NaiveDate,
    /// What is looked at.
    pub scope: String,
    /// Who approved it (§11).
    pub approved_by: String,
}

/// Puts an item into the plan.
///
/// # Errors
/// Problems of the fields; a conflict when the same matter is planned for the same day and place already (§15).
pub async fn plan(store: &Store, actor: &Actor, by: &By, outline: &Outline, new: &NewInspection) -> Result<Inspection> {
    let title = written("title", &new.title, LONGEST_TITLE)?;
    let approved_by = written("approved_by", &new.approved_by, LONGEST_TITLE)?;
    if !outline.region().contains(new.region) {
        return Err(
            Problem::field("region", "所选地方不在本方案范围内", "The place lies outside the programme's").into()
        );
    }
    if new.project.is_some_and(|id| outline.projects.iter().all(|project| project.id != id)) {
        return Err(Problem::field("project", "请选择本方案的项目", "Choose a project of this programme").into());
    }
    let mut tx = store.begin(actor).await?;
    let same = |row: &Inspection| {
        (row.title.as_str(), row.region, row.planned_on) == (title.as_str(), new.region.stored(), new.planned_on)
    };
    let standing = rows::of_programme(tx.on(), outline.programme.id).await?;
    if standing.iter().any(|row| row.dropped_ms.is_none() && same(row)) {
        return Err(Problem::conflict(
            "同一天、同一地方已列入这项督查，不得重复督查（条例第十五条）",
            "The same inspection is planned for this day and place already: nothing is inspected twice (article 15)",
        )
        .into());
    }
    let row = Inspection {
        id: Uuid::now_v7(),
        programme_id: outline.programme.id,
        title,
        project_id: new.project,
        region: new.region.stored(),
        method: new.method.code().to_owned(),
        planned_on: new.planned_on,
        scope: new.scope.trim().to_owned(),
        approved_by,
        planned_ms: tx.at_ms(),
        planned_by_name: by.name.clone(),
        dropped_ms: None,
        dropped_reason: String::new(),
        version: 1,
    };
    rows::add(&tx, row.clone()).await?;
    let detail = json!({ "name": row.title, "planned_on": row.planned_on, "programme": outline.programme.slug });
    tx.record(Event::new("inspection.planned", "inspection", row.id, detail)).await?;
    tx.commit().await?;
    Ok(row)
}

/// Calls an item of the plan off.
///
/// # Errors
/// A problem of the field `reason`; a conflict when it was called off already.
pub async fn call_off(store: &Store, actor: &Actor, id: Uuid, reason: &str) -> Result<()> {
    let reason = written("reason", reason, LONGEST_TEXT)?;
    let mut tx = store.begin(actor).await?;
    if !rows::drop_item(&tx, id, &reason).await? {
        return Err(Problem::conflict("这项督查刚刚已取消", "This inspection has just been called off").into());
    }
    tx.record(Event::new("inspection.dropped", "inspection", id, json!({ "reason": reason }))).await?;
    tx.commit().await
}

/// The plan of a programme, by day.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Inspection>> {
    rows::of_programme(on, programme).await
}

/// What was found in a programme, first things first.
///
/// # Errors
/// When the database fails.
pub async fn findings_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Finding>> {
    rows::findings_of(on, programme).await
}
