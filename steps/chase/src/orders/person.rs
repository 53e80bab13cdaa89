//! Who somebody is to an order: what they may see, in which capacities they act, and the name that is written down.

use std::collections::BTreeSet;

use kernel::{Grant, Permission, RegionCode};
use people::Viewer;
use people::store::organisations;
use store::Result;
use web::App;

use super::By;
use crate::store::orders::Sight;
use crate::tables::orders::Model as Order;
use crate::words::Party;

/// Those who see every order of their region.
const OVERSEE: [Permission; 4] =
    [Permission::RaiseOrders, Permission::CloseOrders, Permission::Inspect, Permission::DecideAdjustments];

/// What `viewer` may see: offices and the congress their region, bodies what is addressed to them or theirs to check.
pub(crate) fn sight(viewer: &Viewer) -> Sight {
    let scopes: BTreeSet<(i64, i64)> = OVERSEE
        .into_iter()
        .flat_map(|permission| viewer.scopes(permission))
        .map(|range| (range.start().stored(), range.end().stored()))
        .collect();
    let answering = viewer.grants.iter().filter(|grant| grant.allows(Permission::AnswerOrders, None));
    let bodies: BTreeSet<_> = answering.filter_map(|grant| grant.organisation).collect();
    Sight { regions: scopes.into_iter().collect(), bodies: bodies.into_iter().collect() }
}

/// The capacities in which `viewer` acts on `order` of a programme of `top`.
pub(crate) fn parties(viewer: &Viewer, order: &Order, top: RegionCode) -> Vec<Party> {
    let acts_for = viewer.organisations(Permission::AnswerOrders, order.region());
    let lead = order.lead_id.is_some_and(|lead| acts_for.contains(&lead));
    [
        (Party::Body, acts_for.contains(&order.organisation_id)),
        (Party::Lead, lead),
        (Party::Office, viewer.allows(Permission::RaiseOrders, Some(top))),
        (Party::Supervision, viewer.allows(Permission::CloseOrders, Some(top))),
    ]
    .into_iter()
    .filter(|(_, holds)| *holds)
    .map(|(party, _)| party)
    .collect()
}

/// The permission behind a capacity.
fn permission(party: Party) -> Permission {
    match party {
        Party::Body | Party::Lead => Permission::AnswerOrders,
        Party::Office => Permission::RaiseOrders,
        Party::Supervision => Permission::CloseOrders,
    }
}

/// `viewer` as an order will name them when they act as `party` on it: the body for which the order is, whatever others
/// they act for besides, else the office of the programme of `top`.
pub(crate) async fn on_order(app: &App, viewer: &Viewer, party: Party, order: &Order, top: RegionCode) -> Result<By> {
    let body = match party {
        Party::Body => Some(order.organisation_id),
        Party::Lead => order.lead_id,
        Party::Office | Party::Supervision => return by(app, viewer, party, top).await,
    };
    named(app, viewer, |grant| grant.organisation == body && grant.allows(permission(party), Some(order.region())))
        .await
}

/// `viewer` as they are named when they act as `party` in `region`: the organisation acted for, else the role.
pub(crate) async fn by(app: &App, viewer: &Viewer, party: Party, region: RegionCode) -> Result<By> {
    named(app, viewer, |grant| grant.allows(permission(party), Some(region))).await
}

/// `viewer` under the first grant that holds; of several places the nearest.
async fn named(app: &App, viewer: &Viewer, holds: impl Fn(&Grant) -> bool) -> Result<By> {
    let grants = viewer.grants.iter().filter(|grant| holds(grant));
    let grant = grants.max_by_key(|grant| grant.region.map(RegionCode::level));
    let organisation = match grant.and_then(|grant| grant.organisation) {
        Some(id) => organisations::find(&app.store, id).await?.map(|row| row.name),
        None => grant.map(|grant| grant.role.name().zh),
    };
    Ok(By {
        account: Some(viewer.account),
        name: viewer.display_name.clone(),
        organisation: organisation.unwrap_or_default(),
    })
}
