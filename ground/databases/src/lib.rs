//! Real databases for tests: a PostgreSQL of one's own, gone when the test is.
//!
//! [`on_both!`] runs each test on a database of both kinds. A test that needs more asks for [`Postgres::shared`] and then
//! for one [`Postgres::fresh_database`]; nothing is shared between tests but the server. `cargo xtask test` starts one server for the whole run and names it in [`SERVER_VARIABLE`];
//! without the variable (`cargo test`, an editor) each test process starts its own. A missing PostgreSQL is an
//! error, never a skipped test.
//!
//! Only for `[dev-dependencies]` and xtask: the product never depends on this crate.

mod both;
mod programs;
mod server;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

#[doc(hidden)]
pub use tempfile::tempdir;

use crate::programs::Programs;
use crate::server::Server;

/// Environment variable with the URL of a running server that tests may create databases on,
/// such as `postgres://postgres@127.0.0.1:40123/postgres`. The user must be allowed to create databases.
/// Not `MINSHENG_…`: the program reads those as settings and refuses one that it does not know.
pub const SERVER_VARIABLE: &str = "TEST_POSTGRES_URL";

/// Why there is no database to test on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server's programs are not on this machine.
    #[error(
        "PostgreSQL is missing ({0} not found in /usr/lib/postgresql/*/bin or PATH); on Debian: apt-get install postgresql"
    )]
    Missing(&'static str),
    /// PostgreSQL refuses to run as root, and there is no other user to run it as.
    #[error("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as")]
    NoUser,
    /// A folder could not be made or a program not be started.
    #[error("{what}")]
    Io {
        /// What was being done.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A program of PostgreSQL ran and failed.
    #[error("{program} failed: {said}")]
    Failed {
        /// Name of the program.
        program: &'static str,
        /// What it wrote before it gave up.
        said: String,
    },
}

/// A PostgreSQL server. The one that [`Postgres::start`] started stops when the last handle and the last
/// [`Database`] made from it are dropped, or when the process dies in whatever way.
#[derive(Clone, Debug)]
pub struct Postgres {
    programs: Programs,
    url: String,
    /// Kept alive, never read; `None` for a server that somebody else runs.
    _server: Option<Arc<Server>>,
}

/// The server of this process, as long as anybody holds it.
static OWN: Mutex<Weak<Server>> = Mutex::new(Weak::new());

impl Postgres {
    /// The server named by [`SERVER_VARIABLE`] or, without it, one per process that is started on first use.
    ///
    /// # Errors
    /// When there is no variable and no PostgreSQL can be started.
    pub fn shared() -> Result<Self, Error> {
        let programs = Programs::find()?;
        if let Ok(url) = std::env::var(SERVER_VARIABLE) {
            return Ok(Self { programs, url, _server: None });
        }
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let server = match own.upgrade() {
            Some(server) => server,
            None => Arc::new(Server::start(&programs)?),
        };
        *own = Arc::downgrade(&server);
        Ok(Self { programs, url: server.url(), _server: Some(server) })
    }

    /// Starts a server of one's own on a free port of the loopback address, in a folder that goes with it.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start; the text holds what it said.
    pub fn start() -> Result<Self, Error> {
        let programs = Programs::find()?;
        let server = Server::start(&programs)?;
        Ok(Self { programs, url: server.url(), _server: Some(Arc::new(server)) })
    }

    /// URL of the maintenance database, as in [`SERVER_VARIABLE`].
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Creates an empty database that is dropped with the value returned.
    ///
    /// # Errors
    /// When the server does not answer or does not let the user create databases.
    pub fn fresh_database(&self) -> Result<Database, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("test_{}_{count}", std::process::id());
            let output = Command::new(self.programs.path("createdb"))
                .arg(format!("--maintenance-db={}", self.url))
                .args(["--template=template0", "--encoding=UTF8", &name])
                .output()
                .map_err(|source| Error::Io { what: "createdb could not be started", source })?;
            if output.status.success() {
                return Ok(Database { url: sibling(&self.url, &name), name, postgres: self.clone() });
            }
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            // Left behind by a killed process that had the same number as this one.
            if !said.contains("already exists") {
                return Err(Error::Failed { program: "createdb", said });
            }
        }
    }
}

/// An empty database of one test; dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    postgres: Postgres,
    name: String,
    url: String,
}

impl Database {
    /// URL to connect to, such as `postgres://postgres@127.0.0.1:40123/test_77_0`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A failure leaves a database on a server that is about to go: nothing to act on.
        let _ = Command::new(self.postgres.programs.path("dropdb"))
            .arg(format!("--maintenance-db={}", self.postgres.url))
            .args(["--force", "--if-exists", &self.name])
            .output();
    }
}

/// URL of the SQLite database in `folder`, which is made when it is opened.
#[must_use]
pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}?mode=rwc", folder.join("minsheng.db").display())
}

/// The URL of another database on the same server; parameters after `?` are kept.
fn sibling(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(address, rest)| (address, Some(rest)));
    let authority = address.find("://").map_or(0, |at| at + 3);
    let server = address[authority..].find('/').map_or(address, |at| &address[..authority + at]);
    match parameters {
        Some(parameters) => format!("{server}/{name}?{parameters}"),
        None => format!("{server}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::sibling;

    #[test]
    fn sibling_replaces_only_the_database() {
        for (url, expected) in [
            ("postgres://postgres@127.0.0.1:4000/postgres", "postgres://postgres@127.0.0.1:4000/new"),
            ("postgres://postgres@127.0.0.1:4000", "postgres://postgres@127.0.0.1:4000/new"),
            ("postgres://a:b@h/db?sslmode=disable", "postgres://a:b@h/new?sslmode=disable"),
        ] {
            assert_eq!(sibling(url, "new"), expected, "{url}");
        }
    }
}
