//! The tables of this step, written by hand.

/// An uploaded sheet on its way into the ledger.
pub mod import_jobs {
    use sea_orm::entity::prelude::*;

    /// An uploaded sheet on its way into the ledger.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_jobs")]
    pub struct Model {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Who sent it; nobody else sees it.
        pub account_id: Uuid,
        /// The file's name with whoever sent it.
        pub name: String,
        /// Its random name in the folder of uploads; empty once it is gone.
        pub file: String,
        /// A [`crate::imports::JobState`].
        pub state: String,
        /// How much is read, in bytes or rows.
        pub done: i64,
        /// Of how much; zero while that is not known.
        pub total: i64,
        /// What was or would be done, as JSON.
        pub report: Option<String>,
        /// What is wrong with the sheet, as JSON.
        pub faults: Option<String>,
        /// When it was sent.
        pub created_ms: i64,
        /// When anything was last heard of it.
        pub updated_ms: i64,
    }

    /// Looked up by key.
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

store::table! {
    /// A milestone (节点) of a project.
    milestones, "milestones", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The place that has it; none for every place of the programme.
        pub region: Option<i64>,
        /// Order.
        pub position: i32,
        /// A [`crate::milestones::Stage`].
        pub stage: String,
        /// Name.
        pub name: String,
        /// Share of the whole project, in ten-thousandths of a percent.
        pub weight: i64,
        /// The day by which it should be reached.
        pub planned_on: Option<Date>,
        /// A [`crate::milestones::Origin`].
        pub source: String,
        /// The order that asked for the catch-up plan it belongs to.
        pub source_key: Option<Uuid>,
        /// When it was planned.
        pub created_ms: i64,
        /// When it was taken out of the plan.
        pub withdrawn_ms: Option<i64>,
    }
}

store::table! {
    /// A milestone that was reached at a place.
    milestone_marks, "milestone_marks", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The milestone.
        pub milestone_id: Uuid,
        /// The place.
        pub region: i64,
        /// The day on which it was reached.
        pub reached_on: Date,
        /// When that became known.
        pub recorded_ms: i64,
        /// The audit event.
        pub event_id: Uuid,
        /// Who said so.
        pub by_name: String,
        /// The return in which it was said.
        pub return_id: Option<Uuid>,
        /// When it was taken back.
        pub withdrawn_ms: Option<i64>,
    }
}

store::table! {
    /// How the schedule of a project is counted at a place.
    project_plans, "project_plans", {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: Uuid,
        /// The place; 0 for every place.
        #[sea_orm(primary_key, auto_increment = false)]
        pub region: i64,
        /// The programme.
        pub programme_id: Uuid,
        /// A [`crate::curves::Basis`].
        pub basis: String,
        /// The code of the template its milestones came from; empty for none.
        pub kind: String,
        /// Between two points of a curve the earlier one holds; else the line between them.
        pub stepped: bool,
        /// Counts edits of the plan and of its milestones.
        pub version: i32,
        /// When the way of counting was last said.
        pub set_ms: i64,
    }
}

store::table! {
    /// A plan with its milestones as it was after an edit; never changed again.
    plan_versions, "plan_versions", {
        /// Key, rising with time.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The place; 0 for every place.
        pub region: i64,
        /// The edit that made it.
        pub version: i32,
        /// A [`crate::curves::Edit`].
        pub edit: String,
        /// A [`crate::curves::Basis`].
        pub basis: String,
        /// The code of the template; empty for none.
        pub kind: String,
        /// Between two points of a curve the earlier one holds; else the line between them.
        pub stepped: bool,
        /// When the way of counting had last been said.
        pub set_ms: i64,
        /// The points of the curve as JSON.
        pub points: String,
        /// The milestones as JSON.
        pub milestones: String,
        /// Why, for a postponement: the number of the resolution.
        pub reason: String,
        /// When.
        pub at_ms: i64,
        /// The name under which it is audited.
        pub by_name: String,
    }
}

store::table! {
    /// A point of a plan curve.
    plan_points, "plan_points", {
        /// The project.
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: Uuid,
        /// The place; 0 for every place.
        #[sea_orm(primary_key, auto_increment = false)]
        pub region: i64,
        /// The day.
        #[sea_orm(primary_key, auto_increment = false)]
        pub cut_off: Date,
        /// The programme.
        pub programme_id: Uuid,
        /// What should be done by then, in ten-thousandths of a percent.
        pub percent: i64,
    }
}

store::table! {
    /// A change of an adopted project that the congress is asked for.
    adjustments, "adjustments", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The project.
        pub project_id: Uuid,
        /// The indicator, for a change of target.
        pub indicator_id: Option<Uuid>,
        /// An [`crate::adjustments::AdjustmentKind`].
        pub kind: String,
        /// The place whose project or target it is.
        pub region: i64,
        /// The target that stands until it is decided.
        pub target_entry: Option<Uuid>,
        /// What stands: target, content or day, in words.
        pub original: String,
        /// What is proposed, in words; the figure as it should be printed for a target.
        pub proposed_raw: String,
        /// The proposed target in ten-thousandths.
        pub proposed_value: Option<i64>,
        /// The proposed day of completion.
        pub proposed_on: Option<Date>,
        /// Why.
        pub reason: String,
        /// When it was asked for.
        pub requested_ms: i64,
        /// The account that asked.
        pub requested_by: Option<Uuid>,
        /// The name it signed in with.
        pub requested_name: String,
        /// When it was decided.
        pub decided_ms: Option<i64>,
        /// The account that wrote down the decision.
        pub decided_by: Option<Uuid>,
        /// The name it signed in with.
        pub decided_name: Option<String>,
        /// A [`crate::adjustments::Decision`].
        pub decision: Option<String>,
        /// 决议文号.
        pub decision_document: Option<String>,
        /// A remark on the decision.
        pub decision_note: Option<String>,
        /// Guards against two decisions.
        pub version: i32,
    }
}
