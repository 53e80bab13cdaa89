//! Returns as pages list them.

use std::ops::RangeInclusive;

use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect, Select};
use store::Result;

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

/// What waits for reviewers of these subtrees, the longest first: `limit` of them behind the first `skip`. `own` names the
/// places at whose very desk it must lie; none takes those below as well.
pub(crate) async fn queue<C: ConnectionTrait>(
    on: &C,
    scopes: &[RangeInclusive<RegionCode>],
    own: bool,
    (skip, limit): (u64, u64),
) -> Result<Vec<Listed>> {
    let rows = at_desks(scopes, own).order_by_asc(Column::SubmittedMs).order_by_asc(Column::Id);
    Ok(rows.offset(skip).limit(limit).all(on).await?)
}

fn at_desks(scopes: &[RangeInclusive<RegionCode>], own: bool) -> Select<Entity> {
    // Without any scope nothing waits.
    let mut desks = Condition::any().add(Column::Awaits.eq(-1));
    for scope in scopes {
        let (first, last) = (scope.start().stored(), scope.end().stored());
        desks = desks.add(if own { Column::Awaits.eq(first) } else { Column::Awaits.between(first, last) });
    }
    Entity::find().filter(desks)
}

/// How many wait at these desks, and since when the oldest has.
pub(crate) async fn waiting<C: ConnectionTrait>(
    on: &C,
    scopes: &[RangeInclusive<RegionCode>],
    own: bool,
) -> Result<(i64, Option<i64>)> {
    let found: Option<(i64, Option<i64>)> = at_desks(scopes, own)
        .select_only()
        .column_as(Column::Id.count(), "number")
        .column_as(Column::SubmittedMs.min(), "oldest")
        .into_tuple()
        .one(on)
        .await?;
    Ok(found.unwrap_or((0, None)))
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
