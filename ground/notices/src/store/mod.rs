//! Every query about notices.

pub mod inbox;
pub mod outbox;
pub mod subscriptions;
