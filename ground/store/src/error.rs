//! Two sorts of failure: a problem that a person can mend, and a fault that only an operator can.

use kernel::Problem;
use sea_orm::{DbErr, SqlErr};

/// The result of everything that touches the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something the caller can act on.
    #[error("{0}")]
    Problem(#[from] Problem),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A row does not hold what its column promises.
    #[error("{table}.{column} of row {row} cannot be read: {why}")]
    BrokenRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's key.
        row: String,
        /// What stands there.
        why: String,
    },
    /// A file could not be read or written.
    #[error("a file could not be read or written")]
    File(#[from] std::io::Error),
    /// A write was to be committed without an audit event: a fault of the program.
    #[error("a write without an audit event was refused")]
    Unrecorded,
}

impl Error {
    /// The problem to show, if a person can act on it.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            _ => None,
        }
    }

    /// Whether a uniqueness rule of the database was violated.
    pub fn is_duplicate(&self) -> bool {
        matches!(self, Self::Database(fault) if matches!(fault.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))))
    }
}
