//! The board over a real store: what offices see, on which day, and who may.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;
mod pages;
mod planned;
mod state;

use testing::visitor;
