//! Who may see and do what on pages: the door asked whether a permission is held anywhere, here it is asked where.

use kernel::{Grant, Permission, Problem, ProblemKind, RegionCode};
use ledger::programmes;
use ledger::tables::programmes::Model as Programme;
use people::Viewer;
use uuid::Uuid;
use web::{App, Result, SignedIn};

use crate::returns::{Batch, Return};
use crate::rounds::Round;
use crate::store as rows;

/// The programme's own division.
pub(crate) fn region(programme: &Programme) -> RegionCode {
    RegionCode::from_stored(programme.region).expect("programmes are created with a valid code")
}

/// Whether the viewer works on something that the programme of `region` counts.
fn concerns(viewer: &Viewer, region: RegionCode) -> bool {
    let at = |grant: &Grant| grant.region.is_some_and(|own| own.contains(region) || region.contains(own));
    viewer.grants.iter().any(at)
}

/// The programmes in which the viewer reports, reviews or runs rounds, the newest year first.
pub(crate) async fn programmes_of(app: &App, viewer: &Viewer) -> Result<Vec<Programme>> {
    let mut all = programmes::all(app.store.reader()).await?;
    all.retain(|programme| concerns(viewer, region(programme)));
    all.sort_by_key(|programme| (-programme.year, programme.region));
    Ok(all)
}

/// The programme with this slug, for somebody who runs its rounds.
pub(crate) async fn programme_to_run(app: &App, me: &SignedIn, slug: &str) -> Result<Programme> {
    let missing = || Problem::not_found("没有这个方案", "There is no such programme");
    let found = programmes::find(app.store.reader(), slug).await?.ok_or_else(missing)?;
    if !found.published && !concerns(me, region(&found)) {
        return Err(missing().into());
    }
    me.require(Permission::RunRounds, region(&found))?;
    Ok(found)
}

/// The round and its programme, for somebody who has to do with it.
pub(crate) async fn round(app: &App, me: &SignedIn, id: Uuid) -> Result<(Round, Programme)> {
    let missing = || Problem::not_found("没有这个填报期", "There is no such round");
    let on = app.store.reader();
    let round = rows::find_round(on, id).await?.ok_or_else(missing)?;
    let programme = programmes::with_key(on, round.programme_id).await?.ok_or_else(missing)?;
    if concerns(me, region(&programme)) { Ok((round, programme)) } else { Err(missing().into()) }
}

/// The part of a programme's places that the viewer may look at; `None` for all of it.
pub(crate) fn sight(viewer: &Viewer, programme: &Programme) -> Option<RegionCode> {
    let top = region(programme);
    if viewer.allows(Permission::EnterOffice, Some(top)) {
        return None;
    }
    let held = viewer.grants.iter().filter_map(|grant| grant.region);
    Some(held.filter(|own| top.contains(*own)).min_by_key(|own| own.level()).unwrap_or(top))
}

/// The return with all that decides about it, for its body and for the office of its place; for others it does not exist.
pub(crate) async fn return_of(app: &App, me: &SignedIn, id: Uuid) -> Result<Batch> {
    let row = row_of(app, me, id).await?;
    let veiled = is_veiled(me, &row);
    let batch = Batch::of(app.store.reader(), vec![row], app.store.clock().today()).await?;
    Ok(if veiled { batch.veiled() } else { batch })
}

async fn row_of(app: &App, me: &SignedIn, id: Uuid) -> Result<Return> {
    let missing = || Problem::not_found("没有这份填报", "There is no such return");
    let row = rows::find(app.store.reader(), id).await?.ok_or_else(missing)?;
    let place = RegionCode::from_stored(row.region).ok_or_else(missing)?;
    let own = me.organisations(Permission::FillReturns, place).contains(&row.organisation_id);
    if !own && !me.allows(Permission::EnterOffice, Some(place)) {
        return Err(missing().into());
    }
    Ok(row)
}

/// Goes on for somebody who may read what stands in a return, its evidence included.
pub(crate) async fn may_read(app: &App, me: &SignedIn, id: Uuid) -> Result<()> {
    if is_veiled(me, &row_of(app, me, id).await?) {
        return Err(Problem::new(
            ProblemKind::Forbidden,
            "这份填报还没有报送，材料只有填报单位和审核部门可以看",
            "The return has not been handed in: its files are for the body and its reviewers",
        )
        .into());
    }
    Ok(())
}

/// Whether what stands in a return is kept from somebody who may see that it is owed.
///
/// What was handed in is read by all who may enter the office of its place, the congress among them. What was not, or not
/// again since it was sent back, is a draft: the body's own, and that of the offices that review it or run its round.
pub(crate) fn is_veiled(viewer: &Viewer, row: &Return) -> bool {
    let place = RegionCode::from_stored(row.region);
    let office = [Permission::ReviewReturns, Permission::RunRounds].iter().any(|right| viewer.allows(*right, place));
    row.state().is_owed() && !office && !is_own(viewer, row)
}

/// The bodies for which the viewer fills in returns.
pub(crate) fn bodies(viewer: &Viewer) -> Vec<Uuid> {
    let held = viewer.grants.iter().filter(|grant| grant.allows(Permission::FillReturns, None));
    let mut bodies: Vec<Uuid> = held.filter_map(|grant| grant.organisation).collect();
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}

/// Whether the viewer acts for the body of this return.
pub(crate) fn is_own(viewer: &Viewer, row: &Return) -> bool {
    let place = RegionCode::from_stored(row.region);
    place.is_some_and(|place| viewer.organisations(Permission::FillReturns, place).contains(&row.organisation_id))
}
