//! From the notation on the door to hours.

use kernel::Text;

use super::{DAY, Hours, Span, Spans, WEEKDAYS, Week};

/// A longer text says something else.
const LONGEST: usize = 200;

/// What a clause is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    Week(Vec<usize>),
    Working,
    Off,
    Holidays,
}

/// Reads clauses one after the other; a later one wins.
pub(super) fn hours(text: &str) -> Result<Hours, Text> {
    if text.chars().count() > LONGEST {
        return Err(Text::new("开放时间太长", "the hours are too long"));
    }
    let plain = text.replace('：', ":").replace(['—', '~', '～', '-', '－'], "–").replace("––", "–");
    let clauses = plain.split(['；', ';', '\n', '。']).map(str::trim).filter(|clause| !clause.is_empty());
    let (mut week, mut work, mut holidays) = (None::<[Spans; 7]>, None::<(Spans, Spans)>, None);
    for clause in clauses {
        let (days, spans) = read(clause)?;
        match days {
            Days::Week(days) => {
                let week = week.get_or_insert_with(Default::default);
                for day in days {
                    week[day].clone_from(&spans);
                }
            }
            Days::Working => work.get_or_insert_with(Default::default).0 = spans,
            Days::Off => work.get_or_insert_with(Default::default).1 = spans,
            Days::Holidays => holidays = Some(spans),
        }
    }
    let week = match (week, work) {
        (Some(_), Some(_)) => {
            return Err(Text::new(
                "“工作日”和“周几”不能混用：只用一种写法",
                "working days and days of the week do not go together: use one of them",
            ));
        }
        (Some(week), None) if week.iter().any(|spans| !spans.is_empty()) => Week::Days(Box::new(week)),
        (None, Some((working, off))) if !working.is_empty() => Week::Work { working, off },
        _ => return Err(unclear(text)),
    };
    let hours = Hours { week, holidays };
    no_overlap_at_midnight(&hours)?;
    Ok(hours)
}

fn unclear(text: &str) -> Text {
    Text::new(
        format!("看不懂开放时间“{text}”：请写成“周一至周五 8:30–11:30、14:00–17:00；法定节假日休息”或“全天”"),
        format!("the hours “{text}” cannot be read: write 周一至周五 8:30–11:30、14:00–17:00；法定节假日休息, or 全天"),
    )
}

/// A clause: what it is about, and its times.
fn read(clause: &str) -> Result<(Days, Spans), Text> {
    let clause = clause.trim();
    if let Some(rest) = clause.strip_prefix("法定节假日").or_else(|| clause.strip_prefix("节假日")) {
        return Ok((Days::Holidays, times(rest)?));
    }
    for (word, days) in [("非工作日", Days::Off), ("工作日", Days::Working)] {
        if let Some(rest) = clause.strip_prefix(word) {
            return Ok((days, times(rest)?));
        }
    }
    let begins = |at: &(usize, char)| at.1.is_ascii_digit();
    let words = ["全天", "24小时", "休息", "闭馆", "不开放"];
    let by_word = words.iter().filter_map(|word| clause.find(word)).min();
    let by_digit = clause.char_indices().find(begins).map(|(at, _)| at);
    let at = by_word.into_iter().chain(by_digit).min().ok_or_else(|| unclear(clause))?;
    let (days, rest) = clause.split_at(at);
    Ok((Days::Week(weekdays(days)?), times(rest)?))
}

/// 周一至周三、周五 as numbers from Monday.
fn weekdays(text: &str) -> Result<Vec<usize>, Text> {
    let plain =
        text.trim().trim_end_matches([':', ',', '，']).replace("星期", "周").replace("礼拜", "周").replace('天', "日");
    match plain.trim() {
        "" | "每日" | "日日" | "周一至周日" => return Ok((0..7).collect()),
        "周末" => return Ok(vec![5, 6]),
        _ => {}
    }
    let mut days = Vec::new();
    for part in plain.split(['、', ',', '，', '和', '及', ' ']).map(str::trim).filter(|part| !part.is_empty()) {
        if part == "周末" {
            days.extend([5, 6]);
            continue;
        }
        let ends: Vec<usize> = part.split(['至', '到', '–']).map(weekday).collect::<Result<_, _>>()?;
        match ends[..] {
            [day] => days.push(day),
            [first, last] => days.extend((0..7).map(|step| (first + step) % 7).take((last + 7 - first) % 7 + 1)),
            _ => return Err(unclear(text)),
        }
    }
    if days.is_empty() { Err(unclear(text)) } else { Ok(days) }
}

fn weekday(text: &str) -> Result<usize, Text> {
    let name = text.trim();
    let name = name.strip_prefix('周').unwrap_or(name);
    WEEKDAYS.iter().position(|(known, _)| *known == name).ok_or_else(|| unclear(text))
}

fn times(text: &str) -> Result<Spans, Text> {
    let text = text.trim().trim_start_matches([':', ',', '，']).trim();
    match text {
        "休息" | "闭馆" | "不开放" | "关闭" => return Ok(Vec::new()),
        "全天" | "24小时" | "全天开放" | "24小时开放" => return Ok(vec![Span { from: 0, to: DAY }]),
        _ => {}
    }
    let mut spans = text.split(['、', ',', '，']).map(|part| span(part.trim())).collect::<Result<Spans, _>>()?;
    spans.sort();
    if spans.windows(2).any(|pair| pair[0].to >= pair[1].from) {
        return Err(Text::new(
            format!("“{text}”里的时段重叠或相接"),
            format!("the times of “{text}” overlap or touch"),
        ));
    }
    if spans.is_empty() { Err(unclear(text)) } else { Ok(spans) }
}

fn span(text: &str) -> Result<Span, Text> {
    if text == "全天" {
        return Ok(Span { from: 0, to: DAY });
    }
    let parts: Vec<&str> = text.split(['–', '至', '到']).map(str::trim).collect();
    let [from, to] = parts[..] else { return Err(unclear(text)) };
    let (to, next) = match to.strip_prefix("次日") {
        Some(rest) => (rest.trim(), DAY),
        None => (to, 0),
    };
    let from = clock(from)?;
    let to = clock(to)? + next;
    if from >= DAY || to <= from || to - from > DAY || (next > 0 && to == DAY) {
        return Err(Text::new(
            format!("“{text}”的起止不对：结束要晚于开始，跨夜写“次日”"),
            format!("“{text}” does not end after it begins; beyond midnight write 次日"),
        ));
    }
    Ok(Span { from, to })
}

fn clock(text: &str) -> Result<u16, Text> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let plain = |digits: &str, most: usize| {
            let fits = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            if fits { digits.parse::<u16>().ok() } else { None }
        };
        let (hour, minute) = (plain(hour, 2)?, plain(minute, 2).filter(|_| minute.len() == 2)?);
        (minute < 60 && hour * 60 + minute <= DAY).then_some(hour * 60 + minute)
    };
    read().ok_or_else(|| Text::new(format!("“{text}”不是时刻：写成 8:30"), format!("“{text}” is no time: write 8:30")))
}

/// What runs into the next day must end before that day opens, whichever day it is.
fn no_overlap_at_midnight(hours: &Hours) -> Result<(), Text> {
    let days: Vec<&Spans> = match &hours.week {
        Week::Days(days) => days.iter().collect(),
        Week::Work { working, off } => vec![working, off],
    };
    let all: Vec<&Spans> = days.into_iter().chain(&hours.holidays).collect();
    let latest = all.iter().filter_map(|spans| spans.last()).map(|span| span.to.saturating_sub(DAY)).max().unwrap_or(0);
    let earliest = all.iter().filter_map(|spans| spans.first()).map(|span| span.from).min().unwrap_or(DAY);
    if latest > earliest {
        return Err(Text::new(
            "跨夜的时段与次日的开门时间重叠",
            "what runs beyond midnight overlaps the next day's opening",
        ));
    }
    Ok(())
}
