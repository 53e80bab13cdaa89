//! Lists of a programme's sites: what an office asks for, a slice at a time, and what the database adds up over all of it.

use kernel::RegionCode;
use rust_decimal::Decimal;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryOrder, QuerySelect, Statement};
use store::{Result, amount};

use super::super::tables::sites::{Column, Entity, Model};
use super::super::words::Stage;

/// Different attributes that sums are told apart by; where there are more they are names, not kinds.
const MOST_GROUPS: u64 = 20_000;

/// What a list of an office asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// One project only.
    pub project: Option<Uuid>,
    /// Only in these subtrees, as first and last stored code; everywhere when empty.
    pub regions: Vec<(i64, i64)>,
    /// Only what lies outside its division.
    pub outside: bool,
    /// Only without a point.
    pub without_point: bool,
    /// Only at this stage.
    pub stage: Option<Stage>,
    /// Only with these words in name, number, address or short code.
    pub words: String,
}

impl Asked {
    /// Everything in one place and below.
    pub fn within(region: RegionCode) -> Self {
        let subtree = region.subtree();
        Self { regions: vec![(subtree.start().stored(), subtree.end().stored())], ..Self::default() }
    }

    /// The sites of `programme` that stand and are asked for.
    fn select(&self, programme: Uuid) -> Select<Entity> {
        let mut all = Entity::find().filter(Column::ProgrammeId.eq(programme)).filter(Column::Withdrawn.eq(false));
        if let Some(project) = self.project {
            all = all.filter(Column::ProjectId.eq(project));
        }
        if !self.regions.is_empty() {
            let ranges = self.regions.iter();
            all =
                all.filter(ranges.fold(sea_orm::Condition::any(), |any, (first, last)| {
                    any.add(Column::Region.between(*first, *last))
                }));
        }
        if self.outside {
            all = all.filter(Column::Outside.eq(true));
        }
        if self.without_point {
            all = all.filter(Column::LngE7.is_null());
        }
        if let Some(stage) = self.stage {
            all = all.filter(Column::Stage.eq(stage.code()));
        }
        for word in store::search::normalise(&self.words).split(' ').filter(|word| !word.is_empty()) {
            all = all.filter(Column::Normalised.contains(word));
        }
        all
    }
}

/// Sites of a programme that stand, by reference: `limit` of those behind `after`.
///
/// # Errors
/// When the database fails.
pub async fn of_programme<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    asked: &Asked,
    after: Option<String>,
    limit: Option<u64>,
) -> Result<Vec<Model>> {
    let mut all = asked.select(programme);
    if let Some(after) = after {
        all = all.filter(Column::Reference.gt(after));
    }
    Ok(all.order_by_asc(Column::Reference).limit(limit).all(on).await?)
}

/// How many sites there are of what is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Counts {
    /// All of them.
    pub all: i64,
    /// Those outside their division.
    pub outside: i64,
    /// Those without a point.
    pub without_point: i64,
}

/// Counts what is asked for, in one statement.
///
/// # Errors
/// When the database fails.
pub async fn counts<C: ConnectionTrait>(on: &C, programme: Uuid, asked: &Asked) -> Result<Counts> {
    let outside = Expr::case(Column::Outside.eq(true), Column::Id.into_expr()).into();
    let outside: Expr = outside;
    let without_point: Expr = Expr::case(Column::LngE7.is_null(), Column::Id.into_expr()).into();
    // COUNT leaves out what is null, and counts as a whole number on both databases.
    let found = asked
        .select(programme)
        .select_only()
        .column_as(Column::Id.count(), "all")
        .column_as(outside.count(), "outside")
        .column_as(without_point.count(), "without_point")
        .into_model::<Counts>()
        .one(on)
        .await?;
    Ok(found.unwrap_or_default())
}

/// Sites of one indicator that share attributes and the day on which they were finished, added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The indicator that they feed.
    pub indicator: Uuid,
    /// Their attributes, as a JSON object of texts; an empty one where attributes are too many to be told apart.
    pub attributes: String,
    /// Whether they are finished.
    pub done: bool,
    /// On which day, where they are and it is known.
    pub finished_on: Option<Date>,
    /// How many they are.
    pub sites: i64,
    /// The sum of their quantities, one for each that tells none.
    pub quantity: Decimal,
}

impl Group {
    /// Whether they are finished, and – where both days are known – were finished by then.
    pub fn is_done_by(&self, day: Option<Date>) -> bool {
        self.done && self.finished_on.zip(day).is_none_or(|(finished, day)| finished <= day)
    }
}

/// What sites give to indicators, added up by the database: by attributes, or, where these are too many, without.
///
/// # Errors
/// When the database fails.
pub async fn groups<C: ConnectionTrait>(on: &C, programme: Uuid, project: Option<Uuid>) -> Result<Vec<Group>> {
    let most = usize::try_from(MOST_GROUPS).unwrap_or(usize::MAX);
    let found = grouped(on, programme, project, "attributes").await?;
    if found.len() <= most {
        return Ok(found);
    }
    grouped(on, programme, project, "'{}'").await
}

async fn grouped<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    project: Option<Uuid>,
    attributes: &str,
) -> Result<Vec<Group>> {
    let done: Vec<String> =
        Stage::ALL.into_iter().filter(|stage| stage.is_done()).map(|stage| format!("'{}'", stage.code())).collect();
    let done = format!("CASE WHEN stage IN ({}) THEN 1 ELSE 0 END", done.join(", "));
    let one = amount::to_stored(Decimal::ONE)?;
    let of_project = if project.is_some() { "AND project_id = $2" } else { "" };
    let sql = format!(
        "SELECT indicator_id, {attributes} AS attributes, {done} AS done,
            CASE WHEN {done} = 1 THEN finished_on END AS finished_on, COUNT(*) AS sites,
            CAST(SUM(COALESCE(quantity, {one})) AS BIGINT) AS quantity
        FROM sites WHERE programme_id = $1 AND withdrawn = FALSE AND indicator_id IS NOT NULL {of_project}
        GROUP BY 1, 2, 3, 4 LIMIT {}",
        MOST_GROUPS + 1
    );
    let values = std::iter::once(programme).chain(project).map(sea_orm::Value::from);
    let rows = on.query_all_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?;
    let group = |row: sea_orm::QueryResult| -> Result<Group> {
        let (done, quantity): (i32, i64) = (row.try_get("", "done")?, row.try_get("", "quantity")?);
        Ok(Group {
            indicator: row.try_get("", "indicator_id")?,
            attributes: row.try_get("", "attributes")?,
            done: done == 1,
            finished_on: row.try_get("", "finished_on")?,
            sites: row.try_get("", "sites")?,
            quantity: amount::from_stored(quantity),
        })
    };
    rows.into_iter().map(group).collect()
}

/// The divisions in which a programme has sites, each once.
///
/// # Errors
/// When the database fails.
pub async fn regions_of<C: ConnectionTrait>(on: &C, programme: Uuid, asked: &Asked) -> Result<Vec<RegionCode>> {
    let found: Vec<i64> = asked
        .select(programme)
        .select_only()
        .column(Column::Region)
        .group_by(Column::Region)
        .into_tuple()
        .all(on)
        .await?;
    Ok(found.into_iter().filter_map(RegionCode::from_stored).collect())
}

/// The part with this number, from 0, when what is asked for is cut into parts of `size` by reference.
///
/// # Errors
/// When the database fails.
pub async fn part_of<C: ConnectionTrait>(
    on: &C,
    programme: Uuid,
    asked: &Asked,
    (part, size): (u64, u64),
) -> Result<Vec<Model>> {
    let all = asked.select(programme).order_by_asc(Column::Reference);
    Ok(all.offset(part.saturating_mul(size)).limit(size).all(on).await?)
}
