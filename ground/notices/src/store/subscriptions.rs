//! What people want to be told besides their inbox, and where.

use ::store::audit::Event;
use ::store::{Actor, Error, Result, Store, random};
use kernel::{Lang, Problem};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use super::outbox;
use crate::tables::notices;
use crate::tables::subscriptions::{self, Column};
use crate::{Channel, Kind, Timing, rules};

/// Subscriptions of one person.
const MOST: u64 = 10;

/// A new subscription.
#[derive(Clone, Debug)]
pub struct NewSubscription {
    /// Mail or webhook.
    pub channel: Channel,
    /// Where to, as typed.
    pub address: String,
    /// What about; none means everything.
    pub kinds: Vec<Kind>,
    /// At once or daily.
    pub timing: Timing,
    /// The language of mails.
    pub lang: Lang,
}

/// Adds a subscription of `account` and returns its key.
///
/// # Errors
/// A problem of the field `address`; a conflict when the same stands already or there are ten.
pub async fn add(store: &Store, actor: &Actor, account: Uuid, new: NewSubscription) -> Result<Uuid> {
    if new.channel == Channel::Inbox {
        return Err(Problem::field("channel", "站内通知不需订阅", "The inbox needs no subscription").into());
    }
    let address = rules::check_address(new.channel, &new.address)?;
    let mut tx = store.begin(actor).await?;
    if standing(account).count(tx.on()).await? >= MOST {
        return Err(Problem::conflict(
            format!("最多 {MOST} 个接收渠道，请先停用不用的"),
            format!("There are {MOST} already: end one first"),
        )
        .into());
    }
    let kinds: Vec<_> = new.kinds.iter().map(|kind| kind.code()).collect();
    let row = subscriptions::Model {
        id: Uuid::now_v7(),
        account_id: account,
        channel: new.channel.code().to_owned(),
        address,
        kinds: kinds.join(" "),
        timing: new.timing.code().to_owned(),
        lang: new.lang.code().to_owned(),
        secret: random::hexadecimal::<32>(),
        created_ms: tx.at_ms(),
        ended_ms: None,
    };
    let id = row.id;
    let detail = json!({ "channel": row.channel, "address": row.address, "kinds": row.kinds, "timing": row.timing });
    subscriptions::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.on())
        .await
        .map_err(Error::from)
        .map_err(|error| match error.is_duplicate() {
        true => Problem::field("address", "这个地址已经订阅", "This address is subscribed already").into(),
        false => error,
    })?;
    tx.record(Event::new("subscription.created", "subscription", id, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// Ends a subscription of `account`.
///
/// # Errors
/// Not found when it is not there, ended, or somebody else's.
pub async fn end(store: &Store, actor: &Actor, account: Uuid, id: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let ended = subscriptions::Entity::update_many()
        .col_expr(Column::EndedMs, Expr::value(tx.at_ms()))
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedMs.is_null())
        .exec(tx.on())
        .await?;
    if ended.rows_affected == 0 {
        return Err(none().into());
    }
    // What waits for it goes nowhere any more.
    notices::Entity::update_many()
        .col_expr(notices::Column::FailedMs, Expr::value(tx.at_ms()))
        .col_expr(notices::Column::Error, Expr::value("the subscription was ended"))
        .filter(notices::Column::SubscriptionId.eq(id))
        .filter(notices::Column::SentMs.is_null())
        .filter(notices::Column::FailedMs.is_null())
        .exec(tx.on())
        .await?;
    tx.record(Event::new("subscription.ended", "subscription", id, json!({}))).await?;
    tx.commit().await
}

/// Sends a notice through a subscription of `account`, to see whether it arrives.
///
/// # Errors
/// Not found when it is not there, ended, or somebody else's.
pub async fn try_out(store: &Store, account: Uuid, id: Uuid) -> Result<()> {
    let row = standing(account).filter(Column::Id.eq(id)).one(store.reader()).await?.ok_or_else(none)?;
    outbox::send_trial(store.for_upkeep(), store.clock().now_ms(), &row).await
}

/// What stands for `account`, each with the last notice that went or should have gone through it.
///
/// # Errors
/// When the database fails.
pub async fn of<C: ConnectionTrait>(
    on: &C,
    account: Uuid,
) -> Result<Vec<(subscriptions::Model, Option<notices::Model>)>> {
    let rows = standing(account).order_by_asc(Column::Id).all(on).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let last = notices::Entity::find()
            .filter(notices::Column::SubscriptionId.eq(row.id))
            .filter(notices::Column::Daily.eq(false))
            .order_by_desc(notices::Column::Id)
            .limit(1)
            .one(on)
            .await?;
        found.push((row, last));
    }
    Ok(found)
}

/// The subscription by which a notice goes out, whether or not it still stands.
pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<Option<subscriptions::Model>> {
    Ok(subscriptions::Entity::find_by_id(id).one(on).await?)
}

fn standing(account: Uuid) -> sea_orm::Select<subscriptions::Entity> {
    subscriptions::Entity::find().filter(Column::AccountId.eq(account)).filter(Column::EndedMs.is_null())
}

fn none() -> Problem {
    Problem::not_found("没有这个接收渠道，或已停用", "There is no such subscription, or it has ended")
}
