//! The tables of this crate, as entities.

use ::store::table;

table! {
    /// The outbox, which is the inbox of its readers too.
    notices, "notices", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// See [`crate::Kind`].
        pub kind: String,
        /// The account that is told, if it is one.
        pub account_id: Option<Uuid>,
        /// See [`crate::Channel`].
        pub channel: String,
        /// The address of mail or webhook; empty for the inbox.
        pub address: String,
        /// The subscription by which it goes out; its secret signs webhooks.
        pub subscription_id: Option<Uuid>,
        /// What it is about, in Chinese.
        pub subject_zh: String,
        /// What it is about, in English.
        pub subject_en: String,
        /// The text, in Chinese.
        pub body_zh: String,
        /// The text, in English.
        pub body_en: String,
        /// The path of the page that it leads to; may be empty.
        pub link: String,
        /// The programme, if it belongs to one.
        pub programme_id: Option<Uuid>,
        /// What makes it the same notice: announced again, it is not sent again.
        pub dedup_key: String,
        /// When it was made.
        pub created_ms: i64,
        /// When it may go out.
        pub due_ms: i64,
        /// Whether it waits for the daily digest.
        pub daily: bool,
        /// The digest that carries it.
        pub digest_id: Option<Uuid>,
        /// Tries so far.
        pub attempts: i32,
        /// Until when a copy of the server works on it.
        pub claimed_until_ms: Option<i64>,
        /// When it went out.
        pub sent_ms: Option<i64>,
        /// When it was given up.
        pub failed_ms: Option<i64>,
        /// Why the last try failed.
        pub error: Option<String>,
        /// When its reader saw it, in the inbox.
        pub read_ms: Option<i64>,
    }
}

table! {
    /// What people want to be told besides their inbox.
    subscriptions, "notice_subscriptions", {
        /// Key.
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Whose it is.
        pub account_id: Uuid,
        /// Mail or webhook.
        pub channel: String,
        /// Where to.
        pub address: String,
        /// Codes of kinds with blanks between them; empty for all.
        pub kinds: String,
        /// See [`crate::Timing`].
        pub timing: String,
        /// `zh` or `en`.
        pub lang: String,
        /// What signs its webhooks, in hexadecimal.
        pub secret: String,
        /// When it was made.
        pub created_ms: i64,
        /// When it ended; `None` while it stands.
        pub ended_ms: Option<i64>,
    }
}
