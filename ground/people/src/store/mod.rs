//! Every query of this crate.

pub mod accounts;
pub mod organisations;
pub mod sessions;
