//! Orders: found, listed, moved.

use std::collections::HashSet;

use chrono::NaiveDate;
use kernel::RegionCode;
use kernel::ladder::{OrderColour, OrderKind};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect, Select};
use store::{Result, Tx};

use crate::rules::ladder::Standing;
use crate::tables::orders::{ActiveModel, Column, Entity, Model};
use crate::words::State;

impl Model {
    /// What it is.
    pub fn kind(&self) -> OrderKind {
        OrderKind::parse(&self.kind).unwrap_or(OrderKind::Reminder)
    }

    /// Its colour.
    pub fn colour(&self) -> OrderColour {
        OrderColour::parse(&self.colour).unwrap_or(OrderColour::Blue)
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Open)
    }

    /// The place.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("orders are raised with a valid code")
    }

    /// As the ladder sees it.
    pub fn standing(&self) -> Standing {
        Standing { kind: self.kind(), state: self.state(), due_on: self.due_on }
    }

    /// 〔2024〕1号.
    pub fn numbered(&self) -> String {
        format!("〔{}〕{}号", self.year, self.number)
    }
}

/// What somebody may see: places whole, and what concerns their own bodies elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// First and last code of each subtree.
    pub regions: Vec<(i64, i64)>,
    /// The bodies acted for.
    pub bodies: Vec<Uuid>,
}

impl Sight {
    /// Whether an order lies within.
    pub(crate) fn holds(&self, order: &Model) -> bool {
        self.oversees(order.region)
            || self.bodies.iter().any(|body| order.organisation_id == *body || order.lead_id == Some(*body))
    }

    /// Whether everything at a place lies within.
    pub(crate) fn oversees(&self, region: i64) -> bool {
        self.regions.iter().any(|(first, last)| (*first..=*last).contains(&region))
    }

    /// Whether the body is acted for.
    pub(crate) fn acts_for(&self, body: Uuid) -> bool {
        self.bodies.contains(&body)
    }

    fn condition(&self) -> Condition {
        let regions = self.regions.iter().map(|(first, last)| Column::Region.between(*first, *last));
        let mut any = regions.fold(Condition::any(), Condition::add);
        if !self.bodies.is_empty() {
            any = any.add(Column::OrganisationId.is_in(self.bodies.iter().copied()));
            any = any.add(Column::LeadId.is_in(self.bodies.iter().copied()));
        }
        if any.is_empty() { Condition::all().add(Column::Number.lt(0)) } else { any }
    }
}

/// Which orders are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Of one programme.
    pub programme: Option<Uuid>,
    /// About one project.
    pub project: Option<Uuid>,
    /// In these states; all when empty.
    pub states: Vec<State>,
    /// In the body's hands with a last day before this one.
    pub overdue_on: Option<NaiveDate>,
    /// Of this kind.
    pub kind: Option<OrderKind>,
    /// In this colour.
    pub colour: Option<OrderColour>,
    /// In this subtree.
    pub region: Option<RegionCode>,
    /// To this body.
    pub organisation: Option<Uuid>,
}

impl Filter {
    fn condition(&self) -> Condition {
        let codes = |states: &[State]| states.iter().map(|state| state.code()).collect::<Vec<_>>();
        let waiting: Vec<State> = State::ALL.iter().copied().filter(|state| state.awaits_body()).collect();
        let overdue = self
            .overdue_on
            .map(|today| Condition::all().add(Column::DueOn.lt(today)).add(Column::State.is_in(codes(&waiting))));
        let subtree = self.region.map(RegionCode::subtree);
        let states = (!self.states.is_empty()).then(|| Column::State.is_in(codes(&self.states)));
        Condition::all()
            .add_option(self.programme.map(|id| Column::ProgrammeId.eq(id)))
            .add_option(self.project.map(|id| Column::ProjectId.eq(id)))
            .add_option(states)
            .add_option(overdue)
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind.code())))
            .add_option(self.colour.map(|colour| Column::Colour.eq(colour.code())))
            .add_option(subtree.map(|range| Column::Region.between(range.start().stored(), range.end().stored())))
            .add_option(self.organisation.map(|id| Column::OrganisationId.eq(id)))
    }
}

fn seen(sight: &Sight, filter: &Filter) -> Select<Entity> {
    Entity::find().filter(sight.condition()).filter(filter.condition())
}

/// Orders by their last day, the nearest first: `limit` of them behind `after`.
pub(crate) async fn by_due<C: ConnectionTrait>(
    on: &C,
    sight: &Sight,
    filter: &Filter,
    after: Option<(NaiveDate, Uuid)>,
    limit: u64,
) -> Result<Vec<Model>> {
    let behind = after.map(|(due_on, id)| {
        let same_day = Condition::all().add(Column::DueOn.eq(due_on)).add(Column::Id.gt(id));
        Condition::any().add(Column::DueOn.gt(due_on)).add(same_day)
    });
    Ok(seen(sight, filter)
        .filter(Condition::all().add_option(behind))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// How many orders stand in each state.
pub(crate) async fn states<C: ConnectionTrait>(on: &C, sight: &Sight, filter: &Filter) -> Result<Vec<(State, u64)>> {
    let counted: Vec<(String, i64)> = seen(sight, filter)
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "count")
        .group_by(Column::State)
        .into_tuple()
        .all(on)
        .await?;
    let known = |(code, count): (String, i64)| Some((State::parse(&code)?, u64::try_from(count).unwrap_or(0)));
    Ok(counted.into_iter().filter_map(known).collect())
}

/// How many orders are wanted.
pub(crate) async fn count<C: ConnectionTrait>(on: &C, sight: &Sight, filter: &Filter) -> Result<u64> {
    Ok(seen(sight, filter).count(on).await?)
}

/// The order with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}

/// The order that took the place of this one.
pub(crate) async fn successor<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::PreviousId.eq(id)).one(on).await?)
}

/// The order that was raised from `origin`.
pub(crate) async fn from_origin<C: ConnectionTrait>(on: &C, origin: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Origin.eq(origin)).one(on).await?)
}

/// Every order of a programme, by number.
pub(crate) async fn of_programme<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::ProgrammeId.eq(programme))
        .order_by_asc(Column::Year)
        .order_by_asc(Column::Number)
        .all(on)
        .await?)
}

/// The orders that are wanted, whoever may see them, by number.
pub(crate) async fn of_project<C: ConnectionTrait>(on: &C, filter: &Filter) -> Result<Vec<Model>> {
    let wanted = Entity::find().filter(filter.condition());
    Ok(wanted.order_by_asc(Column::Year).order_by_asc(Column::Number).all(on).await?)
}

/// The orders of a programme that are not at their end.
pub(crate) async fn live_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Vec<Model>> {
    let live: Vec<&str> = State::ALL.iter().filter(|state| state.is_live()).map(|state| state.code()).collect();
    Ok(Entity::find()
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::State.is_in(live))
        .order_by_asc(Column::Id)
        .all(on)
        .await?)
}

/// What every order of a programme was raised from.
pub(crate) async fn origins<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<HashSet<String>> {
    let all = Entity::find().filter(Column::ProgrammeId.eq(programme)).select_only().column(Column::Origin);
    Ok(all.into_tuple().all(on).await?.into_iter().collect())
}

/// Notes a new order.
pub(crate) async fn add(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Moves an order on if it still stands at `version`; says whether it did.
pub(crate) async fn advance(tx: &Tx, id: Uuid, version: i32, to: ActiveModel) -> Result<bool> {
    let moved = Entity::update_many()
        .set(to)
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(tx.on())
        .await?;
    Ok(moved.rows_affected == 1)
}
