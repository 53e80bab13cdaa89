//! The tables of this crate, as entities.

use ::store::table;

table! {
    /// Departments, counties, towns and companies that answer for something.
    organisations, "organisations", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The division it belongs to.
        pub region: i64,
        /// The full name.
        pub name: String,
        /// The name in tables.
        pub short_name: String,
        /// See [`crate::rules::OrganisationKind`].
        pub kind: String,
        /// The eighteen-place social credit code (GB 32100).
        pub uscc: Option<String>,
    }
}

table! {
    /// People who hold posts; no more about them than the name.
    persons, "persons", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The name.
        pub name: String,
    }
}

table! {
    /// Posts of organisations, whoever holds them.
    posts, "posts", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The organisation.
        pub organisation_id: Uuid,
        /// Such as 分管副局长.
        pub title: String,
    }
}

table! {
    /// Who held which post from when to when.
    post_holders, "post_holders", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The post.
        pub post_id: Uuid,
        /// The person.
        pub person_id: Uuid,
        /// The first day.
        pub from_day: Date,
        /// The last day; `None` while it lasts.
        pub to_day: Option<Date>,
    }
}

table! {
    /// What somebody signs in with.
    accounts, "accounts", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The normalised sign-in name, unique.
        pub sign_in_name: String,
        /// The name on screens.
        pub display_name: String,
        /// The person, where known.
        pub person_id: Option<Uuid>,
        /// Argon2id in PHC form.
        pub password_hash: String,
        /// Whether the password must be changed before anything else.
        pub must_change: bool,
        /// Wrong passwords since the last right one or lock-out.
        pub failed_tries: i32,
        /// Until when signing in is refused.
        pub locked_until_ms: Option<i64>,
        /// When the password was last set.
        pub password_changed_ms: i64,
        /// When the account was disabled; `None` while it is usable.
        pub disabled_at_ms: Option<i64>,
        /// When it was made.
        pub created_ms: i64,
    }
}

table! {
    /// Roles given to accounts.
    grants, "grants", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// The account.
        pub account_id: Uuid,
        /// See [`kernel::Role::code`].
        pub role: String,
        /// The top of the subtree; none for administrators.
        pub region: Option<i64>,
        /// The organisation acted for.
        pub organisation_id: Option<Uuid>,
        /// When it was given.
        pub granted_ms: i64,
        /// When it was withdrawn; `None` while it stands.
        pub withdrawn_ms: Option<i64>,
    }
}

table! {
    /// Who is signed in now.
    sessions, "sessions", {
        /// SM3 of the token; the token itself is nowhere but with the browser.
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: String,
        /// The account.
        pub account_id: Uuid,
        /// The secret that forms carry.
        pub csrf: String,
        /// When it began.
        pub created_ms: i64,
        /// When it was last used, to the minute.
        pub seen_ms: i64,
        /// When it ends at the latest.
        pub expires_ms: i64,
    }
}
