//! Sites and their map over a real store: imports on both databases, the public pages, the tiles, the office.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod house;
mod pages;
mod storage;
