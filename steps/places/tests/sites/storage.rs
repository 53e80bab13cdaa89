//! Imports, versions and sums on both databases.

use std::fmt::Write as _;

use kernel::RegionCode;
use maps::{Crs, LngLat};
use places::map::boundaries::{self, Boundaries};
use places::sites::export::{Format, export};
use places::sites::import::Report;
use places::sites::rules::read_code;
use places::sites::store::{self as rows, Asked};
use places::sites::words::Stage;
use store::audit;

use crate::house::{House, SITES, actor, places};

databases::on_both!(
    a_file_is_taken_once_and_its_points_are_understood,
    a_file_with_faults_writes_nothing_and_says_where,
    of_two_changes_one_is_taken,
    what_is_exported_is_imported_without_change,
    a_long_export_is_whole_and_in_order,
    boundaries_are_taken_whole_or_not_at_all,
    a_preview_says_what_the_write_does_and_waits_for_nobody,
);

async fn all(house: &House) -> Vec<places::sites::tables::sites::Model> {
    rows::of_programme(house.store.reader(), house.outline.programme.id, &Asked::default(), None, None).await.unwrap()
}

async fn a_file_is_taken_once_and_its_points_are_understood(url: &str) {
    let house = House::on(url).await;
    let report = house.import("sites.csv", SITES).await.unwrap();
    assert_eq!((report.sites, report.new, report.changed, report.without_point), (4, 4, 0, 1));
    let sites = all(&house).await;
    assert_eq!(sites.iter().map(|row| row.reference.as_str()).collect::<Vec<_>>(), ["CD-1", "CD-2", "CD-3", "JS-1"]);
    let first = &sites[0];
    assert_eq!((first.crs.as_str(), first.stage()), ("gcj02", Stage::InUse));
    // Kept as given, and shifted back by a few hundred metres.
    let given = LngLat::new(121.4290, 29.2880);
    assert!(first.given.as_ref().unwrap().contains("121.429"));
    let point = first.point().unwrap();
    assert!(point.metres_to(Crs::Gcj02.to_wgs84(given)) < 0.1);
    assert!((300.0..900.0).contains(&point.metres_to(given)));
    assert!(sites.iter().all(|row| read_code(&row.code).as_deref() == Some(row.code.as_str())));
    assert_eq!(
        sites[2].indicator_id, sites[0].indicator_id,
        "the project's only indicator is meant where none is named"
    );
    assert_eq!(sites[3].point(), None);

    let again = house.import("sites.csv", SITES).await.unwrap();
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 4));
    let moved = SITES.replace("在建,2024-03-01,2024-06-30,100", "已完工,2024-03-01,2024-06-30,100");
    let moved = house.import("sites.csv", &moved).await.unwrap();
    assert_eq!((moved.new, moved.changed, moved.unchanged), (0, 1, 3));
    let states = rows::versions_of(house.store.reader(), sites[1].id).await.unwrap();
    assert_eq!(states.iter().map(|state| state.version).collect::<Vec<_>>(), [2, 1]);
    assert!(states[1].content.contains("building") && states[0].content.contains("finished"));
    assert_eq!(all(&house).await[1].code, sites[1].code, "the code stays");
    assert!(audit::verify(house.store.reader()).await.unwrap().fault.is_none());
}

async fn a_file_with_faults_writes_nothing_and_says_where(url: &str) {
    let house = House::on(url).await;
    let head = SITES.lines().next().unwrap();
    let bad = format!(
        "{head}
330226-2024,A-1,甲,充电设施,,330226,,,,,,,wgs84,29.2880,121.4290,
,A-2,乙,,,330226,,,,,,,wgs84,0,0,
,A-3,丙,不存在的项目,,330226,,,,,,,,,,
,A-3,,充电设施,,330299,,,已经好了,2024-13-01,,-5,,121.4,,
,A-5,戊,,,330203,,,,2024-05-01,2024-04-01,,,,,"
    );
    let said = house.refused("bad.csv", &bad).await;
    for wanted in [
        "第 2 行 N 列（经度）",
        "填反了",
        "几内亚湾",
        "没有项目",
        "不能空着",
        "不是已登记的区划代码",
        "不是阶段",
        "不是日期",
        "不是不小于 0 的数",
        "有经度却没有纬度",
        "早于开工日期",
        "不在方案的地区范围内",
    ] {
        assert!(said.contains(wanted), "{wanted} is missing in\n{said}");
    }
    assert!(all(&house).await.is_empty());
    let said = house.refused("unknown.csv", &SITES.replace("属性：地域", "地域")).await;
    assert!(said.contains("属性：地域") && said.contains("第 1 行 P 列"), "{said}");
    for (name, text, wanted) in [
        ("x.geojson", r#"{"type":"FeatureCollection","features":["#, "不是完整的 JSON"),
        (
            "y.geojson",
            r#"{"type":"FeatureCollection","features":[{"properties":{"方案":"330226-2024","编号":"1","名称":"面","项目":"充电设施","地区代码":330226},"geometry":{"type":"Polygon","coordinates":[[[121.4,29.2],[121.5,29.3],[121.5,29.2],[121.4,29.3],[121.4,29.2]]]}}]}"#,
            "自相交",
        ),
        ("z.csv", "方案,编号\n", "没有点位"),
        ("empty.csv", "", "空的"),
    ] {
        let said = house.refused(name, text).await;
        assert!(said.contains(wanted), "{name}: {said}");
    }
}

async fn of_two_changes_one_is_taken(url: &str) {
    let house = House::on(url).await;
    house.import("sites.csv", SITES).await.unwrap();
    let row = all(&house).await.remove(0);
    let draft = |name: &str| {
        let mut content = row.content();
        content.name = name.into();
        let placed = content.placed().unwrap();
        rows::Draft { content, placed, outside: false }
    };
    for (name, taken) in [("改一", true), ("改二", false)] {
        let mut tx = house.store.begin(&actor()).await.unwrap();
        let outcome = rows::change(&mut tx, &row, "甲", &draft(name)).await;
        assert_eq!(outcome.is_ok(), taken, "both saw version 1");
        if taken {
            tx.commit().await.unwrap();
        }
    }
    assert_eq!(all(&house).await[0].name, "改一");
    // A second site may not bear the number of another.
    let mut tx = house.store.begin(&actor()).await.unwrap();
    let refused = rows::add(&mut tx, row.programme_id, "甲", &draft("重号")).await.unwrap_err();
    assert!(refused.problem().unwrap().for_field("reference").is_some());
}

async fn what_is_exported_is_imported_without_change(url: &str) {
    let house = House::on(url).await;
    house.import("sites.csv", SITES).await.unwrap();
    for format in [Format::Csv, Format::Xlsx] {
        let mut bytes = Vec::new();
        export(&house.store, "330226-2024", format, &mut bytes).await.unwrap();
        let path = house.folder.path().join(format!("out.{}", format.ending()));
        std::fs::write(&path, bytes).unwrap();
        let options = places::sites::import::Options { name: "out".into(), by: "test".into(), ..Default::default() };
        let report = places::sites::import::import(&house.store, &actor(), &path, &options).await.unwrap();
        let wanted = Report { sites: 4, unchanged: 4, without_point: 1, ..Report::default() };
        assert_eq!(Report { outside: 0, notices: vec![], ..report }, wanted, "{format:?}");
    }
    let mut bytes = Vec::new();
    export(&house.store, "330226-2024", Format::GeoJson, &mut bytes).await.unwrap();
    let report = house.import("out.geojson", &String::from_utf8(bytes).unwrap()).await.unwrap();
    // Points that were given in another system are told in WGS 84 there.
    assert_eq!((report.sites, report.changed, report.unchanged), (4, 2, 2));
}

/// More sites than are read at once, the last of them with an attribute that no other has.
async fn a_long_export_is_whole_and_in_order(url: &str) {
    const SITES_IN_ALL: usize = 2_001;
    let house = House::on(url).await;
    let heading = SITES.lines().next().unwrap();
    let mut sheet = format!("{heading},属性：桩型\n");
    for number in (1..=SITES_IN_ALL).rev() {
        let kind = if number == SITES_IN_ALL { "快充" } else { "" };
        let row =
            format!("330226-2024,N-{number:05},充电站{number},充电设施,,330226,,,,,,1,wgs84,121.4{number:04},29.3");
        writeln!(sheet, "{row},城镇,{kind}").unwrap();
    }
    assert_eq!(house.import("long.csv", &sheet).await.unwrap().new, SITES_IN_ALL);
    let wanted: Vec<String> = (1..=SITES_IN_ALL).map(|number| format!("N-{number:05}")).collect();
    for format in [Format::Csv, Format::Xlsx, Format::GeoJson] {
        let mut bytes = Vec::new();
        assert_eq!(export(&house.store, "330226-2024", format, &mut bytes).await.unwrap(), SITES_IN_ALL);
        if format == Format::Csv {
            let mut rows = csv::Reader::from_reader(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap());
            let kind = rows.headers().unwrap().iter().position(|heading| heading == "属性：桩型").unwrap();
            let rows: Vec<_> = rows.records().collect::<Result<_, _>>().unwrap();
            assert_eq!(rows.iter().map(|row| &row[1]).collect::<Vec<_>>(), wanted);
            assert_eq!(rows.iter().map(|row| &row[kind]).collect::<String>(), "快充", "the last row's alone");
        }
        if format == Format::GeoJson {
            let file: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            let features = file["features"].as_array().unwrap();
            assert_eq!(
                features.iter().map(|one| one["properties"]["编号"].as_str().unwrap()).collect::<Vec<_>>(),
                wanted
            );
            assert_eq!(features[SITES_IN_ALL - 1]["properties"]["属性：桩型"], "快充");
        }
        let path = house.folder.path().join(format!("long.{}", format.ending()));
        std::fs::write(&path, bytes).unwrap();
        let options = places::sites::import::Options { name: "long".into(), by: "test".into(), ..Default::default() };
        let report = places::sites::import::import(&house.store, &actor(), &path, &options).await.unwrap();
        assert_eq!((report.sites, report.unchanged), (SITES_IN_ALL, SITES_IN_ALL), "{format:?}");
    }
}

async fn boundaries_are_taken_whole_or_not_at_all(url: &str) {
    let house = House::on(url).await;
    let square = |code: &str| {
        format!(
            r#"{{"type":"Feature","properties":{{"adcode":{code}}},"geometry":{{"type":"Polygon","coordinates":[[[121.40,29.20],[121.70,29.20],[121.70,29.40],[121.40,29.40],[121.40,29.20]]]}}}}"#
        )
    };
    let collection =
        |features: &[String]| format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
    let take =
        async |text: String| boundaries::import(&house.store, &actor(), text.as_bytes(), "b.geojson", Crs::Gcj02).await;
    let refused = take(collection(&[square("330226"), square("999999")])).await.unwrap_err();
    assert_eq!(refused.problem().unwrap().places[0].at.zh, "第 2 个要素");
    let ninghai: RegionCode = "330226".parse().unwrap();
    assert!(!Boundaries::load(house.store.reader()).await.unwrap().of(ninghai).unwrap().official);
    let report = take(collection(&[square("330226")])).await.unwrap();
    assert_eq!((report.written, report.unchanged), (1, 0));
    let report = take(collection(&[square("330226")])).await.unwrap();
    assert_eq!((report.written, report.unchanged), (0, 1));
    let loaded = Boundaries::load(house.store.reader()).await.unwrap();
    let boundary = loaded.of(ninghai).unwrap();
    assert!(boundary.official);
    let corner = Crs::Gcj02.to_wgs84(LngLat::new(121.40, 29.20));
    assert!((boundary.bounds.min.lng - corner.lng).abs() < 1e-4);
    // A town without a boundary of its own is held against its county's.
    assert!(loaded.lies_outside("330226001".parse().unwrap(), LngLat::new(121.2, 29.3)));
    assert!(!loaded.lies_outside("330226001".parse().unwrap(), LngLat::new(121.5, 29.3)));
    let sites = house.import("sites.csv", &SITES.replace("121.50,29.30", "121.20,29.30")).await.unwrap();
    assert_eq!(sites.outside, 1, "{:?}", sites.notices);
}

async fn a_preview_says_what_the_write_does_and_waits_for_nobody(url: &str) {
    let house = House::on(url).await;
    house.import("sites.csv", SITES).await.unwrap();
    let changed = SITES.replace("健身广场,健身场地", "健身大广场,健身场地").replace("CD-3", "CD-4");
    let preview = async |text: &str| {
        let path = house.file("preview.csv", text);
        let options =
            places::sites::import::Options { name: "preview.csv".into(), preview: true, ..Default::default() };
        places::sites::import::import(&house.store, &actor(), &path, &options).await.unwrap()
    };
    // Somebody else is writing: on SQLite there is one such place, and a preview does not ask for it.
    let writing = house.store.begin(&actor()).await.unwrap();
    let told = tokio::time::timeout(std::time::Duration::from_secs(20), preview(&changed)).await.expect("no waiting");
    writing.abandon().await.unwrap();
    assert_eq!((told.new, told.changed, told.unchanged), (1, 1, 2));
    assert!(!all(&house).await.iter().any(|row| row.name == "健身大广场"), "nothing was written");
    let done = house.import("changed.csv", &changed).await.unwrap();
    assert_eq!(Report { preview: true, ..done }, told, "the write does what the preview said");
    let again = preview(&changed).await;
    assert_eq!((again.new, again.changed, again.unchanged), (0, 0, 4));
    // What was withdrawn comes back by a file, and the preview knows it.
    let row = all(&house).await.into_iter().find(|row| row.reference == "CD-1").unwrap();
    let mut tx = house.store.begin(&actor()).await.unwrap();
    rows::withdraw(&mut tx, &row, "甲").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(preview(&changed).await.changed, 1);
}
