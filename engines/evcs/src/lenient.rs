//! Reading the JSON that real operators send: byte order marks, trailing commas, numbers as texts, one object where a
//! list belongs, first letters in either case.

use serde_json::{Map, Value};

/// Reads a text as JSON: strictly first, then without its byte order mark and trailing commas.
///
/// # Errors
/// What is wrong, in the words of the strict reader.
pub fn read(text: &str) -> Result<Value, String> {
    let text = text.trim_start_matches('\u{feff}').trim_matches(|c: char| c.is_whitespace() || c == '\0');
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        Err(strict) => serde_json::from_str(&without_trailing_commas(text)).map_err(|_| strict.to_string()),
    }
}

/// The same text without commas that stand before a closing bracket, outside of strings.
fn without_trailing_commas(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if in_string {
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            in_string = true;
        } else if c == ',' && text[at + 1..].trim_start().starts_with(['}', ']']) {
            continue;
        }
        kept.push(c);
    }
    kept
}

/// The fields of an object, found whatever the case of their letters.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The fields of `value`, if it is an object.
    pub fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// The value of a field; `null` counts as missing.
    pub fn get(self, name: &str) -> Option<&'a Value> {
        let exact = self.0.get(name);
        let found = exact.or_else(|| self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v));
        found.filter(|value| !value.is_null())
    }

    /// A text, trimmed; numbers and truth values are written out.
    pub fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some("1".to_owned()),
            Value::Bool(false) => Some("0".to_owned()),
            _ => None,
        }
    }

    /// The same, cut to `longest` characters; empty where it is missing.
    pub fn short(self, name: &str, longest: usize) -> String {
        let text = self.text(name).unwrap_or_default();
        text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(longest).collect()
    }

    /// A whole number, also written as `"3"` or `3.0`.
    pub fn whole(self, name: &str) -> Option<i64> {
        self.scaled(name, 0)
    }

    /// A number times ten to the power of `places`, rounded to the nearest; exact for decimals as they are printed.
    pub fn scaled(self, name: &str, places: u32) -> Option<i64> {
        scaled(&self.text(name)?, places)
    }

    /// A list; one value where a list belongs is a list of one, nothing is an empty one.
    pub fn list(self, name: &str) -> Vec<&'a Value> {
        match self.get(name) {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(Value::String(text)) if text.trim().is_empty() => Vec::new(),
            Some(one) => vec![one],
            None => Vec::new(),
        }
    }

    /// The objects of a list.
    pub fn objects(self, name: &str) -> Vec<Fields<'a>> {
        self.list(name).into_iter().filter_map(Fields::of).collect()
    }
}

/// `text` as a number times ten to the power of `places`, rounded half away from zero; `None` beyond 15 digits.
pub fn scaled(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    if text.contains(['e', 'E']) {
        // An exponent comes from a program that held a binary float anyway.
        let float = text.parse::<f64>().ok().filter(|float| float.is_finite())? * 10_f64.powi(places.cast_signed());
        return (float.abs() < 1e15).then(|| float.round() as i64);
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let kept = fraction.bytes().chain(std::iter::repeat(b'0')).take(places as usize);
    let mut number = 0_i64;
    for digit in whole.bytes().chain(kept) {
        number = number.checked_mul(10)?.checked_add(i64::from(digit - b'0')).filter(|n| *n < 1_000_000_000_000_000)?;
    }
    if fraction.as_bytes().get(places as usize).is_some_and(|next| *next >= b'5') {
        number += 1;
    }
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_operators_send_is_read() {
        for text in
            ["\u{feff}{\"a\":1}", "{\"a\":1,}", "{\"a\":1 , \n }", "{\"a\":[1,],}\0\0", " {\"a\":\"x,}\",\"b\":[{},],}"]
        {
            assert!(read(text).is_ok(), "{text}");
        }
        let value = read("{\"a\":\"\\\",}\",\"b\":[1,2,],}").unwrap();
        assert_eq!(value, json!({ "a": "\",}", "b": [1, 2] }), "nothing inside a string is touched");
        for text in ["", "{", "[1,,2]", "{\"a\" 1}", "nonsense", &"[".repeat(100_000)] {
            assert!(read(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn fields_are_found_in_any_case_and_form() {
        let value = json!({ "stationID": 12, "Total": "3", "List": { "x": 1 }, "None": null, "Power": "60.05" });
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.text("StationID").as_deref(), Some("12"));
        assert_eq!(fields.whole("total"), Some(3));
        assert_eq!(fields.objects("List").len(), 1);
        assert!(fields.list("None").is_empty() && fields.text("None").is_none());
        assert_eq!(fields.scaled("Power", 1), Some(601), "rounded to the tenth");
        assert_eq!(fields.short("StationID", 1), "1");
    }

    #[test]
    fn numbers_are_exact() {
        for (text, places, wanted) in [
            ("121.541288", 6, Some(121_541_288)),
            ("-0.5", 0, Some(-1)),
            ("1e2", 1, Some(1_000)),
            (".5", 1, Some(5)),
            ("", 0, None),
            ("1.2.3", 1, None),
            ("NaN", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(scaled(text, places), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,80}", places in 0_u32..9) {
            let _ = read(&text);
            let _ = scaled(&text, places);
        }

        #[test]
        fn trailing_commas_change_nothing_else(value in arbitrary()) {
            let text = value.to_string();
            let loose = text.replace('}', " ,}").replace(']', ", ]");
            // Brackets inside of strings are touched by the replacement, so only texts without them are compared.
            prop_assume!(!text.contains("\\") && !has_brackets_in_text(&value));
            let loose = loose.replace("{ ,}", "{}").replace("[, ]", "[]");
            prop_assert_eq!(read(&loose).unwrap(), value);
        }

        #[test]
        fn scaling_is_parsing(number in -1_000_000_000_i64..1_000_000_000) {
            let text = format!("{}{}.{:06}", if number < 0 { "-" } else { "" }, number.abs() / 1_000_000, number.abs() % 1_000_000);
            prop_assert_eq!(scaled(&text, 6), Some(number));
        }
    }

    fn has_brackets_in_text(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains(['}', ']', '"', '\\', ',']),
            Value::Array(values) => values.iter().any(has_brackets_in_text),
            Value::Object(map) => {
                map.iter().any(|(key, v)| key.contains(['}', ']', '"', ',']) || has_brackets_in_text(v))
            }
            _ => false,
        }
    }

    fn arbitrary() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<i32>().prop_map(Value::from), "[a-z0-9 ,}]{0,6}".prop_map(Value::from)];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z]{1,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
