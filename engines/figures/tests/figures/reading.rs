//! Numerals and phrases as bulletins print them, and what is read from them.

use minsheng_figures::{Decimal, Figure, Precision, Qualifier, ReadError, parse_number};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn numerals() {
    // raw, value, precision code (exponent × 100 + places)
    for (raw, value, code) in [
        ("45004", "45004", 0),
        ("45,004", "45004", 0),
        ("1，234，567", "1234567", 0),
        ("４５００４", "45004", 0),
        ("45\n004", "45004", 0),
        (" 20　000 ", "20000", 0),
        ("11.7", "11.7", 1),
        ("56.0", "56", 1),
        ("３．３１万", "33100", 402),
        ("3.31万", "33100", 402),
        ("30.60万", "306000", 402),
        ("1179万", "11790000", 400),
        ("694.04万", "6940400", 402),
        ("15300 万", "153000000", 400),
        ("40.16\n亿", "4016000000", 802),
        ("3128 亿", "312800000000", 800),
        ("5千", "5000", 300),
        ("3百", "300", 200),
        ("2千万", "20000000", 700),
        ("1.2万亿", "1200000000000", 1201),
        ("9999999999999", "9999999999999", 0),
        ("0000000000000000012", "12", 0),
        ("-60", "-60", 0),
        ("−60", "-60", 0),
        ("－3.2", "-3.2", 1),
        ("负3.2", "-3.2", 1),
        ("+8.6", "8.6", 1),
        ("-0", "0", 0),
        ("0", "0", 0),
        ("十", "10", 0),
        ("两", "2", 0),
        ("首", "1", 0),
        ("四", "4", 0),
        ("十二", "12", 0),
        ("二十", "20", 0),
        ("二十一", "21", 0),
        ("第二", "2", 0),
        ("一百零五", "105", 0),
        ("一百一十", "110", 0),
        ("三千", "3000", 0),
        ("两万", "20000", 400),
        ("十二万", "120000", 400),
        ("三万五千", "35000", 0),
        ("三万零五", "30005", 0),
        ("一亿二千万", "120000000", 400),
        ("一亿零五千", "100005000", 0),
        ("三点五万", "35000", 401),
        ("九十七点五", "97.5", 1),
        ("二〇二四", "2024", 0),
        ("〇", "0", 0),
        ("壹佰零伍", "105", 0),
        ("兩萬", "20000", 400),
    ] {
        let number = parse_number(raw).unwrap_or_else(|error| panic!("{raw}: {error}"));
        assert_eq!(number.value, decimal(value), "{raw}");
        assert_eq!(number.precision.to_code(), code, "{raw}");
    }
}

#[test]
fn what_is_no_numeral_says_where() {
    use ReadError::{Ambiguous, Empty, Grouping, MissingDigits, TooFine, TooLarge, Unreadable};
    for (raw, error) in [
        ("", Empty),
        (" \n　", Empty),
        ("多", Unreadable { at: 0, found: '多' }),
        ("大幅下降", Unreadable { at: 0, found: '大' }),
        ("零突破", Unreadable { at: 1, found: '突' }),
        ("12x", Unreadable { at: 2, found: 'x' }),
        ("1 2 个", Unreadable { at: 4, found: '个' }),
        ("7+N", Unreadable { at: 1, found: '+' }),
        ("6、7、8号楼", Unreadable { at: 1, found: '、' }),
        ("1万2千", Unreadable { at: 2, found: '2' }),
        ("3万千", Unreadable { at: 2, found: '千' }),
        ("599B", Unreadable { at: 3, found: 'B' }),
        ("十十", Unreadable { at: 1, found: '十' }),
        ("二三十", Unreadable { at: 1, found: '三' }),
        ("第", MissingDigits { at: 1 }),
        ("-", MissingDigits { at: 1 }),
        ("3.", MissingDigits { at: 2 }),
        ("3.万", MissingDigits { at: 2 }),
        (".5", MissingDigits { at: 0 }),
        ("万", MissingDigits { at: 0 }),
        ("百", MissingDigits { at: 0 }),
        ("三点", MissingDigits { at: 2 }),
        ("1,23", Grouping { at: 1 }),
        ("1,2345", Grouping { at: 1 }),
        ("1234,567", Grouping { at: 4 }),
        (",123", MissingDigits { at: 0 }),
        ("一百五", Ambiguous { at: 2 }),
        ("三万五", Ambiguous { at: 2 }),
        ("一亿五千", Ambiguous { at: 3 }),
        ("10000000000000", TooLarge { at: 0 }),
        ("100000亿", TooLarge { at: 0 }),
        (" 99999999999999999999999999999999999999", TooLarge { at: 1 }),
        ("0.12345678901", TooFine { at: 12 }),
        ("零点一二三四五六七八九零一", TooFine { at: 12 }),
    ] {
        let found = parse_number(raw);
        let error = if raw == ",123" { Grouping { at: 0 } } else { error };
        assert_eq!(found, Err(error), "{raw}");
    }
}

#[test]
fn messages_count_characters_from_one() {
    let error = parse_number("12x").expect_err("x is no digit");
    assert!(error.to_string().starts_with("第3个字“x”"), "{error}");
    assert!(error.message_en().starts_with("Character 3"), "{}", error.message_en());
}

#[test]
fn phrases() {
    use Qualifier::{All, Approximately, AtLeast, AtMost, Exact};
    // phrase, value, unit, qualifier, raw
    for (phrase, value, unit, qualifier, raw) in [
        ("近80万名", "800000", "名", Approximately, "近80万"),
        ("60万人以上", "600000", "人", AtLeast, "60万以上"),
        ("8000余亩", "8000", "亩", Approximately, "8000余"),
        ("17万余户", "170000", "户", Approximately, "17万余"),
        ("50余万人次", "500000", "人次", Approximately, "50余万"),
        ("十余家", "10", "家", Approximately, "十余"),
        ("超1.53万人次", "15300", "人次", AtLeast, "超1.53万"),
        ("不少于100个", "100", "个", AtLeast, "不少于100"),
        ("不超过5%", "5", "%", AtMost, "不超过5"),
        ("90%以上", "90", "%", AtLeast, "90以上"),
        ("全部433家", "433", "家", All, "全部433"),
        ("7+N个", "7", "个", AtLeast, "7+N"),
        ("8.6个百分点", "8.6", "个百分点", Exact, "8.6"),
        ("8.6百分点", "8.6", "百分点", Exact, "8.6"),
        ("56.0%", "56", "%", Exact, "56.0"),
        ("二十载", "20", "载", Exact, "二十"),
        ("十大方面", "10", "大方面", Exact, "十"),
        ("四驾马车", "4", "驾马车", Exact, "四"),
        ("40.16亿元", "4016000000", "元", Exact, "40.16亿"),
        ("30.26万平方米", "302600", "平方米", Exact, "30.26万"),
        ("1793套（间）", "1793", "套（间）", Exact, "1793"),
        ("45004\n剂次", "45004", "剂次", Exact, "45004"),
        ("18.4万", "184000", "", Exact, "18.4万"),
        ("5千米", "5", "千米", Exact, "5"),
    ] {
        let figure = Figure::read(phrase).unwrap_or_else(|error| panic!("{phrase}: {error}"));
        assert_eq!(figure.value(), Some(decimal(value)), "{phrase}");
        assert_eq!(figure.unit, unit, "{phrase}");
        assert_eq!(figure.qualifier, qualifier, "{phrase}");
        assert_eq!(figure.raw, raw, "{phrase}");
        assert_eq!(figure.display_zh(), phrase.replace('\n', ""), "{phrase}");
    }
}

#[test]
fn what_is_no_phrase_says_where() {
    for (phrase, at) in [("", 0), ("大幅下降", 0), ("近 多场", 2), ("80x", 2), ("近80 个/千人", 4), ("3.个", 2)]
    {
        let error = Figure::read(phrase).expect_err(phrase);
        assert_eq!(error.at(), at, "{phrase}: {error}");
    }
}

#[test]
fn published_figures_show_as_printed() {
    use Qualifier::{All, Approximately, AtLeast, Exact};
    for (value, raw, unit, qualifier, chinese, english) in [
        (Some("45004"), "45004", "剂次", Exact, "45004剂次", "45,004 doses"),
        (Some("33100"), "3.31万", "个", Exact, "3.31万个", "33,100"),
        (Some("306000"), "30.60万", "人", Exact, "30.60万人", "306,000 people"),
        (Some("600000"), "60万", "人", AtLeast, "60万人以上", "at least 600,000 people"),
        (Some("600000"), "60万人以上", "人", AtLeast, "60万人以上", "at least 600,000 people"),
        (Some("90"), "90", "%", AtLeast, "90%以上", "at least 90%"),
        (Some("800000"), "近80万", "名", Approximately, "近80万名", "about 800,000 people"),
        (Some("800000"), "80万", "名", Approximately, "约80万名", "about 800,000 people"),
        (Some("8000"), "8000余", "亩", Approximately, "8000余亩", "about 8,000 mu"),
        (Some("433"), "433", "家", All, "全部433家", "all 433"),
        (Some("100"), "100", "%", All, "100%", "100%"),
        (Some("1"), "全面实行", "", All, "全面实行", "全面实行"),
        (Some("1"), "首", "位", Exact, "首位", "1"),
        (Some("7"), "7+N", "个", AtLeast, "7+N个", "at least 7"),
        (Some("3"), "6、7、8号楼", "栋", Exact, "3栋", "3 buildings"),
        (Some("-60"), "60", "%", Exact, "-60%", "-60%"),
        (Some("56"), "56.0", "%", Exact, "56.0%", "56.0%"),
        (Some("4.45"), "人均", "个", Exact, "4.45个", "4.45"),
        (Some("184000"), "18.4万", "", Exact, "18.4万", "184,000"),
        (None, "大幅下降", "", Exact, "大幅下降", "大幅下降"),
        (None, "多", "场", Exact, "多场", "多场"),
    ] {
        let figure = Figure::published(value.map(decimal), raw, unit, qualifier);
        assert_eq!(figure.value(), value.map(decimal), "{raw}");
        assert_eq!(figure.display_zh(), chinese, "{raw}");
        assert_eq!(figure.display_en(), english, "{raw}");
    }
}

#[test]
fn precision_of_a_published_figure() {
    let precision = |value: &str, raw: &str, unit: &str| {
        let figure = Figure::published(Some(decimal(value)), raw, unit, Qualifier::Exact);
        figure.number.expect("a number").precision
    };
    assert_eq!(precision("800000", "近80万", "名").to_code(), 400);
    assert_eq!(precision("-2.5", "2.5", "%"), Precision::places(1));
    assert_eq!(precision("1", "全覆盖", ""), Precision::EXACT);
    assert_eq!(precision("3", "6、7、8号楼", "栋"), Precision::EXACT);
    assert_eq!(precision("4.45", "人均", "个"), Precision::places(2));
}

#[test]
fn ranks_and_computed_figures() {
    let second = Figure::published(Some(Decimal::TWO), "二", "位", Qualifier::Exact);
    assert_eq!(second.display_rank_zh(), "第二位");
    let first = Figure::published(Some(Decimal::ONE), "首", "位", Qualifier::Exact);
    assert_eq!(first.display_rank_zh(), "首位");
    let lost = Figure::published(None, "第", "", Qualifier::Exact);
    assert_eq!(lost.display_rank_zh(), "第");
    let share = Figure::computed(decimal("55.95119"), Precision::places(1), "%");
    assert_eq!(share.display_zh(), "56.0%");
}
