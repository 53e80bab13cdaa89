//! The office page: who is connected, how it goes, registering another, new keys, suspending.

use ::store::Sealing;
use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem, RegionCode};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, page, page_with,
};

use super::{NewOperator, Secrets, register, renew_keys, suspend};
use crate::chargers::rules::PollKind;
use crate::chargers::store::{operators as rows, polls};
use crate::chargers::tables::operators::Model as Operator;
use crate::chargers::tables::polls::Model as Poll;

/// The programme office runs the connections, the system administrator keeps their keys; both may do either.
pub(crate) const KEEP: Access = Access::AnyOf(&[Permission::EditProgramme, Permission::ManageOrganisations]);

const ROUTES: &[Route] = &[
    Route::get("/office/chargers", KEEP).in_menu("充电接入", "Chargers"),
    Route::post("/office/chargers", KEEP),
    Route::post("/office/chargers/{id}/keys", KEEP),
    Route::post("/office/chargers/{id}/suspension", KEEP),
    Route::post("/office/chargers/{id}/poll", KEEP),
];

pub(super) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/chargers", get(list).post(add))
        .route("/office/chargers/{id}/keys", post(keys))
        .route("/office/chargers/{id}/suspension", post(suspension))
        .route("/office/chargers/{id}/poll", post(poll_now));
    Step { router, routes: ROUTES }
}

/// Whether the caller keeps what belongs to `region`: an office in its subtree, a system administrator anywhere.
pub(crate) fn require(me: &SignedIn, region: RegionCode) -> Result<()> {
    if me.allows(Permission::ManageOrganisations, None) {
        return Ok(());
    }
    me.require(Permission::EditProgramme, region)
}

/// An operator in the list.
struct Line {
    row: Operator,
    place: String,
    connectors: i64,
    known: i64,
    polls: Vec<Poll>,
}

#[derive(Template)]
#[template(path = "chargers/operators/page.html")]
struct OperatorsPage {
    f: Frame,
    lines: Vec<Line>,
    asks: bool,
    fields: Fields,
    problem: Option<Problem>,
    saved: bool,
    /// Shown once, right after they were made.
    fresh: Option<(String, Secrets)>,
    now_ms: i64,
}

/// What was typed.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    code: String,
    name: String,
    region: String,
    address: String,
    own_code: String,
    operator: String,
    data: String,
    iv: String,
    sig: String,
}

impl Fields {
    fn read(&self) -> Result<NewOperator, Problem> {
        let region: RegionCode = self
            .region
            .parse()
            .map_err(|wrong: Problem| Problem::field("region", wrong.message.zh, wrong.message.en))?;
        let part = |text: &str| text.trim().to_owned();
        let theirs = [&self.operator, &self.data, &self.iv, &self.sig].map(|text| part(text));
        let keys_out = match theirs.iter().all(String::is_empty) {
            true => None,
            false => {
                let [operator, data, iv, sig] = theirs;
                Some(Secrets { operator, data, iv, sig })
            }
        };
        Ok(NewOperator {
            code: self.code.clone(),
            name: self.name.clone(),
            region,
            address: self.address.clone(),
            own_code: self.own_code.clone(),
            keys_in: Secrets::random(),
            keys_out,
            demo: false,
        })
    }
}

impl OperatorsPage {
    /// Class and word of how a poll goes.
    fn poll(&self, poll: &Poll) -> (&'static str, String) {
        let kind = PollKind::parse(&poll.kind).map_or(String::new(), |kind| self.f.say(&kind.name()).to_owned());
        let (class, zh, en) = match (poll.failures, poll.ok_ms) {
            (0, Some(_)) => ("steady", "正常", "well"),
            (0, None) => ("", "待查询", "waiting"),
            (1..=2, _) => ("behind", "失败，将重试", "failed, again soon"),
            _ => ("late", "多次失败", "failed again and again"),
        };
        (class, format!("{kind} {}", self.f.lang.t(zh, en)))
    }

    /// When a poll last went well, and when it comes again.
    fn times(&self, poll: &Poll) -> String {
        let last = poll.ok_ms.map_or(self.f.lang.t("从未成功", "never").to_owned(), |at| self.f.time(&at));
        let again = if poll.due_ms <= self.now_ms {
            self.f.lang.t("即将", "now").to_owned()
        } else {
            self.f.time(&poll.due_ms)
        };
        match self.f.lang {
            kernel::Lang::Zh => format!("上次成功 {last}，下次 {again}"),
            kernel::Lang::En => format!("last well {last}, next {again}"),
        }
    }

    /// What the operator's clock did, if a call was refused for it.
    fn skew(&self, row: &Operator) -> Option<String> {
        let (seconds, at) = row.skew_seconds.zip(row.skew_ms)?;
        let (at, minutes) = (self.f.time(&at), seconds.abs() / 60);
        Some(match (self.f.lang, seconds > 0) {
            (kernel::Lang::Zh, true) => format!("{at} 因对方时钟快 {minutes} 分钟拒收，请对方校时"),
            (kernel::Lang::Zh, false) => format!("{at} 因对方时钟慢 {minutes} 分钟拒收，请对方校时"),
            (kernel::Lang::En, true) => format!("{at}: refused, its clock is {minutes} minutes ahead"),
            (kernel::Lang::En, false) => format!("{at}: refused, its clock is {minutes} minutes behind"),
        })
    }
}

#[derive(Deserialize)]
struct Asked {
    form: Option<String>,
    saved: Option<String>,
}

async fn list(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mut shown = shown(&app, f, &me).await?;
    shown.asks = asked.form.is_some();
    shown.saved = asked.saved.is_some();
    page(&shown)
}

async fn shown(app: &App, f: Frame, me: &SignedIn) -> Result<OperatorsPage> {
    let on = app.store.reader();
    let mut mine = rows::all(on).await?;
    mine.retain(|row| RegionCode::from_stored(row.region).is_some_and(|region| require(me, region).is_ok()));
    let year = chrono::Datelike::year(&app.store.clock().today());
    let regions = mine.iter().filter_map(|row| RegionCode::from_stored(row.region));
    let names = ledger::regions::names(on, regions, year).await?;
    let counts = polls::counts(&app.store).await?;
    let all = polls::all(&app.store).await?;
    let lines = mine.into_iter().map(|row| {
        let (connectors, known) = counts.get(&row.id).copied().unwrap_or_default();
        let place = RegionCode::from_stored(row.region).and_then(|code| names.get(&code).cloned()).unwrap_or_default();
        let mut polls: Vec<Poll> = all.iter().filter(|poll| poll.operator_id == row.id).cloned().collect();
        polls.sort_by(|a, b| a.kind.cmp(&b.kind));
        Line { row, place, connectors, known, polls }
    });
    Ok(OperatorsPage {
        lines: lines.collect(),
        f,
        asks: false,
        fields: Fields::default(),
        problem: None,
        saved: false,
        fresh: None,
        now_ms: app.store.clock().now_ms(),
    })
}

fn sealing(app: &App) -> &Sealing {
    &app.settings.sealing
}

async fn add(Shared(app): Shared<App>, f: Frame, me: SignedIn, Checked(fields): Checked<Fields>) -> Result<Response> {
    let done = match fields.read() {
        Ok(new) => {
            require(&me, new.region)?;
            let keys = new.keys_in.clone();
            Error::mendable(register(&app.store, sealing(&app), &me.actor(), new).await)?.map(|row| (row, keys))
        }
        Err(problem) => Err(problem),
    };
    let mut shown = shown(&app, f, &me).await?;
    match done {
        Ok((row, keys)) => {
            shown.fresh = Some((row.name, keys));
            page(&shown)
        }
        Err(problem) => {
            shown.asks = true;
            // Secrets are not sent back into the page.
            let kept = String::new;
            shown.fields = Fields { operator: kept(), data: kept(), iv: kept(), sig: kept(), ..fields };
            shown.problem = Some(problem);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
    }
}

async fn found(app: &App, me: &SignedIn, id: Uuid) -> Result<Operator> {
    let missing = || Problem::not_found("没有这个运营商", "There is no such operator");
    let row = rows::find(app.store.reader(), id).await?.ok_or_else(missing)?;
    let region = RegionCode::from_stored(row.region).ok_or_else(missing)?;
    // Whoever may not keep it is not told that it exists.
    require(me, region).map_err(|_| missing())?;
    Ok(row)
}

#[derive(Deserialize)]
struct Nothing {}

async fn keys(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    let operator = found(&app, &me, id).await?;
    let fresh = renew_keys(&app.store, sealing(&app), &me.actor(), &operator).await?;
    let mut shown = shown(&app, f, &me).await?;
    shown.fresh = Some((operator.name, fresh));
    page(&shown)
}

#[derive(Deserialize)]
struct Suspension {
    suspended: bool,
}

async fn suspension(
    Shared(app): Shared<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Suspension { suspended }): Checked<Suspension>,
) -> Result<Response> {
    let operator = found(&app, &me, id).await?;
    suspend(&app.store, &me.actor(), &operator, suspended).await?;
    Ok(Redirect::to("/office/chargers?saved=yes").into_response())
}

async fn poll_now(
    Shared(app): Shared<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    let operator = found(&app, &me, id).await?;
    polls::ask_now(&app.store, operator.id).await?;
    Ok(Redirect::to("/office/chargers?saved=yes").into_response())
}
