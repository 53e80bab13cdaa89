//! The tables of this crate, as entities.

use ::store::table;

table! {
    /// Files that belong to something.
    evidence, "evidence", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The programme, by which big tables are distributed.
        pub programme_id: Uuid,
        /// The programme's region, by which reading is allowed.
        pub region: i64,
        /// The sort of thing that it belongs to, such as `return` or `order_reply`.
        pub subject_kind: String,
        /// That thing's key.
        pub subject_id: Uuid,
        /// The name to show.
        pub name: String,
        /// See [`crate::MediaType::mime`].
        pub media_type: String,
        /// Bytes of the original.
        pub size: i64,
        /// SM3 of the original.
        pub sm3: String,
        /// Where the original lies.
        pub key: String,
        /// Where the copy for the public lies.
        pub public_key: String,
        /// Pixels across.
        pub width: Option<i32>,
        /// Pixels down.
        pub height: Option<i32>,
        /// When it was taken, as the camera noted; private.
        pub taken_ms: Option<i64>,
        /// Where, in millionths of a degree (WGS-84); private.
        pub latitude_e6: Option<i32>,
        /// The same to the east; private.
        pub longitude_e6: Option<i32>,
        /// What it shows, in the sender's words.
        pub caption: String,
        /// Whether the public may see the public copy.
        pub public: bool,
        /// The account that handed it in.
        pub uploaded_by: Option<Uuid>,
        /// The name of that person, as it was then.
        pub uploaded_by_name: String,
        /// When it was handed in.
        pub at_ms: i64,
        /// When it was taken back; `None` while it stands.
        pub removed_ms: Option<i64>,
        /// Who took it back.
        pub removed_by: Option<String>,
    }
}

table! {
    /// Bytes that were stored, whether or not anything refers to them yet.
    bytes, "evidence_bytes", {
        /// Where the original lies.
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        /// Where the copy for the public lies.
        pub public_key: String,
        /// Until when they are kept, in Unix milliseconds; for ever once they are attached to something.
        pub kept_until_ms: i64,
    }
}
