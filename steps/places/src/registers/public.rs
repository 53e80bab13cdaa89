//! The public pages of services: all kinds by domain; each kind with its published figures and its register, to be
//! searched, narrowed and ordered by distance.
//!
//! Where somebody stands is used for the one answer and kept nowhere.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::NaiveDateTime;
use kernel::{Level, Problem, RegionCode};
use maps::LngLat;
use utoipa_axum::router::OpenApiRouter;
use web::components::Field;
use web::listing::{Slice, Wanted};
use web::{Access, App, Frame, Path, Query, Result, Route, Step, components, page};

use super::nearby::{self, Found, Shown, Wish, fitting};
use super::published::{self, PublishedLine};
use super::store::{self as rows, Asked};
use crate::catalogue::{Catalogue, Domain, Service};
use crate::map::Canvas;

const ROUTES: &[Route] = &[
    Route::get("/services", Access::Public).in_menu("便民服务", "Services"),
    Route::get("/services/{kind}", Access::Public),
];

/// Routes and their list.
pub(super) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router = OpenApiRouter::new()
        .route("/services", get(all))
        .route("/services/{kind}", get(show))
        .layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

/// A kind in the list of all.
struct Line<'a> {
    service: &'a Service,
    entries: i64,
    facts: usize,
}

#[derive(Template)]
#[template(path = "registers/services.html")]
struct ServicesPage<'a> {
    f: Frame,
    words: String,
    groups: Vec<(&'a Domain, Vec<Line<'a>>)>,
    found: usize,
}

async fn all(
    Shared(app): Shared<App>,
    f: Frame,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    let counts = rows::count_by_service(app.store.reader()).await?;
    let words = asked.get("q").map(|words| words.trim().to_owned()).unwrap_or_default();
    let wanted: Vec<String> = words.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |service: &Service| {
        let said = format!(
            "{} {} {} {} {}",
            service.code, service.name.zh, service.name.en, service.about.zh, service.entry.zh
        );
        let said = said.to_lowercase();
        wanted.iter().all(|word| said.contains(word.as_str()))
    };
    let groups = catalogue.domains.iter().map(|domain| {
        let services = catalogue.services.iter().filter(|service| service.domain == domain.code && fits(service));
        let lines: Vec<Line<'_>> = services
            .map(|service| Line {
                service,
                entries: counts.get(&service.code).copied().unwrap_or_default(),
                facts: service.feeds.iter().map(|feed| feed.facts.len()).sum(),
            })
            .collect();
        (domain, lines)
    });
    let groups: Vec<_> = groups.filter(|(_, lines)| !lines.is_empty()).collect();
    let found = groups.iter().map(|(_, lines)| lines.len()).sum();
    page(&ServicesPage { f, words, groups, found })
}

/// What a page of one kind is asked for.
#[derive(Default)]
pub(super) struct KindAsked {
    words: String,
    region: Option<RegionCode>,
    near: Option<RegionCode>,
    here: Option<LngLat>,
    open: bool,
    grade: String,
    with: BTreeMap<String, String>,
}

impl KindAsked {
    /// What does not exist filters nothing out by itself: a code that is none is no filter, as in an old bookmark.
    pub(super) fn read(service: &Service, query: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| query.get(name).map(|text| text.trim()).unwrap_or_default();
        let degrees = |name: &str| text(name).parse::<f64>().ok();
        let here = degrees("lng").zip(degrees("lat")).map(|(lng, lat)| LngLat::new(lng, lat));
        let with = nearby::filters(service).filter_map(|attribute| {
            let value = text(&format!("a-{}", attribute.key));
            let known = attribute.choices().iter().any(|one| one.key == value) || matches!(value, "yes" | "no");
            known.then(|| (attribute.key.clone(), value.to_owned()))
        });
        Self {
            words: text("q").chars().take(50).collect(),
            region: text("region").parse().ok(),
            near: text("near").parse().ok(),
            here: here.filter(|here| here.is_on_globe()),
            open: text("open") == "1",
            grade: service.grade(text("grade")).map(|grade| grade.key.clone()).unwrap_or_default(),
            with: with.collect(),
        }
    }

    fn value(&self, key: &str) -> &str {
        self.with.get(key).map(String::as_str).unwrap_or_default()
    }
}

/// The entries that are asked for, in the order of use; and the point from which they were measured.
pub(super) async fn found(
    app: &App,
    service: &Service,
    asked: &KindAsked,
    moment: NaiveDateTime,
) -> Result<(Vec<Found>, Option<LngLat>)> {
    let on = app.store.reader();
    let filter = Asked {
        regions: asked.region.map(rows::range).into_iter().collect(),
        words: asked.words.clone(),
        grade: asked.grade.clone(),
        stage: None,
    };
    let near = match (asked.here, asked.near) {
        (Some(here), _) => Some(here),
        (None, Some(town)) => rows::centre(on, town).await?.map(|(lng, lat)| LngLat::from_e7(lng, lat)),
        (None, None) => None,
    };
    let entries = rows::all_of(on, &service.code, Some(&filter)).await?;
    let wish = Wish { open: asked.open, with: asked.with.clone(), near };
    Ok((fitting(service, entries, &wish, moment), near))
}

/// What the clock on a wall in China shows.
pub(super) fn moment(app: &App) -> NaiveDateTime {
    app.store.clock().now().with_timezone(&kernel::clock::china_offset()).naive_local()
}

/// The service that an address names.
///
/// # Errors
/// Not found.
pub(super) fn service_of<'a>(catalogue: &'a Catalogue, kind: &str) -> Result<&'a Service> {
    let missing = || {
        Problem::not_found(
            "没有这类服务，可从“便民服务”查找",
            "There is no such service: look through the list of services",
        )
    };
    Ok(catalogue.find(kind).ok_or_else(missing)?)
}

#[derive(Template)]
#[template(path = "registers/service.html")]
struct ServicePage<'a> {
    f: Frame,
    catalogue: &'a Catalogue,
    service: &'a Service,
    asked: KindAsked,
    /// The places that have entries, with their numbers: counties to narrow by, towns to be near to.
    counties: Vec<(String, String)>,
    towns: Vec<(String, String)>,
    /// The codes that are chosen; empty where none is.
    region: String,
    near: String,
    slice: Slice<Shown>,
    /// The map; none where no entry that is asked for has a point.
    canvas: Option<Canvas>,
    found: usize,
    whole: i64,
    measured: bool,
    lines: Vec<PublishedLine>,
}

impl ServicePage<'_> {
    fn grades(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部等级", "All grades").to_owned());
        let grades = self.service.grades.iter().map(|grade| (grade.key.clone(), self.f.say(&grade.name).to_owned()));
        std::iter::once(all).chain(grades).collect()
    }

    fn hours(&self) -> Option<String> {
        self.service.hours.as_ref().map(|hours| hours.print(self.f.lang))
    }

    fn filters(&self) -> Vec<Field> {
        let all = || (String::new(), self.f.lang.t("不限", "any").to_owned());
        nearby::filters(self.service)
            .map(|attribute| {
                let yes = [("yes", self.f.lang.t("是", "yes")), ("no", self.f.lang.t("否", "no"))];
                let mut options = vec![all()];
                if attribute.choices().is_empty() {
                    options.extend(yes.map(|(key, name)| (key.to_owned(), name.to_owned())));
                } else {
                    options.extend(
                        attribute.choices().iter().map(|one| (one.key.clone(), self.f.say(&one.name).to_owned())),
                    );
                }
                let name = format!("a-{}", attribute.key);
                components::field(&name, self.f.say(&attribute.name))
                    .options(options)
                    .value(self.asked.value(&attribute.key))
            })
            .collect()
    }

    fn region(&self) -> &str {
        &self.region
    }

    fn near(&self) -> &str {
        &self.near
    }

    fn archetypes(&self) -> String {
        let names = self.service.archetypes.iter().filter_map(|code| self.catalogue.archetype(code));
        names.map(|one| self.f.say(&one.name)).collect::<Vec<_>>().join(self.f.lang.t("、", ", "))
    }

    fn sheet_address(&self, workbook: bool) -> String {
        let format = if workbook { "xlsx" } else { "csv" };
        format!("/api/v1/services/{}/entries?format={format}&{}", self.service.slug, self.f.query())
    }
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(kind): Path<String>,
    wanted: Wanted,
    Query(query): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    if let Some(kind) = kind.strip_suffix(".geojson") {
        return geojson(&app, service_of(&catalogue, kind)?, &query).await;
    }
    let service = service_of(&catalogue, &kind)?;
    let (on, moment) = (app.store.reader(), moment(&app));
    let asked = KindAsked::read(service, &query);
    let (found, near) = found(&app, service, &asked, moment).await?;
    let count = found.len();
    let canvas = nearby::bounds(&found).map(|bounds| {
        Canvas::of_many(&f, bounds).points(format!("/services/{}.geojson?{}", service.slug, f.query())).here(asked.here)
    });
    let slice = Slice::of_all(found, &wanted)?;
    let regions = rows::counts_by_region(on, &service.code).await?;
    let year = chrono::Datelike::year(&moment);
    let known = regions.keys().filter_map(|code| RegionCode::from_stored(*code));
    let known = known.flat_map(RegionCode::lineage).chain(nearby::named_regions(&slice.items));
    let names = ledger::regions::names(on, known, year).await?;
    let whole = regions.values().sum();
    let (counties, towns) = places(&regions, &names, &f);
    let slice = slice.map(|one| nearby::shown(service, &one, &names, moment, f.lang));
    let lines = published::lines(on, &service.code, f.lang).await?;
    page(&ServicePage {
        region: asked.region.map(RegionCode::short).unwrap_or_default(),
        near: asked.near.map(RegionCode::short).unwrap_or_default(),
        measured: near.is_some(),
        catalogue: &catalogue,
        f,
        service,
        asked,
        counties,
        towns,
        slice,
        canvas,
        found: count,
        whole,
        lines,
    })
}

/// Value and words of each choice.
type Choices = Vec<(String, String)>;

/// Code and name of the counties and towns that have entries, each with how many.
fn places(
    counts: &std::collections::HashMap<i64, i64>,
    names: &BTreeMap<RegionCode, String>,
    f: &Frame,
) -> (Choices, Choices) {
    let at_level = |level: Level| {
        let mut sums = BTreeMap::<RegionCode, i64>::new();
        for (code, count) in counts {
            let Some(code) = RegionCode::from_stored(*code).filter(|code| code.level() >= level) else { continue };
            *sums.entry(code.at(level)).or_default() += count;
        }
        let all = (String::new(), f.lang.t("不限", "any").to_owned());
        let named =
            sums.into_iter().map(|(code, count)| (code.short(), format!("{}（{count}）", nearby::place(code, names))));
        std::iter::once(all).chain(named).collect::<Vec<_>>()
    };
    (at_level(Level::County), at_level(Level::Town))
}

/// The entries with a point as GeoJSON, in WGS 84: for our map and anybody else's.
async fn geojson(app: &App, service: &Service, query: &BTreeMap<String, String>) -> Result<Response> {
    let moment = moment(app);
    let (found, _) = found(app, service, &KindAsked::read(service, query), moment).await?;
    let features: Vec<serde_json::Value> = found
        .iter()
        .filter_map(|one| {
            let point = nearby::point(&one.row)?;
            let mut properties = serde_json::json!({
                "service": service.code, "kind": service.slug, "name": one.content.name, "address": one.content.address,
                "region": one.content.region.short(), "stage": one.content.stage, "demo": one.row.demo,
                "open": one.state.map(crate::hours::State::is_open),
                "hours": one.content.open_hours(service).map(|hours| hours.to_string()),
            });
            if let Some(properties) = properties.as_object_mut() {
                for attribute in service.public_attributes() {
                    if let Some(kept) = one.content.values.get(&attribute.key) {
                        properties.insert(attribute.key.clone(), kept.clone().into());
                    }
                }
                if !one.content.grade.is_empty() {
                    properties.insert("grade".to_owned(), one.content.grade.clone().into());
                }
            }
            Some(serde_json::json!({
                "type": "Feature", "id": one.row.id,
                "geometry": { "type": "Point", "coordinates": [point.lng, point.lat] },
                "properties": properties,
            }))
        })
        .collect();
    let collection = serde_json::json!({ "type": "FeatureCollection", "features": features });
    Ok(([(CONTENT_TYPE, "application/geo+json")], collection.to_string()).into_response())
}
