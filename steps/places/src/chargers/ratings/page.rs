//! Kept ratings for everybody, on a page and in the API; making one, for offices.

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::Datelike;
use kernel::clock::china_time;
use kernel::{Permission, Problem, RegionCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::listing::{Paging, Slice, Wanted as WantedSlice};
use web::{
    Access, App, Checked, Error, Frame, Path, ProblemDetails, Result, Route, SignedIn, Step, components, page,
    page_with,
};

use super::scheme::{Criterion, Group, Measured, Scheme, Scored};
use super::{Subject, Wanted, inputs, keep, replays, results};
use crate::chargers::store::{operators, ratings as rows};
use crate::chargers::tables::ratings::Model as Rating;

const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/chargers/ratings", Access::Public),
    Route::get("/chargers/ratings/{id}", Access::Public),
    Route::get("/office/chargers/ratings", SCORE),
    Route::post("/office/chargers/ratings", SCORE),
    Route::get("/api/v1/chargers/ratings", Access::Public),
    Route::get("/api/v1/chargers/ratings/{id}", Access::Public),
];

pub(super) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/chargers/ratings", get(list))
        .route("/chargers/ratings/{id}", get(show))
        .route("/office/chargers/ratings", get(form).post(make))
        .routes(routes!(api_list))
        .routes(routes!(api_show));
    Step { router, routes: ROUTES }
}

/// A kept rating in a list.
struct Line {
    row: Rating,
    place: String,
}

#[derive(Template)]
#[template(path = "chargers/ratings/list.html")]
struct ListPage {
    f: Frame,
    slice: Slice<Line>,
    scheme: Scheme,
    demo: bool,
}

/// Subject in words.
fn subject(f: &Frame, row: &Rating) -> String {
    Subject::parse(&row.subject).map_or(String::new(), |subject| f.say(&subject.name()).to_owned())
}

/// From which day to which, in words.
fn period(f: &Frame, row: &Rating) -> String {
    let day = |ms: i64| china_time(ms).map(|time| f.day(&time.date_naive())).unwrap_or_default();
    format!("{}–{}", day(row.from_ms), day(row.to_ms - 1))
}

impl ListPage {
    fn may_rate(&self) -> bool {
        self.f.allows(Permission::ScoreYear, None)
    }

    fn name(&self) -> &str {
        self.scheme.label(self.f.lang)
    }

    fn criterion<'a>(&self, one: &'a Criterion) -> &'a str {
        one.label(self.f.lang)
    }

    fn subject(&self, line: &Line) -> String {
        subject(&self.f, &line.row)
    }

    fn period(&self, line: &Line) -> String {
        period(&self.f, &line.row)
    }
}

/// Whether operators that were made up for demonstration are among those that are rated.
async fn made_up(app: &App) -> Result<bool> {
    Ok(operators::all(app.store.reader()).await?.iter().any(|operator| operator.demo))
}

async fn place(app: &App, row: &Rating) -> Result<String> {
    let Some(code) = RegionCode::from_stored(row.region) else { return Ok(String::new()) };
    let year = china_time(row.to_ms).map_or(2024, |time| time.year());
    Ok(ledger::regions::name_in(app.store.reader(), code, year).await?)
}

async fn list(Shared(app): Shared<App>, f: Frame, wanted: WantedSlice) -> Result<Response> {
    let found = rows::list(app.store.reader(), wanted.after()?, wanted.fetch()).await?;
    let slice = Slice::cut(found, &wanted, |row| row.id.to_string());
    let mut items = Vec::with_capacity(slice.items.len());
    for row in slice.items {
        items.push(Line { place: place(&app, &row).await?, row });
    }
    let demo = made_up(&app).await?;
    page(&ListPage { f, slice: Slice { items, next: slice.next }, scheme: Scheme::shipped(), demo })
}

#[derive(Template)]
#[template(path = "chargers/ratings/show.html")]
struct ShowPage {
    f: Frame,
    row: Rating,
    place: String,
    measured: Vec<Measured>,
    scored: Vec<Scored>,
    /// The scheme, where it is at hand in that version.
    scheme: Option<Scheme>,
    replays: Option<bool>,
    demo: bool,
}

impl ShowPage {
    fn criterion<'a>(&self, one: &'a Criterion) -> &'a str {
        one.label(self.f.lang)
    }

    /// Class and word of whether it comes out the same again.
    fn verdict(&self) -> (&'static str, &'static str) {
        let (class, zh, en) = match self.replays {
            Some(true) => ("done", "按保存的数重算，结果一致", "Computed again from what was kept: the same"),
            Some(false) => ("late", "重算结果与保存的不一致", "Computed again: not the same"),
            None => ("", "所用版本的办法不在本机，未重算", "The scheme's version is not at hand: not computed again"),
        };
        (class, self.f.lang.t(zh, en))
    }

    fn subject(&self) -> String {
        subject(&self.f, &self.row)
    }

    fn period(&self) -> String {
        period(&self.f, &self.row)
    }

    /// Hundredths as printed.
    fn number(&self, hundredths: &i64) -> String {
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    fn groups(&self) -> Vec<(Group, String)> {
        Group::ALL.iter().map(|group| (*group, self.f.say(&group.name()).to_owned())).collect()
    }

    /// Points of a group, and the weight that was measured.
    fn points(&self, one: &Scored, group: &Group) -> String {
        let own = self.scheme.iter().flat_map(|scheme| &scheme.criteria).filter(|criterion| criterion.group == *group);
        let own: Vec<_> =
            own.filter_map(|criterion| Some((one.points.get(&criterion.code)?, criterion.weight))).collect();
        if own.is_empty() {
            return "–".to_owned();
        }
        let (points, weight) = own.iter().fold((0, 0), |(points, weight), (more, of)| (points + **more, weight + of));
        format!("{} / {weight}", self.number(&points))
    }

    /// What was measured for a criterion, as printed.
    fn value(&self, one: &Scored, code: &str) -> String {
        let value = self.measured.iter().find(|m| m.subject == one.subject).and_then(|m| m.values.get(code));
        value.map_or_else(|| "–".to_owned(), |value| self.number(value))
    }

    fn size(&self, one: &Scored) -> String {
        let found = self.measured.iter().find(|m| m.subject == one.subject);
        found.map_or_else(String::new, |m| match self.f.lang {
            kernel::Lang::Zh => format!("{} 站 {} 枪", m.stations, m.connectors),
            kernel::Lang::En => format!("{} stations, {} connectors", m.stations, m.connectors),
        })
    }
}

async fn found(app: &App, id: Uuid) -> Result<Rating> {
    let row = rows::find(app.store.reader(), id).await?;
    Ok(row.ok_or_else(|| Problem::not_found("没有这次评价", "There is no such rating"))?)
}

async fn show(Shared(app): Shared<App>, f: Frame, Path(id): Path<Uuid>) -> Result<Response> {
    let row = found(&app, id).await?;
    let scheme = Scheme::shipped();
    let same = scheme.code == row.scheme && scheme.version == row.scheme_version;
    let place = place(&app, &row).await?;
    let (measured, scored, replays) = (inputs(&row)?, results(&row)?, replays(&row)?);
    let demo = made_up(&app).await?;
    page(&ShowPage { f, place, measured, scored, scheme: same.then_some(scheme), replays, demo, row })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    region: String,
    subject: String,
    days: String,
}

#[derive(Template)]
#[template(path = "chargers/ratings/form.html")]
struct FormPage {
    f: Frame,
    scheme: Scheme,
    fields: Fields,
    problem: Option<Problem>,
}

impl FormPage {
    fn name(&self) -> &str {
        self.scheme.label(self.f.lang)
    }

    fn subjects(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Subject::ALL, Subject::code, Subject::name)
    }
}

async fn form(f: Frame, me: SignedIn) -> Result<Response> {
    let top = me.scopes(Permission::ScoreYear).first().map(|scope| scope.start().short()).unwrap_or_default();
    let fields = Fields { region: top, subject: Subject::Operator.code().to_owned(), days: "30".to_owned() };
    page(&FormPage { f, scheme: Scheme::shipped(), fields, problem: None })
}

async fn make(Shared(app): Shared<App>, f: Frame, me: SignedIn, Checked(fields): Checked<Fields>) -> Result<Response> {
    let scheme = Scheme::shipped();
    let read = || -> Result<Wanted, Problem> {
        let region = fields
            .region
            .parse()
            .map_err(|wrong: Problem| Problem::field("region", wrong.message.zh, wrong.message.en))?;
        let unknown = || Problem::field("subject", "请选择评价对象", "Choose what is rated");
        let subject = Subject::parse(&fields.subject).ok_or_else(unknown)?;
        let days = fields.days.trim().parse().unwrap_or(0);
        Wanted::last_days(subject, region, days, app.store.clock().now_ms())
    };
    let done = match read() {
        Ok(wanted) => {
            me.require(Permission::ScoreYear, wanted.region)?;
            Error::mendable(keep(&app.store, &me.actor(), &me.display_name, &scheme, wanted).await)?
        }
        Err(problem) => Err(problem),
    };
    match done {
        Ok(row) => Ok(Redirect::to(&format!("/chargers/ratings/{}", row.id)).into_response()),
        Err(problem) => {
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &FormPage { f, scheme, fields, problem: Some(problem) })
        }
    }
}

/// A kept rating.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RatingDetails {
    id: Uuid,
    /// `code@version`.
    scheme: String,
    region: String,
    /// `operator` or `region`.
    subject: String,
    from_ms: i64,
    to_ms: i64,
    made_ms: i64,
    /// What was measured of each, in hundredths.
    #[schema(value_type = Vec<Object>)]
    inputs: Value,
    /// Scores in hundredths of points, and ranks.
    #[schema(value_type = Vec<Object>)]
    results: Value,
    /// Whether it comes out the same when computed again; missing where the scheme's version is not at hand.
    replays: Option<bool>,
}

impl RatingDetails {
    fn of(row: &Rating) -> Result<Self> {
        Ok(Self {
            id: row.id,
            scheme: format!("{}@{}", row.scheme, row.scheme_version),
            region: RegionCode::from_stored(row.region).map(|code| code.to_string()).unwrap_or_default(),
            subject: row.subject.clone(),
            from_ms: row.from_ms,
            to_ms: row.to_ms,
            made_ms: row.made_ms,
            inputs: serde_json::to_value(inputs(row)?).map_err(Error::fault)?,
            results: serde_json::to_value(results(row)?).map_err(Error::fault)?,
            replays: replays(row)?,
        })
    }
}

/// Kept ratings, the latest first.
#[utoipa::path(get, path = "/api/v1/chargers/ratings", tag = "chargers", params(Paging),
    responses((status = 200, body = Slice<RatingDetails>)))]
async fn api_list(Shared(app): Shared<App>, wanted: WantedSlice) -> Result<Response> {
    let found = rows::list(app.store.reader(), wanted.after()?, wanted.fetch()).await?;
    let slice = Slice::cut(found, &wanted, |row| row.id.to_string());
    let items = slice.items.iter().map(RatingDetails::of).collect::<Result<Vec<_>>>()?;
    Ok(axum::Json(Slice { items, next: slice.next }).into_response())
}

/// One kept rating.
#[utoipa::path(get, path = "/api/v1/chargers/ratings/{id}", tag = "chargers", params(("id" = Uuid, Path)),
    responses((status = 200, body = RatingDetails), (status = 404, body = ProblemDetails)))]
async fn api_show(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    Ok(axum::Json(RatingDetails::of(&found(&app, id).await?)?).into_response())
}
