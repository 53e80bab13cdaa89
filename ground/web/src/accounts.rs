//! Accounts and roles: the system administrator makes accounts, the security administrator grants roles.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Grant, Lang, Permission, Problem, RegionCode, Role, Text};
use people::store::accounts::{self, Account, NewAccount, StandingGrant};
use people::store::organisations;
use people::tables::organisations::Model as Organisation;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::components;
use crate::download::{Cell, Row};
use crate::listing::{Paging, Slice, Wanted};
use crate::sign_in::GrantDetails;
use crate::{
    Access, App, Checked, Error, Frame, Json, Method, Path, ProblemDetails, Query, Result, Route, SignedIn, Step,
    outcome, page, page_with,
};

const EITHER: Access = Access::AnyOf(&[Permission::ManageAccounts, Permission::GrantRoles]);
const MANAGE: Access = Access::Needs(Permission::ManageAccounts);
const GRANT: Access = Access::Needs(Permission::GrantRoles);

const ROUTES: &[Route] = &[
    Route::get("/office/accounts", EITHER).in_menu("账号", "Accounts"),
    Route::post("/office/accounts", MANAGE),
    Route::get("/office/accounts/{id}", EITHER),
    Route::post("/office/accounts/{id}/state", MANAGE),
    Route::post("/office/accounts/{id}/password", MANAGE),
    Route::post("/office/accounts/{id}/grants", GRANT),
    Route::post("/office/accounts/{id}/withdrawals", GRANT),
    Route::get("/api/v1/accounts", EITHER),
    Route::post("/api/v1/accounts", MANAGE),
    Route::get("/api/v1/accounts/{id}", EITHER),
    Route::new(Method::Patch, "/api/v1/accounts/{id}", MANAGE),
    Route::new(Method::Put, "/api/v1/accounts/{id}/password", MANAGE),
    Route::post("/api/v1/accounts/{id}/grants", GRANT),
    Route::new(Method::Delete, "/api/v1/grants/{id}", GRANT),
];

/// The most organisations offered in the form for a grant.
const ORGANISATIONS: u64 = 500;

/// Routes and their list.
pub fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/accounts", get(list).post(create))
        .route("/office/accounts/{id}", get(show))
        .route("/office/accounts/{id}/state", post(change_state))
        .route("/office/accounts/{id}/password", post(reset_password))
        .route("/office/accounts/{id}/grants", post(give))
        .route("/office/accounts/{id}/withdrawals", post(withdraw))
        .routes(routes!(list_by_api, create_by_api))
        .routes(routes!(show_by_api, change_by_api))
        .routes(routes!(set_password_by_api))
        .routes(routes!(grant_by_api))
        .routes(routes!(withdraw_by_api));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    f: Frame,
    slice: Slice<Account>,
    now_ms: i64,
    form: NewForm,
    problem: Option<Problem>,
}

impl AccountsPage {
    fn may_create(&self) -> bool {
        self.f.allows(Permission::ManageAccounts, None)
    }

    /// Each role with its place, once, however many bodies it is held for: 责任单位 330206（16 个单位）.
    fn roles(&self, account: &Account) -> Vec<String> {
        let mut held: BTreeMap<String, usize> = BTreeMap::new();
        for Grant { role, region, .. } in account.grants.iter().map(|standing| &standing.grant) {
            let place = region.map(|region| format!(" {}", region.short())).unwrap_or_default();
            *held.entry(format!("{}{place}", self.f.say(&role.name()))).or_default() += 1;
        }
        let said = |(role, count)| match (self.f.lang, count) {
            (_, 1) => role,
            (Lang::Zh, _) => format!("{role}（{count} 个单位）"),
            (Lang::En, _) => format!("{role} ({count} bodies)"),
        };
        held.into_iter().map(said).collect()
    }
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
struct NewForm {
    sign_in_name: String,
    display_name: String,
    /// The first password, which must be changed at the first sign-in.
    password: String,
}

impl NewForm {
    fn into_new(self) -> NewAccount {
        let Self { sign_in_name, display_name, password } = self;
        NewAccount { sign_in_name, display_name, person: None, password, must_change: true }
    }
}

async fn slice(app: &App, wanted: &Wanted) -> Result<Slice<Account>> {
    let after: Option<String> = wanted.after()?;
    let rows = accounts::list(&app.store, after.as_deref(), wanted.fetch()).await?;
    Ok(Slice::cut(rows, wanted, |account| account.row.sign_in_name.clone()))
}

async fn list(State(app): State<App>, f: Frame, wanted: Wanted) -> Result<Response> {
    let (slice, now_ms) = (slice(&app, &wanted).await?, app.store.clock().now_ms());
    page(&AccountsPage { f, slice, now_ms, form: NewForm::default(), problem: None })
}

async fn create(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Checked(form): Checked<NewForm>,
) -> Result<Response> {
    let kept = NewForm { password: String::new(), ..form.clone_names() };
    let rules = &app.settings.accounts;
    let made = accounts::create(&app.store, &me.actor(), rules, &app.passwords, form.into_new()).await;
    let again = async |problem| {
        let (slice, now_ms) = (slice(&app, &wanted).await?, app.store.clock().now_ms());
        Ok(AccountsPage { f, slice, now_ms, form: kept, problem: Some(problem) })
    };
    outcome(made, saved, again).await
}

impl NewForm {
    fn clone_names(&self) -> Self {
        Self { sign_in_name: self.sign_in_name.clone(), display_name: self.display_name.clone(), ..Self::default() }
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    f: Frame,
    account: Account,
    organisations: Vec<Organisation>,
    now_ms: i64,
    saved: bool,
    problem: Option<Problem>,
}

impl AccountPage {
    fn may_manage(&self) -> bool {
        self.f.allows(Permission::ManageAccounts, None)
    }

    fn may_grant(&self) -> bool {
        self.f.allows(Permission::GrantRoles, None)
    }

    fn roles(&self) -> Vec<(String, String)> {
        components::choices(&self.f, &Role::ALL, Role::code, Role::name)
    }

    fn organisation_choices(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("不限单位", "Any").to_owned());
        let named = |organisation: &Organisation| (organisation.id.to_string(), organisation.name.clone());
        std::iter::once(none).chain(self.organisations.iter().map(named)).collect()
    }

    fn organisation_name(&self, id: &Option<Uuid>) -> &str {
        let found = self.organisations.iter().find(|organisation| Some(organisation.id) == *id);
        found.map(|organisation| organisation.name.as_str()).unwrap_or_default()
    }
}

#[derive(Deserialize)]
struct Shown {
    saved: Option<String>,
}

async fn show(State(app): State<App>, f: Frame, Path(id): Path<Uuid>, Query(shown): Query<Shown>) -> Result<Response> {
    page(&account_page(&app, f, id, shown.saved.is_some(), None).await?)
}

async fn account_page(app: &App, f: Frame, id: Uuid, saved: bool, problem: Option<Problem>) -> Result<AccountPage> {
    let account = existing(app, id).await?;
    let organisations = organisations::list(&app.store, None, None, ORGANISATIONS).await?;
    Ok(AccountPage { f, account, organisations, now_ms: app.store.clock().now_ms(), saved, problem })
}

async fn existing(app: &App, id: Uuid) -> Result<Account> {
    let missing = || Problem::not_found("没有这个账号", "There is no such account");
    Ok(accounts::find(&app.store, id).await?.ok_or_else(missing)?)
}

fn saved(id: Uuid) -> String {
    format!("/office/accounts/{id}?saved=1")
}

async fn answer(app: &App, f: Frame, id: Uuid, done: store::Result<()>) -> Result<Response> {
    match Error::mendable(done)? {
        Ok(()) => Ok(Redirect::to(&saved(id)).into_response()),
        Err(problem) => {
            let page = account_page(app, f, id, false, Some(problem)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

/// What may be done to an account as a whole.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Act {
    Disable,
    Enable,
    Unlock,
}

#[derive(Deserialize, utoipa::ToSchema)]
struct StateForm {
    act: Act,
}

async fn perform(app: &App, me: &SignedIn, id: Uuid, act: Act) -> store::Result<()> {
    let (store, actor) = (&app.store, me.actor());
    match act {
        Act::Disable => accounts::disable(store, &actor, id).await,
        Act::Enable => accounts::enable(store, &actor, id).await,
        Act::Unlock => accounts::unlock(store, &actor, id).await,
    }
}

async fn change_state(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<StateForm>,
) -> Result<Response> {
    let outcome = perform(&app, &me, id, form.act).await;
    answer(&app, f, id, outcome).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct PasswordForm {
    password: String,
}

async fn reset_password(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<PasswordForm>,
) -> Result<Response> {
    let rules = &app.settings.accounts;
    let outcome = accounts::reset_password(&app.store, &me.actor(), rules, &app.passwords, id, &form.password).await;
    answer(&app, f, id, outcome).await
}

/// A role to give, as typed.
#[derive(Deserialize, utoipa::ToSchema)]
struct GrantForm {
    /// `programme_office`, `responsible_body` …
    role: String,
    /// A division code; left out for administrators.
    #[serde(default)]
    region: String,
    /// An organisation's key, where the role is bound to one.
    #[serde(default)]
    organisation: String,
}

impl GrantForm {
    fn parse(&self) -> Result<Grant, Problem> {
        let role = Role::parse(&self.role)
            .ok_or_else(|| Problem::field("role", "请选择角色", "Choose a role from the list"))?;
        let region = match self.region.trim() {
            "" => None,
            code => Some(
                code.parse::<RegionCode>()
                    .map_err(|wrong| Problem::field("region", wrong.message.zh, wrong.message.en))?,
            ),
        };
        let organisation = match self.organisation.trim() {
            "" => None,
            key => Some(key.parse::<Uuid>().map_err(|_| {
                Problem::field("organisation", "请从列表中选择单位", "Choose an organisation from the list")
            })?),
        };
        Ok(Grant { role, region, organisation })
    }
}

async fn give_role(app: &App, me: &SignedIn, id: Uuid, form: &GrantForm) -> store::Result<Uuid> {
    let grant = form.parse()?;
    if let Some(organisation) = grant.organisation
        && organisations::find(&app.store, organisation).await?.is_none()
    {
        return Err(Problem::field("organisation", "没有这个单位", "There is no such organisation").into());
    }
    accounts::grant(&app.store, &me.actor(), id, grant).await
}

async fn give(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<GrantForm>,
) -> Result<Response> {
    let outcome = give_role(&app, &me, id, &form).await.map(|_| ());
    answer(&app, f, id, outcome).await
}

#[derive(Deserialize)]
struct WithdrawalForm {
    grant: Uuid,
}

async fn withdraw(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(form): Checked<WithdrawalForm>,
) -> Result<Response> {
    let outcome = accounts::withdraw(&app.store, &me.actor(), form.grant).await;
    answer(&app, f, id, outcome).await
}

/// An account.
#[derive(Serialize, utoipa::ToSchema)]
struct AccountDetails {
    id: Uuid,
    sign_in_name: String,
    display_name: String,
    must_change: bool,
    /// Whether signing in is refused after wrong passwords.
    locked: bool,
    disabled: bool,
    grants: Vec<HeldGrant>,
}

/// A role with the key by which it is withdrawn.
#[derive(Serialize, utoipa::ToSchema)]
struct HeldGrant {
    id: Uuid,
    #[serde(flatten)]
    grant: GrantDetails,
}

impl AccountDetails {
    fn of(account: Account, now_ms: i64) -> Self {
        let held = |standing: &StandingGrant| HeldGrant { id: standing.id, grant: (&standing.grant).into() };
        Self {
            id: account.row.id,
            locked: account.is_locked(now_ms),
            grants: account.grants.iter().map(held).collect(),
            disabled: account.row.disabled_at_ms.is_some(),
            must_change: account.row.must_change,
            sign_in_name: account.row.sign_in_name,
            display_name: account.row.display_name,
        }
    }
}

impl Row for AccountDetails {
    fn file_name() -> Text {
        Text::new("账号", "accounts")
    }

    fn headings() -> Vec<Text> {
        [("登录名", "Sign-in name"), ("姓名", "Name"), ("角色", "Roles"), ("状态", "State")]
            .map(|(zh, en)| Text::new(zh, en))
            .to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let role = |held: &HeldGrant| {
            let name = Role::parse(held.grant.role).map(|role| role.name().get(lang).to_owned()).unwrap_or_default();
            held.grant.region.as_ref().map_or(name.clone(), |region| format!("{name} {region}"))
        };
        let roles: Vec<String> = self.grants.iter().map(role).collect();
        let state = match (self.disabled, self.locked) {
            (true, _) => lang.t("停用", "disabled"),
            (_, true) => lang.t("锁定", "locked"),
            _ => lang.t("可用", "usable"),
        };
        vec![
            self.sign_in_name.as_str().into(),
            self.display_name.as_str().into(),
            roles.join(lang.t("；", "; ")).into(),
            state.into(),
        ]
    }
}

/// Accounts in the order of their sign-in names.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", params(Paging), responses((status = 200, body = Slice<AccountDetails>)))]
async fn list_by_api(State(app): State<App>, wanted: Wanted) -> Result<Response> {
    let now_ms = app.store.clock().now_ms();
    slice(&app, &wanted).await?.map(|account| AccountDetails::of(account, now_ms)).reply(&wanted).await
}

/// Makes an account.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewForm,
    responses((status = 201, body = AccountDetails), (status = 422, body = ProblemDetails)))]
async fn create_by_api(State(app): State<App>, me: SignedIn, Json(form): Json<NewForm>) -> Result<Response> {
    let rules = &app.settings.accounts;
    let id = accounts::create(&app.store, &me.actor(), rules, &app.passwords, form.into_new()).await?;
    Ok((StatusCode::CREATED, details(&app, id).await?).into_response())
}

async fn details(app: &App, id: Uuid) -> Result<axum::Json<AccountDetails>> {
    let account = existing(app, id).await?;
    Ok(axum::Json(AccountDetails::of(account, app.store.clock().now_ms())))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 200, body = AccountDetails), (status = 404, body = ProblemDetails)))]
async fn show_by_api(State(app): State<App>, Path(id): Path<Uuid>) -> Result<axum::Json<AccountDetails>> {
    details(&app, id).await
}

/// Disables, enables or unlocks an account.
#[utoipa::path(patch, path = "/api/v1/accounts/{id}", tag = "accounts", params(("id" = Uuid, Path)), request_body = StateForm,
    responses((status = 200, body = AccountDetails), (status = 409, body = ProblemDetails)))]
async fn change_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(form): Json<StateForm>,
) -> Result<axum::Json<AccountDetails>> {
    perform(&app, &me, id, form.act).await?;
    details(&app, id).await
}

/// Resets a password.
#[utoipa::path(put, path = "/api/v1/accounts/{id}/password", tag = "accounts", params(("id" = Uuid, Path)), request_body = PasswordForm,
    responses((status = 204), (status = 422, body = ProblemDetails)))]
async fn set_password_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(form): Json<PasswordForm>,
) -> Result<StatusCode> {
    let rules = &app.settings.accounts;
    accounts::reset_password(&app.store, &me.actor(), rules, &app.passwords, id, &form.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a role.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/grants", tag = "accounts", params(("id" = Uuid, Path)), request_body = GrantForm,
    responses((status = 201, body = AccountDetails), (status = 422, body = ProblemDetails)))]
async fn grant_by_api(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(form): Json<GrantForm>,
) -> Result<Response> {
    give_role(&app, &me, id, &form).await?;
    Ok((StatusCode::CREATED, details(&app, id).await?).into_response())
}

/// Takes a role away.
#[utoipa::path(delete, path = "/api/v1/grants/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails)))]
async fn withdraw_by_api(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>) -> Result<StatusCode> {
    accounts::withdraw(&app.store, &me.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
