//! Adjustments (调整): an adopted project is changed or given up only with the decision of the congress; until then the
//! original target counts, and both can be seen.

mod desk;
mod pages;
pub mod rules;
mod store;

use chrono::NaiveDate;
use kernel::{RegionCode, codes};
use uuid::Uuid;

pub(crate) use desk::todos;
pub(crate) use pages::step;
pub use store::{
    Approved, NewAdjustment, Ruling, cancelled_projects, decide, find, latest_at, of_programme, open_of, postponements,
    request, waiting_at,
};

codes! {
    /// What is to be changed of an adopted project.
    AdjustmentKind {
        /// What is done.
        Content = "content", "调整内容", "change the content";
        /// How much is done.
        Target = "target", "调整目标", "change the target";
        /// When it is done.
        Postpone = "postpone", "延期", "postpone";
        /// It is not done.
        Cancel = "cancel", "取消", "cancel";
    }
}

codes! {
    /// What the congress decided.
    Decision {
        /// It agreed.
        Approved = "approved", "同意", "approved";
        /// It did not.
        Rejected = "rejected", "不同意", "rejected";
    }
}

/// A change of an adopted project, asked for and perhaps decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Key.
    pub id: Uuid,
    /// The programme.
    pub programme: Uuid,
    /// The project.
    pub project: Uuid,
    /// The indicator, for a change of target.
    pub indicator: Option<Uuid>,
    /// What is to be changed.
    pub kind: AdjustmentKind,
    /// The place whose project or target it is.
    pub region: RegionCode,
    /// The target that stands until it is decided.
    pub target_entry: Option<Uuid>,
    /// What stands, in words.
    pub original: String,
    /// What is proposed, in words; a target as it should be printed.
    pub proposed: String,
    /// The proposed day of completion.
    pub proposed_on: Option<NaiveDate>,
    /// Why.
    pub reason: String,
    /// When it was asked for, in Unix milliseconds.
    pub requested_ms: i64,
    /// The account that asked.
    pub requested_by: Option<Uuid>,
    /// The name it signed in with.
    pub requested_name: String,
    /// When it was decided, in Unix milliseconds.
    pub decided_ms: Option<i64>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// 决议文号.
    pub document: Option<String>,
    /// A remark on the decision.
    pub note: Option<String>,
    /// Guards against two decisions.
    pub version: i32,
}

impl Adjustment {
    /// Whether it waits for the congress.
    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }
}

/// The action of the audit event by which a change is asked for.
pub const REQUESTED: &str = "adjustment.requested";

/// The action of the audit event by which the decision is written down.
pub const DECIDED: &str = "adjustment.decided";

/// The adjustment that an audit event of these actions speaks of.
pub fn named_in(detail: &str) -> Option<Uuid> {
    let detail: serde_json::Value = serde_json::from_str(detail).ok()?;
    detail.get("adjustment")?.as_str()?.parse().ok()
}
