//! A number together with the way it was printed.

use std::fmt;

use rust_decimal::Decimal;

use crate::precision::{Precision, power_of_ten};
use crate::print::{group, print_number};

/// A value with the precision it was printed with. `Display` prints it in that form again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    /// The value in ones, 万 and 亿 expanded: 33100 for 3.31万.
    pub value: Decimal,
    /// The form it was printed in.
    pub precision: Precision,
}

impl Number {
    /// A value that is known to every digit, such as one computed from the ledger.
    #[must_use]
    pub fn exact(value: Decimal) -> Self {
        Self { value: value.normalize(), precision: Precision::of(value) }
    }

    /// The printed form with thousands separators, for screens: 15300万 is “15,300万”.
    #[must_use]
    pub fn grouped(self) -> String {
        group(&self.to_string())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&print_number(self.value, self.precision))
    }
}

impl From<u32> for Number {
    fn from(count: u32) -> Self {
        Self { value: Decimal::from(count), precision: Precision::EXACT }
    }
}

/// The value in ten-thousandths, the whole number a database column holds.
///
/// `None` when the value has more than four decimals or does not fit: storing must never lose a digit silently.
#[must_use]
pub fn to_ten_thousandths(value: Decimal) -> Option<i64> {
    let scaled = value.checked_mul(power_of_ten(4))?;
    if scaled.fract().is_zero() { i64::try_from(scaled.trunc()).ok() } else { None }
}

/// The value that [`to_ten_thousandths`] stored.
#[must_use]
pub fn from_ten_thousandths(stored: i64) -> Decimal {
    Decimal::new(stored, 4).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storing_keeps_every_digit_or_refuses() {
        for text in ["0", "33100", "56.0", "-60", "139.48", "9999999999999", "0.0001"] {
            let value: Decimal = text.parse().expect("a decimal");
            let stored = to_ten_thousandths(value).expect("fits");
            assert_eq!(from_ten_thousandths(stored), value);
        }
        for text in ["0.00001", "79228162514264337593543950335", "922337203685478"] {
            let value: Decimal = text.parse().expect("a decimal");
            assert_eq!(to_ten_thousandths(value), None, "{text}");
        }
    }

    #[test]
    fn grouped_keeps_decimals_and_magnitude() {
        let number = crate::parse_number("159377.82万").expect("a number");
        assert_eq!(number.grouped(), "159,377.82万");
        assert_eq!(format!("{number:>12}"), "  159377.82万");
    }
}
