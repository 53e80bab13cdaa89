//! `minsheng catalogue`, typed as a user types it, no ledger being there; its own kinds on a server; `minsheng codes`.

#[expect(dead_code, reason = "shared with the tests that start a server")]
mod program;

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;

use crate::program::{House, Server};

/// A kind of service that an installation adds.
const OWN: &str = include_str!("../../steps/places/src/catalogue/own.toml");

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
    std::fs::write(house.path("own.toml"), OWN).expect("a file");
    let (code, listed) = json(&house, "catalogue check --json --catalogue own.toml");
    assert_eq!((code, listed.as_array().map(Vec::len)), (0, Some(160)));
    std::fs::write(house.path("own.toml"), OWN.replace("\"家\"", "\"miles\"")).expect("a file");
    let (code, text) = types(&house, "catalogue check --catalogue own.toml");
    assert!(code == 1 && text.contains("own.toml:18") && text.contains("miles"), "{text}");
    assert_eq!(types(&house, "catalogue list --catalogue nowhere").0, 1);
}

/// Exit code and what was said of a fault.
fn refused(house: &House, line: &str) -> (i32, String) {
    let output = house.command(line.split_whitespace()).output().expect("the program runs");
    (output.status.code().expect("a code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// What the server answers, head and body.
fn get(server: &Server, path: &str) -> String {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("a request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_server_serves_its_own_kinds_of_services_and_does_not_start_on_a_faulty_catalogue() {
    let house = House::empty();
    std::fs::write(house.path("own.toml"), OWN).expect("a file");
    let server = house.start(&["serve", "--catalogue", "own.toml"]);
    let page = get(&server, "/services/night-clinics");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("夜间门诊"), "{page}");
    assert!(get(&server, "/services/nursing-rooms").starts_with("HTTP/1.1 200"), "the shipped ones are there as well");
    assert!(server.stop().success());
    std::fs::write(house.path("own.toml"), OWN.replace("\"家\"", "\"miles\"")).expect("a file");
    let (code, told) = refused(&house, "serve --listen 127.0.0.1:0 --catalogue own.toml");
    assert!(code == 1 && told.contains("own.toml:18") && told.contains("miles"), "{told}");
}

#[test]
fn the_codes_of_a_programme_are_printed_into_files() {
    let sheet = "方案地区代码,年度,方案名称,类别序号,类别,项目序号,项目名称,指标,单位,采集层级,地区代码,目标值
330226,2024,宁海县2024年度民生实事,1,便民,1,口袋公园,口袋公园,个,县,,2
";
    let sites = "方案,编号,点位名称,项目,地区代码
330226-2024,A-1,桃源口袋公园,口袋公园,330226001
,A-2,跃龙口袋公园,,330226
";
    let house = House::empty();
    std::fs::write(house.path("plan.csv"), sheet).expect("a file");
    std::fs::write(house.path("sites.csv"), sites).expect("a file");
    for line in ["import programme plan.csv", "import sites sites.csv"] {
        let (code, said) = types(&house, line);
        assert_eq!(code, 0, "{line}: {said}");
    }
    let (code, told) = refused(&house, "codes 330226-2024 --out codes.pdf");
    assert!(code == 1 && told.contains("--address"), "{told}");
    let (code, printed) = json(&house, "codes 330226-2024 --address https://m.example --out codes.pdf --json");
    assert_eq!((code, &printed["sheets"], printed["files"].as_array().map(Vec::len)), (0, &2.into(), Some(1)));
    assert!(std::fs::read(house.path("codes.pdf")).expect("a file").starts_with(b"%PDF-"));
    for (line, wanted) in [
        ("codes 330226-2025 --address https://m.example", "没有方案"),
        ("codes 330226-2024 --address https://m.example --region 330203", "没有可打印"),
    ] {
        let (code, told) = refused(&house, line);
        assert!(code == 1 && told.contains(wanted), "{told}");
    }
}
