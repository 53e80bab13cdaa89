//! The office's step: sheets in and out, pages and API, over a real store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod adjusting_race;
mod adjustments;
mod adopted;
mod bad_input;
mod course;
mod house;
mod office;
mod shares;
mod sheets;
mod split_race;

use testing::visitor;
