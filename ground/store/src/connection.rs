//! Opening the database, reading from it, and the one way to write to it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kernel::Clock;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTraitSelf;
use uuid::Uuid;

use crate::audit::{self, Event};
use crate::migrations::{Lists, Migrations};
use crate::{Error, Result};

/// Which database speaks below.
pub type Backend = DbBackend;

/// Readers on SQLite; each keeps a small page cache of its own.
const SQLITE_READERS: u32 = 8;

/// The open database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    clock: Clock,
    commits: Arc<AtomicU64>,
    statements: Arc<AtomicU64>,
}

impl Store {
    /// Opens the embedded database `minsheng.db` in `folder`, which is created when missing.
    ///
    /// # Errors
    /// When the folder cannot be made or the file is no database.
    pub async fn open_folder(folder: &Path, clock: Clock) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = folder.join("minsheng.db");
        Self::open(&format!("sqlite://{}?mode=rwc", file.display()), clock).await
    }

    /// Opens the database at `url` (`sqlite://…` or `postgres://…`).
    ///
    /// # Errors
    /// When there is no answer within ten seconds or the address is not understood.
    pub async fn open(url: &str, clock: Clock) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let statements = Arc::<AtomicU64>::default();
            let writer = counted(connect_sqlite(url, 1).await?, &statements);
            let reader = counted(connect_sqlite(url, SQLITE_READERS).await?, &statements);
            Ok(Self { reader, writer, clock, commits: Arc::default(), statements })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect_timeout(Duration::from_secs(10))
                .sqlx_logging(false)
                .map_sqlx_postgres_opts(|options| options.options([("client_min_messages", "warning")]));
            let statements = Arc::<AtomicU64>::default();
            let connection = counted(Database::connect(options).await?, &statements);
            Ok(Self { reader: connection.clone(), writer: connection, clock, commits: Arc::default(), statements })
        }
    }

    /// The connection for reading.
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.reader.get_database_backend()
    }

    /// How many writes this process has committed: whoever keeps what it read may see that it is old.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// How many statements this process has sent: what a page costs is the difference, and a test keeps it bounded.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// The same database under another clock.
    #[must_use]
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    /// The clock that stamps every write.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Brings the database up to these lists, those first on which others stand; what it has already is left alone.
    ///
    /// # Errors
    /// When the database fails, or holds a migration that no list knows.
    pub async fn migrate(&self, lists: &[Migrations]) -> Result<()> {
        Ok(Lists(lists).up(&self.writer, None).await?)
    }

    /// The connection for rows that are nobody's act, such as when a session was last seen. What a person does is
    /// written through [`Store::begin`].
    pub fn for_upkeep(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a write of rows that are nobody's act, such as what machines report every second: several statements that
    /// belong together, without an audit event. What a person does is written through [`Store::begin`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_upkeep(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.backend() == Backend::Sqlite).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        #[expect(clippy::disallowed_methods, reason = "the one place that opens a transaction without an actor")]
        let inner = self.writer.begin_with_options(options).await?;
        Ok(inner)
    }

    /// Begins a write in the name of `actor`.
    ///
    /// On SQLite the write lock is taken at once, so that reading and then writing cannot fail half-way.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, actor: &Actor) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.backend() == Backend::Sqlite).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        #[expect(clippy::disallowed_methods, reason = "the one place that opens a transaction")]
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx { inner, actor: actor.clone(), at_ms: self.clock.now_ms(), recorded: 0, commits: self.commits.clone() })
    }
}

/// The same connection, with every statement counted.
fn counted(mut connection: DatabaseConnection, statements: &Arc<AtomicU64>) -> DatabaseConnection {
    let statements = Arc::clone(statements);
    connection.set_metric_callback(move |_| {
        statements.fetch_add(1, Ordering::Relaxed);
    });
    connection
}

async fn connect_sqlite(url: &str, connections: u32) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(120))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .pragma("journal_mode", "WAL")
                // An acknowledged write survives a power cut, not only a crash of the program.
                .pragma("synchronous", "FULL")
                .pragma("foreign_keys", "ON")
                .pragma("busy_timeout", "60000")
                .pragma("temp_store", "MEMORY")
                .pragma("cache_size", "-8000")
        });
    Ok(Database::connect(options).await?)
}

/// Who writes.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account, if a person is signed in.
    pub account: Option<Uuid>,
    /// The name that the audit chain shows: a sign-in name, or what the program itself does (`import`, `demo`).
    pub name: String,
}

impl Actor {
    /// The program itself, doing `what` for whoever operates it.
    pub fn operator(what: &str) -> Self {
        Self { account: None, name: what.to_owned() }
    }
}

/// A write under way. Dropped without [`Tx::commit`], it never happened.
pub struct Tx {
    inner: DatabaseTransaction,
    actor: Actor,
    at_ms: i64,
    recorded: u32,
    commits: Arc<AtomicU64>,
}

impl Tx {
    /// The connection to hand to entities.
    pub fn on(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// The instant of this write in Unix milliseconds; every row it makes carries the same.
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// Who writes.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Appends `event` to the audit chain and returns its number.
    ///
    /// On PostgreSQL this takes the lock on the chain's head until the commit, so record last in long writes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&mut self, event: Event) -> Result<i64> {
        let number = audit::append(&self.inner, &self.actor, self.at_ms, event).await?;
        self.recorded += 1;
        Ok(number)
    }

    /// Makes the write durable.
    ///
    /// # Errors
    /// [`Error::Unrecorded`] when no event was recorded; otherwise when the database fails.
    pub async fn commit(self) -> Result<()> {
        if self.recorded == 0 {
            return Err(Error::Unrecorded);
        }
        self.inner.commit().await?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Gives the write up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn abandon(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}
