//! What people see and do once they have scanned the code of a site: ratings, words, and the form.

use askama::Template;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use files::store::Subject;
use files::tables::evidence::Model as Evidence;
use kernel::{Problem, ProblemKind, RuleSets};
use ledger::tables::programmes::Model as Programme;
use store::Actor;
use utoipa_axum::router::OpenApiRouter;
use web::evidence::{self, EvidenceList};
use web::{Access, App, Frame, OpenUpload, Path, Result, Route, Step, components, page, page_with};

use super::proof::{self, Challenge};
use super::rules::{self, MOST_PICTURES, Ratings, Traffic};
use super::store::{self as feedbacks, New};
use super::tables::{acts, feedback};
use super::words::{Act, Kind, Level, Verdict};
use crate::sites::page::public;
use crate::sites::tables::sites::Model as Site;

/// What pictures of feedback are attached to.
pub(crate) const EVIDENCE: &str = "feedback";

/// Remarks on the page.
const SHOWN: u64 = 50;

const HOUR_MS: i64 = 60 * 60 * 1_000;

const ROUTES: &[Route] =
    &[Route::get("/s/{code}/feedback", Access::Public), Route::post("/s/{code}/feedback", Access::Public)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let bound = DefaultBodyLimit::max(files::Limits::default().body(MOST_PICTURES));
    let router = OpenApiRouter::new().route("/s/{code}/feedback", get(show).post(hand_in).layer(bound));
    Step { router, routes: ROUTES }
}

/// One remark or problem as everybody reads it.
pub(crate) struct Said {
    pub(crate) row: feedback::Model,
    pub(crate) acts: Vec<acts::Model>,
    pub(crate) pictures: EvidenceList,
    pub(crate) has_pictures: bool,
}

impl Said {
    /// The answers, with the body and the day.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &acts::Model> {
        self.acts.iter().filter(|act| act.act() == Act::Answer)
    }

    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.acts.iter().rev().find_map(acts::Model::verdict)
    }
}

/// Puts acts and pictures beside each row.
pub(crate) async fn told(app: &App, f: &Frame, rows: Vec<feedback::Model>) -> Result<Vec<Said>> {
    let on = app.store.reader();
    let keys: Vec<_> = rows.iter().map(|row| row.id).collect();
    let acts = feedbacks::acts_of(on, &keys).await?;
    let files = files::store::of_subjects(on, EVIDENCE, &keys).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own: Vec<Evidence> = files.iter().filter(|file| file.subject_id == row.id).cloned().collect();
            Said {
                acts: acts.iter().filter(|act| act.feedback_id == row.id).cloned().collect(),
                pictures: evidence::public_list(f, &own),
                has_pictures: own.iter().any(|file| file.public),
                row,
            }
        })
        .collect())
}

/// What was typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    kind: String,
    level: String,
    words: String,
}

#[derive(Template)]
#[template(path = "feedback/public.html")]
struct PublicPage {
    f: Frame,
    site: Site,
    programme: Programme,
    ratings: Ratings,
    shown_ratings: Option<Ratings>,
    fewest: u32,
    problems: (u64, u64),
    said: Vec<Said>,
    typed: Typed,
    problem: Option<Problem>,
    challenge: Challenge,
}

impl PublicPage {
    /// Level, count, and its share of the bar in percent, best first.
    fn bars(&self) -> Vec<(Level, u64, u64)> {
        let Some(ratings) = self.shown_ratings else { return Vec::new() };
        let most = ratings.counts.iter().copied().max().unwrap_or(1).max(1);
        let levels = Level::ALL.iter().zip(ratings.counts).rev();
        levels.map(|(level, count)| (*level, count, count * 100 / most)).collect()
    }

    fn mean(&self) -> String {
        self.shown_ratings.and_then(|ratings| ratings.mean()).map(|mean| format!("{mean:.1}")).unwrap_or_default()
    }

    fn levels(&self) -> impl Iterator<Item = &'static Level> {
        Level::ALL.iter().rev()
    }

    fn most_bytes(&self) -> u64 {
        files::Limits::default().bytes
    }

    fn trouble_of(&self, field: &str) -> Option<&str> {
        let message = self.problem.as_ref()?.for_field(field)?;
        Some(message.get(self.f.lang))
    }
}

async fn traffic(app: &App, site: &Site) -> Result<Traffic> {
    Ok(feedbacks::traffic(app.store.reader(), site.id, app.store.clock().now_ms() - HOUR_MS).await?)
}

async fn show(Shared(app): Shared<App>, f: Frame, Path(code): Path<String>) -> Result<Response> {
    let (site, programme) = public(&app, &code).await?;
    render(&app, f, site, programme, Typed::default(), None).await
}

async fn render(
    app: &App,
    f: Frame,
    site: Site,
    programme: Programme,
    typed: Typed,
    problem: Option<Problem>,
) -> Result<Response> {
    let on = app.store.reader();
    let ratings = feedbacks::ratings_of(on, site.id).await?;
    let fewest = RuleSets::shipped().default_set().small_groups.says.suppress_below;
    let challenge = proof::challenge(&app.store, &site.code, rules::bits(traffic(app, &site).await?)).await?;
    let said = told(app, &f, feedbacks::shown_of(on, site.id, SHOWN).await?).await?;
    let problems = feedbacks::problems_of(on, site.id).await?;
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| match problem.kind {
        ProblemKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ProblemKind::Conflict => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    });
    let shown_ratings = ratings.in_public(fewest);
    let shown =
        PublicPage { f, site, programme, ratings, shown_ratings, fewest, problems, said, typed, problem, challenge };
    if status == StatusCode::OK { page(&shown) } else { page_with(status, &shown) }
}

async fn hand_in(
    Shared(app): Shared<App>,
    f: Frame,
    Path(code): Path<String>,
    OpenUpload(mut form): OpenUpload,
) -> Result<Response> {
    let (site, programme) = public(&app, &code).await?;
    let typed = Typed {
        kind: form.field("kind").to_owned(),
        level: form.field("level").to_owned(),
        words: form.field("words").to_owned(),
    };
    match take(&app, &site, &typed, &mut form).await {
        Ok(receipt) => Ok(Redirect::to(&format!("/feedback/{receipt}?new=1")).into_response()),
        Err(web::Error::Problem(problem)) => render(&app, f, site, programme, typed, Some(problem)).await,
        Err(fault) => Err(fault),
    }
}

/// Checks what was handed in, from the cheapest question to the dearest, and gives the receipt.
async fn take(app: &App, site: &Site, typed: &Typed, form: &mut web::Upload) -> Result<String> {
    let (challenge, solution) = (form.field("challenge").to_owned(), form.field("solution").to_owned());
    let proven = !solution.is_empty();
    let kind = Kind::parse(&typed.kind).unwrap_or(Kind::Remark);
    let level = Level::parse(&typed.level);
    rules::checked(kind, level, &typed.words)?;
    let now = traffic(app, site).await?;
    rules::may_enter(now, proven)?;
    if proven {
        proof::verify(&app.store, &site.code, &challenge, &solution, rules::bits(now)).await?;
    }
    let pictures = evidence::keep(app, form, "pictures").await?;
    if pictures.len() > MOST_PICTURES {
        return Err(Problem::field(
            "pictures",
            format!("最多 {MOST_PICTURES} 张图片"),
            format!("At most {MOST_PICTURES} pictures"),
        )
        .into());
    }
    let receipt = proof::receipt();
    let new = New { kind, level, words: typed.words.clone(), proven, receipt: receipt.clone() };
    let mut tx = app.store.begin(&Actor::operator("resident")).await?;
    // Without a proof there is nothing to spend; the tight bound of the hour holds for it.
    if proven {
        proof::spend(&tx, &challenge).await?;
    }
    let today = app.store.clock().today();
    let row = feedbacks::receive(&mut tx, site, today, &new).await?;
    let subject =
        Subject { programme: site.programme_id, region: site.region(), kind: EVIDENCE, id: row.id, public: false };
    for kept in &pictures {
        files::store::attach(&mut tx, &subject, kept, "", "").await?;
    }
    tx.commit().await?;
    Ok(receipt)
}
