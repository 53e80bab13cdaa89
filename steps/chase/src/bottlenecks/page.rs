//! The bottlenecks of a project on a page: what is in the way, who does what about it until when.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::{get, post};
use chrono::NaiveDate;
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::programmes::responsibilities_of;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Frame, Path, Query, Result, Route, SignedIn, Step, components, outcome, page};

use super::{NewBottleneck, NewTask, add_task, finish_task, note, resolve};
use crate::project::Found;
use crate::store::bottlenecks as rows;
use crate::store::names::{Keys, Names};
use crate::tables::bottlenecks::Model as Bottleneck;
use crate::tables::tasks::Model as Task;
use crate::words::Cause;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const WRITE: Access = Access::AnyOf(&[Permission::RaiseOrders, Permission::AnswerOrders]);

const ROUTES: &[Route] = &[
    Route::get("/office/projects/{id}/bottlenecks", ENTER),
    Route::post("/office/projects/{id}/bottlenecks", WRITE),
    Route::post("/office/projects/{id}/tasks", WRITE),
    Route::post("/office/bottlenecks/{id}/resolution", WRITE),
    Route::post("/office/tasks/{id}/completion", WRITE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/projects/{id}/bottlenecks", get(show).post(note_it))
        .route("/office/projects/{id}/tasks", post(add))
        .route("/office/bottlenecks/{id}/resolution", post(resolve_it))
        .route("/office/tasks/{id}/completion", post(finish));
    Step { router, routes: ROUTES }
}

/// Which of the page's forms is open; each has fields of the same names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    #[default]
    None,
    Bottleneck,
    Task,
    Resolution,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    region: String,
    cause: String,
    text: String,
    since: String,
    due_on: String,
    organisation: String,
    bottleneck: String,
    resolution: String,
}

impl Fields {
    fn region(&self) -> Result<RegionCode, Problem> {
        typed::region("region", &self.region)
    }
}

#[derive(Template)]
#[template(path = "bottlenecks/page.html")]
struct BottlenecksPage {
    f: Frame,
    found: Found,
    names: Names,
    bottlenecks: Vec<Bottleneck>,
    tasks: Vec<Task>,
    places: Vec<(RegionCode, String)>,
    /// The bodies that answer for the project.
    bodies: Vec<Uuid>,
    today: NaiveDate,
    form: Form,
    /// The bottleneck whose resolution is asked for.
    resolving: Option<Uuid>,
    fields: Fields,
    saved: bool,
    problem: Option<Problem>,
}

impl BottlenecksPage {
    fn address(&self) -> String {
        format!("/office/projects/{}/bottlenecks", self.found.project.id)
    }

    fn programme_address(&self) -> String {
        format!("/office/programmes/{}", self.found.outline.programme.slug)
    }

    fn causes(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Cause::ALL, Cause::code, Cause::name)
    }

    fn regions(&self) -> Vec<(String, String)> {
        self.places.iter().map(|(code, name)| (code.short(), name.clone())).collect()
    }

    fn open_bottlenecks(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("不针对堵点", "none").to_owned());
        let open = self.bottlenecks.iter().filter(|row| row.resolved_on.is_none());
        std::iter::once(none).chain(open.map(|row| (row.id.to_string(), row.text.clone()))).collect()
    }

    fn organisations(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("本单位", "one's own").to_owned());
        std::iter::once(none).chain(self.bodies.iter().map(|id| (id.to_string(), self.names.body(*id)))).collect()
    }

    fn may_write(&self) -> bool {
        !self.places.is_empty()
    }

    fn writes_at(&self, region: &RegionCode) -> bool {
        self.places.iter().any(|(place, _)| place == region)
    }

    fn is_resolving(&self, id: &Uuid) -> bool {
        self.form == Form::Resolution && self.resolving == Some(*id)
    }

    fn is_late(&self, task: &Task) -> bool {
        task.done_on.is_none() && task.due_on < self.today
    }

    fn days(&self, row: &Bottleneck) -> i64 {
        (row.resolved_on.unwrap_or(self.today) - row.since).num_days()
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    form: Form,
    bottleneck: Option<Uuid>,
    saved: Option<String>,
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let today = app.store.clock().today().to_string();
    let fields = Fields { since: today, ..Fields::default() };
    let mut shown = shown(&app, f, &me, found, fields).await?;
    shown.form = asked.form;
    shown.resolving = asked.bottleneck;
    shown.saved = asked.saved.is_some();
    page(&shown)
}

async fn shown(app: &App, f: Frame, me: &SignedIn, found: Found, fields: Fields) -> Result<BottlenecksPage> {
    let on = app.store.reader();
    let bottlenecks = rows::bottlenecks_of(on, found.outline.programme.id, Some(found.project.id)).await?;
    let tasks = rows::tasks_of(on, found.project.id).await?;
    let answering = responsibilities_of(on, found.project.id).await?;
    let mut bodies: Vec<Uuid> =
        answering.iter().filter(|row| row.valid_to.is_none()).filter_map(|row| row.organisation_id).collect();
    bodies.sort_unstable();
    bodies.dedup();
    let mut keys = Keys::default();
    keys.bodies.extend(bodies.iter().copied());
    keys.programmes.insert(found.outline.programme.id);
    keys.bodies.extend(tasks.iter().filter_map(|task| task.organisation_id));
    keys.places.extend(bottlenecks.iter().map(Bottleneck::region).chain(tasks.iter().map(Task::region)));
    let names = Names::load(on, keys).await?;
    let places = found.places(app, me).await?;
    let today = app.store.clock().today();
    Ok(BottlenecksPage {
        f,
        found,
        names,
        bottlenecks,
        tasks,
        places,
        bodies,
        today,
        form: Form::None,
        resolving: None,
        fields,
        saved: false,
        problem: None,
    })
}

/// The page again with what was typed, or on to it when all went well.
async fn answer(
    app: &App,
    f: Frame,
    me: &SignedIn,
    found: Found,
    (form, resolving, fields): (Form, Option<Uuid>, Fields),
    done: store::Result<()>,
) -> Result<Response> {
    let to = format!("/office/projects/{}/bottlenecks?saved=1", found.project.id);
    let again = async |problem| {
        let shown = shown(app, f, me, found, fields).await?;
        Ok(BottlenecksPage { form, resolving, problem: Some(problem), ..shown })
    };
    outcome(done, |()| to, again).await
}

async fn note_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let read = |fields: &Fields| {
        let cause = Cause::parse(&fields.cause);
        Ok::<_, Problem>(NewBottleneck {
            project: id,
            region: fields.region()?,
            order: None,
            cause: cause.ok_or_else(|| Problem::field("cause", "请选择堵点类别", "Choose a category"))?,
            text: fields.text.clone(),
            since: typed::day("since", &fields.since)?,
        })
    };
    let done = match read(&fields) {
        Ok(new) => {
            let by = found.by(&app, &me, new.region).await?;
            note(&app.store, &me.actor(), &by, &found.outline, &new).await.map(|_| ())
        }
        Err(problem) => Err(problem.into()),
    };
    answer(&app, f, &me, found, (Form::Bottleneck, None, fields), done).await
}

async fn add(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    let read = |fields: &Fields| {
        Ok::<_, Problem>(NewTask {
            project: id,
            region: fields.region()?,
            bottleneck: fields.bottleneck.parse().ok(),
            text: fields.text.clone(),
            organisation: fields.organisation.parse().ok(),
            due_on: typed::day("due_on", &fields.due_on)?,
        })
    };
    let done = match read(&fields) {
        Ok(mut new) => {
            let by = found.by(&app, &me, new.region).await?;
            let own = me.organisations(Permission::AnswerOrders, new.region);
            new.organisation = new.organisation.or_else(|| own.first().copied());
            add_task(&app.store, &me.actor(), &by, &found.outline, &new).await.map(|_| ())
        }
        Err(problem) => Err(problem.into()),
    };
    answer(&app, f, &me, found, (Form::Task, None, fields), done).await
}

async fn resolve_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let missing = || Problem::not_found("没有这个堵点", "There is no such bottleneck");
    let row = rows::bottleneck(app.store.reader(), id).await?.ok_or_else(missing)?;
    let found = Found::load(&app, &me, row.project_id).await?;
    let by = found.by(&app, &me, row.region()).await?;
    let done = resolve(&app.store, &me.actor(), &by, id, &fields.resolution).await;
    answer(&app, f, &me, found, (Form::Resolution, Some(id), fields), done).await
}

async fn finish(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let missing = || Problem::not_found("没有这项任务", "There is no such task");
    let row = rows::task(app.store.reader(), id).await?.ok_or_else(missing)?;
    let found = Found::load(&app, &me, row.project_id).await?;
    let by = found.by(&app, &me, row.region()).await?;
    let done = finish_task(&app.store, &me.actor(), &by, id).await;
    answer(&app, f, &me, found, (Form::None, None, fields), done).await
}
