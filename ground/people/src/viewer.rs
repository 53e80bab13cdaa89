//! The person behind a request.

use std::ops::RangeInclusive;

use ::store::Actor;
use kernel::permission;
use kernel::{Grant, Permission, RegionCode};
use uuid::Uuid;

/// Somebody who is signed in, with what they are trusted with at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// The account.
    pub account: Uuid,
    /// The name typed when signing in.
    pub sign_in_name: String,
    /// The name on screens.
    pub display_name: String,
    /// Grants that stand.
    pub grants: Vec<Grant>,
    /// The secret that forms must carry.
    pub csrf: String,
    /// Whether nothing else may be done before the password is changed.
    pub must_change: bool,
    /// The key of the session, which is the hash of its token.
    pub session: String,
}

impl Viewer {
    /// Whether `permission` is granted at `region`; without a region, anywhere.
    pub fn allows(&self, permission: Permission, region: Option<RegionCode>) -> bool {
        self.grants.iter().any(|grant| grant.allows(permission, region))
    }

    /// The subtrees in which `permission` is granted.
    pub fn scopes(&self, permission: Permission) -> Vec<RangeInclusive<RegionCode>> {
        permission::scopes(&self.grants, permission)
    }

    /// The organisations for which `permission` is granted at `region`.
    pub fn organisations(&self, permission: Permission, region: RegionCode) -> Vec<Uuid> {
        let held = self.grants.iter().filter(|grant| grant.allows(permission, Some(region)));
        held.filter_map(|grant| grant.organisation).collect()
    }

    /// The name under which this person's writes are audited.
    pub fn actor(&self) -> Actor {
        Actor { account: Some(self.account), name: self.sign_in_name.clone() }
    }
}
