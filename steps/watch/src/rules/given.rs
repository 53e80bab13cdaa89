//! What the tests of forecasts are given: the shipped rule, and reports of a year month by month.

use std::ops::Range;

use chrono::NaiveDate;
use figures::Decimal;
use kernel::RuleSets;
use kernel::rule_set::ForecastRule;
use proptest::prelude::*;

use super::forecast::Report;

pub(super) fn rule() -> ForecastRule {
    RuleSets::shipped().default_set().forecast.says.clone()
}

pub(super) fn month_end(month: u32) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2024, month, 1).unwrap();
    (first + chrono::Months::new(1)).pred_opt().unwrap()
}

/// One report at each month's end, in tenths of a percent.
pub(super) fn reports(tenths: &[i64]) -> Vec<Report> {
    let report = |(month, value): (u32, &i64)| Report { day: month_end(month), value: Decimal::new(*value, 1) };
    (1..).zip(tenths).map(report).collect()
}

/// So many reports, none lower than the one before and none higher than `most`.
pub(super) fn never_falling(months: Range<usize>, most: i64) -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(0_i64..150, months).prop_map(move |steps| {
        let add = |sum: &mut i64, step: i64| {
            *sum = (*sum + step).min(most);
            Some(*sum)
        };
        steps.into_iter().scan(0, add).collect()
    })
}
