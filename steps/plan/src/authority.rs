//! Who may do what with which programme: the door asked whether a permission is held anywhere, here it is asked where.

use kernel::{Permission, Problem, RegionCode};
use ledger::programmes::{self, Outline};
use ledger::tables::programmes::Model as Programme;
use people::Viewer;
use web::{App, Result, SignedIn};

/// The programme's own division.
pub fn region(programme: &Programme) -> RegionCode {
    RegionCode::from_stored(programme.region).expect("programmes are created with a valid code")
}

/// The programme with this slug, for somebody who holds `permission` there.
///
/// A draft of another region does not exist for others (404); a published one does, and is refused (403).
///
/// # Errors
/// Not found, forbidden.
pub async fn programme(app: &App, me: &SignedIn, slug: &str, permission: Permission) -> Result<Programme> {
    let missing = || Problem::not_found("没有这个方案", "There is no such programme");
    let found = programmes::find(app.store.reader(), slug).await?.ok_or_else(missing)?;
    if me.allows(permission, Some(region(&found))) {
        return Ok(found);
    }
    if !found.published {
        return Err(missing().into());
    }
    me.require(permission, region(&found))?;
    Ok(found)
}

/// As [`programme`], with categories, projects and indicators.
///
/// # Errors
/// As [`programme`].
pub async fn outline(app: &App, me: &SignedIn, slug: &str, permission: Permission) -> Result<Outline> {
    let programme = programme(app, me, slug, permission).await?;
    Ok(Outline::load(app.store.reader(), programme).await?)
}

/// Where somebody works on a programme: at its own place who may enter there, else at their own place within it.
///
/// None where nothing of it is theirs.
pub(crate) fn own_place(me: &Viewer, home: RegionCode) -> Option<RegionCode> {
    if me.allows(Permission::EnterOffice, Some(home)) {
        return Some(home);
    }
    let mut within: Vec<RegionCode> =
        me.scopes(Permission::EnterOffice).iter().map(|scope| *scope.start()).filter(|at| home.contains(*at)).collect();
    within.sort_by_key(|at| (at.level(), *at));
    within.first().copied()
}

/// As [`outline`], for somebody who holds `permission` at `place`, which lies in the programme: an office below the
/// programme's own works on its part of a public programme.
///
/// A draft exists only for those who hold the permission at the programme's own place.
pub(crate) async fn outline_at(
    app: &App,
    me: &SignedIn,
    slug: &str,
    (permission, place): (Permission, Option<RegionCode>),
) -> Result<(Outline, RegionCode)> {
    let missing = || Problem::not_found("没有这个方案", "There is no such programme");
    let found = programmes::find(app.store.reader(), slug).await?.ok_or_else(missing)?;
    let home = region(&found);
    let place = place.unwrap_or(home);
    if !found.published && !me.allows(permission, Some(home)) {
        return Err(missing().into());
    }
    if !home.contains(place) {
        return Err(Problem::not_found("本方案不涉及这个地方", "The programme does not reach this place").into());
    }
    me.require(permission, place)?;
    Ok((Outline::load(app.store.reader(), found).await?, place))
}
