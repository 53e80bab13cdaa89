//! What handlers are given.

use std::path::PathBuf;
use std::sync::Arc;

use files::{Address, Files};
use kernel::Text;
use people::{AccountRules, Passwords};
use store::{Sealing, Store};

use crate::Assets;
use crate::live::Ledger;
use crate::routes::MenuItem;
use crate::tianditu::Tianditu;

/// The state of every handler. Cheap to clone; holds nothing that another copy of the server would miss.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The hasher of passwords.
    pub passwords: Passwords,
    /// Files that were handed in as evidence.
    pub files: Files,
    /// What live pages listen to.
    pub ledger: Ledger,
    /// Scripts and styles.
    pub assets: Arc<Assets>,
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// Pages for the header, in order; filled by [`crate::server::assemble`].
    pub(crate) menu: Arc<[MenuItem]>,
    /// What each step knows to be left to do; see [`App::with_todos`].
    pub(crate) todos: &'static [crate::Todos],
    /// What each step knows of the uses of an entry; see [`App::with_uses`].
    pub(crate) uses: &'static [crate::Uses],
    /// What evidence is filed under, with who may read it; see [`App::with_keepers`].
    pub(crate) keepers: &'static [crate::Keeper],
    /// Renders the metrics of this process as Prometheus text.
    pub metrics: Option<Arc<dyn Fn() -> String + Send + Sync>>,
}

/// What the operator set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name in the header.
    pub name: Text,
    /// Whether cookies are kept from plain HTTP; false only on loopback or behind nothing.
    pub secure_cookies: bool,
    /// Whether the data are made up or a sample: every page then says 演示数据.
    pub demo: bool,
    /// Where people open the site, without a slash at the end: printed codes lead there. Empty: where a page was asked for.
    pub address: String,
    /// The ground of maps, where the operator has a key for it.
    pub tianditu: Option<Tianditu>,
    /// Where uploads wait while they are read.
    pub uploads: PathBuf,
    /// Where files lie that were handed in as evidence.
    pub files: Address,
    /// The numbers behind accounts.
    pub accounts: AccountRules,
    /// What closes secrets of other systems before they go into the database.
    pub sealing: Sealing,
}

impl Settings {
    /// Settings for plain HTTP on this machine.
    pub fn local(uploads: PathBuf) -> Self {
        Self {
            name: Text::new("民生实事", "Minsheng"),
            secure_cookies: false,
            demo: false,
            address: String::new(),
            tianditu: None,
            files: Address::Folder(uploads.join("files")),
            uploads,
            accounts: AccountRules::default(),
            sealing: Sealing::passing(),
        }
    }
}

impl App {
    /// Puts the state together.
    pub fn new(store: Store, settings: Settings) -> Self {
        Self {
            files: Files::new(store.clone(), settings.files.clone()),
            ledger: Ledger::new(store.clone()),
            store,
            passwords: Passwords::new(),
            assets: Arc::new(Assets::embedded()),
            settings: Arc::new(settings),
            menu: Arc::from([]),
            todos: &[],
            uses: &[],
            keepers: &[],
            metrics: None,
        }
    }

    /// The same state with a source for `/metrics`.
    #[must_use]
    pub fn with_metrics(mut self, render: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.metrics = Some(Arc::new(render));
        self
    }
}
