//! One program for the whole year of livelihood projects, on one ledger.
fn main() {}
