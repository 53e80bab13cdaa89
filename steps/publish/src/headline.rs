//! The leading figures of a programme and its money: what is published, what follows from the ledger, and whether the
//! two agree.

use figures::relations::{self, Judgement};
use figures::{Decimal, Number, Precision};
use kernel::{Lang, Schedule};
use ledger::board::{Board, CategoryBoard, Row, Shown};
use ledger::rules::{self, Light};
use ledger::search::{indicator_path, programme_path};
use ledger::words::{FundSource, Kind, Statistic};
use web::Frame;
use web::components::{self, Bullet, FigureLink, Tag};

use crate::shown;

/// One of the figures on top of a scoreboard.
pub(crate) struct Headline {
    /// What it is.
    pub(crate) title: String,
    /// 公布值 or 计算值.
    pub(crate) tag: Option<Tag>,
    /// The figure; none where nothing is published.
    pub(crate) figure: Option<FigureLink>,
    /// What stands behind it, such as `/ 37 项`.
    pub(crate) behind: String,
    /// Its bar.
    pub(crate) bullet: Option<Bullet>,
    /// What else is said.
    pub(crate) notes: Vec<Note>,
}

/// A sentence with a figure in it.
pub(crate) struct Note {
    /// The words in front.
    pub(crate) before: String,
    /// The figure.
    pub(crate) figure: Option<FigureLink>,
    /// The words behind.
    pub(crate) after: String,
    /// 计算值, where that is said of the sentence.
    pub(crate) tag: Option<Tag>,
}

impl Note {
    fn words(text: impl Into<String>) -> Self {
        Self { before: text.into(), figure: None, after: String::new(), tag: None }
    }

    fn derived(f: &Frame, text: impl Into<String>) -> Self {
        Self { tag: Some(components::tag_derived(f)), ..Self::words(text) }
    }
}

/// Two or four leading figures, or none where neither progress nor money is known.
pub(crate) fn headlines(f: &Frame, board: &Board) -> Vec<Headline> {
    let mut all: Vec<_> =
        [mean(f, board), funds(f, board), done(f, board), municipal(f, board)].into_iter().flatten().collect();
    // A programme with few published totals leads with its own indicators.
    let rows = board.adopted_categories().flat_map(CategoryBoard::rows).filter(|row| row.progress.is_some());
    all.extend(rows.take(4_usize.saturating_sub(all.len())).map(|row| of_row(f, board, row)));
    let even = all.len() / 2 * 2;
    all.truncate(even);
    all
}

/// The mean progress: as published, else over the projects if all of them have one.
pub(crate) fn mean(f: &Frame, board: &Board) -> Option<Headline> {
    let lang = f.lang;
    let title = lang.t("平均进度", "Mean progress").to_owned();
    if let Some(published) = board.published(Statistic::MeanProgress) {
        let mut headline = percent_headline(f, title, published, board);
        headline.notes.push(Note::words(lang.t(
            "各项进度没有逐项公布，台账推算不出",
            "cannot be derived: the projects' own progress is not published",
        )));
        return Some(headline);
    }
    let (mean, with_progress) = board.derived_mean()?;
    let all = board.adopted_projects().count();
    if with_progress < all {
        let said = match lang {
            Lang::Zh => format!("{all} 个项目中 {with_progress} 个有目标和完成数，不足以求平均"),
            Lang::En => format!("{with_progress} of {all} projects have a target and an outcome: too few for a mean"),
        };
        return Some(Headline {
            title,
            tag: None,
            figure: None,
            behind: String::new(),
            bullet: None,
            notes: vec![Note::words(said)],
        });
    }
    let mut notes = Vec::new();
    notes.extend(board.schedule.map(|schedule| Note::words(shown::lead(lang, mean - schedule.percent))));
    notes.push(Note::words(match lang {
        Lang::Zh => format!("{all} 个项目，各按 100% 封顶后平均"),
        Lang::En => format!("over {all} projects, each capped at 100%"),
    }));
    Some(Headline {
        title,
        tag: Some(components::tag_derived(f)),
        figure: Some(shown::share(mean)),
        behind: String::new(),
        bullet: Some(bar(board, mean, board.schedule)),
        notes,
    })
}

fn percent_headline(f: &Frame, title: String, published: &Shown, board: &Board) -> Headline {
    let value = published.value();
    let schedule = board.schedule_of(published);
    let lead = value.zip(schedule).map(|(value, schedule)| value - schedule.percent);
    Headline {
        title,
        tag: Some(components::tag_published(f)),
        figure: Some(shown::figure(f.lang, Kind::Percent, published)),
        behind: String::new(),
        bullet: value.map(|value| bar(board, value, schedule)),
        notes: lead.map(|lead| Note::derived(f, shown::lead(f.lang, lead))).into_iter().collect(),
    }
}

fn bar(board: &Board, progress: Decimal, schedule: Option<Schedule>) -> Bullet {
    shown::bullet(progress, schedule, schedule.map(|schedule| board.light(progress, &schedule)))
}

/// The share of the money that is used.
fn funds(f: &Frame, board: &Board) -> Option<Headline> {
    let total = total(board)?;
    let (used, planned) = (total.actual.as_ref()?, total.target.as_ref()?);
    let mut headline = used_share(f, f.lang.t("资金使用", "Funds used"), total)?;
    let unit = f.lang.t("元", " yuan");
    headline.notes.push(Note::words(format!(
        "{} ÷ {}{unit}",
        shown::amount(f.lang, used)?,
        shown::amount(f.lang, planned)?
    )));
    if let Some(published) = board.published(Statistic::FundsRatio) {
        headline.notes.push(agreement(
            f,
            published,
            relations::ratio(used.number?, planned.number?, published.number?),
        ));
    }
    Some(headline)
}

/// The same for the city's own money, with its lead.
fn municipal(f: &Frame, board: &Board) -> Option<Headline> {
    let own = total(board)?.parts.iter().find(|part| part.indicator.fund_source() == Some(FundSource::City))?;
    let (used, planned) = (own.actual.as_ref()?.number?, own.target.as_ref()?.number?);
    let mut headline = used_share(f, f.lang.t("市本级资金使用", "Municipal funds used"), own)?;
    let ratio = board.published(Statistic::FundsRatioMunicipal);
    if let Some(schedule) = own.schedule {
        headline.notes.push(Note::derived(f, shown::lead(f.lang, own.progress? - schedule.percent)));
    }
    if let Some(published) = ratio {
        headline.notes.push(agreement(f, published, relations::ratio(used, planned, published.number?)));
    }
    if let (Some(ratio), Some(ahead), Some(schedule)) =
        (ratio, board.published(Statistic::FundsLeadMunicipal), own.schedule)
    {
        let judged = relations::points(ratio.number?, Number::exact(schedule.percent), ahead.number?);
        headline.notes.push(agreement(f, ahead, judged));
    }
    Some(headline)
}

fn used_share(f: &Frame, title: &str, row: &Row) -> Option<Headline> {
    let progress = row.progress?;
    Some(Headline {
        title: title.to_owned(),
        tag: Some(components::tag_derived(f)),
        figure: Some(shown::share(progress)),
        behind: String::new(),
        bullet: Some(shown::bullet(progress, row.schedule, row.light)),
        notes: Vec::new(),
    })
}

/// Whether a published figure agrees with what the ledger derives.
fn agreement(f: &Frame, published: &Shown, judged: Judgement) -> Note {
    let agrees = judged.verdict.agrees();
    Note {
        before: f
            .lang
            .t(
                if agrees { "与公布值 " } else { "公布值为 " },
                if agrees { "agrees with the published " } else { "published: " },
            )
            .to_owned(),
        figure: Some(shown::figure(f.lang, Kind::RateChange, published)),
        after: f
            .lang
            .t(if agrees { " 一致" } else { "，与计算不一致" }, if agrees { "" } else { ", which differs" })
            .to_owned(),
        tag: None,
    }
}

/// How many projects are done.
fn done(f: &Frame, board: &Board) -> Option<Headline> {
    let lang = f.lang;
    let Some(published) = board.published(Statistic::DoneEarly) else { return done_by_lights(f, board) };
    let all = board.published(Statistic::Projects).and_then(|shown| shown.number);
    let share = published
        .value()
        .zip(all)
        .and_then(|(done, all)| rules::progress(done, all.value, ledger::words::Direction::More));
    let mut notes = Vec::new();
    if let Some(above) = board.published(Statistic::AboveThreshold) {
        let threshold = board.published(Statistic::Threshold).and_then(|shown| shown.number);
        let threshold = threshold.map(|number| format!(" {number}%")).unwrap_or_default();
        notes.push(Note {
            before: lang.t("另公布 ", "also published: ").to_owned(),
            figure: Some(shown::figure(lang, Kind::Count, above)),
            after: match lang {
                Lang::Zh => format!("进展率超过{threshold}，未说明是否包含这些项目"),
                Lang::En => format!(" projects above{threshold}; whether these are among them is not said"),
            },
            tag: None,
        });
    }
    let mut figure = shown::figure(lang, Kind::Count, published);
    figure.unit = String::new();
    Some(Headline {
        title: lang.t("提前完成", "Done early").to_owned(),
        tag: Some(components::tag_published(f)),
        figure: Some(figure),
        behind: all
            .map(|all| match lang {
                Lang::Zh => format!("/ {all} 项"),
                Lang::En => format!("of {all} projects"),
            })
            .unwrap_or_default(),
        bullet: share.map(|share| shown::bullet(share, None, Some(Light::Done))),
        notes,
    })
}

fn done_by_lights(f: &Frame, board: &Board) -> Option<Headline> {
    let lang = f.lang;
    let lit = board.adopted_projects().filter(|project| project.light.is_some()).count();
    let done = board.adopted_projects().filter(|project| project.light == Some(Light::Done)).count();
    if lit == 0 {
        return None;
    }
    let share = Decimal::from(done) * Decimal::ONE_HUNDRED / Decimal::from(lit);
    Some(Headline {
        title: lang.t("已完成的项目", "Projects done").to_owned(),
        tag: Some(components::tag_derived(f)),
        figure: Some(FigureLink { text: done.to_string(), value: done.to_string(), ..FigureLink::default() }),
        behind: match lang {
            Lang::Zh => format!("/ {lit} 个"),
            Lang::En => format!("of {lit}"),
        },
        bullet: Some(shown::bullet(share, None, Some(Light::Done))),
        notes: vec![Note::words(lang.t("只算公布了目标的项目", "of those with a published target"))],
    })
}

fn of_row(f: &Frame, board: &Board, row: &Row) -> Headline {
    let lang = f.lang;
    let kind = row.indicator.kind();
    let slug = &board.outline.programme.slug;
    let target = row.target.as_ref().and_then(|shown| Some((shown.number?, shown::unit(lang, &shown.unit))));
    let mut figure = row.actual.as_ref().map(|shown| shown::figure(lang, kind, shown));
    if let Some(figure) = &mut figure {
        figure.unit = String::new();
        figure.trail.get_or_insert_with(|| indicator_path(slug, row.indicator.number));
    }
    let progress = row.progress.unwrap_or_default();
    let done = figures::print_percent(progress, 1);
    Headline {
        title: row.indicator.name.clone(),
        tag: None,
        figure,
        behind: target.map(|(number, unit)| format!("/ {} {unit}", shown::plain(lang, number))).unwrap_or_default(),
        bullet: Some(shown::bullet(progress, row.schedule, row.light)),
        notes: vec![Note::derived(
            f,
            match lang {
                Lang::Zh => format!("完成目标的 {done}"),
                Lang::En => format!("{done} of the target"),
            },
        )],
    }
}

/// The programme's money as a table.
pub(crate) struct Funding {
    /// The name of the total.
    pub(crate) name: String,
    /// The page of the money.
    pub(crate) href: String,
    /// What is used of it.
    pub(crate) used: Option<FigureLink>,
    /// What is planned.
    pub(crate) planned: Option<FigureLink>,
    /// Its progress.
    pub(crate) progress: Option<shown::Progress>,
    /// By source.
    pub(crate) sources: Vec<Source>,
    /// 6.52亿 + 21.76亿 + 11.88亿 = 40.16亿; empty where there are no sources.
    pub(crate) sum: String,
    /// Said of the stacked bar to those who do not see it.
    pub(crate) label: String,
}

/// One source of money.
pub(crate) struct Source {
    /// Its name.
    pub(crate) name: String,
    /// Its indicator's page.
    pub(crate) href: String,
    /// What is used of it.
    pub(crate) used: Option<FigureLink>,
    /// What is planned.
    pub(crate) planned: Option<FigureLink>,
    /// Its progress.
    pub(crate) progress: Option<shown::Progress>,
    /// Its share of the plan, in percent with one decimal.
    pub(crate) share: String,
    /// Where its part of the stacked bar begins, in percent.
    pub(crate) from: String,
    /// 1 to 3; more sources share the last tone.
    pub(crate) tone: usize,
}

/// The row that holds the whole of the money.
fn total(board: &Board) -> Option<&Row> {
    board.funding.iter().find(|row| row.target.as_ref().is_some_and(|target| target.number.is_some()))
}

/// The money of a programme by source; none where nothing is planned.
pub(crate) fn funding(f: &Frame, board: &Board) -> Option<Funding> {
    let lang = f.lang;
    let total = total(board)?;
    let planned = total.target.as_ref()?.number?;
    let slug = &board.outline.programme.slug;
    let money = |shown: &Shown| shown::figure(lang, Kind::Money, shown);
    let one_place = |value: Decimal| figures::print_number(value, Precision::places(1));
    let mut from = Decimal::ZERO;
    let mut sources = Vec::new();
    for part in total.parts.iter().filter(|part| part.indicator.fund_source().is_some()) {
        let amount = part.target.as_ref().and_then(Shown::value).unwrap_or_default();
        let share = rules::progress(amount, planned.value, ledger::words::Direction::More).unwrap_or_default();
        sources.push(Source {
            name: part.indicator.fund_source().map(|source| source.name().get(lang).to_owned()).unwrap_or_default(),
            href: indicator_path(slug, part.indicator.number),
            used: part.actual.as_ref().map(money),
            planned: part.target.as_ref().map(money),
            progress: shown::Progress::of(lang, part),
            share: one_place(share),
            from: one_place(from),
            tone: (sources.len() + 1).min(3),
        });
        from += share;
    }
    let parts: Vec<_> = total
        .parts
        .iter()
        .filter(|part| part.indicator.fund_source().is_some())
        .filter_map(|part| part.target.as_ref()?.number)
        .collect();
    let label: Vec<_> = sources.iter().map(|source| format!("{} {}%", source.name, source.share)).collect();
    Some(Funding {
        name: total.indicator.name.clone(),
        href: format!("{}/money", programme_path(slug)),
        used: total.actual.as_ref().map(money),
        planned: total.target.as_ref().map(money),
        progress: shown::Progress::of(lang, total),
        sum: if parts.is_empty() { String::new() } else { shown::written_sum(lang, &parts, planned) },
        label: label.join(lang.t("，", ", ")),
        sources,
    })
}
