//! The tables of this step, written by hand. Rows are added, never rewritten, but for the marks that say what became of a run.

use store::table;

table! {
    /// A scheme that an office added; the shipped ones are in the program.
    assessment_schemes, "assessment_schemes", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The division whose office added it; it holds there and below.
        pub region: i64,
        /// The scheme's code.
        pub code: String,
        /// The scheme's version.
        pub version: i32,
        /// The whole text as it was taken.
        pub text: String,
        /// Why it was added.
        pub note: String,
        /// When.
        pub added_ms: i64,
        /// By whom, as the name was then.
        pub added_by: String,
        /// The audit event.
        pub event_id: Uuid,
    }
}

table! {
    /// Something that the assessing office entered about a subject, with its source.
    assessment_inputs, "assessment_inputs", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The subject's key, see [`crate::readings::Subject::key`].
        pub subject: String,
        /// The input's code.
        pub input: String,
        /// What it was read of, such as a project; empty where it is the only one.
        pub label: String,
        /// 1–12; 0 for what has no month.
        pub month: i16,
        /// 1, 2, 3 … for what was entered first and what corrected it.
        pub version: i32,
        /// Ten-thousandths; none when what was entered is taken back.
        pub value: Option<i64>,
        /// For a rank: among how many.
        pub among: Option<i32>,
        /// Where it comes from, in words.
        pub source: String,
        /// Why it was corrected; empty for the first.
        pub reason: String,
        /// When it was entered.
        pub entered_ms: i64,
        /// By whom, as the name was then.
        pub entered_by: String,
        /// The audit event.
        pub event_id: Uuid,
    }
}

table! {
    /// A run of a scheme over a programme: a draft until it is kept.
    assessments, "assessments", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The programme's year.
        pub year: i32,
        /// The scheme's code.
        pub scheme: String,
        /// The scheme's version.
        pub scheme_version: i32,
        /// The scheme's text as it was used.
        pub rules: String,
        /// A [`crate::readings::Inputs`] as JSON.
        pub inputs: String,
        /// A [`crate::rules::Scores`] as JSON.
        pub scores: String,
        /// SM3 over the three texts above.
        pub digest: String,
        /// Figures up to this day.
        pub cut_off: Date,
        /// When it was run.
        pub run_ms: i64,
        /// By whom, as the name was then.
        pub run_by: String,
        /// When it was kept.
        pub kept_ms: Option<i64>,
        /// By whom.
        pub kept_by: Option<String>,
        /// When a later one took its place.
        pub replaced_ms: Option<i64>,
        /// Which one.
        pub replaced_by: Option<Uuid>,
        /// Why.
        pub replaced_reason: Option<String>,
        /// When a draft was put aside.
        pub discarded_ms: Option<i64>,
    }
}
