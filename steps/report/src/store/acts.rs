//! Who did what to a return.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::{Result, Tx, bulk};

use crate::by::By;
use crate::returns::Signed;
use crate::tables::return_acts::{Column, Entity, Model};

/// The acts on these returns, each in their order.
pub(crate) async fn acts_of<C: ConnectionTrait>(on: &C, returns: &[Uuid]) -> Result<HashMap<Uuid, Vec<Model>>> {
    let mut found = HashMap::<Uuid, Vec<Model>>::with_capacity(returns.len());
    for chunk in returns.chunks(1_000) {
        let rows = Entity::find()
            .filter(Column::ReturnId.is_in(chunk.iter().copied()))
            .order_by_asc(Column::Id)
            .all(on)
            .await?;
        for row in rows {
            found.entry(row.return_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// Writes down what was done, each in the name of the body or office that it was done for.
pub(crate) async fn add_acts(tx: &Tx, by: &By, acts: &[Signed<'_>], reason: &str) -> Result<()> {
    let target = bulk::Target {
        table: "return_acts",
        columns: &[
            "id",
            "return_id",
            "programme_id",
            "act",
            "level",
            "account_id",
            "account_name",
            "organisation_name",
            "reason",
            "at_ms",
        ],
        suffix: "",
    };
    let row_of = |Signed { row, act, organisation }: &Signed<'_>| -> Vec<sea_orm::Value> {
        vec![
            Uuid::now_v7().into(),
            row.id.into(),
            row.programme_id.into(),
            act.code().into(),
            row.level.into(),
            by.account.into(),
            by.name.as_str().into(),
            organisation.as_str().into(),
            reason.into(),
            tx.at_ms().into(),
        ]
    };
    let values: Vec<_> = acts.iter().map(row_of).collect();
    bulk::insert(tx.on(), target, values).await
}
