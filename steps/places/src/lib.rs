//! Places: sites (点位) and their map, the registers of facilities and services, chargers.

pub mod catalogue;
pub mod chargers;
pub mod hours;
pub mod migrations;
pub mod registers;

use std::sync::Arc;

use web::Step;

use crate::catalogue::Catalogue;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    steps_with(&Arc::new(Catalogue::shipped().clone()))
}

/// As [`steps`], with the operator's own catalogue.
pub fn steps_with(catalogue: &Arc<Catalogue>) -> Vec<Step> {
    let mut steps = registers::steps(catalogue);
    steps.extend(chargers::steps());
    steps
}
