//! Who may keep which entries.

use kernel::{Permission, RegionCode};
use people::Viewer;
use web::{Access, Result, SignedIn};

/// Whoever keeps registers somewhere: the programme office, and bodies in their places.
pub(super) const KEEP: Access = Access::AnyOf(&[Permission::EditProgramme, Permission::FillReturns]);

/// Whether somebody keeps the registers of `region`.
pub(super) fn keeps(viewer: &Viewer, region: RegionCode) -> bool {
    viewer.allows(Permission::EditProgramme, Some(region)) || viewer.allows(Permission::FillReturns, Some(region))
}

/// Goes on only where somebody keeps the registers of `region`.
///
/// # Errors
/// Forbidden.
pub(super) fn require(me: &SignedIn, region: RegionCode) -> Result<()> {
    if me.allows(Permission::EditProgramme, Some(region)) {
        return Ok(());
    }
    me.require(Permission::FillReturns, region)
}

/// The places whose registers somebody keeps, as stored ranges of codes.
pub(super) fn places(me: &SignedIn) -> Vec<(i64, i64)> {
    let scopes = me.scopes(Permission::EditProgramme).into_iter().chain(me.scopes(Permission::FillReturns));
    scopes.map(|scope| (scope.start().stored(), scope.end().stored())).collect()
}

/// The tops of these places.
pub(super) fn tops(me: &SignedIn) -> Vec<RegionCode> {
    let scopes = me.scopes(Permission::EditProgramme).into_iter().chain(me.scopes(Permission::FillReturns));
    let mut tops: Vec<RegionCode> = scopes.map(|scope| *scope.start()).collect();
    tops.sort_unstable();
    tops.dedup();
    tops
}
