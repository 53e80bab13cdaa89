//! Figures as official prose prints them: 万 and 亿 where no digit is lost, the qualifier's word, 个百分点 for differences.

use figures::{Decimal, Figure, Number, Precision, Qualifier};
use ledger::board::Shown;
use ledger::words::Kind;

/// A figure with qualifier and unit, without separators: 22.47亿元, 近80万名, 42.7公里, 首位.
///
/// Prose has no separators between thousands (GB/T 15835-2011 allows a thin space and no comma; most papers use neither).
pub(crate) fn printed(kind: Kind, number: Number, qualifier: Qualifier, unit: &str) -> String {
    let figure = Figure { number: Some(number), raw: String::new(), unit: unit.to_owned(), qualifier };
    match kind {
        Kind::Rank => Figure { raw: number.to_string(), ..figure }.display_rank_zh(),
        // 100% says by itself that it is all.
        Kind::Percent | Kind::RateChange if qualifier == Qualifier::All => format!("{number}{unit}"),
        _ if unit.is_empty() => {
            // A figure without a unit is read as words unless its digits are given.
            Figure { raw: number.to_string(), ..figure }.display_zh()
        }
        _ => figure.display_zh(),
    }
}

/// A figure as it stands in the ledger, in prose; nothing where it is no quantity.
pub(crate) fn of_shown(kind: Kind, shown: &Shown) -> Option<String> {
    let number = shown.number?;
    if kind == Kind::Boolean {
        return None;
    }
    let number = if shown.places > 0 { sum(kind, number) } else { number };
    let figure =
        Figure { number: Some(number), raw: shown.raw.clone(), unit: shown.unit.clone(), qualifier: shown.qualifier };
    Some(match kind {
        Kind::Rank if shown.tie => format!("并列{}", figure.display_rank_zh()),
        Kind::Rank => figure.display_rank_zh(),
        _ if shown.places > 0 || shown.raw.is_empty() => printed(kind, number, shown.qualifier, &shown.unit),
        _ => figure.display_zh(),
    })
}

/// A sum that nobody printed: money with at most two decimals, as plans and sources print it; what is counted keeps
/// every digit.
pub(crate) fn sum(kind: Kind, number: Number) -> Number {
    if kind != Kind::Money {
        return short(number);
    }
    let precision = Precision::of_money(number.value);
    let factor = precision.magnitude.factor();
    let told = number.value.checked_div(factor).and_then(|units| figures::round(units, 2).checked_mul(factor));
    Number { value: told.unwrap_or(number.value).normalize(), precision }
}

/// A whole number that nobody printed, such as a sum, in 万 or 亿 where at most two decimals carry every digit.
pub(crate) fn short(number: Number) -> Number {
    if number.precision != Precision::places(0) || number.value.abs() < Decimal::from(1_000_000) {
        return number;
    }
    figures::parse_number(&figures::print_compact(number.value).replace(',', "")).unwrap_or(number)
}

/// A share in percent with one decimal: 58.6%.
pub(crate) fn percent(value: Decimal) -> Number {
    Number { value: figures::round(value, 1), precision: Precision::places(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(raw: &str) -> Number {
        figures::parse_number(raw).expect("a number")
    }

    #[test]
    fn figures_print_as_papers_print_them() {
        for (kind, raw, qualifier, unit, printed_as) in [
            (Kind::Money, "22.47亿", Qualifier::Exact, "元", "22.47亿元"),
            (Kind::People, "80万", Qualifier::Approximately, "名", "约80万名"),
            (Kind::Count, "300", Qualifier::AtLeast, "个", "300个以上"),
            (Kind::Percent, "100", Qualifier::All, "%", "100%"),
            (Kind::RateChange, "8.6", Qualifier::Exact, "个百分点", "8.6个百分点"),
            (Kind::Length, "42.7", Qualifier::Exact, "公里", "42.7公里"),
            (Kind::Rank, "2", Qualifier::Exact, "位", "第2位"),
        ] {
            assert_eq!(printed(kind, number(raw), qualifier, unit), printed_as);
        }
    }

    #[test]
    fn sums_shorten_without_losing_a_digit() {
        assert_eq!(short(number("2247000000")).to_string(), "22.47亿");
        assert_eq!(short(number("2247000001")).to_string(), "2247000001");
        assert_eq!(short(number("45004")).to_string(), "45004");
        assert_eq!(sum(Kind::Count, number("2247000001")).to_string(), "2247000001");
        let money = sum(Kind::Money, number("1188096000"));
        assert_eq!((money.to_string().as_str(), money.value), ("11.88亿", Decimal::from(1_188_000_000)));
        assert_eq!(sum(Kind::Money, number("676904000")).to_string(), "6.77亿");
    }
}
