//! One bulletin in the office: written, previewed, signed off, corrected.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kernel::{Lang, Permission, Problem, typed};
use ledger::programmes::Outline;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Error, Frame, Path, Query, Result, Route, SignedIn, Step, components, outcome, page};

use crate::drafts::{Edited, Judged, correct, drop_draft, edit};
use crate::rules::may_sign;
use crate::showing::Article;
use crate::signing::{Seen, digest, frozen, is_intact, sign};
use crate::tables::bulletin_edits::Model as Edit;
use crate::tables::bulletins::Model as Bulletin;
use crate::words::State;
use crate::writing::bindings::{Bindings, Bound};
use crate::{authority, store as rows};

const WRITE: Access = Access::Needs(Permission::WriteBulletins);
const ROUTES: &[Route] = &[
    Route::get("/office/bulletins/{id}", WRITE),
    Route::post("/office/bulletins/{id}", WRITE),
    Route::post("/office/bulletins/{id}/preview", WRITE),
    Route::post("/office/bulletins/{id}/sign-off", Access::Needs(Permission::SignBulletins)),
    Route::post("/office/bulletins/{id}/correction", WRITE),
    Route::post("/office/bulletins/{id}/drop", WRITE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/bulletins/{id}", get(show).post(save))
        .route("/office/bulletins/{id}/preview", post(preview))
        .route("/office/bulletins/{id}/sign-off", post(sign_it))
        .route("/office/bulletins/{id}/correction", post(correct_it))
        .route("/office/bulletins/{id}/drop", post(drop_it));
    Step { router, routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    version: i32,
    title: String,
    body: String,
    cut_off: String,
    known_on: String,
}

impl Fields {
    fn of(row: &Bulletin) -> Self {
        Self {
            version: row.version,
            title: row.title.clone(),
            body: row.body.clone(),
            cut_off: row.cut_off.to_string(),
            known_on: row.known_on.map(|day| day.to_string()).unwrap_or_default(),
        }
    }

    fn edited(&self) -> Result<Edited, Problem> {
        let known_on = typed::optional_day("known_on", &self.known_on)?;
        let cut_off = typed::day("cut_off", &self.cut_off)?;
        Ok(Edited { title: self.title.clone(), body: self.body.clone(), cut_off, known_on })
    }
}

/// What stands in the column of the preview.
struct Preview {
    article: Article,
    title: String,
    judged: Judged,
}

impl Preview {
    fn of(lang: Lang, edited: &Edited, bindings: &Bindings) -> Self {
        Self::judged(lang, Judged::of(edited, bindings), bindings.slug())
    }

    fn judged(lang: Lang, judged: Judged, slug: &str) -> Self {
        let article = Article::of(lang, &judged.document, slug);
        Self { article, title: judged.document.title.clone(), judged }
    }
}

#[derive(Template)]
#[template(path = "editor.html")]
struct EditorPage {
    f: Frame,
    row: Bulletin,
    outline: Outline,
    fields: Fields,
    preview: Preview,
    /// What placeholders may name; only while it is written.
    bindable: Vec<Bound>,
    /// The digest of what is shown.
    seen: String,
    edits: Vec<Edit>,
    may_sign: MaySign,
    /// The reason for a correction, as typed.
    reason: String,
    saved: bool,
    problem: Option<Problem>,
}

/// Whether the viewer may sign what is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MaySign {
    Yes,
    /// They hold no such right.
    NotTheirs,
    /// Nobody else has written in it.
    WrittenAlone,
    /// Something is left open.
    NotReady,
}

impl EditorPage {
    fn is_draft(&self) -> bool {
        self.row.state() == State::Draft
    }

    fn is_intact(&self) -> bool {
        is_intact(&self.row)
    }

    fn address(&self) -> String {
        format!("/office/bulletins/{}", self.row.id)
    }

    fn open(&self) -> usize {
        self.preview.judged.typed.len() + self.preview.judged.document.gaps().len()
    }
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPart {
    f: Frame,
    preview: Preview,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    saved: Option<String>,
}

async fn show(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (row, outline) = authority::bulletin(&app, &me, id).await?;
    let mut shown = shown(&app, f, &me, (row, outline), None).await?;
    shown.saved = asked.saved.is_some();
    page(&shown)
}

async fn shown(
    app: &App,
    f: Frame,
    me: &SignedIn,
    (row, outline): (Bulletin, Outline),
    typed: Option<Fields>,
) -> Result<EditorPage> {
    let on = app.store.reader();
    let edits = rows::edits_of(on, row.id).await?;
    let stored = Edited::of(&row);
    let edited = typed.as_ref().and_then(|fields| fields.edited().ok()).unwrap_or_else(|| stored.clone());
    let bindings = Bindings::load(on, outline.programme.clone(), edited.cut_off, edited.known_on).await?;
    let preview = match frozen(&row) {
        Some(document) => {
            let judged = Judged { document, typed: Vec::new(), doubtful: Vec::new(), misdated: Vec::new() };
            Preview::judged(f.lang, judged, bindings.slug())
        }
        None => Preview::of(f.lang, &edited, &bindings),
    };
    let (_, seen) = digest(&preview.judged.document, edited.cut_off)?;
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    let editors: Vec<_> = edits.iter().map(|edit| edit.account_id).collect();
    let may = if !me.allows(Permission::SignBulletins, Some(outline.region())) {
        MaySign::NotTheirs
    } else if !may_sign(Some(me.account), &editors, &rules.sign_off.says) {
        MaySign::WrittenAlone
    } else if !preview.judged.is_ready() || edited != stored {
        MaySign::NotReady
    } else {
        MaySign::Yes
    };
    let bindable = if row.state() == State::Draft { bindings.all().cloned().collect() } else { Vec::new() };
    let fields = typed.unwrap_or_else(|| Fields::of(&row));
    Ok(EditorPage {
        f,
        row,
        outline,
        fields,
        preview,
        bindable,
        seen,
        edits,
        may_sign: may,
        reason: String::new(),
        saved: false,
        problem: None,
    })
}

/// On to the page when all went well, or the page again with what was typed.
async fn answer(
    app: &App,
    (f, me): (Frame, &SignedIn),
    found: (Bulletin, Outline),
    typed: (Option<Fields>, String),
    done: store::Result<Uuid>,
) -> Result<Response> {
    let again = async |problem| {
        let shown = shown(app, f, me, found, typed.0).await?;
        Ok(EditorPage { problem: Some(problem), reason: typed.1, ..shown })
    };
    outcome(done, |id| format!("/office/bulletins/{id}?saved=1"), again).await
}

async fn save(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let found = authority::bulletin(&app, &me, id).await?;
    let done = match fields.edited() {
        Ok(edited) => {
            edit(&app.store, (&me.actor(), &authority::by(&me)), (id, fields.version), &edited).await.map(|()| id)
        }
        Err(problem) => Err(problem.into()),
    };
    answer(&app, (f, &me), found, (Some(fields), String::new()), done).await
}

async fn preview(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let (_, outline) = authority::bulletin(&app, &me, id).await?;
    let edited = fields.edited()?;
    let bindings = Bindings::load(app.store.reader(), outline.programme, edited.cut_off, edited.known_on).await?;
    let lang = f.lang;
    page(&PreviewPart { f, preview: Preview::of(lang, &edited, &bindings) })
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct SignFields {
    version: i32,
    digest: String,
}

async fn sign_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<SignFields>,
) -> Result<Response> {
    let (row, outline) = authority::bulletin(&app, &me, id).await?;
    me.require(Permission::SignBulletins, outline.region())?;
    let seen = Seen { id, version: fields.version, digest: fields.digest };
    let done = sign(&app.store, (&me.actor(), &authority::by(&me)), &outline, &seen).await.map(|row| row.id);
    answer(&app, (f, &me), (row, outline), (None, String::new()), done).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct CorrectionFields {
    reason: String,
}

async fn correct_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<CorrectionFields>,
) -> Result<Response> {
    let (row, outline) = authority::bulletin(&app, &me, id).await?;
    let done = correct(&app.store, (&me.actor(), &authority::by(&me)), &outline, &row, &fields.reason).await;
    answer(&app, (f, &me), (row, outline), (None, fields.reason), done.map(|row| row.id)).await
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct DropFields {
    version: i32,
}

async fn drop_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Path(id): Path<Uuid>,
    Checked(fields): Checked<DropFields>,
) -> Result<Response> {
    let found = authority::bulletin(&app, &me, id).await?;
    match Error::mendable(drop_draft(&app.store, &me.actor(), (id, fields.version)).await)? {
        Ok(()) => Ok(Redirect::to("/office/bulletins").into_response()),
        Err(problem) => answer(&app, (f, &me), found, (None, String::new()), Err(problem.into())).await,
    }
}
