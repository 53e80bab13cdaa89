//! The tables of this step, as entities.

use store::table;

table! {
    /// Bulletins: drafts, and those that were signed off, which never change again but for being superseded.
    bulletins, "bulletins", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The code of the template it began from.
        pub template: String,
        /// The title, with placeholders.
        pub title: String,
        /// The body, with placeholders.
        pub body: String,
        /// The day up to which its figures count.
        pub cut_off: Date,
        /// The day as known at whose end they count; today's ledger while a draft leaves it open.
        pub known_on: Option<Date>,
        /// A [`crate::words::State`].
        pub state: String,
        /// Counts edits; guards against two at once.
        pub version: i32,
        /// When it was begun.
        pub created_ms: i64,
        /// When it was last edited.
        pub edited_ms: i64,
        /// By whom, as the name was then.
        pub edited_by_name: String,
        /// The signed bulletin that it corrects.
        pub supersedes: Option<Uuid>,
        /// Why it corrects another; empty for a first version.
        pub reason: String,
        /// When it was signed off.
        pub signed_ms: Option<i64>,
        /// By which account.
        pub signed_by: Option<Uuid>,
        /// By whom, as the name was then.
        pub signed_by_name: String,
        /// The frozen text with its figures as JSON; empty for a draft.
        pub document: String,
        /// SM3 over title, cut-off, day of knowledge and document.
        pub digest: String,
        /// The audit event that froze it.
        pub event_id: Option<Uuid>,
        /// The rule set that held when it was signed.
        pub rule_set: String,
        /// Its version.
        pub rule_version: i32,
    }
}

table! {
    /// Who wrote which version of a bulletin.
    bulletin_edits, "bulletin_edits", {
        /// The bulletin.
        #[sea_orm(primary_key, auto_increment = false)]
        pub bulletin_id: Uuid,
        /// The version that was made.
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// The account; none for the program itself.
        pub account_id: Option<Uuid>,
        /// The name as it was then.
        pub name: String,
        /// When.
        pub at_ms: i64,
    }
}

table! {
    /// The figures of a signed bulletin, so that an entry's trail can say where it was cited.
    bulletin_figures, "bulletin_figures", {
        /// The bulletin.
        #[sea_orm(primary_key, auto_increment = false)]
        pub bulletin_id: Uuid,
        /// Its place in the text, from 0.
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        /// The programme.
        pub programme_id: Uuid,
        /// The entry, where it is one.
        pub entry_id: Option<Uuid>,
        /// What it says.
        pub name: String,
        /// As it prints.
        pub printed: String,
        /// entry, sum, derived or outside.
        pub how: String,
    }
}
