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
    /// The body or office acted for, as the trail shows it.
    pub organisation: String,
    /// What the account is trusted with.
    pub grants: Vec<Grant>,
}

impl By {
    /// The viewer, acting for `organisation`.
    pub fn viewer(viewer: &Viewer, organisation: impl Into<String>) -> Self {
        Self {
            account: viewer.account,
            sign_in_name: viewer.sign_in_name.clone(),
            name: viewer.display_name.clone(),
            organisation: organisation.into(),
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
}
