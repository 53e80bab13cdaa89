//! Where everything is kept: one code path for SQLite and PostgreSQL, the audit chain, and text search.
//!
//! Who acts: every step, through its own `store.rs`. What is guaranteed: a write is one transaction that also holds
//! its audit event – [`Tx::commit`] refuses otherwise – and the events form an SM3 chain that [`audit::verify`]
//! checks from the first to the last. What is deliberately absent: a repository layer; steps query with entities.
//!
//! **Architecture invariant.** Only this crate and the steps' `store.rs` speak SQL; raw SQL uses `$1` placeholders,
//! which both databases take.

pub mod amount;
pub mod audit;
pub mod bulk;
mod connection;
mod error;
mod hex;
pub mod migrations;
pub mod random;
mod sealing;
pub mod search;
mod table;

pub use connection::{Actor, Backend, Store, Tx};
pub use error::{Error, Result};
pub use hex::hex;
pub use migrations::Migrations;
pub use sealing::{Sealing, Unsealable};
