//! What the rules propose to raise: the office confirms, nothing is sent by itself.
//!
//! 黄灯提醒、红灯督办, and the next step where a deadline was missed; which step belongs to which light stands in the
//! rule set's `[proposals]` (certainty D).

use std::collections::HashSet;

use chrono::NaiveDate;
use kernel::RegionCode;
use kernel::ladder::{Ladder, OrderKind};
use kernel::rule_set::ProposalsRule;
use ledger::rules::Light;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::ladder::Standing;

/// A project that lags at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// Who answers for it there, if anybody is named.
    pub organisation: Option<Uuid>,
    /// How it is lit.
    pub light: Light,
    /// Points behind schedule.
    pub behind: Option<Decimal>,
    /// The cut-off from which on it has lagged without a break.
    pub since: NaiveDate,
    /// In how many months.
    pub months: u32,
    /// The cut-off at which it was seen.
    pub cut_off: NaiveDate,
}

impl From<watch::state::Lag> for Lag {
    fn from(seen: watch::state::Lag) -> Self {
        Self {
            project: seen.project,
            region: seen.region,
            organisation: seen.organisation,
            light: seen.light,
            behind: seen.deviation.map(|deviation| -deviation),
            since: seen.since,
            months: seen.months,
            cut_off: seen.cut_off,
        }
    }
}

impl Lag {
    /// What an order raised from this lag carries, so that none is raised twice.
    pub fn origin(&self, organisation: Uuid) -> String {
        format!("lag:{}:{}:{organisation}:{}", self.project, self.region, self.since)
    }
}

/// An order that is not yet at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOrder {
    /// The order.
    pub id: Uuid,
    /// The project.
    pub project: Uuid,
    /// The place.
    pub region: RegionCode,
    /// Whom it is addressed to.
    pub organisation: Uuid,
    /// What it is and where it stands.
    pub standing: Standing,
}

/// What the rules propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// A first order about a lag.
    First {
        /// The lag.
        lag: Lag,
        /// Whom to address.
        organisation: Uuid,
        /// The step that its light asks for.
        kind: OrderKind,
    },
    /// The next step after an order.
    Next {
        /// The order.
        order: Uuid,
        /// The step.
        kind: OrderKind,
        /// Why.
        why: Why,
    },
}

/// Why a next step is proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The deadline was missed.
    Missed,
    /// The light turned from 滞后 to 严重滞后 meanwhile.
    Worse(Lag),
}

/// The step that a light asks for.
pub fn wanted(light: Light, rule: &ProposalsRule) -> Option<OrderKind> {
    match light {
        Light::Behind => Some(rule.behind),
        Light::FarBehind => Some(rule.far_behind),
        Light::Done | Light::OnSchedule => None,
    }
}

/// What to raise on `today`: the next step of every order whose deadline was missed, then a first order about every lag
/// that nobody chases yet. `known` are the origins of all orders that were ever raised.
pub fn propose(
    ladder: &Ladder,
    rule: &ProposalsRule,
    lags: &[Lag],
    live: &[LiveOrder],
    known: &HashSet<String>,
    today: NaiveDate,
) -> Vec<Proposal> {
    let missed = live.iter().filter(|order| order.standing.is_missed(today));
    let mut proposals: Vec<Proposal> = missed
        .filter_map(|order| {
            let kind = ladder.above(order.standing.kind)?.kind;
            Some(Proposal::Next { order: order.id, kind, why: Why::Missed })
        })
        .collect();
    for lag in lags {
        let (Some(kind), Some(organisation)) = (wanted(lag.light, rule), lag.organisation) else { continue };
        let about = |order: &&LiveOrder| {
            (order.project, order.region, order.organisation) == (lag.project, lag.region, organisation)
        };
        let chased: Vec<&LiveOrder> = live.iter().filter(about).collect();
        if chased.is_empty() {
            if !known.contains(&lag.origin(organisation)) {
                proposals.push(Proposal::First { lag: lag.clone(), organisation, kind });
            }
            continue;
        }
        let highest = chased.iter().max_by_key(|order| order.standing.kind).copied();
        let milder = highest.filter(|order| order.standing.kind < kind && order.standing.state.awaits_body());
        if let Some(order) = milder.filter(|order| !order.standing.is_missed(today)) {
            proposals.push(Proposal::Next { order: order.id, kind, why: Why::Worse(lag.clone()) });
        }
    }
    proposals
}

#[cfg(test)]
mod tests;
