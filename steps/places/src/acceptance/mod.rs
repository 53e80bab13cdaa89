//! Acceptance checks (验收核查): the checklist of the catalogue, ticked at one finished site.
//!
//! Who acts: programme and supervision offices in their places – never the body that built. What is guaranteed: a check is
//! written whole, with the wording that was ticked, who, when and for which day, as one row and one audit event; the latest
//! stands, the earlier ones stay on record; what does not hold says why. What is deliberately absent: changing or removing
//! a check, and names of persons in public.

pub(crate) mod migrations;
pub(crate) mod page;
pub mod rules;
pub mod store;
pub mod tables;

use std::sync::Arc;

use crate::catalogue::Catalogue;

/// Every noun here with its routes.
pub(crate) fn steps(catalogue: &Arc<Catalogue>) -> Vec<web::Step> {
    vec![page::step(Arc::clone(catalogue))]
}
