//! The assessment for programs: lists, scores, runs, keeping, computing again, entering.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use kernel::{Lang, Permission, Text};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Json, Path, ProblemDetails, Result, Route, SignedIn, Step};

use crate::assessments::{self, Assessment, State as Stage};
use crate::derivation::Derivation;
use crate::store::Listed;
use crate::typed::Entry;
use crate::words::SubjectKind;
use crate::{authority, entering, list, schemes};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/api/v1/assessments", ENTER),
    Route::get("/api/v1/assessments/{id}", ENTER),
    Route::get("/api/v1/assessments/{id}/scores", ENTER),
    Route::get("/api/v1/assessments/{id}/replay", ENTER),
    Route::post("/api/v1/assessments/{id}/keeping", SCORE),
    Route::get("/api/v1/assessment-schemes", ENTER),
    Route::post("/api/v1/programmes/{slug}/assessments", SCORE),
    Route::post("/api/v1/programmes/{slug}/assessment-inputs", SCORE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .routes(routes!(list_assessments))
        .routes(routes!(show))
        .routes(routes!(list_scores))
        .routes(routes!(replay))
        .routes(routes!(keep))
        .routes(routes!(list_schemes))
        .routes(routes!(run))
        .routes(routes!(enter));
    Step { router, routes: ROUTES }
}

fn headings(pairs: &[(&str, &str)]) -> Vec<Text> {
    pairs.iter().map(|(zh, en)| Text::new(*zh, *en)).collect()
}

/// An assessment of a list.
#[derive(Serialize, utoipa::ToSchema)]
struct AssessmentLine {
    id: Uuid,
    programme_id: Uuid,
    year: i32,
    /// Code and version: `suggested@1`.
    scheme: String,
    cut_off: NaiveDate,
    /// `draft`, `kept`, `replaced`.
    state: &'static str,
    run_ms: i64,
    run_by: String,
    kept_ms: Option<i64>,
    kept_by: Option<String>,
}

impl From<Listed> for AssessmentLine {
    fn from(row: Listed) -> Self {
        Self {
            id: row.id,
            programme_id: row.programme_id,
            year: row.year,
            scheme: format!("{}@{}", row.scheme, row.scheme_version),
            cut_off: row.cut_off,
            state: Stage::of(row.kept_ms, row.replaced_ms, None).code(),
            run_ms: row.run_ms,
            run_by: row.run_by,
            kept_ms: row.kept_ms,
            kept_by: row.kept_by,
        }
    }
}

impl Row for AssessmentLine {
    fn file_name() -> Text {
        Text::new("考核记录", "assessments")
    }

    fn headings() -> Vec<Text> {
        headings(&[
            ("编号", "Key"),
            ("年度", "Year"),
            ("办法", "Scheme"),
            ("截至", "Cut-off"),
            ("状态", "State"),
            ("试算人", "Run by"),
            ("封存人", "Kept by"),
        ])
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.id.to_string().into(),
            i64::from(self.year).into(),
            self.scheme.as_str().into(),
            self.cut_off.into(),
            self.state.into(),
            self.run_by.as_str().into(),
            self.kept_by.clone().into(),
        ]
    }
}

/// Assessments, newest first.
#[utoipa::path(get, path = "/api/v1/assessments", tag = "assessment", params(Paging),
    responses((status = 200, body = Slice<AssessmentLine>), (status = 403, body = ProblemDetails)))]
async fn list_assessments(State(app): State<App>, me: SignedIn, wanted: Wanted) -> Result<Response> {
    list::listed(&app, &me, &wanted).await?.map(AssessmentLine::from).reply(&wanted).await
}

/// An assessment with everything that it stands on.
#[derive(Serialize, utoipa::ToSchema)]
struct AssessmentDetails {
    #[serde(flatten)]
    line: AssessmentLine,
    programme: String,
    /// Why a later one took its place.
    replaced_reason: Option<String>,
    /// SM3 over scheme, inputs and scores.
    digest: String,
    /// The text of the scheme.
    rules: String,
    /// Every reading with where it comes from.
    inputs: Value,
    /// Every part of every score.
    scores: Value,
}

/// One assessment.
#[utoipa::path(get, path = "/api/v1/assessments/{id}", tag = "assessment", params(("id" = Uuid, Path)),
    responses((status = 200, body = AssessmentDetails), (status = 404, body = ProblemDetails)))]
async fn show(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>) -> Result<Answer<AssessmentDetails>> {
    let (found, programme) = authority::assessment(&app, &me, id, Permission::EnterOffice).await?;
    let (row, state) = (found.row.clone(), found.state());
    Ok(Answer(AssessmentDetails {
        programme: programme.slug,
        replaced_reason: row.replaced_reason,
        digest: row.digest,
        inputs: serde_json::from_str(&row.inputs).map_err(web::Error::fault)?,
        scores: serde_json::from_str(&row.scores).map_err(web::Error::fault)?,
        rules: row.rules,
        line: AssessmentLine {
            id,
            programme_id: row.programme_id,
            year: row.year,
            scheme: found.scheme.reference(),
            cut_off: row.cut_off,
            state: state.code(),
            run_ms: row.run_ms,
            run_by: row.run_by,
            kept_ms: row.kept_ms,
            kept_by: row.kept_by,
        },
    }))
}

/// One component of one score.
#[derive(Serialize, utoipa::ToSchema)]
struct ScoreLine {
    /// `region` or `organisation`.
    kind: String,
    /// The subject's key: `region-330203`.
    subject: String,
    name: String,
    /// None while the score is open.
    rank: Option<u32>,
    tie: bool,
    #[schema(value_type = String)]
    total: Decimal,
    /// The component's code; `limits` for what the limits of the whole changed.
    component: String,
    title: String,
    /// None while an input is missing.
    #[schema(value_type = Option<String>)]
    points: Option<Decimal>,
    /// How the points came about.
    how: String,
}

impl Row for ScoreLine {
    fn file_name() -> Text {
        Text::new("考核得分", "scores")
    }

    fn headings() -> Vec<Text> {
        headings(&[
            ("类别", "Kind"),
            ("对象", "Subject"),
            ("名次", "Rank"),
            ("总分", "Total"),
            ("内容", "Component"),
            ("得分", "Points"),
            ("算法", "How"),
        ])
    }

    fn cells(&self, lang: Lang) -> Vec<Cell> {
        let kind = SubjectKind::parse(&self.kind).map(|kind| kind.name().get(lang).to_owned());
        vec![
            kind.into(),
            self.name.as_str().into(),
            self.rank.map(i64::from).into(),
            self.total.into(),
            self.title.as_str().into(),
            self.points.into(),
            self.how.as_str().into(),
        ]
    }
}

/// Every component of every score, best subjects first.
#[utoipa::path(get, path = "/api/v1/assessments/{id}/scores", tag = "assessment", params(("id" = Uuid, Path), Paging),
    responses((status = 200, body = Slice<ScoreLine>), (status = 404, body = ProblemDetails)))]
async fn list_scores(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>, wanted: Wanted) -> Result<Response> {
    let (found, _) = authority::assessment(&app, &me, id, Permission::EnterOffice).await?;
    Slice::of_all(score_lines(&found, wanted.lang), &wanted)?.reply(&wanted).await
}

fn score_lines(assessment: &Assessment, lang: Lang) -> Vec<ScoreLine> {
    let mut lines = Vec::new();
    for table in &assessment.scores.tables {
        for derivation in table.rows.iter().filter_map(|row| Derivation::of(assessment, &row.subject, lang)) {
            let score = &derivation.score;
            let line = |component: &str, title: &str, points: Option<Decimal>, how: &str| ScoreLine {
                kind: table.kind.code().to_owned(),
                subject: score.subject.clone(),
                name: derivation.name.clone(),
                rank: score.rank,
                tie: score.tie,
                total: score.total,
                component: component.to_owned(),
                title: title.to_owned(),
                points,
                how: how.to_owned(),
            };
            lines.extend(derivation.lines.iter().map(|one| line(&one.code, &one.component, one.points, &one.made)));
            if !score.limited.is_zero() {
                let title = lang.t("总体上下限与否决", "Limits and vetoes");
                lines.push(line("limits", title, Some(score.limited), &derivation.vetoes.join("；")));
            }
        }
    }
    lines
}

/// What computing an assessment again showed.
#[derive(Serialize, utoipa::ToSchema)]
struct ReplayDetails {
    id: Uuid,
    /// Whether the same scheme and inputs give the same scores.
    same: bool,
    /// Whether what was kept is what the audit chain hashed.
    untouched: bool,
    /// Subjects whose score came out otherwise.
    differing: Vec<String>,
}

/// Computes an assessment again.
#[utoipa::path(get, path = "/api/v1/assessments/{id}/replay", tag = "assessment", params(("id" = Uuid, Path)),
    responses((status = 200, body = ReplayDetails), (status = 404, body = ProblemDetails)))]
async fn replay(State(app): State<App>, me: SignedIn, Path(id): Path<Uuid>) -> Result<Answer<ReplayDetails>> {
    let (found, _) = authority::assessment(&app, &me, id, Permission::EnterOffice).await?;
    let replay = assessments::replay(app.store.reader(), &found).await?;
    let (same, untouched) = (replay.same, replay.untouched);
    Ok(Answer(ReplayDetails { id, same, untouched, differing: replay.differing }))
}

/// Why a kept assessment is replaced.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct KeepBody {
    /// Needed where another one stands by the same scheme.
    reason: String,
}

/// Keeps a draft.
#[utoipa::path(post, path = "/api/v1/assessments/{id}/keeping", tag = "assessment", params(("id" = Uuid, Path)), request_body = KeepBody,
    responses((status = 204), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn keep(
    State(app): State<App>,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Json(body): Json<KeepBody>,
) -> Result<StatusCode> {
    authority::assessment(&app, &me, id, Permission::ScoreYear).await?;
    assessments::keep(&app.store, (&me.actor(), &me.display_name), id, &body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A scheme of a list.
#[derive(Serialize, utoipa::ToSchema)]
struct SchemeLine {
    /// Code and version: `suggested@1`.
    scheme: String,
    name: String,
    valid_from: i32,
    valid_to: Option<i32>,
    #[schema(value_type = Option<String>)]
    full_mark: Option<Decimal>,
    /// Whether it ships with the program.
    shipped: bool,
    /// The whole text.
    text: String,
}

impl Row for SchemeLine {
    fn file_name() -> Text {
        Text::new("考核办法", "schemes")
    }

    fn headings() -> Vec<Text> {
        headings(&[
            ("办法", "Scheme"),
            ("名称", "Name"),
            ("起始年度", "From"),
            ("截止年度", "To"),
            ("满分", "Full mark"),
            ("原文", "Text"),
        ])
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.scheme.as_str().into(),
            self.name.as_str().into(),
            i64::from(self.valid_from).into(),
            self.valid_to.map(i64::from).into(),
            self.full_mark.into(),
            self.text.as_str().into(),
        ]
    }
}

/// The schemes that may be used.
#[utoipa::path(get, path = "/api/v1/assessment-schemes", tag = "assessment", params(Paging),
    responses((status = 200, body = Slice<SchemeLine>)))]
async fn list_schemes(State(app): State<App>, me: SignedIn, wanted: Wanted) -> Result<Response> {
    let found = schemes::visible(&app, &me).await?;
    let lines = found.into_iter().map(|one| SchemeLine {
        scheme: one.scheme.reference(),
        name: one.scheme.title().get(wanted.lang).to_owned(),
        valid_from: one.scheme.valid_from,
        valid_to: one.scheme.valid_to,
        full_mark: one.scheme.full_mark.map(|full| *full),
        shipped: one.added.is_none(),
        text: one.text,
    });
    Slice::of_all(lines.collect(), &wanted)?.reply(&wanted).await
}

/// What is to be run.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct RunBody {
    /// `suggested@1`, or `suggested` for the latest version.
    scheme: String,
    /// Figures up to this day; without it the programme's usual cut-off, else the end of its year.
    cut_off: String,
}

/// The key of what was made.
#[derive(Serialize, utoipa::ToSchema)]
struct Made {
    id: Uuid,
}

/// Runs a scheme over a programme; the result is a draft.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/assessments", tag = "assessment", params(("slug" = String, Path)), request_body = RunBody,
    responses((status = 201, body = Made), (status = 403, body = ProblemDetails), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn run(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<RunBody>,
) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &slug, Permission::ScoreYear).await?;
    let id = list::attempt(&app, &me, &outline, &body.scheme, &body.cut_off).await?;
    let location = [(LOCATION, format!("/api/v1/assessments/{id}"))];
    Ok((StatusCode::CREATED, location, Answer(Made { id })).into_response())
}

/// Something to be entered about a subject.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct EntryBody {
    /// `region-330203`, `organisation-` with the body's key.
    subject: String,
    /// The input's code.
    input: String,
    /// `98.5`, `yes`, `no`; an empty text takes back what stands.
    value: String,
    /// For a rank: among how many.
    among: String,
    /// For months: 1–12.
    month: String,
    /// Of what, where there are several.
    label: String,
    /// Letter, poll or circular with number and date.
    source: String,
    /// Why what stands is changed.
    reason: String,
}

/// Enters what the program cannot know, or corrects it.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/assessment-inputs", tag = "assessment", params(("slug" = String, Path)), request_body = EntryBody,
    responses((status = 201, body = Made), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn enter(
    State(app): State<App>,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<EntryBody>,
) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &slug, Permission::ScoreYear).await?;
    let EntryBody { subject, input, value, among, month, label, source, reason } = body;
    let entry = Entry { value, among, month, label, source, reason, evidence: Vec::new() };
    let id = entering::attempt(&app, &me, &outline, (&subject, &input), &entry).await?;
    Ok((StatusCode::CREATED, Answer(Made { id })).into_response())
}
