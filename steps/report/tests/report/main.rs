//! Reporting and review: on both databases, and as people see it over the real router.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod boundaries;
mod breaking_off;
mod house;
mod pages;
mod proposing;
mod races;
mod storage;
mod table;
mod trail;
mod visitor;
