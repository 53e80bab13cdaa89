//! The tables of this crate. They stand after those of people.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Notices)]
}

struct Notices;

impl MigrationName for Notices {
    fn name(&self) -> &str {
        "2026_11_24_notices_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Notices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        for sql in [
            format!(
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
                )"
            ),
            "CREATE INDEX notice_subscriptions_account ON notice_subscriptions (account_id)".to_owned(),
            "CREATE UNIQUE INDEX notice_subscriptions_standing ON notice_subscriptions (account_id, channel, address)
                WHERE ended_ms IS NULL"
                .to_owned(),
            format!(
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
                )"
            ),
            "CREATE INDEX notices_waiting ON notices (due_ms) WHERE sent_ms IS NULL AND failed_ms IS NULL".to_owned(),
            "CREATE INDEX notices_inbox ON notices (account_id, created_ms) WHERE channel = 'inbox'".to_owned(),
            "CREATE INDEX notices_unread ON notices (account_id) WHERE channel = 'inbox' AND read_ms IS NULL"
                .to_owned(),
        ] {
            db.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
