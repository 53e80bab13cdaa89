//! The page where the assessing office enters what the program cannot know: polls, department scores, praise, vetoes.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{get, post};
use files::tables::evidence::Model as Evidence;
use files::{Kept, Limits};
use kernel::{Permission, Problem};
use ledger::programmes::{self, Outline};
use serde::Deserialize;
use store::amount;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::evidence::EvidenceList;
use web::listing::escape;
use web::{
    Access, App, Error, Frame, Query, Result, Route, SignedIn, Step, Upload, components, evidence, outcome, page,
};

use crate::catalogue::{self, Available};
use crate::inputs::{self, standing};
use crate::readings::{Origin, Reading, Subject};
use crate::scheme::Input;
use crate::tables::assessment_inputs::Model as Row;
use crate::typed::{self, Entry};
use crate::{authority, explain, store as rows};

const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] =
    &[Route::get("/office/assessments/inputs", SCORE), Route::post("/office/assessments/inputs", SCORE)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let form = post(enter).layer(DefaultBodyLimit::max(Limits::default().body(Limits::default().files)));
    Step { router: OpenApiRouter::new().route("/office/assessments/inputs", get(ask).merge(form)), routes: ROUTES }
}

/// Goes on for those who score the year for which this was entered.
pub(crate) async fn may_read(app: &App, me: &SignedIn, input: Uuid) -> Result<()> {
    let missing = || Problem::not_found("没有这条录入", "There is no such input");
    let on = app.store.reader();
    let input = rows::find_input(on, input).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, input.programme_id).await?.ok_or_else(missing)?;
    me.require(Permission::ScoreYear, plan::authority::region(&programme))
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    programme: String,
    /// A row whose correction the form is to be filled with.
    correct: Option<Uuid>,
    saved: Option<String>,
}

#[derive(Clone, Default)]
struct EntryFields {
    programme: String,
    subject: String,
    input: String,
    value: String,
    among: String,
    month: String,
    label: String,
    source: String,
    reason: String,
}

impl EntryFields {
    fn of(upload: &Upload) -> Self {
        let field = |name: &str| upload.field(name).to_owned();
        Self {
            programme: field("programme"),
            subject: field("subject"),
            input: field("input"),
            value: field("value"),
            among: field("among"),
            month: field("month"),
            label: field("label"),
            source: field("source"),
            reason: field("reason"),
        }
    }

    fn entry(&self, evidence: Vec<Kept>) -> Entry {
        Entry {
            evidence,
            value: self.value.clone(),
            among: self.among.clone(),
            month: self.month.clone(),
            label: self.label.clone(),
            source: self.source.clone(),
            reason: self.reason.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "entering.html")]
struct EnteringPage {
    f: Frame,
    programmes: Vec<(String, String)>,
    desk: Option<Desk>,
    fields: EntryFields,
    saved: bool,
    problem: Option<Problem>,
}

/// What may be entered for a programme, and what was.
struct Desk {
    slug: String,
    title: String,
    subjects: Vec<(String, String)>,
    inputs: Vec<(String, String)>,
    groups: Vec<Group>,
}

/// What was entered about one subject.
struct Group {
    name: String,
    lines: Vec<Line>,
}

struct Line {
    id: Uuid,
    input: String,
    label: String,
    value: String,
    source: String,
    small: String,
    earlier: Vec<String>,
    evidence: EvidenceList,
}

async fn ask(State(app): State<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mut fields = EntryFields { programme: asked.programme.clone(), ..EntryFields::default() };
    let outline = match asked.programme.as_str() {
        "" => None,
        slug => Some(plan::authority::outline(&app, &me, slug, Permission::ScoreYear).await?),
    };
    if let (Some(outline), Some(id)) = (&outline, asked.correct) {
        let all = rows::inputs_of(app.store.reader(), outline.programme.id).await?;
        if let Some(row) = all.into_iter().find(|row| row.id == id) {
            fields = filled(&asked.programme, &row);
        }
    }
    page(&entering_page(&app, f, &me, (outline, fields), asked.saved.is_some(), None).await?)
}

/// The form as it was when the row was entered.
fn filled(slug: &str, row: &Row) -> EntryFields {
    EntryFields {
        programme: slug.to_owned(),
        subject: row.subject.clone(),
        input: row.input.clone(),
        value: row.value.map(|value| amount::from_stored(value).to_string()).unwrap_or_default(),
        among: row.among.map(|among| among.to_string()).unwrap_or_default(),
        month: if row.month > 0 { row.month.to_string() } else { String::new() },
        label: row.label.clone(),
        source: row.source.clone(),
        reason: String::new(),
    }
}

async fn entering_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    (outline, fields): (Option<Outline>, EntryFields),
    saved: bool,
    problem: Option<Problem>,
) -> Result<EnteringPage> {
    let mine = authority::programmes_of(app, me, Permission::ScoreYear).await?;
    let desk = match outline {
        Some(outline) => Some(Desk::open(app, &f, &outline).await?),
        None => None,
    };
    Ok(EnteringPage {
        programmes: mine.into_iter().map(|programme| (programme.slug, programme.title)).collect(),
        desk,
        fields,
        saved,
        problem,
        f,
    })
}

impl Desk {
    async fn open(app: &App, f: &Frame, outline: &Outline) -> Result<Self> {
        let on = app.store.reader();
        let (subjects, schemes) = surroundings(app, outline).await?;
        let inputs = typed_inputs(&schemes);
        let all = rows::inputs_of(on, outline.programme.id).await?;
        let standing = standing(&all, app.store.clock().today());
        let keys: Vec<Uuid> = standing.iter().map(|row| row.id).collect();
        let proofs = files::store::of_subjects(on, typed::EVIDENCE, &keys).await?;
        let group = |subject: &Subject| {
            let own = standing.iter().filter(|row| row.subject == subject.key());
            let lines: Vec<Line> = own.map(|row| Line::of(f, row, &all, &inputs, &proofs)).collect();
            (!lines.is_empty()).then(|| Group { name: subject.name.clone(), lines })
        };
        Ok(Self {
            slug: outline.programme.slug.clone(),
            title: outline.programme.title.clone(),
            groups: subjects.iter().filter_map(group).collect(),
            subjects: subjects.iter().map(|subject| (subject.key(), subject.name.clone())).collect(),
            inputs: inputs
                .values()
                .map(|(input, scheme)| {
                    let name = format!("{}（{}）", f.say(&input.title()), f.say(&scheme.scheme.title()));
                    (input.code.clone(), name)
                })
                .collect(),
        })
    }
}

impl Line {
    fn of(
        f: &Frame,
        row: &Row,
        all: &[Row],
        inputs: &BTreeMap<usize, (&Input, &Available)>,
        proofs: &[Evidence],
    ) -> Self {
        let own: Vec<Evidence> = proofs.iter().filter(|file| file.subject_id == row.id).cloned().collect();
        let input = inputs.values().find(|(input, _)| input.code == row.input).map(|(input, _)| *input);
        let shown = |row: &Row| match (row.value, input) {
            (None, _) => f.lang.t("撤回", "taken back").to_owned(),
            (Some(value), Some(input)) => explain::reading(&as_reading(row, value), input.kind, f.lang),
            (Some(value), None) => amount::from_stored(value).to_string(),
        };
        let same = |other: &&Row| {
            (&other.subject, &other.input, &other.label, other.month)
                == (&row.subject, &row.input, &row.label, row.month)
        };
        let earlier = all.iter().filter(same).filter(|other| other.version < row.version);
        Self {
            evidence: evidence::list(f, &own),
            id: row.id,
            input: input.map_or_else(|| row.input.clone(), |input| f.say(&input.title()).to_owned()),
            label: row.label.clone(),
            value: shown(row),
            source: row.source.clone(),
            small: format!("{} · {}", f.time(&row.entered_ms), row.entered_by),
            earlier: earlier
                .map(|old| format!("{} · {} · {}", shown(old), f.time(&old.entered_ms), old.entered_by))
                .collect(),
        }
    }
}

fn as_reading(row: &Row, value: i64) -> Reading {
    let origin = Origin { words: kernel::Text::new("", ""), keys: Vec::new(), address: String::new() };
    Reading {
        of: row.among.and_then(|among| u32::try_from(among).ok()),
        month: u8::try_from(row.month).ok().filter(|month| *month > 0),
        ..Reading::new(&row.label, amount::from_stored(value), origin)
    }
}

/// The subjects of a programme and the schemes that hold for it.
pub(crate) async fn surroundings(app: &App, outline: &Outline) -> ::store::Result<(Vec<Subject>, Vec<Available>)> {
    let on = app.store.reader();
    let subjects = inputs::subjects(on, outline, app.store.clock().today()).await?;
    Ok((subjects, catalogue::of_programme(on, &outline.programme).await?))
}

/// What may be typed, each once, in the order of the schemes; the latest version of a scheme says what it is.
pub(crate) fn typed_inputs(schemes: &[Available]) -> BTreeMap<usize, (&Input, &Available)> {
    let mut found = BTreeMap::<usize, (&Input, &Available)>::new();
    for available in schemes {
        for input in available.scheme.typed() {
            let at = found.iter().find(|(_, (known, _))| known.code == input.code).map_or(found.len(), |(at, _)| *at);
            found.insert(at, (input, available));
        }
    }
    found
}

/// Enters what the fields say; for the page and for the API.
pub(crate) async fn attempt(
    app: &App,
    me: &SignedIn,
    outline: &Outline,
    (subject, input): (&str, &str),
    entry: &Entry,
) -> ::store::Result<Uuid> {
    let (subjects, schemes) = surroundings(app, outline).await?;
    let subject = subjects.iter().find(|one| one.key() == subject).ok_or_else(|| {
        Problem::field(
            "subject",
            "请选择对象：方案下一级的地区，或牵头单位",
            "Choose a place below the programme's own, or a lead body",
        )
    })?;
    let inputs = typed_inputs(&schemes);
    let (input, _) = inputs
        .values()
        .find(|(one, _)| one.code == input)
        .ok_or_else(|| Problem::field("input", "请选择要录入的内容", "Choose what is to be entered"))?;
    typed::enter(&app.store, (&me.actor(), &me.display_name), outline, subject, input, entry).await
}

async fn enter(State(app): State<App>, f: Frame, me: SignedIn, mut upload: Upload) -> Result<Response> {
    let fields = EntryFields::of(&upload);
    let outline = plan::authority::outline(&app, &me, &fields.programme, Permission::ScoreYear).await?;
    let entered = match evidence::keep(&app, &mut upload, "files").await {
        Ok(kept) => attempt(&app, &me, &outline, (&fields.subject, &fields.input), &fields.entry(kept)).await,
        Err(Error::Problem(problem)) => Err(problem.into()),
        Err(fault) => return Err(fault),
    };
    let back = format!("/office/assessments/inputs?programme={}&saved=1", escape(&fields.programme));
    let again = async |problem| entering_page(&app, f, &me, (Some(outline), fields), false, Some(problem)).await;
    outcome(entered, |_| back, again).await
}
