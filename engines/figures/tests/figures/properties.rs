//! What must hold for every number and every text.

use minsheng_figures::relations::{self, Verdict};
use minsheng_figures::units::{convert, find};
use minsheng_figures::{
    Decimal, Figure, Interval, Magnitude, Number, Precision, Qualifier, from_ten_thousandths, parse_number,
    print_compact, print_grouped, print_number, round, to_ten_thousandths,
};
use proptest::prelude::*;

/// Any number that can be printed: whole digits × quantum, below the limit for reading.
fn number() -> impl Strategy<Value = Number> {
    let magnitudes = prop::sample::select((0..=12).filter_map(Magnitude::from_exponent).collect::<Vec<_>>());
    (magnitudes, 0..=6_u8, -9_999_999_i64..=9_999_999).prop_filter_map("too large", |(magnitude, places, digits)| {
        let precision = Precision { places, magnitude };
        let value = Decimal::from(digits).checked_mul(precision.quantum())?.normalize();
        (value.abs() < Decimal::from(10_u64.pow(13))).then_some(Number { value, precision })
    })
}

/// Texts that look like numerals more often than chance would have it.
fn nearly_numeral() -> impl Strategy<Value = String> {
    let letters: Vec<char> =
        "0123456789０５,，.．点+-−负第首零〇一二两五九十百千万亿余多近约超以上左右个人名%元 \n+N".chars().collect();
    prop::collection::vec(prop::sample::select(letters), 0..24).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn printing_and_reading_are_inverse(number in number()) {
        prop_assert_eq!(parse_number(&number.to_string()), Ok(number));
        prop_assert_eq!(parse_number(&number.grouped()), Ok(number));
        prop_assert_eq!(Precision::from_code(number.precision.to_code()), Some(number.precision));
    }

    #[test]
    fn grouped_and_compact_lose_nothing(number in number()) {
        prop_assert_eq!(parse_number(&print_grouped(number.value)).map(|read| read.value), Ok(number.value));
        prop_assert_eq!(parse_number(&print_compact(number.value)).map(|read| read.value), Ok(number.value));
    }

    #[test]
    fn figures_read_back_from_their_display(number in number(), qualifier in prop::sample::select(&Qualifier::EVERY[..])) {
        let figure = Figure { number: Some(number), raw: number.to_string(), unit: "户".to_owned(), qualifier };
        let read = Figure::read(&figure.display_zh());
        // “全部” is left unsaid before a single one.
        let said = if qualifier == Qualifier::All && number.value == Decimal::ONE { Qualifier::Exact } else { qualifier };
        prop_assert_eq!(read.map(|read| (read.number, read.unit, read.qualifier)), Ok((figure.number, figure.unit, said)));
    }

    #[test]
    fn intervals_hold_their_value_and_what_rounds_to_it(number in number(), step in -500..500_i64) {
        let interval = Interval::of(number);
        prop_assert!(interval.contains(number.value));
        prop_assert!(Qualifier::Exact.admits(number, number.value));
        let other = number.value + number.precision.quantum() * Decimal::new(step, 3);
        if !number.precision.is_exact() && other.is_sign_negative() == number.value.is_sign_negative() {
            let printed = print_number(other, number.precision);
            if printed == number.to_string() {
                prop_assert!(interval.contains(other), "{} as {}", other, printed);
                prop_assert!(Qualifier::Exact.admits(number, other));
            }
        }
    }

    #[test]
    fn a_sum_grows_with_its_parts(parts in prop::collection::vec(number(), 1..6), index: prop::sample::Index, more in 1..1000_u32) {
        let whole = Number::from(0);
        let before = relations::sum(&parts, whole, true);
        let mut larger = parts.clone();
        larger[index.index(parts.len())].value += Decimal::from(more);
        let after = relations::sum(&larger, whole, true);
        prop_assert!(after.recomputed > before.recomputed);
        prop_assert_eq!(relations::sum(&parts, Number::exact(before.recomputed.expect("a sum")), true).verdict, Verdict::Exact);
    }

    #[test]
    fn a_share_grows_with_its_numerator(numerator in 0..1_000_000_u32, more in 1..1000_u32, denominator in 1..1_000_000_u32) {
        let share = |numerator: u32| relations::ratio(numerator.into(), denominator.into(), Number::from(0)).recomputed;
        prop_assert!(share(numerator + more) > share(numerator));
    }

    #[test]
    fn a_printed_share_is_accepted_rounded_and_cut_off(
        numerator in 0..1_000_000_u32, denominator in 1..1_000_000_u32, places in 0..=4_u8,
    ) {
        let share = Decimal::from(numerator) * Decimal::ONE_HUNDRED / Decimal::from(denominator);
        for printed in [round(share, places), share.trunc_with_scale(places.into())] {
            let printed = Number { value: printed, precision: Precision::places(places) };
            prop_assert!(relations::ratio(numerator.into(), denominator.into(), printed).verdict.agrees());
        }
        let wrong = Number { value: round(share, places) + Decimal::new(2, places.into()), precision: Precision::places(places) };
        prop_assert_eq!(relations::ratio(numerator.into(), denominator.into(), wrong).verdict, Verdict::Fails);
    }

    #[test]
    fn numerators_are_those_that_print_as_the_share(tenths in 1..1000_i64, denominator in 1..20_000_u32) {
        let percent = Number { value: Decimal::new(tenths, 1), precision: Precision::places(1) };
        let prints = |numerator: Decimal| {
            round(numerator * Decimal::ONE_HUNDRED / Decimal::from(denominator), 1) == percent.value
        };
        if let Some(found) = relations::numerators(percent, denominator.into()) {
            prop_assert!(prints(found.low) && prints(found.high));
            prop_assert!(!prints(found.low - Decimal::ONE) && !prints(found.high + Decimal::ONE));
        }
    }

    #[test]
    fn a_growth_leads_back_to_its_base(base in 1..1_000_000_u32, percent in -99..500_i32) {
        let rate = Number::exact(Decimal::from(percent));
        let current = Number::exact(Decimal::from(base) * (Decimal::ONE + Decimal::new(percent.into(), 2)));
        let (found, open) = relations::growth_base(current, rate).expect("a base");
        prop_assert_eq!(round(found, 6), Decimal::from(base));
        prop_assert!(open.contains(found));
        prop_assert_eq!(relations::growth(base.into(), current, rate).verdict, Verdict::Exact);
    }

    #[test]
    fn converting_there_and_back_changes_nothing(tenths in -1_000_000..1_000_000_i64) {
        let value = Decimal::new(tenths, 1);
        for (one, other) in [("公里", "米"), ("亩", "公顷"), ("万元", "亿元"), ("亩", "万平方米"), ("‰", "%")] {
            let back = convert(value, one, other).and_then(|there| convert(there, other, one));
            prop_assert_eq!(back.map(|back| round(back, 9)), Some(value));
        }
    }

    #[test]
    fn stored_values_come_back(stored: i64) {
        prop_assert_eq!(to_ten_thousandths(from_ten_thousandths(stored)), Some(stored));
    }

    #[test]
    fn no_text_makes_reading_panic(text in any::<String>(), numeral in nearly_numeral()) {
        for text in [text, numeral] {
            let length = text.chars().count();
            for error in [parse_number(&text).err(), Figure::read(&text).err()].into_iter().flatten() {
                prop_assert!(error.at() <= length, "{:?} in {:?}", error, text);
                prop_assert!(!error.to_string().is_empty() && !error.message_en().is_empty());
            }
            if let Ok(number) = parse_number(&text) {
                prop_assert_eq!(parse_number(&number.to_string()), Ok(number));
            }
            let published = Figure::published(Some(Decimal::TEN), text.clone(), text.clone(), Qualifier::AtLeast);
            prop_assert!(!(published.display_zh() + &published.display_en()).is_empty());
            let _ = find(&text);
        }
    }

    #[test]
    fn no_value_makes_judging_panic(values in prop::array::uniform3(any::<[u8; 16]>()), code in 0..1300_i16) {
        let precision = Precision::from_code(code).unwrap_or_default();
        let [a, b, c] = values.map(|bytes| Number { value: Decimal::deserialize(bytes), precision });
        let judged = [
            relations::sum(&[a, b], c, true), relations::sum(&[a, b], c, false), relations::ratio(a, b, c),
            relations::points(a, b, c), relations::growth(a, b, c), relations::same(a, b), relations::at_most(a, b),
            relations::over_target(a, b), relations::reaches_target(a, b), relations::mean(&[(7, Interval::of(a))], c),
        ];
        prop_assert!(judged.iter().all(|judged| !judged.verdict.code().is_empty()));
        let _ = (relations::growth_base(a, b), relations::numerators(a, b), Qualifier::Exact.admits(a, b.value));
        let _ = (print_compact(a.value), a.grouped(), Qualifier::Approximately.admits(a, b.value));
    }
}
