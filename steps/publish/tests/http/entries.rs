//! Trails.

use crate::reader::{Site, correct};

#[tokio::test]
async fn a_figure_leads_to_its_source_and_its_audit_event() {
    let site = Site::with_samples().await;
    let board = site.get("/programmes/330200-2024").await;
    let path = board.link("/entries/", "3,645");
    let page = site.get(&path).await;
    page.reads(&[
        "出处： 宁波市2024年上半年民生实事进展",
        "3645个",
        "宁波市人民政府新闻办公室",
        "记录： 由运行单位导入",
        "2026-11-21 12:00",
        "核验：尚无人核验",
        "没有更正过",
        "审计链第",
        "国密 SM3",
        "写进已签发的公报 半年公报 截至2024年6月30日",
        "其中 农村地区电动汽车充电桩投运 1,518 个",
        "同一事项： 电动汽车充电桩",
        "2024年6月30日 原文注明",
    ]);
    assert!(page.html.contains(&format!("<a href=\"/bulletins/of-{}\">", path.trim_start_matches("/entries/"))));
    let fragment = site.fragment(&path).await;
    assert!(!fragment.html.contains("<html") && fragment.html.contains("data-fragment"));
    fragment.reads(&["3,645 个", "3645个", "写进已签发的公报", "打开完整来历"]);
}

#[tokio::test]
async fn versions_tell_what_replaced_what_and_why() {
    let site = Site::with_samples().await;
    let path = site.get("/programmes/330200-2024").await.link("/entries/", "9,915");
    correct(&site.on("2026-11-25").await, "330200-2024", "新增学位", "9951", "两位数字颠倒").await;
    let old = site.get(&path).await;
    old.reads(&["已被取代。", "9,951 个", "后来被取代： 9,951 个", "录入错误：两位数字颠倒"]);
    let new = site.get(&site.get("/programmes/330200-2024").await.link("/entries/", "9,951")).await;
    new.reads(&["更正理由： 录入错误：两位数字颠倒", "取代了： 9,915 个", "现行值", "更正 1 次"]);
    assert!(!new.text().contains("test"), "nobody's sign-in name is public");
}

#[tokio::test]
async fn a_target_knows_its_outcome() {
    let site = Site::with_samples().await;
    let path = site.get("/programmes/330200-2024").await.link("/entries/", "40.16 亿");
    site.get(&path).await.reads(&["40.16亿元", "完成 ： 22.47 亿 元", "市本级财政资金 6.52 亿 元"]);
}

#[tokio::test]
async fn unknown_entries_are_not_found() {
    let site = Site::with_samples().await;
    for path in ["/entries/00000000-0000-7000-8000-000000000000", "/entries/1", "/entries/%3Cb%3E"] {
        assert_eq!(site.get(path).await.status, 404, "{path}");
    }
}
