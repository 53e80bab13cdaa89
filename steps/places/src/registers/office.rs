//! The office's registers: which there are, what each holds, and what it counts beside the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::RegionCode;
use utoipa_axum::router::OpenApiRouter;
use web::download;
use web::listing::{Format, Slice, Wanted};
use web::{App, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, page};

use super::counting::{Compared, compare};
use super::keeping::Divisions;
use super::nearby::{Found, Wish, fitting};
use super::person::{KEEP, places, tops};
use super::proposing::{self, Open};
use super::public::{moment, service_of};
use super::published::{self, PublishedLine};
use super::store::{self as rows, Asked};
use super::{Content, Entry, imports};
use crate::catalogue::{Catalogue, Domain, Service, Stage};

const ROUTES: &[Route] = &[
    Route::get("/office/registers", KEEP).in_menu("登记册", "Registers"),
    Route::get("/office/registers/{kind}", KEEP),
    Route::get("/office/registers/{kind}/template", KEEP),
    Route::get("/office/registers/{kind}/sheet", KEEP),
];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router = OpenApiRouter::new()
        .route("/office/registers", get(all))
        .route("/office/registers/{kind}", get(show))
        .route("/office/registers/{kind}/template", get(template))
        .route("/office/registers/{kind}/sheet", get(sheet))
        .layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "registers/registers.html")]
struct RegistersPage<'a> {
    f: Frame,
    words: String,
    groups: Vec<(&'a Domain, Vec<(&'a Service, i64)>)>,
}

async fn all(
    Shared(app): Shared<App>,
    f: Frame,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    let counts = rows::count_by_service(app.store.reader()).await?;
    let words = asked.get("q").map(|words| words.trim().to_lowercase()).unwrap_or_default();
    let fits = |service: &&Service| {
        let said = format!("{} {} {} {}", service.code, service.name.zh, service.name.en, service.entry.zh);
        service.has_register() && said.to_lowercase().contains(&words)
    };
    let groups = catalogue.domains.iter().map(|domain| {
        let services = catalogue.services.iter().filter(|service| service.domain == domain.code).filter(fits);
        let lines: Vec<_> =
            services.map(|service| (service, counts.get(&service.code).copied().unwrap_or_default())).collect();
        (domain, lines)
    });
    let groups = groups.filter(|(_, lines)| !lines.is_empty()).collect();
    page(&RegistersPage { f, words, groups })
}

#[derive(Template)]
#[template(path = "registers/register.html")]
struct RegisterPage<'a> {
    f: Frame,
    service: &'a Service,
    words: String,
    stage: String,
    place: String,
    place_name: String,
    tops: Vec<(String, String)>,
    day: NaiveDate,
    compared: Vec<Compared<'a>>,
    /// Returns that a count can be proposed for.
    open: Vec<Open>,
    /// The return that a count went into.
    proposed: Option<uuid::Uuid>,
    slice: Slice<(Entry, String)>,
}

impl RegisterPage<'_> {
    fn stages(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部", "All").to_owned());
        std::iter::once(all).chain(components::choices(&self.f, Stage::ALL, Stage::code, Stage::name)).collect()
    }

    /// What can be proposed for an indicator.
    fn open_for(&self, one: &Compared<'_>) -> Vec<&Open> {
        self.open.iter().filter(|open| open.feed == one.feed.name.zh).collect()
    }

    fn answer(&self, one: &Compared<'_>) -> String {
        one.answer(self.f.lang)
    }

    fn verdict(&self, one: &Compared<'_>) -> (&'static str, String) {
        one.verdict(self.f.lang)
    }

    fn stage_of(&self, entry: &Entry) -> (&'static str, String) {
        let stage = Stage::parse(&entry.stage).unwrap_or(Stage::Void);
        (stage.light(), self.f.say(&stage.name()).to_owned())
    }
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    wanted: Wanted,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let on = app.store.reader();
    let divisions = Divisions::load(on).await?;
    let text = |name: &str| query.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (words, stage) = (text("q"), text("stage"));
    let tops = tops(&me);
    let asked_place = text("place").parse::<RegionCode>().ok().filter(|place| super::person::keeps(&me, *place));
    let place =
        asked_place.or(tops.first().copied()).ok_or_else(|| Error::fault("a keeper of registers has no place"))?;
    let today = app.store.clock().today();
    let day = text("day").parse::<NaiveDate>().unwrap_or(today).min(today);
    let asked = Asked {
        regions: vec![rows::range(place)],
        words: words.clone(),
        stage: Stage::parse(&stage),
        grade: String::new(),
    };
    let after = wanted.after::<Cursor>()?.map(|Cursor(region, name)| (region, name));
    let entries = rows::list(on, &service.code, &asked, after, wanted.fetch()).await?;
    let slice = Slice::cut(entries, &wanted, |entry| format!("{}.{}", entry.region, entry.name));
    let slice = slice.map(|entry| {
        let place = RegionCode::from_stored(entry.region).map(|code| divisions.full_name(code)).unwrap_or_default();
        (entry, place)
    });
    let all = rows::all_of(on, &service.code, Some(&Asked::within(place))).await?;
    let contents: Vec<Content> = all.iter().filter_map(Content::of).collect();
    let lines: Vec<PublishedLine> = published::lines(on, &service.code, f.lang).await?;
    let towns = divisions.towns(place);
    let open = proposing::open(&app, &me, (service, place), (&contents, &towns), &lines).await?;
    let compared = compare(service, &contents, (place, day), &towns, &lines);
    let named = |code: &RegionCode| (code.short(), divisions.full_name(*code));
    let below = divisions.below(place).into_iter().map(|(code, _)| named(&code));
    let mut choices: Vec<(String, String)> = tops.iter().map(named).chain(below).collect();
    if !choices.iter().any(|(code, _)| *code == place.short()) {
        choices.push(named(&place));
    }
    page(&RegisterPage {
        f,
        service,
        words,
        stage,
        place: place.short(),
        place_name: divisions.full_name(place),
        tops: choices,
        day,
        compared,
        open,
        proposed: text("proposed").parse().ok(),
        slice,
    })
}

/// Where the list goes on: place and name.
struct Cursor(i64, String);

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (region, name) = text.split_once('.').ok_or(())?;
        Ok(Self(region.parse().map_err(|_| ())?, name.to_owned()))
    }
}

async fn template(
    f: Frame,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let bytes = super::sheet::template(service, f.lang).map_err(Error::fault)?;
    let name = format!("{}{}.xlsx", service.name.get(f.lang), f.lang.t("登记模板", " template"));
    Ok(download::file(bytes, imports::XLSX, &name))
}

/// The whole register of one's places, with what only the office may see.
async fn sheet(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
) -> Result<Response> {
    let service = service_of(&catalogue, &kind)?;
    let asked = Asked { regions: places(&me), ..Asked::default() };
    let entries = rows::all_of(app.store.reader(), &service.code, Some(&asked)).await?;
    let found: Vec<Found> = fitting(service, entries, &Wish::default(), moment(&app));
    super::api::sheet(service, &found, Format::Xlsx, f.lang, false).await
}
