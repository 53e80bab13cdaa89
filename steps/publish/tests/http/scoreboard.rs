//! Scoreboards: what a person looks for on each of the sample years.

use ledger::programmes::{self, Outline, ProgrammeForm, ProjectForm};
use store::Actor;
use store::audit::Event;

use crate::reader::{Site, correct};

#[tokio::test]
async fn ningbo_shows_what_was_published_and_what_follows_from_it() {
    let site = Site::with_samples().await;
    let page = site.get("/programmes/330200-2024").await;
    page.reads(&[
        "宁波市2024年度民生实事",
        "15 类 37 项",
        "截至 2024年6月30日",
        "序时进度 50.0%",
        "平均进度 公布值 77.7 %",
        "快于序时 27.7 个百分点 计算值",
        "台账推算不出",
        "资金使用 计算值 56.0 %",
        "22.47亿 ÷ 40.16亿元",
        "与公布值 56.0 % 一致",
        "提前完成 公布值 6 / 37 项",
        "另公布 16 个进展率超过 80%",
        "市本级资金使用 计算值 58.6 %",
        "快于序时 8.6 个百分点 计算值",
        "与公布值 58.6 % 一致",
        "与公布值 8.6 个百分点 一致",
        "没有说明 16 项是否包含这 6 项",
        "6.52亿 + 21.76亿 + 11.88亿 = 40.16亿元",
    ]);
    let numbers = page.html.matches("id=\"category-").count();
    assert_eq!(numbers, 15, "categories");
    assert_eq!(page.html.matches("class=\"cell done\"").count(), 6);
    assert_eq!(page.html.matches("class=\"cell ").count(), 37);
    page.row_reads("电动汽车充电桩投运", "电动汽车充电桩投运 3,645 个 只公布了部分分项");
    page.row_reads("农村地区电动汽车充电桩投运", "农村地区电动汽车充电桩投运 1,518 个");
    page.row_reads("稻渔综合种养面积新建", "稻渔综合种养面积新建 约 8,000 亩");
    page.row_reads("学生成长指导中心选址确定", "学生成长指导中心选址确定 3 个地方 计算值");
    page.row_reads("市本级财政", "市本级财政 占安排的 16.2% 3.82 亿 元 6.52 亿 元 58.6% 正常");
    page.row_reads("五星级养老机构入选数全省排名", "五星级养老机构入选数全省排名并列第一位");
}

#[tokio::test]
async fn hangzhou_is_over_fulfilled_and_each_figure_has_its_own_day() {
    let site = Site::with_samples().await;
    let page = site.get("/programmes/330100-2024").await;
    page.row_reads("中小学和幼儿园新建", "截至 2024年11月30日 96 所 70 所 137.1% 完成");
    page.row_reads("新增学位", "10.09 万 个 6 万 个 168.2% 完成");
    page.row_reads("公交线路新辟优化", "全部分项：80 + 55 + 21 + 10 + 17 = 183");
    page.row_reads("环浙步道新建", "截至 2024年12月15日");
    page.row_reads("老年助餐服务点新增", "2024年全年");
    page.row_reads("回迁安置居民", "未注截止日");
    let strict = site.get("/programmes/330100-2024?cut_off=2024-11-30").await;
    strict.reads(&["截至 2024年11月30日", "序时进度 91.7%"]);
    strict.row_reads("中小学和幼儿园新建", "137.1%");
    strict.row_reads("环浙步道新建", "此时尚无");
}

#[tokio::test]
async fn yongkang_says_once_that_no_figure_is_dated() {
    let site = Site::with_samples().await;
    let page = site.get("/programmes/330784-2024").await;
    page.reads(&["未注截止日。 公布时没有写明截至哪一天", "医疗卫生"]);
    page.row_reads("县域医疗次中心打造", "未公布 3 个");
    assert!(!page.html.contains("class=\"bullet"), "nothing is compared with a schedule");
    let proposals = site.get("/programmes/330784-2024-suggestions").await;
    proposals.reads(&["永康市2024年重点代表建议办理"]);
}

#[tokio::test]
async fn shows_what_was_known_on_a_day() {
    let site = Site::with_samples().await;
    let later = site.on("2026-11-25").await;
    correct(&later, "330200-2024", "电动汽车充电桩投运", "3654", "两位数字颠倒").await;
    site.get("/programmes/330200-2024").await.row_reads("电动汽车充电桩投运", "3,654");
    let then = site.get("/programmes/330200-2024?known=2026-11-22").await;
    then.reads(&["历史页面。 以下是 2026年11月22日 日终时台账上的数字"]);
    then.row_reads("电动汽车充电桩投运", "3,645");
    let before = site.get("/programmes/330200-2024?known=2026-11-20").await;
    before.reads(&["历史页面。", "台账里还没有这份方案的数字", "此时尚无"]);
}

#[tokio::test]
async fn refuses_what_is_no_day_and_hides_what_is_not_published() {
    let site = Site::with_samples().await;
    let page = site.get("/programmes/330200-2024?cut_off=yesterday").await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("“yesterday” 不是日期"), "{}", page.text());
    for path in ["/programmes/330200-1999", "/programmes/%27%3B--", "/programmes/330200-2024/indicators/100000"] {
        assert_eq!(site.get(path).await.status, 404, "{path}");
    }
    let store = site.on("2026-11-25").await;
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let form = ProgrammeForm::new("330600".parse().unwrap(), 2026, "未公布的方案");
    programmes::create(&tx, &form).await.unwrap();
    tx.record(Event::new("programme.created", "programme", "330600-2026", serde_json::json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(site.get("/programmes/330600-2026").await.status, 404);
    assert!(!site.get("/").await.html.contains("未公布的方案"));
}

#[tokio::test]
async fn titles_cannot_carry_markup() {
    let site = Site::with_samples().await;
    let store = site.on("2026-11-25").await;
    let nasty = "<script>alert(1)</script>\"'><b>";
    let mut tx = store.begin(&Actor::operator("test")).await.unwrap();
    let form = ProgrammeForm {
        published: true,
        adopted_by: nasty.into(),
        progress_rule: nasty.into(),
        ..ProgrammeForm::new("330600".parse().unwrap(), 2026, nasty)
    };
    let programme = programmes::create(&tx, &form).await.unwrap();
    let mut outline = Outline::load(tx.on(), programme).await.unwrap();
    let (category, _) = outline.category(&tx, Some(1), nasty).await.unwrap();
    let (project, _) = outline.project(&tx, category, None, nasty).await.unwrap();
    let project_form = ProjectForm { name: nasty.into(), content: nasty.into(), ..ProjectForm::default() };
    programmes::edit_project(&tx, outline.programme.id, project, &project_form).await.unwrap();
    let kind = ledger::words::Kind::Count;
    let indicator = programmes::IndicatorForm::new(nasty, nasty, kind, kernel::Level::City);
    outline.add_indicator(&tx, project, &indicator).await.unwrap();
    tx.record(Event::new("programme.created", "programme", "330600-2026", serde_json::json!({}))).await.unwrap();
    tx.commit().await.unwrap();
    for path in ["/", "/programmes/330600-2026", "/programmes/330600-2026/indicators/1"] {
        let page = site.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.html.contains("<script>alert") && !page.html.contains("'><b>"), "{path}");
        assert!(page.html.contains("&#60;script&#62;alert"), "{path}");
    }
}

#[tokio::test]
async fn speaks_english() {
    let site = Site::with_samples().await;
    site.get("/programmes/330200-2024?lang=en").await.reads(&[
        "Ningbo, livelihood projects of 2024",
        "15 categories, 37 projects",
        "to 30 June 2024",
        "77.7 %",
        "27.7 points ahead of schedule",
        "agrees with the published 56.0 %",
    ]);
}

#[tokio::test]
async fn a_scoreboard_costs_few_statements_however_many_figures_it_has() {
    let site = Site::with_samples().await;
    let mut costs = Vec::new();
    for slug in ["330200-2024", "330100-2024", "330782-2020"] {
        let before = site.statements();
        site.get(&format!("/programmes/{slug}")).await;
        costs.push(site.statements() - before);
    }
    // Five of them ask what was planned, as known on the day, so that the lights are those of the office's board.
    assert!(costs.iter().all(|cost| (1..=18).contains(cost)), "{costs:?}");
}
