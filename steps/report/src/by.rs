//! Who acts on returns: an account with its grants, under the names that the trail keeps.

use kernel::{Grant, Permission, RegionCode};
use people::Viewer;
use store::Actor;
use uuid::Uuid;

/// Somebody who acts.
#[derive(Clone, Debug)]
pub struct By {
    /// The account.
    pub account: Uuid,
    /// The sign-in name, which the audit chain shows.
    pub sign_in_name: String,
    /// The name on screens.
    pub name: String,
    /// What its office calls itself, where it has no organisation of its own; empty for the words of its place and role.
    /// A body's acts bear the name of the body for which each return is, whatever stands here.
    pub organisation: String,
    /// What the account is trusted with.
    pub grants: Vec<Grant>,
}

impl By {
    /// The viewer with all that they are trusted with.
    pub fn viewer(viewer: &Viewer) -> Self {
        Self {
            account: viewer.account,
            sign_in_name: viewer.sign_in_name.clone(),
            name: viewer.display_name.clone(),
            organisation: String::new(),
            grants: viewer.grants.clone(),
        }
    }

    /// The name under which this person's writes are audited.
    pub fn actor(&self) -> Actor {
        Actor { account: Some(self.account), name: self.sign_in_name.clone() }
    }

    /// Whether `permission` is granted at `region`.
    pub fn allows(&self, permission: Permission, region: RegionCode) -> bool {
        self.grants.iter().any(|grant| grant.allows(permission, Some(region)))
    }

    /// Whether `permission` is granted at `region` for this very body.
    pub fn acts_for(&self, permission: Permission, region: RegionCode, organisation: Uuid) -> bool {
        self.grants
            .iter()
            .any(|grant| grant.organisation == Some(organisation) && grant.allows(permission, Some(region)))
    }

    /// The grant by which an office acts at `region`: of several the nearest.
    pub fn office_at(&self, permission: Permission, region: RegionCode) -> Option<&Grant> {
        let held = self.grants.iter().filter(|grant| grant.allows(permission, Some(region)));
        held.max_by_key(|grant| grant.region.map(RegionCode::level))
    }
}
