//! The public page of a site: what is done here, by whom, until when, with what money, and what is near.

use askama::Template;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use files::tables::evidence::Model as Evidence;
use kernel::{Problem, RegionCode};
use ledger::programmes;
use ledger::rules::Light;
use ledger::search::{indicator_path, programme_path};
use ledger::tables::indicators::Model as Indicator;
use ledger::tables::programmes::Model as Programme;
use ledger::tables::projects::Model as Project;
use maps::{Shape, geojson};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::{self, EvidenceList};
use web::{Access, App, Frame, Path, Result, Route, Step, components, page};

use super::shown::{self, Listed};
use super::tables::sites::Model;
use super::words::Stage;
use super::{Answering, Content, rules, store};
use crate::acceptance::store as checks;
use crate::acceptance::tables::site_checks::Model as Check;
use crate::map::{Atlas, Canvas, Locator, Snapshot};

/// What evidence of a site is called.
pub(crate) const SUBJECT: &str = "site";

/// Sites nearby that the page names.
const NEARBY: usize = 5;

/// Of these, those with which the map opens, so that it is never one sign on bare paper.
const IN_SIGHT: usize = 3;

const ROUTES: &[Route] = &[Route::get("/sites/{id}", Access::Public), Route::get("/s/{code}", Access::Public)];

/// Routes and their list.
pub(crate) fn step(atlas: &Atlas) -> Step {
    let router = OpenApiRouter::new()
        .route("/sites/{id}", get(by_key))
        .route("/s/{code}", get(show))
        .layer(Extension(atlas.clone()));
    Step { router, routes: ROUTES }
}

pub(crate) fn none() -> Problem {
    Problem::not_found(
        "没有这个点位。请核对编码，或在地图上查找",
        "There is no such site: check the code, or look on the map",
    )
}

/// The site with this code, if its programme is public.
pub(crate) async fn public(app: &App, code: &str) -> Result<(Model, Programme)> {
    let on = app.store.reader();
    let code = rules::read_code(code).ok_or_else(none)?;
    let row = store::with_code(on, &code).await?.filter(|row| !row.withdrawn).ok_or_else(none)?;
    let programme = programmes::with_key(on, row.programme_id).await?;
    let programme = programme.filter(|programme| programme.published).ok_or_else(none)?;
    Ok((row, programme))
}

async fn by_key(State(app): State<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let row = store::find(app.store.reader(), id).await?.ok_or_else(none)?;
    public(&app, &row.code).await?;
    Ok(Redirect::to(&row.address_of_page()).into_response())
}

/// One state of a site, for everybody: no names of persons.
struct Earlier {
    at_ms: i64,
    stage: String,
    due: Option<NaiveDate>,
    moved: bool,
}

#[derive(Template)]
#[template(path = "sites/page.html")]
struct SitePage {
    f: Frame,
    row: Model,
    programme: Programme,
    project: Project,
    indicator: Option<Indicator>,
    place: String,
    bodies: Vec<String>,
    light: components::Light,
    pictures: EvidenceList,
    has_pictures: bool,
    earlier: Vec<Earlier>,
    nearby: Vec<Listed>,
    attributes: Vec<(String, String)>,
    point: Option<(String, String)>,
    /// Its line or area in WGS 84.
    shape: Option<Shape>,
    canvas: Option<Canvas>,
    /// Where in its county it lies.
    locator: Option<Locator>,
    /// The check that stands.
    check: Option<Check>,
}

impl SitePage {
    fn steps(&self) -> Vec<(String, bool, bool)> {
        let stage = self.row.stage();
        let way = [
            Stage::Planned,
            if stage == Stage::Stopped { Stage::Stopped } else { Stage::Building },
            Stage::Finished,
            Stage::InUse,
        ];
        way.into_iter().map(|one| (one.name().get(self.f.lang).to_owned(), one == stage, one < stage)).collect()
    }

    fn quantity(&self) -> String {
        let number = shown::number(self.row.quantity());
        let unit = self.indicator.as_ref().map(|indicator| indicator.unit.as_str()).unwrap_or_default();
        if number.is_empty() { number } else { format!("{number} {unit}") }
    }

    fn money(&self) -> String {
        let number = shown::number(self.row.money());
        if number.is_empty() { number } else { format!("{number} {}", self.f.lang.t("万元", "10,000 yuan")) }
    }

    /// What a line or area measures, to no more than two figures behind the point.
    fn extent(&self) -> Option<String> {
        match self.shape.as_ref()? {
            Shape::Point(_) => None,
            Shape::Lines(lines) => {
                let metres = lines.iter().map(|line| maps::shape::length(line)).sum::<f64>();
                let (zh, en) = ("线状，长约", "A line of about");
                Some(format!("{} {}", self.f.lang.t(zh, en), shown::distance(self.f.lang, metres)))
            }
            Shape::Area(parts) => {
                let hectares = parts.iter().map(maps::polygon::area).sum::<f64>() / 10_000.0;
                let (zh, en) = ("面状，约", "An area of about");
                let size = if hectares < 10.0 { format!("{hectares:.2}") } else { format!("{hectares:.0}") };
                Some(format!("{} {size} {}", self.f.lang.t(zh, en), self.f.lang.t("公顷", "hectares")))
            }
        }
    }

    fn indicator_path(&self) -> Option<(String, String)> {
        let indicator = self.indicator.as_ref()?;
        Some((indicator_path(&self.programme.slug, indicator.number), indicator.name.clone()))
    }

    fn map_path(&self) -> String {
        let programme = web::listing::escape(&self.programme.slug);
        match &self.point {
            Some((lng, lat)) => format!("/map?programme={programme}#map=15/{lat}/{lng}"),
            None => format!("/map?programme={programme}"),
        }
    }

    fn programme_path(&self) -> String {
        programme_path(&self.programme.slug)
    }

    fn heading(&self) -> &str {
        self.programme.title_in(self.f.lang)
    }
}

async fn show(
    State(app): State<App>,
    f: Frame,
    Extension(atlas): Extension<Atlas>,
    Path(code): Path<String>,
) -> Result<Response> {
    let (row, programme) = public(&app, &code).await?;
    if code != row.code {
        return Ok(Redirect::to(&row.address_of_page()).into_response());
    }
    let on = app.store.reader();
    let today = app.store.clock().today();
    let missing = || web::Error::fault(format!("site {} has no project", row.id));
    let answering = Answering::load(on, std::slice::from_ref(&row)).await?;
    let project = answering.project(&row).cloned().ok_or_else(missing)?;
    let indicator = match row.indicator_id {
        Some(id) => programmes::indicators_among(on, &[id]).await?.into_iter().next(),
        None => None,
    };
    let files: Vec<Evidence> = files::store::of_subjects(on, SUBJECT, &[row.id]).await?;
    let snapshot = atlas.now(&app.store).await?;
    let nearby = nearby(&app, &f, &snapshot, &row, today).await?;
    let county = snapshot.boundaries.around(row.region().at(kernel::Level::County));
    let shape = row.shape.as_deref().and_then(geojson::parse_geometry);
    let shown = SitePage {
        place: place_name(&app, row.region(), programme.year).await?,
        bodies: answering.bodies(&row, today),
        light: shown::light(f.lang, row.light(today)),
        pictures: evidence::public_list(&f, &files),
        has_pictures: files.iter().any(|file| file.public),
        earlier: earlier(&app, &f, &row).await?,
        attributes: row.attributes().into_iter().collect(),
        point: row.point().map(|point| (format!("{:.6}", point.lng), format!("{:.6}", point.lat))),
        canvas: row.point().map(|at| {
            let canvas = Canvas::of_one(&f, at).sites("");
            let outline = row.shape.as_deref().zip(shape.as_ref());
            let canvas = match outline {
                Some((text, shape)) => canvas.shape(text, shape.bounds()),
                None => canvas,
            };
            let own = (at, row.code.as_str(), row.name.as_str(), row.light(today).map_or("none", Light::code));
            let others = nearby.iter().take(IN_SIGHT).filter_map(Listed::neighbour);
            canvas.among(&std::iter::once(own).chain(others).collect::<Vec<_>>())
        }),
        locator: county.zip(row.point()).and_then(|(county, at)| Locator::of(&f, county, at)),
        check: checks::latest(on, row.id).await?,
        shape,
        nearby,
        project,
        indicator,
        row,
        programme,
        f,
    };
    page(&shown)
}

/// The place with the county above it.
async fn place_name(app: &App, region: RegionCode, year: i32) -> Result<String> {
    let lineage: Vec<_> = region.lineage().filter(|code| code.level() != kernel::Level::Province).collect();
    let names = ledger::regions::names(app.store.reader(), lineage.iter().copied(), year).await?;
    let names: Vec<_> = lineage.iter().filter_map(|code| names.get(code).map(String::as_str)).collect();
    Ok(names.join(" "))
}

async fn earlier(app: &App, f: &Frame, row: &Model) -> Result<Vec<Earlier>> {
    let states = store::versions_of(app.store.reader(), row.id).await?;
    let read: Vec<_> = states
        .iter()
        .filter_map(|state| Some((state.at_ms, serde_json::from_str::<Content>(&state.content).ok()?)))
        .collect();
    let line = |(at, (at_ms, content)): (usize, &(i64, Content))| Earlier {
        at_ms: *at_ms,
        stage: content.stage.name().get(f.lang).to_owned(),
        due: content.due_on,
        moved: read.get(at + 1).is_some_and(|(_, before)| before.due_on.is_some() && before.due_on != content.due_on),
    };
    Ok(read.iter().enumerate().map(line).collect())
}

async fn nearby(app: &App, f: &Frame, snapshot: &Snapshot, row: &Model, today: NaiveDate) -> Result<Vec<Listed>> {
    let Some(point) = row.point() else { return Ok(Vec::new()) };
    let own = snapshot.number_of(row.id);
    let found = snapshot.index.nearest(point, NEARBY, |number| Some(number) != own);
    let found: Vec<_> = found.into_iter().filter(|(_, metres)| *metres < 50_000.0).collect();
    list(app, f, snapshot, today, found.into_iter().map(|(number, metres)| (number, Some(metres)))).await
}

/// Records as lines of a list.
pub(crate) async fn list(
    app: &App,
    f: &Frame,
    snapshot: &Snapshot,
    today: NaiveDate,
    numbers: impl IntoIterator<Item = (u32, Option<f64>)>,
) -> Result<Vec<Listed>> {
    let numbers: Vec<_> = numbers.into_iter().collect();
    let keys: Vec<Uuid> = numbers.iter().map(|(number, _)| snapshot.record(*number).id).collect();
    let on = app.store.reader();
    let rows = store::with_keys(on, &keys).await?;
    let places = ledger::regions::names(on, rows.iter().map(Model::region), i32::MAX).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let number = snapshot.number_of(row.id)?;
            let metres = numbers.iter().find(|(one, _)| *one == number)?.1;
            let project = &snapshot.projects[snapshot.record(number).project as usize].name;
            Some(Listed::of((f.lang, today), row, project, &places, metres))
        })
        .collect())
}
