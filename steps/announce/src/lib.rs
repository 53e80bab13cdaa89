//! Bulletins (公报): a text is checked against the ledger, written from it, signed off and frozen.

pub mod migrations;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![]
}
