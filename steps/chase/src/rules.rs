//! The rules of chasing. Pure: the day, the calendar and the place's rule set are arguments.

pub mod closing;
pub mod findings;
pub mod ladder;
pub mod proposals;
pub mod wording;
