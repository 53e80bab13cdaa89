//! Who answers for what in a project.

use std::collections::{BTreeSet, HashMap};

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

/// Who leads what (牵头单位), found by project and place: a province has a hundred thousand of them.
#[derive(Clone, Debug, Default)]
pub struct Leads(HashMap<(Uuid, i64), Vec<responsibilities::Model>>);

impl Leads {
    /// Those of `rows` that name a body in the lead.
    pub fn of(rows: impl IntoIterator<Item = responsibilities::Model>) -> Self {
        let mut leads = Self::default();
        let lead = ResponsibilityRole::Lead.code();
        for row in rows.into_iter().filter(|row| row.role == lead && row.organisation_id.is_some()) {
            leads.0.entry((row.project_id, row.region)).or_default().push(row);
        }
        leads
    }

    /// Reads what may lead at one of `places`: what stands there or above. What stands below is not read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn around<C: ConnectionTrait>(on: &C, programme: Uuid, places: &[RegionCode]) -> Result<Self> {
        let asked: BTreeSet<i64> = places.iter().flat_map(|place| place.lineage()).map(RegionCode::stored).collect();
        let asked: Vec<i64> = asked.into_iter().collect();
        let mut rows = Vec::new();
        for chunk in asked.chunks(1_000) {
            rows.extend(
                responsibilities::Entity::find()
                    .filter(responsibilities::Column::ProgrammeId.eq(programme))
                    .filter(responsibilities::Column::Region.is_in(chunk.iter().copied()))
                    .filter(responsibilities::Column::Role.eq(ResponsibilityRole::Lead.code()))
                    .all(on)
                    .await?,
            );
        }
        Ok(Self::of(rows))
    }

    /// The body that leads on an indicator of a project at a place on `day`.
    ///
    /// The nearest counts: who leads on the indicator there, else on the project there, else the same at the place above,
    /// up to the province. Of several that lead together the one named first.
    pub fn at(&self, project: Uuid, indicator: Uuid, region: RegionCode, day: NaiveDate) -> Option<Uuid> {
        std::iter::successors(Some(region), |place| place.parent()).find_map(|place| {
            let there = self.0.get(&(project, place.stored()))?;
            let own = |row: &&responsibilities::Model| row.indicator_id.is_none_or(|of| of == indicator);
            let leads = there.iter().filter(own).filter(|row| answers_on(row, day));
            leads.min_by_key(|row| (row.indicator_id.is_none(), row.id))?.organisation_id
        })
    }

    /// Every body that leads anything, each once.
    pub fn bodies(&self) -> Vec<Uuid> {
        let named: BTreeSet<Uuid> = self.0.values().flatten().filter_map(|row| row.organisation_id).collect();
        named.into_iter().collect()
    }
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const PLACES: [&str; 5] = ["330000", "330200", "330203", "330203001", "330205"];

    fn key(number: u8) -> Uuid {
        Uuid::from_u128(u128::from(number) + 1)
    }

    fn place(at: usize) -> RegionCode {
        PLACES[at].parse().unwrap()
    }

    prop_compose! {
        fn row()(id in 0..200_u8, project in 0..2_u8, indicator in prop::option::of(0..2_u8), at in 0..5_usize,
                 body in prop::option::of(0..9_u8), from in 1..28_u32, lead in prop::bool::weighted(0.8)) -> responsibilities::Model {
            responsibilities::Model {
                id: key(id),
                programme_id: key(0),
                project_id: key(project),
                indicator_id: indicator.map(key),
                region: place(at).stored(),
                role: if lead { ResponsibilityRole::Lead } else { ResponsibilityRole::Supporting }.code().to_owned(),
                organisation_id: body.map(key),
                post_id: None,
                valid_from: NaiveDate::from_ymd_opt(2024, 2, from),
                valid_to: None,
            }
        }
    }

    proptest! {
        #[test]
        fn of_those_above_the_nearest_leads(
            rows in vec(row(), 0..12), project in 0..2_u8, indicator in 0..2_u8, at in 0..5_usize, day in 1..28_u32,
        ) {
            let (region, day) = (place(at), NaiveDate::from_ymd_opt(2024, 2, day).unwrap());
            let found = Leads::of(rows.clone()).at(key(project), key(indicator), region, day);
            // The same by a look at every row: the lowest place, then the indicator's own, then the one named first.
            let fits = |row: &&responsibilities::Model| {
                row.role == ResponsibilityRole::Lead.code()
                    && row.organisation_id.is_some()
                    && row.project_id == key(project)
                    && row.indicator_id.is_none_or(|of| of == key(indicator))
                    && RegionCode::from_stored(row.region).is_some_and(|above| above.contains(region))
                    && answers_on(row, day)
            };
            let near = |row: &&responsibilities::Model| (row.region, row.indicator_id.is_some(), std::cmp::Reverse(row.id));
            let all = rows.iter().filter(fits);
            let best = all.clone().map(|row| near(&row)).max();
            let bodies: Vec<Uuid> =
                all.filter(|row| Some(near(row)) == best).filter_map(|row| row.organisation_id).collect();
            prop_assert!(found.map_or(bodies.is_empty(), |body| bodies.contains(&body)), "{found:?} {bodies:?}");
        }
    }
}
