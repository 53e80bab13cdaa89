//! Who answers and who may act: organisations, persons and posts; accounts, roles and sessions.
//!
//! Who acts: the system administrator makes accounts and organisations, the security administrator grants roles, and
//! everybody signs in and changes the own password. What is guaranteed: passwords are kept as Argon2id only, session
//! tokens as SM3 hashes only; every change is audited, wrong passwords and lock-outs too; the three administrators
//! (三员) never share a person with each other or with business. What is deliberately absent: HTTP and pages – those
//! are in `web`.
//!
//! **Architecture invariant.** [`rules`] reads no clock and draws no random number.

pub mod migrations;
pub mod passwords;
pub mod rules;
pub mod store;
pub mod tables;
mod viewer;

pub use passwords::Passwords;
pub use rules::AccountRules;
pub use viewer::Viewer;
