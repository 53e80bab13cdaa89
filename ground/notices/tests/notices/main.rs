//! Notices on both databases, with a mail server and a webhook receiver of one's own.

#![expect(clippy::unwrap_used, reason = "a test stops at the first fault")]

mod delivery;
mod house;
mod outbox;
mod postbox;
