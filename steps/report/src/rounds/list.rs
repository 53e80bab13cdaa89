//! The rounds of one's programmes, how a programme is reported, and the opening of a round.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use kernel::{Permission, Problem, typed};
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Checked, Frame, Path, Result, Route, SignedIn, Step, components, outcome, page};

use super::{NewRound, Opened, Settings};
use crate::by::By;
use crate::names::due;
use crate::rules::calendar::Rhythm;
use crate::rules::levels;
use crate::rules::window::Window;
use crate::store as rows;
use crate::words::{Every, State as Stands};
use crate::{authority, rounds};

/// Acting on returns: bodies, reviewers, and those who run rounds.
pub(crate) const ACT: Access =
    Access::AnyOf(&[Permission::RunRounds, Permission::ReviewReturns, Permission::FillReturns]);

/// Reading rounds and returns: whoever may enter the office of a place, the congress that oversees it among them.
pub(crate) const READ: Access = Access::Needs(Permission::EnterOffice);

/// Whoever runs them.
pub(crate) const RUN: Access = Access::Needs(Permission::RunRounds);

const ROUTES: &[Route] = &[
    Route::get("/office/rounds", READ).in_menu("填报期", "Rounds"),
    Route::get("/office/programmes/{slug}/reporting", RUN),
    Route::post("/office/programmes/{slug}/reporting", RUN),
    Route::post("/office/programmes/{slug}/rounds", RUN),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/rounds", get(list))
        .route("/office/programmes/{slug}/reporting", get(reporting).post(set))
        .route("/office/programmes/{slug}/rounds", post(open));
    Step { router, routes: ROUTES }
}

/// Rounds shown of one programme.
const SHOWN: usize = 14;

#[derive(Template)]
#[template(path = "rounds/list.html")]
struct RoundsPage {
    f: Frame,
    programmes: Vec<Rounds>,
}

struct Rounds {
    slug: String,
    title: String,
    demo: bool,
    may_run: bool,
    rounds: Vec<Listed>,
}

struct Listed {
    id: uuid::Uuid,
    cut_off: String,
    due: String,
    class: &'static str,
    word: String,
    counts: [i64; 5],
    late: i64,
    done: f64,
}

async fn list(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let programmes = authority::programmes_of(&app, &me).await?;
    let ids: Vec<_> = programmes.iter().map(|programme| programme.id).collect();
    let all = rows::rounds_of(on, &ids).await?;
    let keys: Vec<_> = all.iter().map(|round| round.id).collect();
    let standing = rows::standing_of(on, &keys, app.store.clock().now_ms()).await?;
    let standing: HashMap<_, _> = standing.into_iter().map(|one| (one.round, one)).collect();
    let listed = |round: &rounds::Round| {
        let window = round.window(today);
        let (class, word) = match window {
            Window::NotYet { .. } => ("", f.lang.t("未开始", "not open yet")),
            Window::Open { .. } | Window::Late { .. } => ("steady", f.lang.t("填报中", "open")),
            Window::Shut { .. } => ("", f.lang.t("已截止", "closed")),
        };
        let counts = standing.get(&round.id);
        let of = |state| counts.map_or(0, |counts| counts.of(state));
        let whole = counts.map_or(0, |counts| counts.all()).max(1);
        Listed {
            id: round.id,
            cut_off: f.day(&round.cut_off),
            due: f.say(&due(window)).to_owned(),
            class,
            word: word.to_owned(),
            counts: [Stands::Owed, Stands::Draft, Stands::Submitted, Stands::Returned, Stands::Approved].map(of),
            late: counts.map_or(0, |counts| counts.late),
            done: percent(of(Stands::Approved), whole),
        }
    };
    let shown = programmes.iter().map(|programme| Rounds {
        slug: programme.slug.clone(),
        title: programme.title_in(f.lang).to_owned(),
        demo: programme.demo,
        may_run: f.allows(Permission::RunRounds, Some(authority::region(programme))),
        rounds: all.iter().filter(|round| round.programme_id == programme.id).take(SHOWN).map(listed).collect(),
    });
    let programmes = shown.filter(|one| one.may_run || !one.rounds.is_empty()).collect();
    page(&RoundsPage { programmes, f })
}

/// For the width of a bar only.
fn percent(part: i64, whole: i64) -> f64 {
    f64::from(i32::try_from(part * 100 / whole).unwrap_or(0))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SettingFields {
    every: String,
    opens_after_days: String,
    due_after_days: String,
    review_levels: String,
    version: i32,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct RoundFields {
    cut_off: String,
    opens_on: String,
    closes_on: String,
    levels: String,
}

#[derive(Template)]
#[template(path = "rounds/reporting.html")]
struct ReportingPage {
    f: Frame,
    slug: String,
    title: String,
    settings: SettingFields,
    round: RoundFields,
    without_body: usize,
    problem: Option<Problem>,
}

impl ReportingPage {
    fn every(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Every::ALL, Every::code, Every::name)
    }

    fn programme_address(&self) -> String {
        format!("/office/programmes/{}", self.slug)
    }
}

async fn reporting_page(app: &App, f: Frame, programme: &Programme) -> Result<ReportingPage> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let held = rounds::settings(on, programme).await?;
    let last = rows::rounds_of(on, &[programme.id]).await?.first().map(|round| round.cut_off);
    let next = held.rhythm.next_cut_off(last, programme.year);
    let new = next.map(|cut_off| NewRound::by(&held, cut_off));
    let outline = ledger::programmes::Outline::load(on, programme.clone()).await?;
    let levels = levels::spoken(&held.levels, f.lang);
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    Ok(ReportingPage {
        slug: programme.slug.clone(),
        title: programme.title_in(f.lang).to_owned(),
        settings: SettingFields {
            every: held.rhythm.every.code().to_owned(),
            opens_after_days: held.rhythm.opens_after_days.to_string(),
            due_after_days: held.rhythm.due_after_days.to_string(),
            review_levels: levels.clone(),
            version: held.version,
        },
        round: RoundFields {
            cut_off: text(next),
            opens_on: text(new.as_ref().map(|new| new.opens_on)),
            closes_on: text(new.as_ref().map(|new| new.closes_on)),
            levels,
        },
        without_body: rounds::without_body(on, &outline, today).await?.len(),
        problem: None,
        f,
    })
}

async fn reporting(State(app): State<App>, f: Frame, me: SignedIn, Path(slug): Path<String>) -> Result<Response> {
    let programme = authority::programme_to_run(&app, &me, &slug).await?;
    page(&reporting_page(&app, f, &programme).await?)
}

impl SettingFields {
    fn read(&self, programme: &Programme) -> Result<Settings, Problem> {
        let days = |field: &str, text: &str| {
            text.trim()
                .parse::<i32>()
                .map_err(|_| Problem::field(field, "请填写天数，例如 5", "A number of days, such as 5"))
        };
        let every = Every::parse(&self.every)
            .ok_or_else(|| Problem::field("every", "请选择填报频次", "Choose how often rounds come"))?;
        let rhythm = Rhythm {
            every,
            opens_after_days: days("opens_after_days", &self.opens_after_days)?,
            due_after_days: days("due_after_days", &self.due_after_days)?,
        };
        let levels = levels::parse(&self.review_levels, authority::region(programme))?;
        Ok(Settings { rhythm, levels, version: self.version })
    }
}

impl RoundFields {
    fn read(&self, programme: &Programme) -> Result<NewRound, Problem> {
        let levels = levels::parse(&self.levels, authority::region(programme))
            .map_err(|problem| Problem::field("levels", problem.message.zh, problem.message.en))?;
        Ok(NewRound {
            cut_off: typed::day("cut_off", &self.cut_off)?,
            opens_on: typed::day("opens_on", &self.opens_on)?,
            closes_on: typed::day("closes_on", &self.closes_on)?,
            levels,
        })
    }
}

async fn set(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<SettingFields>,
) -> Result<Response> {
    let programme = authority::programme_to_run(&app, &me, &slug).await?;
    let by = By::viewer(&me);
    let set = match fields.read(&programme) {
        Ok(settings) => rounds::set(&app.store, &by, &programme, &settings).await,
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| {
        let shown = reporting_page(&app, f, &programme).await?;
        Ok(ReportingPage { settings: fields, problem: Some(problem), ..shown })
    };
    outcome(set, |()| format!("/office/programmes/{slug}/reporting?saved=1"), again).await
}

async fn open(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Checked(fields): Checked<RoundFields>,
) -> Result<Response> {
    let programme = authority::programme_to_run(&app, &me, &slug).await?;
    let by = By::viewer(&me);
    let opened = match fields.read(&programme) {
        Ok(new) => rounds::open(&app.store, &by, &programme, &new).await,
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| {
        let shown = reporting_page(&app, f, &programme).await?;
        Ok(ReportingPage { round: fields, problem: Some(problem), ..shown })
    };
    outcome(opened, |Opened { round, .. }| format!("/office/rounds/{round}"), again).await
}
