//! Chargers: operators' stations and connectors with their live status, the nearest free one, availability, ratings.
//!
//! Who acts: operators, who notify by T/CEC 102 and are polled; the programme office and the system administrator, who
//! register them; everybody, who looks for a connector. What is guaranteed: nothing is taken without a valid signature, a
//! valid token and a message that was not seen before; a status that was not heard of lately counts as unknown, and how
//! old it is is always shown; statuses are kept as they changed, so that availability can be computed for any time.
//! What is deliberately absent: orders, drivers, cars, payments – nothing here is about a person.

mod api;
mod find;
pub mod intake;
pub mod layer;
mod migrations;
mod ocpi;
pub mod operators;
pub mod poll;
pub mod ratings;
pub mod receive;
pub mod rules;
pub mod rural;
pub(crate) mod shown;
pub mod simulator;
mod station;
pub mod store;
pub mod tables;

pub use migrations::list as migrations;
use web::Step;

/// Marks an answer as one that lives beside the ledger: not to be kept as long as the ledger stands still.
pub(crate) fn uncached(mut response: axum::response::Response) -> axum::response::Response {
    use axum::http::HeaderValue;
    use axum::http::header::CACHE_CONTROL;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Pages, API, and the end that operators call.
pub(crate) fn steps(live: &layer::Live) -> Vec<Step> {
    vec![
        find::step(live),
        station::step(),
        ratings::step(),
        api::step(),
        ocpi::step(),
        receive::step(),
        operators::step(),
        rural::step(),
    ]
}
