//! How the steps are put together: migrations in the order of the house, routes in the order of the menu.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use files::Address;
use kernel::{Clock, RuleSets, Text};
use people::AccountRules;
use places::catalogue::Catalogue;
use store::{Migrations, Sealing, Store};
use web::Step;
use web::tianditu::Tianditu;

use crate::configuration::Values;

/// All migrations.
const MIGRATIONS: &[Migrations] = &[
    store::migrations::list,
    people::migrations::list,
    files::migrations::list,
    notices::migrations::list,
    ledger::migrations::list,
    plan::migrations::list,
    report::migrations::list,
    chase::migrations::list,
    assess::migrations::list,
    places::migrations::list,
    announce::migrations::list,
];

/// Opens the database that the settings name, and prepares it.
pub(crate) async fn open(values: &Values) -> Result<Store> {
    let store = if values.database.is_empty() {
        Store::open_folder(&values.data, Clock::system()).await?
    } else {
        Store::open(&values.database, Clock::system()).await?
    };
    prepare(&store).await?;
    Ok(store)
}

/// Brings the database up to this version, with the shipped divisions in it.
///
/// # Errors
/// When the database fails.
pub async fn prepare(store: &Store) -> Result<()> {
    store.migrate(MIGRATIONS).await?;
    ledger::regions::load_shipped(store).await?;
    Ok(())
}

/// Every step of the house, in the order of the menu, with the shipped catalogue.
pub fn steps() -> Vec<Step> {
    steps_with(&Arc::new(Catalogue::shipped().clone()))
}

/// As [`steps`], with the catalogue of the installation.
pub(crate) fn steps_with(catalogue: &Arc<Catalogue>) -> Vec<Step> {
    [
        publish::steps(),
        plan::steps(),
        report::steps(),
        watch::steps(),
        chase::steps(),
        assess::steps(),
        announce::steps(),
        places::steps_with(catalogue),
        web::steps(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What each step knows to be left to do, for the desk.
pub(crate) const TODOS: &[web::Todos] = &[plan::todos, report::todos, chase::todos, places::feedback::todos];

/// What each step knows of the uses of an entry, for its trail.
pub(crate) const USES: &[web::Uses] = &[announce::uses];

/// What evidence is filed under, with who may read it.
pub(crate) const KEEPERS: &[web::Keeper] = &[
    report::KEEPER,
    chase::ORDER_KEEPER,
    chase::FINDING_KEEPER,
    assess::KEEPER,
    places::sites::KEEPER,
    places::notes::KEEPER,
    places::feedback::KEEPER,
];

/// The settings that handlers see.
///
/// # Errors
/// When the key that closes secrets can be neither read nor made.
pub(crate) fn site(values: &Values) -> Result<web::Settings> {
    Ok(web::Settings {
        name: Text::new(&values.name, &values.name_en),
        secure_cookies: values.secure_cookies,
        demo: false,
        address: values.address.trim_end_matches('/').to_owned(),
        tianditu: Tianditu::read(&values.tianditu_key)?,
        uploads: uploads(values),
        files: Address::read(&values.files, values.data.join("files")),
        accounts: account_rules(),
        sealing: sealing(values)?,
    })
}

/// The key beside the data, or the one that the settings name.
fn sealing(values: &Values) -> Result<Sealing> {
    let file = if values.secret_file.as_os_str().is_empty() {
        values.data.join("secret.key")
    } else {
        values.secret_file.clone()
    };
    Sealing::of_file(&file).with_context(|| format!("{} 不能用作密钥文件 (cannot be used as key file)", file.display()))
}

/// The installation's own rules for accounts, from the rule set that holds everywhere.
pub(crate) fn account_rules() -> AccountRules {
    let sets = RuleSets::shipped();
    let set = sets.default_set();
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    AccountRules {
        password_length: set.passwords.says.length_min as usize,
        password_classes: set.passwords.says.classes_min as usize,
        tries: set.lock_out.says.failures.cast_signed(),
        lock: minutes(set.lock_out.says.minutes),
        idle: minutes(set.sessions.says.idle_minutes),
        ..AccountRules::default()
    }
}

/// Where uploads wait.
fn uploads(values: &Values) -> PathBuf {
    values.data.join("uploads")
}
