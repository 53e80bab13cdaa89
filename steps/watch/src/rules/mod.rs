//! The rules of watching: pure functions over plain values. Nothing here reads, writes or asks what day it is.

pub mod bands;
pub mod calibration;
pub mod forecast;
#[cfg(test)]
mod given;
pub mod lights;
pub mod peers;
pub mod ranks;
pub mod streak;

use rust_decimal::Decimal;

/// Points by which `done` is ahead of `due`, both in percent; negative when behind. A difference of percents is in points
/// (个百分点), never in percent.
pub fn deviation(done: Decimal, due: Decimal) -> Decimal {
    done - due
}

/// The middle of `values`; the mean of the two middle ones when their number is even. `None` when there is none.
pub fn median(values: &[Decimal]) -> Option<Decimal> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let half = sorted.len() / 2;
    let upper = *sorted.get(half)?;
    Some(if sorted.len() % 2 == 1 { upper } else { (sorted[half - 1] + upper) / Decimal::TWO })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(done: &str, due: &str, places: u8) -> String {
        figures::round(deviation(done.parse().unwrap(), due.parse().unwrap()), places).normalize().to_string()
    }

    /// Ningbo 2024: 58.6 % at half of the year is 8.6 points ahead. Another city prints 13.8 for 97.2 % against ten of
    /// twelve months; exact arithmetic gives 13.9, and the printed value is the truncated one.
    #[test]
    fn published_deviations() {
        assert_eq!(points("58.6", "50", 1), "8.6");
        let october = Decimal::from(10) * Decimal::ONE_HUNDRED / Decimal::from(12);
        let exact = deviation("97.2".parse().unwrap(), october);
        assert_eq!(figures::round(exact, 1).to_string(), "13.9");
        assert_eq!(exact.trunc_with_scale(1).to_string(), "13.8");
        assert_eq!(points("38", "50", 1), "-12");
    }

    #[test]
    fn the_middle_of_values() {
        let of = |values: &[i64]| median(&values.iter().copied().map(Decimal::from).collect::<Vec<_>>());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[3, 1, 2]), Some(Decimal::TWO));
        assert_eq!(of(&[4, 1, 2, 3]).map(|middle| middle.normalize().to_string()).as_deref(), Some("2.5"));
    }
}
