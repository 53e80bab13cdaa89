//! Proposing what a register counts: by the counting rule, as of the cut-off of a round, into the draft of the return of the
//! body that owes the figure. The ledger is never written here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Extension;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use chrono::NaiveDate;
use kernel::{Problem, RegionCode};
use people::store::organisations;
use report::By;
use report::returns::{self, Proposal};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{App, Checked, Path, Result, Route, SignedIn, Step};

use super::Content;
use super::counting::{belongs, in_unit};
use super::keeping::Divisions;
use super::person::{KEEP, require};
use super::public::service_of;
use super::published::{self, PublishedLine};
use super::store::{self as rows, Asked};
use crate::catalogue::{Catalogue, Feed, Service, Value};

const ROUTES: &[Route] = &[Route::post("/office/registers/{kind}/proposal", KEEP)];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router =
        OpenApiRouter::new().route("/office/registers/{kind}/proposal", post(take)).layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

/// A return that a count can be proposed for, with the count as of its cut-off.
pub(super) struct Open {
    /// The indicator of the catalogue, by its Chinese name.
    pub(super) feed: String,
    pub(super) id: Uuid,
    pub(super) indicator: Uuid,
    pub(super) cut_off: NaiveDate,
    pub(super) figure: String,
    pub(super) unit: String,
    /// The body that owes the return.
    pub(super) body: String,
    /// What stands there now.
    pub(super) raw: String,
    /// Whether the count may be put there.
    pub(super) is_free: bool,
    /// Where the figure comes from, as the trail will say.
    source: String,
}

/// The returns on `place` that owe an indicator of `service`, for somebody who may propose for them.
pub(super) async fn open(
    app: &App,
    me: &SignedIn,
    (service, place): (&Service, RegionCode),
    (contents, towns): (&[Content], &BTreeSet<RegionCode>),
    lines: &[PublishedLine],
) -> Result<Vec<Open>> {
    let programmes: BTreeSet<Uuid> = lines.iter().map(|line| line.line.programme.id).collect();
    if programmes.is_empty() || contents.is_empty() {
        return Ok(Vec::new());
    }
    let programmes: Vec<Uuid> = programmes.into_iter().collect();
    let (on, by, today) = (app.store.reader(), By::viewer(me), app.store.clock().today());
    let owing = returns::owing(on, &by, (&programmes, place), today).await?;
    let bodies: Vec<Uuid> = owing.iter().map(|one| one.organisation).collect();
    let bodies: BTreeMap<Uuid, String> =
        organisations::with_keys(on, &bodies).await?.into_iter().map(|body| (body.id, body.name)).collect();
    let names = ledger::regions::names(on, [place], i32::MAX).await?;
    let named = names.get(&place).cloned().unwrap_or_else(|| place.short());
    let mut open = Vec::new();
    for one in owing {
        let Some(line) = lines.iter().find(|line| line.line.indicator.id == one.indicator) else { continue };
        let Some(feed) = service.feeds.iter().find(|feed| belongs(feed, line)) else { continue };
        let unit = &line.line.indicator.unit;
        let counted = count(service, feed, (contents, towns), (one.cut_off, unit));
        let Some((figure, counted, missing)) = counted else { continue };
        let without = if missing > 0 { format!("，另有 {missing} 条缺数未计") } else { String::new() };
        open.push(Open {
            feed: feed.name.zh.clone(),
            source: format!(
                "按“{}”登记册得出（{}）：{named}，截至 {}，规则 {}，依据 {counted} 条登记{without}",
                service.name.zh, service.code, one.cut_off, feed.count
            ),
            id: one.id,
            indicator: one.indicator,
            cut_off: one.cut_off,
            figure,
            unit: unit.clone(),
            body: bodies.get(&one.organisation).cloned().unwrap_or_default(),
            raw: one.raw,
            is_free: one.is_free,
        });
    }
    Ok(open)
}

/// The count in the unit of the programme's indicator, with what it rests on; none for what is no number.
fn count(
    service: &Service,
    feed: &Feed,
    (contents, towns): (&[Content], &BTreeSet<RegionCode>),
    (day, unit): (NaiveDate, &str),
) -> Option<(String, usize, usize)> {
    let tally = feed.count.of(contents.iter().map(Content::counted), day, towns);
    let Value::Number(number) = tally.value else { return None };
    let number = in_unit(service, feed, number)?;
    let own = feed.units.first()?;
    let number = if own == unit { number } else { figures::units::convert(number, own, unit)? };
    Some((number.normalize().to_string(), tally.counted, tally.missing))
}

#[derive(Deserialize)]
struct Wanted {
    place: String,
    #[serde(rename = "return")]
    id: Uuid,
    indicator: Uuid,
}

/// Counts anew, whatever the page showed, and proposes that.
async fn take(
    Shared(app): Shared<App>,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    Checked(wanted): Checked<Wanted>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let unknown = || Problem::field("place", "没有这个地方", "There is no such place");
    let place: RegionCode = wanted.place.parse().map_err(|_| unknown())?;
    require(&me, place)?;
    let on = app.store.reader();
    let all = rows::all_of(on, &service.code, Some(&Asked::within(place))).await?;
    let contents: Vec<Content> = all.iter().filter_map(Content::of).collect();
    let towns = Divisions::load(on).await?.towns(place);
    let lines = published::lines(on, &service.code, kernel::Lang::Zh).await?;
    let open = open(&app, &me, (service, place), (&contents, &towns), &lines).await?;
    let found = open.into_iter().find(|open| (open.id, open.indicator) == (wanted.id, wanted.indicator));
    let found = found.ok_or_else(|| {
        Problem::conflict(
            "这份填报现在不能报入：可能已提交或填报期已截止，请刷新后再看",
            "The return cannot be proposed for now: it was handed in, or its round is over. Reload and look again",
        )
    })?;
    let proposal = Proposal { id: found.id, indicator: found.indicator, figure: found.figure, source: found.source };
    returns::propose(&app.store, &By::viewer(&me), &proposal).await?;
    Ok(Redirect::to(&format!("/office/registers/{}?place={}&proposed={}", service.slug, place.short(), found.id))
        .into_response())
}
