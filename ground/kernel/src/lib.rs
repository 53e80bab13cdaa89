//! Regions, periods, permissions, languages and errors: the plain types and pure rules that every step shares.
//!
//! **Architecture invariant.** Nothing here reads a clock, a file, a database or a random source; what a rule needs
//! is handed to it. `kernel` depends on no other crate of the house.

pub mod calendar;
pub mod clock;
mod codes;
pub mod ladder;
pub mod lang;
pub mod period;
pub mod permission;
pub mod problem;
pub mod region;
pub mod rule_set;
pub mod typed;

#[doc(hidden)]
pub use serde;

pub use calendar::Calendar;
pub use clock::Clock;
pub use lang::{Lang, Text, counted_in_english};
pub use period::{Schedule, ScheduleBasis};
pub use permission::{Grant, Permission, Role};
pub use problem::{Place, Problem, ProblemKind};
pub use region::{Level, RegionCode};
pub use rule_set::{RuleSet, RuleSets};
