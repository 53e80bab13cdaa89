//! How finely a number was printed, and rounding to that.

use rust_decimal::{Decimal, RoundingStrategy};

/// The power of ten a numeral is printed in: the 万 of 3.31万.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Magnitude {
    /// No suffix.
    #[default]
    One,
    /// 百, 10².
    Hundred,
    /// 千, 10³.
    Thousand,
    /// 万, 10⁴.
    TenThousand,
    /// 百万, 10⁶.
    Million,
    /// 千万, 10⁷.
    TenMillion,
    /// 亿, 10⁸.
    HundredMillion,
    /// 百亿, 10¹⁰.
    TenBillion,
    /// 千亿, 10¹¹.
    HundredBillion,
    /// 万亿, 10¹².
    Trillion,
}

/// Every magnitude with its exponent and its suffix in print.
const MAGNITUDES: [(Magnitude, u8, &str); 10] = [
    (Magnitude::One, 0, ""),
    (Magnitude::Hundred, 2, "百"),
    (Magnitude::Thousand, 3, "千"),
    (Magnitude::TenThousand, 4, "万"),
    (Magnitude::Million, 6, "百万"),
    (Magnitude::TenMillion, 7, "千万"),
    (Magnitude::HundredMillion, 8, "亿"),
    (Magnitude::TenBillion, 10, "百亿"),
    (Magnitude::HundredBillion, 11, "千亿"),
    (Magnitude::Trillion, 12, "万亿"),
];

impl Magnitude {
    /// The power of ten: 4 for 万, 8 for 亿.
    #[must_use]
    pub fn exponent(self) -> u8 {
        MAGNITUDES[self as usize].1
    }

    /// The suffix as printed; empty for [`Magnitude::One`].
    #[must_use]
    pub fn suffix(self) -> &'static str {
        MAGNITUDES[self as usize].2
    }

    /// What one of it is worth: 10000 for 万.
    #[must_use]
    pub fn factor(self) -> Decimal {
        power_of_ten(i16::from(self.exponent()))
    }

    /// The magnitude of a suffix; the empty text is [`Magnitude::One`].
    #[must_use]
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        MAGNITUDES.iter().find(|row| row.2 == suffix).map(|row| row.0)
    }

    /// The magnitude with this exponent.
    #[must_use]
    pub fn from_exponent(exponent: u8) -> Option<Self> {
        MAGNITUDES.iter().find(|row| row.1 == exponent).map(|row| row.0)
    }
}

/// The form a number was printed in: how many decimals, in which magnitude.
///
/// 3.31万 has two places in 万; 56.0 has one place; 45004 has none and is taken as exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Precision {
    /// Decimals after the point, trailing zeros counted: 2 for 30.60万. At most [`Precision::MOST_PLACES`].
    pub places: u8,
    /// What the printed digits count.
    pub magnitude: Magnitude,
}

impl Precision {
    /// A whole number without 万 or 亿: nothing was rounded away.
    pub const EXACT: Self = Self { places: 0, magnitude: Magnitude::One };

    /// More decimals than this are refused when reading.
    pub const MOST_PLACES: u8 = 10;

    /// A plain number with this many decimals.
    #[must_use]
    pub const fn places(places: u8) -> Self {
        Self { places, magnitude: Magnitude::One }
    }

    /// The plain form that prints every digit of `value`: 4.45 needs two places, 45004 none.
    ///
    /// For values that come without a printed numeral. Digits past [`Precision::MOST_PLACES`] do not count.
    #[must_use]
    pub fn of(value: Decimal) -> Self {
        let scale = value.normalize().scale();
        Self::places(u8::try_from(scale).unwrap_or(Self::MOST_PLACES).min(Self::MOST_PLACES))
    }

    /// How a sum of money that nobody printed is told beside printed ones: in 亿 or 万 where it is that large, with at
    /// most two decimals: 1188096000 as 11.88亿, 283484900 as 2.83亿, 29309 as 2.93万.
    ///
    /// Rounds what is printed only; where every digit counts, print with [`print_compact`](crate::print_compact).
    #[must_use]
    pub fn of_money(yuan: Decimal) -> Self {
        let magnitude = [Magnitude::HundredMillion, Magnitude::TenThousand]
            .into_iter()
            .find(|magnitude| yuan.abs() >= magnitude.factor())
            .unwrap_or_default();
        let units = yuan.checked_div(magnitude.factor()).unwrap_or(yuan);
        let Self { places, .. } = Self::of(round(units, 2));
        Self { places, magnitude }
    }

    /// The value of one unit in the last printed place: 100 for 3.31万, 0.1 for 56.0, 1 for 45004.
    #[must_use]
    pub fn quantum(self) -> Decimal {
        power_of_ten(i16::from(self.magnitude.exponent()) - i16::from(self.places))
    }

    /// True for a whole number without a magnitude, which bulletins count out rather than round.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self == Self::EXACT
    }

    /// One small number for a database column: exponent × 100 + places, so 3.31万 is 402 and 56.0 is 1.
    #[must_use]
    pub fn to_code(self) -> i16 {
        i16::from(self.magnitude.exponent()) * 100 + i16::from(self.places)
    }

    /// The precision of a stored code; `None` for a number that [`Precision::to_code`] never gives.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        let code = u16::try_from(code).ok()?;
        let magnitude = Magnitude::from_exponent(u8::try_from(code / 100).ok()?)?;
        let places = u8::try_from(code % 100).ok().filter(|places| *places <= Self::MOST_PLACES)?;
        Some(Self { places, magnitude })
    }
}

/// Rounds half up in size, as bulletins do: 0.25 → 0.3 and −0.25 → −0.3.
#[must_use]
pub fn round(value: Decimal, places: u8) -> Decimal {
    value.round_dp_with_strategy(u32::from(places), RoundingStrategy::MidpointAwayFromZero)
}

/// 10 to a power within what a [`Decimal`] holds.
pub(crate) fn power_of_ten(exponent: i16) -> Decimal {
    let size = u32::from(exponent.unsigned_abs()).min(18);
    if exponent < 0 { Decimal::new(1, size) } else { Decimal::from(10_u64.pow(size)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magnitudes_are_listed_in_their_order() {
        for (index, (magnitude, exponent, suffix)) in MAGNITUDES.into_iter().enumerate() {
            assert_eq!(magnitude as usize, index);
            assert_eq!(Magnitude::from_exponent(exponent), Some(magnitude));
            assert_eq!(Magnitude::from_suffix(suffix), Some(magnitude));
        }
    }

    #[test]
    fn codes_can_be_read_back_and_strange_ones_refused() {
        for (magnitude, ..) in MAGNITUDES {
            for places in 0..=Precision::MOST_PLACES {
                let precision = Precision { places, magnitude };
                assert_eq!(Precision::from_code(precision.to_code()), Some(precision));
            }
        }
        for code in [-1, i16::MIN, 11, 99, 100, 500, 1300, i16::MAX] {
            assert_eq!(Precision::from_code(code), None, "{code}");
        }
    }

    #[test]
    fn money_keeps_two_decimals_of_its_largest_unit() {
        for (yuan, printed) in [
            ("3883977800", "38.84亿"),
            ("1188096000", "11.88亿"),
            ("4016000000", "40.16亿"),
            ("2400000000", "24亿"),
            ("283484900", "2.83亿"),
            ("99999999", "10000万"),
            ("29309", "2.93万"),
            ("9999.5", "9999.5"),
            ("-676904000", "-6.77亿"),
            ("0", "0"),
        ] {
            let yuan: Decimal = yuan.parse().expect("a decimal");
            assert_eq!(crate::print_number(yuan, Precision::of_money(yuan)), printed);
        }
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (value, places, rounded) in
            [("55.95", 1, "56.0"), ("0.25", 1, "0.3"), ("-0.25", 1, "-0.3"), ("2.5", 0, "3"), ("2.49", 0, "2")]
        {
            let value: Decimal = value.parse().expect("a decimal");
            assert_eq!(round(value, places).to_string(), rounded);
        }
    }
}
