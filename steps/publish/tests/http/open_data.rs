//! What can be taken away, and in which form.

use std::io::Cursor;

use axum::http::StatusCode;
use calamine::{Data, Reader, Xlsx};

use crate::site::site;

fn rows_of_csv(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn every_offered_file_can_be_taken_away() {
    let page = site().await.get("/data").await.text();
    let mut offered: Vec<_> = page.split("href=\"/data/").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    offered.sort_unstable();
    offered.dedup();
    assert_eq!(offered.len(), 5 * 10 + 3 * 3 + 1);
    for file in offered {
        let answer = site().await.get(&format!("/data/{file}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert!(answer.header("content-disposition").starts_with("attachment"), "{file}");
        assert!(!answer.body.is_empty(), "{file}");
    }
}

#[tokio::test]
async fn a_sheet_of_entries_holds_them_all_with_their_sources() {
    let answer = site().await.get("/data/330200-2024/entries.csv").await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    let rows = rows_of_csv(&answer.body);
    assert_eq!(rows.len(), 1 + 98);
    assert_eq!(rows[0][3], "指标");
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
    let piles = rows.iter().find(|row| row[column("指标")] == "电动汽车充电桩投运").unwrap();
    assert_eq!(piles[column("数值")], "3645");
    assert_eq!(piles[column("截至")], "2024-06-30");
    assert_eq!(piles[column("出处")], "宁波市2024年上半年民生实事进展");
    assert!(piles[column("来历")].starts_with("/entries/"));
    let english = rows_of_csv(&site().await.get("/data/330200-2024/entries.csv?lang=en").await.body);
    assert_eq!(english[0][3], "name");
}

#[tokio::test]
async fn a_workbook_reads_back_with_numbers_as_numbers() {
    let answer = site().await.get("/data/330200-2024/money.xlsx").await;
    let mut workbook = Xlsx::new(Cursor::new(answer.body)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    let column =
        |name: &str| (0..sheet.width()).find(|at| sheet.get((0, *at)) == Some(&Data::String(name.to_owned()))).unwrap();
    assert_eq!(sheet.get((1, column("安排"))), Some(&Data::Float(4_016_000_000.0)));
    assert_eq!(sheet.get((1, column("已用"))), Some(&Data::Float(2_247_000_000.0)));
}

#[tokio::test]
async fn facts_come_out_as_they_went_in() {
    let answer = site().await.get("/data/facts.jsonl").await;
    assert_eq!(answer.text().lines().count(), 441);
    let one = site().await.get("/data/330784-2024/facts.jsonl").await;
    assert_eq!(one.text().lines().count(), 43);
}

#[tokio::test]
async fn lists_of_the_api_come_as_sheets_when_asked() {
    for (address, headers) in [
        ("/api/v1/programmes?format=csv", vec![]),
        ("/api/v1/programmes", vec![("accept", "text/csv")]),
        ("/api/v1/matters", vec![("accept", "text/csv")]),
        ("/api/v1/regions?within=330784", vec![("accept", "text/csv")]),
        ("/api/v1/programmes/330200-2024/indicators", vec![("accept", "text/csv")]),
        ("/api/v1/search?q=AED", vec![("accept", "text/csv")]),
    ] {
        let answer = site().await.get_with(address, &headers).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        assert!(rows_of_csv(&answer.body).len() > 1, "{address}");
    }
    let sheet = site().await.get("/api/v1/programmes?format=xlsx").await;
    assert!(Xlsx::new(Cursor::new(sheet.body)).is_ok());
}

#[tokio::test]
async fn no_cell_runs_as_a_formula() {
    let site = crate::site::Site::open().await;
    site.rename("330784-2024", "=cmd|' /C calc'!A0").await;
    let rows = rows_of_csv(&site.get("/data/programmes.csv").await.body);
    let title = &rows.iter().find(|row| row[0] == "330784-2024").unwrap()[5];
    assert_eq!(title, "'=cmd|' /C calc'!A0");
    let workbook = site.get("/data/programmes.xlsx").await;
    let mut workbook = Xlsx::new(Cursor::new(workbook.body)).unwrap();
    assert!(workbook.worksheet_formula(&workbook.sheet_names()[0].clone()).unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_offered_is_not_found() {
    for file in ["nothing.csv", "programmes.pdf", "programmes", "330200-2024/entries.exe", "339999-2024/entries.csv"] {
        assert_eq!(site().await.get(&format!("/data/{file}")).await.status, StatusCode::NOT_FOUND, "{file}");
    }
}

#[tokio::test]
async fn the_reading_guide_explains_the_words() {
    let page = site().await.page("/reading").await;
    for seen in ["公布值", "计算值", "未注截止日", "序时进度", "严重滞后", "没有数字不等于零"]
    {
        assert!(page.contains(seen), "{seen} is missing");
    }
    assert!(site().await.page("/reading?lang=en").await.contains("Missing is not zero"));
}
