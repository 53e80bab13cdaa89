//! How a programme is reported.

use kernel::Problem;
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel};
use store::{Error, Result, Tx};

use crate::tables::report_settings::{Column, Entity, Model};

/// What was set, if anything.
pub(crate) async fn settings_of<C: ConnectionTrait>(on: &C, programme: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(programme).one(on).await?)
}

/// Writes `row`, whose version is one more than what was read; 1 for the first.
pub(crate) async fn write_settings(tx: &Tx, row: Model) -> Result<()> {
    let changed = || {
        Problem::conflict(
            "其他人刚刚修改了填报设置，您的改动没有保存。请刷新页面，核对后重新提交",
            "somebody else has just changed these settings and yours were not saved: reload, compare and send them again",
        )
    };
    if row.version == 1 {
        let added = Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await;
        return match added.map_err(Error::from) {
            Err(error) if error.is_duplicate() => Err(changed().into()),
            other => other.map(|_| ()),
        };
    }
    let (programme, before) = (row.programme_id, row.version - 1);
    let written = Entity::update_many()
        .set(row.into_active_model().reset_all())
        .filter(Column::ProgrammeId.eq(programme))
        .filter(Column::Version.eq(before))
        .exec(tx.on())
        .await?;
    if written.rows_affected == 1 { Ok(()) } else { Err(changed().into()) }
}
