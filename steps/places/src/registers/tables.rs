//! The tables of registers, as entities.

use store::table;

table! {
    /// Entries as they stand now.
    register_entries, "register_entries", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The number of the service in the catalogue.
        pub service: String,
        /// Where it is.
        pub region: i64,
        /// What it is called; unique in its register and division.
        pub name: String,
        /// The address; may be empty.
        pub address: String,
        /// Degrees east as they were given; empty without a point.
        pub lng: String,
        /// Degrees north as they were given.
        pub lat: String,
        /// The system in which they were given, a [`maps::Crs`]; empty without a point.
        pub crs: String,
        /// Degrees east in WGS 84, in ten-millionths.
        pub lng_e7: Option<i32>,
        /// Degrees north in WGS 84, in ten-millionths.
        pub lat_e7: Option<i32>,
        /// Opening hours of its own; empty where the usual ones of the service hold.
        pub hours: String,
        /// The key of its grade; empty without one.
        pub grade: String,
        /// A [`crate::catalogue::Stage`].
        pub stage: String,
        /// From which day on it counts as what it is.
        pub as_of: Date,
        /// Attributes by key, as JSON.
        pub attributes: String,
        /// Name and address in the form that is searched.
        pub normalised: String,
        /// Made up for demonstration.
        pub demo: bool,
        /// Counts changes; guards against two at once.
        pub version: i32,
        /// When it was last changed.
        pub changed_ms: i64,
    }
}

table! {
    /// Every state that an entry ever had; never changed.
    register_versions, "register_versions", {
        /// The entry.
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        /// 1, 2, 3 …
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// What it held, as JSON.
        pub content: String,
        /// Who changed it.
        pub account_id: Option<Uuid>,
        /// Their name then.
        pub account_name: String,
        /// When.
        pub at_ms: i64,
    }
}
