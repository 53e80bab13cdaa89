//! How sure a finding is.
//!
//! Each figure is found on one kind of evidence, its [`Class`]. `data/confidence.toml` has, for each class, how many of
//! its findings were right and wrong when the reader first met texts that its rules were not made on. With one right
//! and one wrong finding added, so that few cases claim little (Laplace's rule of succession), the share of right ones
//! is the confidence. Nothing of it is set by hand.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

pub use crate::candidates::Class;

/// The counts as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    /// The texts that were counted.
    #[expect(dead_code, reason = "for readers of the file")]
    texts: Vec<String>,
    /// Right and wrong findings.
    classes: BTreeMap<Class, (u32, u32)>,
}

fn counts() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    COUNTS
        .get_or_init(|| toml::from_str(include_str!("../data/confidence.toml")).expect("the shipped counts are sound"))
}

/// The share of right findings of a class, from 0 to 1.
#[must_use]
pub fn of_class(class: Class) -> f64 {
    let (right, wrong) = counts().classes.get(&class).copied().unwrap_or_default();
    let share = f64::from(right + 1) / f64::from(right + wrong + 2);
    (share * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_counted_and_few_cases_claim_little() {
        for class in Class::EVERY {
            let share = of_class(class);
            let (right, wrong) = counts().classes.get(&class).copied().expect("it was counted");
            // Half is claimed at least, but for a class of which more were wrong than right.
            let least = if right < wrong { 0.1 } else { 0.5 };
            assert!((least..1.0).contains(&share), "{class:?}: {share}");
        }
        assert!(of_class(Class::Counted) > of_class(Class::Run));
    }
}
