//! Which numerals are figures: a numeral with a unit that no pattern rules out, a rank, a percent in words.

use std::collections::BTreeSet;
use std::ops::Range;

use figures::{Mark, MarkPlace, Number, Qualifier, parse_number};
use regex::Captures;
use serde::{Deserialize, Serialize};

use crate::lexicon::{Lexicon, Unit, UnitKind, lexicon};
use crate::listed::listed;
use crate::numerals::{Numeral, numerals};
use crate::repair::is_han;

/// A figure, before its surroundings have been read.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// The numeral, in bytes of the mended text.
    pub(crate) numeral: Range<usize>,
    /// Qualifier, numeral and unit.
    pub(crate) phrase: Range<usize>,
    pub(crate) unit: String,
    pub(crate) unit_kind: Option<UnitKind>,
    pub(crate) number: Number,
    pub(crate) qualifier: Qualifier,
    pub(crate) class: Class,
}

/// On what evidence a figure is taken for one; each class has its own rate of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Arabic digits with a unit, as in 235个.
    Counted,
    /// Arabic digits with % or 个百分点.
    Percent,
    /// Arabic digits with 万 or 亿 and no unit, as in 受益群众3.3万.
    Scaled,
    /// Arabic digits with a span of time, as in 7天.
    Span,
    /// One end of a range, as in 30%—50%.
    Range,
    /// Chinese numerals with a unit, as in 十二座.
    Words,
    /// Chinese numerals that count named things, as in 四大项目, 十个方面.
    Named,
    /// 百分之九十, 百分百.
    PercentWords,
    /// 第二位, 首家.
    Rank,
    /// 连续五年, 五连冠.
    Run,
    /// 全覆盖.
    Coverage,
    /// A number in a cell of a table, or behind a label.
    Cell,
    /// Things that are named and not counted, as in “甲、乙等代表提出”.
    Listed,
}

impl Class {
    /// Every class.
    pub const EVERY: [Self; 13] = [
        Self::Counted,
        Self::Percent,
        Self::Scaled,
        Self::Span,
        Self::Range,
        Self::Words,
        Self::Named,
        Self::PercentWords,
        Self::Rank,
        Self::Run,
        Self::Coverage,
        Self::Cell,
        Self::Listed,
    ];
}

/// Every figure of a mended text, from left to right, none overlapping another.
pub(crate) fn candidates(text: &str) -> Vec<Candidate> {
    let lexicon = lexicon();
    let stopped = Stopped::new(lexicon.stopped(text));
    let mut found = ranks(text, lexicon);
    found.extend(percents_in_words(text, lexicon));
    found.extend(runs(text, lexicon));
    found.extend(campaigns(text, lexicon));
    found.extend(measured_days(text, lexicon));
    found.extend(coverage(text, lexicon));
    found.extend(listed(text, lexicon));
    let special: Vec<Range<usize>> = {
        let mut ranges: Vec<_> = found.iter().map(|candidate| candidate.phrase.clone()).collect();
        ranges.sort_by_key(|range| range.start);
        ranges
    };
    let special = Stopped::new(special);
    let numerals = numerals(text);
    let mut counted: Vec<Candidate> = Vec::new();
    let mut open = false;
    for (index, numeral) in numerals.iter().enumerate() {
        let closes = std::mem::take(&mut open);
        let place = numeral.start..numeral.end;
        if stopped.hits(&place) || special.hits(&place) {
            continue;
        }
        if let Some(mut candidate) = figure(text, numeral, numerals.get(index + 1), lexicon) {
            open = candidate.class == Class::Range;
            if closes {
                close_range(&mut candidate, counted.last());
            }
            counted.push(candidate);
        }
    }
    found.extend(counted);
    found.sort_by_key(|candidate| candidate.numeral.start);
    found.dedup_by(|later, earlier| later.numeral.start < earlier.numeral.end);
    found
}

/// The second end of a range is the most that is meant, unless words say otherwise; behind 约 both are about so many.
fn close_range(candidate: &mut Candidate, first: Option<&Candidate>) {
    candidate.class = Class::Range;
    if candidate.qualifier == Qualifier::Exact {
        let about = first.is_some_and(|first| first.qualifier == Qualifier::Approximately);
        candidate.qualifier = if about { Qualifier::Approximately } else { Qualifier::AtMost };
    }
}

/// Ranges in order of their start, for asking whether one is met.
struct Stopped {
    ranges: Vec<Range<usize>>,
    /// The furthest end of all ranges up to each.
    reach: Vec<usize>,
}

impl Stopped {
    fn new(ranges: Vec<Range<usize>>) -> Self {
        let mut furthest = 0;
        let reach = ranges.iter().map(|range| {
            furthest = furthest.max(range.end);
            furthest
        });
        Self { reach: reach.collect(), ranges }
    }

    fn hits(&self, place: &Range<usize>) -> bool {
        let before = self.ranges.partition_point(|range| range.start < place.end);
        before > 0 && self.reach[before - 1] > place.start
    }
}

/// A numeral with what stands behind it.
fn figure(text: &str, numeral: &Numeral, next: Option<&Numeral>, lexicon: &Lexicon) -> Option<Candidate> {
    let before = text[..numeral.start].chars().next_back();
    if before.is_some_and(|letter| matches!(letter, '第' | '.' | '_' | '#' | '$' | '＃')) {
        return None;
    }
    // 04 numbers an item, a month, a house.
    let digits = &text.as_bytes()[numeral.start..numeral.end];
    if digits[0] == b'0' && digits.get(1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let behind = &text[numeral.behind..];
    let mut unit = unit_of(behind, lexicon);
    let mut class = Class::Counted;
    let range = range_end(numeral, unit.as_ref().map_or(0, |unit| unit.length), next, text);
    if unit.is_none()
        && let Some(next) = range
    {
        unit = unit_of(&text[next.behind..], lexicon).map(|unit| UnitAt { length: 0, ..unit });
    }
    if range.is_some() {
        class = Class::Range;
    }
    // “1.2和0.8个百分点”, “1.2个和0.8个百分点”: the second says what both are.
    if unit.as_ref().is_none_or(|unit| unit.name == "个")
        && let Some(next) = next.filter(|next| listed_with(text, numeral, next))
        && let Some(shared) = unit_of(&text[next.behind..], lexicon)
        && (unit.is_none() || shared.kind == UnitKind::Points)
    {
        let length = unit.map_or(0, |unit| unit.length);
        unit = Some(UnitAt { length, ..shared });
    }
    // 12大类: 大 belongs to the unit.
    if unit.is_none()
        && !numeral.chinese
        && let Some(counted) = behind.strip_prefix('大').and_then(|behind| unit_of(behind, lexicon))
        && counted.kind == UnitKind::Count
    {
        unit =
            Some(UnitAt { name: format!("大{}", counted.name), length: '大'.len_utf8() + counted.length, ..counted });
    }
    let (unit, kind, length) = match unit {
        Some(unit) => (unit.name, Some(unit.kind), unit.length),
        None if big(text, numeral, lexicon) => ("大".to_owned(), Some(UnitKind::Count), "大".len()),
        None if numeral.scaled && !numeral.chinese && stands_alone(text, numeral) => (String::new(), None, 0),
        None => return None,
    };
    if kind == Some(UnitKind::None) {
        return None;
    }
    if numeral.chinese {
        if !spoken(text, numeral, &unit, length, lexicon) {
            return None;
        }
        let names = lexicon.spoken.wholes.has(&unit);
        class = if names { Class::Named } else { Class::Words };
    } else if class == Class::Counted {
        class = match kind {
            Some(UnitKind::Percent | UnitKind::Points) => Class::Percent,
            Some(UnitKind::Time) => Class::Span,
            None => Class::Scaled,
            Some(_) => Class::Counted,
        };
    }
    let front = front_mark(text, numeral.start, lexicon);
    let unit_end = numeral.behind + length;
    let back = back_mark(&text[unit_end..], lexicon);
    let qualifier = match (front, numeral.more, back) {
        (Some((_, qualifier)), ..) => qualifier,
        (None, true, _) => Qualifier::Approximately,
        (None, false, Some((_, qualifier))) => qualifier,
        (None, false, None) => limit_before_verb(text, numeral.start, lexicon).unwrap_or(Qualifier::Exact),
    };
    let qualifier = if range.is_some() && qualifier == Qualifier::Exact { Qualifier::AtLeast } else { qualifier };
    // “12—15万元”: the first end counts in the magnitude that only the second prints.
    let number = range.and_then(|next| of_one_magnitude(numeral, next)).unwrap_or(numeral.number);
    Some(Candidate {
        numeral: numeral.start..numeral.end,
        phrase: front.map_or(numeral.start, |(start, _)| start)..unit_end + back.map_or(0, |(length, _)| length),
        unit,
        unit_kind: kind,
        number,
        qualifier,
        class,
    })
}

struct UnitAt {
    name: String,
    kind: UnitKind,
    length: usize,
}

/// The unit a text starts with, a bracketed second one included: 套(间).
fn unit_of(text: &str, lexicon: &Lexicon) -> Option<UnitAt> {
    let lead = text.len() - text.trim_start_matches(' ').len();
    let unit = lexicon.unit_at(&text[lead..])?;
    let mut length = lead + unit.name.len();
    let mut name = unit.name.clone();
    if let Some(bracket) = text[length..].strip_prefix('(')
        && let Some(second) = lexicon.unit_at(bracket)
        && bracket[second.name.len()..].starts_with(')')
        && unit.kind != UnitKind::None
    {
        name = format!("{name}({})", second.name);
        length += second.name.len() + 2;
    }
    Some(UnitAt { name, kind: unit.kind, length })
}

/// Whether another numeral follows behind 和 or 、, with no word in between.
fn listed_with(text: &str, numeral: &Numeral, next: &Numeral) -> bool {
    let between = text.get(numeral.behind..next.start).unwrap_or_default();
    matches!(between.trim_start_matches('个'), "和" | "、" | "与" | "及") && !numeral.chinese && !next.chinese
}

/// The numeral at the other end of a range, which is the larger: 30%—50%, 3至5家, 50万元～80万元, 4到6片. Behind 由 and 从
/// two numbers are what was before and what came of it.
fn range_end<'a>(numeral: &Numeral, unit: usize, next: Option<&'a Numeral>, text: &str) -> Option<&'a Numeral> {
    let next = next.filter(|next| next.chinese == numeral.chinese)?;
    let between = text.get(numeral.behind..next.start)?;
    let between = between.get(unit..).filter(|_| unit > 0).unwrap_or(between);
    if !["——", "—", "-", "~", "至", "到"].contains(&between) {
        return None;
    }
    let larger = of_one_magnitude(numeral, next).unwrap_or(numeral.number).value < next.number.value;
    (larger && !leads_from(&text[clause_start(text, numeral.start)..numeral.start])).then_some(next)
}

/// Whether a clause says from what something came: 由3个, 从30%; 由于 and 从业 do not.
fn leads_from(clause: &str) -> bool {
    clause.rfind(['由', '从', '：']).is_some_and(|at| {
        let mut behind = clause[at..].chars();
        behind.next() != Some('：')
            && !matches!(behind.next(), Some('于' | '业' | '而' | '事' | '此'))
            && !clause[..at].ends_with(['自', '理', '服'])
    })
}

/// The number in the magnitude of the next numeral, where it prints none itself and is the smaller of the two.
fn of_one_magnitude(numeral: &Numeral, next: &Numeral) -> Option<Number> {
    let magnitude = next.number.precision.magnitude;
    let shared = !numeral.scaled && next.scaled && !numeral.chinese;
    let value = numeral.number.value.checked_mul(magnitude.factor()).filter(|value| *value < next.number.value)?;
    shared.then_some(Number { value, precision: figures::Precision { magnitude, ..numeral.number.precision } })
}

/// “至少新建5个”: the verb stands between the limit and the number.
fn limit_before_verb(text: &str, numeral: usize, lexicon: &Lexicon) -> Option<Qualifier> {
    let clause = &text[clause_start(text, numeral)..numeral];
    let limits = [(&lexicon.marks.at_least, Qualifier::AtLeast), (&lexicon.marks.at_most, Qualifier::AtMost)];
    limits.into_iter().find_map(|(words, qualifier)| {
        let verb = &clause[words.end_in(clause)?..];
        (verb.chars().count() <= 4 && verb.chars().all(is_han)).then_some(qualifier)
    })
}

/// 四大 in front of what it counts: “两大主战场”.
fn big(text: &str, numeral: &Numeral, lexicon: &Lexicon) -> bool {
    let Some(behind) = text[numeral.end..].strip_prefix('大') else { return false };
    let counts = behind.chars().next().is_some_and(|next| is_han(next) || next == '“');
    let word = behind.starts_with([
        '学', '会', '道', '厦', '量', '型', '小', '家', '战', '幅', '都', '力', '街', '桥', '楼', '代', '精', '报',
    ]);
    let whole = numeral.number.value >= figures::Decimal::TWO && numeral.number.value <= figures::Decimal::ONE_HUNDRED;
    counts && whole && (!word || lexicon.unit_at(behind).is_some()) && numeral.chinese
}

/// 万 and 亿 without a unit: what follows must not be part of a word like 万元 in disguise.
fn stands_alone(text: &str, numeral: &Numeral) -> bool {
    let behind = text[numeral.behind..].chars().next();
    behind.is_none_or(|letter| !letter.is_ascii_alphanumeric() && !matches!(letter, '年' | '月' | '号' | '里'))
}

/// Whether Chinese numerals with a unit are a figure here and not a way of speaking.
fn spoken(text: &str, numeral: &Numeral, unit: &str, length: usize, lexicon: &Lexicon) -> bool {
    // A numeral of several characters is hardly ever a name: 三十六口, 两万余户次.
    let long = text[numeral.start..numeral.end].chars().nth(1).is_some() && !numeral.number.value.is_zero();
    let names = lexicon.spoken.names.has(unit);
    // “新增九部，”: a verb in front and nothing behind.
    let closes = text[numeral.behind + length..].chars().next().is_none_or(|next| "，。；、\n".contains(next));
    let told = closes && lexicon.spoken.verbs.close(&text[..numeral.start]);
    let counted = |unit: &Unit| unit.chinese || (unit.kind != UnitKind::None && (told || (long && !names)));
    let chinese = unit == "大" || unit.contains('(') || lexicon.unit_at(unit).is_some_and(counted);
    if !chinese {
        return false;
    }
    let before = text[..numeral.start].chars().next_back();
    let behind = text[numeral.behind + length..].chars().next();
    if before.is_some_and(|letter| {
        matches!(letter, '第' | '每' | '星' | '周' | '初' | '那' | '这' | '其' | '某' | '任' | '之' | '丈' | '独')
            || letter.is_ascii_digit()
    }) {
        return false;
    }
    if numeral.number.value == figures::Decimal::ONE {
        // “公园一座。” counts; “一个家庭” and “统一项目” do not.
        let ends = behind.is_none_or(|letter| matches!(letter, '，' | '。' | '；' | '、' | '\n' | ')' | '\t' | '|'));
        let noun = before.is_some_and(|letter| {
            is_han(letter)
                && !matches!(
                    letter,
                    '统' | '唯' | '同' | '万' | '逐' | '另' | '不' | '了' | '是' | '有' | '出' | '到' | '在'
                )
        });
        return ends && noun && lexicon.spoken.single.has(unit);
    }
    true
}

/// The qualifier in front of a numeral, and where it starts.
fn front_mark(text: &str, numeral: usize, lexicon: &Lexicon) -> Option<(usize, Qualifier)> {
    let before = text[..numeral].trim_end_matches(' ');
    let marks = Mark::every().iter().filter(|mark| mark.place == MarkPlace::BeforeNumber);
    // 约需, 约占 and their like: the verb stands between the mark and the number.
    let verb =
        ['需', '为', '有', '占', '达'].into_iter().find(|verb| before.ends_with(*verb)).map_or(0, char::len_utf8);
    let apart = &before[..before.len() - verb];
    let (mark, before) = match marks.into_iter().find(|mark| before.ends_with(mark.word)) {
        Some(mark) => (mark, before),
        None => (Mark::every().iter().find(|mark| mark.word == "约" && verb > 0 && apart.ends_with('约'))?, apart),
    };
    let start = before.len() - mark.word.len();
    let previous = before[..start].chars().next_back();
    let not_behind = lexicon.marks.not_behind.get(mark.word);
    let part_of_word = not_behind.zip(previous).is_some_and(|(letters, previous)| letters.contains(previous));
    (!part_of_word).then_some((start, mark.qualifier))
}

/// The qualifier behind a unit, and its length.
fn back_mark(behind: &str, lexicon: &Lexicon) -> Option<(usize, Qualifier)> {
    let word = lexicon.marks.behind_unit.iter().find(|word| behind.starts_with(word.as_str()))?;
    let rest = &behind[word.len()..];
    let qualifier = match word.as_str() {
        "及以上" | "以上" => Qualifier::AtLeast,
        "及以下" | "以下" | "以内" => Qualifier::AtMost,
        "之多" => Qualifier::Exact,
        // 上下 and 余 begin other words.
        "余" | "多" | "上下" if rest.chars().next().is_some_and(is_han) => return None,
        _ => Qualifier::Approximately,
    };
    Some((word.len(), qualifier))
}

/// The start of the clause that a byte lies in, at most so many bytes back.
pub(crate) fn clause_start(text: &str, at: usize) -> usize {
    let mut start = at.saturating_sub(240);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    text[start..at].rfind(['，', '。', '；', '！', '？', '\n', '\t', '|']).map_or(start, |found| {
        let found = start + found;
        found + text[found..].chars().next().map_or(1, char::len_utf8)
    })
}

fn ranks(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (index, pattern) in lexicon.ranks.patterns.iter().enumerate() {
        for groups in pattern.captures_iter(text) {
            let Some((numeral, unit, unit_end)) = named(&groups) else { continue };
            let clause = &text[clause_start(text, numeral.start)..numeral.start];
            let scope = lexicon.ranks.scope.find_iter(clause).last();
            if scope.is_none_or(|scope| clause[scope.end()..].chars().count() > 30) {
                continue;
            }
            let raw = &text[numeral.clone()];
            let digits = raw.trim_start_matches('前');
            let number = if raw == "榜首" { Ok(Number::from(1)) } else { parse_number(digits) };
            let Ok(number) = number else { continue };
            let front = index == 2 && raw.starts_with('前');
            let start = numeral.end - if raw == "榜首" { raw.len() } else { digits.len() };
            // The phrase takes in 第.
            let phrase = if text[..start].ends_with('第') { start - '第'.len_utf8() } else { numeral.start };
            found.push(Candidate {
                numeral: start..numeral.end,
                phrase: phrase..unit_end,
                unit: if unit.is_empty() { "位".to_owned() } else { unit },
                unit_kind: Some(UnitKind::Count),
                number,
                qualifier: if front { Qualifier::AtMost } else { Qualifier::Exact },
                class: Class::Rank,
            });
        }
    }
    found
}

/// Group n, and group u with where it ends.
fn named(groups: &Captures<'_>) -> Option<(Range<usize>, String, usize)> {
    let numeral = groups.name("n")?;
    let unit = groups.name("u");
    let end = unit.map_or(numeral.end(), |unit| unit.end());
    Some((numeral.range(), unit.map_or(String::new(), |unit| unit.as_str().to_owned()), end))
}

fn percents_in_words(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let percent = |place: Range<usize>, number: Number, qualifier: Qualifier| {
        let back = back_mark(&text[place.end..], lexicon);
        let front = front_mark(text, place.start, lexicon);
        Candidate {
            phrase: front.map_or(place.start, |(start, _)| start)..place.end + back.map_or(0, |(length, _)| length),
            numeral: place,
            unit: "%".to_owned(),
            unit_kind: Some(UnitKind::Percent),
            number,
            qualifier: front.or(back).map_or(qualifier, |(_, qualifier)| qualifier),
            class: Class::PercentWords,
        }
    };
    let mut found = Vec::new();
    for groups in lexicon.percent_words.hundredths.captures_iter(text) {
        if let (Some(whole), Some((numeral, ..))) = (groups.get(0), named(&groups)) {
            let number = match &text[numeral] {
                "百" => Ok(Number::from(100)),
                numeral => parse_number(numeral),
            };
            if let Ok(number) = number {
                found.push(percent(whole.range(), number, Qualifier::Exact));
            }
        }
    }
    let mut told: BTreeSet<usize> = BTreeSet::new();
    // 九成六 before 九成.
    for groups in lexicon.percent_words.hundredths_of_tenths.captures_iter(text) {
        if let (Some(tenths), Some(more)) = (groups.name("n"), groups.name("m"))
            && let Ok(number) = parse_number(tenths.as_str())
            && let Ok(more) = if more.as_str() == "半" { Ok(Number::from(5)) } else { parse_number(more.as_str()) }
        {
            let value = number.value * figures::Decimal::TEN + more.value;
            let end = groups.name("m").map_or(tenths.end(), |more| more.end());
            told.insert(tenths.start());
            found.push(percent(tenths.start()..end, Number { value, ..more }, Qualifier::Exact));
        }
    }
    for groups in lexicon.percent_words.tenths.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        if let (Some(numeral), Some(unit)) = (groups.name("n"), groups.name("u"))
            && told.insert(numeral.start())
            && let Ok(tenths) = parse_number(numeral.as_str())
        {
            let number = Number::from(u32::try_from(tenths.value.mantissa()).unwrap_or(0) * 10);
            found.push(percent(numeral.start()..unit.end(), number, Qualifier::Exact));
        }
    }
    // “三个百分百” counts hundreds of percent, it is none.
    let full = lexicon.percent_words.full.find_iter(text).filter(|found| !text[..found.start()].ends_with('个'));
    found.extend(full.map(|place| percent(place.range(), Number::from(100), Qualifier::All)));
    found
}

/// Days of the calendar's name that measure how long something takes: 由45日缩短至28日.
fn measured_days(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let days = |groups: Captures<'_>| {
        let (numeral, unit, unit_end) = named(&groups)?;
        let number = parse_number(&text[numeral.clone()]).ok()?;
        Some(Candidate {
            phrase: numeral.start..unit_end,
            numeral,
            unit,
            unit_kind: Some(UnitKind::Time),
            number,
            qualifier: Qualifier::Exact,
            class: Class::Span,
        })
    };
    lexicon.runs.days.iter().flat_map(|pattern| pattern.captures_iter(text)).filter_map(days).collect()
}

fn runs(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let mut found = Vec::new();
    for pattern in &lexicon.runs.patterns {
        for groups in pattern.captures_iter(text) {
            let Some((numeral, unit, unit_end)) = named(&groups) else { continue };
            let Ok(number) = parse_number(&text[numeral.clone()]) else { continue };
            // “对连续2个月排名末位的…” says whom it concerns.
            if groups.get(0).is_some_and(|whole| text[..whole.start()].ends_with('对')) {
                continue;
            }
            found.push(Candidate {
                phrase: numeral.start..unit_end,
                numeral,
                unit,
                unit_kind: Some(UnitKind::Count),
                number,
                qualifier: Qualifier::Exact,
                class: Class::Run,
            });
        }
    }
    found
}

/// 三年行动: the name says for how long.
fn campaigns(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let campaign = |groups: Captures<'_>| {
        let (numeral, unit, unit_end) = named(&groups)?;
        let number = parse_number(&text[numeral.clone()]).ok()?;
        Some(Candidate {
            phrase: numeral.start..unit_end,
            numeral,
            unit,
            unit_kind: Some(UnitKind::Count),
            number,
            qualifier: Qualifier::Exact,
            class: Class::Named,
        })
    };
    lexicon.runs.campaigns.captures_iter(text).filter_map(campaign).collect()
}

fn coverage(text: &str, lexicon: &Lexicon) -> Vec<Candidate> {
    let place = |groups: Captures<'_>| named(&groups).map(|(numeral, ..)| numeral);
    lexicon
        .all
        .coverage
        .captures_iter(text)
        .filter_map(place)
        .map(|place| Candidate {
            phrase: place.clone(),
            numeral: place,
            unit: String::new(),
            unit_kind: None,
            number: Number::from(1),
            qualifier: Qualifier::All,
            class: Class::Coverage,
        })
        .collect()
}
