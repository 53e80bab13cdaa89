//! The office's list of bulletins, and beginning one.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use kernel::{Permission, Problem, typed};
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Error, Frame, Query, Result, Route, SignedIn, Step, components, outcome, page};

use crate::drafts::{NewBulletin, begin};
use crate::tables::bulletins::Model as Bulletin;
use crate::words::State;
use crate::writing::bindings::end_of_year;
use crate::writing::templates::{self, Template as Kind};
use crate::{authority, store as rows};

const WRITE: Access = Access::Needs(Permission::WriteBulletins);
const ROUTES: &[Route] =
    &[Route::get("/office/bulletins", WRITE).in_menu("公报", "Bulletins"), Route::post("/office/bulletins", WRITE)];
/// Bulletins on the page.
const MOST: u64 = 200;

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/bulletins", get(list).post(begin_it)), routes: ROUTES }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Fields {
    template: String,
    programme: String,
    cut_off: String,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    f: Frame,
    bulletins: Vec<(Bulletin, String)>,
    programmes: Vec<Programme>,
    fields: Fields,
    problem: Option<Problem>,
}

impl ListPage {
    fn templates(&self) -> &'static [Kind] {
        templates::all()
    }

    /// A signed title as it was frozen; of a draft, its words without the marks of placeholders.
    fn shown_title(&self, row: &Bulletin) -> String {
        let frozen = crate::signing::frozen(row).map(|document| document.title);
        frozen.unwrap_or_else(|| row.title.replace("{{", "").replace("}}", ""))
    }

    fn template_name(&self, code: &str) -> String {
        templates::named(code).map_or_else(|| code.to_owned(), |kind| kind.name.get(self.f.lang).to_owned())
    }

    fn template_options(&self) -> Vec<(String, String)> {
        let name = |kind: &Kind| (kind.code.to_owned(), kind.name.get(self.f.lang).to_owned());
        templates::all().iter().map(name).collect()
    }

    fn programme_options(&self) -> Vec<(String, String)> {
        self.programmes.iter().map(|row| (row.slug.clone(), row.title_in(self.f.lang).to_owned())).collect()
    }
}

async fn shown(app: &App, f: Frame, me: &SignedIn, fields: Fields, problem: Option<Problem>) -> Result<ListPage> {
    let programmes = authority::programmes(app, me).await?;
    let titles: BTreeMap<Uuid, String> =
        programmes.iter().map(|row| (row.id, row.title_in(f.lang).to_owned())).collect();
    let keys: Vec<Uuid> = titles.keys().copied().collect();
    let bulletins = rows::of_programmes(app.store.reader(), &keys, MOST).await?;
    let bulletins = bulletins
        .into_iter()
        .map(|row| {
            let title = titles.get(&row.programme_id).cloned().unwrap_or_default();
            (row, title)
        })
        .collect();
    Ok(ListPage { f, bulletins, programmes, fields, problem })
}

async fn list(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(mut fields): Query<Fields>) -> Result<Response> {
    if fields.cut_off.is_empty() {
        let programmes = authority::programmes(&app, &me).await?;
        let chosen = programmes.iter().find(|row| row.slug == fields.programme).or(programmes.first());
        fields.cut_off = chosen
            .map(|row| row.default_cut_off.unwrap_or_else(|| app.store.clock().today().min(end_of_year(row.year))))
            .map(|day| day.to_string())
            .unwrap_or_default();
    }
    page(&shown(&app, f, &me, fields, None).await?)
}

async fn begin_it(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    Checked(fields): Checked<Fields>,
) -> Result<Response> {
    let begun = begun(&app, &me, &fields).await;
    let again = async |problem| shown(&app, f, &me, fields, Some(problem)).await;
    outcome(begun, |id| format!("/office/bulletins/{id}"), again).await
}

async fn begun(app: &App, me: &SignedIn, fields: &Fields) -> store::Result<Uuid> {
    let outline = match authority::programme(app, me, &fields.programme).await {
        Ok(outline) => outline,
        Err(Error::Problem(problem)) => return Err(problem.into()),
        Err(Error::Fault(fault)) => return Err(store::Error::File(std::io::Error::other(fault))),
    };
    let cut_off = typed::day("cut_off", &fields.cut_off)?;
    let new = NewBulletin { template: fields.template.clone(), cut_off, projects: BTreeSet::new() };
    Ok(begin(&app.store, (&me.actor(), &authority::by(me)), &outline, &new).await?.id)
}
