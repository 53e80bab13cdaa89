//! The tables of feedback, written by hand.

use kernel::RegionCode;

use super::words::{Act, Kind, Level, Sight, State, Verdict};

store::table!(
    /// What people said, as it stands.
    feedback, "feedback", {
        /// The key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The site.
        pub site_id: Uuid,
        /// The division of the site.
        pub region: i64,
        /// See [`Kind`](super::super::words::Kind).
        pub kind: String,
        /// From 1 to 5.
        pub level: Option<i16>,
        /// What was written.
        pub words: String,
        /// Whether a proof of work came with it.
        pub proven: bool,
        /// The SM3 hash of the receipt; the receipt itself is known to its holder alone.
        pub receipt_sm3: String,
        /// Whether the public sees words and pictures.
        pub sight: String,
        /// Where it stands.
        pub state: String,
        /// The body that has it.
        pub organisation_id: Option<Uuid>,
        /// The last day for its answer.
        pub due_on: Option<Date>,
        /// Whether a first answer did not satisfy.
        pub reopened: bool,
        /// When it came in.
        pub at_ms: i64,
        /// Counts its states.
        pub version: i32,
    }
);

store::table!(
    /// What was done about it, in order.
    acts, "feedback_acts", {
        /// The key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// What it is about.
        pub feedback_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The state of the feedback that it led to; two people cannot lead to the same.
        pub version: i32,
        /// See [`Act`](super::super::words::Act).
        pub act: String,
        /// What was said with it.
        pub words: String,
        /// The body that acted or was given it.
        pub body: String,
        /// The last day that was set.
        pub due_on: Option<Date>,
        /// How the answer was rated.
        pub verdict: Option<String>,
        /// Who acted; nobody where a resident did.
        pub account_id: Option<Uuid>,
        /// Their name on screens.
        pub by_name: String,
        /// When.
        pub at_ms: i64,
    }
);

impl feedback::Model {
    /// The sort of feedback.
    pub fn kind(&self) -> Kind {
        Kind::parse(&self.kind).unwrap_or(Kind::Remark)
    }

    /// How content its writer is.
    pub fn level(&self) -> Option<Level> {
        self.level.and_then(Level::of)
    }

    /// Where it stands.
    pub fn state(&self) -> State {
        State::parse(&self.state).unwrap_or(State::Noted)
    }

    /// Whether the public sees it; what cannot be read is held back.
    pub fn sight(&self) -> Sight {
        Sight::parse(&self.sight).unwrap_or(Sight::Held)
    }

    /// The division of the site.
    pub fn region(&self) -> RegionCode {
        RegionCode::from_stored(self.region).expect("feedback is written with the valid code of its site")
    }
}

impl acts::Model {
    /// What was done.
    pub fn act(&self) -> Act {
        Act::parse(&self.act).unwrap_or(Act::Receive)
    }

    /// How the answer was rated.
    pub fn verdict(&self) -> Option<Verdict> {
        Verdict::parse(self.verdict.as_deref()?)
    }

    /// Whether nobody of an office acted: a resident, or the programme's own rule.
    pub fn by_nobody(&self) -> bool {
        self.by_name.is_empty()
    }
}
