//! The tables of this step, as entities.

use store::table;

table! {
    /// Supervision orders, from reminders to referrals.
    orders, "orders", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The year of its number.
        pub year: i32,
        /// 1, 2, 3 … in the programme and year, without gaps.
        pub number: i32,
        /// A [`kernel::ladder::OrderKind`].
        pub kind: String,
        /// A [`kernel::ladder::OrderColour`].
        pub colour: String,
        /// The order whose place it took.
        pub previous_id: Option<Uuid>,
        /// What it was raised from: a lag, the order before, or a form. Unique, so that nothing is raised twice.
        pub origin: String,
        /// The project.
        pub project_id: Uuid,
        /// The indicator, where it is about one.
        pub indicator_id: Option<Uuid>,
        /// The place.
        pub region: i64,
        /// The body that it is addressed to.
        pub organisation_id: Uuid,
        /// The lead body, which checks a closing; none where the office alone does.
        pub lead_id: Option<Uuid>,
        /// What it is about, in a line.
        pub title: String,
        /// What is demanded.
        pub demand: String,
        /// When it was raised.
        pub raised_ms: i64,
        /// By which account.
        pub raised_by: Option<Uuid>,
        /// By whom, as the name was then.
        pub raised_by_name: String,
        /// For which organisation; may be empty.
        pub raised_by_organisation: String,
        /// The last day on which the body is in time.
        pub due_on: Date,
        /// The rule that proposed it; none when raised by hand.
        pub rule_code: Option<String>,
        /// The rule set that held.
        pub rule_set: String,
        /// Its version.
        pub rule_version: i32,
        /// Why a step was skipped, where one was.
        pub skip_reason: Option<String>,
        /// A [`crate::words::State`].
        pub state: String,
        /// Counts acts; guards against two at once.
        pub version: i32,
        /// When it was closed.
        pub closed_ms: Option<i64>,
        /// How often a closing turned out to be false.
        pub reopenings: i32,
    }
}

table! {
    /// What was done to an order, in its order; never changed.
    order_acts, "order_acts", {
        /// The order.
        #[sea_orm(primary_key, auto_increment = false)]
        pub order_id: Uuid,
        /// The order's version that it made; 1 is the raising.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Its key, by which evidence is attached.
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// A [`crate::words::Act`], or `raise`.
        pub act: String,
        /// A [`crate::words::Party`].
        pub party: String,
        /// The state that it led to.
        pub state: String,
        /// The last day for the body from then on.
        pub due_on: Date,
        /// Whether the body was late.
        pub late: bool,
        /// The account.
        pub account_id: Option<Uuid>,
        /// Who, as the name was then.
        pub account_name: String,
        /// For which organisation; may be empty.
        pub organisation_name: String,
        /// What was said.
        pub text: String,
        /// When.
        pub at_ms: i64,
    }
}

table! {
    /// The last number given in a programme and year.
    order_numbers, "order_numbers", {
        /// The programme.
        #[sea_orm(primary_key, auto_increment = false)]
        pub programme_id: Uuid,
        /// The year.
        #[sea_orm(primary_key, auto_increment = false)]
        pub year: i32,
        /// The last number.
        pub last: i32,
    }
}

table! {
    /// What keeps a project from getting on (堵点).
    bottlenecks, "bottlenecks", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The place.
        pub region: i64,
        /// The order that it is told in, if any.
        pub order_id: Option<Uuid>,
        /// A [`crate::words::Cause`].
        pub cause: String,
        /// What is in the way.
        pub text: String,
        /// Since when.
        pub since: Date,
        /// When it was noted.
        pub noted_ms: i64,
        /// By which account.
        pub noted_by: Option<Uuid>,
        /// By whom.
        pub noted_by_name: String,
        /// When it was gone.
        pub resolved_on: Option<Date>,
        /// How.
        pub resolution: String,
        /// Who said so.
        pub resolved_by_name: String,
        /// Counts changes.
        pub version: i32,
    }
}

table! {
    /// What somebody has to do about a project that lags: the list of tasks.
    tasks, "chase_tasks", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The place.
        pub region: i64,
        /// The bottleneck that it is to remove, if any.
        pub bottleneck_id: Option<Uuid>,
        /// What is to be done.
        pub text: String,
        /// By which body.
        pub organisation_id: Option<Uuid>,
        /// Until when.
        pub due_on: Date,
        /// When it was noted.
        pub noted_ms: i64,
        /// By whom.
        pub noted_by_name: String,
        /// When it was done.
        pub done_on: Option<Date>,
        /// Who said so.
        pub done_by_name: String,
        /// Counts changes.
        pub version: i32,
    }
}

table! {
    /// An item of the year's plan of key inspections (重点督查计划).
    inspections, "inspections", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// What is inspected.
        pub title: String,
        /// The project; none when the item goes across projects.
        pub project_id: Option<Uuid>,
        /// Where.
        pub region: i64,
        /// A [`crate::words::Method`].
        pub method: String,
        /// By when it is planned.
        pub planned_on: Date,
        /// What is looked at.
        pub scope: String,
        /// Who approved it (§11), in words.
        pub approved_by: String,
        /// When it was planned.
        pub planned_ms: i64,
        /// By whom.
        pub planned_by_name: String,
        /// When it was called off.
        pub dropped_ms: Option<i64>,
        /// Why.
        pub dropped_reason: String,
        /// Counts changes.
        pub version: i32,
    }
}

table! {
    /// A visit of an inspection.
    visits, "inspection_visits", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The item of the plan.
        pub inspection_id: Uuid,
        /// When.
        pub visited_on: Date,
        /// How many people went.
        pub people: i32,
        /// Where, in words.
        pub place: String,
        /// What was seen.
        pub summary: String,
        /// When it was noted.
        pub noted_ms: i64,
        /// By whom.
        pub noted_by_name: String,
    }
}

table! {
    /// What a visit found, and what became of it.
    findings, "inspection_findings", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The item of the plan.
        pub inspection_id: Uuid,
        /// The visit.
        pub visit_id: Uuid,
        /// The project that it is about.
        pub project_id: Uuid,
        /// The place.
        pub region: i64,
        /// The body that has to mend it.
        pub organisation_id: Uuid,
        /// What was found.
        pub text: String,
        /// What is demanded.
        pub demand: String,
        /// The last day for mending it.
        pub due_on: Date,
        /// A [`crate::words::FindingState`].
        pub state: String,
        /// When it was noted.
        pub noted_ms: i64,
        /// By which account.
        pub noted_by: Option<Uuid>,
        /// By whom.
        pub noted_by_name: String,
        /// Counts acts.
        pub version: i32,
    }
}

table! {
    /// What was done about a finding, in its order; never changed.
    finding_acts, "inspection_finding_acts", {
        /// The finding.
        #[sea_orm(primary_key, auto_increment = false)]
        pub finding_id: Uuid,
        /// The finding's version that it made.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// Its key, by which evidence is attached.
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// A [`crate::words::FindingAct`], or `note`.
        pub act: String,
        /// The state that it led to.
        pub state: String,
        /// Whether the body was late.
        pub late: bool,
        /// The account.
        pub account_id: Option<Uuid>,
        /// Who.
        pub account_name: String,
        /// For which organisation.
        pub organisation_name: String,
        /// What was said.
        pub text: String,
        /// When.
        pub at_ms: i64,
    }
}
