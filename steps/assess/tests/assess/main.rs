//! The yearly assessment over a real store: scored, kept, replayed; pages and API; who may not.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;
mod keeping;
mod office;
mod sheets;

use testing::visitor;
