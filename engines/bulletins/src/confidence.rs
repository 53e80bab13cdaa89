//! How sure a finding is.
//!
//! Each figure is found on one kind of evidence, its [`Class`]. For each class the share of right findings was counted
//! over the texts of `tests/texts` and the published texts that could be had (see docs/bulletins.md for the counts),
//! with one right and one wrong finding added so that a small count claims little (Laplace's rule). That share is the
//! confidence; it falls a little where the numeral had to be repaired, and where nothing says what is counted.

pub use crate::candidates::Class;

/// The share of right findings of a class.
#[must_use]
pub fn of_class(class: Class) -> f64 {
    match class {
        Class::Counted => 0.99,
        Class::Percent => 0.98,
        Class::Cell => 0.96,
        Class::Rank | Class::Coverage => 0.92,
        Class::PercentWords | Class::Words | Class::Scaled => 0.9,
        Class::Named | Class::Range | Class::Run => 0.8,
        Class::Span => 0.7,
    }
}

/// The confidence of one finding: that of its class, less a tenth of the doubt for each thing that speaks against it.
pub(crate) fn of_finding(class: Class, repaired: bool, named: bool) -> f64 {
    let sure = of_class(class) * if repaired { 0.98 } else { 1.0 } * if named { 1.0 } else { 0.95 };
    (sure * 1000.0).round() / 1000.0
}
