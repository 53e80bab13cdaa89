//! The same matter in several places.

use axum::http::StatusCode;

use crate::site::site;

#[tokio::test]
async fn the_same_matter_stands_side_by_side_and_is_not_added() {
    let page = site().await.page("/matters/charging-piles").await;
    for seen in ["278 个", "3,355 个", "3,645 个", "截至 2024年6月30日", "截至 2024年11月30日", "未注截止日", "不合计"]
    {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
    // 278 + 3355 + 3645, and any two of them.
    for sum in ["7278", "7,278", "3633", "3,633", "3923", "3,923", "7000", "7,000"] {
        assert!(!page.contains(sum), "{sum} is a sum: {page}");
    }
}

#[tokio::test]
async fn different_units_and_kinds_are_told_in_words() {
    let page = site().await.page("/matters/flu-vaccination").await;
    for seen in ["不能相加", "计数对象不同：杭州市为人数，永康市为次数。", "“剂次”", "约 80万 名", "45,004 剂次"]
    {
        assert!(page.replace(" ", "").contains(&seen.replace(" ", "")), "{seen} is missing: {page}");
    }
    let english = site().await.page("/matters/flu-vaccination?lang=en").await;
    assert!(english.contains("Not to be added"), "{english}");
}

#[tokio::test]
async fn the_list_shows_every_matter_with_its_places() {
    let page = site().await.page("/matters").await;
    for seen in ["电动汽车充电桩", "老年人流感疫苗接种", "普惠托育", "宁波市", "杭州市", "永康市", "义乌市"]
    {
        assert!(page.contains(seen), "{seen} is missing");
    }
}

#[tokio::test]
async fn the_api_gives_figures_and_no_total() {
    let matter = site().await.json("/api/v1/matters/charging-piles").await;
    assert!(matter["total"].is_null());
    assert_eq!(matter["code"], "charging-piles");
    let figures: Vec<_> = matter["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|place| {
            let actual = &place["actual"];
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            (text(&place["place"]), text(&actual["value"]), text(&actual["as_of"]), text(&actual["basis"]))
        })
        .collect();
    let line = |place: &str, value: &str, day: Option<&str>| {
        (Some(place.to_owned()), Some(value.to_owned()), day.map(str::to_owned), Some("published".to_owned()))
    };
    assert_eq!(
        figures,
        [
            line("杭州市", "3355", Some("2024-11-30")),
            line("宁波市", "3645", Some("2024-06-30")),
            line("永康市", "278", None),
        ]
    );
    let english = site().await.json("/api/v1/matters/charging-piles?lang=en").await;
    assert_eq!(english["differences"][0], "Different cut-offs: 30 June 2024, 30 November 2024.");
}

#[tokio::test]
async fn an_unknown_matter_is_not_found() {
    assert_eq!(site().await.get("/matters/nothing").await.status, StatusCode::NOT_FOUND);
    let answer = site().await.get("/api/v1/matters/nothing").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}
