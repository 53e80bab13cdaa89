//! The day up to which figures count: 截至11月底, 上半年, 1—9月, and what inherits them.

use std::ops::Range;
use std::sync::OnceLock;

use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};

use crate::layout::{Line, Shape};
use crate::text::Text;

/// A cut-off as printed.
#[derive(Clone, Debug)]
pub(crate) struct CutOff {
    /// Where it is printed, in bytes of the mended text.
    pub(crate) place: Range<usize>,
    /// The day; `None` ends what came before without naming a day (全年, 今年以来).
    pub(crate) day: Option<NaiveDate>,
}

/// The patterns of cut-offs. The dash between months may be lost, as in 19月 for 1—9月, and so may 月 in 截至1031日.
struct Patterns {
    up_to: Regex,
    period: Regex,
    open: Regex,
    year: Regex,
    whole_year: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let printed = "(?:[12]\\d{3}|[一二][〇零○一二三四五六七八九]{3})";
        let year = format!("(?:(?P<y>{printed})年(?:度)?|(?P<r>今年|去年|本年|当年|上年))?");
        let small = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})";
        let compile = |pattern: &str| Regex::new(pattern).expect("the patterns are tried by the tests");
        Patterns {
            up_to: compile(&format!(
                r"(?:截[至止](?:到)?|[至到]){year}(?:(?P<m>{small})月(?:份)?(?:(?P<d>{small})[日号]|(?P<p>底|末|初|上旬|中旬|下旬))?|(?P<g>\d{{3,4}})日|(?P<h>上半年|前三季度|三季度|二季度|一季度|年底|年末|年中|底|末)末?)"
            )),
            period: compile(&format!(
                r"{year}(?:(?P<h>上半年|前三季度|[第]?一季度|前两季度|前二季度)|1(?:月)?(?P<s>[—\-~至到]|——)?(?P<n>\d{{1,2}})月(?:份)?|前(?P<q>\d{{1,2}}|[一二两三四五六七八九十]{{1,2}})个?月)"
            )),
            open: compile(r"全年|今年以来|今年累计|(?P<y>[12]\d{3})年(?:以来|至今)|近[一二两三\d]+年来?|(?:去年|上年|今年|[12]\d{3}年)\d{1,2}月"),
            year: compile(r"(20\d{2}|二[〇零○][〇零○一二三四五六七八九]{2})(?:年|\])"),
            whole_year: compile(r"(?P<y>20\d{2})年(?:(?P<m>\d{1,2})月)?(?P<x>起|以来|至今|前|—|-|至|到)?"),
        }
    })
}

/// The year that cut-offs without a year are of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Year {
    pub(crate) year: i32,
    /// The year that 去年 means: the one before, or this one where a review looks back at it from the next and never
    /// says 今年.
    pub(crate) last: i32,
}

impl Year {
    /// A year that a title or a caller tells.
    pub(crate) fn told(year: i32) -> Self {
        Self { year, last: year - 1 }
    }
}

/// The year a text is about: the first one in its titles, then in its name, then the most frequent one.
pub(crate) fn year_of(text: &Text, mended: &str, lines: &[Line]) -> Option<Year> {
    let year = &patterns().year;
    let first = |text: &str| year.captures(text).and_then(|found| year_in(&found[1]));
    // Titles tell the year; sentences also tell the years before.
    let titles = lines.iter().take(4).filter(|line| line.shape != Shape::Prose);
    let head = titles.into_iter().find_map(|line| first(&mended[line.place.clone()]));
    let named = || {
        let digits = |at: usize| text.name().get(at..at + 4).and_then(|digits| digits.parse::<i32>().ok());
        (0..text.name().len()).filter_map(digits).find(|year| (1990..2100).contains(year))
    };
    let frequent = || {
        let mut counts: Vec<(i32, usize)> = Vec::new();
        for found in year.captures_iter(mended) {
            let Some(year) = year_in(&found[1]) else { continue };
            match counts.iter_mut().find(|(counted, _)| *counted == year) {
                Some((_, count)) => *count += 1,
                None => counts.push((year, 1)),
            }
        }
        counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(year, _)| year)
    };
    head.map(Year::told).or_else(|| {
        let year = named().or_else(frequent)?;
        let told = |word: &str| mended.contains(word);
        let looked_back_at = !told("今年") && !told("本年") && told(&format!("{year}年"));
        Some(if looked_back_at { Year { year, last: year } } else { Year::told(year) })
    })
}

/// Every cut-off of a mended text, from left to right. Those without a printed year are of `year`; without any year
/// they name no day.
pub(crate) fn cut_offs(mended: &str, year: Option<Year>) -> Vec<CutOff> {
    let patterns = patterns();
    let mut found: Vec<CutOff> = Vec::new();
    for groups in patterns.up_to.captures_iter(mended) {
        let Some(whole) = groups.get(0) else { continue };
        // “到6月底” with a future year is a target; only 截至 tells what has been.
        let told = whole.as_str().starts_with('截') || groups.name("d").is_some() || groups.name("p").is_some();
        if told && let Some(day) = up_to(&groups, year) {
            found.push(CutOff { place: whole.range(), day: Some(day) });
        }
    }
    for groups in patterns.period.captures_iter(mended) {
        if let (Some(whole), Some(day)) = (groups.get(0), period(&groups, year, mended)) {
            found.push(CutOff { place: whole.range(), day: Some(day) });
        }
    }
    found.extend(patterns.open.find_iter(mended).map(|open| CutOff { place: open.range(), day: None }));
    found.sort_by_key(|cut_off| (cut_off.place.start, std::cmp::Reverse(cut_off.place.len())));
    // 今年11月 inside 截至今年11月底 is no cut-off of its own.
    let mut end = 0;
    found.retain(|cut_off| {
        let apart = cut_off.place.start >= end;
        end = end.max(cut_off.place.end);
        apart
    });
    found
}

/// The day in a cell of a column of days: 11月底, 2024年6月30日, 2024-06-30, 上半年.
pub(crate) fn in_cell(cell: &str, year: Option<Year>) -> Option<NaiveDate> {
    let day = |text: &str| cut_offs(text, year).first().and_then(|found| found.day);
    cell.replace(['/', '.'], "-").parse().ok().or_else(|| day(&format!("截至{cell}"))).or_else(|| day(cell))
}

/// The end of the year, or of the month where `months` are asked for, that a sentence prints last.
pub(crate) fn end_of_year(sentence: &str, start: usize, months: bool) -> Option<CutOff> {
    let groups = patterns().whole_year.captures_iter(sentence).last()?;
    let whole = groups.get(0)?;
    // “2016年至今”, “到2027年” and “2020—2022年” name no end.
    let open = groups.name("x").is_some() || sentence[..whole.start()].ends_with(['到', '至', '自', '从', '—', '-']);
    let month: Option<u32> = groups.name("m").and_then(|month| month.as_str().parse().ok());
    if open || (month.is_some() && !months) {
        return None;
    }
    let day = last_day(groups["y"].parse().ok()?, month.unwrap_or(12))?;
    Some(CutOff { place: start + whole.start()..start + whole.end(), day: Some(day) })
}

/// A year in digits or, one by one, in Chinese ones: 二〇二五.
fn year_in(digits: &str) -> Option<i32> {
    let digit = |letter: char| match letter {
        '〇' | '零' | '○' => Some(0),
        _ => letter.to_digit(10).or_else(|| {
            "一二三四五六七八九".chars().position(|digit| digit == letter).and_then(|at| u32::try_from(at + 1).ok())
        }),
    };
    let year = digits.chars().try_fold(0_u32, |year, letter| Some(year * 10 + digit(letter)?))?;
    i32::try_from(year).ok()
}

/// A month or a day of the month: 11, 十一.
fn small(digits: &str) -> Option<u32> {
    let number = figures::parse_number(digits).ok()?.value;
    u32::try_from(number.mantissa()).ok().filter(|_| number.scale() == 0)
}

fn year_printed(groups: &Captures<'_>, year: Option<Year>) -> Option<i32> {
    if let Some(printed) = groups.name("y") {
        return year_in(printed.as_str());
    }
    let before = matches!(groups.name("r").map(|word| word.as_str()), Some("去年" | "上年"));
    year.map(|year| if before { year.last } else { year.year })
}

fn up_to(groups: &Captures<'_>, year: Option<Year>) -> Option<NaiveDate> {
    let year = year_printed(groups, year)?;
    let part = |name: &str| groups.name(name).map(|found| found.as_str());
    if let Some(half) = part("h") {
        // 底 alone needs the year in front: 去年底.
        let dated = groups.name("y").or(groups.name("r")).is_some();
        return (dated || half.chars().count() > 1).then(|| end_of_part(half, year))?;
    }
    if let Some(glued) = part("g") {
        let (month, day) = glued.split_at(glued.len() - 2);
        return NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?);
    }
    let month = small(part("m")?)?;
    match (part("d"), part("p")) {
        (Some(day), _) => NaiveDate::from_ymd_opt(year, month, small(day)?),
        (None, Some("初")) => NaiveDate::from_ymd_opt(year, month, 1),
        (None, Some("上旬")) => NaiveDate::from_ymd_opt(year, month, 5),
        // The middle ten days run from the 11th to the 20th.
        (None, Some("中旬")) => NaiveDate::from_ymd_opt(year, month, 15),
        (None, Some("下旬")) => NaiveDate::from_ymd_opt(year, month, 25),
        _ => last_day(year, month),
    }
}

fn period(groups: &Captures<'_>, year: Option<Year>, mended: &str) -> Option<NaiveDate> {
    let year = year_printed(groups, year)?;
    let part = |name: &str| groups.name(name).map(|found| found.as_str());
    if let Some(half) = part("h") {
        return end_of_part(half, year);
    }
    if let Some(months) = part("q") {
        let months = figures::parse_number(months).ok()?.value;
        return last_day(year, u32::try_from(months.mantissa()).ok().filter(|_| months.scale() == 0)?);
    }
    let last: u32 = part("n")?.parse().ok()?;
    let whole = groups.get(0)?;
    let before = mended[..whole.start()].chars().next_back();
    if before.is_some_and(|letter| letter.is_ascii_digit() || matches!(letter, '.' | '—' | '-' | '~')) {
        return None;
    }
    // 10月, 11月 and 12月 are months; 19月 and 110月 have lost their dash.
    let digits = part("n")?.len();
    let glued = part("s").is_none();
    if glued && digits == 1 && last <= 2 {
        return None;
    }
    last_day(year, last)
}

fn end_of_part(part: &str, year: i32) -> Option<NaiveDate> {
    match part {
        "上半年" | "二季度" | "前两季度" | "前二季度" | "年中" => last_day(year, 6),
        "前三季度" | "三季度" => last_day(year, 9),
        "一季度" | "第一季度" => last_day(year, 3),
        _ => last_day(year, 12),
    }
}

fn last_day(year: i32, month: u32) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let next = if month == 12 { first.with_year(year + 1)?.with_month(1) } else { first.with_month(month + 1) };
    next?.pred_opt()
}

/// Whether a line may hand its cut-off down to the lines below: titles and headings do, sentences do not.
pub(crate) fn hands_down(line: &Line) -> bool {
    line.shape == Shape::Short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Vec<Option<String>> {
        cut_offs(text, Some(Year::told(2024)))
            .into_iter()
            .map(|cut_off| cut_off.day.map(|day| day.to_string()))
            .collect()
    }

    #[test]
    fn cut_offs_are_read_in_every_dress() {
        for (text, day) in [
            ("截至11月底，", "2024-11-30"),
            ("截至今年2月底，", "2024-02-29"),
            ("截止2023年12月31日", "2023-12-31"),
            ("截至12月中旬", "2024-12-15"),
            ("截至1031日", "2024-10-31"),
            ("截至十一月底", "2024-11-30"),
            ("截至二〇二三年十月三十一日", "2023-10-31"),
            ("截至去年6月末", "2023-06-30"),
            ("截至去年底，", "2023-12-31"),
            ("截至2023年底", "2023-12-31"),
            ("2025年上半年，", "2025-06-30"),
            ("1—9月，", "2024-09-30"),
            ("19月，", "2024-09-30"),
            ("111月，", "2024-11-30"),
            ("前三季度", "2024-09-30"),
            ("前11个月", "2024-11-30"),
        ] {
            assert_eq!(days(text), [Some(day.to_owned())], "{text}");
        }
        assert_eq!(days("11月将召开"), []);
        assert_eq!(days("到2025年"), []);
        assert_eq!(days("全年新增"), [None]);
    }
}
