//! Every query of this step.

pub(crate) mod acts;
pub(crate) mod numbers;
pub(crate) mod orders;
