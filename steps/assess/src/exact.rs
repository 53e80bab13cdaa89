//! Numbers of a scheme: whole, or decimals as text, so that no binary fraction ever becomes a rule.

use std::fmt;
use std::ops::Deref;

use rust_decimal::Decimal;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

/// Beyond this a number of a scheme is a slip of the pen.
const LIMIT: i64 = 1_000_000;

/// A number of a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(Decimal);

impl Deref for Exact {
    type Target = Decimal;

    fn deref(&self) -> &Decimal {
        &self.0
    }
}

impl From<Decimal> for Exact {
    fn from(number: Decimal) -> Self {
        Self(number)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExactVisitor)
    }
}

struct ExactVisitor;

impl Visitor<'_> for ExactVisitor {
    type Value = Exact;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number, or a decimal as text such as \"0.25\"")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Exact, E> {
        within(Decimal::from(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Exact, E> {
        within(Decimal::from(number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
        let number: Decimal = text.parse().map_err(|_| E::custom(format!("“{text}” is no decimal")))?;
        if number.normalize().scale() > 4 {
            return Err(E::custom(format!("“{text}” has more than four decimal places")));
        }
        within(number)
    }
}

fn within<E: de::Error>(number: Decimal) -> Result<Exact, E> {
    if number.abs() > Decimal::from(LIMIT) {
        return Err(E::custom(format!("{number} is beyond {LIMIT}")));
    }
    Ok(Exact(number.normalize()))
}
