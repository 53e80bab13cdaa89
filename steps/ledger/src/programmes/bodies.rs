//! Who answers for what in a project.

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QueryOrder};
use store::{Result, Tx};

use crate::tables::responsibilities;
use kernel::codes;

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
