//! Numerals in a mended text: where digits, Chinese or Arabic, with their 万, 亿 and 余 stand.

use figures::{Number, parse_number};

use crate::lexicon::{UnitKind, lexicon};

/// A numeral, whatever it may mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numeral {
    /// Bytes of the mended text, 余 and the like at the end left out.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where the text goes on behind 余 and the like.
    pub(crate) behind: usize,
    pub(crate) number: Number,
    /// 余, 多 or + inside or behind.
    pub(crate) more: bool,
    /// Written in Chinese characters.
    pub(crate) chinese: bool,
    /// 万 or 亿 is part of it.
    pub(crate) scaled: bool,
}

/// Every numeral of a text, from left to right.
pub(crate) fn numerals(text: &str) -> Vec<Numeral> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let numeral = if bytes[at].is_ascii_digit() {
            arabic(text, at)
        } else if bytes[at] >= 0x80 {
            chinese(text, at)
        } else {
            Step::Over(at + 1)
        };
        at = match numeral {
            Step::Found(numeral) => {
                let next = numeral.behind.max(at + 1);
                found.push(numeral);
                next
            }
            Step::Over(next) => next,
        };
    }
    found
}

enum Step {
    Found(Numeral),
    Over(usize),
}

/// How many bytes a run of digits and grouping commas has.
fn digits(text: &str, at: usize) -> usize {
    text.as_bytes()[at..].iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn arabic(text: &str, start: usize) -> Step {
    let bytes = text.as_bytes();
    let mut end = start + digits(text, start);
    // Groups of three behind commas.
    while bytes.get(end) == Some(&b',') && digits(text, (end + 1).min(bytes.len())) == 3 && end - start <= 20 {
        end += 4;
    }
    if bytes.get(end) == Some(&b'.') {
        let places = digits(text, (end + 1).min(bytes.len()));
        if places > 0 {
            end += 1 + places;
        }
    }
    let plain_end = end;
    // 1.2.3 is a version or a heading, 3,45 a slip: no numeral.
    let runs_on =
        |at: usize| matches!(bytes.get(at), Some(b'.' | b',')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    if runs_on(end) {
        let rest = text[end..].find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(text.len() - end);
        return Step::Over(end + rest);
    }
    let tail = tail(text, plain_end);
    if let Some(step) = compound(text, start, &tail) {
        return step;
    }
    let raw = text[start..tail.numeral_end].replace(['余', '多', '来', '+'], "");
    match parse_number(&raw) {
        Ok(number) => Step::Found(Numeral {
            start,
            end: tail.numeral_end,
            behind: tail.behind,
            number,
            more: tail.more,
            chinese: false,
            scaled: tail.scaled,
        }),
        Err(_) => Step::Over(plain_end),
    }
}

/// Digits that go on behind a magnitude: 3亿5千万, 1千2百, 3万零6百.
fn compound(text: &str, start: usize, tail: &Tail) -> Option<Step> {
    if !tail.scaled || tail.more {
        return None;
    }
    let whole = |number: &Number| number.precision.places == 0;
    let mut number = parse_number(&text[start..tail.numeral_end]).ok().filter(whole)?;
    let mut end = tail.numeral_end;
    loop {
        let nought = if text[end..].starts_with('零') { '零'.len_utf8() } else { 0 };
        let from = end + nought;
        let behind = from + digits(text, from);
        let to = behind + magnitude(&text[behind..]);
        let smaller = |part: &Number| {
            part.value < number.precision.magnitude.factor() && (to > behind || nought > 0) && whole(part)
        };
        let Some(part) = parse_number(&text[from..to]).ok().filter(smaller) else { break };
        number = Number { value: number.value + part.value, precision: part.precision };
        end = to;
    }
    if end == tail.numeral_end {
        return None;
    }
    let (more, follows) = more(&text[end..]);
    let more = if follows { more } else { 0 };
    Some(Step::Found(Numeral { start, end, behind: end + more, number, more: more > 0, chinese: false, scaled: true }))
}

struct Tail {
    numeral_end: usize,
    behind: usize,
    more: bool,
    scaled: bool,
}

/// 余, 万, 亿 and their like behind the digits.
fn tail(text: &str, digits_end: usize) -> Tail {
    let mut tail = Tail { numeral_end: digits_end, behind: digits_end, more: false, scaled: false };
    let (more, rest) = more(&text[digits_end..]);
    let magnitude = magnitude(&text[digits_end + more..]);
    if magnitude > 0 {
        tail.numeral_end = digits_end + more + magnitude;
        tail.behind = tail.numeral_end;
        tail.scaled = true;
        tail.more = more > 0;
        let (more, _) = self::more(&text[tail.behind..]);
        tail.behind += more;
        tail.more |= more > 0;
    } else if rest {
        tail.behind = digits_end + more;
        tail.more = more > 0;
    }
    tail
}

/// The length of 余, 多, 来 or + at the start, and whether it stands for "and more" here.
fn more(text: &str) -> (usize, bool) {
    let word = ["余", "多", "来", "+"].into_iter().find(|word| text.starts_with(word));
    let Some(word) = word else { return (0, true) };
    let rest = &text[word.len()..];
    // 3多样, 5来自 are none: a unit or a magnitude must follow.
    let follows = magnitude(rest) > 0 || lexicon().unit_at(rest).is_some_and(|unit| unit.kind != UnitKind::None);
    if follows { (word.len(), true) } else { (0, false) }
}

/// The length of 万, 亿, 百, 千 and their compounds at the start; 0 where they begin a unit, as in 千米 and 百分点.
fn magnitude(text: &str) -> usize {
    let found = ["万亿", "千亿", "百亿", "千万", "百万", "亿", "万", "千", "百"]
        .into_iter()
        .find(|word| text.starts_with(word));
    let Some(word) = found else { return 0 };
    let begins_unit = matches!(word, "千" | "百")
        && (lexicon().unit_at(text).is_some()
            || (!(word == "千" && hundreds_follow(&text[word.len()..]))
                && lexicon().unit_at(&text[word.len()..]).is_none_or(|unit| unit.kind == UnitKind::None)));
    if begins_unit { 0 } else { word.len() }
}

/// 1千 goes on in front of 2百.
fn hundreds_follow(text: &str) -> bool {
    digits(text, 0) == 1 && text[1..].starts_with('百')
}

fn is_numeral_letter(letter: char) -> bool {
    matches!(
        letter,
        '零' | '〇'
            | '一'
            | '二'
            | '两'
            | '三'
            | '四'
            | '五'
            | '六'
            | '七'
            | '八'
            | '九'
            | '十'
            | '百'
            | '千'
            | '万'
            | '亿'
    )
}

fn chinese(text: &str, start: usize) -> Step {
    let rest = &text[start..];
    let Some(first) = rest.chars().next() else { return Step::Over(start + 1) };
    if !is_numeral_letter(first) {
        return Step::Over(start + first.len_utf8());
    }
    let run = rest.find(|letter: char| !is_numeral_letter(letter) && letter != '点').unwrap_or(rest.len());
    let run = rest[..run].trim_end_matches('点').len();
    let over = Step::Over(start + run.max(first.len_utf8()));
    if run > 40 * 3 {
        return over;
    }
    let (more, _) = more(&rest[run..]);
    let magnitude = if more > 0 { magnitude(&rest[run + more..]) } else { 0 };
    let numeral = &rest[..run];
    let about = round_number(text, start, numeral);
    let read = if let Some(number) = about {
        Ok(number)
    } else if magnitude > 0 {
        parse_number(&format!("{numeral}{}", &rest[run + more..run + more + magnitude]))
    } else if more > 0 && matches!(numeral, "百" | "千" | "万") {
        // 百余家: a hundred and some.
        parse_number(&format!("一{numeral}"))
    } else {
        parse_number(numeral)
    };
    match read {
        Ok(number) => {
            let end = if magnitude > 0 { start + run + more + magnitude } else { start + run };
            Step::Found(Numeral {
                start,
                end,
                behind: start + run + more + magnitude,
                number,
                more: more > 0,
                chinese: true,
                scaled: numeral.ends_with(['万', '亿']) || magnitude > 0,
            })
        }
        Err(_) => over,
    }
}

/// 近千, 逾万: a magnitude alone behind a word that says how close it comes, which is one of it.
fn round_number(text: &str, start: usize, numeral: &str) -> Option<Number> {
    let magnitude = matches!(numeral, "百" | "千" | "万" | "亿" | "百万" | "千万" | "百亿" | "千亿");
    let before = &text[..start];
    let close = before.ends_with(['近', '逾', '超', '约']) || before.ends_with("超过");
    // 附近百家 only looks so, 上千 is a way of speaking; 近千米 is one kilometre or a thousand metres.
    let part_of_word = ["附近", "最近", "高超"].iter().any(|word| before.ends_with(word));
    let of_unit =
        numeral.ends_with('千') && lexicon().unit_at(&text[start + numeral.len() - '千'.len_utf8()..]).is_some();
    if magnitude && close && !part_of_word && !of_unit { parse_number(&format!("一{numeral}")).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, bool)> {
        let shown = |numeral: &Numeral| {
            (text[numeral.start..numeral.end].to_owned(), numeral.number.value.normalize().to_string(), numeral.more)
        };
        numerals(text).iter().map(shown).collect()
    }

    #[test]
    fn numerals_with_their_magnitudes() {
        for (text, raw, value, more) in [
            ("新增8000余亩", "8000", "8000", true),
            ("17万余户", "17万", "170000", true),
            ("50余万人", "50余万", "500000", true),
            ("3.31万个", "3.31万", "33100", false),
            ("5千米", "5", "5", false),
            ("3千名", "3千", "3000", false),
            ("2百分点", "2", "2", false),
            ("1,234.5万元", "1,234.5万", "12345000", false),
            ("二十余项", "二十", "20", true),
            ("百余家", "百", "100", true),
            ("一百二十户", "一百二十", "120", false),
            ("三点五万人", "三点五万", "35000", false),
            ("100+个", "100", "100", true),
            ("1千2百间", "1千2百", "1200", false),
            ("3万零6百名", "3万零6百", "30600", false),
            ("3亿5千万元", "3亿5千万", "350000000", false),
            ("1万零800余户", "1万零800", "10800", true),
            ("近千个", "千", "1000", false),
        ] {
            assert_eq!(read(text), [(raw.to_owned(), value.to_owned(), more)], "{text}");
        }
        assert!(read("1.2.3版").is_empty());
        for none in ["千家", "附近百家", "成千上万人", "上百家", "近千米", "千方百计"] {
            assert!(read(none).is_empty(), "{none}");
        }
    }
}
