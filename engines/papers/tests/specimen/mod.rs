//! A paper that uses everything: for tests, the benchmark and the example. 演示数据, invented figures of an invented county.

use chrono::NaiveDate;
use minsheng_papers::{
    Align, Attachment, Bar, Block, Bullet, Chart, Column, Drawing, Imprint, Level, Line, Paper, RedHead, Run, Series,
    Signature, Style, Table,
};
use rust_decimal::Decimal;

/// The day on which the specimen is dated.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 7, 5).expect("a day")
}

/// The paper.
pub(crate) fn paper() -> Paper {
    let mut paper = Paper::titled("演示县人民政府办公室关于2024年上半年\n民生实事项目进展情况的通报");
    paper.head = Some(RedHead {
        mark: "演示县人民政府办公室文件".to_owned(),
        number: "演政办发〔2024〕5号".to_owned(),
        copy: Some(12),
        urgency: Some("特急".to_owned()),
        ..RedHead::default()
    });
    paper.addressee = Some("各乡镇人民政府、街道办事处，县政府各部门".to_owned());
    paper.blocks = text();
    paper.attachments = vec![
        Attachment {
            name: "2024年民生实事项目上半年完成情况表".to_owned(),
            blocks: vec![Block::Table(long_table(60))],
        },
        Attachment { name: "下半年工作要点".to_owned(), blocks: Vec::new() },
    ];
    paper.signature = Some(Signature { issuer: Some("演示县人民政府办公室".to_owned()), date: day() });
    paper.note = Some("此件公开发布".to_owned());
    paper.imprint = Some(Imprint {
        copies: Some(
            "县委各部门，县人大常委会办公室，县政协办公室，县监委、县法院、县检察院，县人武部，各人民团体。".to_owned(),
        ),
        issuer: "演示县人民政府办公室".to_owned(),
        date: day(),
    });
    paper
}

fn text() -> Vec<Block> {
    let lead = |words: &str, rest: &str| {
        Block::Paragraph(vec![Run { text: words.to_owned(), style: Style::Kai }, Run::plain(rest)])
    };
    vec![
        Block::paragraph(
            "年初，县人大代表票决产生了10件民生实事项目。按照“月调度、季通报、年评议”的要求，现将上半年进展情况通报如下（演示数据）。",
        ),
        Block::heading(Level::One, "总体进展情况"),
        Block::paragraph(
            "截至6月底，10件民生实事项目完成投资3.31亿元，占年度计划的56.2%；有8件达到或超过序时进度，1件略低于序时进度，1件滞后。群众意见建议受理1,284件，办结1,197件，办结率93.2%。",
        ),
        Block::Chart(progress()),
        Block::heading(Level::One, "各项目进展情况"),
        Block::heading(Level::Two, "教育和卫生类"),
        lead(
            "1.扩大学前教育资源。",
            "新建、改建公办幼儿园4所，新增学位1,080个，完成年度目标的72%；其余2所主体结构已经封顶，计划于8月底前投入使用。",
        ),
        lead("2.提升基层医疗服务能力。", "完成标准化村卫生室建设23家，服务群众近8.6万人次。"),
        Block::heading(Level::Two, "交通和环境类"),
        Block::Paragraph(vec![
            Run::plain("提升改造农村公路68.5公里，完成率"),
            Run::bold("105.4%"),
            Run::plain("；新增停车泊位2,160个；《演示县生活垃圾分类管理办法》施行以来，新建分类投放点312处。"),
        ]),
        Block::heading(Level::Three, "资金使用"),
        Block::Table(money()),
        Block::Chart(amounts()),
        Block::Chart(months()),
        Block::heading(Level::One, "下一步工作要求"),
        Block::paragraph(
            "各责任单位要对照序时进度逐项梳理，倒排工期、挂图作战；对滞后项目，责任单位应当于7月15日前书面说明原因，提出整改措施和完成时限。县政府督查室将于7月下旬组织“回头看”，结果纳入年度考核。",
        ),
    ]
}

fn percent(tenths: i64) -> Decimal {
    Decimal::new(tenths, 1)
}

fn progress() -> Chart {
    let rows = [
        ("学前教育资源扩容", Some(720)),
        ("基层医疗服务能力提升", Some(575)),
        ("农村公路提升改造", Some(1054)),
        ("城镇老旧小区改造", Some(381)),
        ("居家养老服务照料中心建设", Some(500)),
        ("生活垃圾分类投放点建设", None),
    ];
    let bullets = rows.map(|(label, done)| Bullet {
        label: label.to_owned(),
        done: done.map(percent),
        schedule: Some(percent(500)),
        printed: done.map_or("未报".to_owned(), |done| format!("{}%", percent(done))),
    });
    Chart {
        title: "图1　部分项目量化进度（截至6月30日）".to_owned(),
        alt: "六个项目的完成进度与序时进度：三个达到或超过，一个略超，一个滞后，一个未报。".to_owned(),
        drawing: Drawing::Bullets(bullets.into()),
    }
}

fn amounts() -> Chart {
    let rows = [("城东街道", 8650), ("城西街道", 7420), ("双溪镇", 6180), ("石桥乡", 1035)];
    let bars = rows.map(|(label, value)| Bar {
        label: label.to_owned(),
        value: Some(Decimal::from(value)),
        printed: format!("{value}万元"),
    });
    Chart {
        title: "图2　各乡镇（街道）完成投资".to_owned(),
        alt: "四个乡镇街道的完成投资，城东街道最多，石桥乡最少。".to_owned(),
        drawing: Drawing::Bars(bars.into()),
    }
}

fn months() -> Chart {
    let series = |name: &str, values: [Option<i64>; 6]| Series {
        name: name.to_owned(),
        values: values.map(|value| value.map(percent)).into(),
    };
    Chart {
        title: "图3　1—6月累计完成进度".to_owned(),
        alt: "实际进度从4.1%升到56.2%，5月起超过序时进度；3月未报。".to_owned(),
        drawing: Drawing::Line(Line {
            unit: "%".to_owned(),
            points: (1..=6).map(|month| format!("{month}月")).collect(),
            series: vec![
                series("实际进度", [Some(41), Some(118), None, Some(312), Some(436), Some(562)]),
                series("序时进度", [Some(83), Some(167), Some(250), Some(333), Some(417), Some(500)]),
            ],
        }),
    }
}

fn money() -> Table {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    Table {
        caption: Some("表1　资金使用情况（单位：万元）".to_owned()),
        columns: vec![
            Column::words("资金来源"),
            Column::numbers("年度安排"),
            Column::numbers("已拨付"),
            Column::numbers("拨付率（%）"),
        ],
        rows: vec![
            row(["中央和省级补助", "21,400", "15,600", "72.9"]),
            row(["县级财政", "30,500", "14,980", "49.1"]),
            row(["社会投入", "7,000", "2,520", "36.0"]),
            row(["合计", "58,900", "33,100", "56.2"]),
        ],
    }
}

/// A table that needs several pages.
fn long_table(rows: usize) -> Table {
    let columns = vec![
        Column { heading: "序号".to_owned(), align: Align::Centre },
        Column::words("项目"),
        Column::words("责任单位"),
        Column::numbers("年度目标"),
        Column::numbers("完成数"),
        Column::numbers("完成率（%）"),
    ];
    let names = ["公办幼儿园新建改建", "村卫生室标准化建设", "农村公路提升改造和养护大中修工程", "老旧小区改造"];
    let bodies = ["县教育局", "县卫生健康局", "县交通运输局、各乡镇人民政府", "县住房和城乡建设局"];
    let row = |at: usize| {
        vec![
            (at + 1).to_string(),
            format!("{}（{}号子项）", names[at % 4], at + 1),
            bodies[at % 4].to_owned(),
            (100 + at * 7).to_string(),
            (50 + at * 5).to_string(),
            format!("{:.1}", (50.0 + at as f64 * 5.0) * 100.0 / (100.0 + at as f64 * 7.0)),
        ]
    };
    Table { caption: None, columns, rows: (0..rows).map(row).collect() }
}

/// A long plain text of about that many pages, for measures and speed.
pub(crate) fn long(pages: usize) -> Paper {
    let mut paper = Paper::titled("演示县民生实事项目年度总结");
    let sentence =
        "全县上下坚持以人民为中心的发展思想，聚焦群众急难愁盼问题，办好民生实事，完成投资3.31亿元，受益群众8.6万人。";
    for at in 0..pages * 2 {
        if at % 6 == 0 {
            paper.blocks.push(Block::heading(Level::One, "进展情况"));
        }
        paper.blocks.push(Block::paragraph(sentence.repeat(5)));
    }
    paper
}
