//! Chargers on both databases: operators that notify and are polled, the nearest free connector, pages and feeds.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;
mod pages;
mod polling;
mod receiving;
mod rural;
mod storage;
