//! `minsheng catalogue`, typed as a user types it; no ledger is there.

#[expect(dead_code, reason = "shared with the tests that start a server")]
mod program;

use serde_json::Value;

use crate::program::House;

/// Exit code and standard output.
fn types(house: &House, line: &str) -> (i32, String) {
    let output = house.command(line.split_whitespace()).output().expect("the program runs");
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[track_caller]
fn json(house: &House, line: &str) -> (i32, Value) {
    let (code, out) = types(house, line);
    (code, serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}")))
}

#[test]
fn all_services_are_listed_shown_and_checked() {
    let house = House::empty();
    for line in ["catalogue list --json", "catalogue check --json"] {
        let (code, listed) = json(&house, line);
        assert_eq!(code, 0, "{line}");
        let numbers: Vec<&str> =
            listed.as_array().expect("a list").iter().filter_map(|one| one["service"].as_str()).collect();
        let wanted: Vec<String> = (1..=159).map(|number| format!("D{number:03}")).collect();
        assert_eq!(numbers, wanted, "{line}");
    }
    let (code, shown) = json(&house, "catalogue show D017 --json");
    assert_eq!((code, shown["service"].as_str(), shown["slug"].as_str()), (0, Some("D017"), Some("nursing-rooms")));
    assert_eq!(shown["indicators"][0]["facts"][0], "hangzhou-2024-021");
    let (code, text) = types(&house, "catalogue check");
    assert!(code == 0 && text.contains("159 项服务") && text.contains("441 个公布值"), "{text}");
    assert_eq!(types(&house, "catalogue show D999").0, 1);
}

#[test]
fn an_own_file_is_added_or_refused_with_line_and_key() {
    let house = House::empty();
    let own = r#"[domain]
code = "health"
name = { zh = "医疗卫生", en = "Health" }
[[service]]
code = "L001"
slug = "night-clinics"
name = { zh = "夜间门诊", en = "Night clinics" }
about = { zh = "晚上也开的门诊。", en = "Clinics that open at night." }
archetypes = ["F"]
icon = "夜"
entry = { shape = "place", zh = "门诊", en = "clinic" }
feeds = [{ zh = "夜间门诊", en = "night clinics", units = ["家"], count = "entries", facts = [] }]
"#;
    std::fs::write(house.path("own.toml"), own).expect("a file");
    let (code, listed) = json(&house, "catalogue check --json --catalogue own.toml");
    assert_eq!((code, listed.as_array().map(Vec::len)), (0, Some(160)));
    std::fs::write(house.path("own.toml"), own.replace("\"家\"", "\"miles\"")).expect("a file");
    let (code, text) = types(&house, "catalogue check --catalogue own.toml");
    assert!(code == 1 && text.contains("own.toml:12") && text.contains("miles"), "{text}");
    assert_eq!(types(&house, "catalogue list --catalogue nowhere").0, 1);
}
