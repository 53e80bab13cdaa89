//! The list of assessments, and the form that runs a scheme over a programme.

use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Permission, Problem, typed};
use ledger::tables::programmes::Model as Programme;
use plan::authority::region;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::listing::{Slice, Wanted};
use web::{Access, App, Checked, Frame, Query, Result, Route, SignedIn, Step, components, outcome, page};

use crate::assessments::{self, State as Stage};
use crate::authority;
use crate::catalogue::{self, Available};
use crate::store::{self, Listed};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const SCORE: Access = Access::Needs(Permission::ScoreYear);

const ROUTES: &[Route] = &[
    Route::get("/office/assessments", ENTER).in_menu("考核", "Assessment"),
    Route::post("/office/assessments", SCORE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/assessments", get(list).post(run)), routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct RunFields {
    programme: String,
    scheme: String,
    cut_off: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    f: Frame,
    slice: Slice<Line>,
    may_score: bool,
    programmes: Vec<(String, String)>,
    schemes: Vec<(String, String)>,
    fields: RunFields,
    problem: Option<Problem>,
}

/// One assessment of the list.
struct Line {
    id: Uuid,
    programme: String,
    demo: bool,
    scheme: String,
    cut_off: NaiveDate,
    run: String,
    kept: String,
    stage: Stage,
}

async fn list(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Query(fields): Query<RunFields>,
) -> Result<Response> {
    page(&list_page(&app, f, &me, &wanted, fields, None).await?)
}

async fn list_page(
    app: &App,
    f: Frame,
    me: &SignedIn,
    wanted: &Wanted,
    fields: RunFields,
    problem: Option<Problem>,
) -> Result<ListPage> {
    let scored = authority::programmes_of(app, me, Permission::ScoreYear).await?;
    let listed = listed(app, me, wanted).await?;
    let seen = authority::programmes_of(app, me, Permission::EnterOffice).await?;
    let by_key: HashMap<Uuid, &Programme> = seen.iter().map(|programme| (programme.id, programme)).collect();
    let regions: Vec<_> = seen.iter().map(region).collect();
    let schemes = catalogue::all(app.store.reader(), &regions).await?;
    let slice = listed.map(|row| Line {
        id: row.id,
        programme: by_key.get(&row.programme_id).map(|programme| programme.title.clone()).unwrap_or_default(),
        demo: by_key.get(&row.programme_id).is_some_and(|programme| programme.demo),
        scheme: scheme_name(&f, &schemes, &row.scheme, row.scheme_version),
        cut_off: row.cut_off,
        run: format!("{} {}", f.time(&row.run_ms), row.run_by),
        kept: row.kept_ms.map(|at| format!("{} {}", f.time(&at), row.kept_by.unwrap_or_default())).unwrap_or_default(),
        stage: Stage::of(row.kept_ms, row.replaced_ms, None),
    });
    Ok(ListPage {
        slice,
        may_score: !scored.is_empty(),
        programmes: scored.iter().map(|programme| (programme.slug.clone(), programme.title.clone())).collect(),
        schemes: scheme_choices(&f, &schemes),
        fields,
        problem,
        f,
    })
}

/// The assessments that somebody may see: drafts only with the right to score.
pub(crate) async fn listed(app: &App, me: &SignedIn, wanted: &Wanted) -> Result<Slice<Listed>> {
    let seen = authority::programmes_of(app, me, Permission::EnterOffice).await?;
    let (drafts, kept): (Vec<_>, Vec<_>) = seen.iter().partition(|programme| authority::scores(me, region(programme)));
    let keys = |programmes: &[&Programme]| programmes.iter().map(|programme| programme.id).collect::<Vec<_>>();
    let (on, after, fetch) = (app.store.reader(), wanted.after()?, wanted.fetch());
    let mut rows = store::list(on, &keys(&drafts), true, after, fetch).await?;
    if !kept.is_empty() {
        rows.extend(store::list(on, &keys(&kept), false, after, fetch).await?);
        rows.sort_by_key(|row| std::cmp::Reverse(row.id));
        rows.truncate(usize::try_from(fetch).unwrap_or(usize::MAX));
    }
    Ok(Slice::cut(rows, wanted, |row| row.id.to_string()))
}

/// A scheme by its name, if it is known, with its version.
pub(crate) fn scheme_name(f: &Frame, schemes: &[Available], code: &str, version: i32) -> String {
    let same = schemes.iter().filter(|one| one.scheme.code == code);
    let named = same.clone().find(|one| i64::from(one.scheme.version) == i64::from(version)).or(same.clone().next());
    let name = named.map_or_else(|| code.to_owned(), |one| f.say(&one.scheme.title()).to_owned());
    format!("{name} {}", version_words(f, version))
}

/// 第 2 版, version 2.
pub(crate) fn version_words(f: &Frame, version: impl std::fmt::Display) -> String {
    match f.lang {
        kernel::Lang::Zh => format!("第 {version} 版"),
        kernel::Lang::En => format!("version {version}"),
    }
}

/// The schemes as choices of a form.
pub(crate) fn scheme_choices(f: &Frame, schemes: &[Available]) -> Vec<(String, String)> {
    let choice = |one: &Available| {
        let name = f.say(&one.scheme.title()).to_owned();
        (one.scheme.reference(), format!("{name} {}", version_words(f, one.scheme.version)))
    };
    schemes.iter().map(choice).collect()
}

/// The cut-off that is meant: as typed, else the programme's usual one, else the end of its year or today.
///
/// # Errors
/// A problem of the field `cut_off`.
pub(crate) fn read_cut_off(app: &App, programme: &Programme, text: &str) -> Result<NaiveDate, Problem> {
    match text.trim() {
        "" => Ok(assessments::usual_cut_off(programme, app.store.clock().today())),
        text => typed::day("cut_off", text),
    }
}

async fn run(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Checked(fields): Checked<RunFields>,
) -> Result<Response> {
    let outline = match fields.programme.as_str() {
        "" => Err(Problem::field("programme", "请选择年度方案", "Choose a programme")),
        slug => Ok(plan::authority::outline(&app, &me, slug, Permission::ScoreYear).await?),
    };
    let run = match outline {
        Ok(outline) => attempt(&app, &me, &outline, &fields.scheme, &fields.cut_off).await,
        Err(problem) => Err(problem.into()),
    };
    let again = async |problem| list_page(&app, f, &me, &wanted, fields, Some(problem)).await;
    outcome(run, |id| format!("/office/assessments/{id}"), again).await
}

/// Runs the scheme that `reference` names.
pub(crate) async fn attempt(
    app: &App,
    me: &SignedIn,
    outline: &ledger::programmes::Outline,
    reference: &str,
    cut_off: &str,
) -> ::store::Result<Uuid> {
    let schemes = catalogue::of_programme(app.store.reader(), &outline.programme).await?;
    let chosen = catalogue::named(&schemes, reference)?;
    let cut_off = read_cut_off(app, &outline.programme, cut_off)?;
    let by = (&me.actor(), me.display_name.as_str());
    assessments::run(&app.store, by, outline, &chosen, cut_off).await
}

impl ListPage {
    fn stage(&self, line: &Line) -> String {
        self.f.say(&line.stage.name()).to_owned()
    }

    fn light(&self, line: &Line) -> &'static str {
        stage_class(line.stage)
    }
}

/// The class of a light that goes with a state.
pub(crate) fn stage_class(stage: Stage) -> &'static str {
    match stage {
        Stage::Kept => "done",
        Stage::Draft | Stage::Replaced | Stage::Discarded => "",
    }
}
