//! What goes in and what comes out.

use ledger::entries::{self, View};
use ledger::programmes::{self, Outline};
use ledger::words::{Breakdown, Measure, Reason};
use proptest::prelude::*;

use crate::house::plan::sheet::{Format, Options};
use crate::house::{House, csv};

const HEAD: &str = "方案地区代码,年度,方案名称,类别序号,类别,项目序号,项目名称,指标,单位,上级指标,分项性质,地区代码,地区,目标值,完成值,截至,限定词,牵头单位,配合单位,分管领导（职务）,责任人（职务）,数据来源,备注";

const SCHOOLS: &[&str] = &[
    HEAD,
    "330200,2025,宁波市2025年度民生实事,1,教育惠民,1,中小学扩容,新增学位,个,,完整,,,3.31万,1650,2025-06-30,,市教育局,\"市发展改革委、市财政局\",副市长,分管副局长,半年通报,口径：公办",
    ",,,,,,,,,,,330203,,3000,650,2025年6月30日,,,,,,,",
    ",,,,,,,,,,,,江北区,2000,近1000,2025/6/30,,区教育局,,,,,",
    ",,,,,,,其中小学,个,新增学位,,,,3万,1000,2025-06-30,,,,,,,",
    ",,,,,,,其中初中,个,新增学位,,,,0.31万,650,2025-06-30,,,,,,,",
    ",,,2,便民出行,2,公交,新辟公交线路,条,,,,,80,,,以上,,,,,,",
    ",,,,,,,公交满意度,%,,,,,,95.0,2025-06-30,,,,,,,",
    ",,,,,3,停车,全面开放机关停车场,,,,,,,全面开放,,,,,,,,",
];

fn schools() -> Vec<u8> {
    let mut rows: Vec<String> = SCHOOLS.iter().map(|row| (*row).to_owned()).collect();
    // A fact that holds has no unit; its kind says what it is.
    rows[0].push_str(",指标类型");
    rows[8].push_str(",事项");
    rows.join("\n").into_bytes()
}

#[tokio::test]
async fn a_sheet_becomes_a_programme_and_the_same_sheet_changes_nothing() {
    let house = House::new().await;
    let report = house.import("学位.csv", &schools()).await.unwrap();
    assert!(report.written && report.created.programme);
    assert_eq!((report.recorded, report.corrected, report.unchanged), (13, 0, 0), "{report:?}");
    assert_eq!((report.created.categories, report.created.projects, report.created.indicators), (2, 3, 6));

    let on = house.store.reader();
    let programme = programmes::find(on, "330200-2025").await.unwrap().unwrap();
    assert_eq!(programme.title, "宁波市2025年度民生实事");
    let outline = Outline::load(on, programme).await.unwrap();
    let places = outline.indicator("新增学位").unwrap().clone();
    assert_eq!(places.breakdown(), Some(Breakdown::Complete));
    let all = entries::of_indicators(on, &[places.id]).await.unwrap();
    let target = all.iter().find(|row| row.measure == Measure::Target.number() && row.region == 330_200_000_000);
    assert_eq!(target.unwrap().number().unwrap().to_string(), "3.31万");
    let sums = ledger::rollup::at_place(on, outline.programme.id, outline.region(), View::default()).await.unwrap();
    let sum = |measure| sums.iter().find(|sum| sum.indicator == places.id && sum.measure == measure).unwrap().value;
    assert_eq!((sum(Measure::Target), sum(Measure::Actual)), (5000.into(), 1650.into()));
    let roles = programmes::standing_responsibilities(on, outline.programme.id).await.unwrap();
    assert_eq!(roles.len(), 6, "two leads, two supporting bodies, two posts");

    let again = house.import("学位.csv", &schools()).await.unwrap();
    assert!(again.nothing_changed() && !again.written, "{again:?}");
    assert!(again.summary().zh.contains("没有任何改动"));
}

#[tokio::test]
async fn a_changed_value_supersedes_and_a_preview_writes_nothing() {
    let house = House::new().await;
    house.import("a.csv", &schools()).await.unwrap();
    let changed = String::from_utf8(schools()).unwrap().replace("3000,650", "3000,700").into_bytes();
    let preview = house.import_with("a.csv", &changed, &Options { preview: true, ..Options::default() }).await.unwrap();
    assert_eq!((preview.corrected, preview.recorded, preview.written), (1, 0, false));
    let example = &preview.examples[0];
    assert_eq!((example.before.as_deref(), example.after.as_str(), example.row), (Some("650"), "700", 3));
    assert_eq!(example.place, "海曙区");

    let report = house.import("a.csv", &changed).await.unwrap();
    assert_eq!((report.corrected, report.unchanged), (1, 12));
    let on = house.store.reader();
    let outline = Outline::load(on, programmes::find(on, "330200-2025").await.unwrap().unwrap()).await.unwrap();
    let all = entries::of_indicators(on, &[outline.indicator("新增学位").unwrap().id]).await.unwrap();
    let new = all.iter().find(|row| row.supersedes.is_some()).unwrap();
    let sources = entries::sources_of(on, &[new.id]).await.unwrap();
    assert_eq!(sources[&new.id].reason.as_deref(), Some(Reason::Reimported.code()));
    assert!(ledger::verify::verify(on).await.unwrap().fault.is_none());
}

#[tokio::test]
async fn encodings_delimiters_and_workbooks_read_the_same() {
    let house = House::new().await;
    house.import("a.csv", &schools()).await.unwrap();
    let text = String::from_utf8(schools()).unwrap();
    let gb = encoding_rs::GB18030.encode(&text).0.into_owned();
    let with_mark = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let broken = text.replace("口径：公办", "\"口径：\n公办\"");
    let tabs: Vec<u8> =
        text.replace("\"市发展改革委、市财政局\"", "市发展改革委、市财政局").replace(',', "\t").into_bytes();
    for (name, bytes) in [
        ("gb.csv", gb),
        ("bom.csv", with_mark),
        ("utf16.txt", utf16),
        ("lines.csv", broken.into_bytes()),
        ("tabs.tsv", tabs),
    ] {
        let report = house.import(name, &bytes).await.unwrap();
        assert!(report.nothing_changed(), "{name}: {report:?}");
    }
    let workbook = house.export("330200-2025", Format::Xlsx).await;
    assert!(house.import("back.xlsx", &workbook).await.unwrap().nothing_changed());
}

#[tokio::test]
async fn the_sample_years_come_out_and_go_back_in_unchanged() {
    let house = House::new().await;
    ledger::samples::load(&house.store, &store::Actor::operator("test"), &mut |_, _| {}).await.unwrap();
    let other = House::new().await;
    for programme in programmes::all(house.store.reader()).await.unwrap() {
        let slug = programme.slug;
        for format in [Format::Csv, Format::Xlsx] {
            let bytes = house.export(&slug, format).await;
            let name = format!("{slug}.{}", format.ending());
            let report = house.import(&name, &bytes).await.unwrap_or_else(|error| panic!("{slug}: {error}"));
            assert!(report.nothing_changed(), "{name}: {report:#?}");
        }
        // Into an empty ledger, and out of it again: the same text.
        let first = house.export(&slug, Format::Csv).await;
        let report = other.import(&format!("{slug}.csv"), &first).await.unwrap_or_else(|error| panic!("{error}"));
        assert!(report.written);
        let second = other.export(&slug, Format::Csv).await;
        assert_same_lines(&first, &second);
    }
}

fn assert_same_lines(one: &[u8], other: &[u8]) {
    let lines =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (one, other) = (lines(one), lines(other));
    assert_eq!(one.len(), other.len());
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn the_template_is_read_and_is_empty() {
    let house = House::new().await;
    let faults = house.refused("模板.xlsx", &crate::house::plan::sheet::template().unwrap()).await;
    assert!(faults[0].1.contains("没有数据"), "{faults:?}");
}

#[tokio::test]
async fn money_in_hundred_millions_is_kept_in_yuan() {
    let house = House::new().await;
    let rows = csv(&[
        "方案地区代码,年度,类别,项目名称,指标,单位,用途,资金来源,上级指标,分项性质,目标值,完成值,截至",
        "330200,2025,资金,资金,资金安排,亿元,资金,,,完整,40.16,22.47,2025-06-30",
        ",,,,上级补助,亿元,资金,上级财政,资金安排,,6.52,,",
        ",,,,市级,亿元,资金,市本级财政,资金安排,,21.76,,",
        ",,,,县级,亿元,资金,区（县、市）财政,资金安排,,11.88,,",
    ]);
    house.import("money.csv", &rows).await.unwrap();
    let on = house.store.reader();
    let outline = Outline::load(on, programmes::find(on, "330200-2025").await.unwrap().unwrap()).await.unwrap();
    let money = outline.indicator("资金安排").unwrap();
    assert_eq!((money.unit.as_str(), money.kind.as_str()), ("元", "money"));
    let all = entries::of_indicators(on, &[money.id]).await.unwrap();
    assert_eq!(all.iter().map(|row| row.number().unwrap().to_string()).collect::<Vec<_>>(), ["40.16亿", "22.47亿"]);
    let less = String::from_utf8(rows).unwrap().replace("11.88", "11.87").into_bytes();
    let faults = house.refused("money.csv", &less).await;
    assert!(faults[0].1.contains("不符") && faults[0].0.contains("第 2 行 K 列（目标值）"), "{faults:?}");
}

/// The place; the goal and how it is written; month, value and form of each outcome.
type MadeFigures = (u8, Option<(i64, u8)>, Vec<(u8, i64, u8)>);

/// What a generated programme holds: per indicator a goal and outcomes at several places, perhaps parts.
#[derive(Clone, Debug)]
struct Made {
    figures: Vec<MadeFigures>,
    complete: bool,
    parts: Vec<i64>,
}

fn made() -> impl Strategy<Value = Made> {
    let places = 0_u8..6;
    let goal = prop::option::of((1_i64..9_999_999, 0_u8..4));
    let outcomes = prop::collection::vec((0_u8..12, 0_i64..9_999_999, 0_u8..4), 0..4);
    (prop::collection::vec((places, goal, outcomes), 1..8), any::<bool>(), prop::collection::vec(1_i64..100_000, 0..4))
        .prop_map(|(figures, complete, parts)| Made { figures, complete, parts })
}

/// The figure as people would write it: plain, with decimals, in 万, about.
fn figure(value: i64, form: u8) -> String {
    match form {
        1 => format!("{}.{}", value / 10, value % 10),
        2 => format!("{}.{:02}万", value / 100, value % 100),
        3 => format!("近{value}"),
        _ => value.to_string(),
    }
}

fn sheet_of(made: &Made) -> Vec<u8> {
    const PLACES: [&str; 6] = ["330200", "330203", "330205", "330206", "330211", "330225"];
    let mut rows =
        vec!["方案地区代码,年度,类别,项目名称,指标,单位,上级指标,分项性质,地区代码,目标值,完成值,截至".to_owned()];
    for (number, (place, goal, outcomes)) in made.figures.iter().enumerate() {
        let begin = format!("330200,2025,类{},项目{number},指标{number},个,,", number % 3);
        let place = PLACES[usize::from(*place)];
        let goal = goal.map_or_else(String::new, |(value, form)| figure(value, form));
        rows.push(format!("{begin},{place},{goal},,"));
        let mut months: Vec<_> = outcomes.to_vec();
        months.sort_by_key(|(month, ..)| *month);
        months.dedup_by_key(|(month, ..)| *month);
        for (month, value, form) in months {
            let (year, month) = if month < 11 { (2025, month + 1) } else { (2024, 12) };
            rows.push(format!("{begin},{place},,{},{year}-{month:02}-01", figure(value, form)));
        }
    }
    let whole: i64 = made.parts.iter().sum();
    let word = if made.complete { "完整" } else { "部分" };
    rows.push(format!("330200,2025,分项,分项,总数,个,,{word},,{whole},,"));
    for (number, part) in made.parts.iter().enumerate() {
        rows.push(format!("330200,2025,分项,分项,其中{number},个,总数,,,{part},,"));
    }
    rows.join("\n").into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn export_after_import_is_identity(made in made(), workbook in any::<bool>()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let (one, other) = (House::new().await, House::new().await);
            one.import("made.csv", &sheet_of(&made)).await.unwrap_or_else(|error| panic!("{error}"));
            let format = if workbook { Format::Xlsx } else { Format::Csv };
            let out = one.export("330200-2025", format).await;
            let back = one.import("out", &out).await.unwrap_or_else(|error| panic!("{error}"));
            assert!(back.nothing_changed(), "{back:#?}");
            other.import("out", &out).await.unwrap_or_else(|error| panic!("{error}"));
            let (first, second) = (one.export("330200-2025", Format::Csv).await, other.export("330200-2025", Format::Csv).await);
            assert_same_lines(&first, &second);
        });
    }
}
