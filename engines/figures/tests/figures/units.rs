//! Every unit of the five bulletins is known or a free measure word, and conversions are exact.

use minsheng_figures::units::{Kind, TABLE, convert, find};
use minsheng_figures::{Decimal, round};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn the_table_lists_each_name_once_and_every_base() {
    for (index, row) in TABLE.iter().enumerate() {
        assert!(TABLE[index + 1..].iter().all(|other| other.name != row.name), "{} twice", row.name);
        let base = TABLE.iter().find(|other| other.name == row.base).expect("the base is listed");
        assert_eq!((base.base, base.worth, base.kind), (base.name, (1, 1), row.kind), "{}", row.name);
    }
}

#[test]
fn units_of_the_bulletins() {
    let known = "|个|家|人|%|元|公里|条|人次|位|座|项|处|户|名|场|所|亩|年|方面|台|支|张|天|间|件|剂次|载|件次|公顷|堂|场次\
                 |套(间)|套|周岁|部|平方米|栋|倍|起|类|个百分点";
    for unit in known.split('|') {
        let kind = find(unit).unwrap_or_else(|| panic!("{unit}")).kind;
        assert_ne!(kind, Kind::MeasureWord, "{unit}");
    }
    let free = "大|连创|大主战场|组次家庭|大项目|驾马车|创|个百分百|大方面|大赛道";
    for unit in free.split('|') {
        assert_eq!(find(unit).map(|unit| unit.kind), Some(Kind::MeasureWord), "{unit}");
    }
    for unit in ["x", "12", "个/千人", "一二三四五六七八九", "个 家"] {
        assert!(find(unit).is_none(), "{unit}");
    }
}

#[test]
fn conversions() {
    for (value, from, to, converted) in [
        ("11.7", "公里", "千米", Some("11.7")),
        ("11.7", "公里", "米", Some("11700")),
        ("149", "公顷", "亩", Some("2235")),
        ("82900", "亩", "公顷", Some("5526.666667")),
        ("30.26", "万平方米", "平方米", Some("302600")),
        ("15", "亩", "万平方米", Some("1")),
        ("1", "平方公里", "公顷", Some("100")),
        ("159377.82", "万元", "亿元", Some("15.937782")),
        ("20.02", "亿元", "元", Some("2002000000")),
        ("80", "万名", "人", Some("800000")),
        ("5", "‰", "%", Some("0.5")),
        ("6", "个月", "年", Some("0.5")),
        ("20", "载", "年", Some("20")),
        ("12", "驾马车", "驾马车", Some("12")),
        ("12", "人", "人次", None),
        ("12", "个", "处", None),
        ("12", "%", "个百分点", None),
        ("12", "驾马车", "连创", None),
        ("12", "年", "天", None),
        ("12", "x", "x", None),
    ] {
        let found = convert(decimal(value), from, to).map(|value| round(value, 6));
        assert_eq!(found, converted.map(decimal), "{value} {from} in {to}");
    }
    assert_eq!(convert(Decimal::MAX, "亿元", "元"), None);
}
