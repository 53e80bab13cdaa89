//! The portal over HTTP: the real router, the shipped sample years, a fixed clock.
#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod api;
mod changes;
mod entries;
mod house;
mod indicators;
mod lights;
mod matters;
mod money;
mod open_data;
mod reader;
mod regions;
mod scoreboard;
mod search;
mod site;
mod start;
