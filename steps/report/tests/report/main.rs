//! Reporting and review: on both databases, and as people see it over the real router.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod house;
mod pages;
mod races;
mod storage;
mod visitor;
