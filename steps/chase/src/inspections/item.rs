//! One inspection: its visits, what they found, the mending and the re-check.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use files::Limits;
use files::tables::evidence::Model as Evidence;
use kernel::{Permission, Problem, RegionCode, typed};
use ledger::programmes::{self, Outline};
use people::store::organisations;
use people::tables::organisations::Model as Organisation;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::EvidenceList;
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, Upload, components, evidence,
    outcome, page,
};

use super::recording::EVIDENCE;
use super::{FindingDeed, NewFinding, NewVisit, act, add_finding, call_off, visit};
use crate::orders::person;
use crate::rules::findings::next;
use crate::store::inspections as rows;
use crate::store::names::{Keys, Names};
use crate::store::orders::Sight;
use crate::tables::finding_acts::Model as ActRow;
use crate::tables::findings::Model as Finding;
use crate::tables::inspections::Model as Inspection;
use crate::tables::visits::Model as Visit;
use crate::words::{FindingAct, FindingState, Party};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const INSPECT: Access = Access::Needs(Permission::Inspect);
const BODY: Access = Access::Needs(Permission::AnswerOrders);

const ROUTES: &[Route] = &[
    Route::get("/office/inspections/{id}", ENTER),
    Route::post("/office/inspections/{id}/visits", INSPECT),
    Route::post("/office/inspections/{id}/findings", INSPECT),
    Route::post("/office/inspections/{id}/cancellation", INSPECT),
    Route::post("/office/findings/{id}/mend", BODY),
    Route::post("/office/findings/{id}/pass", INSPECT),
    Route::post("/office/findings/{id}/fail", INSPECT),
];

/// Files that one form may bring.
const MOST_FILES: usize = 20;

/// The most bodies that a form offers.
const MOST_BODIES: u64 = 2_000;

/// Routes and their list.
pub(crate) fn step() -> Step {
    let bound = || DefaultBodyLimit::max(Limits::default().body(MOST_FILES));
    let router = OpenApiRouter::new()
        .route("/office/inspections/{id}", get(show))
        .route("/office/inspections/{id}/visits", post(note_visit))
        .route("/office/inspections/{id}/findings", post(note_finding).layer(bound()))
        .route("/office/inspections/{id}/cancellation", post(cancel))
        .route("/office/findings/{id}/mend", form_of(FindingAct::Mend).layer(bound()))
        .route("/office/findings/{id}/pass", form_of(FindingAct::Pass).layer(bound()))
        .route("/office/findings/{id}/fail", form_of(FindingAct::Fail).layer(bound()));
    Step { router, routes: ROUTES }
}

fn form_of(act: FindingAct) -> MethodRouter<App> {
    post(move |app, f, me, id, upload| take(app, f, me, id, upload, act))
}

/// An inspection with its programme, for somebody who may see it.
struct Found {
    row: Inspection,
    outline: Outline,
    visits: Vec<Visit>,
    findings: Vec<Finding>,
}

impl Found {
    async fn load(app: &App, me: &SignedIn, id: Uuid) -> Result<Self> {
        let missing = || Problem::not_found("没有这项督查", "There is no such inspection");
        let on = app.store.reader();
        let row = rows::find(on, id).await?.ok_or_else(missing)?;
        let programme = programmes::with_key(on, row.programme_id).await?.ok_or_else(missing)?;
        let outline = Outline::load(on, programme).await?;
        let mut visits = rows::visits_of(on, row.programme_id).await?;
        visits.retain(|visit| visit.inspection_id == id);
        let mut findings = rows::findings_of(on, row.programme_id).await?;
        let sight = person::sight(me);
        findings.retain(|one| one.inspection_id == id && sees(&sight, &row, one));
        if !sight.oversees(row.region) && findings.is_empty() {
            return Err(missing().into());
        }
        Ok(Self { row, outline, visits, findings })
    }

    fn parties(&self, me: &SignedIn, finding: &Finding) -> Vec<Party> {
        let acts_for = me.organisations(Permission::AnswerOrders, finding.region());
        let inspects = me.allows(Permission::Inspect, Some(self.outline.region()));
        [(Party::Body, acts_for.contains(&finding.organisation_id)), (Party::Supervision, inspects)]
            .into_iter()
            .filter(|(_, holds)| *holds)
            .map(|(party, _)| party)
            .collect()
    }
}

/// Whether a finding lies within sight: all of an inspection that is overseen, else what was found with one's own body.
fn sees(sight: &Sight, inspection: &Inspection, finding: &Finding) -> bool {
    sight.oversees(inspection.region) || sight.acts_for(finding.organisation_id)
}

/// Goes on for somebody who may see the finding about which this was done.
pub(crate) async fn may_read(app: &App, me: &SignedIn, deed: Uuid) -> Result<()> {
    let missing = || Problem::not_found("没有这条问题", "There is no such finding");
    let on = app.store.reader();
    let deed = rows::find_act(on, deed).await?.ok_or_else(missing)?;
    let finding = rows::finding(on, deed.finding_id).await?.ok_or_else(missing)?;
    let inspection = rows::find(on, finding.inspection_id).await?.ok_or_else(missing)?;
    if sees(&person::sight(me), &inspection, &finding) { Ok(()) } else { Err(missing().into()) }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    visit: String,
    visited_on: String,
    people: String,
    place: String,
    summary: String,
    project: String,
    region: String,
    organisation: String,
    text: String,
    demand: String,
    due_on: String,
    reason: String,
    version: i32,
}

impl Fields {
    fn of(upload: &Upload) -> Self {
        let typed = |name: &str| upload.field(name).to_owned();
        Self {
            visit: typed("visit"),
            project: typed("project"),
            region: typed("region"),
            organisation: typed("organisation"),
            text: typed("text"),
            demand: typed("demand"),
            due_on: typed("due_on"),
            version: upload.field("version").parse().unwrap_or(0),
            ..Self::default()
        }
    }

    fn visit(&self) -> Result<NewVisit, Problem> {
        let people = self.people.trim().parse();
        Ok(NewVisit {
            visited_on: typed::day("visited_on", &self.visited_on)?,
            people: people.map_err(|_| Problem::field("people", "请填写走访人数", "Give how many went"))?,
            place: self.place.clone(),
            summary: self.summary.clone(),
            findings: Vec::new(),
            evidence: Vec::new(),
        })
    }

    fn finding(&self) -> Result<NewFinding, Problem> {
        let key = |field: &str, text: &str, zh: &str, en: &str| {
            text.parse::<Uuid>().map_err(|_| Problem::field(field, zh, en))
        };
        Ok(NewFinding {
            project: key("project", &self.project, "请选择项目", "Choose a project")?,
            region: typed::region("region", &self.region)?,
            organisation: key("organisation", &self.organisation, "请选择责任单位", "Choose the body")?,
            text: self.text.clone(),
            demand: self.demand.clone(),
            due_on: typed::optional_day("due_on", &self.due_on)?,
        })
    }
}

/// A finding with what was done about it.
struct Shown {
    row: Finding,
    body: String,
    place: String,
    project: String,
    acts: Vec<(ActRow, EvidenceList)>,
    offered: Vec<FindingAct>,
    late: bool,
}

#[derive(Template)]
#[template(path = "inspections/item.html")]
struct ItemPage {
    f: Frame,
    row: Inspection,
    outline: Outline,
    place: String,
    visits: Vec<Visit>,
    findings: Vec<Shown>,
    inspects: bool,
    bodies: Vec<Organisation>,
    places: Vec<(String, String)>,
    /// `visit`, `finding`, `cancel`, `mend`, `pass`, `fail`.
    form: String,
    /// The finding that the open form is about.
    about: Option<Uuid>,
    fields: Fields,
    saved: bool,
    problem: Option<Problem>,
}

impl ItemPage {
    fn address(&self) -> String {
        format!("/office/inspections/{}", self.row.id)
    }

    fn is_about(&self, id: &Uuid) -> bool {
        self.about == Some(*id)
    }

    fn visit_choices(&self) -> Vec<(String, String)> {
        self.visits.iter().map(|row| (row.id.to_string(), format!("{} {}", row.visited_on, row.place))).collect()
    }

    fn projects(&self) -> Vec<(String, String)> {
        self.outline.projects.iter().map(|row| (row.id.to_string(), row.name.clone())).collect()
    }

    fn organisations(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("请选择", "Choose").to_owned());
        std::iter::once(none).chain(self.bodies.iter().map(|body| (body.id.to_string(), body.name.clone()))).collect()
    }

    fn state_class(&self, one: &Shown) -> &'static str {
        match one.row.state() {
            FindingState::Closed => "done",
            FindingState::Mended => "steady",
            FindingState::Open if one.late => "late",
            FindingState::Open => "behind",
        }
    }

    fn act_name(&self, row: &ActRow) -> String {
        match row.act() {
            Some(act) => self.f.say(&act.name()).to_owned(),
            None => self.f.lang.t("发现问题", "Found").to_owned(),
        }
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    form: String,
    finding: Option<Uuid>,
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
    let fields = Fields {
        visited_on: app.store.clock().today().to_string(),
        region: found.row.region().short(),
        project: found.row.project_id.map(|id| id.to_string()).unwrap_or_default(),
        version: found.findings.iter().find(|row| Some(row.id) == asked.finding).map_or(0, |row| row.version),
        ..Fields::default()
    };
    let mut shown = shown(&app, f, &me, found, fields).await?;
    (shown.form, shown.about, shown.saved) = (asked.form, asked.finding, asked.saved.is_some());
    page(&shown)
}

async fn shown(app: &App, f: Frame, me: &SignedIn, found: Found, fields: Fields) -> Result<ItemPage> {
    let on = app.store.reader();
    let today = app.store.clock().today();
    let top = found.outline.region();
    let inspects = me.allows(Permission::Inspect, Some(top));
    let ids: Vec<Uuid> = found.findings.iter().map(|row| row.id).collect();
    let acts = rows::acts_of(on, &ids).await?;
    let keys: Vec<Uuid> = acts.iter().map(|act| act.id).collect();
    let files = files::store::of_subjects(on, EVIDENCE, &keys).await?;
    let mut keys = Keys::default();
    keys.programmes.insert(found.row.programme_id);
    keys.bodies.extend(found.findings.iter().map(|row| row.organisation_id));
    keys.projects.extend(found.findings.iter().map(|row| row.project_id));
    keys.places.extend(found.findings.iter().map(Finding::region).chain([top, found.row.region()]));
    let names = Names::load(on, keys).await?;
    let listed = |row: &Finding| {
        let own = acts.iter().filter(|act| act.finding_id == row.id);
        let files_of = |act: &ActRow| -> Vec<Evidence> {
            files.iter().filter(|file| file.subject_id == act.id).cloned().collect()
        };
        let parties = found.parties(me, row);
        let may = |act: &FindingAct| next(row.state(), *act, &parties).is_ok();
        Shown {
            body: names.body(row.organisation_id),
            place: names.place(row.region()),
            project: names.project(row.project_id),
            acts: own.map(|act| (act.clone(), evidence::list(&f, &files_of(act)))).collect(),
            offered: FindingAct::ALL.iter().copied().filter(may).collect(),
            late: row.state() == FindingState::Open && row.due_on < today,
            row: row.clone(),
        }
    };
    let findings = found.findings.iter().map(listed).collect();
    let mut bodies = Vec::new();
    let mut places = vec![(top.short(), names.place(top))];
    if inspects {
        bodies = organisations::list(&app.store, Some(top), None, MOST_BODIES).await?;
        let below = ledger::regions::children(on, top, found.outline.programme.year).await?;
        places.extend(below.into_iter().filter_map(|row| Some((RegionCode::from_stored(row.code)?.short(), row.name))));
    }
    Ok(ItemPage {
        place: names.place(found.row.region()),
        f,
        row: found.row,
        outline: found.outline,
        visits: found.visits,
        findings,
        inspects,
        bodies,
        places,
        form: String::new(),
        about: None,
        fields,
        saved: false,
        problem: None,
    })
}

/// On to the page when all went well, else the page again with what was typed.
async fn answer(
    app: &App,
    f: Frame,
    me: &SignedIn,
    id: Uuid,
    (form, about, fields): (&str, Option<Uuid>, Fields),
    done: Result<()>,
) -> Result<Response> {
    let again = async |problem| {
        let found = Found::load(app, me, id).await?;
        let version = found.findings.iter().find(|row| Some(row.id) == about).map_or(0, |row| row.version);
        let shown = shown(app, f, me, found, Fields { version, ..fields }).await?;
        Ok(ItemPage { form: form.to_owned(), about, problem: Some(problem), ..shown })
    };
    outcome(done, |()| format!("/office/inspections/{id}?saved=1"), again).await
}

async fn note_visit(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    me.require(Permission::Inspect, found.outline.region())?;
    let by = person::by(&app, &me, Party::Supervision, found.outline.region()).await?;
    let done = match fields.visit() {
        Ok(new) => visit(&app.store, &me.actor(), &by, &found.outline, &found.row, &new).await.map(|_| ()),
        Err(problem) => Err(problem.into()),
    };
    answer(&app, f, &me, id, ("visit", None, fields), done.map_err(Error::from)).await
}

async fn note_finding(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    me.require(Permission::Inspect, found.outline.region())?;
    let fields = Fields::of(&upload);
    let done = async {
        let visit = fields.visit.parse::<Uuid>().ok();
        let visit = found.visits.iter().find(|row| Some(row.id) == visit);
        let visit = visit.ok_or_else(|| Problem::field("visit", "请选择走访", "Choose the visit"))?;
        let new = fields.finding()?;
        let by = person::by(&app, &me, Party::Supervision, found.outline.region()).await?;
        let kept = evidence::keep(&app, &mut upload, "evidence").await?;
        add_finding(&app.store, &me.actor(), &by, &found.outline, visit, &new, &kept).await?;
        Ok(())
    };
    let done = done.await;
    answer(&app, f, &me, id, ("finding", None, fields), done).await
}

async fn cancel(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = Found::load(&app, &me, id).await?;
    me.require(Permission::Inspect, found.outline.region())?;
    let done = call_off(&app.store, &me.actor(), id, &fields.reason).await;
    answer(&app, f, &me, id, ("cancel", None, fields), done.map_err(Error::from)).await
}

async fn take(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
    what: FindingAct,
) -> Result<Response> {
    let missing = || Problem::not_found("没有这条问题", "There is no such finding");
    let finding = rows::finding(app.store.reader(), id).await?.ok_or_else(missing)?;
    let found = Found::load(&app, &me, finding.inspection_id).await?;
    let fields = Fields::of(&upload);
    let parties = found.parties(&me, &finding);
    let done = async {
        let is_body = what == FindingAct::Mend;
        let party = if is_body { Party::Body } else { Party::Supervision };
        let place = if is_body { finding.region() } else { found.outline.region() };
        let by = person::by(&app, &me, party, place).await?;
        let kept = evidence::keep(&app, &mut upload, "evidence").await?;
        let deed = FindingDeed { act: what, text: fields.text.clone(), evidence: kept };
        act(&app.store, &me.actor(), &by, &parties, (id, fields.version), &deed).await?;
        Ok(())
    };
    let done = done.await;
    answer(&app, f, &me, finding.inspection_id, (what.code(), Some(id), fields), done).await
}
