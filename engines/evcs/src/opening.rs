//! Opening hours as operators write them, where they can be understood.

use chrono::{NaiveTime, Timelike};

/// Words that mean round the clock.
const ALWAYS: [&str; 7] = ["24小时", "二十四小时", "全天", "24h", "24H", "00:00-24:00", "0:00-24:00"];

/// Whether `hours` say open at `time`; `None` where they cannot be understood – then they are only shown.
///
/// Understood are round the clock and one or more spans such as `08:00-22:00`, also over midnight. Words that name days
/// are left to people, because holidays and exceptions hide in them.
pub fn open_at(hours: &str, time: NaiveTime) -> Option<bool> {
    let written = plain(hours);
    if written.is_empty() || ["周", "星期", "工作日", "节假日", "周末"].iter().any(|day| written.contains(day))
    {
        return None;
    }
    if ALWAYS.iter().any(|word| written.contains(word)) {
        return Some(true);
    }
    let spans = spans(&written)?;
    let minute = time.hour() * 60 + time.minute();
    Some(spans.into_iter().any(
        |(from, to)| {
            if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
        },
    ))
}

/// Half-width digits and signs, no blanks.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '：' => ':',
            '－' | '—' | '–' | '~' | '～' | '至' | '到' => '-',
            '，' | '、' | '；' | ';' | '/' => ',',
            '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
            other => other,
        })
        .collect()
}

/// Spans in minutes of the day; `None` as soon as anything else stands there.
fn spans(text: &str) -> Option<Vec<(u32, u32)>> {
    let span = |part: &str| {
        let (from, to) = part.split_once('-')?;
        Some((minute(from)?, minute(to)?))
    };
    text.split(',').filter(|part| !part.is_empty()).map(span).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
}

fn minute(text: &str) -> Option<u32> {
    let mut parts = text.split(':');
    let (hour, minute) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    // Seconds may follow and say nothing.
    let of_a_day = hour < 24 && minute < 60 || (hour, minute) == (24, 0);
    (of_a_day && parts.count() <= 1).then(|| hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_understood_and_words_are_left_to_people() {
        let at = |hour| NaiveTime::from_hms_opt(hour, 30, 0).unwrap();
        for (hours, hour, open) in [
            ("08:00-22:00", 9, Some(true)),
            ("08:00-22:00", 22, Some(false)),
            ("08：00～22：00", 21, Some(true)),
            ("22:00-06:00", 2, Some(true)),
            ("22:00-06:00", 12, Some(false)),
            ("06:00-11:00；13:00-20:00", 12, Some(false)),
            ("全天开放", 3, Some(true)),
            ("00:00-24:00", 23, Some(true)),
            ("00:00:00-23:59:59", 12, Some(true)),
            ("周一至周五 08:00-18:00", 9, None),
            ("以现场公示为准", 9, None),
            ("", 9, None),
            ("25:00-26:00", 9, None),
            ("24:01-26:00", 9, None),
            // More minutes than a number of 32 bits holds.
            ("77700008:00-08:00", 9, None),
        ] {
            assert_eq!(open_at(hours, at(hour)), open, "{hours} at {hour}:30");
        }
    }

    proptest! {
        #[test]
        fn no_words_panic(text in "\\PC{0,40}", hour in 0_u32..24) {
            let _ = open_at(&text, NaiveTime::from_hms_opt(hour, 0, 0).unwrap());
        }
    }
}
