//! What a register counts, beside what the ledger says of the same indicator.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::{Lang, RegionCode};
use rust_decimal::Decimal;

use super::Content;
use super::published::PublishedLine;
use crate::catalogue::{Feed, Service, Tally, Value};

/// One indicator: the register's answer and the ledger's.
pub(super) struct Compared<'a> {
    pub(super) feed: &'a Feed,
    pub(super) tally: Tally,
    /// The register's answer in the unit of the indicator.
    pub(super) answer: Option<Decimal>,
    /// What the ledger says of the place, if a published programme does.
    pub(super) ledger: Option<&'a PublishedLine>,
    /// Register less ledger, where both are numbers in one unit.
    pub(super) difference: Option<Decimal>,
}

/// Counts `contents`, all within `place`, as they stood on `day`, and sets each indicator beside the ledger.
pub(super) fn compare<'a>(
    service: &'a Service,
    contents: &[Content],
    (place, day): (RegionCode, NaiveDate),
    towns: &BTreeSet<RegionCode>,
    lines: &'a [PublishedLine],
) -> Vec<Compared<'a>> {
    let compared = |feed: &'a Feed| {
        let tally = feed.count.of(contents.iter().map(Content::counted), day, towns);
        let answer = match tally.value {
            Value::Number(number) => in_unit(service, feed, number),
            Value::Holds(_) | Value::Nothing => None,
        };
        let ledger = lines.iter().find(|line| belongs(feed, line) && line.line.programme.region == place.stored());
        let said = ledger.and_then(|line| line.line.actual.as_ref());
        let difference = said.and_then(|said| {
            let unit = feed.units.first()?;
            let there = if said.unit == *unit {
                said.value()?
            } else {
                figures::units::convert(said.value()?, &said.unit, unit)?
            };
            answer?.checked_sub(there).map(|difference| difference.normalize())
        });
        Compared { feed, tally, answer, ledger, difference }
    };
    service.feeds.iter().filter(|feed| feed.count.is_answered()).map(compared).collect()
}

/// Whether an indicator of a programme is the one that `feed` feeds: by its matter or its name.
pub(super) fn belongs(feed: &Feed, line: &PublishedLine) -> bool {
    let indicator = &line.line.indicator;
    feed.name.zh == indicator.name || (feed.matter.is_some() && feed.matter == indicator.matter)
}

pub(super) fn in_unit(service: &Service, feed: &Feed, number: Decimal) -> Option<Decimal> {
    let own = feed.count.unit_key().and_then(|key| service.attribute(key)).map(|attribute| attribute.unit.as_str());
    match (own, feed.units.first()) {
        (Some(own), Some(unit)) if own != unit => figures::units::convert(number, own, unit),
        _ => Some(number),
    }
}

impl Compared<'_> {
    /// The register's answer in words.
    pub(super) fn answer(&self, lang: Lang) -> String {
        match self.tally.value {
            Value::Holds(true) => lang.t("成立", "holds").to_owned(),
            Value::Holds(false) => lang.t("不成立", "does not hold").to_owned(),
            Value::Nothing => lang.t("登记册没有答案", "no answer").to_owned(),
            Value::Number(_) => match self.answer {
                Some(number) => {
                    format!("{} {}", figures::print_grouped(number), self.feed.units.first().map_or("", String::as_str))
                }
                None => lang.t("单位不能换算", "no such unit").to_owned(),
            },
        }
    }

    /// 一致, or by how much they differ.
    pub(super) fn verdict(&self, lang: Lang) -> (&'static str, String) {
        match self.difference {
            Some(difference) if difference.is_zero() => ("steady", lang.t("一致", "agree").to_owned()),
            Some(difference) => {
                ("behind", format!("{}{}", lang.t("相差 ", "differ by "), figures::print_grouped(difference)))
            }
            None => ("", lang.t("无可比", "nothing to compare").to_owned()),
        }
    }
}
