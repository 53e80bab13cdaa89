//! Decimals in databases: whole numbers of ten-thousandths, because SQLite has no decimal type.
//!
//! Sums stay exact on both databases, and comparisons are comparisons of whole numbers.

use kernel::Problem;
use rust_decimal::Decimal;

/// Decimal places that are kept; more are refused, never rounded away.
pub const PLACES: u32 = 4;

/// The largest magnitude of one figure: ten trillion, so that a million of them still add up.
pub const LIMIT: i64 = 10_000_000_000_000;

/// The stored form of `value`.
///
/// # Errors
/// When the value has more than four decimal places or is larger than ten trillion (10 万亿).
pub fn to_stored(value: Decimal) -> Result<i64, Problem> {
    if value.abs() >= Decimal::from(LIMIT) {
        return Err(Problem::invalid(
            format!("数值 {value} 过大：绝对值应小于 10 万亿，请检查单位"),
            format!("{value} is too large: less than ten trillion is taken, check the unit"),
        ));
    }
    let mut scaled = value.normalize();
    if scaled.scale() > PLACES {
        return Err(Problem::invalid(
            format!("数值 {value} 的小数位过多：最多 4 位"),
            format!("{value} has too many decimal places: four at most"),
        ));
    }
    scaled.rescale(PLACES);
    Ok(i64::try_from(scaled.mantissa()).expect("the limit fits in 64 bits"))
}

/// The value that was stored, without trailing zeros.
pub fn from_stored(stored: i64) -> Decimal {
    Decimal::new(stored, PLACES).normalize()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_stored_comes_back(mantissa in -99_999_999_999_999_999_i64..=99_999_999_999_999_999, scale in 0_u32..=4) {
            let value = Decimal::new(mantissa, scale);
            prop_assume!(value.abs() < Decimal::from(LIMIT));
            prop_assert_eq!(from_stored(to_stored(value).unwrap()), value);
        }

        #[test]
        fn order_is_kept(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_000_i64..1_000_000_000) {
            let (x, y) = (Decimal::new(a, 3), Decimal::new(b, 2));
            prop_assert_eq!(to_stored(x).unwrap().cmp(&to_stored(y).unwrap()), x.cmp(&y));
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(to_stored(Decimal::from(LIMIT)).unwrap_err().message.zh.contains("过大"));
        assert!(to_stored(Decimal::new(123_456, 5)).unwrap_err().message.zh.contains("小数位"));
        assert_eq!(to_stored(Decimal::new(1_230_000, 6)).unwrap(), 12_300, "zeros at the end are no places");
    }
}
