//! The ledger on both databases: the same tests, once on SQLite and once on a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test stops at the first fault and says what it skips")]

mod series;
mod shares;
mod storage;
