//! One attribute of an entry: what may be written, and how it is kept and shown.

use chrono::NaiveDate;
use kernel::{Lang, Text};
use rust_decimal::Decimal;

/// The longest text of an attribute, in characters.
const LONGEST: usize = 200;

/// Digits behind the point that a number may have, as the ledger's.
const MOST_PLACES: u32 = 4;

/// The largest number that is believed.
const LARGEST: i64 = 1_000_000_000_000;

/// What stands between the keys of several choices.
pub(crate) const BETWEEN: char = '/';

/// One value of a closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it is kept.
    pub key: String,
    /// The name on screens.
    pub name: Text,
}

/// What an attribute can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// A whole number, never negative.
    Whole,
    /// A decimal with up to four places, never negative.
    Number,
    /// Yes or no.
    Yes,
    /// Words.
    Text,
    /// A telephone number of a body.
    Phone,
    /// A day.
    Day,
    /// An address that begins with https.
    Link,
    /// One of a list.
    Choice(Vec<Choice>),
    /// Any of a list.
    Many(Vec<Choice>),
}

/// One attribute of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// As it is kept.
    pub key: String,
    /// The name on screens.
    pub name: Text,
    /// What it can hold.
    pub kind: AttributeKind,
    /// The unit of a number; empty without one.
    pub unit: String,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// Whether an entry must have it.
    pub required: bool,
    /// Whether everybody may see it; what could point at single persons is for the office only.
    pub public: bool,
}

impl Attribute {
    /// The word for its kind, as written in the files.
    pub fn kind_word(&self) -> &'static str {
        match self.kind {
            AttributeKind::Whole => "whole",
            AttributeKind::Number => "number",
            AttributeKind::Yes => "yes",
            AttributeKind::Text => "text",
            AttributeKind::Phone => "phone",
            AttributeKind::Day => "day",
            AttributeKind::Link => "link",
            AttributeKind::Choice(_) => "choice",
            AttributeKind::Many(_) => "many",
        }
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, AttributeKind::Whole | AttributeKind::Number)
    }

    /// The list that it chooses from; empty for other kinds.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            AttributeKind::Choice(choices) | AttributeKind::Many(choices) => choices,
            _ => &[],
        }
    }

    /// The heading of its column: name and unit.
    pub fn heading(&self, lang: Lang) -> String {
        if self.unit.is_empty() {
            return self.name.get(lang).to_owned();
        }
        lang.t(&format!("{}（{}）", self.name.zh, self.unit), &format!("{} ({})", self.name.en, self.unit)).to_owned()
    }

    /// What is kept for what somebody wrote; nothing for an empty field.
    ///
    /// # Errors
    /// What is wrong with it, and what may be written.
    pub fn read(&self, written: &str) -> Result<Option<String>, Text> {
        let written = written.trim();
        if written.is_empty() {
            return if self.required { Err(Text::new("请填写", "This is needed")) } else { Ok(None) };
        }
        let kept = match &self.kind {
            AttributeKind::Whole | AttributeKind::Number => self.number(written)?.to_string(),
            AttributeKind::Yes => yes(written)?.to_owned(),
            AttributeKind::Text => text(written)?,
            AttributeKind::Phone => phone(written)?,
            AttributeKind::Day => day(written)?.to_string(),
            AttributeKind::Link => link(written)?,
            AttributeKind::Choice(choices) => choose(choices, written)?.key.clone(),
            AttributeKind::Many(choices) => many(choices, written)?,
        };
        Ok(Some(kept))
    }

    fn number(&self, written: &str) -> Result<Decimal, Text> {
        let plain = written.replace([',', '，'], "");
        let plain = plain.strip_suffix(self.unit.as_str()).filter(|_| !self.unit.is_empty()).unwrap_or(&plain).trim();
        let number = plain.parse::<Decimal>().map_err(|_| {
            Text::new(format!("“{written}”不是数字，只写阿拉伯数字"), format!("“{written}” is no number"))
        })?;
        let number = number.normalize();
        if self.kind == AttributeKind::Whole && number.scale() > 0 {
            return Err(Text::new("应为整数", "A whole number is needed"));
        }
        if number.scale() > MOST_PLACES {
            return Err(Text::new("最多四位小数", "At most four places behind the point"));
        }
        let (min, max) = (self.min.unwrap_or(0), self.max.unwrap_or(LARGEST));
        if number < Decimal::from(min) || number > Decimal::from(max) {
            return Err(Text::new(
                format!("应在 {min} 到 {max} 之间"),
                format!("It should lie between {min} and {max}"),
            ));
        }
        Ok(number)
    }

    /// What is kept, for people to read; without the unit.
    pub fn show(&self, kept: &str, lang: Lang) -> String {
        let name = |choices: &[Choice], key: &str| {
            choices.iter().find(|one| one.key == key).map_or(key, |one| one.name.get(lang)).to_owned()
        };
        match &self.kind {
            AttributeKind::Yes => match kept {
                "yes" => lang.t("是", "yes").to_owned(),
                _ => lang.t("否", "no").to_owned(),
            },
            AttributeKind::Choice(choices) => name(choices, kept),
            AttributeKind::Many(choices) => {
                let names: Vec<_> = kept.split(BETWEEN).map(|key| name(choices, key)).collect();
                names.join(lang.t("、", ", "))
            }
            _ => kept.to_owned(),
        }
    }
}

fn yes(written: &str) -> Result<&'static str, Text> {
    match written.to_lowercase().as_str() {
        "是" | "有" | "√" | "✓" | "y" | "yes" | "true" | "1" => Ok("yes"),
        "否" | "无" | "没有" | "×" | "n" | "no" | "false" | "0" => Ok("no"),
        _ => Err(Text::new("只写“是”或“否”", "Write yes or no")),
    }
}

fn text(written: &str) -> Result<String, Text> {
    let length = written.chars().count();
    if length > LONGEST {
        return Err(Text::new(
            format!("最多 {LONGEST} 字，现有 {length} 字"),
            format!("At most {LONGEST} characters, this has {length}"),
        ));
    }
    Ok(written.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// A telephone of a body: a mobile number would be a person's.
fn phone(written: &str) -> Result<String, Text> {
    let digits = written.chars().filter(char::is_ascii_digit).count();
    let plain = written.chars().all(|c| c.is_ascii_digit() || "-—()（） 转".contains(c));
    if !plain || !(3..=16).contains(&digits) {
        return Err(Text::new(
            "写单位的固定电话或热线，例如 0574-8718 0000",
            "Write a telephone of the body, such as 0574-8718 0000",
        ));
    }
    let only: String = written.chars().filter(char::is_ascii_digit).collect();
    if only.len() == 11 && only.starts_with('1') {
        return Err(Text::new(
            "这像个人手机号：只登记单位的固定电话或热线",
            "This looks like a mobile number of a person: write a telephone of the body",
        ));
    }
    Ok(written.to_owned())
}

fn day(written: &str) -> Result<NaiveDate, Text> {
    let wrong = || Text::new("日期写成 2024-06-30", "Write the day as 2024-06-30");
    let plain = written.replace(['/', '.', '年', '月'], "-").replace('日', "");
    let parts: Vec<i32> =
        plain.split('-').map(|part| part.trim().parse().map_err(|_| wrong())).collect::<Result<_, _>>()?;
    let [year, month, day] = parts[..] else { return Err(wrong()) };
    let small = |number: i32| u32::try_from(number).map_err(|_| wrong());
    let day = NaiveDate::from_ymd_opt(year, small(month)?, small(day)?);
    day.filter(|_| (1900..=2100).contains(&year)).ok_or_else(wrong)
}

fn link(written: &str) -> Result<String, Text> {
    let rest = written.strip_prefix("https://").unwrap_or_default();
    let plain = !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "\"<>".contains(c));
    if !plain || written.len() > LONGEST {
        return Err(Text::new("网址以 https:// 开头", "The address begins with https://"));
    }
    Ok(written.to_owned())
}

fn choose<'a>(choices: &'a [Choice], written: &str) -> Result<&'a Choice, Text> {
    let fits =
        |one: &&Choice| one.key == written || one.name.zh == written || one.name.en.eq_ignore_ascii_case(written);
    choices.iter().find(fits).ok_or_else(|| {
        let (zh, en): (Vec<_>, Vec<_>) = choices.iter().map(|one| (one.name.zh.as_str(), one.name.en.as_str())).unzip();
        Text::new(
            format!("“{written}”不在可选项中：{}", zh.join("、")),
            format!("“{written}” is none of: {}", en.join(", ")),
        )
    })
}

/// Keys in the order of the list, so that the same choice is always kept the same way.
fn many(choices: &[Choice], written: &str) -> Result<String, Text> {
    let parts = written.split(['、', ';', '；', ',', '，', BETWEEN]).map(str::trim).filter(|part| !part.is_empty());
    let chosen = parts.map(|part| choose(choices, part)).collect::<Result<Vec<_>, _>>()?;
    let kept: Vec<_> = choices.iter().filter(|one| chosen.contains(one)).map(|one| one.key.as_str()).collect();
    if kept.is_empty() {
        return Err(Text::new("请至少选一项", "Choose at least one"));
    }
    Ok(kept.join(&BETWEEN.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalogue::Catalogue;

    fn attribute(code: &str, key: &str) -> &'static Attribute {
        Catalogue::shipped().find(code).and_then(|service| service.attribute(key)).expect("an attribute")
    }

    #[test]
    fn what_is_written_is_kept_exactly_or_refused_with_advice() {
        let length = attribute("D096", "length");
        assert_eq!(length.read("4.50").unwrap().as_deref(), Some("4.5"));
        assert_eq!(length.read("1,082 公里").unwrap().as_deref(), Some("1082"));
        assert!(length.read("约5").unwrap_err().zh.contains("不是数字"));
        assert!(length.read("0.00001").is_err() && length.read("-1").is_err());
        assert!(length.read(" ").unwrap_err().zh.contains("请填写"), "a length is needed");

        let kind = attribute("D045", "kind");
        assert_eq!(kind.read("老年共享餐厅").unwrap().as_deref(), Some("shared"));
        assert!(kind.read("饭店").unwrap_err().zh.contains("标准化老年食堂"));
        let served = attribute("D045", "served");
        assert_eq!(served.read("晚餐、午餐，午餐").unwrap().as_deref(), Some("lunch/dinner"));
        assert_eq!(served.show("lunch/dinner", Lang::Zh), "午餐、晚餐");

        let phone = attribute("D004", "phone");
        assert!(phone.read("0574-87180000").is_ok());
        assert!(phone.read("13800000000").unwrap_err().zh.contains("手机"), "a person's number is not kept");
        let day = attribute("D004", "pads_until");
        assert_eq!(day.read("2024年6月3日").unwrap().as_deref(), Some("2024-06-03"));
        assert!(day.read("2024-02-30").is_err());
        let link = attribute("D066", "link");
        assert!(link.read("javascript:alert(1)").is_err() && link.read("http://a.cn").is_err());
    }

    proptest! {
        #[test]
        fn reading_never_fails_badly_and_what_is_kept_reads_again(at in 0_usize..10_000, written in "\\PC{0,40}") {
            let all: Vec<_> = Catalogue::shipped().services.iter().flat_map(|service| &service.attributes).collect();
            let attribute = all[at % all.len()];
            if let Ok(Some(kept)) = attribute.read(&written) {
                prop_assert_eq!(attribute.read(&kept).unwrap(), Some(kept.clone()));
                for lang in [Lang::Zh, Lang::En] {
                    prop_assert!(!attribute.show(&kept, lang).is_empty());
                }
            }
        }

        #[test]
        fn numbers_within_bounds_are_kept_to_the_last_digit(whole in 0_i64..1_000_000_000, places in 0_u32..=4) {
            let written = Decimal::new(whole, places);
            let kept = attribute("D096", "length").read(&written.to_string()).unwrap().unwrap();
            prop_assert_eq!(kept.parse::<Decimal>().unwrap(), written);
        }
    }
}
