//! The page where a finished site is checked line by line, and what earlier checks found.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Permission, Problem};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use store::audit::sm3_hex;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Error, Frame, Path, Result, Route, SignedIn, Step, components, page_with};

use super::rules::{self, LONGEST, Line, Outcome};
use super::store::{self as checks, NewCheck};
use super::tables::site_checks;
use crate::catalogue::Catalogue;
use crate::sites::page::none;
use crate::sites::store as sites;
use crate::sites::tables::sites::Model as Site;

const ROUTES: &[Route] = &[
    Route::get("/office/site/{id}/acceptance", Access::Needs(Permission::EnterOffice)),
    Route::post("/office/site/{id}/acceptance", Access::Needs(Permission::ReviewReturns)),
];

/// Routes and their list.
pub(crate) fn step(catalogue: Arc<Catalogue>) -> Step {
    let router =
        OpenApiRouter::new().route("/office/site/{id}/acceptance", get(show).post(judge)).layer(Extension(catalogue));
    Step { router, routes: ROUTES }
}

/// What was typed, by the names of the fields.
type Typed = BTreeMap<String, String>;

#[derive(Template)]
#[template(path = "acceptance/page.html")]
struct AcceptancePage {
    f: Frame,
    ground: Ground,
    may_judge: bool,
    checks: Vec<site_checks::Model>,
    key: Uuid,
    /// As it stands in the form's field.
    today: String,
    typed: Typed,
    problem: Option<Problem>,
}

/// A site with what is looked at there.
struct Ground {
    site: Site,
    programme: Programme,
    place: String,
    list: Vec<Line>,
}

impl AcceptancePage {
    fn typed(&self, field: &str) -> &str {
        self.typed.get(field).map(String::as_str).unwrap_or_default()
    }

    fn is_ticked(&self, at: &usize, outcome: &Outcome) -> bool {
        self.typed(&format!("outcome-{at}")) == outcome.code()
    }

    fn words(&self, at: &usize) -> &str {
        self.typed(&format!("words-{at}"))
    }

    fn looked_on(&self) -> &str {
        let typed = self.typed("looked_on");
        if typed.is_empty() { &self.today } else { typed }
    }

    /// What is wrong with a line.
    fn trouble(&self, at: &usize) -> Option<&str> {
        let problem = self.problem.as_ref()?;
        let of = |field: &str| problem.for_field(&format!("{field}-{at}"));
        Some(of("outcome").or_else(|| of("words"))?.get(self.f.lang))
    }

    fn seal(&self) -> String {
        seal(&self.ground.list)
    }
}

/// Tells whether a list is still the one that somebody ticked.
fn seal(list: &[Line]) -> String {
    let all: Vec<String> = list.iter().map(|line| format!("{}|{}", line.service, line.says.zh)).collect();
    sm3_hex(all.join("\n"))
}

async fn load(app: &App, catalogue: &Catalogue, me: &SignedIn, id: Uuid) -> Result<Ground> {
    let on = app.store.reader();
    let site = sites::find(on, id).await?.filter(|site| !site.withdrawn).ok_or_else(none)?;
    me.require(Permission::EnterOffice, Some(site.region()))?;
    let programme = programmes::with_key(on, site.programme_id).await?.ok_or_else(none)?;
    let indicator = match site.indicator_id {
        Some(id) => programmes::indicators_among(on, &[id]).await?.into_iter().next(),
        None => None,
    };
    let services = indicator.map(|row| row.services).unwrap_or_default();
    let list = rules::checklist(catalogue, &services, &site.kind);
    let names = ledger::regions::names(on, [site.region()], programme.year).await?;
    let place = names.get(&site.region()).cloned().unwrap_or_default();
    Ok(Ground { site, programme, place, list })
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(id): Path<Uuid>,
) -> Result<Response> {
    let ground = load(&app, &catalogue, &me, id).await?;
    render(&app, f, &me, ground, Typed::new(), None).await
}

async fn render(
    app: &App,
    f: Frame,
    me: &SignedIn,
    ground: Ground,
    typed: Typed,
    problem: Option<Problem>,
) -> Result<Response> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| Error::from(problem.clone()).status());
    let shown = AcceptancePage {
        may_judge: me.allows(Permission::ReviewReturns, Some(ground.site.region())),
        checks: checks::of_site(app.store.reader(), ground.site.id).await?,
        key: Uuid::now_v7(),
        today: app.store.clock().today().to_string(),
        f,
        ground,
        typed,
        problem,
    };
    page_with(status, &shown)
}

async fn judge(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Extension(catalogue): Extension<Arc<Catalogue>>,
    Path(id): Path<Uuid>,
    Checked(typed): Checked<Typed>,
) -> Result<Response> {
    let ground = load(&app, &catalogue, &me, id).await?;
    me.require(Permission::ReviewReturns, Some(ground.site.region()))?;
    match Error::mendable(write(&app, &me, &ground, &typed).await)? {
        Ok(()) => Ok(Redirect::to(&format!("/office/site/{id}/acceptance")).into_response()),
        Err(problem) => render(&app, f, &me, ground, typed, Some(problem)).await,
    }
}

async fn write(app: &App, me: &SignedIn, ground: &Ground, typed: &Typed) -> Result<()> {
    let field = |name: &str| typed.get(name).cloned().unwrap_or_default();
    if field("list") != seal(&ground.list) {
        return Err(Problem::conflict(
            "清单刚刚改过，请对照新的清单重新填写",
            "The list has just changed: fill in the new one",
        )
        .into());
    }
    let found = rules::read(&ground.list, |at| (field(&format!("outcome-{at}")), field(&format!("words-{at}"))))?;
    let day = field("looked_on").parse::<NaiveDate>();
    let day =
        day.map_err(|_| Problem::field("looked_on", "请写成 2024-06-30 这样的日期", "Write a day such as 2024-06-30"))?;
    let new = NewCheck { id: field("key").parse().unwrap_or_else(|_| Uuid::now_v7()), looked_on: day, found };
    checks::write(&app.store, &me.actor(), &me.display_name, &ground.site, &new).await?;
    Ok(())
}
