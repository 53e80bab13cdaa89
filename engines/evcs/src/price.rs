//! Prices per kilowatt-hour out of the words in which operators give them.

use crate::lenient::scaled;

/// The lowest and the highest price in a text, in ten-thousandths of a yuan per kilowatt-hour; `None` where it names
/// none. Times of day, dates and percentages are no prices; a price above 10 yuan is none either.
pub fn per_kwh(text: &str) -> Option<(i32, i32)> {
    let mut found: Option<(i32, i32)> = None;
    let characters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < characters.len() {
        if !characters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < characters.len() && (characters[at].is_ascii_digit() || characters[at] == '.') {
            at += 1;
        }
        let before = start.checked_sub(1).map(|at| characters[at]);
        let after = characters.get(at).copied();
        let is_time =
            |c: Option<char>| matches!(c, Some(':' | '：' | '点' | '时' | '月' | '日' | '年' | '%' | '％' | 'h'));
        let number: String = characters[start..at].iter().collect();
        if is_time(after) || matches!(before, Some(':' | '：')) || number.matches('.').count() > 1 {
            continue;
        }
        // A whole number is a price only where the unit follows: "24小时", "7号桩" are none.
        let is_yuan = after == Some('元') || matches!(before, Some('¥' | '￥'));
        let Some(price) = scaled(&number, 4).and_then(|price| i32::try_from(price).ok()) else { continue };
        if (number.contains('.') || is_yuan) && (0..=100_000).contains(&price) {
            let (low, high) = found.unwrap_or((price, price));
            found = Some((low.min(price), high.max(price)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prices_are_told_from_times() {
        for (text, wanted) in [
            ("0.85元/度", Some((8_500, 8_500))),
            ("00:00-08:00 0.35元/kWh；08:00-22:00 1.05元/kWh", Some((3_500, 10_500))),
            ("谷 0.3125，峰 1.2", Some((3_125, 12_000))),
            ("1元/度", Some((10_000, 10_000))),
            ("免费", None),
            ("24小时", None),
            ("8折 0.6", Some((6_000, 6_000))),
            ("2024年7月1日起", None),
            ("", None),
            ("50元", None),
        ] {
            assert_eq!(per_kwh(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_words_panic_and_low_is_not_above_high(text in "[0-9.:元度a-z ]{0,60}") {
            if let Some((low, high)) = per_kwh(&text) {
                prop_assert!(0 <= low && low <= high && high <= 100_000);
            }
        }
    }
}
