//! Rounds and returns in the API: the same functions as on pages, the same refusals as problem details.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use kernel::{Lang, Problem, RegionCode, Text};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{App, Json, Path, ProblemDetails, Query, Result, Route, SignedIn, Step};

use crate::authority;
use crate::by::By;
use crate::names::Names;
use crate::returns::sight::{content_of, shown};
use crate::returns::{self, Content, Filling, Return};
use crate::rounds::list::{ACT, READ, RUN};
use crate::rounds::round::Asked;
use crate::rounds::{self, NewRound};
use crate::rules::levels;
use crate::rules::lines::Typed;
use crate::store as rows;
use crate::words::{Act, Cause};

const ROUTES: &[Route] = &[
    Route::get("/api/v1/rounds", READ),
    Route::post("/api/v1/programmes/{slug}/rounds", RUN),
    Route::get("/api/v1/rounds/{id}/returns", READ),
    Route::get("/api/v1/returns/{id}", READ),
    Route::post("/api/v1/returns/{id}/acts", ACT),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(list_rounds))
        .routes(routes!(open_round))
        .routes(routes!(list_returns))
        .routes(routes!(show))
        .routes(routes!(act));
    Step { router, routes: ROUTES }
}

/// A round.
#[derive(Serialize, utoipa::ToSchema)]
struct RoundDetails {
    id: Uuid,
    /// The programme's name in addresses.
    programme: String,
    cut_off: NaiveDate,
    opens_on: NaiveDate,
    closes_on: NaiveDate,
    closed: bool,
    /// Levels that review, from below.
    review_levels: Vec<String>,
    /// How many returns stand in each state.
    states: BTreeMap<String, i64>,
    late: i64,
}

/// Whose rounds.
#[derive(Default, Deserialize)]
#[serde(default)]
struct OfProgramme {
    programme: String,
}

/// The rounds of the caller's programmes, or of one of them, the latest first.
#[utoipa::path(get, path = "/api/v1/rounds", tag = "reporting", params(("programme" = Option<String>, Query)),
    responses((status = 200, body = [RoundDetails])))]
async fn list_rounds(
    State(app): State<App>,
    me: SignedIn,
    Query(OfProgramme { programme }): Query<OfProgramme>,
) -> Result<Response> {
    let on = app.store.reader();
    let mut mine = authority::programmes_of(&app, &me).await?;
    mine.retain(|one| programme.is_empty() || one.slug == programme);
    let ids: Vec<Uuid> = mine.iter().map(|programme| programme.id).collect();
    let all = rows::rounds_of(on, &ids).await?;
    let keys: Vec<Uuid> = all.iter().map(|round| round.id).collect();
    let standing = rows::standing_of(on, &keys, app.store.clock().now_ms()).await?;
    let slug = |id: Uuid| mine.iter().find(|one| one.id == id).map(|one| one.slug.clone()).unwrap_or_default();
    let details: Vec<RoundDetails> = all
        .into_iter()
        .zip(standing)
        .map(|(round, standing)| RoundDetails {
            id: round.id,
            programme: slug(round.programme_id),
            review_levels: round.levels().iter().map(|level| level.code().to_owned()).collect(),
            states: standing.states.iter().map(|(state, count)| (state.code().to_owned(), *count)).collect(),
            late: standing.late,
            cut_off: round.cut_off,
            opens_on: round.opens_on,
            closes_on: round.closes_on,
            closed: round.closed_ms.is_some(),
        })
        .collect();
    Ok(axum::Json(details).into_response())
}

/// A round to be opened; what is left out follows from the programme's settings.
#[derive(Deserialize, utoipa::ToSchema)]
struct RoundBody {
    cut_off: NaiveDate,
    opens_on: Option<NaiveDate>,
    closes_on: Option<NaiveDate>,
    /// Such as `county city`, from below.
    review_levels: Option<String>,
}

/// What opening did.
#[derive(Serialize, utoipa::ToSchema)]
struct RoundOpened {
    id: Uuid,
    /// Returns that are owed.
    returns: usize,
    /// Shares for which nobody answers.
    without_body: usize,
}

/// Opens a round.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/rounds", tag = "reporting", params(("slug" = String, Path)), request_body = RoundBody,
    responses((status = 201, body = RoundOpened), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn open_round(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<RoundBody>,
) -> Result<Response> {
    let programme = authority::programme_to_run(&app, &me, &slug).await?;
    let settings = rounds::settings(app.store.reader(), &programme).await?;
    let usual = NewRound::by(&settings, body.cut_off);
    let levels = match &body.review_levels {
        Some(text) => levels::parse(text, authority::region(&programme))?,
        None => usual.levels,
    };
    let new = NewRound {
        cut_off: body.cut_off,
        opens_on: body.opens_on.unwrap_or(usual.opens_on),
        closes_on: body.closes_on.unwrap_or(usual.closes_on),
        levels,
    };
    let by = By::viewer(&me);
    let opened = rounds::open(&app.store, &by, &programme, &new).await?;
    let told = RoundOpened { id: opened.round, returns: opened.owed, without_body: opened.without_body.len() };
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// A return in a list.
#[derive(Serialize, utoipa::ToSchema)]
struct ReturnDetails {
    id: Uuid,
    project: String,
    region: String,
    place: String,
    organisation: String,
    /// `owed`, `draft`, `submitted`, `returned`, `approved`.
    state: String,
    /// Reviews passed.
    level: i16,
    version: i32,
    /// Figures that a reviewer should look at.
    flags: i32,
    late_until: Option<NaiveDate>,
    /// When it was first submitted, in China.
    first_submitted: Option<String>,
    approved: Option<String>,
    problem: String,
}

impl ReturnDetails {
    fn of(row: &Return, names: &Names) -> Self {
        let time = |at: Option<i64>| at.and_then(kernel::clock::china_time).map(|time| time.to_rfc3339());
        Self {
            id: row.id,
            project: names.project(row),
            region: RegionCode::from_stored(row.region).map(RegionCode::short).unwrap_or_default(),
            place: names.place(row),
            organisation: names.body(row),
            state: row.state.clone(),
            level: row.level,
            version: row.version,
            flags: row.flags,
            late_until: row.late_until,
            first_submitted: time(row.first_submitted_ms),
            approved: time(row.approved_ms),
            problem: row.problem.clone(),
        }
    }
}

impl Row for ReturnDetails {
    fn file_name() -> Text {
        Text::new("应报清单", "returns")
    }

    fn headings() -> Vec<Text> {
        vec![
            Text::new("项目", "project"),
            Text::new("区划代码", "region"),
            Text::new("地方", "place"),
            Text::new("责任单位", "body"),
            Text::new("状态", "state"),
            Text::new("提示", "flags"),
            Text::new("准予补报至", "late until"),
            Text::new("首次提交", "first submitted"),
            Text::new("通过时间", "approved"),
            Text::new("存在问题", "problem"),
            Text::new("编号", "id"),
        ]
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let state = crate::words::State::parse(&self.state).map(|state| state.name().get(lang).to_owned());
        vec![
            self.project.as_str().into(),
            self.region.as_str().into(),
            self.place.as_str().into(),
            self.organisation.as_str().into(),
            state.into(),
            i64::from(self.flags).into(),
            self.late_until.into(),
            self.first_submitted.clone().into(),
            self.approved.clone().into(),
            self.problem.as_str().into(),
            self.id.to_string().into(),
        ]
    }
}

/// The returns of a round, also as CSV and XLSX; `state=open` is what has not been handed in.
#[utoipa::path(get, path = "/api/v1/rounds/{id}/returns", tag = "reporting",
    params(("id" = Uuid, Path), ("state" = Option<String>, Query), ("place" = Option<String>, Query), Paging),
    responses((status = 200, body = Slice<ReturnDetails>), (status = 404, body = ProblemDetails)))]
async fn list_returns(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    let on = app.store.reader();
    let (round, programme) = authority::round(&app, &me, id).await?;
    let wish = asked.wish(authority::sight(&me, &programme))?;
    let found = rows::list(on, round.id, &wish, wanted.after::<Uuid>()?, wanted.fetch()).await?;
    let slice = Slice::cut(found, &wanted, |row| row.id.to_string());
    let names = Names::of(on, &slice.items, programme.year).await?;
    let details = |row: Return| {
        let row = if authority::is_veiled(&me, &row) { returns::veiled(row) } else { row };
        ReturnDetails::of(&row, &names)
    };
    slice.map(details).reply(&wanted).await
}

/// A return whole.
#[derive(Serialize, utoipa::ToSchema)]
struct WholeReturn {
    #[serde(flatten)]
    about: ReturnDetails,
    cut_off: NaiveDate,
    lines: Vec<LineDetails>,
    /// The milestone reached.
    stage: Option<Uuid>,
    reached_on: Option<NaiveDate>,
    /// 形象进度 in percent.
    image: String,
    places: String,
    /// See [`crate::words::Cause`].
    cause: Option<String>,
    acts: Vec<ActDetails>,
}

/// One figure of it.
#[derive(Serialize, utoipa::ToSchema)]
struct LineDetails {
    indicator: Uuid,
    number: i32,
    name: String,
    unit: String,
    target: String,
    last: String,
    last_on: String,
    /// The cumulative figure as typed.
    raw: String,
    reason: String,
    flags: Vec<String>,
}

/// One thing that happened to it.
#[derive(Serialize, utoipa::ToSchema)]
struct ActDetails {
    act: String,
    name: String,
    organisation: String,
    reason: String,
    at_ms: i64,
}

/// A return with its figures, beside target and last value, and what happened to it.
#[utoipa::path(get, path = "/api/v1/returns/{id}", tag = "reporting", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeReturn), (status = 404, body = ProblemDetails)))]
async fn show(
    State(app): State<App>,
    me: SignedIn,
    web::Language(lang): web::Language,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let batch = authority::return_of(&app, &me, id).await?;
    let (on, row) = (app.store.reader(), &batch.returns[0]);
    let names = Names::of(on, &batch.returns, batch.outline(row)?.programme.year).await?;
    let beside = batch.held(on).await?;
    let content = content_of(&batch, row);
    let lines = shown(&batch, &beside, row, (&content, None), lang)?;
    let whole = WholeReturn {
        about: ReturnDetails::of(row, &names),
        cut_off: row.cut_off,
        lines: lines
            .into_iter()
            .map(|line| LineDetails {
                indicator: line.indicator,
                number: line.number,
                name: line.name,
                unit: line.unit,
                target: line.target,
                last: line.last,
                last_on: line.last_on,
                raw: line.raw,
                reason: line.reason,
                flags: line.flags,
            })
            .collect(),
        stage: row.stage,
        reached_on: row.reached_on,
        image: content.image,
        places: row.places.clone(),
        cause: row.cause.clone(),
        acts: batch
            .acts(row)
            .iter()
            .map(|act| ActDetails {
                act: act.act.clone(),
                name: act.account_name.clone(),
                organisation: act.organisation_name.clone(),
                reason: act.reason.clone(),
                at_ms: act.at_ms,
            })
            .collect(),
    };
    Ok(axum::Json(whole).into_response())
}

/// An act on a return.
#[derive(Deserialize, utoipa::ToSchema)]
struct ActBody {
    /// `save`, `submit`, `withdraw`, `pass` (which approves at the last level), `return`, `allow_late`.
    act: String,
    /// The version that was read; another one is refused (409).
    version: i32,
    /// Why, for `return` and `allow_late`.
    #[serde(default)]
    reason: String,
    /// The last day, for `allow_late`.
    until: Option<NaiveDate>,
    /// What is filled in, for `save` and `submit`.
    content: Option<ContentBody>,
}

/// What is filled in.
#[derive(Default, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(default)]
struct ContentBody {
    lines: Vec<LineBody>,
    stage: Option<Uuid>,
    reached_on: Option<NaiveDate>,
    image: String,
    places: String,
    problem: String,
    cause: Option<String>,
}

/// A figure.
#[derive(Default, Deserialize, Serialize, utoipa::ToSchema)]
struct LineBody {
    indicator: Uuid,
    raw: String,
    #[serde(default)]
    reason: String,
}

impl ContentBody {
    fn read(self) -> Result<Content, Problem> {
        let unknown = || Problem::field("cause", "不认识这个问题原因", "The cause is not known");
        let cause = self.cause.as_deref().filter(|cause| !cause.is_empty());
        Ok(Content {
            lines: self
                .lines
                .into_iter()
                .map(|line| (line.indicator, Typed { raw: line.raw, reason: line.reason }))
                .collect(),
            stage: self.stage,
            reached_on: self.reached_on,
            image: self.image,
            places: self.places,
            problem: self.problem,
            cause: cause.map(|cause| Cause::parse(cause).ok_or_else(unknown)).transpose()?,
        })
    }
}

/// What became of it.
#[derive(Serialize, utoipa::ToSchema)]
struct Became {
    id: Uuid,
    version: i32,
    state: String,
    /// What a reviewer should look at.
    flags: Vec<String>,
}

/// Fills in, submits, withdraws, passes on, approves, sends back or allows to come late.
#[utoipa::path(post, path = "/api/v1/returns/{id}/acts", tag = "reporting", params(("id" = Uuid, Path)), request_body = ActBody,
    responses((status = 200, body = Became), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails),
        (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn act(
    State(app): State<App>,
    me: SignedIn,
    web::Language(lang): web::Language,
    Path(id): Path<Uuid>,
    Json(body): Json<ActBody>,
) -> Result<Response> {
    let batch = authority::return_of(&app, &me, id).await?;
    let row = &batch.returns[0];
    let unknown = || Problem::field("act", "不认识这个操作", "The act is not known");
    let act = Act::parse(&body.act).ok_or_else(unknown)?;
    let by = By::viewer(&me);
    let (store, read) = (&app.store, [(id, body.version)]);
    let outcome = match act {
        Act::Save | Act::Submit => {
            let content = body.content.unwrap_or_default().read()?;
            let filling = [Filling { id, version: body.version, content }];
            match act {
                Act::Save => returns::save(store, &by, &filling).await?,
                _ => returns::submit(store, &by, &filling).await?,
            }
        }
        Act::Withdraw => returns::withdraw(store, &by, &read).await?,
        Act::Pass | Act::Approve => returns::pass_or_approve(store, &by, &read).await?,
        Act::SendBack => returns::send_back(store, &by, &read, &body.reason).await?,
        // A figure of a register is counted by the register, never sent in.
        Act::Propose => return Err(unknown().into()),
        Act::AllowLate => {
            let needed = || Problem::field("until", "请填写补报截止日", "Say until when");
            returns::allow_late(store, &by, &[id], body.until.ok_or_else(needed)?, &body.reason).await?;
            Vec::new()
        }
    };
    let became = match outcome.first() {
        Some(outcome) => Became {
            id,
            version: outcome.version,
            state: outcome.state.code().to_owned(),
            flags: outcome.flags.iter().map(|flag| flag.text.get(lang).to_owned()).collect(),
        },
        None => Became { id, version: row.version, state: row.state.clone(), flags: Vec::new() },
    };
    Ok(axum::Json(became).into_response())
}
