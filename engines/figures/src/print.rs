//! Print values the way bulletins and screens show them.

use rust_decimal::Decimal;

use crate::precision::{Magnitude, Precision, round};

/// Prints a value in the given form, rounding half up to it: 33100 in two places of 万 is “3.31万”.
#[must_use]
pub fn print_number(value: Decimal, precision: Precision) -> String {
    let shrink = Decimal::new(1, u32::from(precision.magnitude.exponent()));
    let digits = value.checked_mul(shrink).unwrap_or(value);
    format!("{}{}", with_places(digits, precision.places), precision.magnitude.suffix())
}

/// Prints a plain number with thousands separators, its decimals kept: “5,073”, “45,004”, “13,883.57”.
#[must_use]
pub fn print_grouped(value: Decimal) -> String {
    group(&value.to_string())
}

/// Prints a value short, in 亿 or 万 where at most two decimals carry every digit, and in full otherwise.
///
/// 4016000000 is “40.16亿”, 1593778200 “159,377.82万”, 18398 “18,398”. Meant for money and other large amounts.
#[must_use]
pub fn print_compact(value: Decimal) -> String {
    for magnitude in [Magnitude::HundredMillion, Magnitude::TenThousand] {
        if value.abs() < magnitude.factor() {
            continue;
        }
        let Some(digits) = value.checked_div(magnitude.factor()) else {
            continue;
        };
        let digits = digits.normalize();
        if digits.scale() <= 2 && digits.checked_mul(magnitude.factor()) == Some(value) {
            return format!("{}{}", group(&digits.to_string()), magnitude.suffix());
        }
    }
    group(&value.normalize().to_string())
}

/// Prints a share on the scale 0–100: 58.589… with one place is “58.6%”.
#[must_use]
pub fn print_percent(value: Decimal, places: u8) -> String {
    format!("{}%", with_places(value, places))
}

/// Prints a difference of percents, which is in points and never in %: “8.6个百分点”.
#[must_use]
pub fn print_points(value: Decimal, places: u8) -> String {
    format!("{}个百分点", with_places(value, places))
}

/// Puts a comma between each three digits before the decimal point; what follows the digits is left alone.
pub(crate) fn group(printed: &str) -> String {
    let start = printed.find(|c: char| c.is_ascii_digit()).unwrap_or(printed.len());
    let end = printed[start..].find(|c: char| !c.is_ascii_digit()).map_or(printed.len(), |length| start + length);
    let mut grouped = String::with_capacity(printed.len() + (end - start) / 3);
    grouped.push_str(&printed[..start]);
    for (index, digit) in printed[start..end].char_indices() {
        if index > 0 && (end - start - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(&printed[end..]);
    grouped
}

/// Exactly `places` decimals, and never “-0”.
fn with_places(value: Decimal, places: u8) -> String {
    let rounded = round(value, places);
    let rounded = if rounded.is_zero() { Decimal::ZERO } else { rounded };
    // Padded by hand: formatting a Decimal with a precision panics past 32 digits.
    let mut printed = rounded.to_string();
    let printed_places = printed.find('.').map_or(0, |point| printed.len() - point - 1);
    if printed_places == 0 && places > 0 {
        printed.push('.');
    }
    printed.extend(std::iter::repeat_n('0', usize::from(places).saturating_sub(printed_places)));
    printed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn numbers_print_in_their_form() {
        for (value, code, printed) in [
            ("33100", 402, "3.31万"),
            ("306000", 402, "30.60万"),
            ("56", 1, "56.0"),
            ("4016000000", 802, "40.16亿"),
            ("153000000", 400, "15300万"),
            ("45004", 0, "45004"),
            ("-60", 0, "-60"),
            ("-0.04", 1, "0.0"),
            ("55.951", 1, "56.0"),
            ("800000", 400, "80万"),
        ] {
            let precision = Precision::from_code(code).expect("a code");
            assert_eq!(print_number(decimal(value), precision), printed);
        }
    }

    #[test]
    fn groups_of_three() {
        for (value, printed) in [
            ("5073", "5,073"),
            ("45004", "45,004"),
            ("506", "506"),
            ("0", "0"),
            ("-1234567", "-1,234,567"),
            ("13883.57", "13,883.57"),
            ("1000.0000", "1,000.0000"),
            ("123456", "123,456"),
        ] {
            assert_eq!(print_grouped(decimal(value)), printed);
        }
    }

    #[test]
    fn compact_never_loses_a_digit() {
        for (value, printed) in [
            ("4016000000", "40.16亿"),
            ("6245000", "624.5万"),
            ("6940400", "694.04万"),
            ("1593778200", "159,377.82万"),
            ("100000000", "1亿"),
            ("33100", "3.31万"),
            ("18398", "18,398"),
            ("50000000", "5,000万"),
            ("13883.57", "13,883.57"),
            ("-382000000", "-3.82亿"),
            ("9999", "9,999"),
            ("0.0", "0"),
            ("79228162514264337593543950335", "79,228,162,514,264,337,593,543,950,335"),
        ] {
            assert_eq!(print_compact(decimal(value)), printed);
        }
    }

    #[test]
    fn shares_and_points() {
        assert_eq!(print_percent(decimal("58.589"), 1), "58.6%");
        assert_eq!(print_percent(decimal("100"), 0), "100%");
        assert_eq!(print_points(decimal("8.59"), 1), "8.6个百分点");
        assert_eq!(print_points(decimal("-3.2"), 1), "-3.2个百分点");
    }
}
