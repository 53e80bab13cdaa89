//! The board: `/office/watch/{slug}?place=&to=&on=&light=&category=&body=`.
//!
//! What an office has open all day: the headline numbers, what lags first and why, every project with its numbers kept
//! apart. As it is now, or as it was on any day.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::rule_set::MeanOver;
use kernel::{Lang, Permission};
use ledger::rules::Light;
use ledger::words::Statistic;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Path, Query, Result, Route, SignedIn, Step, page};

use crate::asked::Asked;
use crate::heading::Heading;
use crate::rules::streak::lags;
use crate::shown::{self, Reason};
use crate::state::{self, ProjectState, Watched};

const ROUTES: &[Route] = &[Route::get("/office/watch/{slug}", Access::Needs(Permission::EnterOffice))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch/{slug}", get(show)), routes: ROUTES }
}

/// Which of the projects are listed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Filter {
    /// A light's code, or `none`.
    #[serde(default)]
    light: String,
    /// A category's key.
    #[serde(default)]
    category: String,
    /// A body's key.
    #[serde(default)]
    body: String,
}

impl Filter {
    fn takes(&self, one: &ProjectState) -> bool {
        let light = one.light.map_or("none", Light::code);
        let wanted = |asked: &str, id: Option<Uuid>| asked.is_empty() || id.is_some_and(|id| asked == id.to_string());
        (self.light.is_empty() || self.light == light)
            && wanted(&self.category, Some(one.category.id))
            && wanted(&self.body, one.lead)
    }

    fn empty(&self) -> bool {
        self.light.is_empty() && self.category.is_empty() && self.body.is_empty()
    }
}

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage<'a> {
    f: &'a Frame,
    head: Heading,
    mean: Option<MeanShown>,
    lights: Vec<LightCount>,
    money: Option<MoneyShown>,
    reported: Reported,
    running: Option<Running>,
    bands: String,
    bands_source: String,
    lagging: Vec<Line>,
    lines: Vec<Line>,
    shown: (usize, usize),
    filter: Filter,
    lights_offered: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    bodies: Vec<(String, String)>,
    back_test: Option<String>,
    interval: u32,
    sources: Vec<(String, String)>,
}

/// The mean progress with all that stands beside it.
struct MeanShown {
    percent: String,
    bullet: Bullet,
    lead: String,
    rule: String,
    published: Option<String>,
}

/// How many projects show a light; a link to them.
struct LightCount {
    light: components::Light,
    count: usize,
    href: String,
    current: bool,
}

/// The money with all that stands beside it.
struct MoneyShown {
    percent: String,
    bullet: Option<Bullet>,
    division: String,
    lead: String,
}

/// How much of the cut-off is in the ledger.
struct Reported {
    count: String,
    of: String,
    note: String,
}

/// A round that is being reported while the board stands at an earlier one.
struct Running {
    words: String,
    href: String,
}

/// A project as a row.
struct Line {
    href: String,
    category: String,
    name: String,
    due: String,
    due_basis: String,
    quantity: String,
    bullet: Option<Bullet>,
    image: String,
    money: String,
    money_words: String,
    deviation: String,
    behind: bool,
    light: components::Light,
    since: String,
    reason: Reason,
    stage: String,
    forecast: Option<(String, String, components::Light)>,
    last: String,
    silent: bool,
    lead: String,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
    Query(filter): Query<Filter>,
) -> Result<Response> {
    let on = app.store.reader();
    let since = store::audit::last_number(on).await?;
    let (programme, place) = asked.programme(&app, &me, &slug).await?;
    let watched = state::of_programme(on, programme, place, asked.view()?).await?;
    let head = Heading::of(&f, &asked, &watched.gathered, place, "", since);
    let line = |one: &ProjectState| Line::of(&f, &watched, one, &head);
    let listed: Vec<_> = watched.projects.iter().filter(|one| filter.takes(one)).map(line).collect();
    let worst = watched.worst_first();
    let lagging = worst.into_iter().filter(|one| one.light.is_some_and(lags) && filter.takes(one)).map(line).collect();
    page(&BoardPage {
        f: &f,
        mean: mean(&f, &watched),
        lights: lights(&f, &watched, &filter, &head),
        money: money(f.lang, &watched),
        reported: reported(&f, &watched),
        running: running(&f, &watched, &head),
        bands: f.say(&watched.bands.statement()).to_owned(),
        bands_source: f.say(&watched.gathered.rules.bands.source()).to_owned(),
        shown: (listed.len(), watched.projects.len()),
        lagging,
        lines: listed,
        lights_offered: lights_offered(&f),
        categories: categories(&f, &watched),
        bodies: bodies(&f, &watched),
        back_test: back_test(f.lang, &watched),
        interval: watched.gathered.rules.forecast.says.interval,
        sources: sources(&f, &watched),
        filter,
        head,
    })
}

fn mean(f: &Frame, watched: &Watched) -> Option<MeanShown> {
    let mean = watched.mean?;
    let due = watched.due();
    let statistic = match mean.rule {
        MeanOver::Projects => Statistic::MeanProgress,
        MeanOver::Categories => Statistic::MeanProgressCategories,
    };
    Some(MeanShown {
        percent: shown::share(Some(mean.percent)),
        bullet: shown::bullet(mean.percent, Some(due.percent), None),
        lead: shown::lead(f.lang, mean.percent - due.percent),
        rule: f.say(&shown::mean_rule(mean.over, mean.rule)).to_owned(),
        published: watched.gathered.published(statistic, watched.place).map(|value| shown::share(Some(value))),
    })
}

fn lights(f: &Frame, watched: &Watched, filter: &Filter, head: &Heading) -> Vec<LightCount> {
    let (lit, unlit) = watched.lights();
    let all = lit.into_iter().map(|(light, count)| (Some(light), count)).chain([(None, unlit)]);
    all.map(|(light, count)| {
        let code = light.map_or("none", Light::code);
        let current = filter.light == code;
        LightCount {
            light: shown::light(f.lang, light),
            count,
            href: if current { head.here() } else { head.here_with("light", code) },
            current,
        }
    })
    .collect()
}

fn money(lang: Lang, watched: &Watched) -> Option<MoneyShown> {
    let money = watched.money?;
    let percent = money.percent();
    let due = watched.due().percent;
    Some(MoneyShown {
        percent: shown::share(percent),
        bullet: percent.map(|percent| shown::bullet(percent, Some(due), None)),
        division: shown::division(lang, &money),
        lead: percent.map(|percent| shown::lead(lang, percent - due)).unwrap_or_default(),
    })
}

/// By the returns of the round; without one, by the projects that have a figure of the cut-off.
fn reported(f: &Frame, watched: &Watched) -> Reported {
    let lang = f.lang;
    let whole = watched.place == watched.gathered.outline.region();
    match watched.gathered.round().filter(|_| whole) {
        Some(round) => Reported {
            count: round.approved.to_string(),
            of: match lang {
                Lang::Zh => format!("/ {} 件", round.owed),
                Lang::En => format!("of {} returns", round.owed),
            },
            note: match lang {
                Lang::Zh => format!("已审核入台账；填报截止 {}", round.closes_on),
                Lang::En => format!("approved into the ledger; last day {}", round.closes_on),
            },
        },
        None => Reported {
            count: watched.projects.iter().filter(|one| !one.silent).count().to_string(),
            of: match lang {
                Lang::Zh => format!("/ {} 项", watched.projects.len()),
                Lang::En => format!("of {} projects", watched.projects.len()),
            },
            note: lang.t("有本期数字的项目", "have a figure of this cut-off").to_owned(),
        },
    }
}

fn running(f: &Frame, watched: &Watched, head: &Heading) -> Option<Running> {
    let round = watched.gathered.running()?;
    let (day, approved, owed) = (f.day(&round.cut_off), round.approved, round.owed);
    Some(Running {
        words: match f.lang {
            Lang::Zh => format!("截至 {day} 的一期正在填报，已审核入台账 {approved} / {owed} 件。本页仍为上一期。"),
            Lang::En => format!(
                "The round to {day} is being reported: {approved} of {owed} returns are approved. This page shows the one before."
            ),
        },
        href: head.at(round.cut_off),
    })
}

fn lights_offered(f: &Frame) -> Vec<(String, String)> {
    let all = f.lang.t("全部状态", "every light").to_owned();
    let mut offered = vec![(String::new(), all)];
    offered.extend(Light::ALL.map(|light| (light.code().to_owned(), light.name().get(f.lang).to_owned())));
    offered.push(("none".to_owned(), shown::light(f.lang, None).word));
    offered
}

fn categories(f: &Frame, watched: &Watched) -> Vec<(String, String)> {
    let mut offered = vec![(String::new(), f.lang.t("全部类别", "every category").to_owned())];
    for one in &watched.projects {
        let id = one.category.id.to_string();
        if offered.last().is_none_or(|(last, _)| *last != id) {
            offered.push((id, shown::numbered(one.category.number, &one.category.name)));
        }
    }
    offered
}

fn bodies(f: &Frame, watched: &Watched) -> Vec<(String, String)> {
    let mut named: Vec<_> = watched
        .projects
        .iter()
        .filter_map(|one| one.lead)
        .map(|body| (watched.gathered.body(body), body.to_string()))
        .collect();
    named.sort();
    named.dedup();
    let all = [(String::new(), f.lang.t("全部单位", "every body").to_owned())];
    all.into_iter().chain(named.into_iter().map(|(name, id)| (id, name))).collect()
}

/// How often such estimates held, in a sentence; none where nothing could be compared.
fn back_test(lang: Lang, watched: &Watched) -> Option<String> {
    let test = watched.back_test;
    let percent = shown::share(Some(test.percent()?));
    Some(match lang {
        Lang::Zh => format!("用本年已有数字回测 {} 次，区间命中 {} 次（{percent}）", test.tried, test.held),
        Lang::En => format!(
            "tested on this year's figures {} times, the interval held {} times ({percent})",
            test.tried, test.held
        ),
    })
}

/// The rules behind the lights, with their sources.
fn sources(f: &Frame, watched: &Watched) -> Vec<(String, String)> {
    let set = watched.gathered.rules;
    let lights = &set.lights.says;
    let (zh, en) = (
        format!("落后超过 {} 个百分点为滞后，超过 {} 为严重滞后", lights.behind_over, lights.far_behind_over),
        format!("behind over {} points, far behind over {}", lights.behind_over, lights.far_behind_over),
    );
    let start = &set.start.says;
    let (start_zh, start_en) = (
        format!("计划开工月末未开工为滞后，连续 {} 个月为严重滞后", start.far_behind_from_months),
        format!("not started in its month: behind; {} months running: far behind", start.far_behind_from_months),
    );
    let finish = &set.finish.says;
    let (finish_zh, finish_en) = (
        format!("计划完工月末未完工为滞后，连续 {} 个月为严重滞后", finish.far_behind_from_months),
        format!("not finished in its month: behind; {} months running: far behind", finish.far_behind_from_months),
    );
    vec![
        (f.lang.t(&zh, &en).to_owned(), f.say(&set.lights.source()).to_owned()),
        (f.lang.t(&start_zh, &start_en).to_owned(), f.say(&set.start.source()).to_owned()),
        (f.lang.t(&finish_zh, &finish_en).to_owned(), f.say(&set.finish.source()).to_owned()),
        (f.lang.t("预测年底", "Forecast").to_owned(), f.say(&set.forecast.source()).to_owned()),
    ]
}

impl Line {
    fn of(f: &Frame, watched: &Watched, one: &ProjectState, head: &Heading) -> Self {
        let lang = f.lang;
        let due = one.due.as_ref();
        let forecast = one.forecast.as_ref().zip(one.chance).map(|(forecast, chance)| {
            let (value, range) = shown::estimate(forecast);
            let word = chance.name().get(lang).to_owned();
            (value, range, components::Light { class: shown::chance_class(chance), word })
        });
        let percent = one.money.and_then(|money| money.percent());
        Self {
            href: head.project(one.project.id),
            category: shown::numbered(one.category.number, &one.category.name),
            name: one.project.name.clone(),
            due: shown::share(due.map(|due| due.percent)),
            due_basis: due.map(|due| due.basis.get(lang).to_owned()).unwrap_or_default(),
            quantity: shown::share(one.quantity),
            bullet: one.quantity.map(|quantity| shown::bullet(quantity, due.map(|due| due.percent), one.light)),
            image: shown::share(one.image),
            money: shown::share(percent),
            money_words: one.money.map(|money| shown::division(lang, &money)).unwrap_or_default(),
            deviation: shown::points(one.deviation),
            behind: one.deviation.is_some_and(|points| points.is_sign_negative()),
            light: shown::light(lang, one.light),
            since: one.lagging.map(|(_, months)| shown::months(lang, months)).unwrap_or_default(),
            reason: one.why.first().map(|why| Reason::of(lang, why)).unwrap_or(Reason::none()),
            stage: one.stage.clone().unwrap_or_default(),
            forecast,
            last: one.last.map(|day| day.to_string()).unwrap_or_default(),
            silent: one.silent,
            lead: one.lead.map(|body| watched.gathered.body(body)).unwrap_or_default(),
        }
    }
}
