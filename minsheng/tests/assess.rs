//! `minsheng assess`, typed as a user types it.

#[expect(dead_code, reason = "shared with the tests that start a server")]
mod program;

use serde_json::Value;

use crate::program::House;

const SHEET: &str =
    "方案地区代码,年度,类别序号,类别,项目序号,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至,牵头单位
330200,2024,1,教育惠民,1,中小学扩容,新增学位,个,县,,,,,市教育局
,,,,,,,,,330203,3000,2700,2024-12-31,
,,,,,,,,,330205,2000,2000,2024-12-31,
";

/// Exit code, standard output, standard error.
fn types(house: &House, line: &str) -> (i32, String, String) {
    let output = house.command(line.split_whitespace()).output().expect("the program runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
}

#[track_caller]
fn json(house: &House, line: &str) -> Value {
    let (code, out, err) = types(house, line);
    assert_eq!(code, 0, "{out}{err}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

#[test]
fn a_year_is_run_listed_and_computed_again() {
    let house = House::empty();
    std::fs::write(house.path("a.csv"), SHEET).expect("a file");
    assert_eq!(types(&house, "import programme a.csv").0, 0);
    let (code, text, _) = types(&house, "assess list");
    assert!(code == 0 && text.contains("还没有考核"), "{text}");

    let run = json(&house, "assess run 330200-2024 --scheme uncapped --cut-off 2024-12-31 --json");
    assert_eq!((run["scheme"].as_str(), run["state"].as_str()), (Some("uncapped@1"), Some("draft")));
    let first = &run["scores"]["tables"][0]["rows"][0];
    assert_eq!((first["subject"].as_str(), first["open"][0].as_str()), (Some("region-330205"), Some("satisfaction")));
    assert_eq!(first["parts"][0]["points"].as_str(), Some("80"));
    let (_, text, _) = types(&house, "assess run 330200-2024 --scheme uncapped --cut-off 2024-12-31");
    assert!(text.contains("江北区") && text.contains("缺：群众满意率"), "{text}");
    let listed = json(&house, "assess list --programme 330200-2024 --json");
    assert_eq!(listed.as_array().map(Vec::len), Some(2));

    let id = run["id"].as_str().expect("a key");
    let again = json(&house, &format!("assess replay {id} --json"));
    assert_eq!((again[0]["same"].as_bool(), again[0]["untouched"].as_bool()), (Some(true), Some(true)));
    let (code, text, _) = types(&house, "assess replay");
    assert!(code == 0 && text.contains("0 份"), "nothing is kept yet: {text}");

    for (line, word) in [
        ("assess run 330200-1999", "没有方案 330200-1999"),
        ("assess run 330200-2024 --scheme nothing", "没有考核办法“nothing”"),
        ("assess run 330200-2024 --scheme uncapped --cut-off 2024-12-31 --keep", "缺少输入，不能封存"),
        ("assess run 330200-2024 --cut-off 2023-12-31", "截止日不能早于 2024 年"),
        ("assess replay 0191b3c0-0000-7000-8000-000000000000", "没有考核"),
    ] {
        let (code, out, err) = types(&house, line);
        assert_eq!((code, out.as_str()), (1, ""), "{line}: {err}");
        assert!(err.contains(word), "{line}: {err}");
    }
    assert_eq!(types(&house, "assess run").0, 2);
    assert_eq!(types(&house, "assess run 330200-2024 --reason x").0, 2, "a reason is for keeping");
}
