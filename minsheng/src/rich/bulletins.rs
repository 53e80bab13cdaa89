//! The half-year bulletin of the generated year: drawn up by the programme office, signed off by the supervision office.

use std::collections::BTreeSet;

use announce::drafts::{self, By, Edited, Judged, NewBulletin};
use announce::signing::{self, Seen};
use announce::writing::bindings::Bindings;
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate};
use ledger::programmes::{self, Outline};
use store::Store;

use super::cast::{Cast, Player};
use super::clock::at;
use super::shape::Shape;

/// Days from the cut-off to the signature: the round of June is closed on the twenty-fifth.
const TO_SIGNATURE: u64 = 27;

fn by(player: &Player) -> By {
    By { account: Some(player.account), name: player.name.clone() }
}

/// Draws the bulletin up and signs it, once.
///
/// # Errors
/// When something in it is bound to no figure of the ledger, or the database fails.
pub(super) async fn sign_half_year(store: &Store, shape: &Shape, cast: &Cast, cut_off: NaiveDate) -> Result<()> {
    let programme = programmes::find(store.reader(), &shape.slug).await?.context("the generated programme")?;
    if drafts::any_of(store.reader(), programme.id).await? {
        return Ok(());
    }
    let outline = Outline::load(store.reader(), programme).await?;
    let day = cut_off + Days::new(TO_SIGNATURE);
    let writing = store.with_clock(at(day, 10, 0)?);
    let new = NewBulletin { template: "half-year".to_owned(), cut_off, projects: BTreeSet::new() };
    let office = (&cast.office.actor(), &by(&cast.office));
    let row = drafts::begin(&writing, office, &outline, &new).await?;
    let bindings = Bindings::load(store.reader(), outline.programme.clone(), cut_off, row.known_on).await?;
    let judged = Judged::of(&Edited::of(&row), &bindings);
    ensure!(judged.is_ready(), "the bulletin is not ready: {:?} {:?}", judged.typed, judged.document.gaps());
    let (_, digest) = signing::digest(&judged.document, cut_off)?;
    let seen = Seen { id: row.id, version: row.version, digest };
    let signing_at = store.with_clock(at(day, 16, 0)?);
    let supervision = (&cast.supervision.actor(), &by(&cast.supervision));
    signing::sign(&signing_at, supervision, &outline, &seen).await?;
    Ok(())
}
