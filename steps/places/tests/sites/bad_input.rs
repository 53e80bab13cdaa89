//! What must never get in: tangled and endless geometry, wrong systems, pictures that are none. Each is refused as a whole, with
//! words that say where and why.

use axum::http::StatusCode;
use maps::Crs;
use places::map::boundaries;
use places::sites::store::{self as rows, Asked};

use crate::house::{House, SITES, Visitor, actor, places};

/// A feature of the file of sites, with this geometry.
fn feature(reference: &str, geometry: &str) -> String {
    format!(
        r#"{{"type":"Feature","properties":{{"方案":"330226-2024","编号":"{reference}","名称":"点位{reference}","项目":"充电设施","地区代码":330226}},"geometry":{geometry}}}"#
    )
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

const POINT: &str = r#"{"type":"Point","coordinates":[121.45,29.29]}"#;
const BOW: &str =
    r#"{"type":"Polygon","coordinates":[[[121.4,29.2],[121.5,29.3],[121.5,29.2],[121.4,29.3],[121.4,29.2]]]}"#;

async fn stored(house: &House) -> usize {
    rows::of_programme(house.store.reader(), house.outline.programme.id, &Asked::default(), None, None)
        .await
        .unwrap()
        .len()
}

#[tokio::test]
async fn geometry_that_means_nothing_is_told_by_feature_and_nothing_of_the_file_is_taken() {
    let house = House::new().await;
    let long: Vec<String> = (0..20_001).map(|at| format!("[{:.5},29.2]", 121.0 + f64::from(at) * 1e-5)).collect();
    let long = format!(r#"{{"type":"LineString","coordinates":[{}]}}"#, long.join(","));
    for (geometry, wanted) in [
        (BOW, "面的边界在 121.4500, 29.2500 附近自相交"),
        (r#"{"type":"Point","coordinates":[29.29,121.45]}"#, "经度和纬度填反了"),
        (r#"{"type":"Point","coordinates":[0,0]}"#, "几内亚湾"),
        (r#"{"type":"Point","coordinates":[2.35,48.85]}"#, "不在国内"),
        // Metres of a three-degree zone of CGCS2000, as survey offices have them.
        (r#"{"type":"Point","coordinates":[40543210.5,3241234.5]}"#, "平面坐标"),
        (r#"{"type":"LineString","coordinates":[[121.4,29.2],[29.2,121.4]]}"#, "填反了"),
        (long.as_str(), "最多 20000 个点"),
    ] {
        let said = house.refused("x.geojson", &collection(&[feature("1", POINT), feature("2", geometry)])).await;
        assert!(said.contains("第 2 个要素“几何 geometry”") && said.contains(wanted), "{wanted}: {said}");
        assert_eq!(stored(&house).await, 0, "the first feature was good and still nothing is taken");
    }
    let points = collection(&[feature("1", r#"{"type":"MultiPoint","coordinates":[[1,2]]}"#)]);
    let said = house.refused("t.geojson", &points).await;
    assert!(said.contains("第 1 个要素的几何类型不支持"), "{said}");
}

#[tokio::test]
async fn a_system_that_is_none_is_refused_and_one_that_is_meant_is_kept() {
    let house = House::new().await;
    let said = house.refused("s.csv", &SITES.replace("gcj02", "北京54")).await;
    assert!(said.contains("第 2 行 M 列（坐标系）") && said.contains("“北京54”不是坐标系"), "{said}");
    assert_eq!(stored(&house).await, 0);
    let plane = SITES.replace("121.50,29.30", "40543210.5,3241234.5");
    let said = house.refused("p.csv", &plane).await;
    assert!(said.contains("第 3 行 N 列（经度）") && said.contains("平面坐标"), "{said}");
    house.import("t.csv", &SITES.replace("gcj02", "天地图")).await.unwrap();
    let all = rows::of_programme(house.store.reader(), house.outline.programme.id, &Asked::default(), None, None).await;
    assert_eq!(all.unwrap()[0].crs, "wgs84", "an office writes the name of the map that it read the point off");
}

#[tokio::test]
async fn lines_and_areas_are_taken_drawn_and_measured() {
    let house = House::new().await;
    let line = r#"{"type":"LineString","coordinates":[[121.44,29.28],[121.45,29.29],[121.46,29.29]]}"#;
    let area = r#"{"type":"Polygon","coordinates":[[[121.50,29.30],[121.504,29.30],[121.504,29.303],[121.50,29.303],[121.50,29.30]]]}"#;
    let file = collection(&[feature("L-1", line), feature("A-1", area), feature("P-1", POINT)]);
    let report = house.import("shapes.geojson", &file).await.unwrap();
    assert_eq!((report.new, report.without_point, report.outside), (3, 0, 0), "{:?}", report.notices);
    let anybody = Visitor::nobody(&house);
    let tile = anybody.get("/tiles/sites/10/857/424.mvt").await;
    let text = String::from_utf8_lossy(&tile.body).into_owned();
    assert!(text.contains("shapes") && text.contains("点位L-1") && text.contains("点位A-1"), "{text}");
    let far = anybody.get("/tiles/sites/10/850/424.mvt").await;
    assert!(!String::from_utf8_lossy(&far.body).contains("shapes"), "no shape lies there");
    let all = rows::of_programme(house.store.reader(), house.outline.programme.id, &Asked::default(), None, None).await;
    for row in all.unwrap() {
        let page = anybody.get(&format!("/s/{}", row.code)).await.text();
        let extent = match row.reference.as_str() {
            "L-1" => "线状，长约 2.4 公里",
            "A-1" => "面状，约 13 公顷",
            _ => "纬度 29.290000",
        };
        assert!(page.contains(extent), "{}: {extent}", row.reference);
        assert_eq!(page.contains("LineString") || page.contains("Polygon"), row.reference != "P-1");
    }
    let mut out = Vec::new();
    let format = places::sites::export::Format::GeoJson;
    places::sites::export::export(&house.store, "330226-2024", format, &mut out).await.unwrap();
    let again = house.import("again.geojson", &String::from_utf8(out).unwrap()).await.unwrap();
    assert_eq!(again.unchanged, 3, "what goes out comes in again as it was");
}

#[tokio::test]
async fn a_point_outside_its_division_is_told_by_row_and_field() {
    let house = House::new().await;
    let far = house.import("far.csv", &SITES.replace("121.50,29.30", "119.20,28.40")).await.unwrap();
    let notice = &far.notices[0].zh;
    assert_eq!(far.outside, 1, "{:?}", far.notices);
    for wanted in ["第 3 行 N 列（经度）", "二号充电站", "119.20000, 28.40000", "330226102", "请核对"] {
        assert!(notice.contains(wanted), "{wanted}: {notice}");
    }
    let point = r#"{"type":"Point","coordinates":[119.2,28.4]}"#;
    let far = house.import("far.geojson", &collection(&[feature("9", POINT), feature("10", point)])).await.unwrap();
    assert!(far.notices[0].zh.starts_with("第 2 个要素（几何 geometry）"), "{:?}", far.notices);
}

/// Many lines, each short enough, with more points than a file may have.
#[tokio::test]
async fn a_file_of_sites_with_millions_of_points_is_refused_before_they_fill_the_memory() {
    let house = House::new().await;
    let line =
        format!(r#"{{"type":"LineString","coordinates":[{}]}}"#, vec!["[121.4,29.2],[121.5,29.3]"; 9_990].join(","));
    let features: Vec<String> = (0..101).map(|at| feature(&at.to_string(), &line)).collect();
    let said = house.refused("vast.geojson", &collection(&features)).await;
    assert!(said.contains("坐标点超过 2000000 个"), "{said}");
    assert_eq!(stored(&house).await, 0);
}

/// Boundaries whose line never ends.
struct Endless(Vec<u8>);

impl std::io::Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            self.0 = b"[121.5,29.8],".repeat(64);
        }
        let count = self.0.len().min(into.len());
        into[..count].copy_from_slice(&self.0[..count]);
        self.0.drain(..count);
        Ok(count)
    }
}

#[tokio::test]
async fn boundaries_of_ten_million_points_or_that_cross_themselves_are_refused() {
    let house = House::new().await;
    let start = br#"{"type":"FeatureCollection","features":[{"properties":{"code":"330226"},"geometry":{"type":"Polygon","coordinates":[["#;
    let endless = std::io::BufReader::new(Endless(start.to_vec()));
    let refused = boundaries::import(&house.store, &actor(), endless, "b.geojson", Crs::Wgs84).await.unwrap_err();
    let told = &refused.problem().unwrap().message.zh;
    assert!(told.contains("坐标点超过 2000000 个") && told.contains("先简化或拆分"), "{told}");
    let bow =
        format!(r#"{{"type":"FeatureCollection","features":[{{"properties":{{"code":"330226"}},"geometry":{BOW}}}]}}"#);
    let refused =
        boundaries::import(&house.store, &actor(), bow.as_bytes(), "b.geojson", Crs::Wgs84).await.unwrap_err();
    let place = &refused.problem().unwrap().places[0];
    assert!(place.at.zh == "第 1 个要素" && place.message.zh.contains("自相交"), "{place:?}");
}

#[tokio::test]
async fn a_site_with_a_picture_that_is_none_or_fills_the_memory_is_not_kept() {
    let house = House::new().await;
    let office = Visitor::office(&house, "ninghai", "330226").await;
    let project = house.outline.projects[0].id.to_string();
    for (name, bytes, wanted) in
        [("工地.jpg", &b"<script>alert(1)</script>"[..], "JPEG"), ("航拍.png", testing::VAST_PICTURE, "20000×10000")]
    {
        let fields = [
            ("name", "新站"),
            ("reference", "N-1"),
            ("project", project.as_str()),
            ("region", "330226"),
            ("crs", "wgs84"),
        ];
        let picture = Some(("pictures", name, bytes));
        let reply = office.upload("/office/sites/330226-2024/new", &fields, picture).await;
        let (status, text) = (reply.status, reply.text());
        assert!(status.is_client_error() && status != StatusCode::NOT_FOUND, "{name}: {status}");
        assert!(text.contains(name) && text.contains(wanted), "{name}: {text}");
        assert_eq!(stored(&house).await, 0, "{name}: nothing is half written");
    }
}
