//! Sheets: what a template asks for, what a wrong one is told, and that no file makes trouble.

use kernel::{Lang, RegionCode};
use places::registers::{self, Divisions};
use plan::sheet::archive::Limits;
use proptest::prelude::*;

use crate::house::{House, places, service};

async fn divisions() -> Divisions {
    Divisions::load(House::new().await.store.reader()).await.unwrap()
}

fn read(divisions: &Divisions, code: &str, name: &str, bytes: &[u8]) -> store::Result<Vec<registers::Content>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sheet");
    std::fs::write(&path, bytes).unwrap();
    let ningbo: RegionCode = "330200".parse().unwrap();
    let today = "2024-06-28".parse().unwrap();
    registers::read_sheet(&path, name, &Limits::default(), service(code), (divisions, today), |code| {
        ningbo.contains(code)
    })
}

fn told(outcome: store::Result<Vec<registers::Content>>) -> String {
    outcome.unwrap_err().problem().unwrap().to_string()
}

#[tokio::test]
async fn every_fault_has_its_row_and_column_and_nothing_is_half_read() {
    let divisions = divisions().await;
    let sheet = "区划代码或名称,名称,经度,纬度,坐标系,开放时间,等级,状态,日期,场所类型,面积（平方米）,父亲可进入\n\
        330226001,甲,121.4440,29.2980,GCJ02,每天 9:00–21:00,五星,已启用,2024-06-01,商场,12.5,是\n\
        宁海县,乙,,,,,,,,医院,8,否\n";
    let contents = read(&divisions, "D017", "母婴室.csv", sheet.as_bytes()).unwrap();
    assert_eq!((contents.len(), contents[0].grade.as_str()), (2, "star5"));
    assert_eq!(contents[0].hours, "", "the usual hours are not said again");
    assert_eq!(contents[1].region, "330226".parse().unwrap());

    let wrong = "区划代码或名称,名称,经度,纬度,坐标系,开放时间,等级,状态,日期,场所类型,面积（平方米）,父亲可进入\n\
        330226001,甲,29.2980,121.4440,,全天候,七星,在用,2030-01-01,饭店,-1,也许\n\
        330784,乙,0,0,火星系,,,,,商场,,\n\
        330226001,甲,,,,,,,,商场,,\n\
        ,丙,,,,,,,,商场,,\n";
    let told = told(read(&divisions, "D017", "母婴室.csv", wrong.as_bytes()));
    for words in [
        "第 2 行 C 列（经度）：经度和纬度写反了",
        "第 2 行 F 列（开放时间）：看不懂开放时间",
        "第 2 行 G 列（等级）：等级只能是：三星、四星、五星",
        "第 2 行 H 列（状态）",
        "第 2 行 I 列（日期）：日期不能晚于今天",
        "第 2 行 J 列（场所类型）：“饭店”不在可选项中",
        "第 2 行 K 列（面积（平方米））：应在 3 到 200 之间",
        "第 2 行 L 列（父亲可进入）",
        "第 3 行 A 列（区划代码或名称）：永康市不在您的管辖范围内",
        "第 5 行 A 列（区划代码或名称）：请填写",
    ] {
        assert!(told.contains(words), "{words}:\n{told}");
    }
    let repeated = "区划代码或名称,名称,场所类型\n330226001,甲,商场\n330226001,甲,商场\n";
    assert!(self::told(read(&divisions, "D017", "a.csv", repeated.as_bytes())).contains("与第 2 行重名"));
    let unknown = "区划代码或名称,名称,电话号码\n330226001,甲,1\n";
    assert!(self::told(read(&divisions, "D017", "a.csv", unknown.as_bytes())).contains("第 C 列的表头“电话号码”"));
    assert!(self::told(read(&divisions, "D017", "a.csv", "名称\n甲\n".as_bytes())).contains("缺少“区划代码或名称”列"));
    assert!(self::told(read(&divisions, "D017", "a.csv", b"")).contains("文件是空的"));
}

#[tokio::test]
async fn every_template_opens_and_asks_for_what_its_kind_needs() {
    let divisions = divisions().await;
    for one in places::catalogue::Catalogue::shipped().services.iter().filter(|one| one.has_register()) {
        for lang in [Lang::Zh, Lang::En] {
            let bytes = registers::template(one, lang).unwrap();
            let told = told(read(&divisions, &one.code, "模板.xlsx", &bytes));
            assert!(told.contains("没有登记内容"), "{}: an empty template is only empty: {told}", one.code);
        }
    }
}

#[test]
fn no_bytes_make_it_panic_or_take_half() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let divisions = runtime.block_on(divisions());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases: 256, ..ProptestConfig::default() });
    let rows = proptest::collection::vec(proptest::collection::vec("[\\PC&&[^\"]]{0,12}", 0..8), 0..6);
    let outcome =
        runner.run(&(rows, any::<bool>(), proptest::collection::vec(any::<u8>(), 0..200)), |(rows, raw, bytes)| {
            let head = "区划代码或名称,名称,经度,纬度,开放时间,等级,场所类型,面积\n";
            let body: String = rows.iter().map(|row| format!("{}\n", row.join(","))).collect();
            let sheet = if raw { bytes } else { format!("{head}{body}").into_bytes() };
            if let Ok(contents) = read(&divisions, "D017", "a.csv", &sheet) {
                prop_assert!(!contents.is_empty());
            }
            Ok(())
        });
    outcome.unwrap();
}
