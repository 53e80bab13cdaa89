//! Every query of the registers.

use std::collections::{BTreeMap, HashMap};

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, Value};
use store::bulk::{self, Target};
use store::{Result, Tx};

use super::tables::register_entries::{Column, Entity, Model as Entry};
use super::tables::register_versions::{self, Model as Version};
use crate::catalogue::Stage;

/// The most entries that one page looks through; a register of a city is far smaller.
const MOST: u64 = 20_000;

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Only in these subtrees, as stored code ranges; everywhere when empty.
    pub regions: Vec<(i64, i64)>,
    /// Only with these words in name or address.
    pub words: String,
    /// Only at this stage; everything but void when none.
    pub stage: Option<Stage>,
    /// Only with this grade; empty for all.
    pub grade: String,
}

impl Asked {
    /// Everything in one place and below.
    pub fn within(region: RegionCode) -> Self {
        Self { regions: vec![range(region)], ..Self::default() }
    }

    fn condition(&self, service: &str) -> sea_orm::Condition {
        let mut condition = sea_orm::Condition::all().add(Column::Service.eq(service));
        if !self.regions.is_empty() {
            let any = self
                .regions
                .iter()
                .fold(sea_orm::Condition::any(), |any, (first, last)| any.add(Column::Region.between(*first, *last)));
            condition = condition.add(any);
        }
        for word in self.words.to_lowercase().split_whitespace() {
            condition = condition.add(Column::Normalised.contains(word));
        }
        if !self.grade.is_empty() {
            condition = condition.add(Column::Grade.eq(&self.grade));
        }
        match self.stage {
            Some(stage) => condition.add(Column::Stage.eq(stage.code())),
            None => condition.add(Column::Stage.ne(Stage::Void.code())),
        }
    }
}

/// The stored range of a subtree.
pub(crate) fn range(region: RegionCode) -> (i64, i64) {
    let subtree = region.subtree();
    (subtree.start().stored(), subtree.end().stored())
}

/// Entries of a register by place and name: `limit` of them behind `after`, which is place, name.
///
/// # Errors
/// When the database fails.
pub async fn list<C: ConnectionTrait>(
    on: &C,
    service: &str,
    asked: &Asked,
    after: Option<(i64, String)>,
    limit: u64,
) -> Result<Vec<Entry>> {
    let mut condition = asked.condition(service);
    if let Some((region, name)) = after {
        let same = sea_orm::Condition::all().add(Column::Region.eq(region)).add(Column::Name.gt(name));
        condition = condition.add(sea_orm::Condition::any().add(Column::Region.gt(region)).add(same));
    }
    let found = Entity::find().filter(condition).order_by_asc(Column::Region).order_by_asc(Column::Name);
    Ok(found.limit(limit).all(on).await?)
}

/// Every entry of a register that is asked for, up to a bound that keeps memory small.
///
/// # Errors
/// When the database fails.
pub async fn all_of<C: ConnectionTrait>(on: &C, service: &str, asked: Option<&Asked>) -> Result<Vec<Entry>> {
    let condition = match asked {
        Some(asked) => asked.condition(service),
        None => sea_orm::Condition::all().add(Column::Service.eq(service)),
    };
    let found = Entity::find().filter(condition).order_by_asc(Column::Region).order_by_asc(Column::Name);
    Ok(if asked.is_some() { found.limit(MOST).all(on).await? } else { found.all(on).await? })
}

/// How many entries each register has, void ones left out.
///
/// # Errors
/// When the database fails.
pub async fn count_by_service<C: ConnectionTrait>(on: &C) -> Result<BTreeMap<String, i64>> {
    let counts: Vec<(String, i64)> = Entity::find()
        .filter(Column::Stage.ne(Stage::Void.code()))
        .select_only()
        .column(Column::Service)
        .column_as(Column::Id.count(), "entries")
        .group_by(Column::Service)
        .into_tuple()
        .all(on)
        .await?;
    Ok(counts.into_iter().collect())
}

/// The entry with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Entry>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}

/// Every state that an entry had, the latest first.
///
/// # Errors
/// When the database fails.
pub async fn versions_of<C: ConnectionTrait>(on: &C, entry: Uuid) -> Result<Vec<Version>> {
    let found = register_versions::Entity::find().filter(register_versions::Column::EntryId.eq(entry));
    Ok(found.order_by_desc(register_versions::Column::Version).all(on).await?)
}

pub(super) async fn named<C: ConnectionTrait>(
    on: &C,
    service: &str,
    region: RegionCode,
    name: &str,
) -> Result<Option<Entry>> {
    let found = Entity::find()
        .filter(Column::Service.eq(service))
        .filter(Column::Region.eq(region.stored()))
        .filter(Column::Name.eq(name));
    Ok(found.one(on).await?)
}

pub(super) async fn add(tx: &Tx, entry: &Entry) -> Result<()> {
    Entity::insert(entry.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

pub(super) async fn add_version(tx: &Tx, version: Version) -> Result<()> {
    register_versions::Entity::insert(version.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Puts `entry` in the place of version `seen`; false when somebody else was faster.
pub(super) async fn replace(tx: &Tx, entry: &Entry, seen: i32) -> Result<bool> {
    let done = Entity::update_many()
        .set(entry.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(entry.id))
        .filter(Column::Version.eq(seen))
        .exec(tx.on())
        .await?;
    Ok(done.rows_affected == 1)
}

pub(super) async fn add_all(tx: &Tx, entries: &[Entry]) -> Result<()> {
    let target = Target {
        table: "register_entries",
        columns: &[
            "id",
            "service",
            "region",
            "name",
            "address",
            "lng",
            "lat",
            "crs",
            "lng_e7",
            "lat_e7",
            "hours",
            "grade",
            "stage",
            "as_of",
            "attributes",
            "normalised",
            "demo",
            "version",
            "changed_ms",
        ],
        suffix: "",
    };
    let rows = entries.iter().cloned().map(|entry| -> Vec<Value> {
        vec![
            entry.id.into(),
            entry.service.into(),
            entry.region.into(),
            entry.name.into(),
            entry.address.into(),
            entry.lng.into(),
            entry.lat.into(),
            entry.crs.into(),
            entry.lng_e7.into(),
            entry.lat_e7.into(),
            entry.hours.into(),
            entry.grade.into(),
            entry.stage.into(),
            entry.as_of.into(),
            entry.attributes.into(),
            entry.normalised.into(),
            entry.demo.into(),
            entry.version.into(),
            entry.changed_ms.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await
}

pub(super) async fn add_versions(tx: &Tx, versions: Vec<Version>) -> Result<()> {
    let target = Target {
        table: "register_versions",
        columns: &["entry_id", "version", "content", "account_id", "account_name", "at_ms"],
        suffix: "",
    };
    let rows = versions.into_iter().map(|row| -> Vec<Value> {
        vec![
            row.entry_id.into(),
            row.version.into(),
            row.content.into(),
            row.account_id.into(),
            row.account_name.into(),
            row.at_ms.into(),
        ]
    });
    bulk::insert(tx.on(), target, rows).await
}

/// The mean of the points of all registers below each of `regions`, for those that have any.
///
/// # Errors
/// When the database fails.
pub(super) async fn centre<C: ConnectionTrait>(on: &C, region: RegionCode) -> Result<Option<(i32, i32)>> {
    let (first, last) = range(region);
    let points: Vec<(i32, i32)> = Entity::find()
        .filter(Column::Region.between(first, last))
        .filter(Column::LngE7.is_not_null())
        .filter(Column::LatE7.is_not_null())
        .select_only()
        .column(Column::LngE7)
        .column(Column::LatE7)
        .limit(MOST)
        .into_tuple()
        .all(on)
        .await?;
    let count = i64::try_from(points.len()).unwrap_or(i64::MAX);
    let sum = points.iter().fold((0_i64, 0_i64), |sum, point| (sum.0 + i64::from(point.0), sum.1 + i64::from(point.1)));
    let mean = |sum: i64| sum.checked_div(count).and_then(|mean| i32::try_from(mean).ok());
    Ok(mean(sum.0).zip(mean(sum.1)))
}

/// Which of these divisions have entries in a register, with their number; for the choice of a place.
///
/// # Errors
/// When the database fails.
pub(super) async fn counts_by_region<C: ConnectionTrait>(on: &C, service: &str) -> Result<HashMap<i64, i64>> {
    let counts: Vec<(i64, i64)> = Entity::find()
        .filter(Column::Service.eq(service))
        .filter(Column::Stage.ne(Stage::Void.code()))
        .select_only()
        .column(Column::Region)
        .column_as(Column::Id.count(), "entries")
        .group_by(Column::Region)
        .into_tuple()
        .all(on)
        .await?;
    Ok(counts.into_iter().collect())
}
