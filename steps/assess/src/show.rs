//! One assessment: the ranking, the way to each score, keeping, computing again, the workbook.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Permission, Problem};
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{
    Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, download, outcome, page,
};

use crate::assessments::{self, Assessment, Replay, State as Stage};
use crate::derivation::{Derivation, Line};
use crate::list::{stage_class, version_words};
use crate::rules::{Score, Table};
use crate::words::Class;
use crate::{authority, explain, store, workbook};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/office/assessments/{id}", ENTER),
    Route::post("/office/assessments/{id}/keeping", SCORE),
    Route::post("/office/assessments/{id}/discarding", SCORE),
    Route::get("/office/assessments/{id}/workbook", ENTER),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/assessments/{id}", get(show))
        .route("/office/assessments/{id}/keeping", post(keep))
        .route("/office/assessments/{id}/discarding", post(discard))
        .route("/office/assessments/{id}/workbook", get(download_workbook));
    Step { router, routes: ROUTES }
}

/// What a reader wants to see besides the ranking.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    subject: Option<String>,
    replay: Option<String>,
    saved: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct KeepFields {
    reason: String,
}

#[derive(Template)]
#[template(path = "show.html")]
struct ShowPage {
    f: Frame,
    assessment: Assessment,
    programme: Programme,
    derivation: Option<Derivation>,
    replay: Option<Replay>,
    may_score: bool,
    /// The kept assessment that this one would take the place of.
    standing: Option<Uuid>,
    saved: bool,
    fields: KeepFields,
    problem: Option<Problem>,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (assessment, programme) = authority::assessment(&app, &me, id, Permission::EnterOffice).await?;
    page(&show_page(&app, f, &me, (assessment, programme), asked, None).await?)
}

async fn show_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    (assessment, programme): (Assessment, Programme),
    asked: Asked,
    refused: Option<(KeepFields, Problem)>,
) -> Result<ShowPage> {
    let on = app.store.reader();
    let derivation = asked.subject.as_deref().and_then(|key| Derivation::of(&assessment, key, f.lang));
    let replay = match asked.replay {
        Some(_) => Some(assessments::replay(on, &assessment).await?),
        None => None,
    };
    let may_score = authority::scores(me, plan::authority::region(&programme));
    let standing = match assessment.state() {
        Stage::Draft => store::standing(on, programme.id, &assessment.row.scheme).await?,
        _ => None,
    };
    let (fields, problem) = refused.map_or((KeepFields::default(), None), |(fields, problem)| (fields, Some(problem)));
    Ok(ShowPage {
        f,
        assessment,
        programme,
        derivation,
        replay,
        may_score,
        standing,
        saved: asked.saved.is_some(),
        fields,
        problem,
    })
}

impl ShowPage {
    fn say(&self, text: kernel::Text) -> String {
        text.get(self.f.lang).to_owned()
    }

    fn id(&self) -> Uuid {
        self.assessment.row.id
    }

    fn scheme(&self) -> String {
        let name = self.assessment.scheme.title();
        format!("{} {}", self.f.say(&name), version_words(&self.f, self.assessment.scheme.version))
    }

    fn stage(&self) -> String {
        self.f.say(&self.assessment.state().name()).to_owned()
    }

    fn stage_class(&self) -> &'static str {
        stage_class(self.assessment.state())
    }

    fn is_draft(&self) -> bool {
        self.assessment.state() == Stage::Draft
    }

    fn open_scores(&self) -> usize {
        self.assessment.scores.tables.iter().flat_map(|table| &table.rows).filter(|row| !row.open.is_empty()).count()
    }

    fn heading(&self, table: &Table) -> String {
        self.f.say(&table.kind.name()).to_owned()
    }

    fn name<'a>(&'a self, row: &'a Score) -> &'a str {
        let known = self.assessment.inputs.subjects.iter().find(|known| known.subject.key() == row.subject);
        known.map_or(row.subject.as_str(), |known| known.subject.name.as_str())
    }

    fn rank(&self, row: &Score) -> String {
        let rank = row.rank.map(|rank| rank.to_string()).unwrap_or_else(|| "—".to_owned());
        if row.tie { format!("{rank} {}", self.f.lang.t("并列", "tied")) } else { rank }
    }

    fn base(&self, row: &Score) -> String {
        explain::aligned(row.sum_of(&self.assessment.scheme, Class::Base), self.assessment.scheme.places)
    }

    fn extra(&self, row: &Score) -> String {
        explain::signed(row.sum_of(&self.assessment.scheme, Class::Extra))
    }

    fn total(&self, row: &Score) -> String {
        explain::aligned(row.total, self.assessment.scheme.places)
    }

    /// The state of a score in a word, with the class of a light.
    fn state(&self, row: &Score) -> (&'static str, String) {
        let f = &self.f;
        if !row.vetoes.is_empty() {
            return ("late", f.lang.t("一票否决", "vetoed").to_owned());
        }
        match (row.open.len(), f.lang) {
            (0, _) => ("done", f.lang.t("齐全", "complete").to_owned()),
            (open, kernel::Lang::Zh) => ("behind", format!("缺 {open} 项")),
            (open, kernel::Lang::En) => ("behind", format!("{open} missing")),
        }
    }

    fn is_open(&self, row: &Score) -> bool {
        self.derivation.as_ref().is_some_and(|derivation| derivation.score.subject == row.subject)
    }

    fn limited(&self, derivation: &Derivation) -> Option<String> {
        let limited = derivation.score.limited;
        (!limited.is_zero()).then(|| explain::signed(limited))
    }

    fn points(&self, line: &Line) -> String {
        line.shown().unwrap_or_else(|| "—".to_owned())
    }
}

async fn keep(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<KeepFields>,
) -> Result<Response> {
    authority::assessment(&app, &me, id, Permission::ScoreYear).await?;
    let kept = assessments::keep(&app.store, (&me.actor(), &me.display_name), id, &fields.reason).await;
    settle(&app, f, &me, id, kept, fields).await
}

async fn discard(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<KeepFields>,
) -> Result<Response> {
    authority::assessment(&app, &me, id, Permission::ScoreYear).await?;
    let done = assessments::discard(&app.store, &me.actor(), id).await;
    if done.is_ok() {
        return Ok(Redirect::to("/office/assessments").into_response());
    }
    settle(&app, f, &me, id, done, fields).await
}

/// Back to the page: with what was done, or with why it was not.
async fn settle(
    app: &App,
    f: Frame,
    me: &SignedIn,
    id: Uuid,
    done: ::store::Result<()>,
    fields: KeepFields,
) -> Result<Response> {
    let again = async |problem| {
        let found = authority::assessment(app, me, id, Permission::ScoreYear).await?;
        show_page(app, f, me, found, Asked::default(), Some((fields, problem))).await
    };
    outcome(done, |()| format!("/office/assessments/{id}?saved=1"), again).await
}

async fn download_workbook(State(app): State<App>, f: Frame, me: SignedIn, Path(id): Path<Uuid>) -> Result<Response> {
    let (assessment, programme) = authority::assessment(&app, &me, id, Permission::EnterOffice).await?;
    let (lang, title) = (f.lang, programme.title.clone());
    let written = tokio::task::spawn_blocking(move || workbook::write(&assessment, &programme, lang)).await;
    let bytes = written.map_err(Error::fault)?.map_err(Error::fault)?;
    let name = format!("{title}{}.xlsx", f.lang.t("综合考核", " assessment"));
    Ok(download::file(bytes, workbook::MEDIA_TYPE, &name))
}
