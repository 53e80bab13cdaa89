//! The table of this step, written by hand.

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
