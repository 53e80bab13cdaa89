//! Read, print and compare figures the way Chinese public documents print them.
//!
//! A figure in a bulletin is more than a number. “近80万名” says how many, in what, how closely it is meant, and how
//! finely it was printed: to the nearest ten thousand. This crate keeps all four, in exact decimals, so that 3.31万 is
//! held as 33100 *and* prints as 3.31万 again, and so that a sum or a share can be judged with the tolerance that
//! printed rounding really leaves.
//!
//! ```
//! use figures::{Decimal, Figure, Qualifier, parse_number, print_compact, relations};
//! # use minsheng_figures as figures;
//!
//! // Reading keeps the value and the way it was printed.
//! let places = parse_number("3.31万")?;
//! assert_eq!(places.value, Decimal::from(33_100));
//! assert_eq!(places.precision.quantum(), Decimal::from(100));
//! assert_eq!(places.to_string(), "3.31万");
//!
//! // A whole phrase: qualifier, number, unit.
//! let vaccinated = Figure::read("近80万名")?;
//! assert_eq!(vaccinated.value(), Some(Decimal::from(800_000)));
//! assert_eq!(vaccinated.qualifier, Qualifier::Approximately);
//! assert_eq!(vaccinated.unit, "名");
//! assert_eq!(vaccinated.display_zh(), "近80万名");
//!
//! // 22.47亿 of 40.16亿 is 55.951…%, which prints as 56.0%: it holds by rounding.
//! let share = relations::ratio(parse_number("22.47亿")?, parse_number("40.16亿")?, parse_number("56.0")?);
//! assert_eq!(share.verdict, relations::Verdict::Rounds);
//!
//! // For a screen, shorter where no digit is lost.
//! assert_eq!(print_compact(Decimal::from(6_245_000)), "624.5万");
//! # Ok::<(), figures::ReadError>(())
//! ```
//!
//! | module | what it is for |
//! |---|---|
//! | [`parse_number`], [`Number`] | one numeral: digits, separators, 万 and 亿, Chinese numerals |
//! | [`Figure`], [`Qualifier`] | one printed figure with unit and qualifier; also figures without a number |
//! | [`Precision`], [`Magnitude`], [`Interval`] | how finely a number was printed, and what that leaves open |
//! | [`relations`] | whether figures printed side by side agree |
//! | [`units`] | the units of public bulletins and the conversions that are defined |
//!
//! Everything here is a pure function: no clock, no input or output, no floating point, no panic on any text.

mod chinese;
mod figure;
mod interval;
mod number;
mod precision;
mod print;
mod qualifier;
mod read;
pub mod relations;
pub mod units;

pub use figure::Figure;
pub use interval::Interval;
pub use number::{Number, from_ten_thousandths, to_ten_thousandths};
pub use precision::{Magnitude, Precision, round};
pub use print::{print_compact, print_grouped, print_number, print_percent, print_points};
pub use qualifier::{Mark, MarkPlace, Qualifier};
pub use read::{ReadError, parse_number};
pub use rust_decimal::Decimal;
