//! The tables of this step, written by hand.

use store::table;

table! {
    /// How a programme is reported and reviewed.
    report_settings, "report_settings", {
        /// The programme.
        #[sea_orm(primary_key, auto_increment = false)]
        pub programme_id: Uuid,
        /// A [`crate::words::Every`].
        pub every: String,
        /// Days from the cut-off to the opening.
        pub opens_after_days: i32,
        /// Days from the cut-off to the last day.
        pub due_after_days: i32,
        /// The levels that review, from below: see [`crate::rules::levels`].
        pub review_levels: String,
        /// Counts edits.
        pub version: i32,
    }
}

table! {
    /// One round: everybody who owes a figure reports it for one cut-off.
    rounds, "rounds", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The day up to which figures count.
        pub cut_off: Date,
        /// The first day on which returns are taken.
        pub opens_on: Date,
        /// The last day.
        pub closes_on: Date,
        /// The instant after the last day, in China: what is submitted from then on is late.
        pub closes_ms: i64,
        /// The levels that review, as they were when the round was opened.
        pub review_levels: String,
        /// When it was made.
        pub opened_ms: i64,
        /// By whom.
        pub opened_by: String,
        /// When it was closed by hand, if it was.
        pub closed_ms: Option<i64>,
        /// By whom.
        pub closed_by: Option<String>,
        /// How many returns it has.
        pub owed: i64,
        /// Shares that nobody answered for when its list was made or last completed, and on which nobody reports therefore.
        pub without_body: i64,
    }
}

table! {
    /// What one body reports on one project for one place in one round.
    returns, "returns", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The round.
        pub round_id: Uuid,
        /// The round's cut-off.
        pub cut_off: Date,
        /// The project.
        pub project_id: Uuid,
        /// The place that is reported on.
        pub region: i64,
        /// The body that owes it.
        pub organisation_id: Uuid,
        /// A [`crate::words::State`].
        pub state: String,
        /// Reviews passed since it was last submitted.
        pub level: i16,
        /// The place whose reviewers have it now.
        pub awaits: Option<i64>,
        /// Counts every change of content or state.
        pub version: i32,
        /// The milestone that is reached.
        pub stage: Option<Uuid>,
        /// Since when.
        pub reached_on: Option<Date>,
        /// 形象进度 in ten-thousandths of a percent.
        pub image: Option<i64>,
        /// Where work goes on, in words.
        pub places: String,
        /// What is in the way.
        pub problem: String,
        /// A [`crate::words::Cause`].
        pub cause: Option<String>,
        /// Until when it is taken after the round has closed.
        pub late_until: Option<Date>,
        /// The account that wrote it last.
        pub filled_by: Option<Uuid>,
        /// When it was first submitted: what counts as late.
        pub first_submitted_ms: Option<i64>,
        /// When it was last submitted.
        pub submitted_ms: Option<i64>,
        /// When it went into the ledger.
        pub approved_ms: Option<i64>,
        /// When it last changed.
        pub updated_ms: i64,
        /// How many flags its lines carry.
        pub flags: i32,
    }
}

table! {
    /// One indicator of a return.
    return_lines, "return_lines", {
        /// The return.
        #[sea_orm(primary_key, auto_increment = false)]
        pub return_id: Uuid,
        /// The indicator.
        #[sea_orm(primary_key, auto_increment = false)]
        pub indicator_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The round.
        pub round_id: Uuid,
        /// Order on the form.
        pub position: i32,
        /// The share is the body's own, so its entry carries the body.
        pub by_body: bool,
        /// The share when the round was opened, in ten-thousandths.
        pub target: Option<i64>,
        /// The figure as typed.
        pub raw: String,
        /// The figure in ten-thousandths; none while it is empty or cannot be read.
        pub value: Option<i64>,
        /// A `figures::Precision` code.
        pub precision_code: i16,
        /// A `figures::Qualifier` code.
        pub qualifier: String,
        /// Why it falls, or why there is no number.
        pub reason: String,
        /// [`crate::rules::lines::Flag`]s as JSON.
        pub flags: String,
    }
}

table! {
    /// Who did what to a return, in order.
    return_acts, "return_acts", {
        /// Key, rising with time.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The return.
        pub return_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// An [`crate::words::Act`].
        pub act: String,
        /// Reviews passed before it.
        pub level: i16,
        /// The account.
        pub account_id: Uuid,
        /// The name, as it was then.
        pub account_name: String,
        /// The body or office acted for.
        pub organisation_name: String,
        /// Why.
        pub reason: String,
        /// When.
        pub at_ms: i64,
    }
}
