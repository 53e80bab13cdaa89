//! Chasing (督办): supervision orders, replies, closings, bottlenecks, catch-up plans, inspections, and the timeline of a project.
//!
//! Who acts: the programme and supervision offices raise orders; responsible bodies answer and apply for closing; the lead body's
//! office checks and the supervision office verifies. What is guaranteed: each step of the ladder stands on the missed deadline of the
//! one before or on a recorded reason; nothing is closed silently. What is deliberately absent: removing an order.

pub mod bottlenecks;
pub mod counts;
pub mod inspections;
pub mod migrations;
pub mod orders;
mod project;
pub mod rules;
mod store;
pub mod tables;
pub mod timeline;
mod todos;
pub mod words;

pub use todos::todos;
use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    let mut steps = orders::steps();
    steps.push(bottlenecks::step());
    steps.extend(inspections::steps());
    steps.push(timeline::step());
    steps
}
