//! A station with its connectors as they stand and stood; an operator with its stations.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use kernel::Problem;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::listing::{Slice, Wanted};
use web::{Access, App, Frame, Path, Result, Route, Step, components, page};

use super::rules::{self, HOUR_MS, Shown, Spent};
use super::shown::{self, Seen};
use super::store::{history, listing, operators};
use super::tables::connectors::Model as Connector;
use super::tables::operators::Model as Operator;
use super::tables::states::Model as State;
use super::uncached;
use crate::map::Canvas;

const ROUTES: &[Route] =
    &[Route::get("/chargers/{id}", Access::Public), Route::get("/chargers/operators/{code}", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router =
        OpenApiRouter::new().route("/chargers/{id}", get(station)).route("/chargers/operators/{code}", get(operator));
    Step { router, routes: ROUTES }
}

/// How far back the page looks.
const BACK_MS: i64 = 24 * HOUR_MS;

/// A piece of a connector's bar: from and width in percent, class, words.
struct Piece {
    from: f64,
    width: f64,
    class: &'static str,
    words: String,
}

/// A connector on the page.
struct Line {
    row: Connector,
    state: Option<State>,
    pieces: Vec<Piece>,
    spent: Spent,
}

#[derive(Template)]
#[template(path = "chargers/station.html")]
struct StationPage {
    f: Frame,
    seen: Seen,
    lines: Vec<Line>,
    canvas: Option<Canvas>,
    now_ms: i64,
}

impl StationPage {
    fn status(&self, line: &Line) -> Shown {
        Shown::of(line.state.as_ref().map(|state| state.status))
    }

    fn word(&self, line: &Line) -> String {
        self.f.say(&self.status(line).name()).to_owned()
    }

    /// Since when it stands so, and when that was last heard.
    fn times(&self, line: &Line) -> String {
        let Some(state) = &line.state else { return self.f.lang.t("尚未收到状态", "no status yet").to_owned() };
        let (since, seen) = (
            shown::age(self.f.lang, self.now_ms - state.since_ms),
            shown::age(self.f.lang, self.now_ms - state.seen_ms),
        );
        match self.f.lang {
            kernel::Lang::Zh => format!("{since}变为此状态，{seen}更新"),
            kernel::Lang::En => format!("so since {since}, heard {seen}"),
        }
    }

    fn kind(&self, line: &Line) -> String {
        let fast =
            self.f.lang.t(if line.row.fast { "快充" } else { "慢充" }, if line.row.fast { "fast" } else { "slow" });
        match shown::kilowatts(line.row.power) {
            Some(power) => format!("{fast} {power}"),
            None => fast.to_owned(),
        }
    }

    /// The share of the known time in which it worked, in percent.
    fn worked(&self, line: &Line) -> Option<String> {
        let known = line.spent.whole();
        (known > 0).then(|| percent(line.spent.free + line.spent.used, known))
    }

    fn rural(&self) -> Option<&'static str> {
        let rural = self.seen.station.rural?;
        Some(if rural { self.f.lang.t("农村", "rural") } else { self.f.lang.t("城镇", "urban") })
    }

    fn on_the_map(&self) -> String {
        let at = self.seen.point().map(rules::Point::degrees);
        at.map_or_else(|| "/map?piles=1".to_owned(), |at| format!("/map?piles=1#map=15/{:.5}/{:.5}", at.lat, at.lng))
    }

    fn degrees(&self, point: &rules::Point) -> String {
        let at = evcs::ocpi::GeoLocation::of_millionths(point.lat, point.lng);
        format!("{}, {}", at.latitude, at.longitude)
    }

    fn parking(&self) -> &str {
        if self.seen.station.park_fee.is_empty() {
            self.f.lang.t("未说明", "not said")
        } else {
            &self.seen.station.park_fee
        }
    }
}

/// To a tenth of a percent.
fn percent(part: i64, whole: i64) -> String {
    let tenths = (part * 2_000 + whole) / (2 * whole);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

async fn station(Shared(app): Shared<App>, f: Frame, Path(id): Path<Uuid>) -> Result<Response> {
    let on = app.store.reader();
    let now_ms = app.store.clock().now_ms();
    let missing = || Problem::not_found("没有这座充电站", "There is no such station");
    let seen = Seen::all(on, &[(id, None)], now_ms).await?.into_iter().next().ok_or_else(missing)?;
    let rows = listing::live(on, &[id]).await?.remove(&id).unwrap_or_default();
    let keys: Vec<Uuid> = rows.iter().map(|(row, _)| row.id).collect();
    let mut changes = history::changes(on, &keys, now_ms - BACK_MS, now_ms).await?;
    let lines = rows.into_iter().map(|(row, state)| {
        let changes = changes.remove(&row.id).unwrap_or_default();
        let spent = rules::spent(&changes, now_ms - BACK_MS, now_ms);
        Line { pieces: pieces(&f, &changes, now_ms), spent, row, state }
    });
    let lines = lines.collect();
    let canvas = seen.point().map(|at| Canvas::of_one(&f, at.degrees()).piles(""));
    Ok(uncached(page(&StationPage { f, seen, lines, canvas, now_ms })?))
}

/// The bar of the last day.
fn pieces(f: &Frame, changes: &[(i64, i32)], now_ms: i64) -> Vec<Piece> {
    let from = now_ms - BACK_MS;
    let share = |ms: i64| ms as f64 * 100.0 / BACK_MS as f64;
    let mut pieces = Vec::with_capacity(changes.len());
    for (index, (at, status)) in changes.iter().enumerate() {
        let until = changes.get(index + 1).map_or(now_ms, |(next, _)| *next);
        let begin = (*at).max(from);
        let shown = Shown::of(Some(*status));
        let name = shown.name();
        let words = format!("{}–{} {}", f.time(&begin), f.time(&until), f.say(&name));
        pieces.push(Piece {
            from: share(begin - from),
            width: share((until - begin).max(0)),
            class: class(shown),
            words,
        });
    }
    pieces
}

fn class(shown: Shown) -> &'static str {
    match shown {
        Shown::Free => "free",
        Shown::Charging | Shown::Occupied | Shown::Reserved => "used",
        Shown::Faulty => "faulty",
        Shown::Offline | Shown::NoNews | Shown::Unknown => "silent",
    }
}

#[derive(Template)]
#[template(path = "chargers/operator.html")]
struct OperatorPage {
    f: Frame,
    operator: Operator,
    slice: Slice<Seen>,
}

async fn operator(Shared(app): Shared<App>, f: Frame, Path(code): Path<String>, wanted: Wanted) -> Result<Response> {
    let on = app.store.reader();
    let operator = operators::by_code(on, &code).await?;
    let operator = operator.ok_or_else(|| Problem::not_found("没有这个运营商", "There is no such operator"))?;
    let rows = listing::of_operator(on, operator.id, wanted.after()?, wanted.fetch()).await?;
    let slice = Slice::cut(rows, &wanted, |row| row.id.to_string());
    let now_ms = app.store.clock().now_ms();
    let next = slice.next;
    let items = Seen::of(on, slice.items.into_iter().map(|row| (row, None)).collect(), now_ms).await?;
    Ok(uncached(page(&OperatorPage { f, operator, slice: Slice { items, next } })?))
}
