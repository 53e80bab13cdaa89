//! Places: sites (点位) and their map, the registers of facilities and services, chargers.

pub mod migrations;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![]
}
