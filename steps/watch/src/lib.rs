//! Watching (监测): schedules, lights, forecasts, rankings, who has not reported; the live board.
//!
//! Who acts: the programme office, the supervision office and the bodies look; nobody writes here. What is guaranteed: every light
//! says by which rule it is lit; a forecast is marked as one; the board of any day can be seen as it was. What is deliberately absent:
//! figures of its own – everything is derived from the ledger, the plan and the returns.

mod api;
mod asked;
mod board;
mod bodies;
pub mod digest;
mod heading;
mod list;
mod live;
mod project;
mod regions;
mod rows;
pub mod rules;
mod shown;
pub mod state;
mod store;

pub use asked::read_day;

use web::Step;

/// Every noun of this step with its routes.
pub fn steps() -> Vec<Step> {
    vec![list::step(), board::step(), regions::step(), bodies::step(), project::step(), live::step(), api::step()]
}
