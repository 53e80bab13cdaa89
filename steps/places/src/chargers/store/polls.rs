//! Whose turn it is to be asked, by which copy of the server, and how it went.

use ::store::{Result, Store};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::chargers::rules::{NO_NEWS, PollKind};
use crate::chargers::tables::polls::{Column, Entity, Model};

/// For how long a copy of the server holds a claim; longer than one poll may take.
pub(crate) const CLAIM_MS: i64 = 10 * 60_000;

/// The longest trouble that is kept, in characters.
const LONGEST_TROUBLE: usize = 300;

/// Every poll.
pub async fn all(store: &Store) -> Result<Vec<Model>> {
    Ok(Entity::find().all(store.reader()).await?)
}

fn ready(now_ms: i64) -> Condition {
    Condition::all()
        .add(Column::DueMs.lte(now_ms))
        .add(Condition::any().add(Column::ClaimedUntilMs.is_null()).add(Column::ClaimedUntilMs.lt(now_ms)))
}

/// What is due, what waited longest first.
pub(crate) async fn due(store: &Store, most: u64) -> Result<Vec<Model>> {
    let query = Entity::find().filter(ready(store.clock().now_ms()));
    // Stations before status: a status of a connector that is not known is lost.
    Ok(query.order_by_asc(Column::DueMs).order_by_asc(Column::Kind).limit(most).all(store.reader()).await?)
}

/// Takes a poll for `me`; `false` when another copy was faster. Of one operator only one poll runs at a time, because
/// the numbers of our calls count by operator.
pub(crate) async fn claim(store: &Store, poll: &Model, me: Uuid) -> Result<bool> {
    let now = store.clock().now_ms();
    let busy = format!(
        "NOT EXISTS (SELECT 1 FROM charging_polls AS other WHERE other.operator_id = charging_polls.operator_id \
         AND other.claimed_until_ms >= {now})"
    );
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntilMs, Expr::value(Some(now + CLAIM_MS)))
        .col_expr(Column::ClaimedBy, Expr::value(Some(me)))
        .col_expr(Column::TriedMs, Expr::value(Some(now)))
        .filter(ready(now))
        .filter(Column::OperatorId.eq(poll.operator_id))
        .filter(Column::Kind.eq(&poll.kind))
        .filter(Expr::cust(busy))
        .exec(store.for_upkeep())
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// How a poll went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Well; what could not be read, if anything.
    Done {
        /// In words; empty where all could.
        remark: String,
        /// Where the next one goes on; it is due at once where this is not the end.
        cursor: String,
        /// Whether there is more to ask at once.
        more: bool,
    },
    /// Not at all.
    Failed(String),
}

/// Notes how a poll went and when the next one is due; `false` when the claim was lost meanwhile.
pub(crate) async fn finish(store: &Store, poll: &Model, me: Uuid, outcome: Outcome) -> Result<bool> {
    let now = store.clock().now_ms();
    let kind = PollKind::parse(&poll.kind).unwrap_or(PollKind::Status);
    let mut update = Entity::update_many()
        .col_expr(Column::ClaimedUntilMs, Expr::value(Option::<i64>::None))
        .col_expr(Column::ClaimedBy, Expr::value(Option::<Uuid>::None))
        .filter(Column::OperatorId.eq(poll.operator_id))
        .filter(Column::Kind.eq(&poll.kind))
        .filter(Column::ClaimedBy.eq(me));
    let short = |text: &str| text.chars().take(LONGEST_TROUBLE).collect::<String>();
    update = match outcome {
        Outcome::Done { remark, cursor, more } => update
            .col_expr(Column::Failures, Expr::value(0))
            .col_expr(Column::OkMs, Expr::value(Some(now)))
            .col_expr(Column::Trouble, Expr::value(short(&remark)))
            .col_expr(Column::Cursor, Expr::value(cursor))
            .col_expr(Column::DueMs, Expr::value(if more { now } else { now + kind.interval_ms() })),
        Outcome::Failed(why) => update
            .col_expr(Column::Failures, Expr::value(poll.failures + 1))
            .col_expr(Column::Trouble, Expr::value(short(&why)))
            .col_expr(Column::DueMs, Expr::value(now + kind.wait_ms(poll.failures))),
    };
    Ok(update.exec(store.for_upkeep()).await?.rows_affected == 1)
}

/// Asks an operator for everything now, whatever it was told to wait.
pub async fn ask_now(store: &Store, operator: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DueMs, Expr::value(store.clock().now_ms()))
        .filter(Column::OperatorId.eq(operator))
        .exec(store.for_upkeep())
        .await?;
    Ok(())
}

/// How many connectors of each operator there are, and of how many something is known now.
pub(crate) async fn counts(store: &Store) -> Result<std::collections::HashMap<Uuid, (i64, i64)>> {
    use sea_orm::{ConnectionTrait, Statement};
    let sql = format!(
        "SELECT c.operator_id AS operator, CAST(COUNT(*) AS BIGINT) AS connectors, \
         CAST(COALESCE(SUM(CASE WHEN s.status IS NULL OR s.status = {NO_NEWS} THEN 0 ELSE 1 END), 0) AS BIGINT) AS known \
         FROM charging_connectors c LEFT JOIN charging_states s ON s.connector_id = c.id \
         WHERE c.gone_ms IS NULL GROUP BY c.operator_id"
    );
    let on = store.reader();
    let mut counts = std::collections::HashMap::new();
    for row in on.query_all_raw(Statement::from_string(on.get_database_backend(), sql)).await? {
        counts.insert(row.try_get("", "operator")?, (row.try_get("", "connectors")?, row.try_get("", "known")?));
    }
    Ok(counts)
}
