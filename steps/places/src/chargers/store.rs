//! Every query about chargers.

pub mod calls;
pub mod history;
pub mod listing;
pub mod live;
pub mod nearest;
pub mod operators;
pub mod polls;
pub mod ratings;
pub mod rural;
pub mod standing;
pub mod stations;
