//! Returns as pages list them.

use std::ops::RangeInclusive;

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, Statement, Value};
use store::{Backend, Result};

use crate::tables::returns::{Column, Entity, Model};
use crate::words::State;

/// A row of a list.
pub type Listed = Model;

/// What is wanted of the returns of a round.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The place or anything in it.
    pub region: Option<RegionCode>,
    /// The body.
    pub organisation: Option<Uuid>,
    /// The project.
    pub project: Option<Uuid>,
    /// The states; all when empty.
    pub states: Vec<State>,
    /// Only those with flags.
    pub flagged: bool,
}

/// The returns of a round in the order of their keys: `limit` of those that are wanted behind `after`.
pub(crate) async fn list<C: ConnectionTrait>(
    on: &C,
    round: Uuid,
    wish: &Wish,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Listed>> {
    let place = wish.region.map(RegionCode::subtree);
    let wanted = Condition::all()
        .add_option(place.map(|range| Column::Region.between(range.start().stored(), range.end().stored())))
        .add_option(wish.organisation.map(|body| Column::OrganisationId.eq(body)))
        .add_option(wish.project.map(|project| Column::ProjectId.eq(project)))
        .add_option(
            (!wish.states.is_empty()).then(|| Column::State.is_in(wish.states.iter().map(|state| state.code()))),
        )
        .add_option(wish.flagged.then(|| Column::Flags.gt(0)))
        .add_option(after.map(|after| Column::Id.gt(after)));
    let rows = Entity::find().filter(Column::RoundId.eq(round)).filter(wanted);
    Ok(rows.order_by_asc(Column::Id).limit(limit).all(on).await?)
}

/// What waits for reviewers of these subtrees.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// The places whose reviewers it waits for, as SQL with its values.
    desks: Vec<String>,
    values: Vec<Value>,
    /// How many wait.
    pub(crate) count: i64,
    /// Since when the oldest has, in Unix milliseconds.
    pub(crate) oldest: Option<i64>,
}

/// From so many on, what waits is walked from the oldest on until a page is full; fewer are found by desk and sorted. Either
/// way a page reads a few thousand entries of an index at most, whoever asks.
const MANY: i64 = 5_000;

/// What waits at these desks: one statement. `own` names the places at whose very desk it must lie; none takes those below as
/// well.
pub(crate) async fn waiting<C: ConnectionTrait>(
    on: &C,
    scopes: &[RangeInclusive<RegionCode>],
    own: bool,
) -> Result<Waiting> {
    let (mut desks, mut values) = (Vec::new(), Vec::<Value>::new());
    for scope in scopes {
        values.push(scope.start().stored().into());
        let first = values.len();
        if own {
            desks.push(format!("= ${first}"));
        } else {
            values.push(scope.end().stored().into());
            desks.push(format!("BETWEEN ${first} AND ${}", first + 1));
        }
    }
    let mut waiting = Waiting { desks, values, count: 0, oldest: None };
    if scopes.is_empty() {
        return Ok(waiting);
    }
    if let Some(row) = on.query_one_raw(waiting.counted(on.get_database_backend())).await? {
        (waiting.count, waiting.oldest) = (row.try_get("", "number")?, row.try_get("", "oldest")?);
    }
    Ok(waiting)
}

impl Waiting {
    fn at(&self, column: &str) -> String {
        let each: Vec<String> = self.desks.iter().map(|desk| format!("{column} {desk}")).collect();
        format!("awaits IS NOT NULL AND ({})", each.join(" OR "))
    }

    pub(super) fn counted(&self, backend: Backend) -> Statement {
        let waits = self.at("awaits");
        let sql = format!("SELECT COUNT(*) AS number, MIN(submitted_ms) AS oldest FROM returns WHERE {waits}");
        Statement::from_sql_and_values(backend, sql, self.values.clone())
    }

    pub(super) fn paged(&self, backend: Backend, (skip, limit): (u64, u64)) -> Statement {
        // A sign before a column keeps both databases from the index that begins with it.
        let (waits, order) = match (self.desks.as_slice(), self.count > MANY) {
            ([one], _) if one.starts_with('=') => (self.at("awaits"), "submitted_ms, id"),
            (_, true) => (self.at("+awaits"), "submitted_ms, id"),
            (_, false) => (self.at("awaits"), "+submitted_ms, id"),
        };
        let sql = format!(
            "SELECT * FROM returns WHERE id IN (SELECT id FROM returns WHERE {waits} ORDER BY {order} \
             LIMIT {limit} OFFSET {skip}) ORDER BY submitted_ms, id"
        );
        Statement::from_sql_and_values(backend, sql, self.values.clone())
    }

    /// Those that have waited longest first: `limit` of them behind the first `skip`.
    pub(crate) async fn page<C: ConnectionTrait>(&self, on: &C, slice: (u64, u64)) -> Result<Vec<Listed>> {
        if self.desks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(Entity::find().from_raw_sql(self.paged(on.get_database_backend(), slice)).all(on).await?)
    }
}

/// The returns of these bodies: what is approved, or what is not yet; the latest cut-off first.
pub(crate) async fn of_bodies<C: ConnectionTrait>(
    on: &C,
    bodies: &[Uuid],
    approved: bool,
    limit: u64,
) -> Result<Vec<Listed>> {
    let approved_code = State::Approved.code();
    let state = if approved { Column::State.eq(approved_code) } else { Column::State.ne(approved_code) };
    Ok(Entity::find()
        .filter(Column::OrganisationId.is_in(bodies.iter().copied()))
        .filter(state)
        .order_by_desc(Column::CutOff)
        .order_by_asc(Column::Region)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}
