//! Bulletins in the API: the signed ones for everybody, a check for those who write them.

use axum::extract::State as Shared;
use axum::response::{IntoResponse, Response};
use bulletins::Text;
use chrono::NaiveDate;
use kernel::{Lang, Permission};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::download::{Cell, Row};
use web::listing::{Paging, Wanted};
use web::{Access, App, Json, Language, Path, ProblemDetails, Result, Route, SignedIn, Step};

use crate::authority;
use crate::check_words::{Line, lines, relations};
use crate::checking::check;
use crate::public::{Found, signed};
use crate::signing::frozen;
use crate::tables::bulletins::Model as Bulletin;
use crate::writing::bindings::How;

const ROUTES: &[Route] = &[
    Route::get("/api/v1/bulletins", Access::Public),
    Route::get("/api/v1/bulletins/{id}", Access::Public),
    Route::post("/api/v1/programmes/{slug}/bulletin-check", Access::Needs(Permission::WriteBulletins)),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new().routes(routes!(list)).routes(routes!(show)).routes(routes!(judge));
    Step { router, routes: ROUTES }
}

/// A signed bulletin in a list.
#[derive(Serialize, utoipa::ToSchema)]
struct Summary {
    id: Uuid,
    /// The programme's slug.
    programme: String,
    /// Generated data (演示数据).
    demo: bool,
    /// `half-year`, `year-end`, `monthly`, `order`, `count`, `reply`.
    template: String,
    title: String,
    /// The day up to which its figures count.
    cut_off: NaiveDate,
    /// The day at whose end the ledger was read.
    known_on: Option<NaiveDate>,
    /// `signed` or `superseded`.
    state: String,
    signed_ms: Option<i64>,
    signed_by: String,
    /// The bulletin that it corrects.
    supersedes: Option<Uuid>,
    /// Why.
    reason: String,
    /// SM3 over the cut-off and the frozen document.
    sm3: String,
}

impl Summary {
    fn of(row: &Bulletin, programme: &str, demo: bool) -> Self {
        Self {
            id: row.id,
            programme: programme.to_owned(),
            demo,
            template: row.template.clone(),
            title: frozen(row).map(|document| document.title).unwrap_or_default(),
            cut_off: row.cut_off,
            known_on: row.known_on,
            state: row.state.clone(),
            signed_ms: row.signed_ms,
            signed_by: row.signed_by_name.clone(),
            supersedes: row.supersedes,
            reason: row.reason.clone(),
            sm3: row.digest.clone(),
        }
    }
}

impl Row for Summary {
    fn file_name() -> kernel::Text {
        kernel::Text::new("公报", "bulletins")
    }

    fn headings() -> Vec<kernel::Text> {
        [
            ("编号", "id"),
            ("方案", "programme"),
            ("标题", "title"),
            ("截至", "cut-off"),
            ("状态", "state"),
            ("签发", "signed by"),
            ("SM3", "SM3"),
        ]
        .map(|(zh, en)| kernel::Text::new(zh, en))
        .into()
    }

    fn cells(&self, _: Lang) -> Vec<Cell> {
        vec![
            self.id.to_string().into(),
            self.programme.clone().into(),
            self.title.clone().into(),
            self.cut_off.into(),
            self.state.clone().into(),
            self.signed_by.clone().into(),
            self.sm3.clone().into(),
        ]
    }
}

/// A signed bulletin with its text and figures.
#[derive(Serialize, utoipa::ToSchema)]
struct Whole {
    #[serde(flatten)]
    summary: Summary,
    text: String,
    figures: Vec<Cited>,
}

/// A figure of a bulletin.
#[derive(Serialize, utoipa::ToSchema)]
struct Cited {
    /// What it says.
    name: String,
    /// As it prints.
    printed: String,
    /// The exact value as a decimal string.
    value: Option<String>,
    unit: String,
    /// `[start, end)` in characters of the text.
    span: [usize; 2],
    as_of: Option<NaiveDate>,
    /// `entry`, `sum`, `derived`, `outside`.
    #[schema(value_type = String)]
    how: How,
    /// The entry of the ledger.
    entry: Option<Uuid>,
    /// How it was derived, or who says so.
    says: String,
}

/// Signed bulletins, the latest first.
#[utoipa::path(get, path = "/api/v1/bulletins", tag = "announce", params(Paging),
    responses((status = 200, body = web::listing::Slice<Summary>)))]
async fn list(Shared(app): Shared<App>, wanted: Wanted) -> Result<Response> {
    let slice = signed(&app, &wanted).await?;
    slice.map(|(row, programme)| Summary::of(&row, &programme.slug, programme.demo)).reply(&wanted).await
}

/// A signed bulletin with its text and where each figure comes from.
#[utoipa::path(get, path = "/api/v1/bulletins/{id}", tag = "announce", params(("id" = Uuid, Path)),
    responses((status = 200, body = Whole), (status = 404, body = ProblemDetails)))]
async fn show(Shared(app): Shared<App>, Path(id): Path<Uuid>) -> Result<Response> {
    let found = Found::load(&app, id).await?;
    let (text, places) = found.document.text();
    let figures = places
        .into_iter()
        .filter_map(|(at, span)| {
            let bound = found.document.figures.get(at)?;
            Some(Cited {
                name: bound.name.clone(),
                printed: bound.text.clone(),
                value: bound.value.map(|value| value.normalize().to_string()),
                unit: bound.unit.clone(),
                span: span.into(),
                as_of: bound.as_of,
                how: bound.how,
                entry: bound.entry,
                says: bound.says.clone(),
            })
        })
        .collect();
    let summary = Summary::of(&found.row, &found.programme.slug, found.programme.demo);
    Ok(axum::Json(Whole { summary, text, figures }).into_response())
}

/// A text to check.
#[derive(Deserialize, utoipa::ToSchema)]
struct CheckBody {
    text: String,
    /// For figures whose own day the text does not tell.
    cut_off: Option<NaiveDate>,
}

/// What came of it.
#[derive(Serialize, utoipa::ToSchema)]
struct CheckAnswer {
    /// Whether a figure differs from the ledger, or a relation within the text does not hold.
    fails: bool,
    cut_off: Option<NaiveDate>,
    lines: Vec<Line>,
    /// What the figures of the text say of each other.
    relations: Vec<Line>,
}

/// Checks a text against the ledger, figure by figure.
#[utoipa::path(post, path = "/api/v1/programmes/{slug}/bulletin-check", tag = "announce", params(("slug" = String, Path)),
    request_body = CheckBody,
    responses((status = 200, body = CheckAnswer), (status = 403, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
async fn judge(
    Shared(app): Shared<App>,
    Language(lang): Language,
    me: SignedIn,
    Path(slug): Path<String>,
    Json(body): Json<CheckBody>,
) -> Result<Response> {
    let outline = authority::programme(&app, &me, &slug).await?;
    let checked = check(app.store.reader(), &outline, Text::new("", body.text), body.cut_off).await?;
    Ok(axum::Json(CheckAnswer {
        fails: checked.fails(),
        cut_off: checked.cut_off,
        lines: lines(&checked, &slug, lang),
        relations: relations(&checked, lang),
    })
    .into_response())
}
