//! Operators and their tokens.

use ::store::{Result, Store, Tx};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel, QueryOrder, Statement};

use crate::chargers::tables::operators::{self, Column, Entity, Model};

/// Every operator, by name.
pub async fn all<C: ConnectionTrait>(on: &C) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::Name).order_by_asc(Column::Code).all(on).await?)
}

/// The operator with this key.
pub async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(on).await?)
}

/// The operator with this `OperatorID`.
pub async fn by_code<C: ConnectionTrait>(on: &C, code: &str) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Code.eq(code)).one(on).await?)
}

/// Notes a new operator.
pub(crate) async fn add(tx: &Tx, row: Model) -> Result<()> {
    Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    Ok(())
}

/// Changes an operator if it still stands at `version`; says whether it did.
pub(crate) async fn change(tx: &Tx, id: Uuid, version: i32, mut to: operators::ActiveModel) -> Result<bool> {
    to.version = Set(version + 1);
    let changed = Entity::update_many()
        .set(to)
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(version))
        .exec(tx.on())
        .await?;
    Ok(changed.rows_affected == 1)
}

/// Notes by how much the operator's clock was off when a call was refused for it.
pub(crate) async fn note_skew(store: &Store, id: Uuid, seconds: i64) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SkewSeconds, Expr::value(Some(seconds)))
        .col_expr(Column::SkewMs, Expr::value(Some(store.clock().now_ms())))
        .filter(Column::Id.eq(id))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

/// Keeps the token that the operator gave us, sealed; none forgets it.
pub(crate) async fn keep_token(store: &Store, id: Uuid, token: Option<(String, i64)>) -> Result<()> {
    let (token, until) = token.unzip();
    Entity::update_many()
        .col_expr(Column::Token, Expr::value(token))
        .col_expr(Column::TokenUntilMs, Expr::value(until))
        .filter(Column::Id.eq(id))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

/// Keeps the digest of a token that we gave, and forgets those that are over.
pub(crate) async fn give_token(store: &Store, operator: Uuid, hash: &str, until_ms: i64) -> Result<()> {
    let on = store.for_upkeep();
    let backend = on.get_database_backend();
    let now = store.clock().now_ms();
    let sql = "DELETE FROM charging_tokens WHERE until_ms < $1";
    on.execute_raw(Statement::from_sql_and_values(backend, sql, [now.into()])).await?;
    let sql = "INSERT INTO charging_tokens (hash, operator_id, until_ms) VALUES ($1, $2, $3)";
    on.execute_raw(Statement::from_sql_and_values(backend, sql, [hash.into(), operator.into(), until_ms.into()]))
        .await?;
    Ok(())
}

/// Whether a token with this digest was given to the operator and still holds.
pub(crate) async fn token_holds<C: ConnectionTrait>(on: &C, operator: Uuid, hash: &str, now_ms: i64) -> Result<bool> {
    let sql = "SELECT 1 FROM charging_tokens WHERE hash = $1 AND operator_id = $2 AND until_ms > $3";
    let values = [hash.into(), operator.into(), now_ms.into()];
    Ok(on.query_one_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, values)).await?.is_some())
}

/// Ends every token that the operator was given: its keys changed, or it was suspended.
pub(crate) async fn end_tokens(tx: &Tx, operator: Uuid) -> Result<()> {
    let sql = "DELETE FROM charging_tokens WHERE operator_id = $1";
    let on = tx.on();
    on.execute_raw(Statement::from_sql_and_values(on.get_database_backend(), sql, [operator.into()])).await?;
    Ok(())
}

/// Begins to ask an operator that was registered just now.
pub(crate) async fn begin_polls(tx: &Tx, operator: Uuid) -> Result<()> {
    use crate::chargers::rules::PollKind;
    use crate::chargers::tables::polls;
    let rows = PollKind::ALL.iter().map(|kind| {
        polls::Model {
            operator_id: operator,
            kind: kind.code().to_owned(),
            due_ms: tx.at_ms(),
            claimed_until_ms: None,
            claimed_by: None,
            failures: 0,
            tried_ms: None,
            ok_ms: None,
            trouble: String::new(),
            cursor: String::new(),
        }
        .into_active_model()
    });
    polls::Entity::insert_many(rows).exec_without_returning(tx.on()).await?;
    Ok(())
}
