//! The rules of reporting: pure functions; day, rule set and history are arguments.

pub mod calendar;
pub mod levels;
pub mod lines;
pub mod moves;
pub mod outliers;
pub mod owed;
pub mod window;
