//! Announcing: texts against the ledger, bulletins from it, sign-off and its races, pages, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod closed_loop;
mod house;
mod matching;
mod pages;
mod published;
mod storage;
mod thresholds;

use testing::visitor;
