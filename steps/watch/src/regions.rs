//! The places below: `/office/watch/{slug}/regions`. Region × project as a heat table, and how the regions rank.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use kernel::Permission;
use ledger::rules::Light;
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Path, Query, Result, Route, SignedIn, Step, page};

use crate::asked::Asked;
use crate::heading::Heading;
use crate::shown;
use crate::state::{self, Cell, Matrix, PlaceState};

const ROUTES: &[Route] = &[Route::get("/office/watch/{slug}/regions", Access::Needs(Permission::EnterOffice))];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch/{slug}/regions", get(show)), routes: ROUTES }
}

#[derive(Template)]
#[template(path = "regions.html")]
struct RegionsPage<'a> {
    f: &'a Frame,
    head: Heading,
    /// The places in the order of their codes, for the columns.
    columns: Vec<(String, String)>,
    rows: Vec<Row>,
    ranking: Vec<Ranked>,
    legend: Vec<components::Light>,
    ranking_source: String,
}

/// A project with its cells.
struct Row {
    name: String,
    href: String,
    cells: Vec<Option<Heat>>,
}

/// A cell: colour, shape and word together.
struct Heat {
    class: &'static str,
    shape: char,
    percent: String,
    /// 滞后，慢于序时 12.0 个百分点.
    words: String,
    href: String,
    silent: bool,
}

/// A place in the ranking, with its projects for narrow screens.
struct Ranked {
    place: String,
    name: String,
    href: String,
    mean: String,
    bullet: Option<Bullet>,
    lights: Vec<(components::Light, usize)>,
    projects: usize,
    silent: usize,
    apart: &'static str,
    /// Its projects, the worst first.
    cells: Vec<(String, Heat)>,
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
    let head = Heading::of(&f, &asked, &matrix.gathered, place, "/regions", since);
    let rows = (0..matrix.projects.len()).map(|at| row(&f, &matrix, at, &head)).collect();
    page(&RegionsPage {
        f: &f,
        columns: matrix.places.iter().map(|one| (one.name.clone(), head.board_at(one.place))).collect(),
        rows,
        ranking: matrix.ranked().into_iter().map(|one| ranked(&f, &matrix, one, &head)).collect(),
        legend: Light::ALL.iter().map(|light| shown::light(f.lang, Some(*light))).collect(),
        ranking_source: f.say(&matrix.gathered.rules.ranking.source()).to_owned(),
        head,
    })
}

fn row(f: &Frame, matrix: &Matrix, at: usize, head: &Heading) -> Row {
    let (_, project) = &matrix.projects[at];
    let cells = matrix
        .places
        .iter()
        .map(|place| place.cells[at].as_ref().map(|cell| heat(f, cell, head.project_at(project.id, place.place))));
    Row { name: project.name.clone(), href: head.project(project.id), cells: cells.collect() }
}

fn heat(f: &Frame, cell: &Cell, href: String) -> Heat {
    let light = shown::light(f.lang, cell.light);
    let mut words = vec![light.word];
    words.extend(cell.deviation.map(|points| shown::lead(f.lang, points)));
    words.extend(cell.lagging.map(|(_, months)| shown::months(f.lang, months)));
    if cell.silent {
        words.push(f.lang.t("缺本期数字", "no figure of this cut-off").to_owned());
    }
    Heat {
        class: light.class,
        shape: cell.light.map_or('–', Light::shape),
        percent: if cell.quantity.is_some() { shown::bare(cell.quantity) } else { String::new() },
        words: words.join(f.lang.t("，", ", ")),
        href,
        silent: cell.silent,
    }
}

fn ranked(f: &Frame, matrix: &Matrix, one: &PlaceState, head: &Heading) -> Ranked {
    let due = matrix.gathered.programme_due(matrix.gathered.cut_off).percent;
    let mut cells: Vec<_> = matrix
        .projects
        .iter()
        .zip(&one.cells)
        .filter_map(|((_, project), cell)| {
            let cell = cell.as_ref()?;
            Some((cell.deviation, project.name.clone(), heat(f, cell, head.project_at(project.id, one.place))))
        })
        .collect();
    cells.sort_by_key(|(deviation, ..)| deviation.unwrap_or(rust_decimal::Decimal::MAX));
    Ranked {
        place: shown::place(f.lang, one.rank),
        name: one.name.clone(),
        href: head.board_at(one.place),
        mean: shown::share(one.mean),
        bullet: one.mean.map(|mean| shown::bullet(mean, Some(due), None)),
        lights: Light::ALL.iter().map(|light| (shown::light(f.lang, Some(*light)), one.count(*light))).collect(),
        projects: one.projects(),
        silent: one.silent(),
        apart: shown::apart(f.lang, one.stands_out),
        cells: cells.into_iter().map(|(_, name, heat)| (name, heat)).collect(),
    }
}
