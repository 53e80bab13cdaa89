//! The map of what is being built: boundaries, vector tiles, and the page around them.
//!
//! What is guaranteed: only sites of published programmes are shown; no page asks another host for anything unless the
//! operator has set a key for 天地图; where somebody is, is never stored. What is deliberately absent: street maps.

pub mod boundaries;
pub(crate) mod canvas;
mod locator;
pub(crate) mod migrations;
mod page;
pub mod snapshot;
pub mod tiles;

pub(crate) use canvas::{Canvas, Pin};
pub(crate) use locator::Locator;
pub(crate) use snapshot::{Atlas, Filter, Snapshot};

use crate::chargers::layer::Live;

/// Every noun here with its routes.
pub(crate) fn steps(atlas: &Atlas, live: &Live) -> Vec<web::Step> {
    vec![page::step(atlas, live), tiles::step(atlas, live)]
}
