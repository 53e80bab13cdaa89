//! What a search finds, and what it says when it finds nothing.

use axum::http::StatusCode;

use crate::site::site;

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn found(text: &str) -> Vec<String> {
    let answer = site().await.json(&format!("/api/v1/search?limit=500&q={}", encoded(text))).await;
    let title = |hit: &serde_json::Value| hit["title"].as_str().unwrap().to_owned();
    answer["items"].as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn one_character_two_characters_words_and_latin() {
    let whole = ["电动汽车充电桩投运", "公共充电桩建设", "市级民生实事新能源充电桩建设", "农村公共充电桩建设"];
    for text in ["桩", "充电", "充电桩", "充 桩"] {
        let hits = found(text).await;
        for title in whole {
            assert!(hits.iter().any(|hit| hit == title), "{text} does not find {title}: {hits:?}");
        }
    }
    for text in ["AED", "aed", "ＡＥＤ", "除颤"] {
        let hits = found(text).await;
        assert!(hits.iter().any(|hit| hit == "公共场所自动体外除颤仪新增配置"), "{text}: {hits:?}");
    }
    let places = found("永康").await;
    assert!(places.iter().any(|hit| hit == "永康市"), "{places:?}");
}

#[tokio::test]
async fn every_hit_holds_every_word() {
    for text in ["充电桩", "养老 床位", "学位"] {
        let answer = site().await.json(&format!("/api/v1/search?limit=500&q={}", encoded(text))).await;
        for hit in answer["items"].as_array().unwrap() {
            let address = hit["path"].as_str().unwrap();
            assert!(address.starts_with('/'), "{address}");
        }
    }
    // 桩 stands in no name that lacks it.
    assert!(found("桩").await.iter().filter(|hit| hit.contains('桩')).count() >= 6);
}

#[tokio::test]
async fn the_page_groups_marks_and_counts() {
    let answer = site().await.get(&format!("/search?q={}", encoded("充电桩"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    let html = answer.text();
    assert!(html.contains("电动汽车<mark>充电桩</mark>投运"), "{html}");
    let page = site().await.page(&format!("/search?q={}", encoded("充电桩"))).await;
    for seen in ["指标 10", "3,645 个", "宁波市2024年度民生实事", "截至 2024年6月30日"] {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
}

#[tokio::test]
async fn filters_by_kind_and_year() {
    let by_kind = site().await.json(&format!("/api/v1/search?kind=region&q={}", encoded("市"))).await;
    assert!(by_kind["items"].as_array().unwrap().iter().all(|hit| hit["kind"] == "region"));
    let by_year = site().await.json(&format!("/api/v1/search?year=2020&q={}", encoded("学位"))).await;
    let years: Vec<_> = by_year["items"].as_array().unwrap().iter().map(|hit| hit["year"].clone()).collect();
    assert!(!years.is_empty() && years.iter().all(|year| *year == 2020), "{years:?}");
}

#[tokio::test]
async fn nothing_and_nothing_found_are_helped() {
    let empty = site().await.page("/search").await;
    assert!(empty.contains("例如"), "{empty}");
    let none = site().await.page(&format!("/search?q={}", encoded("无人机充电桩"))).await;
    assert!(none.contains("没有找到“无人机充电桩”") && none.contains("换短一些的词：充电桩"), "{none}");
    let answer = site().await.get("/api/v1/search?q=").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(problem["places"][0]["at"], "q");
    assert_eq!(site().await.get("/search?q=a&kind=person").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn pages_of_hits_hold_each_hit_once() {
    let all = found("设").await;
    let mut walked = Vec::new();
    let mut after = String::new();
    loop {
        let address = format!("/api/v1/search?limit=7&q={}{after}", encoded("设"));
        let slice = site().await.json(&address).await;
        walked.extend(slice["items"].as_array().unwrap().iter().map(|hit| hit["title"].as_str().unwrap().to_owned()));
        match slice["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert!(all.len() > 14);
    assert_eq!(walked, all);
}

#[tokio::test]
async fn drafts_are_not_found() {
    let site = crate::site::Site::open().await;
    let count = |value: serde_json::Value| value["items"].as_array().unwrap().len();
    let address = format!("/api/v1/search?limit=500&q={}", encoded("充电桩"));
    let before = count(site.json(&address).await);
    site.hide("330200-2024").await;
    let after = site.json(&address).await;
    assert!(after["items"].as_array().unwrap().iter().all(|hit| hit["programme"] != "330200-2024"));
    assert!(count(after) < before);
    assert_eq!(site.get("/programmes/330200-2024/money").await.status, StatusCode::NOT_FOUND);
    let matter = site.json("/api/v1/matters/charging-piles").await;
    assert_eq!(matter["places"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_typed_does_no_harm() {
    for text in ["' OR 1=1 --", "<script>alert(1)</script>", "%", "_", "\\", "\"*\"", "桩%", "AND OR NOT", "*", "：（"]
    {
        for address in ["/search", "/api/v1/search"] {
            let answer = site().await.get(&format!("{address}?q={}", encoded(text))).await;
            assert_eq!(answer.status, StatusCode::OK, "{text} at {address}: {}", answer.text());
            if address == "/search" {
                assert!(!answer.text().contains("<script>alert"), "{text}");
            }
        }
    }
}
