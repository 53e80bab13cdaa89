//! What an event says of itself: the JSON that was hashed, laid out as names and values.

use kernel::Lang;
use serde_json::{Map, Value};

/// More characters than this are cut: the sheet and the API have the whole.
const LONGEST: usize = 120;
/// More members of a list than this are counted only.
const MOST: usize = 6;

/// Names of the keys that most readers ask for; others are shown as they stand.
const KEYS: &[(&str, &str)] = &[
    ("added", "新增"),
    ("address", "地址"),
    ("after", "之后"),
    ("approved", "通过"),
    ("before", "之前"),
    ("cause", "原因"),
    ("changed", "修改"),
    ("changes", "变更"),
    ("closes_on", "截止日"),
    ("code", "编码"),
    ("connectors", "充电枪"),
    ("cut_off", "数据截至"),
    ("decision", "决定"),
    ("digest", "数据摘要"),
    ("display_name", "显示名"),
    ("document", "文号"),
    ("done", "完成"),
    ("due_on", "期限"),
    ("entered", "录入"),
    ("every", "周期"),
    ("figures", "数字"),
    ("findings", "发现"),
    ("from", "原值"),
    ("hands", "经手人摘要"),
    ("indicator", "指标"),
    ("indicators", "指标"),
    ("kind", "类型"),
    ("known_on", "台账日"),
    ("late", "逾期"),
    ("media_type", "格式"),
    ("name", "名称"),
    ("new", "新增"),
    ("opens_on", "开始日"),
    ("organisation", "单位"),
    ("organisations", "单位"),
    ("party", "一方"),
    ("planned_on", "计划日"),
    ("programme", "方案"),
    ("programmes", "方案"),
    ("project", "项目"),
    ("projects", "项目"),
    ("reason", "理由"),
    ("reason_text", "理由说明"),
    ("region", "区划"),
    ("resolution", "解决办法"),
    ("returns", "填报"),
    ("review_levels", "审核层级"),
    ("role", "角色"),
    ("rows", "行数"),
    ("scheme", "办法"),
    ("service", "服务"),
    ("sign_in_name", "账号"),
    ("since", "自"),
    ("size", "大小"),
    ("skip_reason", "越级理由"),
    ("stations", "充电站"),
    ("subject", "对象"),
    ("template", "模板"),
    ("text", "正文"),
    ("title", "标题"),
    ("to", "新值"),
    ("until", "至"),
    ("version", "版本"),
    ("visited_on", "走访日"),
    ("what", "内容"),
    ("without_body", "没有责任单位"),
];

/// Name and value of each part of `detail`; the text itself where it is no object.
pub(super) fn parts(lang: Lang, detail: &str) -> Vec<(String, String)> {
    match serde_json::from_str(detail) {
        Ok(Value::Object(map)) => map.iter().map(|(key, value)| (name(lang, key), said(lang, value))).collect(),
        Ok(Value::Null) => Vec::new(),
        _ => vec![(String::new(), cut(detail))],
    }
}

fn name(lang: Lang, key: &str) -> String {
    let chinese = KEYS.iter().find(|(english, _)| *english == key).map(|(_, chinese)| *chinese);
    match (lang, chinese) {
        (Lang::Zh, Some(chinese)) => chinese.to_owned(),
        _ => key.replace('_', " "),
    }
}

fn said(lang: Lang, value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::Bool(yes) => lang.t(if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.is_empty() => "—".to_owned(),
        Value::String(text) => cut(text),
        Value::Array(list) if list.len() > MOST || list.iter().any(Value::is_object) => match lang {
            Lang::Zh => format!("{} 条", list.len()),
            Lang::En => format!("{} of them", list.len()),
        },
        Value::Array(list) => joined(lang, list.iter().map(|one| said(lang, one))),
        Value::Object(map) => object(lang, map),
    }
}

/// A change is a list of two: what was and what is.
fn object(lang: Lang, map: &Map<String, Value>) -> String {
    let pair = |value: &Value| {
        value.as_array().filter(|list| list.len() == 2).map(|list| [said(lang, &list[0]), said(lang, &list[1])])
    };
    cut(&joined(
        lang,
        map.iter().map(|(key, value)| match pair(value) {
            Some([was, is]) => format!("{} {was} → {is}", name(lang, key)),
            None => format!("{} {}", name(lang, key), said(lang, value)),
        }),
    ))
}

fn joined(lang: Lang, parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(lang.t("；", "; "))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zh(detail: &str) -> Vec<(String, String)> {
        parts(Lang::Zh, detail)
    }

    fn pairs<const N: usize>(all: [(&str, &str); N]) -> Vec<(String, String)> {
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    #[test]
    fn a_detail_reads_as_names_and_values() {
        let said =
            zh(r#"{"name":"污水管网","changes":{"name":["旧","新"],"kind":[null,"count"]},"late":false,"ids":[1,2]}"#);
        let wanted = [("名称", "污水管网"), ("变更", "名称 旧 → 新；类型 — → count"), ("逾期", "否"), ("ids", "1；2")];
        assert_eq!(said, pairs(wanted));
        assert_eq!(parts(Lang::En, r#"{"due_on":"2024-06-30"}"#), pairs([("due on", "2024-06-30")]));
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        assert!(zh("{}").is_empty() && zh("null").is_empty());
    }

    #[test]
    fn long_lists_and_texts_are_cut() {
        let ids: Vec<u8> = (0..40).collect();
        let long = "字".repeat(500);
        let said = zh(&serde_json::json!({ "ids": ids, "text": long }).to_string());
        assert_eq!(said[0].1, "40 条");
        assert_eq!(said[1].1.chars().count(), LONGEST + 1);
        assert_eq!(zh("no JSON"), pairs([("", "no JSON")]), "and what is no JSON is shown all the same");
    }
}
