//! The money of a programme: by source, spent against planned, spent against the schedule.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use figures::{Decimal, Number, Precision, relations};
use kernel::Lang;
use ledger::board::{Basis, Board, Row as BoardRow, Shown};
use ledger::rules::Light;
use ledger::search::{indicator_path, programme_path};
use ledger::words::{FundSource, Kind, Purpose, Statistic};
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet, FigureLink, Tag};
use web::{Access, App, Frame, Path, Query, Result, Route, Step, page};

use crate::balance::{self, Money, Remainder};
use crate::headline::{Funding, funding};
use crate::scoreboard::{Asked, published};
use crate::shown;

const ROUTES: &[Route] = &[Route::get("/programmes/{slug}/money", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/programmes/{slug}/money", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "money.html")]
struct MoneyPage<'a> {
    f: &'a Frame,
    board: &'a Board,
    place: String,
    asked: bool,
    heading: &'a str,
    programme_path: String,
    leading: Vec<Leading>,
    funding: Option<Funding>,
    rest: Option<Rest>,
    checks: Vec<Check>,
    others: Vec<Other>,
}

/// One of the large figures.
struct Leading {
    title: String,
    tag: Option<Tag>,
    figure: FigureLink,
    bullet: Option<Bullet>,
    note: String,
}

/// The sources without spending of their own, taken together.
struct Rest {
    planned: FigureLink,
    spent: FigureLink,
    bullet: Bullet,
    percent: String,
    light: Option<components::Light>,
    how: String,
}

/// A published figure beside what the ledger says.
struct Check {
    what: String,
    published: FigureLink,
    how: String,
    agrees: bool,
    verdict: &'static str,
}

/// Money of a project, which is no funding of the programme.
struct Other {
    name: String,
    href: String,
    figure: FigureLink,
    day: Option<String>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let programme = published(on, &slug).await?;
    let board = asked.board(on, programme).await?;
    let programme = &board.outline.programme;
    let purse = Purse::of(&board);
    let mut table = funding(&f, &board);
    if let (Some(table), Some(purse)) = (&mut table, &purse) {
        purse.tell_points(f.lang, table);
    }
    page(&MoneyPage {
        f: &f,
        board: &board,
        place: ledger::regions::name_in(on, board.outline.region(), programme.year).await?,
        asked: asked.view()?.cut_off.is_some(),
        heading: programme.title_in(f.lang),
        programme_path: programme_path(&programme.slug),
        leading: purse.as_ref().map(|purse| purse.leading(&f)).unwrap_or_default(),
        funding: table,
        rest: purse.as_ref().and_then(|purse| purse.rest(f.lang)),
        checks: purse.as_ref().map(|purse| purse.checks(f.lang)).unwrap_or_default(),
        others: others(f.lang, &board),
    })
}

/// The funding rows of a board with what follows from them.
pub(crate) struct Purse<'a> {
    board: &'a Board,
    /// The money as a whole.
    pub(crate) whole: &'a BoardRow,
    /// Its parts by source.
    pub(crate) sources: Vec<(&'a BoardRow, FundSource)>,
}

impl<'a> Purse<'a> {
    /// The money of a board; none where nothing is planned.
    pub(crate) fn of(board: &'a Board) -> Option<Self> {
        let planned = |row: &&BoardRow| row.target.as_ref().is_some_and(|target| target.number.is_some());
        let whole = board.funding.iter().find(planned)?;
        let sources = whole.parts.iter().filter_map(|part| Some((part, part.indicator.fund_source()?))).collect();
        Some(Self { board, whole, sources })
    }

    /// The sources whose spending is not told one by one, together.
    pub(crate) fn remainder(&self) -> Option<Remainder> {
        let sources: Vec<_> = self.sources.iter().map(|(row, _)| money(row)).collect();
        balance::remainder(money(self.whole), &sources)
    }

    fn light(&self, percent: Decimal) -> Option<Light> {
        let schedule = self.whole.schedule.as_ref()?;
        Some(self.board.light(percent, schedule))
    }

    fn bullet(&self, percent: Decimal) -> Bullet {
        shown::bullet(percent, self.whole.schedule, self.light(percent))
    }

    /// Puts the points against the schedule beside the lights of the table.
    fn tell_points(&self, lang: Lang, table: &mut Funding) {
        let sources = table.sources.iter_mut().map(|source| &mut source.progress);
        let rows = self.sources.iter().map(|(row, _)| *row).zip(sources);
        for (row, progress) in rows.chain([(self.whole, &mut table.progress)]) {
            let lead = row.schedule.and_then(|schedule| row.lead(&schedule));
            if let (Some(progress), Some(lead)) = (progress, lead) {
                progress.light = row.light.map(|light| against_schedule(lang, light, lead));
            }
        }
    }

    fn leading(&self, f: &Frame) -> Vec<Leading> {
        let lang = f.lang;
        let mut leading = Vec::new();
        if let Some(planned) = &self.whole.target {
            let note = match (self.sources.len(), self.sum_agrees()) {
                (0, _) => f.lang.t("未公布来源", "sources not published").to_owned(),
                (count, true) if lang == Lang::Zh => format!("{count} 个来源相加一致"),
                (count, true) => format!("the {count} sources add up to it"),
                (_, false) => f.lang.t("来源相加与总数不一致", "the sources do not add up to it").to_owned(),
            };
            leading.push(Leading {
                title: f.lang.t("安排", "Planned").to_owned(),
                tag: Some(origin(f, planned)),
                figure: shown::figure(lang, Kind::Money, planned),
                bullet: None,
                note,
            });
        }
        let used = f.lang.t("已用", "Spent").to_owned();
        leading.extend(self.spent(f, self.whole, used, f.lang.t("占安排的", "of the plan:")));
        let told = self.sources.iter().find(|(row, _)| row.progress.is_some());
        let rest = self.remainder();
        // Four figures stand in one line, two in another; three would leave a hole.
        if let (Some((row, source)), Some(rest)) = (told, rest) {
            let name = source.name();
            let title = match lang {
                Lang::Zh => format!("{}已用", name.zh.trim_end_matches("财政")),
                Lang::En => format!("Spent, {}", name.en),
            };
            leading.extend(self.spent(f, row, title, f.lang.t("占其安排的", "of its plan:")));
            leading.push(Leading {
                title: f.lang.t("其余合计已用", "Spent, all others").to_owned(),
                tag: Some(components::tag_derived(f)),
                figure: derived(lang, rest.spent),
                bullet: Some(self.bullet(rest.percent)),
                note: match lang {
                    Lang::Zh => {
                        let planned = shown::plain(lang, rest.planned);
                        format!("占其余安排 {planned}元的 {}", figures::print_percent(rest.percent, 1))
                    }
                    Lang::En => format!("of their plan: {}", figures::print_percent(rest.percent, 1)),
                },
            });
        }
        leading
    }

    fn spent(&self, f: &Frame, row: &BoardRow, title: String, share: &str) -> Option<Leading> {
        let spent = row.actual.as_ref()?;
        Some(Leading {
            title,
            tag: Some(origin(f, spent)),
            figure: shown::figure(f.lang, Kind::Money, spent),
            bullet: row.progress.map(|percent| shown::bullet(percent, row.schedule, row.light)),
            note: row.progress.map(|it| format!("{share} {}", figures::print_percent(it, 1))).unwrap_or_default(),
        })
    }

    fn sum_agrees(&self) -> bool {
        let parts: Vec<_> = self.sources.iter().filter_map(|(row, _)| money(row).planned).collect();
        let whole = money(self.whole).planned;
        whole.is_some_and(|whole| relations::sum(&parts, whole, true).verdict.agrees())
    }

    fn rest(&self, lang: Lang) -> Option<Rest> {
        let Remainder { planned, spent, percent } = self.remainder()?;
        let whole = money(self.whole);
        let told: Vec<_> = self.sources.iter().map(|(row, _)| money(row)).filter(|it| it.spent.is_some()).collect();
        let how = |whole: Number, parts: Vec<Number>, left: Number| {
            let parts: Vec<_> = parts.into_iter().map(|part| shown::plain(lang, part)).collect();
            format!("{} − {} = {}", shown::plain(lang, whole), parts.join(" − "), shown::plain(lang, left))
        };
        let spent_how = how(whole.spent?, told.iter().filter_map(|it| it.spent).collect(), spent);
        let planned_how = how(whole.planned?, told.iter().filter_map(|it| it.planned).collect(), planned);
        Some(Rest {
            planned: derived(lang, planned),
            spent: derived(lang, spent),
            bullet: self.bullet(percent),
            percent: figures::print_percent(percent, 1),
            light: self
                .light(percent)
                .zip(self.whole.schedule)
                .map(|(light, schedule)| against_schedule(lang, light, percent - schedule.percent)),
            how: format!("{spent_how}{}{planned_how}", lang.t("；", "; ")),
        })
    }

    fn checks(&self, lang: Lang) -> Vec<Check> {
        let city = self.sources.iter().find(|(_, source)| *source == FundSource::City).map(|(row, _)| *row);
        let share = |statistic, row: Option<&BoardRow>| {
            let (published, row) = (self.board.published(statistic)?, row?);
            let judged = balance::judge_share(money(row), published.number?)?;
            let (spent, planned) = (money(row).spent?, money(row).planned?);
            let how = format!(
                "{} ÷ {} = {}",
                shown::plain(lang, spent),
                shown::plain(lang, planned),
                figures::print_percent(judged.recomputed?, 2)
            );
            Some(check(lang, statistic, published, how, judged.verdict))
        };
        let lead = || {
            let published = self.board.published(Statistic::FundsLeadMunicipal)?;
            let used = self.board.published(Statistic::FundsRatioMunicipal)?.number?;
            let schedule = city?.schedule?;
            let verdict = balance::judge_lead(used, schedule, published.number?).verdict;
            let difference = used.value.checked_sub(schedule.percent)?;
            let how = format!(
                "{} − {} = {}",
                figures::print_percent(used.value, 1),
                figures::print_percent(schedule.percent, 1),
                points(lang, difference)
            );
            Some(check(lang, Statistic::FundsLeadMunicipal, published, how, verdict))
        };
        [share(Statistic::FundsRatio, Some(self.whole)), share(Statistic::FundsRatioMunicipal, city), lead()]
            .into_iter()
            .flatten()
            .collect()
    }
}

/// The state in points against the schedule: 快 8.6 点, 慢 3.0 点.
fn against_schedule(lang: Lang, light: Light, lead: Decimal) -> components::Light {
    let points = figures::print_number(lead.abs(), Precision::places(1));
    let word = match (lang, lead.is_sign_negative()) {
        (Lang::Zh, false) => format!("快 {points} 点"),
        (Lang::Zh, true) => format!("慢 {points} 点"),
        (Lang::En, false) => format!("ahead by {points}"),
        (Lang::En, true) => format!("behind by {points}"),
    };
    components::Light { class: light.code(), word }
}

fn money(row: &BoardRow) -> Money {
    let number = |shown: &Option<Shown>| shown.as_ref().and_then(|shown| shown.number);
    Money { planned: number(&row.target), spent: number(&row.actual) }
}

fn origin(f: &Frame, shown: &Shown) -> Tag {
    match shown.basis {
        Basis::Published => components::tag_published(f),
        Basis::Derived => components::tag_derived(f),
    }
}

/// A derived amount: it has no entry, so it opens no trail.
fn derived(lang: Lang, number: Number) -> FigureLink {
    let shown = Shown {
        entry: None,
        number: Some(number),
        raw: number.to_string(),
        qualifier: figures::Qualifier::Exact,
        unit: "元".to_owned(),
        as_of: None,
        until: None,
        basis: Basis::Derived,
        places: 0,
        elsewhere: None,
        tie: false,
        recorded_ms: 0,
        note: None,
    };
    shown::figure(lang, Kind::Money, &shown)
}

fn points(lang: Lang, value: Decimal) -> String {
    match lang {
        Lang::Zh => figures::print_points(value, 1),
        Lang::En => format!("{} points", figures::print_number(value, Precision::places(1))),
    }
}

fn check(lang: Lang, statistic: Statistic, shown: &Shown, how: String, verdict: relations::Verdict) -> Check {
    let kind = if statistic == Statistic::FundsLeadMunicipal { Kind::RateChange } else { Kind::Percent };
    Check {
        what: statistic.name().get(lang).to_owned(),
        published: shown::figure(lang, kind, shown),
        how,
        agrees: verdict.agrees(),
        verdict: match (lang, verdict.agrees()) {
            (Lang::Zh, _) => verdict.name_zh(),
            (Lang::En, true) if verdict == relations::Verdict::Rounds => "agrees after rounding",
            (Lang::En, true) => "agrees",
            (Lang::En, false) => "does not agree",
        },
    }
}

fn others(lang: Lang, board: &Board) -> Vec<Other> {
    let rows = board.all_rows().into_iter();
    rows.filter(|row| row.indicator.kind() == Kind::Money && row.indicator.purpose() != Purpose::Funding)
        .filter_map(|row| {
            let shown = row.actual.as_ref().or(row.target.as_ref())?;
            Some(Other {
                name: row.indicator.name.clone(),
                href: indicator_path(&board.outline.programme.slug, row.indicator.number),
                figure: shown::figure(lang, Kind::Money, shown),
                day: shown::day(lang, shown),
            })
        })
        .collect()
}

impl MoneyPage<'_> {
    fn day(&self, day: &chrono::NaiveDate) -> String {
        self.f.lang.day(*day)
    }

    fn at(&self, day: &chrono::NaiveDate) -> bool {
        self.asked && self.board.view.cut_off == Some(*day)
    }

    fn year(&self) -> String {
        self.board.outline.programme.year.to_string()
    }

    fn region_path(&self) -> String {
        format!("/regions/{}", self.board.outline.region().short())
    }

    fn schedule(&self) -> Option<String> {
        self.board.schedule.map(|schedule| figures::print_percent(schedule.percent, 1))
    }
}
