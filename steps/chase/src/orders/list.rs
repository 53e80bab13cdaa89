//! The list of orders: what is live by its last day, filtered, as a page and in the API.

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::ladder::{OrderColour, OrderKind};
use kernel::{Permission, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;
use web::listing::{Paging, Slice, Wanted};
use web::{Access, App, Frame, ProblemDetails, Query, Result, Route, SignedIn, Step, components, page};

use super::person;
use super::shown::OrderDetails;
use crate::store::orders::{self, Filter, Sight};
use crate::words::State;

const ENTER: Access = Access::Needs(Permission::EnterOffice);

const ROUTES: &[Route] =
    &[Route::get("/office/orders", ENTER).in_menu("督办", "Orders"), Route::get("/api/v1/orders", ENTER)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step {
        router: OpenApiRouter::new().route("/office/orders", get(list)).routes(routes!(list_by_api)),
        routes: ROUTES,
    }
}

kernel::codes! {
    /// The lists that people ask for.
    Shelf {
        /// Everything that somebody still has to act on.
        Live = "live", "在办", "under way";
        /// In the body's hands, past the last day.
        Overdue = "overdue", "逾期", "overdue";
        /// Waiting for the lead body or the office.
        Applied = "applied", "待复核", "to be checked";
        /// Waiting for the supervision office.
        Checked = "checked", "待核验", "to be verified";
        /// At their end.
        Ended = "ended", "已结", "ended";
        /// All.
        All = "all", "全部", "all";
    }
}

impl Shelf {
    fn states(self) -> Vec<State> {
        let chosen: fn(&State) -> bool = match self {
            Self::Live | Self::Overdue => |state| state.is_live(),
            Self::Applied => |state| *state == State::Applied,
            Self::Checked => |state| *state == State::Checked,
            Self::Ended => |state| !state.is_live(),
            Self::All => return Vec::new(),
        };
        State::ALL.iter().copied().filter(chosen).collect()
    }
}

/// What is asked for.
#[derive(Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Asked {
    /// The programme's name in addresses.
    programme: String,
    /// `live` (also when left out), `overdue`, `applied`, `checked`, `ended`, `all`.
    shelf: String,
    /// `reminder`, `order`, `circular`, `talk`, `assessment`.
    kind: String,
    /// `blue`, `orange`, `red`.
    colour: String,
    /// A division code: orders about it and what lies below it.
    region: String,
    /// The key of a project.
    project: Option<Uuid>,
}

impl Asked {
    fn shelf(&self) -> Shelf {
        Shelf::parse(&self.shelf).unwrap_or(Shelf::Live)
    }

    /// What does not exist filters nothing out by itself: a code that is none is no filter, as in an old bookmark.
    fn filter(&self, mine: &[Programme], today: NaiveDate) -> Filter {
        let programme = mine.iter().find(|row| row.slug == self.programme).map(|row| row.id);
        Filter {
            programme,
            project: self.project,
            states: self.shelf().states(),
            overdue_on: (self.shelf() == Shelf::Overdue).then_some(today),
            kind: OrderKind::parse(&self.kind),
            colour: OrderColour::parse(&self.colour),
            region: self.region.parse::<RegionCode>().ok(),
            organisation: None,
        }
    }
}

/// The programmes whose orders somebody may see: those of their places, above or below.
async fn programmes_seen(app: &App, me: &SignedIn) -> Result<Vec<Programme>> {
    let mut all = programmes::all(app.store.reader()).await?;
    let near = |region: RegionCode| {
        let scopes = me.scopes(Permission::EnterOffice);
        scopes.iter().any(|scope| region.contains(*scope.start()) || scope.contains(&region))
    };
    all.retain(|row| RegionCode::from_stored(row.region).is_some_and(near));
    all.sort_by_key(|row| (-row.year, row.region));
    Ok(all)
}

async fn slice(app: &App, sight: &Sight, filter: &Filter, wanted: &Wanted) -> Result<Slice<OrderDetails>> {
    let today = app.store.clock().today();
    let after = wanted.after::<Cursor>()?.map(|Cursor(due_on, id)| (due_on, id));
    let rows = orders::by_due(app.store.reader(), sight, filter, after, wanted.fetch()).await?;
    let cut = Slice::cut(rows, wanted, |order| format!("{}.{}", order.due_on, order.id));
    let items = OrderDetails::all(app.store.reader(), &cut.items, today).await?;
    Ok(Slice { items, next: cut.next })
}

/// Where the list goes on: last day and key.
struct Cursor(NaiveDate, Uuid);

impl std::str::FromStr for Cursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, id) = text.split_once('.').ok_or(())?;
        Ok(Self(day.parse().map_err(|_| ())?, id.parse().map_err(|_| ())?))
    }
}

#[derive(Template)]
#[template(path = "orders/list.html")]
struct ListPage {
    f: Frame,
    asked: Asked,
    shelves: Vec<(Shelf, u64)>,
    programmes: Vec<Programme>,
    slice: Slice<OrderDetails>,
    raises_in: Vec<String>,
}

impl ListPage {
    fn programme_choices(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部方案", "All programmes").to_owned());
        std::iter::once(all)
            .chain(self.programmes.iter().map(|row| (row.slug.clone(), row.title_in(self.f.lang).to_owned())))
            .collect()
    }

    fn kinds(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部类别", "All kinds").to_owned());
        let kinds = components::choices(&self.f, OrderKind::ALL, OrderKind::code, OrderKind::name);
        std::iter::once(all).chain(kinds).collect()
    }

    fn colours(&self) -> Vec<(String, String)> {
        let all = (String::new(), self.f.lang.t("全部颜色", "All colours").to_owned());
        let colours = components::choices(&self.f, OrderColour::ALL, OrderColour::code, OrderColour::name);
        std::iter::once(all).chain(colours).collect()
    }

    fn shelf_address(&self, shelf: &Shelf) -> String {
        self.f.with_query("shelf", shelf.code())
    }

    fn is_current(&self, shelf: &Shelf) -> bool {
        *shelf == self.asked.shelf()
    }

    /// The same list as a sheet.
    fn sheet_address(&self) -> String {
        let query = self.f.with_query("format", "xlsx");
        query.replacen("/office/orders", "/api/v1/orders", 1)
    }

    fn raise_address(&self) -> Option<String> {
        let slug = Some(&self.asked.programme).filter(|slug| self.raises_in.contains(slug));
        let slug = slug.or_else(|| self.raises_in.first())?;
        Some(format!("/office/orders/new?programme={slug}"))
    }

    fn proposals_address(&self) -> Option<String> {
        let slug = Some(&self.asked.programme).filter(|slug| self.raises_in.contains(slug));
        let slug = slug.or_else(|| self.raises_in.first())?;
        Some(format!("/office/orders/proposals?programme={slug}"))
    }
}

async fn list(
    Shared(app): Shared<App>,
    f: Frame,
    me: SignedIn,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let (on, today) = (app.store.reader(), app.store.clock().today());
    let mine = programmes_seen(&app, &me).await?;
    let (sight, filter) = (person::sight(&me), asked.filter(&mine, today));
    let any_state = Filter { states: Vec::new(), overdue_on: None, ..filter.clone() };
    let states = orders::states(on, &sight, &any_state).await?;
    let overdue = orders::count(on, &sight, &Filter { overdue_on: Some(today), ..any_state }).await?;
    let of = |shelf: Shelf| match shelf {
        Shelf::Overdue => overdue,
        Shelf::All => states.iter().map(|(_, count)| count).sum(),
        _ => {
            let chosen = shelf.states();
            states.iter().filter(|(state, _)| chosen.contains(state)).map(|(_, count)| count).sum()
        }
    };
    let shelves = Shelf::ALL.iter().map(|shelf| (*shelf, of(*shelf))).collect();
    let may_raise = |row: &&Programme| me.allows(Permission::RaiseOrders, Some(plan::authority::region(row)));
    let raises_in = mine.iter().filter(may_raise).map(|row| row.slug.clone()).collect();
    let slice = slice(&app, &sight, &filter, &wanted).await?;
    page(&ListPage { f, asked, shelves, programmes: mine, slice, raises_in })
}

/// Orders by their last day: those of one's region, or those to one's own bodies.
#[utoipa::path(get, path = "/api/v1/orders", tag = "chase", params(Paging, Asked),
    responses((status = 200, body = Slice<OrderDetails>), (status = 403, body = ProblemDetails)))]
async fn list_by_api(
    Shared(app): Shared<App>,
    me: SignedIn,
    wanted: Wanted,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let mine = programmes_seen(&app, &me).await?;
    let filter = asked.filter(&mine, app.store.clock().today());
    slice(&app, &person::sight(&me), &filter, &wanted).await?.reply(&wanted).await
}
