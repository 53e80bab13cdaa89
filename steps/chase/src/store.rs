//! Every query of this step.

pub(crate) mod acts;
pub(crate) mod bottlenecks;
pub(crate) mod inspections;
pub(crate) mod names;
pub(crate) mod numbers;
pub(crate) mod orders;
pub(crate) mod projects;
pub(crate) mod returns;
