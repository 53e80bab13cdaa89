//! Reporting (填报) and its review (审核): rounds, what each body owes, returns, approval into the ledger.
//!
//! Who acts: the programme office opens and closes rounds and allows late returns; responsible bodies fill in and submit;
//! reviewers of up to three levels approve or send back. What is guaranteed: nobody reviews a return that they filled in; an
//! approved return becomes ledger entries in the same transaction, and their trail names everybody; of two people who act on one
//! return at once the slower is told (409) and loses nothing typed. What is deliberately absent: figures that reach the ledger
//! unreviewed, and changes of an approved return – a wrong figure is corrected in the ledger, with a reason.

mod by;
pub mod migrations;
pub mod rules;
pub mod tables;
pub mod words;

pub use by::By;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    Vec::new()
}
