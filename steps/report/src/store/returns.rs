//! Returns: rows, and the one guarded way to change them.

use chrono::NaiveDate;
use kernel::RegionCode;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, ConnectionTrait, QueryOrder, QuerySelect};
use store::{Backend, Result, Tx, bulk};

use crate::tables::returns::{Column, Entity, Model};
use crate::tables::rounds;
use crate::words::State;

/// Returns of one place that are looked through at once; a county owes far fewer.
const MOST_OWED: u64 = 500;

/// The return with this key.
///
/// # Errors
/// When the database fails.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}

/// The returns with these keys.
///
/// # Errors
/// When the database fails.
pub async fn with_keys<C: ConnectionTrait>(on: &C, ids: &[Uuid]) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(1_000) {
        found.extend(Entity::find().filter(Column::Id.is_in(chunk.iter().copied())).all(on).await?);
    }
    Ok(found)
}

/// The return with this key, held as it is until the commit.
pub(crate) async fn lock(tx: &Tx, id: Uuid) -> Result<Option<Model>> {
    let mut query = Entity::find_by_id(id);
    if tx.on().get_database_backend() == Backend::Postgres {
        query = query.lock_exclusive();
    }
    Ok(query.one(tx.on()).await?)
}

/// Everything that is owed in a round, by place and body.
///
/// # Errors
/// When the database fails.
pub async fn of_round<C: ConnectionTrait>(on: &C, round: Uuid) -> Result<Vec<Model>> {
    Ok(Entity::find()
        .filter(Column::RoundId.eq(round))
        .order_by_asc(Column::Region)
        .order_by_asc(Column::OrganisationId)
        .order_by_asc(Column::Id)
        .all(on)
        .await?)
}

/// What is still owed of these rounds.
pub(crate) async fn still_owed<C: ConnectionTrait>(on: &C, rounds: &[Uuid]) -> Result<Vec<Model>> {
    let owed = [State::Owed, State::Draft, State::Returned];
    Ok(Entity::find()
        .filter(Column::RoundId.is_in(rounds.iter().copied()))
        .filter(Column::State.is_in(owed.map(State::code)))
        .order_by_asc(Column::Region)
        .order_by_asc(Column::Id)
        .all(on)
        .await?)
}

/// Returns on a place that are still being filled in, of these rounds, the oldest first.
pub(crate) async fn owed_at<C: ConnectionTrait>(on: &C, rounds: &[Uuid], region: RegionCode) -> Result<Vec<Model>> {
    let owed = [State::Owed, State::Draft, State::Returned];
    Ok(Entity::find()
        .filter(Column::RoundId.is_in(rounds.iter().copied()))
        .filter(Column::State.is_in(owed.map(State::code)))
        .filter(Column::Region.eq(region.stored()))
        .order_by_asc(Column::CutOff)
        .order_by_asc(Column::Id)
        .limit(MOST_OWED)
        .all(on)
        .await?)
}

/// The last approved return on the same project, place and body with an earlier cut-off.
pub(crate) async fn previous_of<C: ConnectionTrait>(on: &C, row: &Model) -> Result<Option<Model>> {
    Ok(Entity::find()
        .filter(Column::ProgrammeId.eq(row.programme_id))
        .filter(Column::ProjectId.eq(row.project_id))
        .filter(Column::Region.eq(row.region))
        .filter(Column::OrganisationId.eq(row.organisation_id))
        .filter(Column::CutOff.lt(row.cut_off))
        .filter(Column::State.eq(State::Approved.code()))
        .order_by_desc(Column::CutOff)
        .one(on)
        .await?)
}

/// Adds the returns that are owed in `round`, and to its number of them; notes how many shares nobody answers for.
pub(crate) async fn add_returns(tx: &Tx, round: Uuid, rows: Vec<Model>, without_body: i64) -> Result<()> {
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    rounds::Entity::update_many()
        .col_expr(rounds::Column::Owed, Expr::col(rounds::Column::Owed).add(more))
        .col_expr(rounds::Column::WithoutBody, Expr::value(without_body))
        .filter(rounds::Column::Id.eq(round))
        .exec(tx.on())
        .await?;
    let target = bulk::Target {
        table: "returns",
        columns: &[
            "id",
            "programme_id",
            "round_id",
            "cut_off",
            "project_id",
            "region",
            "organisation_id",
            "state",
            "level",
            "version",
            "places",
            "problem",
            "updated_ms",
            "flags",
        ],
        suffix: "",
    };
    let values = rows.into_iter().map(|row| {
        vec![
            row.id.into(),
            row.programme_id.into(),
            row.round_id.into(),
            row.cut_off.into(),
            row.project_id.into(),
            row.region.into(),
            row.organisation_id.into(),
            row.state.into(),
            row.level.into(),
            row.version.into(),
            row.places.into(),
            row.problem.into(),
            row.updated_ms.into(),
            row.flags.into(),
        ]
    });
    bulk::insert(tx.on(), target, values).await
}

/// What an act changes in a return.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// New content, and the state that goes with it.
    Content(Box<Model>),
    /// The state only: state, level, who has it now, and until when it may be corrected.
    State { state: State, level: i16, awaits: Option<i64>, late_until: Option<NaiveDate> },
}

/// Changes a return that still is as `was`; says whether it was. Of two who change it at once only one succeeds.
pub(crate) async fn change(tx: &Tx, was: &Model, change: Change) -> Result<bool> {
    let update = Entity::update_many()
        .col_expr(Column::Version, Expr::value(was.version + 1))
        .col_expr(Column::UpdatedMs, Expr::value(tx.at_ms()));
    let update = match change {
        Change::Content(now) => update
            .col_expr(Column::State, Expr::value(&now.state))
            .col_expr(Column::Level, Expr::value(now.level))
            .col_expr(Column::Awaits, Expr::value(now.awaits))
            .col_expr(Column::Stage, Expr::value(now.stage))
            .col_expr(Column::ReachedOn, Expr::value(now.reached_on))
            .col_expr(Column::Image, Expr::value(now.image))
            .col_expr(Column::Places, Expr::value(&now.places))
            .col_expr(Column::Problem, Expr::value(&now.problem))
            .col_expr(Column::Cause, Expr::value(now.cause.clone()))
            .col_expr(Column::FilledBy, Expr::value(now.filled_by))
            .col_expr(Column::FirstSubmittedMs, Expr::value(now.first_submitted_ms))
            .col_expr(Column::SubmittedMs, Expr::value(now.submitted_ms))
            .col_expr(Column::Flags, Expr::value(now.flags)),
        Change::State { state, level, awaits, late_until } => {
            let approved = (state == State::Approved).then(|| tx.at_ms());
            update
                .col_expr(Column::State, Expr::value(state.code()))
                .col_expr(Column::Level, Expr::value(level))
                .col_expr(Column::Awaits, Expr::value(awaits))
                .col_expr(Column::LateUntil, Expr::value(late_until))
                .col_expr(Column::ApprovedMs, Expr::value(approved))
        }
    };
    let changed = update
        .filter(Column::Id.eq(was.id))
        .filter(Column::Version.eq(was.version))
        .filter(Column::State.eq(&was.state))
        .exec(tx.on())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Lets these returns come in until `until`, as far as they are still owed; says how many that were. The version stays, so
/// that whoever is filling one in at this moment loses nothing.
pub(crate) async fn allow_late(tx: &Tx, ids: &[Uuid], until: NaiveDate) -> Result<u64> {
    let mut allowed = 0;
    let owed = [State::Owed, State::Draft, State::Returned];
    for chunk in ids.chunks(1_000) {
        let changed = Entity::update_many()
            .col_expr(Column::LateUntil, Expr::value(until))
            .col_expr(Column::UpdatedMs, Expr::value(tx.at_ms()))
            .filter(
                Condition::all()
                    .add(Column::Id.is_in(chunk.iter().copied()))
                    .add(Column::State.is_in(owed.map(State::code))),
            )
            .exec(tx.on())
            .await?;
        allowed += changed.rows_affected;
    }
    Ok(allowed)
}
