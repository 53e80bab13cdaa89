//! The programmes that one watches: `/office/watch`.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::{Permission, RegionCode};
use ledger::entries::View;
use ledger::programmes;
use ledger::rules::Light;
use utoipa_axum::router::OpenApiRouter;
use web::components::{self, Bullet};
use web::{Access, App, Frame, Result, Route, SignedIn, Step, page};

use crate::asked::own_place;
use crate::rules::streak::lags;
use crate::shown;
use crate::state::{self, Watched};

const ROUTES: &[Route] =
    &[Route::get("/office/watch", Access::Needs(Permission::EnterOffice)).in_menu("监测", "Watch")];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/watch", get(list)), routes: ROUTES }
}

/// Programmes that the page looks into; more are only listed, so that its cost stays bounded.
const LOOKED_INTO: usize = 5;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    f: Frame,
    looked_into: Vec<Summary>,
    others: Vec<(String, String, String)>,
}

/// A programme in short.
struct Summary {
    href: String,
    title: String,
    part: Option<String>,
    demo: bool,
    cut_off: NaiveDate,
    mean: Option<(String, Bullet, String)>,
    lights: Vec<(components::Light, usize)>,
    worst: Option<(String, String, String)>,
}

async fn list(State(app): State<App>, f: Frame, me: SignedIn) -> Result<Response> {
    let on = app.store.reader();
    let mut mine: Vec<_> = programmes::all(on)
        .await?
        .into_iter()
        .filter_map(|programme| {
            let home = RegionCode::from_stored(programme.region)?;
            Some((own_place(&me, home)?, programme))
        })
        .collect();
    mine.sort_by_key(|(_, programme)| (-programme.year, programme.region, programme.series.clone()));
    let others = mine.split_off(mine.len().min(LOOKED_INTO));
    let mut looked_into = Vec::with_capacity(mine.len());
    for (place, programme) in mine {
        let watched = state::of_programme(on, programme, place, View::default()).await?;
        looked_into.push(Summary::of(&f, &watched));
    }
    let others = others
        .into_iter()
        .map(|(_, programme)| {
            (
                format!("/office/watch/{}", programme.slug),
                programme.title_in(f.lang).to_owned(),
                programme.year.to_string(),
            )
        })
        .collect();
    page(&ListPage { f, looked_into, others })
}

impl Summary {
    fn of(f: &Frame, watched: &Watched) -> Self {
        let gathered = &watched.gathered;
        let programme = &gathered.outline.programme;
        let href = format!("/office/watch/{}", programme.slug);
        let due = watched.due().percent;
        let (lit, unlit) = watched.lights();
        let lights = lit.into_iter().map(|(light, count)| (Some(light), count)).chain([(None::<Light>, unlit)]);
        let worst = watched.worst_first().into_iter().next().filter(|one| one.light.is_some_and(lags));
        Self {
            title: programme.title_in(f.lang).to_owned(),
            part: (watched.place != gathered.outline.region()).then(|| gathered.name(watched.place)),
            demo: programme.demo,
            cut_off: gathered.cut_off,
            mean: watched.mean.map(|mean| {
                let bullet = shown::bullet(mean.percent, Some(due), None);
                (shown::share(Some(mean.percent)), bullet, shown::lead(f.lang, mean.percent - due))
            }),
            lights: lights.map(|(light, count)| (shown::light(f.lang, light), count)).collect(),
            worst: worst.map(|one| {
                let why = one.why.first().map(|why| f.say(&why.words).to_owned()).unwrap_or_default();
                (format!("{href}/projects/{}", one.project.id), one.project.name.clone(), why)
            }),
            href,
        }
    }
}
