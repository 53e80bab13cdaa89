//! Regions, periods, permissions, rule sets and errors: types and pure rules.
