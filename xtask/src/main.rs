//! Set-up, bundle, build, demo and test: what the README and CI call.
fn main() {}
