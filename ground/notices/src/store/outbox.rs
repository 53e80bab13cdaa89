//! Making notices, and taking them out to be sent: by one copy of the server only.

use std::collections::BTreeMap;

use ::store::{Actor, Result, Store};
use kernel::clock::china_time;
use kernel::{Lang, Text};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

use crate::rules::{self, CLAIM_MS, MOST_TRIES};
use crate::tables::notices::{self, Column};
use crate::tables::subscriptions;
use crate::{Channel, Kind, Timing};

/// Notices taken out at once.
const AT_ONCE: u64 = 100;

/// Notices in one digest; the rest is counted.
const LONGEST_DIGEST: usize = 50;

/// What is to be told, and to whom.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// What it is about; subscriptions choose by it.
    pub kind: Kind,
    /// The accounts that are told; repeated ones once.
    pub to: Vec<Uuid>,
    /// One line.
    pub subject: Text,
    /// What happened and what to do, in plain text; may be empty.
    pub body: Text,
    /// The path of the page where it can be done, such as `/office/orders/…`; may be empty.
    pub link: String,
    /// The programme, if it belongs to one.
    pub programme: Option<Uuid>,
    /// What makes it the same notice, such as `order.raised:<id>` or `return.due:<id>:2024-06-05`. Announced again under
    /// the same key, nobody is told again.
    pub dedup: String,
}

/// Tells `notice`: into the inbox of every recipient, and by mail or webhook where they have asked for it. On the
/// connection of the caller's write (`tx.on()`, `tx.at_ms()`) it exists exactly when that write does.
///
/// # Errors
/// When the database fails.
pub async fn send<C: ConnectionTrait>(on: &C, now_ms: i64, notice: &NewNotice) -> Result<()> {
    let mut to = notice.to.clone();
    to.sort_unstable();
    to.dedup();
    if to.is_empty() {
        return Ok(());
    }
    let asked = subscriptions::Entity::find()
        .filter(subscriptions::Column::AccountId.is_in(to.iter().copied()))
        .filter(subscriptions::Column::EndedMs.is_null())
        .all(on)
        .await?;
    let inboxes = to.iter().map(|account| row(notice, *account, None, now_ms));
    let others =
        asked.iter().filter(|one| wants(one, notice.kind)).map(|one| row(notice, one.account_id, Some(one), now_ms));
    let rows: Vec<_> = inboxes.chain(others).map(IntoActiveModel::into_active_model).collect();
    for some in rows.chunks(500) {
        insert_new(on, some.to_vec()).await?;
    }
    Ok(())
}

/// A notice to try a subscription out, at once whatever it asks for.
///
/// # Errors
/// When the database fails.
pub(crate) async fn send_trial<C: ConnectionTrait>(on: &C, now_ms: i64, to: &subscriptions::Model) -> Result<()> {
    let notice = NewNotice {
        kind: Kind::Trial,
        to: vec![to.account_id],
        subject: Text::new("测试通知", "A trial notice"),
        body: Text::new("收到这条通知，说明这一渠道可用。", "This channel works: you have received this notice."),
        link: "/account/notices".to_owned(),
        programme: None,
        dedup: format!("trial:{now_ms}"),
    };
    let mut row = row(&notice, to.account_id, Some(to), now_ms);
    (row.daily, row.due_ms) = (false, now_ms);
    insert_new(on, vec![row.into_active_model()]).await.map(|_| ())
}

/// Inserts what was not announced before, and returns how many rows that were.
async fn insert_new<C: ConnectionTrait>(on: &C, rows: Vec<notices::ActiveModel>) -> Result<u64> {
    let once = OnConflict::column(Column::DedupKey).do_nothing().to_owned();
    Ok(notices::Entity::insert_many(rows).on_conflict(once).exec_without_returning(on).await?)
}

fn wants(subscription: &subscriptions::Model, kind: Kind) -> bool {
    subscription.kinds.is_empty() || subscription.kinds.split(' ').any(|code| code == kind.code())
}

fn row(notice: &NewNotice, account: Uuid, by: Option<&subscriptions::Model>, now_ms: i64) -> notices::Model {
    let channel = by.map_or(Channel::Inbox.code(), |by| by.channel.as_str());
    let daily = by.is_some_and(|by| by.timing == Timing::Daily.code());
    let whose = by.map_or(account, |by| by.id);
    notices::Model {
        id: Uuid::now_v7(),
        kind: notice.kind.code().to_owned(),
        account_id: Some(account),
        channel: channel.to_owned(),
        address: by.map(|by| by.address.clone()).unwrap_or_default(),
        subscription_id: by.map(|by| by.id),
        subject_zh: notice.subject.zh.clone(),
        subject_en: notice.subject.en.clone(),
        body_zh: notice.body.zh.clone(),
        body_en: notice.body.en.clone(),
        link: notice.link.clone(),
        programme_id: notice.programme,
        dedup_key: format!("{}|{whose}", notice.dedup),
        created_ms: now_ms,
        due_ms: if daily { rules::next_digest(now_ms) } else { now_ms },
        daily,
        digest_id: None,
        attempts: 0,
        claimed_until_ms: None,
        // The inbox is there at once.
        sent_ms: by.is_none().then_some(now_ms),
        failed_ms: None,
        error: None,
        read_ms: None,
    }
}

/// Gathers what waits for the digests that are due into one notice for each subscription, and returns how many were made.
/// Two copies of the server make the same digest once.
///
/// # Errors
/// When the database fails.
pub async fn gather_digests(store: &Store) -> Result<u64> {
    let now = store.clock().now_ms();
    let waiting = notices::Entity::find()
        .filter(Column::SentMs.is_null())
        .filter(Column::FailedMs.is_null())
        .filter(Column::Daily.eq(true))
        .filter(Column::DigestId.is_null())
        .filter(Column::DueMs.lte(now))
        .order_by_asc(Column::CreatedMs)
        .order_by_asc(Column::Id)
        .all(store.reader())
        .await?;
    let mut by_subscription = BTreeMap::<Uuid, Vec<notices::Model>>::new();
    for notice in waiting {
        by_subscription.entry(notice.subscription_id.unwrap_or_default()).or_default().push(notice);
    }
    let mut made = 0;
    for (subscription, items) in by_subscription {
        made += u64::from(gather(store, now, subscription, &items).await?);
    }
    Ok(made)
}

async fn gather(store: &Store, now: i64, subscription: Uuid, items: &[notices::Model]) -> Result<bool> {
    let Some(first) = items.first() else { return Ok(false) };
    let day = china_time(now).map(|now| now.date_naive().to_string()).unwrap_or_default();
    let digest = notices::Model {
        id: Uuid::now_v7(),
        kind: first.kind.clone(),
        subject_zh: rules::digest_subject(Lang::Zh, items.len()),
        subject_en: rules::digest_subject(Lang::En, items.len()),
        body_zh: listing(items, Lang::Zh),
        body_en: listing(items, Lang::En),
        link: "/office/notices".to_owned(),
        programme_id: None,
        dedup_key: format!("digest:{day}|{subscription}"),
        created_ms: now,
        due_ms: now,
        daily: false,
        ..first.clone()
    };
    let id = digest.id;
    let keys: Vec<Uuid> = items.iter().map(|item| item.id).collect();
    let mut tx = store.begin(&Actor::operator("notices")).await?;
    if insert_new(tx.on(), vec![digest.into_active_model()]).await? == 0 {
        // Another copy has made today's, or it went out already: what came later waits for tomorrow's.
        let later = rules::next_digest(now);
        let postponed = notices::Entity::update_many()
            .col_expr(Column::DueMs, Expr::value(later))
            .filter(Column::Id.is_in(keys))
            .filter(Column::DigestId.is_null());
        postponed.exec(tx.on()).await?;
        let detail = json!({ "postponed": items.len() });
        tx.record(::store::audit::Event::new("digest.postponed", "digest", subscription, detail)).await?;
        tx.commit().await?;
        return Ok(false);
    }
    notices::Entity::update_many()
        .col_expr(Column::DigestId, Expr::value(id))
        .col_expr(Column::SentMs, Expr::value(now))
        .filter(Column::Id.is_in(keys))
        .filter(Column::DigestId.is_null())
        .exec(tx.on())
        .await?;
    let detail = json!({ "digest": id, "notices": items.len() });
    tx.record(::store::audit::Event::new("digest.made", "digest", subscription, detail)).await?;
    tx.commit().await?;
    Ok(true)
}

fn listing(items: &[notices::Model], lang: Lang) -> String {
    let mut lines: Vec<String> = items
        .iter()
        .take(LONGEST_DIGEST)
        .enumerate()
        .map(|(at, item)| {
            let (subject, body) =
                (lang.t(&item.subject_zh, &item.subject_en), lang.t(&item.body_zh, &item.body_en).replace('\n', " "));
            let gap = if body.is_empty() { "" } else { lang.t("：", ": ") };
            format!("{}. {subject}{gap}{body}", at + 1)
        })
        .collect();
    if items.len() > LONGEST_DIGEST {
        let more = items.len() - LONGEST_DIGEST;
        lines.push(match lang {
            Lang::Zh => format!("另有 {more} 条，请在站内查看。"),
            Lang::En => format!("And {more} more: see the inbox."),
        });
    }
    lines.join("\n")
}

/// What may go out now, the oldest first.
pub(crate) async fn due(store: &Store) -> Result<Vec<notices::Model>> {
    let now = store.clock().now_ms();
    Ok(notices::Entity::find()
        .filter(ready(now))
        .order_by_asc(Column::DueMs)
        .order_by_asc(Column::Id)
        .limit(AT_ONCE)
        .all(store.reader())
        .await?)
}

fn ready(now_ms: i64) -> Condition {
    Condition::all()
        .add(Column::SentMs.is_null())
        .add(Column::FailedMs.is_null())
        .add(Column::Daily.eq(false))
        .add(Column::DueMs.lte(now_ms))
        .add(Condition::any().add(Column::ClaimedUntilMs.is_null()).add(Column::ClaimedUntilMs.lt(now_ms)))
}

/// Takes a notice to be sent by whoever calls; `false` when another copy was faster.
pub(crate) async fn claim(store: &Store, notice: &notices::Model) -> Result<bool> {
    let now = store.clock().now_ms();
    let claimed = notices::Entity::update_many()
        .col_expr(Column::ClaimedUntilMs, Expr::value(now + CLAIM_MS))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(ready(now))
        .filter(Column::Id.eq(notice.id))
        .filter(Column::Attempts.eq(notice.attempts))
        .exec(upkeep(store))
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Notes that a notice went out.
pub(crate) async fn sent(store: &Store, id: Uuid) -> Result<()> {
    notices::Entity::update_many()
        .col_expr(Column::SentMs, Expr::value(store.clock().now_ms()))
        .col_expr(Column::ClaimedUntilMs, Expr::value(Option::<i64>::None))
        .col_expr(Column::Error, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(upkeep(store))
        .await?;
    Ok(())
}

/// Notes why a try failed; returns whether the notice is given up, because it was the last try or none can succeed.
pub(crate) async fn failed(store: &Store, notice: &notices::Model, why: &str, hopeless: bool) -> Result<bool> {
    let now = store.clock().now_ms();
    let tries = notice.attempts + 1;
    let given_up = hopeless || tries >= MOST_TRIES;
    let why: String = why.chars().take(500).collect();
    notices::Entity::update_many()
        .col_expr(Column::ClaimedUntilMs, Expr::value(Option::<i64>::None))
        .col_expr(Column::DueMs, Expr::value(now + rules::wait_after(tries)))
        .col_expr(Column::FailedMs, Expr::value(given_up.then_some(now)))
        .col_expr(Column::Error, Expr::value(why))
        .filter(Column::Id.eq(notice.id))
        .exec(upkeep(store))
        .await?;
    Ok(given_up)
}

/// Sending is nobody's act.
fn upkeep(store: &Store) -> &DatabaseConnection {
    store.for_upkeep()
}
