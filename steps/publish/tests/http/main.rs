//! The portal over HTTP: the real router, the shipped sample years, a fixed clock.
#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod entries;
mod indicators;
mod matters;
mod money;
mod reader;
mod scoreboard;
mod search;
mod site;
mod start;
