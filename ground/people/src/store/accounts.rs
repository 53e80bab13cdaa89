//! Accounts, their passwords and their roles.

use std::collections::HashMap;

use ::store::audit::Event;
use ::store::{Actor, Error, Result, Store, Tx};
use kernel::{Grant, Permission, Problem, RegionCode, Role};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use crate::rules::{self, AccountRules};
use crate::tables::{accounts, grants, sessions};
use crate::{Passwords, Viewer};

/// A new account.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// As typed; kept in its normal form.
    pub sign_in_name: String,
    /// The name on screens.
    pub display_name: String,
    /// The person, where known.
    pub person: Option<Uuid>,
    /// The first password.
    pub password: String,
    /// Whether it must be changed at the first sign-in; false only where the holder typed it.
    pub must_change: bool,
}

/// A grant with its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingGrant {
    /// The key, by which it is withdrawn.
    pub id: Uuid,
    /// What is granted.
    pub grant: Grant,
}

/// An account as its administrators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The row.
    pub row: accounts::Model,
    /// Grants that stand.
    pub grants: Vec<StandingGrant>,
}

impl Account {
    /// Whether signing in is refused at `now_ms` after wrong passwords.
    pub fn is_locked(&self, now_ms: i64) -> bool {
        self.row.locked_until_ms.is_some_and(|until| until > now_ms)
    }
}

/// Makes an account and returns its key.
///
/// # Errors
/// Problems of the fields `sign_in_name`, `display_name` and `password`.
pub async fn create(
    store: &Store,
    actor: &Actor,
    rules: &AccountRules,
    passwords: &Passwords,
    new: NewAccount,
) -> Result<Uuid> {
    let sign_in_name = rules::sign_in_name(&new.sign_in_name)?;
    let display_name = new.display_name.trim();
    if display_name.is_empty() || display_name.chars().count() > 64 {
        return Err(
            Problem::field("display_name", "请填写姓名，最多 64 字", "Give a name of at most 64 characters").into()
        );
    }
    rules.check_password(&sign_in_name, &new.password)?;
    let password_hash = passwords.hash(&new.password).await;

    let mut tx = store.begin(actor).await?;
    let row = accounts::Model {
        id: Uuid::now_v7(),
        sign_in_name: sign_in_name.clone(),
        display_name: display_name.to_owned(),
        person_id: new.person,
        password_hash,
        must_change: new.must_change,
        failed_tries: 0,
        locked_until_ms: None,
        password_changed_ms: tx.at_ms(),
        disabled_at_ms: None,
        created_ms: tx.at_ms(),
    };
    let (id, detail) = (row.id, json!({ "sign_in_name": sign_in_name, "display_name": display_name }));
    accounts::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.on())
        .await
        .map_err(Error::from)
        .map_err(|error| match error.is_duplicate() {
            true => Problem::field("sign_in_name", "登录名已被使用，请换一个", "This sign-in name is taken").into(),
            false => error,
        })?;
    tx.record(Event::new("account.created", "account", id, detail)).await?;
    tx.commit().await?;
    Ok(id)
}

/// The account with the key `id`.
///
/// # Errors
/// When the database fails.
pub async fn find(store: &Store, id: Uuid) -> Result<Option<Account>> {
    let Some(row) = accounts::Entity::find_by_id(id).one(store.reader()).await? else { return Ok(None) };
    let grants = standing(store.reader(), &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(Account { row, grants }))
}

/// The key of the account that signs in as `name`.
///
/// # Errors
/// When the database fails; a name that no account can have is simply not found.
pub async fn find_by_name(store: &Store, name: &str) -> Result<Option<Uuid>> {
    let Ok(name) = rules::sign_in_name(name) else { return Ok(None) };
    let row = accounts::Entity::find().filter(accounts::Column::SignInName.eq(name)).one(store.reader()).await?;
    Ok(row.map(|row| row.id))
}

/// Accounts behind the name `after` in the order of sign-in names, at most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn list(store: &Store, after: Option<&str>, limit: u64) -> Result<Vec<Account>> {
    let mut query = accounts::Entity::find().order_by_asc(accounts::Column::SignInName).limit(limit);
    if let Some(after) = after {
        query = query.filter(accounts::Column::SignInName.gt(after));
    }
    let rows = query.all(store.reader()).await?;
    let keys: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut grants = standing(store.reader(), &keys).await?;
    Ok(rows.into_iter().map(|row| Account { grants: grants.remove(&row.id).unwrap_or_default(), row }).collect())
}

/// Sets the viewer's own password and ends the viewer's other sessions.
///
/// # Errors
/// Problems of the fields `current` and `password`.
pub async fn change_password(
    store: &Store,
    rules: &AccountRules,
    passwords: &Passwords,
    viewer: &Viewer,
    current: &str,
    new: &str,
) -> Result<()> {
    let account = existing(store.reader(), viewer.account).await?;
    if !passwords.verify(current, Some(&account.password_hash)).await {
        return Err(Problem::field("current", "原密码不对", "The current password is wrong").into());
    }
    if current == new {
        return Err(Problem::field(
            "password",
            "新密码不能与原密码相同",
            "Choose a password that differs from the old one",
        )
        .into());
    }
    rules.check_password(&account.sign_in_name, new)?;
    let hash = passwords.hash(new).await;
    let mut tx = store.begin(&viewer.actor()).await?;
    write_password(&tx, account.id, hash, false).await?;
    end_sessions(&tx, account.id, Some(&viewer.session)).await?;
    tx.record(Event::new("account.password_changed", "account", account.id, json!({}))).await?;
    tx.commit().await
}

/// Sets somebody's password, which must be changed at the next sign-in, and ends all their sessions.
///
/// # Errors
/// Not found, or a problem of the field `password`.
pub async fn reset_password(
    store: &Store,
    actor: &Actor,
    rules: &AccountRules,
    passwords: &Passwords,
    id: Uuid,
    new: &str,
) -> Result<()> {
    let account = existing(store.reader(), id).await?;
    rules.check_password(&account.sign_in_name, new)?;
    let hash = passwords.hash(new).await;
    let mut tx = store.begin(actor).await?;
    write_password(&tx, id, hash, true).await?;
    end_sessions(&tx, id, None).await?;
    tx.record(Event::new("account.password_reset", "account", id, json!({}))).await?;
    tx.commit().await
}

/// Lifts a lock-out before its time.
///
/// # Errors
/// Not found.
pub async fn unlock(store: &Store, actor: &Actor, id: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    existing(tx.on(), id).await?;
    accounts::Entity::update_many()
        .col_expr(accounts::Column::FailedTries, Expr::value(0))
        .col_expr(accounts::Column::LockedUntilMs, Expr::value(Option::<i64>::None))
        .filter(accounts::Column::Id.eq(id))
        .exec(tx.on())
        .await?;
    tx.record(Event::new("account.unlocked", "account", id, json!({}))).await?;
    tx.commit().await
}

/// Takes the account out of use and ends its sessions; what it wrote stays.
///
/// # Errors
/// Not found; a conflict when it is disabled already or is the actor's own.
pub async fn disable(store: &Store, actor: &Actor, id: Uuid) -> Result<()> {
    if actor.account == Some(id) {
        return Err(Problem::conflict("不能停用自己的账号", "You cannot disable your own account").into());
    }
    let mut tx = store.begin(actor).await?;
    let at = Some(tx.at_ms());
    set_disabled(&tx, id, at, accounts::Column::DisabledAtMs.is_null()).await?;
    end_sessions(&tx, id, None).await?;
    tx.record(Event::new("account.disabled", "account", id, json!({}))).await?;
    tx.commit().await
}

/// Puts a disabled account back into use.
///
/// # Errors
/// Not found; a conflict when it is in use already.
pub async fn enable(store: &Store, actor: &Actor, id: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    set_disabled(&tx, id, None, accounts::Column::DisabledAtMs.is_not_null()).await?;
    tx.record(Event::new("account.enabled", "account", id, json!({}))).await?;
    tx.commit().await
}

/// Gives a role and returns the grant's key.
///
/// # Errors
/// Not found; what [`rules::may_grant`] refuses; a conflict when the account is the actor's own.
pub async fn grant(store: &Store, actor: &Actor, id: Uuid, new: Grant) -> Result<Uuid> {
    if actor.account == Some(id) {
        return Err(Problem::conflict("不能给自己授予角色", "You cannot grant roles to yourself").into());
    }
    let mut tx = store.begin(actor).await?;
    lock(&tx, id).await?;
    let held: Vec<Grant> =
        standing(tx.on(), &[id]).await?.remove(&id).unwrap_or_default().into_iter().map(|held| held.grant).collect();
    rules::may_grant(&held, &new)?;
    let row = grants::Model {
        id: Uuid::now_v7(),
        account_id: id,
        role: new.role.code().to_owned(),
        region: new.region.map(RegionCode::stored),
        organisation_id: new.organisation,
        granted_ms: tx.at_ms(),
        withdrawn_ms: None,
    };
    let key = row.id;
    grants::Entity::insert(row.into_active_model()).exec_without_returning(tx.on()).await?;
    tx.record(Event::new("grant.given", "account", id, json!({ "grant": key, "what": new }))).await?;
    tx.commit().await?;
    Ok(key)
}

/// Takes a role away.
///
/// # Errors
/// Not found when no such grant stands; a conflict when the account is the actor's own.
pub async fn withdraw(store: &Store, actor: &Actor, key: Uuid) -> Result<()> {
    let mut tx = store.begin(actor).await?;
    let missing = || Problem::not_found("没有这项授权，或已收回", "There is no such grant, or it was withdrawn");
    let row = grants::Entity::find_by_id(key).one(tx.on()).await?.ok_or_else(missing)?;
    if actor.account == Some(row.account_id) {
        return Err(Problem::conflict("不能收回自己的角色", "You cannot withdraw your own roles").into());
    }
    let done = grants::Entity::update_many()
        .col_expr(grants::Column::WithdrawnMs, Expr::value(tx.at_ms()))
        .filter(grants::Column::Id.eq(key))
        .filter(grants::Column::WithdrawnMs.is_null())
        .exec(tx.on())
        .await?;
    if done.rows_affected == 0 {
        return Err(missing().into());
    }
    let detail = json!({ "grant": key, "role": row.role, "region": row.region });
    tx.record(Event::new("grant.withdrawn", "account", row.account_id, detail)).await?;
    tx.commit().await
}

/// The accounts to turn to for `permission` at `region`: those in use whose grant covers the region and lies nearest to
/// it – the county's own, else the city's –, and with an `organisation` only those who act for it.
///
/// # Errors
/// When the database fails.
pub async fn in_charge<C: ConnectionTrait>(
    on: &C,
    permission: Permission,
    region: RegionCode,
    organisation: Option<Uuid>,
) -> Result<Vec<Uuid>> {
    let roles = Role::ALL.into_iter().filter(|role| role.permissions().contains(&permission)).map(Role::code);
    let mut query = grants::Entity::find()
        .filter(
            grants::Column::AccountId.in_subquery(
                Query::select()
                    .column(accounts::Column::Id)
                    .from(accounts::Entity)
                    .and_where(accounts::Column::DisabledAtMs.is_null())
                    .take(),
            ),
        )
        .filter(grants::Column::Role.is_in(roles))
        .filter(grants::Column::Region.is_in(region.lineage().map(RegionCode::stored)))
        .filter(grants::Column::WithdrawnMs.is_null());
    if let Some(organisation) = organisation {
        query = query.filter(grants::Column::OrganisationId.eq(organisation));
    }
    let found = query.all(on).await?;
    let nearest = found.iter().filter_map(|grant| RegionCode::from_stored(grant.region?)).map(RegionCode::level).max();
    let is_nearest =
        |grant: &grants::Model| grant.region.and_then(RegionCode::from_stored).map(RegionCode::level) == nearest;
    let mut accounts: Vec<Uuid> =
        found.iter().filter(|grant| is_nearest(grant)).map(|grant| grant.account_id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}

/// Grants that stand, by account.
pub(super) async fn standing<C: ConnectionTrait>(
    on: &C,
    accounts: &[Uuid],
) -> Result<HashMap<Uuid, Vec<StandingGrant>>> {
    let rows = grants::Entity::find()
        .filter(grants::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(grants::Column::WithdrawnMs.is_null())
        .order_by_asc(grants::Column::GrantedMs)
        .all(on)
        .await?;
    let mut standing: HashMap<Uuid, Vec<StandingGrant>> = HashMap::new();
    for row in rows {
        let broken = |column, why: String| Error::BrokenRow { table: "grants", column, row: row.id.to_string(), why };
        let role = Role::parse(&row.role).ok_or_else(|| broken("role", row.role.clone()))?;
        let region = match row.region {
            None => None,
            Some(code) => Some(RegionCode::from_stored(code).ok_or_else(|| broken("region", code.to_string()))?),
        };
        let grant = Grant { role, region, organisation: row.organisation_id };
        standing.entry(row.account_id).or_default().push(StandingGrant { id: row.id, grant });
    }
    Ok(standing)
}

async fn existing<C: ConnectionTrait>(on: &C, id: Uuid) -> Result<accounts::Model> {
    let missing = || Problem::not_found("没有这个账号", "There is no such account");
    Ok(accounts::Entity::find_by_id(id).one(on).await?.ok_or_else(missing)?)
}

/// Reads the account and keeps others from changing it or its grants until the commit.
pub(super) async fn lock(tx: &Tx, id: Uuid) -> Result<accounts::Model> {
    let mut query = accounts::Entity::find_by_id(id);
    if tx.on().get_database_backend() == ::store::Backend::Postgres {
        query = query.lock_exclusive();
    }
    let missing = || Problem::not_found("没有这个账号", "There is no such account");
    Ok(query.one(tx.on()).await?.ok_or_else(missing)?)
}

async fn write_password(tx: &Tx, id: Uuid, hash: String, must_change: bool) -> Result<()> {
    accounts::Entity::update_many()
        .col_expr(accounts::Column::PasswordHash, Expr::value(hash))
        .col_expr(accounts::Column::MustChange, Expr::value(must_change))
        .col_expr(accounts::Column::PasswordChangedMs, Expr::value(tx.at_ms()))
        .col_expr(accounts::Column::FailedTries, Expr::value(0))
        .col_expr(accounts::Column::LockedUntilMs, Expr::value(Option::<i64>::None))
        .filter(accounts::Column::Id.eq(id))
        .exec(tx.on())
        .await?;
    Ok(())
}

async fn set_disabled(tx: &Tx, id: Uuid, at_ms: Option<i64>, only_if: sea_orm::sea_query::SimpleExpr) -> Result<()> {
    existing(tx.on(), id).await?;
    let done = accounts::Entity::update_many()
        .col_expr(accounts::Column::DisabledAtMs, Expr::value(at_ms))
        .filter(accounts::Column::Id.eq(id))
        .filter(only_if)
        .exec(tx.on())
        .await?;
    if done.rows_affected == 0 {
        return Err(Problem::conflict("账号状态已变，请刷新后再看", "The account has changed meanwhile; reload").into());
    }
    Ok(())
}

async fn end_sessions(tx: &Tx, account: Uuid, except: Option<&str>) -> Result<()> {
    let mut query = sessions::Entity::delete_many().filter(sessions::Column::AccountId.eq(account));
    if let Some(except) = except {
        query = query.filter(sessions::Column::TokenHash.ne(except));
    }
    query.exec(tx.on()).await?;
    Ok(())
}
