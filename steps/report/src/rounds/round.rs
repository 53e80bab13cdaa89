//! One round: who owes what, how it stands; closing it, completing its list, allowing late returns.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::listing::Slice;
use web::{App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, page_with, refusal};

use super::list::{READ, RUN};
use super::{Round, close as close_round, complete};
use crate::authority;
use crate::by::By;
use crate::names::{Names, due, state_light};
use crate::returns;
use crate::rules::window::{Window, window};
use crate::store as rows;
use crate::store::Wish;
use crate::words::State as Stands;

const ROUTES: &[Route] = &[
    Route::get("/office/rounds/{id}", READ),
    Route::post("/office/rounds/{id}/close", RUN),
    Route::post("/office/rounds/{id}/completion", RUN),
    Route::post("/office/rounds/{id}/late", RUN),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/rounds/{id}", get(show))
        .route("/office/rounds/{id}/close", post(close))
        .route("/office/rounds/{id}/completion", post(fill_up))
        .route("/office/rounds/{id}/late", post(late));
    Step { router, routes: ROUTES }
}

/// What is asked of the list, in the query.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) place: String,
    pub(crate) state: String,
    pub(crate) body: Option<Uuid>,
    pub(crate) flagged: bool,
}

impl Asked {
    /// What is wanted, within what the viewer may see.
    pub(crate) fn wish(&self, sight: Option<RegionCode>) -> Result<Wish, Problem> {
        let told = match self.place.trim() {
            "" => None,
            code => Some(code.parse::<RegionCode>()?),
        };
        let region = match (told, sight) {
            (Some(told), Some(own)) if !own.contains(told) => Some(own),
            (told, own) => told.or(own),
        };
        let states = match self.state.as_str() {
            // What the body still owes, in one word.
            "open" => vec![Stands::Owed, Stands::Draft, Stands::Returned],
            word => Stands::parse(word).into_iter().collect(),
        };
        Ok(Wish { region, organisation: self.body, project: None, states, flagged: self.flagged })
    }
}

#[derive(Template)]
#[template(path = "rounds/round.html")]
struct RoundPage {
    f: Frame,
    id: Uuid,
    slug: String,
    title: String,
    demo: bool,
    cut_off: String,
    due: String,
    levels: String,
    opened: String,
    closed: Option<String>,
    may_run: bool,
    may_close: bool,
    tiles: Vec<(String, i64, &'static str)>,
    /// Shares on which nobody reports, for those who can mend it.
    without_body: i64,
    places: Vec<(String, String)>,
    states: Vec<(String, String)>,
    asked: Asked,
    rows: Vec<Row>,
    next: Option<String>,
    late: LateFields,
    problem: Option<Problem>,
}

impl RoundPage {
    /// Whether anything on this page could be allowed to come late.
    fn some_may_be_late(&self) -> bool {
        self.rows.iter().any(|row| row.may_be_late)
    }
}

struct Row {
    id: Uuid,
    place: String,
    project: String,
    body: String,
    class: &'static str,
    word: String,
    at: String,
    flags: i32,
    may_be_late: bool,
    chosen: bool,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
    wanted: web::listing::Wanted,
) -> Result<Response> {
    let (round, programme) = authority::round(&app, &me, id).await?;
    let asked_for = Wanted { asked, slice: Some(wanted), late: LateFields::default(), problem: None };
    round_page(&app, f, &me, (&round, &programme), asked_for).await
}

struct Wanted {
    asked: Asked,
    slice: Option<web::listing::Wanted>,
    late: LateFields,
    problem: Option<Problem>,
}

async fn round_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    (round, programme): (&Round, &Programme),
    wanted: Wanted,
) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let top = authority::region(programme);
    let sight = authority::sight(me, programme);
    let wish = wanted.asked.wish(sight)?;
    let (after, fetch) = match &wanted.slice {
        Some(slice) => (slice.after::<Uuid>()?, slice.fetch()),
        None => (None, 51),
    };
    let found = rows::list(on, round.id, &wish, after, fetch).await?;
    let slice = match &wanted.slice {
        Some(slice) => Slice::cut(found, slice, |row| row.id.to_string()),
        None => Slice { items: found, next: None },
    };
    let names = Names::of(on, &slice.items, programme.year).await?;
    let standing = rows::standing_of(on, &[round.id], app.store.clock().now_ms()).await?.remove(0);
    let may_run = f.allows(Permission::RunRounds, Some(top));
    let places = ledger::regions::children(on, top, programme.year).await?;
    let all = (String::new(), f.lang.t("全部地方", "All places").to_owned());
    let mut shown = vec![all, (top.short(), ledger::regions::name_in(on, top, programme.year).await?)];
    shown.extend(places.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?.short(), row.name))));
    let row = |row: &returns::Return| {
        let window = window(round.span(), row.late_until, today);
        let (class, word) = state_light(row, window, f.lang);
        let at = row.approved_ms.or(row.submitted_ms).filter(|_| row.state() != Stands::Draft);
        Row {
            id: row.id,
            place: names.place(row),
            project: names.project(row),
            body: names.body(row),
            class,
            word,
            at: at.map(|at| f.time(&at)).unwrap_or_default(),
            flags: if authority::is_veiled(me, row) { 0 } else { row.flags },
            may_be_late: may_run
                && row.state().is_owed()
                && matches!(window, Window::Shut { .. } | Window::Late { .. }),
            chosen: wanted.late.returns.contains(&row.id),
        }
    };
    let tile = |state: Stands, class| (f.say(&state.name()).to_owned(), standing.of(state), class);
    let mut tiles = vec![
        tile(Stands::Owed, ""),
        tile(Stands::Draft, ""),
        tile(Stands::Submitted, "steady"),
        tile(Stands::Returned, "late"),
        tile(Stands::Approved, "done"),
    ];
    tiles.push((f.lang.t("迟报", "late").to_owned(), standing.late, "behind"));
    tiles.push((f.lang.t("有提示", "flagged").to_owned(), standing.flagged, "behind"));
    let mut states = vec![
        (String::new(), f.lang.t("全部状态", "All states").to_owned()),
        ("open".to_owned(), f.lang.t("还没有交的", "Not handed in").to_owned()),
    ];
    states.extend(components::choices(&f, Stands::ALL, Stands::code, Stands::name));
    let page = RoundPage {
        id: round.id,
        slug: programme.slug.clone(),
        title: programme.title_in(f.lang).to_owned(),
        demo: programme.demo,
        cut_off: f.day(&round.cut_off),
        due: f.say(&due(round.window(today))).to_owned(),
        levels: level_names(round, &f),
        opened: format!("{} {}", f.time(&round.opened_ms), round.opened_by),
        closed: round.closed_ms.map(|at| format!("{} {}", f.time(&at), round.closed_by.clone().unwrap_or_default())),
        may_run,
        may_close: may_run && round.closed_ms.is_none(),
        tiles,
        without_body: round.without_body,
        places: shown,
        states,
        asked: wanted.asked,
        rows: slice.items.iter().map(row).collect(),
        next: slice.next,
        late: wanted.late,
        problem: wanted.problem,
        f,
    };
    let status = page.problem.as_ref().map_or(StatusCode::OK, refusal);
    page_with(status, &page)
}

/// The levels that review, from below, in words.
pub(crate) fn level_names(round: &Round, f: &Frame) -> String {
    let names: Vec<String> = round.levels().iter().map(|level| level.name().get(f.lang).to_owned()).collect();
    names.join(" → ")
}

#[derive(Deserialize)]
struct Nothing {}

async fn close(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    authority::round(&app, &me, id).await?;
    let by = By::viewer(&me);
    close_round(&app.store, &by, id).await?;
    Ok(Redirect::to(&format!("/office/rounds/{id}")).into_response())
}

async fn fill_up(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    authority::round(&app, &me, id).await?;
    let by = By::viewer(&me);
    let opened = complete(&app.store, &by, id).await?;
    Ok(Redirect::to(&format!("/office/rounds/{id}?added={}", opened.owed)).into_response())
}

/// Which returns may come late, until when and why.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct LateFields {
    returns: Vec<Uuid>,
    until: String,
    reason: String,
}

async fn late(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<LateFields>,
) -> Result<Response> {
    let (round, programme) = authority::round(&app, &me, id).await?;
    let by = By::viewer(&me);
    let outcome = match typed::day("until", &fields.until) {
        Ok(until) => returns::allow_late(&app.store, &by, &fields.returns, until, &fields.reason).await,
        Err(problem) => Err(problem.into()),
    };
    match Error::mendable(outcome)? {
        Ok(_) => Ok(Redirect::to(&format!("/office/rounds/{id}?state=open")).into_response()),
        Err(problem) => {
            let asked = Asked { state: "open".to_owned(), ..Asked::default() };
            let wanted = Wanted { asked, slice: None, late: fields, problem: Some(problem) };
            round_page(&app, f, &me, (&round, &programme), wanted).await
        }
    }
}
