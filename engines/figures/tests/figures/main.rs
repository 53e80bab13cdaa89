//! Figures as documents print them: read, printed, compared, and judged against each other.

mod checks;
mod facts;
mod properties;
mod reading;
mod units;
