//! A text against the ledger: which figure each is, whether it is right, and what the text leaves out.

pub(crate) mod gathering;
pub(crate) mod known;
pub mod likeness;
pub mod matching;

pub use gathering::{Checked, check, check_by};
pub use known::{Known, Standing};
