//! Instants of the generated year.

use anyhow::{Context, Result};
use chrono::{NaiveDate, TimeZone};
use kernel::Clock;
use kernel::clock::china_offset;

/// A clock that shows this time of a day in China.
///
/// # Errors
/// When there is no such time.
pub(super) fn at(day: NaiveDate, hour: u32, minute: u32) -> Result<Clock> {
    let time = day.and_hms_opt(hour, minute, 0).context("a time of the day")?;
    let instant = china_offset().from_local_datetime(&time).single().context("a time in China")?;
    Ok(Clock::fixed(instant.to_utc()))
}
