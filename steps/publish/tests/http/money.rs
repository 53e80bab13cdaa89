//! Money by source, and what was published about it.

use axum::http::StatusCode;

use crate::site::site;

/// The published money of Ningbo, first half of 2024, and what follows from it.
#[tokio::test]
async fn money_by_source_with_what_follows_from_it() {
    let page = site().await.page("/programmes/330200-2024/money").await;
    for seen in [
        "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元",
        "3 个来源相加一致",
        "占安排的 56.0%",
        "快 8.6 点",
        "快 6.0 点",
        "快 5.4 点",
        "占其安排的 58.6%",
        "占其余安排 33.64亿元的 55.4%",
        "22.47亿 − 3.82亿 = 18.65亿；40.16亿 − 6.52亿 = 33.64亿",
        "序时进度 50.0%",
        "计算值",
        "公布值",
        "22.47亿 ÷ 40.16亿 = 55.95%",
        "3.82亿 ÷ 6.52亿 = 58.59%",
        "58.6% − 50.0% = 8.6个百分点",
        "✓ 四舍五入后相符",
        "低收入农户综合性保险首批赔付额",
    ] {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
    assert!(!page.contains('✗'), "{page}");
}

#[tokio::test]
async fn english_readers_get_millions() {
    let page = site().await.page("/programmes/330200-2024/money?lang=en").await;
    for seen in
        ["652 million + 2,176 million + 1,188 million = 4,016 million yuan", "ahead by 8.6", "agrees after rounding"]
    {
        assert!(page.contains(seen), "{seen} is missing: {page}");
    }
}

#[tokio::test]
async fn a_programme_without_money_says_so_calmly() {
    let page = site().await.page("/programmes/330784-2024/money").await;
    assert!(page.contains("没有公布资金。"), "{page}");
    let yiwu = site().await.page("/programmes/330782-2020/money").await;
    assert!(yiwu.contains("没有公布资金。") && yiwu.contains("159,377.82"), "{yiwu}");
    assert_eq!(site().await.get("/programmes/339999-2024/money").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_api_gives_exact_amounts() {
    let money = site().await.json("/api/v1/programmes/330200-2024/money").await;
    let items = money["items"].as_array().unwrap();
    assert_eq!(items[0]["planned"]["value"], "4016000000");
    assert_eq!(items[0]["spent"]["printed"], "22.47亿");
    assert_eq!(items[0]["percent"], "55.9512");
    assert_eq!(items[1]["source"], "city");
    assert_eq!(items[1]["lead"], "8.589");
    let rest = items.iter().find(|item| item["indicator"].is_null()).unwrap();
    assert_eq!((&rest["basis"], &rest["spent"]["value"]), (&"derived".into(), &"1865000000".into()));
}
