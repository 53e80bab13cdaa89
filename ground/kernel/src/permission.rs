//! Who may do what where: roles are scoped to a region's subtree and, for responsible bodies, to an organisation.
//!
//! System, security and audit administrators (三员) hold no business right and none of each other's
//! (GB/T 22239-2019, classified protection level three; clause numbers from memory, certainty M).

use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

use crate::{RegionCode, Text};

/// What a person is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 系统管理员: accounts and configuration.
    SystemAdministrator,
    /// 安全管理员: roles and rule sets.
    SecurityAdministrator,
    /// 审计管理员: reads the audit chain.
    Auditor,
    /// 政府办公厅（室）: draws up and runs the programme.
    ProgrammeOffice,
    /// 督查室: verifies figures before they are published.
    SupervisionOffice,
    /// 责任单位: reports what it answers for.
    ResponsibleBody,
    /// 人大机关: follows, asks, approves changes.
    Congress,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
        Self::ProgrammeOffice,
        Self::SupervisionOffice,
        Self::ResponsibleBody,
        Self::Congress,
    ];

    /// The word used in tables, files and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::Auditor => "auditor",
            Self::ProgrammeOffice => "programme_office",
            Self::SupervisionOffice => "supervision_office",
            Self::ResponsibleBody => "responsible_body",
            Self::Congress => "congress",
        }
    }

    /// Reads the word written by [`Role::code`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == word)
    }

    /// The name on screens.
    pub fn name(self) -> Text {
        match self {
            Self::SystemAdministrator => Text::new("系统管理员", "System administrator"),
            Self::SecurityAdministrator => Text::new("安全管理员", "Security administrator"),
            Self::Auditor => Text::new("审计管理员", "Auditor"),
            Self::ProgrammeOffice => Text::new("民生实事办公室", "Programme office"),
            Self::SupervisionOffice => Text::new("督查室", "Supervision office"),
            Self::ResponsibleBody => Text::new("责任单位", "Responsible body"),
            Self::Congress => Text::new("人大机关", "Congress office"),
        }
    }

    /// What the role may do, wherever it is granted.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::SystemAdministrator => &[Permission::ManageAccounts, Permission::ManageOrganisations],
            Self::SecurityAdministrator => &[Permission::GrantRoles],
            Self::Auditor => &[Permission::ReadAudit],
            Self::ProgrammeOffice => &[
                Permission::EnterOffice,
                Permission::EditProgramme,
                Permission::CorrectEntry,
                Permission::ImportProgramme,
                Permission::RunRounds,
                Permission::ReviewReturns,
                Permission::RaiseOrders,
                Permission::ScoreYear,
                Permission::WriteBulletins,
            ],
            Self::SupervisionOffice => &[
                Permission::EnterOffice,
                Permission::CorrectEntry,
                Permission::ReviewReturns,
                Permission::RaiseOrders,
                Permission::CloseOrders,
                Permission::Inspect,
                Permission::ScoreYear,
                Permission::WriteBulletins,
                Permission::SignBulletins,
            ],
            Self::ResponsibleBody => &[Permission::EnterOffice, Permission::FillReturns, Permission::AnswerOrders],
            Self::Congress => &[Permission::EnterOffice, Permission::DecideAdjustments],
        }
    }

    /// Whether the role is one of the three administrators, who must not hold any other role.
    pub fn is_administrator(self) -> bool {
        matches!(self, Self::SystemAdministrator | Self::SecurityAdministrator | Self::Auditor)
    }
}

/// One thing that can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See the office pages of the granted region.
    EnterOffice,
    /// Create and change programmes down to indicators and targets.
    EditProgramme,
    /// Supersede an entry with a reason.
    CorrectEntry,
    /// Load a programme from a sheet.
    ImportProgramme,
    /// Open and close reporting rounds, allow a late return, set how many levels review.
    RunRounds,
    /// Fill in what one's own organisation owes.
    FillReturns,
    /// Approve a return or send it back.
    ReviewReturns,
    /// Raise supervision orders (督办单), review the replies.
    RaiseOrders,
    /// Answer the orders to one's own organisation, apply for their closing.
    AnswerOrders,
    /// Verify that an order is done and close it (销号); reopen a false closing.
    CloseOrders,
    /// Plan inspections, record visits and findings, re-check.
    Inspect,
    /// Decide for the congress on a change of an adopted project.
    DecideAdjustments,
    /// Run and keep the yearly assessment (综合考核).
    ScoreYear,
    /// Check texts against the ledger, write and correct bulletins (公报).
    WriteBulletins,
    /// Sign a bulletin off, which freezes its figures and publishes it.
    SignBulletins,
    /// Create, disable and unlock accounts.
    ManageAccounts,
    /// Create and change organisations and posts.
    ManageOrganisations,
    /// Grant and withdraw roles.
    GrantRoles,
    /// Read the audit chain.
    ReadAudit,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 19] = [
        Self::EnterOffice,
        Self::EditProgramme,
        Self::CorrectEntry,
        Self::ImportProgramme,
        Self::RunRounds,
        Self::FillReturns,
        Self::ReviewReturns,
        Self::RaiseOrders,
        Self::AnswerOrders,
        Self::CloseOrders,
        Self::Inspect,
        Self::DecideAdjustments,
        Self::ScoreYear,
        Self::WriteBulletins,
        Self::SignBulletins,
        Self::ManageAccounts,
        Self::ManageOrganisations,
        Self::GrantRoles,
        Self::ReadAudit,
    ];
}

/// A role held over a region's subtree, for one organisation or for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The top of the subtree; `None` only for administrators, whose rights have no region.
    pub region: Option<RegionCode>,
    /// The organisation that the holder acts for, where the role is bound to one.
    pub organisation: Option<uuid::Uuid>,
}

impl Grant {
    /// Whether this grant allows `permission` at `region`; without a region the question is "anywhere".
    pub fn allows(&self, permission: Permission, region: Option<RegionCode>) -> bool {
        let here = match (self.region, region) {
            (_, None) => true,
            (Some(top), Some(region)) => top.contains(region),
            (None, Some(_)) => self.role.is_administrator(),
        };
        here && self.role.permissions().contains(&permission)
    }
}

/// The region subtrees in which any of `grants` allows `permission`.
pub fn scopes(grants: &[Grant], permission: Permission) -> Vec<RangeInclusive<RegionCode>> {
    grants
        .iter()
        .filter(|grant| grant.allows(permission, None))
        .filter_map(|grant| grant.region.map(RegionCode::subtree))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_county_office_stays_in_its_county() {
        let grant = Grant { role: Role::ProgrammeOffice, region: Some("330226".parse().unwrap()), organisation: None };
        let allows = |code: &str| grant.allows(Permission::EditProgramme, Some(code.parse().unwrap()));
        assert!(allows("330226") && allows("330226100"));
        assert!(!allows("330200") && !allows("330225"));
    }

    #[test]
    fn the_three_administrators_share_no_right_and_have_no_business() {
        let is_business = |permission: &Permission| {
            Role::ALL.into_iter().any(|role| !role.is_administrator() && role.permissions().contains(permission))
        };
        let three = Role::ALL.into_iter().filter(|role| role.is_administrator());
        let mut seen = Vec::new();
        for permission in three.flat_map(Role::permissions) {
            assert!(!is_business(permission) && !seen.contains(permission), "{permission:?}");
            seen.push(*permission);
        }
    }
}
