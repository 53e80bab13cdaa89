//! The codes as a printer gets them: the PDF is drawn again from its own content and read by a reader of codes.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use lopdf::content::Content;
use lopdf::{Document, Object};
use places::feedback::codes::{Order, print};
use places::sites::import::{self, Options};
use plan::sheet;

use testing::visitor::Reply;

use crate::house::{House, Visitor, actor, places};

const PROGRAMME: &str = "方案地区代码,年度,类别序号,类别,项目名称,指标,单位,采集层级,地区代码,目标值,完成值,截至
330200,2024,1,便民设施,新建口袋公园,口袋公园,个,县,,8,,";

const SITES: &str = "方案,编号,点位名称,项目,地区代码,地址,阶段,责任单位,联系电话,计划完成
330200-2024,A-1,桃源口袋公园,新建口袋公园,330226001,桃源北路,在建,宁海县综合行政执法局,0574-00000000,2024-10-31
,A-2,跃龙口袋公园,,330226,兴宁中路,在建,,,
,B-1,南塘口袋公园,,330203,南塘老街,在建,,,
";

async fn house() -> House {
    let house = House::new().await;
    let file = |name: &str, text: &str| {
        let path = house.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let options = sheet::Options { publish: true, ..sheet::Options::default() };
    sheet::import(&house.store, &actor(), &file("programme.csv", PROGRAMME), &options, &mut |_| {}).await.unwrap();
    let options = Options { name: "sites.csv".into(), by: "test".into(), ..Options::default() };
    import::import(&house.store, &actor(), &file("sites.csv", SITES), &options).await.unwrap();
    house
}

async fn ask(visitor: &Visitor, path: &str) -> Reply {
    visitor.send(Request::get(path).header("host", "minsheng.example").body(Body::empty()).unwrap()).await
}

fn number(object: &Object) -> f64 {
    object.as_float().map(f64::from).or_else(|_| object.as_i64().map(|whole| whole as f64)).unwrap()
}

/// What of a page is filled, two pixels a point: every path here is a row of rectangles.
fn drawn(document: &Document, page: lopdf::ObjectId) -> (usize, usize, Vec<u8>) {
    const SCALE: f64 = 2.0;
    let (width, height) = (1191, 1684);
    let mut pixels = vec![255_u8; width * height];
    let content = Content::decode(&document.get_page_content(page)).unwrap();
    let one = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let (mut now, mut stack, mut shapes, mut open) = (one, Vec::new(), Vec::new(), Vec::<(f64, f64)>::new());
    for operation in content.operations {
        let numbers: Vec<f64> = match operation.operator.as_str() {
            "cm" | "m" | "l" | "re" => operation.operands.iter().map(number).collect(),
            _ => Vec::new(),
        };
        let place =
            |now: [f64; 6], x: f64, y: f64| (now[0] * x + now[2] * y + now[4], now[1] * x + now[3] * y + now[5]);
        match (operation.operator.as_str(), numbers.as_slice()) {
            ("q", _) => stack.push(now),
            ("Q", _) => now = stack.pop().unwrap(),
            ("cm", &[a, b, c, d, e, f]) => {
                let [g, h, i, j, k, l] = now;
                now =
                    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
            }
            ("m", &[x, y]) => open = vec![place(now, x, y)],
            ("l", &[x, y]) => open.push(place(now, x, y)),
            ("h", _) => shapes.push(std::mem::take(&mut open)),
            ("re", &[x, y, w, h]) => shapes.push(vec![place(now, x, y), place(now, x + w, y + h)]),
            ("f" | "f*", _) => {
                for shape in shapes.drain(..).filter(|shape| !shape.is_empty()) {
                    let range = |at: fn(&(f64, f64)) -> f64| {
                        let all = shape.iter().map(at);
                        let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
                        ((low * SCALE).round() as usize, (high * SCALE).round() as usize)
                    };
                    let (across, up) = (range(|point| point.0), range(|point| point.1));
                    for y in up.0..up.1.min(height) {
                        // A page of PDF counts from below.
                        let row = (height - 1 - y) * width;
                        pixels[row + across.0..row + across.1.min(width)].fill(0);
                    }
                }
            }
            ("n" | "S", _) => shapes.clear(),
            _ => {}
        }
    }
    (width, height, pixels)
}

/// What each page's code says.
fn read(bytes: &[u8]) -> Vec<String> {
    let document = Document::load_mem(bytes).unwrap();
    let pages: Vec<_> = document.get_pages().into_values().collect();
    let said = pages.into_iter().map(|page| {
        let (width, height, pixels) = drawn(&document, page);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1, "a code on each page");
        grids[0].decode().unwrap().1
    });
    said.collect()
}

async fn addresses(house: &House, references: &[&str]) -> Vec<String> {
    let programme = ledger::programmes::find(house.store.reader(), "330200-2024").await.unwrap().unwrap();
    let asked = places::sites::store::Asked::default();
    let all = places::sites::store::of_programme(house.store.reader(), programme.id, &asked, None, None).await.unwrap();
    let of = |reference: &&str| {
        let site = all.iter().find(|site| site.reference == *reference).unwrap();
        format!("http://minsheng.example/s/{}", site.code)
    };
    references.iter().map(of).collect()
}

#[tokio::test]
async fn each_office_prints_the_codes_of_its_own_places() {
    let house = house().await;
    let path = "/office/programmes/330200-2024/codes";
    let city = Visitor::office(&house, "ningbo", "330200").await;
    let page = ask(&city, path).await.text();
    assert!(page.contains("南塘口袋公园") && page.contains("桃源口袋公园") && page.contains("1–3"), "{page}");
    let file = ask(&city, &format!("{path}.pdf")).await;
    assert_eq!((file.status, &file.headers["content-type"]), (StatusCode::OK, &"application/pdf".parse().unwrap()));
    assert_eq!(read(&file.body), addresses(&house, &["A-1", "A-2", "B-1"]).await);
    let narrowed = ask(&city, &format!("{path}.pdf?region=330203")).await;
    assert_eq!(read(&narrowed.body), addresses(&house, &["B-1"]).await);

    let county = Visitor::office(&house, "ninghai", "330226").await;
    // Asked for another county it still gets its own.
    for query in ["", "?region=330203", "?region=330200", "?region=330226"] {
        let page = ask(&county, &format!("{path}{query}")).await.text();
        assert!(page.contains("桃源口袋公园") && !page.contains("南塘口袋公园"), "{query} {page}");
        let file = ask(&county, &format!("{path}.pdf{query}")).await;
        assert_eq!(read(&file.body), addresses(&house, &["A-1", "A-2"]).await, "{query}");
    }
    assert_eq!(ask(&county, &format!("{path}.pdf?part=2")).await.status, StatusCode::NOT_FOUND);
    let elsewhere = Visitor::office(&house, "hangzhou", "330100").await;
    for path in [path.to_owned(), format!("{path}.pdf")] {
        assert_eq!(ask(&elsewhere, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_long_print_becomes_numbered_files_and_a_character_without_a_font_is_told() {
    let house = house().await;
    let out = house.folder.path().join("民生码.pdf");
    let order =
        Order { programme: "330200-2024", region: None, address: "http://minsheng.example/", out: &out, sheets: 2 };
    let printed = print(&house.store, &order).await.unwrap();
    let named = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(printed.files.iter().map(|path| named(path)).collect::<Vec<_>>(), ["民生码-1.pdf", "民生码-2.pdf"]);
    assert_eq!(printed.sheets, 3);
    let mut said = Vec::new();
    for file in &printed.files {
        said.extend(read(&std::fs::read(file).unwrap()));
    }
    assert_eq!(said, addresses(&house, &["A-1", "A-2", "B-1"]).await);
    let one = print(&house.store, &Order { region: Some("330203".parse().unwrap()), ..order.clone() }).await.unwrap();
    assert_eq!(one.files, std::slice::from_ref(&out), "what fits into one file has the name that was asked for");
    let none = print(&house.store, &Order { region: Some("330281".parse().unwrap()), ..order.clone() }).await;
    assert!(none.unwrap_err().problem().unwrap().message.zh.contains("没有可打印的民生码"));

    let rare = house.folder.path().join("rare.csv");
    std::fs::write(&rare, SITES.replace("跃龙口袋公园", "跃龙🀄公园")).unwrap();
    let options = Options { name: "rare.csv".into(), by: "test".into(), ..Options::default() };
    import::import(&house.store, &actor(), &rare, &options).await.unwrap();
    let told = print(&house.store, &order).await.unwrap_err().problem().unwrap().message.zh.clone();
    assert!(told.contains("A-2") && told.contains("字库没有"), "{told}");
}
