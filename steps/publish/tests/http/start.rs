//! The start page.

use crate::reader::Site;

#[tokio::test]
async fn names_places_years_and_the_published_mean() {
    let site = Site::with_samples().await;
    let page = site.get("/").await;
    page.reads(&[
        "4 个地方 · 5 份方案",
        "杭州市 2024",
        "宁波市 2024",
        "15 类 37 项",
        "77.7 % 公布值",
        "义乌市 2020",
        "永康市 2024",
        "未注截止日",
    ]);
    page.reads(&["同一事项，几个地方", "截止日、单位和口径各不相同，只并列，不相加", "怎样读一个数字"]);
    assert!(page.html.contains("action=\"/search\""));
    site.get("/?lang=en").await.reads(&["Ningbo", "How to read a figure"]);
}

#[tokio::test]
async fn answers_not_modified_to_whoever_has_the_page() {
    let site = Site::with_samples().await;
    let page = site.get("/programmes/330200-2024").await;
    let etag = page.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(site.get_unless("/programmes/330200-2024", &etag).await.status, 304);
    assert_eq!(site.get_unless("/programmes/330100-2024", &etag).await.status, 200);
}
