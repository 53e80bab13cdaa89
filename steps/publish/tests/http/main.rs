//! The portal over HTTP: the real router, the shipped sample years, a fixed clock.

mod matters;
mod money;
mod search;
mod site;
