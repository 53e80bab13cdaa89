//! `minsheng user`.

use std::io::Read;
use std::process::ExitCode;

use anyhow::Result;
use kernel::{Grant, Problem, RegionCode, Role};
use people::Passwords;
use people::store::accounts::{self, Account, NewAccount};
use people::store::organisations;
use rand::distr::slice::Choose;
use rand::{RngExt, rng};
use store::{Actor, Store};
use uuid::Uuid;

use crate::cli::UserCommand;
use crate::configuration::Settings;
use crate::output::say;
use crate::wiring;

/// Accounts read at once.
const PAGE: u64 = 500;

/// Does what the command says in the operator's name.
pub(crate) async fn run(settings: &Settings, command: UserCommand, json: bool) -> Result<ExitCode> {
    let store = wiring::open(&settings.values).await?;
    let actor = Actor::operator("operator");
    match command {
        UserCommand::Create { name, display_name, role, region, organisation, password_stdin } => {
            let mut grant = role.map(|role| read_grant(&role, region.as_deref())).transpose()?;
            if let Some(grant) = &mut grant {
                bind(&store, grant, organisation.as_deref()).await?;
            }
            if let Some(grant) = &grant {
                // Before anything is written: an account whose role was refused would be half of what was asked for.
                people::rules::may_grant(&[], grant).map_err(store::Error::from)?;
            }
            let password = if password_stdin { read_password()? } else { made_up_password() };
            let new = NewAccount {
                display_name: display_name.unwrap_or_else(|| name.clone()),
                sign_in_name: name.clone(),
                person: None,
                password: password.clone(),
                must_change: !password_stdin,
            };
            let id = accounts::create(&store, &actor, &wiring::account_rules(), &Passwords::new(), new).await?;
            if let Some(grant) = grant {
                accounts::grant(&store, &actor, id, grant).await?;
            }
            say_password(&name, (!password_stdin).then_some(&password), json);
        }
        UserCommand::Grant { name, role, region, organisation } => {
            let id = find(&store, &name).await?;
            let mut grant = read_grant(&role, region.as_deref())?;
            bind(&store, &mut grant, organisation.as_deref()).await?;
            accounts::grant(&store, &actor, id, grant).await?;
        }
        UserCommand::List => list(&store, json).await?,
        UserCommand::Unlock { name } => accounts::unlock(&store, &actor, find(&store, &name).await?).await?,
        UserCommand::Disable { name } => accounts::disable(&store, &actor, find(&store, &name).await?).await?,
        UserCommand::Enable { name } => accounts::enable(&store, &actor, find(&store, &name).await?).await?,
        UserCommand::ResetPassword { name } => {
            let id = find(&store, &name).await?;
            let password = made_up_password();
            let rules = wiring::account_rules();
            accounts::reset_password(&store, &actor, &rules, &Passwords::new(), id, &password).await?;
            say_password(&name, Some(&password), json);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(store: &Store, name: &str) -> Result<Uuid> {
    let found = accounts::find_by_name(store, name).await?;
    let missing =
        || store::Error::from(Problem::not_found(format!("没有账号“{name}”"), format!("there is no account “{name}”")));
    Ok(found.ok_or_else(missing)?)
}

/// Reads a role with its division from the command line.
pub(crate) fn read_grant(role: &str, region: Option<&str>) -> Result<Grant, store::Error> {
    let Some(known) = Role::parse(role) else {
        let roles: Vec<_> = Role::ALL.into_iter().map(Role::code).collect();
        let roles = roles.join("、");
        return Err(Problem::invalid(
            format!("不认识角色“{role}”；可用 {roles}"),
            format!("“{role}” is none of {roles}"),
        )
        .into());
    };
    let region = region.map(str::parse::<RegionCode>).transpose()?;
    Ok(Grant { role: known, region, organisation: None })
}

/// Binds a grant to the organisation of this name in its region.
async fn bind(store: &Store, grant: &mut Grant, organisation: Option<&str>) -> Result<()> {
    let Some(name) = organisation.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(()) };
    let mut after = None;
    loop {
        let some = organisations::list(store, grant.region, after, PAGE).await?;
        let Some(last) = some.last() else { break };
        after = Some(last.id);
        if let Some(found) = some.iter().find(|row| row.name == name) {
            grant.organisation = Some(found.id);
            return Ok(());
        }
    }
    let missing = Problem::not_found(
        format!("该地区没有单位“{name}”：请写全称，或先在“单位”页建立"),
        format!("there is no organisation “{name}” in the region: write its full name, or make it first"),
    );
    Err(store::Error::from(missing).into())
}

fn read_password() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Twenty characters without those that look alike: more than a hundred bits.
fn made_up_password() -> String {
    const CHARACTERS: &[char] = &[
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z',
        '2', '3', '4', '5', '6', '7', '8', '9',
    ];
    let Ok(choose) = Choose::new(CHARACTERS) else { return String::new() };
    let random: String = rng().sample_iter(choose).take(17).collect();
    // One of each class, so that no rule refuses it.
    format!("{random}a7-")
}

fn say_password(name: &str, password: Option<&str>, json: bool) {
    match (json, password) {
        (true, password) => say!("{}", serde_json::json!({ "name": name, "password": password })),
        (false, Some(password)) => {
            say!("{name} 的初始密码（只显示这一次，首次登录须修改）：{password}");
            say!("first password of {name}, shown once and to be changed at the first sign-in");
        }
        (false, None) => say!("{name} 已创建 (created)"),
    }
}

async fn list(store: &Store, json: bool) -> Result<()> {
    let mut all: Vec<Account> = Vec::new();
    loop {
        let after = all.last().map(|account| account.row.sign_in_name.clone());
        let page = accounts::list(store, after.as_deref(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    let now_ms = store.clock().now_ms();
    let mut rows = Vec::new();
    for account in &all {
        let roles: Vec<_> = account
            .grants
            .iter()
            .map(|standing| {
                let region = standing.grant.region.map(|region| format!("@{}", region.short())).unwrap_or_default();
                format!("{}{region}", standing.grant.role.code())
            })
            .collect();
        let state = if account.row.disabled_at_ms.is_some() {
            "disabled"
        } else if account.is_locked(now_ms) {
            "locked"
        } else {
            "open"
        };
        let (name, display) = (&account.row.sign_in_name, &account.row.display_name);
        if json {
            rows.push(serde_json::json!({ "name": name, "display_name": display, "state": state, "roles": roles }));
        } else {
            say!("{name}\t{display}\t{state}\t{}", roles.join(" "));
        }
    }
    if json {
        say!("{}", serde_json::to_string_pretty(&rows)?);
    }
    Ok(())
}
