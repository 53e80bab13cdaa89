//! The year's plan on a page: what is inspected when, and what came of it.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Checked, Frame, Query, Result, Route, SignedIn, Step, components, outcome, page};

use super::{NewInspection, plan};
use crate::orders::person;
use crate::store::inspections as rows;
use crate::store::names::{Keys, Names};
use crate::tables::findings::Model as Finding;
use crate::tables::inspections::Model as Inspection;
use crate::words::{FindingState, Method, Party};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const INSPECT: Access = Access::Needs(Permission::Inspect);

const ROUTES: &[Route] = &[Route::get("/office/inspections", ENTER), Route::post("/office/inspections", INSPECT)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/inspections", get(show).post(add)), routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    programme: String,
    title: String,
    project: String,
    region: String,
    method: String,
    planned_on: String,
    scope: String,
    approved_by: String,
}

impl Fields {
    fn read(&self) -> Result<NewInspection, Problem> {
        let region = typed::region("region", &self.region)?;
        let planned_on = typed::day("planned_on", &self.planned_on)?;
        let method = Method::parse(&self.method)
            .ok_or_else(|| Problem::field("method", "请选择督查方式", "Choose the way of looking"))?;
        Ok(NewInspection {
            title: self.title.clone(),
            project: self.project.parse().ok(),
            region,
            method,
            planned_on,
            scope: self.scope.clone(),
            approved_by: self.approved_by.clone(),
        })
    }
}

/// An item of the plan in the list.
struct Item {
    row: Inspection,
    place: String,
    project: String,
    visits: usize,
    open: usize,
    closed: usize,
}

#[derive(Template)]
#[template(path = "inspections/plan.html")]
struct PlanPage {
    f: Frame,
    programmes: Vec<Programme>,
    outline: Option<Outline>,
    items: Vec<Item>,
    places: Vec<(String, String)>,
    today: NaiveDate,
    may_plan: bool,
    asks: bool,
    fields: Fields,
    saved: bool,
    problem: Option<Problem>,
}

impl PlanPage {
    fn programme_choices(&self) -> Vec<(String, String)> {
        self.programmes.iter().map(|row| (row.slug.clone(), row.title_in(self.f.lang).to_owned())).collect()
    }

    fn methods(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Method::ALL, Method::code, Method::name)
    }

    fn projects(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("多个项目", "several projects").to_owned());
        let own = self.outline.iter().flat_map(|outline| &outline.projects);
        std::iter::once(none).chain(own.map(|row| (row.id.to_string(), row.name.clone()))).collect()
    }

    fn slug(&self) -> &str {
        self.outline.as_ref().map(|outline| outline.programme.slug.as_str()).unwrap_or_default()
    }

    fn demo(&self) -> bool {
        self.outline.as_ref().is_some_and(|outline| outline.programme.demo)
    }

    /// Class and word of an item's state.
    fn state(&self, item: &Item) -> (&'static str, &'static str) {
        let (class, zh, en) = match item {
            Item { row, .. } if row.dropped_ms.is_some() => ("", "已取消", "called off"),
            Item { open: 1.., .. } => ("behind", "整改中", "being mended"),
            Item { visits: 1.., .. } => ("done", "已完成", "done"),
            Item { row, .. } if row.planned_on < self.today => ("late", "逾期未查", "overdue"),
            _ => ("", "待开展", "planned"),
        };
        (class, self.f.lang.t(zh, en))
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    programme: String,
    form: Option<String>,
    saved: Option<String>,
}

async fn show(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mut shown = shown(&app, f, &me, Fields { programme: asked.programme, ..Fields::default() }).await?;
    shown.asks = asked.form.is_some();
    shown.saved = asked.saved.is_some();
    page(&shown)
}

async fn shown(app: &App, f: Frame, me: &SignedIn, mut fields: Fields) -> Result<PlanPage> {
    let on = app.store.reader();
    let mut mine = programmes::all(on).await?;
    let scopes = me.scopes(Permission::EnterOffice);
    let near = |top: RegionCode| scopes.iter().any(|scope| scope.contains(&top) || top.contains(*scope.start()));
    mine.retain(|row| near(plan::authority::region(row)));
    mine.sort_by_key(|row| (-row.year, row.region));
    // Unasked, the newest programme in whose plan there is something to see.
    let asked = mine.iter().find(|row| row.slug == fields.programme);
    let seen = match asked {
        Some(_) => BTreeSet::new(),
        None => rows::programmes_seen(on, &person::sight(me)).await?,
    };
    let chosen = asked.or_else(|| mine.iter().find(|row| seen.contains(&row.id))).or_else(|| mine.first()).cloned();
    let outline = match chosen {
        Some(programme) => Some(Outline::load(on, programme).await?),
        None => None,
    };
    let (mut items, mut places, mut may_plan) = (Vec::new(), Vec::new(), false);
    if let Some(outline) = &outline {
        let (top, year) = (outline.region(), outline.programme.year);
        items = listed(app, me, outline).await?;
        may_plan = me.allows(Permission::Inspect, Some(top));
        places.push((top.short(), ledger::regions::name_in(on, top, year).await?));
        let below = ledger::regions::children(on, top, year).await?;
        let named =
            |row: &ledger::tables::regions::Model| Some((RegionCode::from_stored(row.code)?.short(), row.name.clone()));
        places.extend(below.iter().filter_map(named));
        fields.programme.clone_from(&outline.programme.slug);
    }
    let today = app.store.clock().today();
    Ok(PlanPage {
        f,
        programmes: mine,
        outline,
        items,
        places,
        today,
        may_plan,
        asks: false,
        fields,
        saved: false,
        problem: None,
    })
}

/// The items that the viewer may see: all for those who oversee the place, else those that found something of theirs.
async fn listed(app: &App, me: &SignedIn, outline: &Outline) -> Result<Vec<Item>> {
    let on = app.store.reader();
    let programme = outline.programme.id;
    let plan = rows::of_programme(on, programme).await?;
    let visits = rows::visits_of(on, programme).await?;
    let findings = rows::findings_of(on, programme).await?;
    let sight = person::sight(me);
    let mut keys = Keys::default();
    keys.programmes.insert(programme);
    keys.places.extend(plan.iter().map(Inspection::region));
    keys.projects.extend(plan.iter().filter_map(|row| row.project_id));
    let names = Names::load(on, keys).await?;
    let item = |row: Inspection| {
        let own: Vec<&Finding> = findings.iter().filter(|finding| finding.inspection_id == row.id).collect();
        let seen = sight.oversees(row.region) || own.iter().any(|finding| sight.acts_for(finding.organisation_id));
        let closed = own.iter().filter(|finding| finding.state() == FindingState::Closed).count();
        seen.then(|| Item {
            place: names.place(row.region()),
            project: row.project_id.map(|id| names.project(id)).unwrap_or_default(),
            visits: visits.iter().filter(|visit| visit.inspection_id == row.id).count(),
            open: own.len() - closed,
            closed,
            row,
        })
    };
    Ok(plan.into_iter().filter_map(item).collect())
}

async fn add(Shared(app): Shared<App>, f: Frame, me: SignedIn, Checked(fields): Checked<Fields>) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &fields.programme, Permission::Inspect).await?;
    let by = person::by(&app, &me, Party::Supervision, outline.region()).await?;
    let planned = match fields.read() {
        Ok(new) => plan(&app.store, &me.actor(), &by, &outline, &new).await,
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| {
        let shown = shown(&app, f, &me, fields).await?;
        Ok(PlanPage { asks: true, problem: Some(problem), ..shown })
    };
    outcome(planned, |_| format!("/office/inspections?programme={}&saved=1", outline.programme.slug), again).await
}
