//! Bodies and reports: `/office/watch/{slug}/bodies`. How the bodies stand, and who has not reported.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::{Lang, Permission};
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Path, Query, Result, Route, SignedIn, Step, page};

use crate::asked::Asked;
use crate::heading::Heading;
use crate::shown;
use crate::state::{self, BodyState, Silent, Watched};

const ROUTES: &[Route] = &[Route::get("/office/watch/{slug}/bodies", Access::Needs(Permission::EnterOffice))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch/{slug}/bodies", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "bodies.html")]
struct BodiesPage<'a> {
    f: &'a Frame,
    head: Heading,
    bodies: Vec<Ranked>,
    silent: Vec<Owing>,
    ranking_source: String,
}

/// A body in the ranking.
struct Ranked {
    place: String,
    name: String,
    /// Its projects on the overview; none for a body of a place below, whose projects are not listed there.
    href: Option<String>,
    mean: String,
    bullet: Option<Bullet>,
    lights: Vec<(components::Light, usize)>,
    projects: usize,
    silent: usize,
    apart: &'static str,
}

/// A place that owes figures.
struct Owing {
    place: String,
    project: String,
    href: String,
    body: String,
    state: String,
    last: String,
    days: String,
    late: bool,
}

async fn show(
    State(app): State<App>,
    f: Frame,
    me: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let on = app.store.reader();
    let since = store::audit::last_number(on).await?;
    let (programme, place) = asked.programme(&app, &me, &slug).await?;
    let matrix = state::around(on, programme, place, asked.view()?).await?;
    let head = Heading::of(&f, &asked, &matrix.gathered, place, "/bodies", since);
    let today = matrix.gathered.known.unwrap_or_else(|| app.store.clock().today());
    let silent = state::missing(on, &matrix, place, today).await?;
    let silent = silent.iter().map(|one| owing(&f, one, &head)).collect();
    let ranking_source = f.say(&matrix.gathered.rules.ranking.source()).to_owned();
    let watched = Watched::of(matrix.gathered.clone(), place);
    let due = watched.due().percent;
    let leads_here = |body| watched.projects.iter().any(|project| project.lead == Some(body));
    let bodies = state::by_body(&watched, &matrix);
    let bodies = bodies.iter().map(|one| ranked(&f, one, due, leads_here(one.body).then_some(&head))).collect();
    page(&BodiesPage { f: &f, head, bodies, silent, ranking_source })
}

/// 逾期 3 天, 还有 2 天.
fn days(lang: Lang, days: i64) -> String {
    match (lang, days) {
        (Lang::Zh, 0) => "今天到期".to_owned(),
        (Lang::En, 0) => "due today".to_owned(),
        (Lang::Zh, late) if late > 0 => format!("逾期 {late} 天"),
        (Lang::En, late) if late > 0 => format!("{late} days late"),
        (Lang::Zh, left) => format!("还有 {} 天", -left),
        (Lang::En, left) => format!("{} days left", -left),
    }
}

fn ranked(f: &Frame, one: &BodyState, due: rust_decimal::Decimal, head: Option<&Heading>) -> Ranked {
    Ranked {
        place: shown::place(f.lang, one.rank),
        name: one.name.clone(),
        href: head.map(|head| head.overview_with("body", &one.body.to_string())),
        mean: shown::share(one.mean),
        bullet: one.mean.map(|mean| shown::bullet(mean, Some(due), None)),
        lights: one.lights.iter().map(|(light, count)| (shown::light(f.lang, Some(*light)), *count)).collect(),
        projects: one.projects,
        silent: one.silent,
        apart: shown::apart(f.lang, one.stands_out),
    }
}

fn owing(f: &Frame, one: &Silent, head: &Heading) -> Owing {
    Owing {
        place: one.name.clone(),
        project: one.project_name.clone(),
        href: one
            .owed
            .map_or_else(|| head.project_at(one.project, one.place), |owed| format!("/office/returns/{owed}")),
        body: one.body.clone(),
        state: f.say(&one.state).to_owned(),
        last: one.last.map_or_else(|| f.lang.t("从未", "never").to_owned(), |day| day.to_string()),
        days: days(f.lang, one.days),
        late: one.days > 0,
    }
}
