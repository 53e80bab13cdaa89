//! Evidence on both databases: what is taken, what is refused, what the public copy holds, what is swept.

#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod crafted;
mod lifecycle;
mod refusals;
