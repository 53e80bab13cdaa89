//! What people type into fields that mean a day or a place.

use chrono::NaiveDate;

use crate::{Problem, RegionCode};

/// Reads a day.
///
/// # Errors
/// A problem of `field`.
pub fn day(field: &str, typed: &str) -> Result<NaiveDate, Problem> {
    let wrong = |_| Problem::field(field, "请写成 2025-06-30 这样的日期", "Write a day such as 2025-06-30");
    typed.trim().parse().map_err(wrong)
}

/// Reads a day; none where nothing is typed.
///
/// # Errors
/// A problem of `field`.
pub fn optional_day(field: &str, typed: &str) -> Result<Option<NaiveDate>, Problem> {
    if typed.trim().is_empty() { Ok(None) } else { day(field, typed).map(Some) }
}

/// Reads the code of a place.
///
/// # Errors
/// A problem of `field` that says what is wrong with the code.
pub fn region(field: &str, typed: &str) -> Result<RegionCode, Problem> {
    typed.parse().map_err(|wrong: Problem| Problem::field(field, wrong.message.zh, wrong.message.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_or_told() {
        assert_eq!(optional_day("day", "  "), Ok(None));
        assert_eq!(optional_day("day", " 2025-06-30 "), Ok(NaiveDate::from_ymd_opt(2025, 6, 30)));
        for wrong in ["2025-02-29", "6月30日", "30.6.2025"] {
            let problem = optional_day("due_on", wrong).expect_err(wrong);
            assert!(problem.for_field("due_on").is_some(), "{problem:?}");
        }
        assert!(day("day", "").is_err(), "where a day is needed, nothing is no day");
    }

    #[test]
    fn a_place_is_read_or_told_at_its_field() {
        assert_eq!(region("region", "330200").map(|code| code.short()), Ok("330200".to_owned()));
        assert!(region("region", "宁波").expect_err("no code").for_field("region").is_some());
    }
}
