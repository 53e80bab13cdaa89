//! Registers: entries on both databases, pages and API over a real store.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;
mod pages;
mod proposals;
mod sheets;
mod storage;
