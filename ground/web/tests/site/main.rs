//! The whole site over its real router, with a fixed clock.

#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod accounts;
mod audit;
mod bench;
mod evidence;
mod ground;
mod live;
mod notices;
mod sign_in;
