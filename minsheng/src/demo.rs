//! `minsheng demo`: the sample years, people to sign in as, and the server.

use std::process::ExitCode;

use anyhow::Result;
use kernel::{Grant, Role};
use people::Passwords;
use people::store::accounts::{self, NewAccount};
use store::{Actor, Store};
use uuid::Uuid;

use crate::accounts::read_grant;
use crate::configuration::Settings;
use crate::output::{self, say};
use crate::{catalogue, chargers, rich, serve, wiring};

/// Demo only: `serve` starts without any account but those that the operator makes.
const PASSWORD: &str = "Shishi-demo-2024";

/// Sign-in name, name on screens, role, division.
const PEOPLE: [(&str, &str, Role, Option<&str>); 8] = [
    ("ningbo", "宁波市民生实事办", Role::ProgrammeOffice, Some("330200")),
    ("ninghai", "宁海县民生实事办", Role::ProgrammeOffice, Some("330226")),
    ("zhejiang", "浙江省民生实事办", Role::ProgrammeOffice, Some("330000")),
    ("ducha", "宁波市督查室", Role::SupervisionOffice, Some("330200")),
    ("renda", "宁波市人大机关", Role::Congress, Some("330200")),
    ("system", "系统管理员", Role::SystemAdministrator, None),
    ("security", "安全管理员", Role::SecurityAdministrator, None),
    ("audit", "审计管理员", Role::Auditor, None),
];

/// Loads what is missing, with `rich` the generated year as well, says how to sign in, serves.
pub(crate) async fn run(settings: &Settings, rich: bool) -> Result<ExitCode> {
    let values = &settings.values;
    let catalogue = catalogue::to_serve(values)?;
    let listener = serve::listen(values).await?;
    let store = wiring::open(values).await?;
    let actor = Actor::operator("demo");
    let bar = output::bar("载入样例年度");
    let done = ledger::samples::load(&store, &actor, &mut output::follow(&bar)).await?;
    bar.finish_and_clear();
    match done {
        Some(done) => say!("{}", done.summary().zh),
        None => say!("样例年度已在台账中 (the sample years are in the ledger)"),
    }
    make_people(&store, &actor).await?;
    let mut signed = Vec::new();
    if rich {
        let bar = output::bar("载入演示年度（演示数据）");
        let place = rich::Place::of(&store, &wiring::site(values)?);
        let loaded = rich::load(&store, &place, &mut output::follow(&bar)).await?;
        bar.finish_and_clear();
        say!("{}", loaded.told);
        let entries = rich::registers::load(&store, &actor).await?;
        say!("便民服务登记 {entries} 条演示数据 ({entries} generated entries of services)");
        signed = loaded.people;
        let bar = output::bar("载入演示充电桩（演示数据）");
        let told = chargers::demo(&store, &wiring::site(values)?.sealing, &mut output::follow(&bar)).await?;
        bar.finish_and_clear();
        say!("{told}");
    }
    let stop = web::server::stop_signal();
    say!("\n  民生实事  http://{}\n", listener.local_addr()?);
    say!("  演示账号 demo sign-ins（密码 password: {PASSWORD}）");
    for (name, display, role, _) in PEOPLE {
        say!("    {name:<10} {display} · {}", role.name().zh);
    }
    for (name, display) in signed {
        say!("    {name:<10} {display} · {}", Role::ResponsibleBody.name().zh);
    }
    say!("\n  Ctrl-C 停止 stops\n");
    serve::on(listener, stop, (store, catalogue), values).await
}

pub(crate) async fn make_people(store: &Store, actor: &Actor) -> Result<()> {
    let passwords = Passwords::new();
    for (name, display, role, region) in PEOPLE {
        account(store, actor, &passwords, name, display, [read_grant(role.code(), region)?]).await?;
    }
    Ok(())
}

/// Finds the demo account with this sign-in name, or makes it with these grants.
///
/// # Errors
/// When the database fails.
pub(crate) async fn account(
    store: &Store,
    actor: &Actor,
    passwords: &Passwords,
    name: &str,
    display: &str,
    grants: impl IntoIterator<Item = Grant>,
) -> Result<Uuid> {
    if let Some(found) = accounts::find_by_name(store, name).await? {
        return Ok(found);
    }
    let new = NewAccount {
        sign_in_name: name.to_owned(),
        display_name: display.to_owned(),
        person: None,
        password: PASSWORD.to_owned(),
        must_change: false,
    };
    let id = accounts::create(store, actor, &wiring::account_rules(), passwords, new).await?;
    for grant in grants {
        accounts::grant(store, actor, id, grant).await?;
    }
    Ok(id)
}

/// A token of the demo account with this sign-in name.
#[cfg(test)]
pub(crate) async fn sign_in(app: &web::App, name: &str) -> String {
    let begun = people::store::sessions::sign_in(&app.store, &app.settings.accounts, &app.passwords, name, PASSWORD);
    begun.await.expect("a session").token
}
