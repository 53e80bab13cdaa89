//! Signing in and out, and who is behind a token.

use ::store::audit::{Event, sm3_hex};
use ::store::{Actor, Result, Store, random};
use kernel::clock::china_time;
use kernel::{Problem, ProblemKind};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::json;

use super::{accounts::lock, accounts::standing};
use crate::rules::{self, AccountRules};
use crate::tables::{accounts, sessions};
use crate::{Passwords, Viewer};

/// How far `seen_ms` may lag behind: one write a minute and session, not one a request.
const SEEN_STEP_MS: i64 = 60_000;

/// The token of a new session, which only its browser keeps, and who is behind it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// 256 random bits in hexadecimal.
    pub token: String,
    /// Who signed in.
    pub viewer: Viewer,
}

/// Begins a session.
///
/// Unknown names cost the same work as known ones. A wrong password for a known name is audited; for an unknown one it
/// is not, since anybody could fill the chain that way.
///
/// # Errors
/// A problem of kind `SignInNeeded` for a wrong name or password or a disabled account, `TooMany` while locked.
pub async fn sign_in(
    store: &Store,
    rules: &AccountRules,
    passwords: &Passwords,
    name: &str,
    password: &str,
) -> Result<SignedIn> {
    let account = match rules::sign_in_name(name) {
        Ok(name) => accounts::Entity::find().filter(accounts::Column::SignInName.eq(name)).one(store.reader()).await?,
        Err(_) => None,
    };
    let right = passwords.verify(password, account.as_ref().map(|account| account.password_hash.as_str())).await;
    let Some(account) = account else { return Err(refused(rules).into()) };

    let actor = Actor { account: Some(account.id), name: account.sign_in_name.clone() };
    let mut tx = store.begin(&actor).await?;
    let now = tx.at_ms();
    // Read again under the lock: other tries may have locked the account while this password was worked on.
    let account = lock(&tx, account.id).await?;
    if let Some(until) = account.locked_until_ms.filter(|until| *until > now) {
        return Err(locked(until).into());
    }
    if !right || account.disabled_at_ms.is_some() {
        let lock_until = if right { None } else { rules.lock_after(account.failed_tries, now) };
        accounts::Entity::update_many()
            .col_expr(
                accounts::Column::FailedTries,
                Expr::value(if lock_until.is_some() { 0 } else { account.failed_tries + i32::from(!right) }),
            )
            .col_expr(accounts::Column::LockedUntilMs, Expr::value(lock_until))
            .filter(accounts::Column::Id.eq(account.id))
            .exec(tx.on())
            .await?;
        let why = if right { "account_disabled" } else { "wrong_password" };
        tx.record(Event::new("session.refused", "account", account.id, json!({ "why": why }))).await?;
        if let Some(until) = lock_until {
            tx.record(Event::new("account.locked", "account", account.id, json!({ "until_ms": until }))).await?;
        }
        tx.commit().await?;
        return Err(lock_until.map_or_else(|| refused(rules), locked).into());
    }

    let token = random::hexadecimal::<32>();
    let session = sessions::Model {
        token_hash: sm3_hex(&token),
        account_id: account.id,
        csrf: random::hexadecimal::<16>(),
        created_ms: now,
        seen_ms: now,
        expires_ms: rules.session_end(now),
    };
    sessions::Entity::delete_many().filter(sessions::Column::ExpiresMs.lte(now)).exec(tx.on()).await?;
    sessions::Entity::insert(session.clone().into_active_model()).exec_without_returning(tx.on()).await?;
    accounts::Entity::update_many()
        .col_expr(accounts::Column::FailedTries, Expr::value(0))
        .col_expr(accounts::Column::LockedUntilMs, Expr::value(Option::<i64>::None))
        .filter(accounts::Column::Id.eq(account.id))
        .exec(tx.on())
        .await?;
    let grants = standing(tx.on(), &[account.id]).await?.remove(&account.id).unwrap_or_default();
    tx.record(Event::new("session.begun", "account", account.id, json!({}))).await?;
    tx.commit().await?;
    let grants = grants.into_iter().map(|standing| standing.grant).collect();
    Ok(SignedIn { token, viewer: viewer(account, session, grants) })
}

/// Ends the viewer's session.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(store: &Store, viewer: &Viewer) -> Result<()> {
    let mut tx = store.begin(&viewer.actor()).await?;
    sessions::Entity::delete_by_id(viewer.session.clone()).exec(tx.on()).await?;
    tx.record(Event::new("session.ended", "account", viewer.account, json!({}))).await?;
    tx.commit().await
}

/// Who is behind `token`; nobody when the session ended, was idle too long, or the account is disabled. Keeps the session
/// from becoming idle.
///
/// # Errors
/// When the database fails.
pub async fn find(store: &Store, rules: &AccountRules, token: &str) -> Result<Option<Viewer>> {
    let Some((session, account)) = behind(store, rules, &sm3_hex(token)).await? else { return Ok(None) };
    let now = store.clock().now_ms();
    if now - session.seen_ms >= SEEN_STEP_MS {
        sessions::Entity::update_many()
            .col_expr(sessions::Column::SeenMs, Expr::value(now))
            .filter(sessions::Column::TokenHash.eq(&session.token_hash))
            .exec(store.for_upkeep())
            .await?;
    }
    Ok(Some(with_grants(store, session, account).await?))
}

/// The same as [`find`] for what a page does on its own, which does not keep the session from becoming idle.
///
/// # Errors
/// When the database fails.
pub async fn find_quietly(store: &Store, rules: &AccountRules, token: &str) -> Result<Option<Viewer>> {
    let Some((session, account)) = behind(store, rules, &sm3_hex(token)).await? else { return Ok(None) };
    Ok(Some(with_grants(store, session, account).await?))
}

/// Whether the session of `viewer` still holds.
///
/// # Errors
/// When the database fails.
pub async fn holds(store: &Store, rules: &AccountRules, viewer: &Viewer) -> Result<bool> {
    Ok(behind(store, rules, &viewer.session).await?.is_some())
}

/// The session with the key `key` and its account, if both hold.
async fn behind(store: &Store, rules: &AccountRules, key: &str) -> Result<Option<(sessions::Model, accounts::Model)>> {
    let Some(session) = sessions::Entity::find_by_id(key).one(store.reader()).await? else { return Ok(None) };
    if !rules.session_holds(session.seen_ms, session.expires_ms, store.clock().now_ms()) {
        return Ok(None);
    }
    let account = accounts::Entity::find_by_id(session.account_id)
        .filter(accounts::Column::DisabledAtMs.is_null())
        .one(store.reader())
        .await?;
    Ok(account.map(|account| (session, account)))
}

async fn with_grants(store: &Store, session: sessions::Model, account: accounts::Model) -> Result<Viewer> {
    let grants = standing(store.reader(), &[account.id]).await?.remove(&account.id).unwrap_or_default();
    Ok(viewer(account, session, grants.into_iter().map(|standing| standing.grant).collect()))
}

fn viewer(account: accounts::Model, session: sessions::Model, grants: Vec<kernel::Grant>) -> Viewer {
    Viewer {
        account: account.id,
        sign_in_name: account.sign_in_name,
        display_name: account.display_name,
        grants,
        csrf: session.csrf,
        must_change: account.must_change,
        session: session.token_hash,
    }
}

fn refused(rules: &AccountRules) -> Problem {
    let (tries, minutes) = (rules.tries, rules.lock.as_secs() / 60);
    Problem::new(
        ProblemKind::SignInNeeded,
        format!("登录名或密码不对，或账号已停用；连续输错 {tries} 次会锁定 {minutes} 分钟"),
        format!(
            "Wrong name or password, or the account is disabled; {tries} wrong passwords in a row lock it for {minutes} minutes"
        ),
    )
}

fn locked(until_ms: i64) -> Problem {
    let until = china_time(until_ms).map(|time| time.format("%H:%M").to_string()).unwrap_or_default();
    Problem::new(
        ProblemKind::TooMany,
        format!("账号因多次输错密码已锁定，请在 {until} 之后再试，或请系统管理员解锁"),
        format!("Locked after wrong passwords: try again after {until} (UTC+8) or ask the system administrator"),
    )
}
