//! A bulletin out of the ledger: what can be said, the templates that say it, the text with its figures bound.

pub mod bindings;
pub mod compose;
pub mod document;
pub(crate) mod numbers;
pub mod paper;
pub mod render;
pub mod templates;
