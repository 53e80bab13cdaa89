//! Pages of single indicators.

use chrono::NaiveDate;
use ledger::entries::{NewEntry, post};
use ledger::programmes::{self, IndicatorForm, Outline, ProgrammeForm};
use ledger::words::{Kind, Measure};
use store::Actor;
use store::audit::{Event, RowDigest};

use crate::reader::{Site, correct};

async fn indicator(site: &Site, slug: &str, name: &str) -> String {
    let board = site.get(&format!("/programmes/{slug}")).await;
    board.link(&format!("/programmes/{slug}/indicators/"), name)
}

#[tokio::test]
async fn history_shows_both_years() {
    let site = Site::with_samples().await;
    let page = site.get(&indicator(&site, "330782-2020", "基层就诊率").await).await;
    page.reads(&["68.83 %", "各截止日的数字", "2019年全年 64.03 %", "2020年全年 68.83 %", "全部记录"]);
    assert!(page.html.contains("data-chart=\"history\"") && page.html.contains("data-value=\"2019-12-31\""));
}

#[tokio::test]
async fn complete_parts_add_up_and_partial_ones_leave_a_rest() {
    let site = Site::with_samples().await;
    let buses = site.get(&indicator(&site, "330100-2024", "公交线路新辟优化").await).await;
    buses.reads(&[
        "183 条",
        "其中 全部分项",
        "80 条 43.7%",
        "全部列出：80 + 55 + 21 + 10 + 17 = 183，与总数一致。 计算值",
    ]);
    buses.reads(&["同一事项在别处", "宁波市 2024", "42 条", "2024年6月30日"]);
    let piles = site.get(&indicator(&site, "330200-2024", "电动汽车充电桩投运").await).await;
    piles.reads(&["3,645 个", "部分分项", "1,518 个", "其余，未列出 计算值", "2,127 个", "58.4%"]);
    piles.reads(&["责任单位 未登记"]);
}

#[tokio::test]
async fn target_progress_and_schedule_stand_together() {
    let site = Site::with_samples().await;
    let page = site.get(&indicator(&site, "330100-2024", "中小学和幼儿园新建").await).await;
    page.reads(&[
        "序时进度 91.7%",
        "96 所",
        "目标 70 所",
        "完成目标的 137.1% 计算值",
        "96 ÷ 70",
        "64.2",
        "快于序时 45.5 个百分点",
    ]);
}

#[tokio::test]
async fn superseded_entries_stay_in_the_list() {
    let site = Site::with_samples().await;
    correct(&site.on("2026-11-25").await, "330200-2024", "新增学位", "9951", "两位数字颠倒").await;
    let page = site.get(&indicator(&site, "330200-2024", "新增学位").await).await;
    page.row_reads("2026-11-25 12:00", "9,951 个 2024年6月30日 现行");
    page.row_reads("2026-11-21 12:00", "9,915 个 2024年6月30日 已取代：录入错误");
}

/// A programme of Ningbo whose figures come from three towns of two counties.
#[tokio::test]
async fn places_can_be_followed_down_to_where_the_figure_was_collected() {
    let site = Site::with_samples().await;
    let store = site.on("2026-11-25").await;
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let form = ProgrammeForm {
        published: true,
        default_cut_off: Some("2026-06-30".parse().unwrap()),
        ..ProgrammeForm::new("330200".parse().unwrap(), 2026, "宁波市2026年度民生实事")
    };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), "养老服务").await.unwrap();
    let (project, _) = outline.project(&tx, category, None, "老年食堂").await.unwrap();
    let form = IndicatorForm::new("老年食堂新建", "个", Kind::Count, kernel::Level::Town);
    let indicator = outline.add_indicator(&tx, project, &form).await.unwrap();
    let day: NaiveDate = "2026-06-30".parse().unwrap();
    let entry = |place: &str, measure, value: u32| NewEntry {
        indicator,
        region: place.parse().unwrap(),
        organisation: None,
        measure,
        as_of: (measure == Measure::Actual).then_some(day),
        effective_on: if measure == Measure::Actual { day } else { "2026-01-01".parse().unwrap() },
        number: Some(value.into()),
        qualifier: figures::Qualifier::Exact,
        source: None,
        supersedes: None,
        withdrawn: false,
    };
    let new = vec![
        entry("330226101", Measure::Actual, 5),
        entry("330226102", Measure::Actual, 2),
        entry("330225101", Measure::Actual, 1),
        entry("330226", Measure::Target, 10),
        entry("330225", Measure::Target, 10),
        entry("330200", Measure::Target, 16),
    ];
    let mut event = Event::new("entries.posted", "programme", &outline.programme.slug, serde_json::Value::Null);
    let mut digest = RowDigest::default();
    post(&tx, &outline, event.id, new, &mut digest).await.unwrap();
    event.detail = serde_json::json!({ "digest": digest.finish() });
    tx.record(event).await.unwrap();
    tx.commit().await.unwrap();

    let page = site.get("/programmes/330200-2026/indicators/1").await;
    page.reads(&["8 个", "计算值 3 个地方合计 目标 16 个", "50.0%", "宁波市各地"]);
    page.row_reads("宁海县", "7 个 计算值 10 个 70.0% 正常");
    page.row_reads("象山县", "1 个 计算值 10 个 10.0% 严重滞后 40.0 点");
    page.reads(&["另有 8 个地方没有数字。没有数字不等于零"]);
    let below = site.get("/programmes/330200-2026/indicators/1?place=330226").await;
    below.reads(&["宁海县各地", "回到上一级"]);
    assert!(below.html.contains("<data value=\"5\">") && below.html.contains("<data value=\"2\">"));
    assert_eq!(site.get("/programmes/330200-2026/indicators/1?place=330100").await.status, 404);
    let board = site.get("/programmes/330200-2026").await;
    board.row_reads("老年食堂新建", "3 个地方合计 计算值 8 个 16 个 50.0% 正常");
    board.reads(&["平均进度 计算值 50.0 %"]);
}
