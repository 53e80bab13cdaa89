//! The tables of this crate. They stand after those of people.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(NOTICES)]
}

const NOTICES: Statements = Statements {
    name: "2026_11_24_notices_outbox",
    run: &[
        "CREATE TABLE notice_subscriptions (
            id {id} NOT NULL PRIMARY KEY,
            account_id {id} NOT NULL REFERENCES accounts (id),
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            kinds TEXT NOT NULL,
            timing TEXT NOT NULL,
            lang TEXT NOT NULL,
            secret TEXT NOT NULL,
            created_ms BIGINT NOT NULL,
            ended_ms BIGINT
        )",
        "CREATE INDEX notice_subscriptions_account ON notice_subscriptions (account_id)",
        "CREATE UNIQUE INDEX notice_subscriptions_standing ON notice_subscriptions (account_id, channel, address)
            WHERE ended_ms IS NULL",
        "CREATE TABLE notices (
            id {id} NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            account_id {id} REFERENCES accounts (id),
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            subscription_id {id} REFERENCES notice_subscriptions (id),
            subject_zh TEXT NOT NULL,
            subject_en TEXT NOT NULL,
            body_zh TEXT NOT NULL,
            body_en TEXT NOT NULL,
            link TEXT NOT NULL,
            programme_id {id},
            dedup_key TEXT NOT NULL UNIQUE,
            created_ms BIGINT NOT NULL,
            due_ms BIGINT NOT NULL,
            daily BOOLEAN NOT NULL,
            digest_id {id},
            attempts INTEGER NOT NULL,
            claimed_until_ms BIGINT,
            sent_ms BIGINT,
            failed_ms BIGINT,
            error TEXT,
            read_ms BIGINT
        )",
        "CREATE INDEX notices_waiting ON notices (due_ms) WHERE sent_ms IS NULL AND failed_ms IS NULL",
        "CREATE INDEX notices_inbox ON notices (account_id, created_ms) WHERE channel = 'inbox'",
        "CREATE INDEX notices_unread ON notices (account_id) WHERE channel = 'inbox' AND read_ms IS NULL",
    ],
};
