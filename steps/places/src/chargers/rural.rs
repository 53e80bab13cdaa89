//! 城乡: an office says which stations lie in the countryside, because no message of an operator does, and sees how many
//! piles that makes beside what the ledger says.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use ::store::audit::Event;
use ::store::{Actor, Store};
use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use figures::Decimal;
use kernel::{Lang, Permission, Problem, RegionCode};
use ledger::matters;
use ledger::search::indicator_path;
use serde::Deserialize;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::listing::{Slice, Wanted, escape};
use web::{App, Checked, Frame, Query, Result, Route, SignedIn, Step, components, page, page_with};

use super::operators::{KEEP, require};
use super::shown::Seen;
use super::store::rural::{self as rows, After, Sums, Wish};
use super::tables::marks::Model as Mark;

const ROUTES: &[Route] = &[Route::get(PATH, KEEP), Route::post(PATH, KEEP)];

const PATH: &str = "/office/chargers/rural";

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route(PATH, get(list).post(set)), routes: ROUTES }
}

/// The service of the catalogue whose indicators count piles, and their matters.
const SERVICE: &str = "D109";
const ALL_PILES: &str = "charging-piles";
const RURAL_PILES: &str = "rural-charging-piles";

/// The most stations that are marked at once.
const MOST: usize = 500;

/// Marks stations as rural or not, or leaves them to the code of their town again; says how many stand otherwise now.
///
/// # Errors
/// When the database fails.
pub async fn mark(
    store: &Store,
    actor: &Actor,
    by: &str,
    stations: &[Uuid],
    rural: Option<bool>,
) -> ::store::Result<usize> {
    let mut tx = store.begin(actor).await?;
    let marked = rows::mark(&tx, stations, rural, by).await?;
    if marked.is_empty() {
        tx.abandon().await?;
        return Ok(0);
    }
    let detail = json!({ "rural": rural, "stations": marked });
    tx.record(Event::new("charging_stations.marked", "charging_stations", marked.len(), detail)).await?;
    tx.commit().await?;
    Ok(marked.len())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    place: String,
    q: String,
    show: String,
    saved: Option<usize>,
}

impl Asked {
    fn wish(&self, me: &SignedIn) -> Wish {
        let everything = me.allows(Permission::ManageOrganisations, None);
        let rural = match self.show.as_str() {
            "rural" => Some(Some(true)),
            "urban" => Some(Some(false)),
            "unknown" => Some(None),
            _ => None,
        };
        Wish {
            scopes: (!everything).then(|| me.scopes(Permission::EditProgramme)),
            place: self.place.parse().ok(),
            words: self.q.clone(),
            rural,
        }
    }

    /// The same as a query.
    fn query(&self) -> String {
        let pairs = [("place", &self.place), ("q", &self.q), ("show", &self.show)];
        let kept = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        kept.map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
    }
}

/// A station in the list.
struct Line {
    seen: Seen,
    mark: Option<Mark>,
}

/// What the ledger says of a place, beside what is connected there.
struct Beside {
    programme: String,
    demo: bool,
    indicator: String,
    href: String,
    target: String,
    actual: String,
    connected: String,
    difference: Option<Decimal>,
}

#[derive(Template)]
#[template(path = "chargers/rural.html")]
struct RuralPage {
    f: Frame,
    asked: Asked,
    slice: Slice<Line>,
    sums: Sums,
    beside: Vec<Beside>,
    problem: Option<Problem>,
}

impl RuralPage {
    fn shows(&self) -> Vec<(String, String)> {
        let all = [
            ("", "全部", "all"),
            ("unknown", "未知", "unknown"),
            ("rural", "农村", "rural"),
            ("urban", "城镇", "urban"),
        ];
        all.map(|(code, zh, en)| (code.to_owned(), self.f.lang.t(zh, en).to_owned())).to_vec()
    }

    fn word(&self, line: &Line) -> &'static str {
        match line.seen.station.rural {
            Some(true) => self.f.lang.t("农村", "rural"),
            Some(false) => self.f.lang.t("城镇", "urban"),
            None => self.f.lang.t("未知", "unknown"),
        }
    }

    /// Who says so.
    fn by(&self, line: &Line) -> String {
        match line.mark.as_ref().filter(|mark| mark.rural.is_some()) {
            Some(mark) => format!("{} {}", mark.by_name, self.f.time(&mark.at_ms)),
            None if line.seen.station.rural.is_some() => self.f.lang.t("按镇街代码", "by the town's code").to_owned(),
            None => self.f.lang.t("运营商只报到区县", "the operator names the county only").to_owned(),
        }
    }

    fn grouped(&self, number: &i64) -> String {
        figures::print_grouped((*number).into())
    }

    fn difference(&self, one: &Beside) -> (&'static str, String) {
        match one.difference {
            Some(difference) if difference.is_zero() => ("done", self.f.lang.t("相符", "agrees").to_owned()),
            Some(difference) => {
                let sign = if difference.is_sign_positive() { "+" } else { "−" };
                ("behind", format!("{sign}{}", figures::print_grouped(difference.abs())))
            }
            None => ("", self.f.lang.t("台账没有数", "no figure").to_owned()),
        }
    }
}

async fn list(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Query(asked): Query<Asked>,
    wanted: Wanted,
) -> Result<Response> {
    page(&shown(&app, f, &me, asked, &wanted).await?)
}

async fn shown(app: &App, f: Frame, me: &SignedIn, asked: Asked, wanted: &Wanted) -> Result<RuralPage> {
    let on = app.store.reader();
    let wish = asked.wish(me);
    let after: Option<Cursor> = wanted.after()?;
    let found = rows::list(on, &wish, after.map(|cursor| cursor.0), wanted.fetch()).await?;
    let slice = Slice::cut(found, wanted, |row| format!("{}.{}", row.region, row.id));
    let keys: Vec<Uuid> = slice.items.iter().map(|row| row.id).collect();
    let mut marks: HashMap<Uuid, Mark> = rows::latest(on, &keys).await?;
    let found = slice.items.into_iter().map(|row| (row, None)).collect();
    let seen = Seen::of(on, found, app.store.clock().now_ms()).await?;
    let items = seen.into_iter().map(|seen| Line { mark: marks.remove(&seen.station.id), seen }).collect();
    let tallies = rows::tallies(on).await?;
    let within = |region: RegionCode| {
        wish.place.is_none_or(|place| place.contains(region))
            && wish.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope.contains(&region)))
    };
    let beside = beside((app, f.lang), wish.scopes.as_deref(), &tallies).await?;
    Ok(RuralPage {
        sums: Sums::of(&tallies, within),
        slice: Slice { items, next: slice.next },
        beside,
        f,
        asked,
        problem: None,
    })
}

/// The indicators that count piles, beside what is connected in their place.
async fn beside(
    (app, lang): (&App, Lang),
    scopes: Option<&[RangeInclusive<RegionCode>]>,
    tallies: &[rows::Tally],
) -> Result<Vec<Beside>> {
    let on = app.store.reader();
    let lines = matters::of_service(on, SERVICE).await?;
    let mut found = Vec::new();
    for line in lines {
        let Some(place) = RegionCode::from_stored(line.programme.region) else { continue };
        if scopes.is_some_and(|scopes| !scopes.iter().any(|scope| scope.contains(&place))) {
            continue;
        }
        let sums = Sums::of(tallies, |region| place.contains(region));
        let connected = match line.indicator.matter.as_deref() {
            Some(ALL_PILES) => sums.piles,
            Some(RURAL_PILES) => sums.rural,
            _ => continue,
        };
        let value = |shown: Option<&ledger::board::Shown>| shown.and_then(ledger::board::Shown::value);
        let (target, actual) = (value(line.target.as_ref()), value(line.actual.as_ref()));
        let print = |value: Option<Decimal>| value.map(figures::print_grouped).unwrap_or_default();
        found.push(Beside {
            programme: line.programme.title_in(lang).to_owned(),
            demo: line.programme.demo,
            href: indicator_path(&line.programme.slug, line.indicator.number),
            indicator: line.indicator.name,
            target: print(target),
            actual: print(actual),
            connected: figures::print_grouped(connected.into()),
            difference: actual.or(target).map(|said| Decimal::from(connected) - said),
        });
    }
    Ok(found)
}

/// Where the list goes on, as it stands in addresses.
struct Cursor(After);

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (region, id) = text.split_once('.').ok_or(())?;
        Ok(Self((region.parse().map_err(|_| ())?, id.parse().map_err(|_| ())?)))
    }
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    stations: Vec<Uuid>,
    #[serde(default)]
    rural: String,
}

impl Form {
    fn read(&self) -> Result<Option<bool>, Problem> {
        if self.stations.is_empty() {
            return Err(Problem::field("stations", "请先勾选充电站", "Tick stations first"));
        }
        if self.stations.len() > MOST {
            return Err(Problem::field("stations", format!("一次最多 {MOST} 座"), format!("At most {MOST} at once")));
        }
        match self.rural.as_str() {
            "yes" => Ok(Some(true)),
            "no" => Ok(Some(false)),
            "code" => Ok(None),
            _ => Err(Problem::field("stations", "请选择标为农村、城镇或按代码", "Rural, urban, or by the code")),
        }
    }
}

async fn set(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Query(asked): Query<Asked>,
    wanted: Wanted,
    Checked(form): Checked<Form>,
) -> Result<Response> {
    let rural = match form.read() {
        Ok(rural) => rural,
        Err(problem) => {
            let mut shown = shown(&app, f, &me, asked, &wanted).await?;
            shown.problem = Some(problem);
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown);
        }
    };
    let missing = || Problem::not_found("没有这座充电站", "There is no such station");
    let stations = super::store::listing::of_keys(app.store.reader(), &form.stations).await?;
    for id in &form.stations {
        let region = stations.get(id).and_then(|row| RegionCode::from_stored(row.region)).ok_or_else(missing)?;
        // Whoever may not mark it is not told that it exists.
        require(&me, region).map_err(|_| missing())?;
    }
    let marked = mark(&app.store, &me.actor(), &me.display_name, &form.stations, rural).await?;
    Ok(Redirect::to(&format!("{PATH}?{}&saved={marked}", asked.query())).into_response())
}
