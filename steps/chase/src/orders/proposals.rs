//! What the rules propose: the office looks, chooses, confirms. Nothing is sent by itself.

use std::collections::HashSet;

use askama::Template;
use axum::extract::State as Shared;
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use kernel::calendar::Calendar;
use kernel::ladder::Rung;
use kernel::{Permission, Problem};
use ledger::entries::View;
use ledger::programmes::Outline;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use store::{Actor, Store};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;
use web::{Access, App, Checked, Frame, Query, Result, Route, SignedIn, Step, components, outcome, page};

use super::{By, NewOrder, Origin, person, raise};
use crate::rules::ladder::due;
use crate::rules::proposals::{Lag, LiveOrder, Proposal, Why, propose};
use crate::rules::wording;
use crate::store::names::{Keys, Names};
use crate::store::orders;
use crate::tables::orders::Model as Order;
use crate::words::Party;

const RAISE: Access = Access::Needs(Permission::RaiseOrders);

const ROUTES: &[Route] =
    &[Route::get("/office/orders/proposals", RAISE), Route::post("/office/orders/proposals", RAISE)];

/// Routes and their list.
pub(crate) fn step() -> Step {
    Step { router: OpenApiRouter::new().route("/office/orders/proposals", get(ask).post(confirm)), routes: ROUTES }
}

/// The rule in `rule_code` of an order about a lag.
const LAG: &str = "lag";
/// The rule in `rule_code` of an order after a missed deadline.
const MISSED: &str = "missed";

/// A proposal with the order that it would raise.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// What tells it from every other.
    pub key: String,
    /// The order.
    pub new: NewOrder,
    /// The project's name.
    pub project: String,
    /// The place's name.
    pub place: String,
    /// The body's name.
    pub body: String,
    /// The step of the ladder, with its colour.
    pub rung: Rung,
    /// The last day that the rule gives.
    pub due_on: NaiveDate,
    /// How far behind, for a lag.
    pub lag: Option<Lag>,
    /// The order before, for a next step.
    pub previous: Option<Order>,
}

/// What the rules propose for a programme on `today`, and how many lags have nobody to address.
///
/// # Errors
/// When the database fails.
pub async fn proposals<C: ConnectionTrait>(
    on: &C,
    outline: &Outline,
    today: NaiveDate,
) -> store::Result<(Vec<Proposed>, usize)> {
    let programme = &outline.programme;
    let seen = watch::state::lagging(on, programme.clone(), View::default()).await?;
    let lags: Vec<Lag> = seen.into_iter().map(Lag::from).collect();
    let live = orders::live_of(on, programme.id).await?;
    let known = orders::origins(on, programme.id).await?;
    let rules = ledger::rules::rule_set(outline.region(), programme.year);
    let ladder = &rules.ladder.says.steps;
    let standing: Vec<LiveOrder> = live.iter().map(live_order).collect();
    let found = propose(ladder, &rules.proposals.says, &lags, &standing, &known, today);
    let mut keys = Keys::default();
    keys.bodies.extend(lags.iter().filter_map(|lag| lag.organisation));
    keys.bodies.extend(live.iter().map(|order| order.organisation_id));
    keys.places.extend(lags.iter().map(|lag| lag.region).chain(live.iter().map(Order::region)));
    keys.projects.extend(outline.projects.iter().map(|project| project.id));
    let names = Names::load(on, keys).await?;
    let nobody = lags.iter().filter(|lag| lag.organisation.is_none()).count();
    let drawn = found.into_iter().filter_map(|proposal| {
        let kind = match &proposal {
            Proposal::First { kind, .. } | Proposal::Next { kind, .. } => *kind,
        };
        let rung = ladder.rung(kind)?;
        let due_on = due(rung.term, today, Calendar::shipped());
        match proposal {
            Proposal::First { lag, organisation, .. } => {
                let is_first = kind == ladder.first().kind;
                Some(first(&names, lag, organisation, (rung, due_on), is_first))
            }
            Proposal::Next { order, why, .. } => {
                let previous = live.iter().find(|one| one.id == order)?.clone();
                Some(next(&names, previous, why, (rung, due_on)))
            }
        }
    });
    Ok((drawn.collect(), nobody))
}

fn live_order(order: &Order) -> LiveOrder {
    LiveOrder {
        id: order.id,
        project: order.project_id,
        region: order.region(),
        organisation: order.organisation_id,
        standing: order.standing(),
    }
}

fn first(names: &Names, lag: Lag, organisation: Uuid, (rung, due_on): (Rung, NaiveDate), is_first: bool) -> Proposed {
    let (project, place) = (names.project(lag.project), names.place(lag.region));
    let (title, demand) = wording::about_lag(&lag, &project, &place, due_on);
    let origin = lag.origin(organisation);
    let new = NewOrder {
        origin: Origin::Lag(origin.clone()),
        kind: rung.kind,
        project: lag.project,
        indicator: None,
        region: lag.region,
        organisation,
        title,
        demand,
        due_on: None,
        rule: Some(LAG.to_owned()),
        skip_reason: if is_first { String::new() } else { wording::urgent(&lag) },
    };
    Proposed {
        key: origin,
        new,
        project,
        place,
        body: names.body(organisation),
        rung,
        due_on,
        lag: Some(lag),
        previous: None,
    }
}

fn next(names: &Names, previous: Order, why: Why, (rung, due_on): (Rung, NaiveDate)) -> Proposed {
    let (project, place) = (names.project(previous.project_id), names.place(previous.region()));
    let (rule, lag) = match why {
        Why::Missed => (MISSED, None),
        Why::Worse(lag) => (LAG, Some(lag)),
    };
    let (title, demand) = match &lag {
        Some(lag) => wording::about_lag(lag, &project, &place, due_on),
        None => {
            let before = format!("{}{}", previous.kind().name().zh, previous.numbered());
            let demand = wording::after_missed(&before, previous.due_on, &previous.demand, due_on);
            (previous.title.clone(), demand)
        }
    };
    let new = NewOrder {
        origin: Origin::Next(previous.id),
        kind: rung.kind,
        project: previous.project_id,
        indicator: previous.indicator_id,
        region: previous.region(),
        organisation: previous.organisation_id,
        title,
        demand,
        due_on: None,
        rule: Some(rule.to_owned()),
        skip_reason: lag.as_ref().map(wording::turned_worse).unwrap_or_default(),
    };
    let body = names.body(previous.organisation_id);
    Proposed { key: new.origin.text(), new, project, place, body, rung, due_on, lag, previous: Some(previous) }
}

/// Raises those of the proposals that stand whose keys are in `chosen`. Says how many of the chosen stood no longer.
///
/// # Errors
/// A conflict when none stands any more, or when somebody else raised one of them at this moment.
pub async fn confirm_proposals(
    store: &Store,
    actor: &Actor,
    by: &By,
    outline: &Outline,
    chosen: &HashSet<String>,
) -> store::Result<(Vec<Order>, usize)> {
    let (standing, _) = proposals(store.reader(), outline, store.clock().today()).await?;
    let all: Vec<NewOrder> = standing.into_iter().filter(|one| chosen.contains(&one.key)).map(|one| one.new).collect();
    if all.is_empty() {
        let nothing = chosen.is_empty();
        return Err(if nothing {
            Problem::field("key", "请先勾选要发出的督办", "Choose what is to be sent")
        } else {
            Problem::conflict(
                "所选建议刚刚已由他人发出或不再成立，没有重复发出",
                "What was chosen was just sent by somebody else or no longer holds; nothing was sent twice",
            )
        }
        .into());
    }
    let gone = chosen.len().saturating_sub(all.len());
    Ok((raise(store, actor, by, outline, &all).await?, gone))
}

#[derive(Template)]
#[template(path = "orders/proposals.html")]
struct ProposalsPage {
    f: Frame,
    slug: String,
    title: String,
    demo: bool,
    proposals: Vec<Proposed>,
    chosen: HashSet<String>,
    nobody: usize,
    source: String,
    sent: Option<usize>,
    problem: Option<Problem>,
}

impl ProposalsPage {
    fn kind(&self, one: &Proposed) -> String {
        self.f.say(&one.new.kind.name()).to_owned()
    }

    fn why(&self, one: &Proposed) -> String {
        let f = &self.f;
        match (&one.lag, &one.previous) {
            (Some(lag), _) => {
                let points = lag.behind.map(|behind| figures::print_points(behind.abs(), 1));
                let bare = |points: &str| points.trim_end_matches("个百分点").to_owned();
                let light = lag.light.name();
                let months = lag.months;
                match (f.lang, points) {
                    (kernel::Lang::Zh, Some(points)) => format!("{}，落后{points}，连续 {months} 个月", light.zh),
                    (kernel::Lang::Zh, None) => format!("{}，未达计划节点，连续 {months} 个月", light.zh),
                    (kernel::Lang::En, Some(points)) => {
                        let months = kernel::counted_in_english(months, "month");
                        format!("{}, {} points behind, for {months}", light.en, bare(&points))
                    }
                    (kernel::Lang::En, None) => {
                        let months = kernel::counted_in_english(months, "month");
                        format!("{}, a milestone was missed, for {months}", light.en)
                    }
                }
            }
            (None, Some(previous)) => {
                let name = previous.kind().name();
                let (number, day) = (previous.numbered(), f.day(&previous.due_on));
                match f.lang {
                    kernel::Lang::Zh => format!("{}{number}逾期（期限 {day}）", name.zh),
                    kernel::Lang::En => format!("{} {number} missed its deadline of {day}", name.en),
                }
            }
            (None, None) => String::new(),
        }
    }

    fn is_chosen(&self, one: &Proposed) -> bool {
        self.chosen.contains(&one.key)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    programme: String,
    sent: Option<usize>,
}

async fn ask(Shared(app): Shared<App>, f: Frame, me: SignedIn, Query(asked): Query<Asked>) -> Result<Response> {
    let mut shown = shown(&app, f, &me, &asked.programme).await?;
    shown.sent = asked.sent;
    page(&shown)
}

async fn shown(app: &App, f: Frame, me: &SignedIn, slug: &str) -> Result<ProposalsPage> {
    let outline = plan::authority::outline(app, me, slug, Permission::RaiseOrders).await?;
    let (proposals, nobody) = proposals(app.store.reader(), &outline, app.store.clock().today()).await?;
    let rules = ledger::rules::rule_set(outline.region(), outline.programme.year);
    Ok(ProposalsPage {
        source: f.say(&rules.proposals.source()).to_owned(),
        title: outline.programme.title_in(f.lang).to_owned(),
        f,
        slug: slug.to_owned(),
        demo: outline.programme.demo,
        proposals,
        chosen: HashSet::new(),
        nobody,
        sent: None,
        problem: None,
    })
}

#[derive(Deserialize)]
struct Chosen {
    programme: String,
    #[serde(default)]
    key: Vec<String>,
}

async fn confirm(Shared(app): Shared<App>, f: Frame, me: SignedIn, Checked(form): Checked<Chosen>) -> Result<Response> {
    let outline = plan::authority::outline(&app, &me, &form.programme, Permission::RaiseOrders).await?;
    let by = person::by(&app, &me, Party::Office, outline.region()).await?;
    let chosen: HashSet<String> = form.key.into_iter().collect();
    let done = confirm_proposals(&app.store, &me.actor(), &by, &outline, &chosen).await;
    let slug = &form.programme;
    let next = |(raised, _): (Vec<_>, _)| format!("/office/orders/proposals?programme={slug}&sent={}", raised.len());
    let again = async |problem| {
        let shown = shown(&app, f, &me, slug).await?;
        Ok(ProposalsPage { chosen, problem: Some(problem), ..shown })
    };
    outcome(done, next, again).await
}
