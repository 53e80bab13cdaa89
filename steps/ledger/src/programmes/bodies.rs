//! Who answers for what in a project.

use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::responsibilities;
use kernel::codes;

use super::guarded;

codes! {
    /// What somebody answers for in a project.
    ResponsibilityRole {
        /// 牵头单位.
        Lead = "lead", "牵头单位", "lead body";
        /// 配合单位.
        Supporting = "supporting", "配合单位", "supporting body";
        /// 分管领导（领办）.
        LeaderInCharge = "leader_in_charge", "分管领导", "leader in charge";
        /// 责任人.
        ResponsiblePerson = "responsible_person", "责任人", "responsible person";
    }
}

/// Who answers for what, newest first.
///
/// # Errors
/// When the database fails.
pub async fn responsibilities_of<C: ConnectionTrait>(on: &C, project: Uuid) -> Result<Vec<responsibilities::Model>> {
    Ok(responsibilities::Entity::find()
        .filter(responsibilities::Column::ProjectId.eq(project))
        .order_by_asc(responsibilities::Column::Region)
        .order_by_asc(responsibilities::Column::Role)
        .all(on)
        .await?)
}

/// Who answers for anything in a programme at present.
///
/// # Errors
/// When the database fails.
pub async fn standing_responsibilities<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
) -> Result<Vec<responsibilities::Model>> {
    Ok(responsibilities::Entity::find()
        .filter(responsibilities::Column::ProgrammeId.eq(programme))
        .filter(responsibilities::Column::ValidTo.is_null())
        .order_by_asc(responsibilities::Column::Id)
        .all(on)
        .await?)
}

/// Everybody who ever answered for anything in a programme, in the order in which it was written down.
///
/// # Errors
/// When the database fails.
pub async fn all_responsibilities<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<responsibilities::Model>> {
    Ok(responsibilities::Entity::find()
        .filter(responsibilities::Column::ProgrammeId.eq(programme))
        .order_by_asc(responsibilities::Column::Id)
        .all(on)
        .await?)
}

/// Whether somebody answers on `day`; a bound that was not told is open.
pub fn answers_on(row: &responsibilities::Model, day: NaiveDate) -> bool {
    row.valid_from.is_none_or(|first| first <= day) && row.valid_to.is_none_or(|last| day <= last)
}

/// The body that leads on an indicator of a project at a place on `day`.
///
/// The nearest counts: who leads on the indicator there, else on the project there, else the same at the place above,
/// up to the province. Of several that lead together the one named first.
pub fn lead_of(
    all: &[responsibilities::Model],
    project: Uuid,
    indicator: Uuid,
    region: RegionCode,
    day: NaiveDate,
) -> Option<Uuid> {
    let leads = |row: &&responsibilities::Model| {
        row.project_id == project
            && row.role == ResponsibilityRole::Lead.code()
            && row.indicator_id.is_none_or(|of| of == indicator)
            && row.organisation_id.is_some()
            && answers_on(row, day)
    };
    let rank = |row: &&responsibilities::Model| (RegionCode::from_stored(row.region), row.indicator_id.is_some());
    let near = all
        .iter()
        .filter(leads)
        .filter(|row| RegionCode::from_stored(row.region).is_some_and(|place| place.contains(region)));
    // A place below has the larger code, and an indicator's own lead comes before its project's.
    near.max_by(|a, b| rank(a).cmp(&rank(b)).then(b.id.cmp(&a.id)))?.organisation_id
}

/// Somebody who takes over a role, or whose role ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResponsibility {
    /// The project.
    pub project: Uuid,
    /// The indicator, when it is for one only.
    pub indicator: Option<Uuid>,
    /// The place.
    pub region: RegionCode,
    /// The role.
    pub role: ResponsibilityRole,
    /// The body.
    pub organisation: Uuid,
    /// The post in it, for leaders and responsible persons.
    pub post: Option<Uuid>,
    /// The first day; open when not told.
    pub valid_from: Option<NaiveDate>,
    /// The last day; open when not told.
    pub valid_to: Option<NaiveDate>,
}

/// Notes that somebody answers for something, for a time. Says under which key.
///
/// # Errors
/// When the last day lies before the first, or the same body and post hold the role on one of these days already.
pub async fn add_responsibility(tx: &Tx, programme: Uuid, new: &NewResponsibility) -> Result<Uuid> {
    if new.valid_from.zip(new.valid_to).is_some_and(|(first, last)| last < first) {
        return Err(Problem::field("valid_to", "止日不能早于起日", "the last day must not lie before the first").into());
    }
    let held = responsibilities_of(tx.on(), new.project).await?;
    let overlaps = |row: &responsibilities::Model| {
        let starts_after = |from: Option<NaiveDate>, to: Option<NaiveDate>| from.zip(to).is_some_and(|(a, b)| a > b);
        !starts_after(row.valid_from, new.valid_to) && !starts_after(new.valid_from, row.valid_to)
    };
    let same = held.iter().find(|row| {
        (row.region, row.indicator_id, row.organisation_id, row.post_id)
            == (new.region.stored(), new.indicator, Some(new.organisation), new.post)
            && row.role == new.role.code()
            && overlaps(row)
    });
    if same.is_some() {
        return Err(Problem::conflict(
            "这个单位（职务）在这段时间已经担任这一角色。请先结束原来的任期，或改用其他起止日期",
            "this body and post hold the role on some of these days already: end that term first or choose other days",
        )
        .into());
    }
    let row = responsibilities::Model {
        id: Uuid::now_v7(),
        programme_id: programme,
        project_id: new.project,
        indicator_id: new.indicator,
        region: new.region.stored(),
        role: new.role.code().to_owned(),
        organisation_id: Some(new.organisation),
        post_id: new.post,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
    };
    let id = row.id;
    responsibilities::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(id)
}

/// Ends a term on its last day, unless it has been ended already.
///
/// # Errors
/// When there is no such term, it begins after that day, or somebody else has just ended it.
pub async fn end_responsibility(tx: &Tx, project: Uuid, id: Uuid, last: NaiveDate) -> Result<responsibilities::Model> {
    let row = responsibilities::Entity::find_by_id(id).one(tx.on()).await?.filter(|row| row.project_id == project);
    let row = row.ok_or_else(|| Problem::not_found("没有这条责任分工", "there is no such responsibility"))?;
    if row.valid_from.is_some_and(|first| last < first) {
        return Err(Problem::field("valid_to", "止日不能早于起日", "the last day must not lie before the first").into());
    }
    let ended = responsibilities::ActiveModel { valid_to: Set(Some(last)), ..Default::default() };
    let result = responsibilities::Entity::update_many()
        .set(ended)
        .filter(responsibilities::Column::Id.eq(id))
        .filter(responsibilities::Column::ValidTo.is_null())
        .exec(tx.on())
        .await?;
    guarded(result.rows_affected)?;
    Ok(row)
}

/// Who holds one role for a project at one place: bodies, and posts in them.
#[derive(Clone, Debug)]
pub struct Holders {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// The role.
    pub role: ResponsibilityRole,
    /// Body and post of each, in their order.
    pub bodies: Vec<(Option<Uuid>, Option<Uuid>)>,
}

/// Makes exactly these bodies hold the role: new ones are added, others end on `today`. Says how many rows changed.
///
/// # Errors
/// When the database fails.
pub async fn answer(tx: &Tx, programme: Uuid, holders: &Holders, today: NaiveDate) -> Result<u64> {
    let standing = responsibilities::Entity::find()
        .filter(responsibilities::Column::ProjectId.eq(holders.project))
        .filter(responsibilities::Column::IndicatorId.is_null())
        .filter(responsibilities::Column::Region.eq(holders.region.stored()))
        .filter(responsibilities::Column::Role.eq(holders.role.code()))
        .filter(responsibilities::Column::ValidTo.is_null())
        .all(tx.on())
        .await?;
    let mut changed = 0;
    for gone in standing.iter().filter(|row| !holders.bodies.contains(&(row.organisation_id, row.post_id))) {
        let ended = responsibilities::ActiveModel { valid_to: Set(Some(today)), ..Default::default() };
        responsibilities::Entity::update_many()
            .set(ended)
            .filter(responsibilities::Column::Id.eq(gone.id))
            .exec(tx.on())
            .await?;
        changed += 1;
    }
    for (organisation, post) in &holders.bodies {
        if standing.iter().any(|row| (row.organisation_id, row.post_id) == (*organisation, *post)) {
            continue;
        }
        let row = responsibilities::Model {
            id: Uuid::now_v7(),
            programme_id: programme,
            project_id: holders.project,
            indicator_id: None,
            region: holders.region.stored(),
            role: holders.role.code().to_owned(),
            organisation_id: *organisation,
            post_id: *post,
            valid_from: None,
            valid_to: None,
        };
        responsibilities::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
        changed += 1;
    }
    Ok(changed)
}
