//! How a project is to go at a place: its plan, its milestones, and who answers for it, with their terms.

mod forms;
mod people;
mod versions;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{Outline, ResponsibilityRole};
use ledger::tables::projects::Model as Project;
use serde::Deserialize;
use serde_json::json;
use store::audit::Event;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Frame, Path, Query, Result, Route, SignedIn, Step, components, outcome, page};

use crate::authority;
use crate::bench::{Bench, Here};
use crate::curves::{self, Basis};
use crate::milestones::{self, Milestone, NewMark, Stage, Template as Stages, rules};
use forms::{EndFields, MarkFields, MilestoneFields, PeopleFields, PlanFields, TemplateFields};
use people::Term;

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const EDIT: Access = Access::Needs(Permission::EditProgramme);

const ROUTES: &[Route] = &[
    Route::get("/office/programmes/{slug}/projects/{id}/course", ENTER),
    Route::post("/office/programmes/{slug}/projects/{id}/course/template", EDIT),
    Route::post("/office/programmes/{slug}/projects/{id}/course/milestones", EDIT),
    Route::post("/office/programmes/{slug}/projects/{id}/course/plan", EDIT),
    Route::post("/office/programmes/{slug}/projects/{id}/course/marks", EDIT),
    Route::post("/office/programmes/{slug}/projects/{id}/course/people", EDIT),
    Route::post("/office/programmes/{slug}/projects/{id}/course/people/{term}/end", EDIT),
];

/// Lines for milestones that are added.
const BLANK_LINES: usize = 3;

/// The longest name of a person beside a milestone, in characters.
const LONGEST_NAME: usize = 200;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let at = |rest: &str| format!("/office/programmes/{{slug}}/projects/{{id}}/course{rest}");
    let router = OpenApiRouter::new()
        .route(&at(""), get(show))
        .route(&at("/template"), post(apply))
        .route(&at("/milestones"), post(set_milestones))
        .route(&at("/plan"), post(set_plan))
        .route(&at("/marks"), post(mark))
        .route(&at("/people"), post(add_person))
        .route(&at("/people/{term}/end"), post(end_person));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "course/course.html")]
struct CoursePage {
    f: Frame,
    bench: Bench,
    project: Uuid,
    name: String,
    /// The place; empty for every place.
    place: String,
    place_name: String,
    places: Vec<(String, String)>,
    may_plan: bool,
    version: i32,
    basis: String,
    stepped: bool,
    points: Vec<(String, String)>,
    inherited: bool,
    lines: Vec<MilestoneLine>,
    sum: String,
    /// Approved postponements in words, the last one first.
    postponed: Vec<String>,
    versions: Vec<versions::Shown>,
    terms: Vec<Term>,
    people: PeopleFields,
    saved: bool,
    problem: Option<Problem>,
}

/// A milestone in the form.
struct MilestoneLine {
    id: Option<Uuid>,
    stage: String,
    name: String,
    weight: String,
    planned_on: String,
    reached: Option<String>,
}

#[derive(Deserialize)]
struct At {
    place: Option<String>,
    saved: Option<String>,
}

/// A project at a place, for somebody who holds a permission there.
struct Spot {
    outline: Outline,
    project: Project,
    /// None for every place.
    region: Option<RegionCode>,
}

impl Spot {
    async fn find(
        app: &App,
        me: &SignedIn,
        (slug, id): (&str, Uuid),
        (permission, place): (Permission, &str),
    ) -> Result<Self> {
        let region = Some(place.trim()).filter(|place| !place.is_empty()).map(str::parse::<RegionCode>).transpose()?;
        let (outline, _) = authority::outline_at(app, me, slug, (permission, region)).await?;
        let project = outline.projects.iter().find(|row| row.id == id).cloned();
        let project = project.ok_or_else(|| Problem::not_found("没有这个项目", "There is no such project"))?;
        Ok(Self { outline, project, region })
    }

    fn place(&self) -> RegionCode {
        self.region.unwrap_or_else(|| self.outline.region())
    }

    fn address(&self, saved: bool) -> String {
        let place = self.region.map(RegionCode::short).unwrap_or_default();
        let base = format!(
            "/office/programmes/{}/projects/{}/course?place={place}",
            self.outline.programme.slug, self.project.id
        );
        if saved { format!("{base}&saved=1") } else { base }
    }
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Query(at): Query<At>,
) -> Result<Response> {
    let place = at.place.unwrap_or_default();
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EnterOffice, &place)).await?;
    page(&course_page(&app, f, &spot, (None, PeopleFields::default(), at.saved.is_some(), None)).await?)
}

/// What was typed of milestones, of people; whether something was saved; what was refused.
type Said = (Option<Vec<MilestoneLine>>, PeopleFields, bool, Option<Problem>);

async fn course_page(app: &App, f: Frame, spot: &Spot, (typed, people, saved, problem): Said) -> Result<CoursePage> {
    let on = app.store.reader();
    let (outline, project) = (&spot.outline, spot.project.id);
    let (programme, year) = (outline.programme.id, outline.programme.year);
    let plans = curves::of_programme(on, programme).await?;
    let own = plans.exactly(project, spot.region);
    let holding = own.or_else(|| plans.at(project, spot.place()));
    let all = milestones::of_programme(on, programme).await?;
    let marks = milestones::marks_of_programme(on, programme, None).await?;
    let exactly: Vec<&Milestone> = all
        .iter()
        .filter(|one| one.project == project && one.region == spot.region && one.origin == milestones::Origin::Plan)
        .collect();
    let inherited = exactly.is_empty() && spot.region.is_some();
    let shown = if inherited { rules::plan_at(&all, project, spot.place()) } else { exactly };
    let sum: figures::Decimal = shown.iter().map(|one| one.weight).sum();
    let line = |one: &&Milestone| MilestoneLine {
        id: Some(one.id).filter(|_| !inherited),
        stage: one.stage.code().to_owned(),
        name: one.name.clone(),
        weight: one.weight.normalize().to_string(),
        planned_on: one.planned_on.map(|day| day.to_string()).unwrap_or_default(),
        reached: rules::reached_on(&marks, one.id, spot.place(), None).map(|day| f.day(&day)),
    };
    let blank = || MilestoneLine {
        id: None,
        stage: Stage::Other.code().to_owned(),
        name: String::new(),
        weight: String::new(),
        planned_on: String::new(),
        reached: None,
    };
    let mut lines: Vec<_> = typed.unwrap_or_else(|| shown.iter().map(line).collect());
    lines.extend((0..BLANK_LINES).map(|_| blank()));
    let mut points: Vec<(String, String)> = holding
        .map(|plan| plan.points.iter().map(|p| (p.cut_off.to_string(), p.percent.normalize().to_string())).collect())
        .unwrap_or_default();
    if points.is_empty() {
        let ends = (1..=12).filter_map(|month| milestones::end_of_month(year, month));
        points = ends.map(|day| (day.to_string(), String::new())).collect();
    }
    let children = ledger::regions::children(on, outline.region(), year).await?;
    let every = (String::new(), f.lang.t("全部地区（通用）", "every place").to_owned());
    let home = (outline.region().short(), ledger::regions::name_in(on, outline.region(), year).await?);
    let below = children.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?.short(), row.name)));
    Ok(CoursePage {
        bench: Bench::open(app, &f, outline, Here::Project(Some(project))).await?,
        project,
        name: spot.project.name.clone(),
        place: spot.region.map(RegionCode::short).unwrap_or_default(),
        place_name: match spot.region {
            Some(place) => ledger::regions::name_in(on, place, year).await?,
            None => every.1.clone(),
        },
        places: [every, home].into_iter().chain(below).collect(),
        may_plan: f.allows(Permission::EditProgramme, Some(spot.place())),
        version: own.map_or(0, |plan| plan.version),
        basis: holding.map_or_else(|| outline.programme.schedule_basis.clone(), |plan| plan.basis.code().to_owned()),
        stepped: holding.is_some_and(|plan| plan.stepped),
        points,
        inherited,
        sum: sum.normalize().to_string(),
        lines,
        postponed: versions::of_project(&plans, project, spot.place())
            .iter()
            .rev()
            .map(|one| versions::postponed(&f, one))
            .collect(),
        versions: versions::shown(on, &f, (project, spot.region)).await?,
        terms: people::terms(on, &f, outline, project, app.store.clock().today()).await?,
        people,
        saved,
        problem,
        f,
    })
}

impl CoursePage {
    fn bases(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Basis::ALL, Basis::code, Basis::name)
    }

    fn templates(&self) -> Vec<(String, String)> {
        Stages::all().iter().map(|one| (one.code.clone(), self.f.say(&one.title()).to_owned())).collect()
    }

    fn stages(&self) -> Vec<(String, String)> {
        components::choices(&self.f, Stage::ALL, Stage::code, Stage::name)
    }

    fn roles(&self) -> Vec<(String, String)> {
        components::choices(&self.f, ResponsibilityRole::ALL, ResponsibilityRole::code, ResponsibilityRole::name)
    }

    /// Whether there is a milestone of this place's own plan to mark.
    fn may_mark(&self) -> bool {
        self.lines.iter().any(|line| line.id.is_some())
    }

    fn details(&self) -> Vec<String> {
        let Some(problem) = &self.problem else { return Vec::new() };
        let colon = self.f.lang.t("：", ": ");
        let told = problem.places.iter().filter(|place| place.message != problem.message);
        told.map(|place| format!("{}{colon}{}", self.f.say(&place.at), self.f.say(&place.message))).collect()
    }

    fn address(&self, rest: &str) -> String {
        format!("/office/programmes/{}/projects/{}/course{rest}", self.bench.slug, self.project)
    }
}

/// Shows what became of a form: the page again, with what was refused and what was typed.
async fn answer(
    app: &App,
    f: Frame,
    spot: &Spot,
    done: Result<()>,
    (typed, people): (Option<Vec<MilestoneLine>>, PeopleFields),
) -> Result<Response> {
    let again = async |problem| course_page(app, f, spot, (typed, people, false, Some(problem))).await;
    outcome(done, |()| spot.address(true), again).await
}

async fn apply(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<TemplateFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = async {
        let mut tx = app.store.begin(&me.actor()).await?;
        milestones::apply_template(&mut tx, &spot.outline, (id, spot.region), &fields.kind).await?;
        Ok(tx.commit().await?)
    };
    let outcome = outcome.await;
    answer(&app, f, &spot, outcome, (None, PeopleFields::default())).await
}

async fn set_milestones(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<MilestoneFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = async {
        let forms = fields.read()?;
        let mut tx = app.store.begin(&me.actor()).await?;
        milestones::replace(&mut tx, &spot.outline, (id, spot.region), fields.version, &forms).await?;
        Ok(tx.commit().await?)
    };
    let outcome = outcome.await;
    answer(&app, f, &spot, outcome, (Some(fields.lines()), PeopleFields::default())).await
}

async fn set_plan(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<PlanFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = async {
        let plan = fields.read(id, spot.region)?;
        let mut tx = app.store.begin(&me.actor()).await?;
        curves::set(&mut tx, &spot.outline, &plan, fields.version).await?;
        Ok(tx.commit().await?)
    };
    let outcome = outcome.await;
    answer(&app, f, &spot, outcome, (None, PeopleFields::default())).await
}

async fn mark(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<MarkFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = async {
        let new = NewMark {
            milestone: fields.milestone,
            region: spot.place(),
            reached_on: fields.day()?,
            by_name: me.display_name.chars().take(LONGEST_NAME).collect(),
            return_id: None,
        };
        let mut tx = app.store.begin(&me.actor()).await?;
        let event = Event::new(
            "milestone.reached",
            "project",
            id,
            json!({ "name": spot.project.name, "milestone": new.milestone, "region": new.region, "on": new.reached_on }),
        );
        milestones::mark(&tx, &spot.outline, event.id, &[new]).await?;
        tx.record(event).await?;
        Ok(tx.commit().await?)
    };
    let outcome = outcome.await;
    answer(&app, f, &spot, outcome, (None, PeopleFields::default())).await
}

async fn add_person(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id)): Path<(String, Uuid)>,
    Checked(fields): Checked<PeopleFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = people::add(&app, &me, &spot.outline, (&spot.project, spot.place()), &fields).await;
    answer(&app, f, &spot, outcome, (None, fields)).await
}

async fn end_person(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path((slug, id, term)): Path<(String, Uuid, Uuid)>,
    Checked(fields): Checked<EndFields>,
) -> Result<Response> {
    let spot = Spot::find(&app, &me, (&slug, id), (Permission::EditProgramme, &fields.place)).await?;
    let outcome = people::end(&app, &me, &spot.outline, (&spot.project, term), &fields).await;
    answer(&app, f, &spot, outcome, (None, PeopleFields::default())).await
}
