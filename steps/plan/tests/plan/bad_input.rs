//! Bad input: each file is refused whole, and the message names the place.

use std::io::Write;

use proptest::prelude::*;
use rust_xlsxwriter::{Formula, Workbook};

use crate::house::plan::sheet::archive::Limits;
use crate::house::plan::sheet::check::Checker;
use crate::house::plan::sheet::draft::Context;
use crate::house::plan::sheet::{Options, read};
use crate::house::{House, csv};

const HEAD: &str = "方案地区代码,年度,类别,项目名称,指标,单位,指标类型,上级指标,分项性质,采集层级,地区代码,地区,目标值,完成值,截至,限定词";
const GOOD: &str = "330200,2025,教育,扩容,新增学位,个,,,,,,,100,50,2025-06-30,";

/// Each sheet below the heading and one good row, the place that must be named, and a word of the message.
const TABLE: &[(&str, &str, &str)] = &[
    // places
    (",,,,,,,,,,339900,,5,,,", "第 3 行 K 列（地区代码）", "没有代码为 339900"),
    (",,,,,,,,,,3302,,5,,,\n,,,,,,,,,,33020,,5,,,", "第 4 行 K 列（地区代码）", "不是行政区划代码"),
    (",,,,,,,,,,330102,,5,,,", "第 3 行 K 列（地区代码）", "不在方案地区 330200 之内"),
    (",,,,,,,,,,330203,江北区,5,,,", "第 3 行 L 列（地区）", "330203 是海曙区"),
    (",,,,,,,,,,,海署区,5,,,", "第 3 行 L 列（地区）", "是不是“海曙区”"),
    (",,,,老人食堂,家,,,,市,330203,,5,,,", "第 3 行 K 列（地区代码）", "低于这一级"),
    // units and words
    (",,,,农村公路,公理,,,,,,,50,,,", "第 3 行 F 列（单位）", "是不是“公里”"),
    (",,,,农村公路,km!,,,,,,,50,,,", "第 3 行 F 列（单位）", "没有“km!”这个单位"),
    (",,,,农村公路,,,,,,,,50,,,", "第 3 行 F 列（单位）", "请填写单位"),
    (",,,,农村公路,公里,里程,,,,,,50,,,", "第 3 行 G 列（指标类型）", "可填 数量、长度"),
    (",,,,农村公路,公里,,,全都,,,,50,,,", "第 3 行 I 列（分项性质）", "不认识“全都”"),
    (",,,,农村公路,公里,,,,,,,50,,,大概", "第 3 行 P 列（限定词）", "不认识“大概”"),
    // figures
    (",,,,农村公路,公里,,,,,,,五十多公理,,,", "第 3 行 M 列（目标值）", "读不懂数字"),
    (",,,,农村公路,公里,,,,,,,99999999999999,,,", "第 3 行 M 列（目标值）", "大"),
    (",,,,农村公路,公里,,,,,,,1.23456,,,", "第 3 行 M 列（目标值）", "小数位过多"),
    (",,,,农村公路,公里,,,,,,,50个,,,", "第 3 行 M 列（目标值）", "单位是“个”"),
    (",,,,资金,亿元,,,,,,,3.2万,,,", "第 3 行 M 列（目标值）", "只写一处"),
    // days
    (",,,,农村公路,公里,,,,,,,,5,2031-01-01,", "第 3 行 O 列（截至）", "晚于今天"),
    (",,,,农村公路,公里,,,,,,,,5,2025-02-30,", "第 3 行 O 列（截至）", "不是日期"),
    // breakdowns
    (
        ",,,,公园,座,,,部分,,,,10,,,\n,,,,其中口袋公园,座,,公园,,,,,11,,,",
        "第 3 行 M 列（目标值）",
        "分项之和 11 超过总数 10",
    ),
    (
        ",,,,公园,座,,,完整,,,,10,,,\n,,,,其中口袋公园,座,,公园,,,,,4,,,\n,,,,其中街头公园,座,,公园,,,,,5,,,",
        "第 3 行 M 列（目标值）",
        "分项之和 9 与总数 10 不符",
    ),
    (",,,,公园,座,,绿地,,,,,10,,,", "第 3 行 H 列（上级指标）", "都没有指标“绿地”"),
    (",,,,公园,座,,公园,,,,,10,,,", "第 3 行 H 列（上级指标）", "自己的一部分"),
    // repeats
    (",,,,新增学位,个,,,,,,,,50,2025-06-30,", "第 3 行 N 列（完成值）", "与第 2 行重复"),
    (",,,,新增学位,个,,,,,,,,51,2025-06-30,", "第 3 行 N 列（完成值）", "与第 2 行矛盾"),
    (",,,,新增学位,所,,,,,,,,51,2025-07-31,", "第 3 行 F 列（单位）", "不一致"),
    (",,别类,另一项目,新增学位,个,,,,,,,,51,2025-07-31,", "第 3 行 E 列（指标）", "指标代号"),
    // structure
    ("330100,2025,教育,扩容,新增学位,个,,,,,,,5,,,", "第 3 行 A 列（方案地区代码）", "一张表只能有一个方案"),
    (",二〇二五,教育,扩容,公园,个,,,,,,,5,,,", "第 3 行 B 列（年度）", "不是年度"),
    (",,新类,,公园,座,,,,,,,5,,,", "第 3 行 D 列（项目名称）", "请填写项目名称"),
    (",,教育,新项目,,,,,,,,,5,,,", "第 3 行 E 列（指标）", "请填写指标名称"),
];

#[tokio::test]
async fn every_fault_is_named_with_its_place() {
    let house = House::new().await;
    for (rows, place, word) in TABLE {
        let faults = house.refused("错.csv", &csv(&[HEAD, GOOD, rows])).await;
        let told = faults.iter().any(|(at, message)| at.contains(place) && message.contains(word));
        assert!(told, "{rows}\nwanted {place} … {word}\ngot {faults:#?}");
        assert!(faults.iter().all(|(at, _)| at.starts_with("工作表“错.csv”")));
    }
}

#[tokio::test]
async fn a_part_that_outgrows_what_the_ledger_holds_is_refused() {
    let house = House::new().await;
    let whole = csv(&[HEAD, "330200,2025,公园,公园,公园,座,,,部分,,,,10,,,", ",,,,其中口袋公园,座,,公园,,,,,6,,,"]);
    house.import("whole.csv", &whole).await.unwrap();
    let part = csv(&[HEAD, "330200,2025,公园,公园,其中口袋公园,座,,公园,,,,,12,,,"]);
    let faults = house.refused("part.csv", &part).await;
    assert!(
        faults[0].0.contains("第 2 行 M 列（目标值）") && faults[0].1.contains("分项之和 12 超过总数 10"),
        "{faults:?}"
    );
}

#[tokio::test]
async fn rows_below_a_refused_indicator_are_not_told_once_more() {
    let house = House::new().await;
    let rows = csv(&[HEAD, GOOD, ",,,,农村公路,公理,,,,,,,50,,,", ",,,,,,,,,,330203,,5,,,", ",,,,,,,,,,330205,,5,,,"]);
    let faults = house.refused("once.csv", &rows).await;
    assert_eq!(faults.len(), 1, "{faults:?}");
}

#[tokio::test]
async fn a_missing_heading_is_named_with_the_nearest() {
    let house = House::new().await;
    let faults = house.refused("a.csv", &csv(&[&HEAD.replace("单位", "计量单位").replace("年度", "年份"), GOOD])).await;
    let text = format!("{faults:?}");
    assert!(text.contains("缺少表头“单位”；最接近的是“计量单位”"), "{text}");
    assert!(text.contains("缺少表头“年度”；最接近的是“年份”"), "{text}");
    let faults = house.refused("b.csv", b"a,b,c\n1,2,3\n").await;
    assert!(faults.iter().any(|(_, message)| message.contains("缺少表头“方案地区代码”")), "{faults:?}");
}

#[tokio::test]
async fn what_is_no_sheet_is_named() {
    let house = House::new().await;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"<document/>").unwrap();
    let archive = archive.finish().unwrap().into_inner();
    for (bytes, word) in [
        (&b""[..], "空的"),
        (&b"   \n\n"[..], "空的"),
        (&b"%PDF-1.7 ..."[..], "PDF"),
        (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], "旧版 Excel"),
        (&b"<html><table></table></html>"[..], "网页"),
        (&b"{\"a\":1}"[..], "JSON"),
        (&b"\x7fELF\x00\x00\x01"[..], "不是表格文件"),
        (&b"PK\x03\x04 cut off"[..], "损坏"),
        (&archive[..], "不是 Excel 工作簿"),
    ] {
        let faults = house.refused("x.xlsx", bytes).await;
        assert!(faults[0].1.contains(word), "{word}: {faults:?}");
    }
}

#[tokio::test]
async fn mixed_encodings_and_open_quotes_name_the_line() {
    let house = House::new().await;
    let mut mixed = encoding_rs::GB18030.encode(&format!("{HEAD}\n{GOOD}\n")).0.into_owned();
    mixed.extend(",,,,新建公园,座,,,,,,,5,,,\n".as_bytes());
    let faults = house.refused("mixed.csv", &mixed).await;
    assert!(faults[0].0.contains("第 3 行") && faults[0].1.contains("混用了两种编码"), "{faults:?}");
    let open = format!("{HEAD}\n{GOOD}\n,,,,\"新建公园,座,,,,,,,5,,,\n{}", ",,,,,,,,,,,,1,,,\n".repeat(4_000));
    let faults = house.refused("open.csv", open.as_bytes()).await;
    assert!(faults[0].0.contains("第 3 行 E 列") && faults[0].1.contains("引号"), "{faults:?}");
}

fn workbook(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

fn good_rows(sheet: &mut rust_xlsxwriter::Worksheet) {
    for (row, line) in (0_u32..).zip([HEAD, GOOD]) {
        for (column, cell) in (0_u16..).zip(line.split(',')) {
            if !cell.is_empty() {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn workbooks_with_formula_errors_merges_or_no_sheet() {
    let house = House::new().await;
    let failed = workbook(|book| {
        let sheet = book.add_worksheet();
        good_rows(sheet);
        sheet.write_formula(1, 12, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    });
    let faults = house.refused("a.xlsx", &failed).await;
    assert!(faults[0].0.contains("第 2 行 M 列（目标值）") && faults[0].1.contains("#DIV/0!"), "{faults:?}");

    let merged = workbook(|book| {
        let sheet = book.add_worksheet();
        good_rows(sheet);
        let plain = rust_xlsxwriter::Format::new();
        sheet.merge_range(1, 12, 2, 12, "100", &plain).unwrap();
        sheet.merge_range(1, 2, 2, 2, "教育", &plain).unwrap();
    });
    let faults = house.refused("b.xlsx", &merged).await;
    assert_eq!(faults.len(), 1, "down a column of descriptions a merge is what a blank means: {faults:?}");
    assert!(faults[0].0.contains("第 2 行 M 列（目标值）") && faults[0].1.contains("取消合并"), "{faults:?}");

    let two = workbook(|book| {
        book.add_worksheet().set_name("甲").unwrap();
        book.add_worksheet().set_name("乙").unwrap();
    });
    let faults = house.refused("c.xlsx", &two).await;
    assert!(faults[0].1.contains("没有名为“民生实事项目”的工作表，现有：甲、乙"), "{faults:?}");

    let empty = workbook(|book| {
        book.add_worksheet();
    });
    let faults = house.refused("d.xlsx", &empty).await;
    assert!(faults[0].1.contains("空的"), "{faults:?}");
}

/// An archive whose one sheet unpacks to `megabytes` of zeros.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/workbook.xml", options).unwrap();
    archive.write_all(b"<workbook/>").unwrap();
    archive.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let zeros = vec![b'0'; 1 << 20];
    for _ in 0..megabytes {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn bombs_are_refused_by_ratio_by_size_and_when_they_lie() {
    let house = House::new().await;
    let small = bomb(8);
    assert!(small.len() < 100_000);
    let faults = house.refused("bomb.xlsx", &small).await;
    assert!(faults[0].1.contains("压缩炸弹"), "{faults:?}");

    // The directory lies about the size; what is really inflated is counted.
    let mut lying = small.clone();
    let declared = (8_u32 << 20).to_le_bytes();
    while let Some(at) = lying.windows(4).position(|bytes| bytes == declared) {
        lying[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    let faults = house.refused("liar.xlsx", &lying).await;
    assert!(faults[0].1.contains("压缩炸弹") || faults[0].1.contains("损坏"), "{faults:?}");

    let limits = Limits { unpacked: 1 << 20, ratio: 10_000, ..Limits::default() };
    let path = house.file("large.xlsx", &small);
    let options = Options { limits, ..Options::default() };
    let actor = store::Actor::operator("test");
    let error =
        crate::house::plan::sheet::import(&house.store, &actor, &path, &options, &mut |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("展开后超过 1 MB"), "{error}");
}

#[tokio::test]
async fn a_huge_file_is_refused_by_its_size_alone() {
    let house = House::new().await;
    let path = house.folder.path().join("huge.csv");
    std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
    let actor = store::Actor::operator("test");
    let error = crate::house::plan::sheet::import(&house.store, &actor, &path, &Options::default(), &mut |_| {}).await;
    assert!(error.unwrap_err().to_string().contains("文件超过 64 MB，没有读取"));
}

#[tokio::test]
async fn faults_are_counted_beyond_those_that_are_told() {
    let house = House::new().await;
    let mut rows = vec![HEAD.to_owned(), GOOD.to_owned()];
    rows.extend((0..300).map(|number| format!(",,,,指标{number},公里,,,,,339999,,5,,,")));
    let error = house.import("many.csv", rows.join("\n").as_bytes()).await.unwrap_err();
    let problem = error.problem().unwrap().clone();
    assert_eq!(problem.places.len(), 200);
    assert!(problem.message.zh.contains("300 处错误"), "{problem}");
}

fn drained(bytes: &[u8]) {
    let context = Context {
        today: "2025-12-01".parse().unwrap(),
        regions: [("330200".parse().unwrap(), vec!["宁波市".to_owned()])].into(),
        units: Vec::new(),
        within: None,
    };
    let mut progress = |_, _| {};
    let mut checker = Checker::new(&context, &mut progress);
    let limits = Limits { unpacked: 4 << 20, ..Limits::default() };
    if read::read_bytes(bytes, "x", &limits, &mut checker).is_ok() {
        let _ = checker.finish();
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        drained(&bytes);
        drained(&[HEAD.as_bytes(), b"\n", &bytes].concat());
    }

    #[test]
    fn no_text_in_any_cell_makes_it_panic(cells in prop::collection::vec("[0-9.,万亿%年月日\\-/近余=+@'\"一二三个亩公里宁波市 ]{0,12}", 16)) {
        let line = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect::<Vec<_>>().join(",");
        drained(format!("{HEAD}\n{GOOD}\n{line}\n").as_bytes());
    }

    #[test]
    fn no_damage_to_a_workbook_makes_it_panic(at in 0_usize..4_000, with in any::<u8>()) {
        let mut bytes = workbook(|book| good_rows(book.add_worksheet()));
        let at = at % bytes.len();
        bytes[at] = with;
        drained(&bytes);
    }
}
