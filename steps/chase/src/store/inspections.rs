//! The plan of inspections, their visits, what was found and what became of it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use store::{Result, Tx};

use super::orders::Sight;
use crate::tables::{finding_acts, findings, inspections, visits};
use crate::words::{FindingAct, FindingState, Method};

impl inspections::Model {
    /// How it looks.
    pub fn method(&self) -> Method {
        Method::parse(&self.method).unwrap_or(Method::Check)
    }

    /// Where.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("inspections are planned with a valid code")
    }
}

impl findings::Model {
    /// Where it stands.
    pub fn state(&self) -> FindingState {
        FindingState::parse(&self.state).unwrap_or(FindingState::Open)
    }

    /// The place.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("findings are noted with a valid code")
    }
}

impl finding_acts::Model {
    /// What was done; none for the noting.
    pub fn act(&self) -> Option<FindingAct> {
        FindingAct::parse(&self.act)
    }
}

/// The plan of a programme, by day.
pub(crate) async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<inspections::Model>> {
    Ok(inspections::Entity::find()
        .filter(inspections::Column::ProgrammeId.eq(programme))
        .order_by_asc(inspections::Column::PlannedOn)
        .order_by_asc(inspections::Column::Id)
        .all(on)
        .await?)
}

/// The item with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<inspections::Model>> {
    Ok(inspections::Entity::find_by_id(id).one(on).await?)
}

/// The visits of a programme.
pub(crate) async fn visits_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<visits::Model>> {
    let all = visits::Entity::find().filter(visits::Column::ProgrammeId.eq(programme));
    Ok(all.order_by_asc(visits::Column::VisitedOn).order_by_asc(visits::Column::Id).all(on).await?)
}

/// What was found in a programme, first things first.
pub(crate) async fn findings_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<findings::Model>> {
    let all = findings::Entity::find().filter(findings::Column::ProgrammeId.eq(programme));
    Ok(all.order_by_asc(findings::Column::Id).all(on).await?)
}

/// Findings in this state that these bodies have to mend, the first deadline first; `most` at most.
pub(crate) async fn findings_for<C: ConnectionTrait>(
    on: &C,
    bodies: &[Uuid],
    state: FindingState,
    most: u64,
) -> Result<Vec<findings::Model>> {
    let own = findings::Entity::find()
        .filter(findings::Column::OrganisationId.is_in(bodies.iter().copied()))
        .filter(findings::Column::State.eq(state.code()));
    Ok(own.order_by_asc(findings::Column::DueOn).order_by_asc(findings::Column::Id).limit(most).all(on).await?)
}

/// Findings in this state within these subtrees, those noted first first; `most` at most.
pub(crate) async fn findings_at<C: ConnectionTrait>(
    on: &C,
    scopes: &[Scope],
    state: FindingState,
    most: u64,
) -> Result<Vec<findings::Model>> {
    let own = findings::Entity::find()
        .filter(within(scopes, findings::Column::Region))
        .filter(findings::Column::State.eq(state.code()));
    Ok(own.order_by_asc(findings::Column::Id).limit(most).all(on).await?)
}

/// The programmes whose plan holds something within `sight`: an item of a place that is overseen, or a finding of a body that
/// is acted for.
pub(crate) async fn programmes_seen<C: ConnectionTrait>(on: &C, sight: &Sight) -> Result<BTreeSet<Uuid>> {
    let there = within(&sight.regions, inspections::Column::Region);
    let planned =
        inspections::Entity::find().select_only().column(inspections::Column::ProgrammeId).filter(there).distinct();
    let own = findings::Column::OrganisationId.is_in(sight.bodies.iter().copied());
    let found = findings::Entity::find().select_only().column(findings::Column::ProgrammeId).filter(own).distinct();
    let mut seen: BTreeSet<Uuid> = planned.into_tuple::<Uuid>().all(on).await?.into_iter().collect();
    seen.extend(found.into_tuple::<Uuid>().all(on).await?);
    Ok(seen)
}

/// Items of the plan within these subtrees that should be over by a day and that nobody has visited, by day; `most` at most.
pub(crate) async fn unvisited<C: ConnectionTrait>(
    on: &C,
    scopes: &[Scope],
    by: NaiveDate,
    most: u64,
) -> Result<Vec<inspections::Model>> {
    let visited = Query::select().column(visits::Column::InspectionId).from(visits::Entity).to_owned();
    Ok(inspections::Entity::find()
        .filter(within(scopes, inspections::Column::Region))
        .filter(inspections::Column::DroppedMs.is_null())
        .filter(inspections::Column::PlannedOn.lte(by))
        .filter(inspections::Column::Id.not_in_subquery(visited))
        .order_by_asc(inspections::Column::PlannedOn)
        .limit(most)
        .all(on)
        .await?)
}

/// First and last code of a subtree.
pub(crate) type Scope = (i64, i64);

/// That a place lies in one of these subtrees; nothing does where there is none.
fn within(scopes: &[Scope], region: impl ColumnTrait) -> Condition {
    let of = |(first, last): &Scope| region.between(*first, *last);
    scopes.iter().map(of).fold(Condition::any().add(region.lt(0)), Condition::add)
}

/// The finding with this key.
pub(crate) async fn finding<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<findings::Model>> {
    Ok(findings::Entity::find_by_id(id).one(on).await?)
}

/// What was done about a finding, by its key.
pub(crate) async fn find_act<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<finding_acts::Model>> {
    Ok(finding_acts::Entity::find().filter(finding_acts::Column::Id.eq(id)).one(on).await?)
}

/// What was done about these findings, first things first.
pub(crate) async fn acts_of<C: ConnectionTrait>(on: &C, findings: &[Uuid]) -> Result<Vec<finding_acts::Model>> {
    let mut found = Vec::new();
    for chunk in findings.chunks(1_000) {
        let of_them = finding_acts::Entity::find().filter(finding_acts::Column::FindingId.is_in(chunk.iter().copied()));
        found.extend(of_them.order_by_asc(finding_acts::Column::AtMs).all(on).await?);
    }
    Ok(found)
}

/// Notes an item of the plan.
pub(crate) async fn add(tx: &Tx, row: inspections::Model) -> Result<()> {
    inspections::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Calls an item off, if it stands; says whether it did.
pub(crate) async fn drop_item(tx: &Tx, id: Uuid, reason: &str) -> Result<bool> {
    let dropped = inspections::ActiveModel {
        dropped_ms: Set(Some(tx.at_ms())),
        dropped_reason: Set(reason.to_owned()),
        version: Set(2),
        ..Default::default()
    };
    let moved = inspections::Entity::update_many()
        .set(dropped)
        .filter(inspections::Column::Id.eq(id))
        .filter(inspections::Column::DroppedMs.is_null())
        .exec(tx.on())
        .await?;
    Ok(moved.rows_affected == 1)
}

/// Notes a visit.
pub(crate) async fn add_visit(tx: &Tx, row: visits::Model) -> Result<()> {
    visits::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Notes a finding.
pub(crate) async fn add_finding(tx: &Tx, row: findings::Model) -> Result<()> {
    findings::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Notes what was done about a finding.
pub(crate) async fn add_act(tx: &Tx, row: finding_acts::Model) -> Result<()> {
    finding_acts::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Moves a finding on if it still stands at `version`; says whether it did.
pub(crate) async fn advance(tx: &Tx, id: Uuid, version: i32, to: findings::ActiveModel) -> Result<bool> {
    let moved = findings::Entity::update_many()
        .set(to)
        .filter(findings::Column::Id.eq(id))
        .filter(findings::Column::Version.eq(version))
        .exec(tx.on())
        .await?;
    Ok(moved.rows_affected == 1)
}
