//! What keeps figures of several places from being added or ranked: rules without I/O.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use figures::Qualifier;
use kernel::Text;
use ledger::words::{Accumulation, Kind};

/// One figure of a matter, as far as it can be compared.
#[derive(Clone, Debug)]
pub(crate) struct Compared<'a> {
    /// The place's name.
    pub(crate) place: &'a str,
    /// The programme year.
    pub(crate) year: i32,
    /// The unit as printed.
    pub(crate) unit: &'a str,
    /// What is counted.
    pub(crate) kind: Kind,
    /// How it accumulates.
    pub(crate) accumulation: Accumulation,
    /// How closely the number is meant.
    pub(crate) qualifier: Qualifier,
    /// The cut-off, or the last day of the period.
    pub(crate) day: Option<NaiveDate>,
}

/// Why these figures cannot be added, one sentence a reason; the first ones weigh most.
pub(crate) fn differences(all: &[Compared<'_>]) -> Vec<Text> {
    let mut reasons = Vec::new();
    let kinds = grouped(all, |one| one.kind);
    if kinds.len() > 1 {
        let say = |zh: bool| listed(&kinds, zh, |kind| kind.name());
        reasons.push(Text::new(format!("计数对象不同：{}。", say(true)), format!("Different things: {}.", say(false))));
    }
    let units = grouped(all, |one| one.unit);
    if units.len() > 1 {
        let name = |unit: &&str| match *unit {
            "" => Text::new("没有单位", "no unit"),
            unit => Text::new(format!("“{unit}”"), crate::shown::unit(kernel::Lang::En, unit)),
        };
        let say = |zh: bool| listed(&units, zh, name);
        reasons.push(Text::new(format!("单位不同：{}。", say(true)), format!("Different units: {}.", say(false))));
    }
    let flows = grouped(all, |one| one.accumulation);
    if flows.len() > 1 {
        let say = |zh: bool| listed(&flows, zh, |flow| flow.name());
        reasons
            .push(Text::new(format!("累计方式不同：{}。", say(true)), format!("Different counting: {}.", say(false))));
    }
    reasons.extend(repeated(all));
    reasons.extend(years(all));
    reasons.extend(days(all));
    reasons.extend(undated(all));
    reasons.extend(inexact(all));
    reasons
}

/// The places by what they have in common, in the order in which they first appear.
fn grouped<'a, K: PartialEq>(all: &[Compared<'a>], key: impl Fn(&Compared<'a>) -> K) -> Vec<(K, Vec<&'a str>)> {
    let mut groups: Vec<(K, Vec<&'a str>)> = Vec::new();
    for one in all {
        let of_one = key(one);
        match groups.iter_mut().find(|(known, _)| *known == of_one) {
            Some((_, places)) => {
                if !places.contains(&one.place) {
                    places.push(one.place);
                }
            }
            None => groups.push((of_one, vec![one.place])),
        }
    }
    groups
}

fn listed<K>(groups: &[(K, Vec<&str>)], zh: bool, name: impl Fn(&K) -> Text) -> String {
    let each = groups.iter().map(|(key, places)| {
        let name = name(key);
        if zh { format!("{}为{}", places.join("、"), name.zh) } else { format!("{} {}", places.join(", "), name.en) }
    });
    each.collect::<Vec<_>>().join(if zh { "，" } else { "; " })
}

fn repeated(all: &[Compared<'_>]) -> Option<Text> {
    let mut counts = BTreeMap::<(&str, i32), usize>::new();
    for one in all {
        *counts.entry((one.place, one.year)).or_default() += 1;
    }
    let twice: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    if twice.is_empty() {
        return None;
    }
    let zh: Vec<_> = twice.iter().map(|((place, _), count)| format!("{place}有 {count} 个数字")).collect();
    let en: Vec<_> = twice.iter().map(|((place, _), count)| format!("{place} has {count} figures")).collect();
    Some(Text::new(format!("{}，范围可能重叠。", zh.join("，")), format!("{}, which may overlap.", en.join(", "))))
}

fn years(all: &[Compared<'_>]) -> Option<Text> {
    let mut years: Vec<_> = all.iter().map(|one| one.year).collect();
    years.sort_unstable();
    years.dedup();
    let years: Vec<_> = years.iter().map(ToString::to_string).collect();
    (years.len() > 1).then(|| {
        Text::new(format!("年份不同：{}。", years.join("、")), format!("Different years: {}.", years.join(", ")))
    })
}

fn days(all: &[Compared<'_>]) -> Option<Text> {
    let mut days: Vec<_> = all.iter().filter_map(|one| one.day).collect();
    days.sort_unstable();
    days.dedup();
    // Different years say it already.
    let one_year = days.first().zip(days.last()).is_some_and(|(first, last)| first.year() == last.year());
    (days.len() > 1 && one_year).then(|| {
        let say = |lang: kernel::Lang| days.iter().map(|day| lang.day(*day)).collect::<Vec<_>>();
        Text::new(
            format!("截止日不同：{}。", say(kernel::Lang::Zh).join("、")),
            format!("Different cut-offs: {}.", say(kernel::Lang::En).join(", ")),
        )
    })
}

fn undated(all: &[Compared<'_>]) -> Option<Text> {
    let places = places_where(all, |one| one.day.is_none());
    (!places.is_empty()).then(|| {
        Text::new(
            format!("没有注明截止日：{}。", places.join("、")),
            format!("No cut-off given: {}.", places.join(", ")),
        )
    })
}

fn inexact(all: &[Compared<'_>]) -> Vec<Text> {
    let bounds = places_where(all, |one| matches!(one.qualifier, Qualifier::AtLeast | Qualifier::AtMost));
    let rough = places_where(all, |one| one.qualifier == Qualifier::Approximately);
    let mut reasons = Vec::new();
    if !bounds.is_empty() {
        reasons.push(Text::new(
            format!("{}只给出界限，不是确数。", bounds.join("、")),
            format!("Only a bound: {}.", bounds.join(", ")),
        ));
    }
    if !rough.is_empty() {
        reasons
            .push(Text::new(format!("{}是约数。", rough.join("、")), format!("Only roughly: {}.", rough.join(", "))));
    }
    reasons
}

fn places_where<'a>(all: &[Compared<'a>], test: impl Fn(&Compared<'a>) -> bool) -> Vec<&'a str> {
    let mut places = Vec::new();
    for one in all.iter().filter(|one| test(one)) {
        if !places.contains(&one.place) {
            places.push(one.place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(place: &'static str) -> Compared<'static> {
        Compared {
            place,
            year: 2024,
            unit: "个",
            kind: Kind::Count,
            accumulation: Accumulation::New,
            qualifier: Qualifier::Exact,
            day: "2024-06-30".parse().ok(),
        }
    }

    fn said(all: &[Compared<'_>]) -> Vec<String> {
        differences(all).into_iter().map(|text| text.zh).collect()
    }

    /// Vaccinated persons in Hangzhou, roughly; doses in Yongkang; no day in either.
    #[test]
    fn doses_are_no_persons() {
        let hangzhou = Compared {
            unit: "名",
            kind: Kind::People,
            qualifier: Qualifier::Approximately,
            day: None,
            ..figure("杭州市")
        };
        let yongkang = Compared { unit: "剂次", kind: Kind::Times, day: None, ..figure("永康市") };
        assert_eq!(
            said(&[hangzhou, yongkang]),
            [
                "计数对象不同：杭州市为人数，永康市为次数。",
                "单位不同：杭州市为“名”，永康市为“剂次”。",
                "没有注明截止日：杭州市、永康市。",
                "杭州市是约数。",
            ]
        );
    }

    #[test]
    fn days_years_and_overlaps_are_told() {
        let later = Compared { day: "2024-11-30".parse().ok(), ..figure("杭州市") };
        assert_eq!(said(&[figure("宁波市"), later]), ["截止日不同：2024年6月30日、2024年11月30日。"]);
        let older = Compared { year: 2020, day: "2020-12-31".parse().ok(), ..figure("义乌市") };
        assert_eq!(said(&[figure("宁波市"), older]), ["年份不同：2020、2024。"]);
        assert_eq!(said(&[figure("永康市"), figure("永康市")]), ["永康市有 2 个数字，范围可能重叠。"]);
        assert!(said(&[figure("宁波市"), figure("杭州市")]).is_empty());
    }
}
