//! The yearly assessment (综合考核): scores of organisations and regions by a versioned rule set.
//!
//! Who acts: the programme and supervision offices run it and keep it. What is guaranteed: a kept score can be replayed from its
//! inputs and its rule set, and every input leads back to the ledger. What is deliberately absent: scores typed by hand without
//! a source.

pub mod migrations;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    Vec::new()
}
