//! Sites in the office: what a programme has, whether it adds up and reaches everywhere, and entering them by hand.

mod form;
mod list;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use files::Limits;
use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use utoipa_axum::router::OpenApiRouter;
use web::{Access, App, Result, Route, SignedIn, Step};

const ENTER: Access = Access::Needs(Permission::EnterOffice);
const WRITE: Access = Access::AnyOf(&[Permission::EditProgramme, Permission::FillReturns]);

const ROUTES: &[Route] = &[
    Route::get("/office/sites", ENTER).in_menu("点位", "Sites"),
    Route::get("/office/sites/{slug}", ENTER),
    Route::get("/office/sites/{slug}/export", ENTER),
    Route::get("/office/sites/{slug}/new", WRITE),
    Route::post("/office/sites/{slug}/new", WRITE),
    Route::get("/office/site/{id}", ENTER),
    Route::post("/office/site/{id}", WRITE),
    Route::post("/office/site/{id}/withdrawal", WRITE),
];

/// Routes and their list.
pub(crate) fn step() -> Step {
    let router = OpenApiRouter::new()
        .route("/office/sites", get(list::programmes))
        .route("/office/sites/{slug}", get(list::show))
        .route("/office/sites/{slug}/export", get(list::export))
        .route("/office/sites/{slug}/new", get(form::fresh).post(form::add))
        .route("/office/site/{id}", get(form::show).post(form::change))
        .route("/office/site/{id}/withdrawal", post(form::withdraw))
        .layer(DefaultBodyLimit::max(Limits::default().body(Limits::default().files)));
    Step { router, routes: ROUTES }
}

pub(super) use form::may_read;

fn region(programme: &Programme) -> RegionCode {
    RegionCode::from_stored(programme.region).expect("programmes are created with a valid code")
}

/// Whether somebody may write sites of a programme at a place: its office, an office of the place, a body that reports there.
fn may_write(me: &SignedIn, place: RegionCode) -> bool {
    me.allows(Permission::EditProgramme, Some(place)) || !me.organisations(Permission::FillReturns, place).is_empty()
}

/// The programme with this slug, for those who work in its place, above it or within it.
pub(crate) async fn outline(app: &App, me: &SignedIn, slug: &str) -> Result<Outline> {
    let missing = || Problem::not_found("没有这个方案", "There is no such programme");
    let found = programmes::find(app.store.reader(), slug).await?.ok_or_else(missing)?;
    if !sees(me, &found) {
        return Err(missing().into());
    }
    Ok(Outline::load(app.store.reader(), found).await?)
}

/// The places of a programme that somebody works in, as first and last stored code, narrowed to `region` where that lies
/// within them; empty for all of the programme.
pub(crate) fn narrowed(me: &SignedIn, programme: &Programme, region: Option<RegionCode>) -> Vec<(i64, i64)> {
    let top = self::region(programme);
    let scopes = me.scopes(Permission::EnterOffice);
    let all = scopes.iter().any(|scope| scope.contains(&top));
    let range = |range: &std::ops::RangeInclusive<RegionCode>| (range.start().stored(), range.end().stored());
    if let Some(region) = region.filter(|region| all || scopes.iter().any(|scope| scope.contains(region))) {
        return vec![range(&region.subtree())];
    }
    if all { Vec::new() } else { scopes.iter().filter(|scope| top.contains(*scope.start())).map(range).collect() }
}

/// The place whose parts somebody chooses among: the programme's, or their own one within it.
pub(crate) fn top(me: &SignedIn, programme: &Programme) -> RegionCode {
    let home = region(programme);
    let scopes = me.scopes(Permission::EnterOffice);
    let within: Vec<RegionCode> = scopes.iter().map(|scope| *scope.start()).filter(|at| home.contains(*at)).collect();
    match within.as_slice() {
        [own] if !scopes.iter().any(|scope| scope.contains(&home)) => *own,
        _ => home,
    }
}

/// Drafts exist for those only who work in the programme's own place.
fn sees(me: &SignedIn, programme: &Programme) -> bool {
    let top = region(programme);
    let inside = |scope: &std::ops::RangeInclusive<RegionCode>| programme.published && top.contains(*scope.start());
    me.scopes(Permission::EnterOffice).iter().any(|scope| scope.contains(&top) || inside(scope))
}
