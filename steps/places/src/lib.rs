//! Places: sites (点位) and their map, what people say of them, the registers of facilities and services, chargers.
//!
//! Who acts: offices and responsible bodies enter sites, by hand or from a file; everybody looks at the map, the lists and
//! the page of a site, rates it and reports problems; inspectors note what they see and check what is finished. What is guaranteed: coordinates are
//! kept as they were given, with their system, beside what they mean in WGS 84; every state of a site stays on record;
//! nothing of a programme is shown before it is published; nobody who says something is tracked.

pub mod acceptance;
pub mod catalogue;
pub mod chargers;
pub mod feedback;
pub mod hours;
pub mod map;
pub mod migrations;
pub mod notes;
pub mod registers;
pub mod sites;

use std::sync::Arc;

use web::Step;

use crate::catalogue::Catalogue;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    steps_with(&Arc::new(Catalogue::shipped().clone()))
}

/// As [`steps`], with the operator's own catalogue.
pub fn steps_with(catalogue: &Arc<Catalogue>) -> Vec<Step> {
    let atlas = map::Atlas::default();
    let live = chargers::layer::Live::default();
    let mut steps = map::steps(&atlas, &live);
    steps.extend(sites::steps(&atlas));
    steps.extend(feedback::steps());
    steps.extend(notes::steps());
    steps.extend(acceptance::steps(catalogue));
    steps.extend(registers::steps(catalogue));
    steps.extend(chargers::steps(&live));
    steps
}
