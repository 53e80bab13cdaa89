//! The timeline of a project on a page and in the API.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::{Datelike, NaiveDate};
use kernel::{Lang, Permission, RegionCode, Text};
use ledger::entries::View;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Frame, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components, page};

use super::{Happening, What, of_project};
use crate::project::Found;

const ENTER: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] =
    &[Route::get("/office/projects/{id}/timeline", ENTER), Route::get("/api/v1/projects/{id}/timeline", ENTER)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new().route("/office/projects/{id}/timeline", get(show)).routes(routes!(list_by_api));
    Step { router, routes: ROUTES }
}

/// What is asked for.
#[derive(Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct Asked {
    /// A division code; the programme's own place when left out.
    region: String,
    /// `programme`, `target`, `plan`, `return`, `figure`, `light`, `milestone`, `adjustment`, `order`, `bottleneck`, `task`,
    /// `inspection`.
    what: String,
    /// As it was known at the end of this day.
    on: Option<NaiveDate>,
}

impl Asked {
    fn region(&self, top: RegionCode) -> RegionCode {
        self.region.parse().ok().filter(|region| top.contains(*region)).unwrap_or(top)
    }

    async fn read(&self, app: &App, found: &Found) -> Result<Vec<Happening>> {
        let region = self.region(found.outline.region());
        let view = View { known: self.on, ..View::default() };
        let mut all = of_project(app.store.reader(), &found.outline, found.project.id, region, view).await?;
        if let Some(what) = What::parse(&self.what) {
            all.retain(|one| one.what == what);
        }
        Ok(all)
    }
}

/// The happenings of one month.
struct Month {
    name: String,
    happenings: Vec<Happening>,
}

#[derive(Template)]
#[template(path = "timeline/page.html")]
struct TimelinePage {
    f: Frame,
    found: Found,
    asked: Asked,
    places: Vec<(String, String)>,
    months: Vec<Month>,
    count: usize,
}

impl TimelinePage {
    fn programme_address(&self) -> String {
        format!("/office/programmes/{}", self.found.outline.programme.slug)
    }

    fn address(&self) -> String {
        format!("/office/projects/{}/timeline", self.found.project.id)
    }

    fn sheet_address(&self) -> String {
        self.f.with_query("format", "xlsx").replacen("/office/projects/", "/api/v1/projects/", 1)
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部", "All").to_owned());
        std::iter::once(all).chain(components::choices(&self.f, What::ALL, What::code, What::name)).collect()
    }

    fn on(&self) -> String {
        self.asked.on.map(|day| day.to_string()).unwrap_or_default()
    }
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(mut asked): Query<Asked>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let on = app.store.reader();
    let (top, year) = (found.outline.region(), found.outline.programme.year);
    let mut places = vec![(top.short(), ledger::regions::name_in(on, top, year).await?)];
    let below = ledger::regions::children(on, top, year).await?;
    places.extend(below.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?.short(), row.name))));
    let all = asked.read(&app, &found).await?;
    asked.region = asked.region(top).short();
    let count = all.len();
    let mut months: Vec<Month> = Vec::new();
    for one in all {
        let name = match f.lang {
            Lang::Zh => format!("{}年{}月", one.day.year(), one.day.month()),
            Lang::En => one.day.format("%B %Y").to_string(),
        };
        match months.last_mut().filter(|month| month.name == name) {
            Some(month) => month.happenings.push(one),
            None => months.push(Month { name, happenings: vec![one] }),
        }
    }
    page(&TimelinePage { f, found, asked, places, months, count })
}

/// One thing that happened to a project.
#[derive(Serialize, utoipa::ToSchema)]
struct HappeningDetails {
    day: NaiveDate,
    /// Unix milliseconds, where the instant is known.
    at_ms: Option<i64>,
    /// `programme`, `target`, `plan`, `return`, `figure`, `light`, `milestone`, `adjustment`, `order`, `bottleneck`, `task`,
    /// `inspection`.
    what: &'static str,
    title: String,
    title_en: String,
    words: String,
    who: String,
    /// The page where it is told.
    link: Option<String>,
}

impl From<Happening> for HappeningDetails {
    fn from(one: Happening) -> Self {
        Self {
            day: one.day,
            at_ms: one.at_ms,
            what: one.what.code(),
            title: one.title.zh,
            title_en: one.title.en,
            words: one.words,
            who: one.who,
            link: one.link,
        }
    }
}

impl Row for HappeningDetails {
    fn file_name() -> Text {
        Text::new("项目时间线", "timeline")
    }

    fn headings() -> Vec<Text> {
        [("日期", "day"), ("类别", "what"), ("事项", "title"), ("内容", "words"), ("办理", "who"), ("页面", "page")]
            .map(|(zh, en)| Text::new(zh, en))
            .to_vec()
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let what = What::parse(self.what).map(|what| what.name().get(lang).to_owned());
        vec![
            self.day.into(),
            what.into(),
            lang.t(&self.title, &self.title_en).into(),
            self.words.as_str().into(),
            self.who.as_str().into(),
            self.link.clone().into(),
        ]
    }
}

/// Everything that happened to a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{id}/timeline", tag = "chase", params(("id" = Uuid, Path), Paging, Asked),
    responses((status = 200, body = Slice<HappeningDetails>), (status = 404, body = ProblemDetails)))]
async fn list_by_api(
    Shared(app): Shared<App>,
    me: SignedIn,
    wanted: Wanted,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let all = asked.read(&app, &found).await?;
    Slice::of_all(all, &wanted)?.map(HappeningDetails::from).reply(&wanted).await
}
