//! Every query of this step.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel, QueryOrder, QuerySelect};
use store::{Result, Tx};

use crate::tables::{bulletin_edits, bulletin_figures, bulletins};
use crate::words::State;

impl bulletins::Model {
    /// Where it stands.
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Draft)
    }

    /// Whether the public may read it.
    pub fn is_public(&self) -> bool {
        matches!(self.state(), State::Signed | State::Superseded)
    }
}

/// The bulletin with this key.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<bulletins::Model>> {
    Ok(bulletins::Entity::find_by_id(id).one(on).await?)
}

/// The bulletins of these programmes that are not given up, the last edited first.
pub(crate) async fn of_programmes<C: ConnectionTrait>(
    on: &C,
    programmes: &[Uuid],
    limit: u64,
) -> Result<Vec<bulletins::Model>> {
    Ok(bulletins::Entity::find()
        .filter(bulletins::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .filter(bulletins::Column::State.ne(State::Dropped.code()))
        .order_by_desc(bulletins::Column::EditedMs)
        .order_by_desc(bulletins::Column::Id)
        .limit(limit)
        .all(on)
        .await?)
}

/// Signed bulletins of these programmes, the last signed first: `limit` of them behind the key `after`.
pub(crate) async fn signed<C: ConnectionTrait>(
    on: &C,
    programmes: &[Uuid],
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<bulletins::Model>> {
    let mut all = bulletins::Entity::find()
        .filter(bulletins::Column::ProgrammeId.is_in(programmes.iter().copied()))
        .filter(bulletins::Column::State.is_in([State::Signed.code(), State::Superseded.code()]));
    if let Some(after) = after {
        // Keys rise with time, so that the list keeps its order while it is read.
        all = all.filter(bulletins::Column::Id.lt(after));
    }
    Ok(all.order_by_desc(bulletins::Column::Id).limit(limit).all(on).await?)
}

/// The signed bulletin that took the place of `id`.
pub(crate) async fn successor<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<bulletins::Model>> {
    Ok(bulletins::Entity::find()
        .filter(bulletins::Column::Supersedes.eq(id))
        .filter(bulletins::Column::State.is_in([State::Signed.code(), State::Superseded.code()]))
        .one(on)
        .await?)
}

/// The open draft that is to correct `id`.
pub(crate) async fn correction_of<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<bulletins::Model>> {
    Ok(bulletins::Entity::find()
        .filter(bulletins::Column::Supersedes.eq(id))
        .filter(bulletins::Column::State.eq(State::Draft.code()))
        .one(on)
        .await?)
}

/// Who wrote in a bulletin, first version first.
pub(crate) async fn edits_of<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Vec<bulletin_edits::Model>> {
    Ok(bulletin_edits::Entity::find()
        .filter(bulletin_edits::Column::BulletinId.eq(id))
        .order_by_asc(bulletin_edits::Column::Version)
        .all(on)
        .await?)
}

/// The bulletins that cite an entry.
pub(crate) async fn citing<C: ConnectionTrait>(on: &C, entry: Uuid) -> Result<Vec<bulletins::Model>> {
    let keys: Vec<Uuid> = bulletin_figures::Entity::find()
        .select_only()
        .column(bulletin_figures::Column::BulletinId)
        .distinct()
        .filter(bulletin_figures::Column::EntryId.eq(entry))
        .into_tuple()
        .all(on)
        .await?;
    Ok(bulletins::Entity::find()
        .filter(bulletins::Column::Id.is_in(keys))
        .order_by_asc(bulletins::Column::Id)
        .all(on)
        .await?)
}

/// Adds a draft.
pub(crate) async fn add(tx: &Tx, row: bulletins::Model) -> Result<()> {
    bulletins::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Notes who wrote a version.
pub(crate) async fn add_edit(tx: &Tx, row: bulletin_edits::Model) -> Result<()> {
    bulletin_edits::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Changes a draft if it still is one and nobody has changed it since `version`; says whether it was.
pub(crate) async fn change_draft(tx: &Tx, (id, version): (Uuid, i32), change: bulletins::ActiveModel) -> Result<bool> {
    let changed = bulletins::Entity::update_many()
        .set(bulletins::ActiveModel { version: Set(version + 1), ..change })
        .filter(bulletins::Column::Id.eq(id))
        .filter(bulletins::Column::Version.eq(version))
        .filter(bulletins::Column::State.eq(State::Draft.code()))
        .exec(tx.on())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Marks a signed bulletin as superseded, if nobody else has; says whether it was.
pub(crate) async fn supersede(tx: &Tx, id: Uuid) -> Result<bool> {
    let change = bulletins::ActiveModel { state: Set(State::Superseded.code().to_owned()), ..Default::default() };
    let changed = bulletins::Entity::update_many()
        .set(change)
        .filter(bulletins::Column::Id.eq(id))
        .filter(bulletins::Column::State.eq(State::Signed.code()))
        .exec(tx.on())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Keeps the figures of a signed bulletin.
pub(crate) async fn add_figures(tx: &Tx, rows: Vec<bulletin_figures::Model>) -> Result<()> {
    for chunk in rows.chunks(500) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        bulletin_figures::Entity::insert_many(rows).exec_without_returning(tx.on()).await?;
    }
    Ok(())
}
