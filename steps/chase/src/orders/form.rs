//! Raising an order by hand, or the next step after one: the form, and the same by API.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::ladder::{OrderKind, Rung};
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::programmes::Outline;
use people::store::organisations;
use people::tables::organisations::Model as Organisation;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::{
    Access, App, Checked, Error, Frame, Json, Path, ProblemDetails, Query, Result, Route, SignedIn, Step, components,
    page, page_with, refusal,
};

use super::shown::OrderDetails;
use super::{NewOrder, Origin, person, raise};
use crate::rules::ladder::due;
use crate::store::orders;
use crate::tables::orders::Model as Order;
use crate::words::Party;

const RAISE: Access = Access::Needs(Permission::RaiseOrders);

const ROUTES: &[Route] = &[
    Route::get("/office/orders/new", RAISE),
    Route::post("/office/orders/new", RAISE),
    Route::post("/api/v1/programmes/{slug}/orders", RAISE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new().route("/office/orders/new", get(ask).post(send)).routes(routes!(raise_by_api));
    Step { router, routes: ROUTES }
}

/// The most bodies that a form offers.
const MOST_BODIES: u64 = 2_000;

/// What people fill in.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrderFields {
    pub(crate) programme: String,
    /// The order whose place it takes; empty for a first one.
    pub(crate) previous: String,
    /// The key of this form: sent twice, it raises one order.
    pub(crate) once: String,
    pub(crate) kind: String,
    pub(crate) project: String,
    pub(crate) indicator: String,
    pub(crate) region: String,
    pub(crate) organisation: String,
    pub(crate) title: String,
    pub(crate) demand: String,
    pub(crate) due_on: String,
    pub(crate) skip_reason: String,
}

impl OrderFields {
    fn read(&self) -> Result<NewOrder, Problem> {
        let key = |field: &str, text: &str, zh: &str, en: &str| {
            text.trim().parse::<Uuid>().map_err(|_| Problem::field(field, zh, en))
        };
        let origin = match self.previous.trim() {
            "" => Origin::Form(key("once", &self.once, "表单已过期，请刷新", "The form is stale: reload")?),
            previous => Origin::Next(key("previous", previous, "没有要升级的督办", "There is no such order")?),
        };
        let indicator = match self.indicator.trim() {
            "" => None,
            text => Some(key("indicator", text, "请选择指标", "Choose an indicator")?),
        };
        let region = typed::region("region", &self.region)?;
        let due_on = typed::optional_day("due_on", &self.due_on)?;
        Ok(NewOrder {
            origin,
            kind: OrderKind::parse(&self.kind)
                .ok_or_else(|| Problem::field("kind", "请选择督办类别", "Choose the kind of order"))?,
            project: key("project", &self.project, "请选择项目", "Choose a project")?,
            indicator,
            region,
            organisation: key("organisation", &self.organisation, "请选择责任单位", "Choose the body")?,
            title: self.title.clone(),
            demand: self.demand.clone(),
            due_on,
            rule: None,
            skip_reason: self.skip_reason.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "orders/form.html")]
struct FormPage {
    f: Frame,
    outline: Outline,
    rungs: Vec<Rung>,
    today: NaiveDate,
    places: BTreeMap<RegionCode, String>,
    bodies: Vec<Organisation>,
    previous: Option<Order>,
    fields: OrderFields,
    problem: Option<Problem>,
}

impl FormPage {
    fn address(&self) -> String {
        format!("/office/programmes/{}", self.outline.programme.slug)
    }

    fn none(&self) -> (String, String) {
        (String::new(), self.f.lang.t("请选择", "Choose").to_owned())
    }

    /// Each step with the last day that it gives.
    fn kinds(&self) -> Vec<(String, String)> {
        let above = |rung: &&Rung| self.previous.as_ref().is_none_or(|previous| rung.kind > previous.kind());
        let named = self.rungs.iter().filter(above).map(|rung| {
            let until = due(rung.term, self.today, Calendar::shipped());
            let (kind, colour) = (rung.kind.name(), rung.colour.name());
            let words = match self.f.lang {
                kernel::Lang::Zh => format!("{}（{}，期限 {until}）", kind.zh, colour.zh),
                kernel::Lang::En => format!("{} ({}, due {until})", kind.en, colour.en),
            };
            (rung.kind.code().to_owned(), words)
        });
        named.collect()
    }

    fn projects(&self) -> Vec<(String, String)> {
        let named = self.outline.projects.iter().map(|project| {
            let number = project.number.map(|number| format!("{number} ")).unwrap_or_default();
            (project.id.to_string(), format!("{number}{}", project.name))
        });
        std::iter::once(self.none()).chain(named).collect()
    }

    fn regions(&self) -> Vec<(String, String)> {
        self.places.iter().map(|(code, name)| (code.short(), name.clone())).collect()
    }

    fn organisations(&self) -> Vec<(String, String)> {
        let named = self.bodies.iter().map(|body| {
            let place = RegionCode::from_stored(body.region).and_then(|code| self.places.get(&code));
            let place = place.map(|name| format!("{name} · ")).unwrap_or_default();
            (body.id.to_string(), format!("{place}{}", body.name))
        });
        std::iter::once(self.none()).chain(named).collect()
    }

    fn subject(&self) -> String {
        let Some(previous) = &self.previous else { return String::new() };
        let project = self.outline.projects.iter().find(|project| project.id == previous.project_id);
        let body = self.bodies.iter().find(|body| body.id == previous.organisation_id);
        let place = self.places.get(&previous.region()).cloned().unwrap_or_default();
        [project.map(|row| row.name.clone()), Some(place), body.map(|row| row.name.clone())]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }

    fn previous_name(&self) -> String {
        self.previous
            .as_ref()
            .map(|order| format!("{} {}", self.f.say(&order.kind().name()), order.numbered()))
            .unwrap_or_default()
    }
}

/// What links to the form say.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    programme: String,
    previous: Option<Uuid>,
    project: String,
    region: String,
}

async fn ask(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mut fields = OrderFields {
        programme: asked.programme,
        once: Uuid::now_v7().to_string(),
        project: asked.project,
        region: asked.region,
        ..OrderFields::default()
    };
    if let Some(previous) = asked.previous {
        fields.previous = previous.to_string();
    }
    let mut form = form(&app, f, &me, fields, None).await?;
    if let Some(previous) = &form.previous {
        form.fields.title.clone_from(&previous.title);
        form.fields.demand.clone_from(&previous.demand);
    }
    page(&form)
}

async fn form(
    app: &App,
    f: Frame,
    me: &SignedIn,
    mut fields: OrderFields,
    problem: Option<Problem>,
) -> Result<FormPage> {
    let outline = plan::authority::outline(app, me, &fields.programme, Permission::RaiseOrders).await?;
    let on = app.store.reader();
    let (top, year) = (outline.region(), outline.programme.year);
    let previous = match fields.previous.parse::<Uuid>() {
        Ok(id) => orders::find(on, id).await?.filter(|order| order.programme_id == outline.programme.id),
        Err(_) => None,
    };
    if let Some(previous) = &previous {
        fields.project = previous.project_id.to_string();
        fields.indicator = previous.indicator_id.map(|id| id.to_string()).unwrap_or_default();
        fields.region = previous.region().short();
        fields.organisation = previous.organisation_id.to_string();
    }
    let below = ledger::regions::children(on, top, year).await?;
    let mut codes: Vec<RegionCode> = below.iter().filter_map(|row| RegionCode::from_stored(row.code)).collect();
    codes.push(top);
    codes.extend(fields.region.parse::<RegionCode>().ok().filter(|place| top.contains(*place)));
    let places = ledger::regions::names(on, codes, year).await?;
    let mut bodies = organisations::list(&app.store, Some(top), None, MOST_BODIES).await?;
    bodies.sort_by(|one, other| (one.region, &one.name).cmp(&(other.region, &other.name)));
    if fields.region.is_empty() {
        fields.region = top.short();
    }
    let rungs = ledger::rules::rule_set(top, year).ladder.says.steps.rungs().to_vec();
    let today = app.store.clock().today();
    Ok(FormPage { f, outline, rungs, today, places, bodies, previous, fields, problem })
}

async fn send(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Checked(fields): Checked<OrderFields>,
) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &fields.programme, Permission::RaiseOrders).await?;
    let to = |order: &Order| Redirect::to(&format!("/office/orders/{}", order.id)).into_response();
    let raised = match fields.read() {
        Ok(new) => {
            // The same form sent twice leads to the order that it raised the first time.
            if let Origin::Form(_) = new.origin
                && let Some(order) = orders::from_origin(app.store.reader(), &new.origin.text()).await?
                && order.programme_id == outline.programme.id
            {
                return Ok(to(&order));
            }
            let by = person::by(&app, &me, Party::Office, outline.region()).await?;
            raise(&app.store, &me.actor(), &by, &outline, &[new]).await
        }
        Err(problem) => Err(problem.into()),
    };
    match Error::mendable(raised)? {
        Ok(raised) => Ok(raised.first().map(to).ok_or_else(|| Error::fault("nothing was raised"))?),
        Err(problem) => page_with(refusal(&problem), &form(&app, f, &me, fields, Some(problem)).await?),
    }
}

/// An order to be raised.
#[derive(Deserialize, utoipa::ToSchema)]
struct OrderBody {
    /// A key of the caller's own: sent twice, one order is raised. Not needed with `previous`.
    once: Option<Uuid>,
    /// The order whose place it takes.
    previous: Option<Uuid>,
    /// `reminder`, `order`, `circular`, `talk`, `assessment`.
    kind: String,
    project: Uuid,
    indicator: Option<Uuid>,
    /// A division code.
    region: String,
    organisation: Uuid,
    title: String,
    demand: String,
    /// The last day; by rule when left out.
    due_on: Option<NaiveDate>,
    /// Why a step of the ladder is skipped; needed where one is.
    skip_reason: Option<String>,
}

impl OrderBody {
    fn read(self) -> Result<NewOrder, Problem> {
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let fields = OrderFields {
            programme: String::new(),
            previous: text(self.previous),
            once: text(self.once.or_else(|| Some(Uuid::now_v7()))),
            kind: self.kind,
            project: self.project.to_string(),
            indicator: text(self.indicator),
            region: self.region,
            organisation: self.organisation.to_string(),
            title: self.title,
            demand: self.demand,
            due_on: self.due_on.map(|day| day.to_string()).unwrap_or_default(),
            skip_reason: self.skip_reason.unwrap_or_default(),
        };
        fields.read()
    }
}

/// Raises an order.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/orders", tag = "chase", request_body = OrderBody,
    params(("slug" = String, Path)),
    responses((status = 201, body = OrderDetails), (status = 403, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn raise_by_api(
    Shared(app): Shared<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<OrderBody>,
) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &slug, Permission::RaiseOrders).await?;
    let by = person::by(&app, &me, Party::Office, outline.region()).await?;
    let raised = raise(&app.store, &me.actor(), &by, &outline, &[body.read()?]).await?;
    let details = OrderDetails::all(app.store.reader(), &raised, app.store.clock().today()).await?.remove(0);
    let location = [(axum::http::header::LOCATION, format!("/api/v1/orders/{}", details.id))];
    Ok((StatusCode::CREATED, location, axum::Json(details)).into_response())
}
