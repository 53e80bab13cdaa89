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
use web::{Keeper, Step};

/// The evidence of what was done to orders.
pub const ORDER_KEEPER: Keeper =
    Keeper { kind: orders::EVIDENCE, may_read: |app, me, act| Box::pin(orders::may_read(app, me, act)) };

/// The evidence of findings and of their mending.
pub const FINDING_KEEPER: Keeper =
    Keeper { kind: inspections::EVIDENCE, may_read: |app, me, act| Box::pin(inspections::may_read(app, me, act)) };

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    let mut steps = orders::steps();
    steps.push(bottlenecks::step());
    steps.extend(inspections::steps());
    steps.push(timeline::step());
    steps
}
