//! `minsheng demo --rich`: Ningbo 2024 as a whole year, generated and labelled 演示数据.
//!
//! Two halves. The generator is pure: from the shipped description, the published figures of June and a seed it makes
//! targets, shares of ten districts and twelve monthly rounds whose June totals are the published ones, exactly. The
//! loader then lives the year through the functions that the pages call, under a fixed clock, as the demo accounts.

mod chance;
mod course;
mod money;
mod shape;
mod share;
mod targets;
mod year;

#[cfg(test)]
mod tests;
