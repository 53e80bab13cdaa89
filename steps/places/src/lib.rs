//! Places: sites (点位) and their map, the registers of facilities and services, chargers.
//!
//! Who acts: offices and responsible bodies enter sites, by hand or from a file; everybody looks at the map, the lists and
//! the page of a site. What is guaranteed: coordinates are kept as they were given, with their system, beside what they
//! mean in WGS 84; every state of a site stays on record; nothing of a programme is shown before it is published.

pub mod map;
pub mod migrations;
pub mod sites;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    let atlas = map::Atlas::default();
    let mut steps = map::steps(&atlas);
    steps.extend(sites::steps(&atlas));
    steps
}
