//! The page of a return: the body fills it in, reviewers see it beside last month, everybody sees what happened to it.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use files::Limits;
use files::store as evidences;
use files::tables::evidence::Model as Evidence;
use kernel::{Permission, Problem};
use plan::milestones;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::{EvidenceField, EvidenceList};
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, Upload, components, evidence,
    page_with, refusal,
};

use super::batch::{Batch, place};
use super::sight::{Shown, content_of, shown};
use super::{Content, Filling, Return, check, fill, take_file_back, withdraw};
use crate::authority;
use crate::by::By;
use crate::names::{self, Names, due, state_light};
use crate::rounds::list::READ;
use crate::rules::lines::Typed;
use crate::rules::moves::{Party, decide};
use crate::store as rows;
use crate::words::{Act, Cause};

const FILL: Access = Access::Needs(Permission::FillReturns);

/// What a return's evidence is filed under.
pub(crate) const SUBJECT: &str = "return";

const ROUTES: &[Route] = &[
    Route::get("/office/returns/{id}", READ),
    Route::post("/office/returns/{id}", FILL),
    Route::post("/office/returns/{id}/check", FILL),
    Route::post("/office/returns/{id}/withdrawal", FILL),
    Route::post("/office/returns/{id}/evidence/{file}/remove", FILL),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let limits = Limits::default();
    let filling = post(hand_in).layer(DefaultBodyLimit::max(limits.body(limits.files)));
    let router = OpenApiRouter::new()
        .route("/office/returns/{id}", get(show).merge(filling))
        .route("/office/returns/{id}/check", post(check_typed))
        .route("/office/returns/{id}/withdrawal", post(take_back))
        .route("/office/returns/{id}/evidence/{file}/remove", post(remove));
    Step { router, routes: ROUTES }
}

#[derive(Template)]
#[template(path = "returns/page.html")]
pub(crate) struct ReturnPage {
    f: Frame,
    id: Uuid,
    round: Uuid,
    version: i32,
    project: String,
    place: String,
    body: String,
    cut_off: String,
    due: String,
    class: &'static str,
    word: String,
    desk: Option<String>,
    sent_back: Option<String>,
    editing: bool,
    /// Whether what the body has not handed in is kept from the viewer.
    veiled: bool,
    may_withdraw: bool,
    may_review: bool,
    may_send_back: bool,
    /// Why the viewer, who reviews here, must leave this one to somebody else.
    not_by_me: Option<String>,
    approves: bool,
    lines: Vec<Shown>,
    stages: Vec<(String, String)>,
    stage: String,
    image: String,
    last_image: Option<String>,
    content: Content,
    files: EvidenceList,
    has_files: bool,
    file_field: EvidenceField,
    timeline: Vec<Happened>,
    copied: bool,
    can_copy: bool,
    reason: String,
    problem: Option<Problem>,
}

struct Happened {
    title: String,
    phrase: String,
    small: String,
}

impl ReturnPage {
    fn causes(&self) -> Vec<(String, String)> {
        let none = (String::new(), self.f.lang.t("没有问题", "No problem").to_owned());
        std::iter::once(none).chain(components::choices(&self.f, Cause::ALL, Cause::code, Cause::name)).collect()
    }

    fn cause(&self) -> &'static str {
        self.content.cause.map_or("", Cause::code)
    }

    fn cause_name(&self) -> String {
        self.content.cause.map(|cause| self.f.say(&cause.name()).to_owned()).unwrap_or_default()
    }

    fn round_address(&self) -> String {
        format!("/office/rounds/{}", self.round)
    }

    fn stage_key(&self) -> String {
        self.content.stage.map(|stage| stage.to_string()).unwrap_or_default()
    }

    fn reached_on(&self) -> String {
        names::day(self.content.reached_on)
    }

    fn image_field(&self) -> components::Field {
        let hint = match &self.last_image {
            Some(last) => format!("{} {last}%", self.f.lang.t("上期", "Last")),
            None => self.f.lang.t("0–100，没有就留空", "0–100, empty for none").to_owned(),
        };
        components::field("image", self.f.lang.t("形象进度（%）", "Image progress (%)"))
            .value(&self.image)
            .hint(&hint)
            .problem(&self.f, &self.problem)
    }
}

/// What is asked in the query.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    copy: bool,
}

/// What is shown instead of what stands.
#[derive(Default)]
pub(crate) struct Instead {
    pub(crate) content: Option<Content>,
    pub(crate) version: Option<i32>,
    pub(crate) reason: String,
    pub(crate) copied: bool,
    pub(crate) problem: Option<Problem>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let batch = authority::return_of(&app, &me, id).await?;
    let mut instead = Instead::default();
    if asked.copy
        && let Some(previous) = rows::previous_of(app.store.reader(), &batch.returns[0]).await?
    {
        instead.content = Some(copied(&app, &batch, &previous).await?);
        instead.copied = true;
    }
    render(&app, f, &me, &batch, instead).await
}

/// What was reported last month, as a start for this one.
async fn copied(app: &App, batch: &Batch, previous: &Return) -> Result<Content> {
    let row = &batch.returns[0];
    let lines = rows::previous_lines(app.store.reader(), previous.id).await?;
    let mut content = content_of(batch, row);
    for line in lines {
        let typed = Typed { raw: line.raw, reason: String::new() };
        content.lines.entry(line.indicator_id).and_modify(|held| *held = typed);
    }
    content.image = previous.image.map(|image| store::amount::from_stored(image).to_string()).unwrap_or_default();
    content.places.clone_from(&previous.places);
    content.problem.clone_from(&previous.problem);
    content.cause = previous.cause.as_deref().and_then(Cause::parse);
    Ok(content)
}

/// Renders the page; with a problem under the status that belongs to it.
pub(crate) async fn render(app: &App, f: Frame, me: &SignedIn, batch: &Batch, instead: Instead) -> Result<Response> {
    let (on, row) = (app.store.reader(), &batch.returns[0]);
    let round = batch.round(row)?;
    let year = batch.outline(row)?.programme.year;
    let mut names = Names::of(on, std::slice::from_ref(row), year).await?;
    names.add_places(on, batch.desks(row), year).await?;
    let beside = batch.held(on).await?;
    let veiled = authority::is_veiled(me, row);
    let evidence_rows: Vec<Evidence> =
        if veiled { Vec::new() } else { evidences::of_subjects(on, SUBJECT, &[row.id]).await? };
    let (case, by) = (batch.case(row)?, By::viewer(me));
    let may = |act| decide(&case, act, &by);
    let editing = may(Act::Save).is_ok();
    let window = batch.window(row)?;
    let (class, word) = state_light(row, window, f.lang);
    let content = instead.content.unwrap_or_else(|| content_of(batch, row));
    let review = may(case.review());
    let reviews_here = case.reaches(Party::Reviewer, &by) && row.awaits.is_some();
    let acts = batch.acts(row);
    let beside_the_point = [Act::Save, Act::AllowLate, Act::Propose].map(Act::code);
    let last_act = acts.iter().rfind(|act| !beside_the_point.contains(&act.act.as_str()));
    let sent_back = last_act
        .filter(|act| act.act == Act::SendBack.code())
        .map(|act| format!("{}（{} {}）", act.reason, act.organisation_name, f.time(&act.at_ms)));
    let timeline = acts.iter().rev().map(|act| Happened {
        title: Act::parse(&act.act).map(|act| f.say(&act.name()).to_owned()).unwrap_or_default(),
        phrase: act.reason.clone(),
        small: format!("{} · {}", f.time(&act.at_ms), who(act)),
    });
    let opened = Happened {
        title: f.lang.t("开启填报期", "The round was opened").to_owned(),
        phrase: String::new(),
        small: format!("{} · {}", f.time(&round.opened_ms), round.opened_by),
    };
    let mut files = evidence::list(&f, &evidence_rows);
    if editing {
        files = files.with_removal(&f, &format!("/office/returns/{}/evidence", row.id));
    }
    let marks = milestones::marks_of_programme(on, row.programme_id, None).await?;
    let region = place(row)?;
    let planned = batch.milestones(row)?;
    let stages = planned.iter().map(|one| {
        let reached = milestones::rules::reached_on(&marks, one.id, region, None);
        let when = match (reached, one.planned_on) {
            (Some(day), _) => format!("（✓ {day}）"),
            (None, Some(day)) => format!("（{} {day}）", f.lang.t("计划", "planned")),
            (None, None) => String::new(),
        };
        (one.id.to_string(), format!("{}{when}", one.name))
    });
    let none = (String::new(), f.lang.t("本期没有新节点", "None this time").to_owned());
    let stages: Vec<_> = std::iter::once(none).chain(stages).collect();
    let stage = planned.iter().find(|one| Some(one.id) == content.stage);
    let stage = stage.map(|one| format!("{} {}", one.name, names::day(content.reached_on))).unwrap_or_default();
    let can_copy = editing && rows::previous_of(on, row).await?.is_some();
    let page = ReturnPage {
        id: row.id,
        round: row.round_id,
        version: instead.version.unwrap_or(row.version),
        project: names.project(row),
        place: names.place(row),
        body: names.body(row),
        cut_off: f.day(&row.cut_off),
        due: f.say(&due(window)).to_owned(),
        class,
        word,
        desk: row.awaits.map(|desk| names.place_at(desk)),
        sent_back,
        editing,
        veiled,
        may_withdraw: may(Act::Withdraw).is_ok(),
        may_review: review.is_ok(),
        may_send_back: may(Act::SendBack).is_ok(),
        not_by_me: review.err().filter(|_| reviews_here).map(|why| f.say(&why.text()).to_owned()),
        approves: case.review() == Act::Approve,
        lines: shown(batch, &beside, row, (&content, instead.problem.as_ref()), f.lang)?,
        stages: if stages.len() > 1 { stages } else { Vec::new() },
        stage,
        image: content.image.clone(),
        last_image: batch.last_image(row, &beside).map(|image| store::amount::from_stored(image).to_string()),
        content,
        has_files: !evidence_rows.is_empty(),
        files,
        file_field: evidence::field(&f, "evidence", &instead.problem),
        timeline: timeline.chain(std::iter::once(opened)).collect(),
        copied: instead.copied,
        can_copy,
        reason: instead.reason,
        problem: instead.problem,
        f,
    };
    let status = page.problem.as_ref().map_or(StatusCode::OK, refusal);
    page_with(status, &page)
}

/// The body or office and the person; once where they are called the same.
fn who(act: &super::Done) -> String {
    match (act.organisation_name.as_str(), act.account_name.as_str()) {
        (office, name) if office == name => name.to_owned(),
        (office, name) => format!("{office} {name}"),
    }
}

/// What was typed into the form; days that cannot be read are told at once.
fn typed(fields: &BTreeMap<String, String>, batch: &Batch, row: &Return) -> Result<(Content, Option<Problem>)> {
    let of = |name: &str| fields.get(name).map(|text| text.trim()).unwrap_or_default();
    let outline = batch.outline(row)?;
    let mut content = Content {
        stage: of("stage").parse().ok(),
        image: of("image").to_owned(),
        places: of("places").to_owned(),
        problem: of("problem").to_owned(),
        cause: Cause::parse(of("cause")),
        ..Content::default()
    };
    for line in batch.lines(row) {
        let Some(indicator) = outline.indicator_by_id(line.indicator_id) else { continue };
        let (raw, reason) = (format!("raw-{}", indicator.number), format!("reason-{}", indicator.number));
        if fields.contains_key(&raw) {
            let typed = Typed { raw: of(&raw).to_owned(), reason: of(&reason).to_owned() };
            content.lines.insert(line.indicator_id, typed);
        }
    }
    let problem = match kernel::typed::optional_day("reached_on", of("reached_on")) {
        Ok(day) => {
            content.reached_on = day;
            None
        }
        Err(problem) => Some(problem),
    };
    Ok((content, problem))
}

async fn hand_in(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    mut upload: Upload,
) -> Result<Response> {
    let batch = authority::return_of(&app, &me, id).await?;
    let row = &batch.returns[0];
    let act = if upload.field("act") == "submit" { Act::Submit } else { Act::Save };
    let version: i32 = upload.field("version").parse().unwrap_or(0);
    let (content, problem) = typed(&upload.fields, &batch, row)?;
    let outcome = match problem {
        Some(problem) => Err(problem.into()),
        None => match evidence::refused(evidence::keep(&app, &mut upload, "evidence").await)? {
            Ok(kept) => {
                let by = By::viewer(&me);
                let filling = Filling { id, version, content: content.clone() };
                fill(&app.store, &by, &[filling], act, &kept).await
            }
            Err(problem) => Err(problem.into()),
        },
    };
    match Error::mendable(outcome)? {
        Ok(_) if act == Act::Submit => Ok(Redirect::to("/office/returns?submitted=1").into_response()),
        Ok(_) => Ok(Redirect::to(&format!("/office/returns/{id}?saved=1")).into_response()),
        Err(problem) => {
            let instead = Instead {
                content: Some(content),
                version: Some(version),
                problem: Some(problem),
                ..Instead::default()
            };
            render(&app, f, &me, &batch, instead).await
        }
    }
}

/// What is wrong with what was typed so far, by field, and what a reviewer will look at.
#[derive(Serialize)]
struct Remarks {
    faults: BTreeMap<String, String>,
    flags: BTreeMap<String, Vec<String>>,
}

/// For the script that checks while somebody types: the same rules as submitting, and nothing is written.
async fn check_typed(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<BTreeMap<String, String>>,
) -> Result<Response> {
    let batch = authority::return_of(&app, &me, id).await?;
    let row = &batch.returns[0];
    if !authority::is_own(&me, row) {
        return Err(Problem::not_found("没有这份填报", "There is no such return").into());
    }
    let (content, problem) = typed(&fields, &batch, row)?;
    let mut checked = check(app.store.reader(), &batch, &HashMap::from([(id, content)])).await?;
    let checked = checked.remove(&id).unwrap_or_default();
    let outline = batch.outline(row)?;
    let mut remarks = Remarks { faults: BTreeMap::new(), flags: BTreeMap::new() };
    for faulty in &checked.faults {
        remarks.faults.insert(faulty.field.clone(), f.say(&faulty.text).to_owned());
    }
    for place in problem.iter().flat_map(|problem| &problem.places) {
        remarks.faults.insert(place.at.en.clone(), f.say(&place.message).to_owned());
    }
    for (indicator, judged) in &checked.judged {
        let number = outline.indicator_by_id(*indicator).map_or(0, |row| row.number);
        let flags = judged.flags.iter().map(|flag| f.say(&flag.text).to_owned()).collect();
        remarks.flags.insert(format!("raw-{number}"), flags);
    }
    Ok(axum::Json(remarks).into_response())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    version: i32,
}

async fn take_back(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(Version { version }): Checked<Version>,
) -> Result<Response> {
    authority::return_of(&app, &me, id).await?;
    let by = By::viewer(&me);
    match Error::mendable(withdraw(&app.store, &by, &[(id, version)]).await)? {
        Ok(_) => Ok(Redirect::to(&format!("/office/returns/{id}")).into_response()),
        Err(problem) => {
            let batch = authority::return_of(&app, &me, id).await?;
            render(&app, f, &me, &batch, Instead { problem: Some(problem), ..Instead::default() }).await
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn remove(
    State(app): State<App>,
    me: SignedIn,
    Path((id, file)): Path<(Uuid, Uuid)>,
    Checked(Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    authority::return_of(&app, &me, id).await?;
    take_file_back(&app.store, &By::viewer(&me), id, file).await?;
    Ok(Redirect::to(&format!("/office/returns/{id}")).into_response())
}
