//! What people say of sites, and what inspectors note: on both databases, and over the pages.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod acceptance;
mod codes;
#[path = "../registers/house.rs"]
#[expect(dead_code, reason = "the house serves the registers as well")]
mod house;
mod pages;
mod sites;
mod storage;
