//! In whose name an act is written down: the very body that owes the return, or the office at whose desk it lies.
//!
//! One account may act for several bodies or offices. Which of them an act is for follows from the return, never from the
//! order in which the grants were given, so that the trail of every figure names the body that reported it.

use std::collections::BTreeSet;

use kernel::{Grant, RegionCode};
use people::store::organisations;
use sea_orm::ConnectionTrait;
use store::Result;
use uuid::Uuid;

use super::Return;
use super::batch::Batch;
use crate::by::By;
use crate::rules::moves::{Case, Party, party_of};
use crate::words::Act;

/// An act on a return, in somebody's name.
pub(crate) struct Signed<'a> {
    /// The return.
    pub(crate) row: &'a Return,
    /// The act.
    pub(crate) act: Act,
    /// The body or office.
    pub(crate) organisation: String,
}

/// Who an act is done for.
enum Name {
    Body(Uuid),
    Office(RegionCode, String),
    Said(String),
}

/// Puts a name to `acts`, one for each return of the batch; two statements at most.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sign<'a, C: ConnectionTrait>(
    on: &C,
    batch: &'a Batch,
    by: &By,
    acts: &[Act],
) -> Result<Vec<Signed<'a>>> {
    let mut names = Vec::with_capacity(acts.len());
    for (row, act) in batch.returns.iter().zip(acts) {
        names.push(name(&batch.case(row)?, *act, by));
    }
    let bodies: BTreeSet<Uuid> =
        names.iter().filter_map(|name| if let Name::Body(id) = name { Some(*id) } else { None }).collect();
    let bodies = organisations::with_keys(on, &bodies.into_iter().collect::<Vec<_>>()).await?;
    let places: BTreeSet<RegionCode> =
        names.iter().filter_map(|name| if let Name::Office(at, _) = name { Some(*at) } else { None }).collect();
    let places = ledger::regions::names(on, places, i32::MAX).await?;
    let told = |name: Name| match name {
        Name::Body(id) => bodies.iter().find(|body| body.id == id).map(|body| body.name.clone()).unwrap_or_default(),
        Name::Office(at, role) => format!("{}{role}", places.get(&at).cloned().unwrap_or_else(|| at.short())),
        Name::Said(name) => name,
    };
    let signed = |((row, act), name)| Signed { row, act, organisation: told(name) };
    Ok(batch.returns.iter().zip(acts.iter().copied()).zip(names).map(signed).collect())
}

/// Who `act` is done for by somebody whom [`crate::rules::moves::decide`] lets do it.
fn name(case: &Case<'_>, act: Act, by: &By) -> Name {
    let party = party_of(act);
    let office = match party {
        Party::Body => return Name::Body(case.organisation),
        Party::Reviewer => by.office_at(party.permission(), case.desk()),
        Party::Office => by.office_at(party.permission(), case.programme),
        Party::Keeper => match by.office_at(party.permission(), case.region) {
            None => return Name::Body(case.organisation),
            office => office,
        },
    };
    match office {
        Some(Grant { organisation: Some(body), .. }) => Name::Body(*body),
        _ if !by.organisation.is_empty() => Name::Said(by.organisation.clone()),
        Some(Grant { region: Some(at), role, .. }) => Name::Office(*at, role.name().zh),
        _ => Name::Said(String::new()),
    }
}
