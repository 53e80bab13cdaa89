//! The table of notes, written by hand.

store::table!(
    /// What inspectors noted about sites.
    site_notes, "site_notes", {
        /// The key, made on the device where the note was written.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The site.
        pub site_id: Uuid,
        /// The programme.
        pub programme_id: Uuid,
        /// The division of the site.
        pub region: i64,
        /// What was noted.
        pub words: String,
        /// When it was written, by the clock of the device.
        pub written_ms: i64,
        /// Who wrote it.
        pub account_id: Option<Uuid>,
        /// Their name on screens.
        pub by_name: String,
        /// When it arrived.
        pub at_ms: i64,
    }
);
