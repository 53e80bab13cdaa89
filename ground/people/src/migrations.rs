//! The tables of this crate. They stand after the store's own.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(PEOPLE), Box::new(ACCOUNTS)]
}

const PEOPLE: Statements = Statements {
    name: "2026_11_21_people_organisations",
    run: &[
        "CREATE TABLE organisations (
            id {id} NOT NULL PRIMARY KEY,
            region BIGINT NOT NULL,
            name TEXT NOT NULL,
            short_name TEXT NOT NULL,
            kind TEXT NOT NULL,
            uscc TEXT,
            UNIQUE (region, name)
        )",
        "CREATE TABLE persons (id {id} NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE posts (
            id {id} NOT NULL PRIMARY KEY,
            organisation_id {id} NOT NULL REFERENCES organisations (id),
            title TEXT NOT NULL,
            UNIQUE (organisation_id, title)
        )",
        "CREATE TABLE post_holders (
            id {id} NOT NULL PRIMARY KEY,
            post_id {id} NOT NULL REFERENCES posts (id),
            person_id {id} NOT NULL REFERENCES persons (id),
            from_day DATE NOT NULL,
            to_day DATE
        )",
        "CREATE INDEX post_holders_post ON post_holders (post_id)",
    ],
};

const ACCOUNTS: Statements = Statements {
    name: "2026_11_21_people_accounts",
    run: &[
        "CREATE TABLE accounts (
            id {id} NOT NULL PRIMARY KEY,
            sign_in_name TEXT NOT NULL UNIQUE,
            display_name TEXT NOT NULL,
            person_id {id} REFERENCES persons (id),
            password_hash TEXT NOT NULL,
            must_change BOOLEAN NOT NULL,
            failed_tries INTEGER NOT NULL,
            locked_until_ms BIGINT,
            password_changed_ms BIGINT NOT NULL,
            disabled_at_ms BIGINT,
            created_ms BIGINT NOT NULL
        )",
        "CREATE TABLE grants (
            id {id} NOT NULL PRIMARY KEY,
            account_id {id} NOT NULL REFERENCES accounts (id),
            role TEXT NOT NULL,
            region BIGINT,
            organisation_id {id} REFERENCES organisations (id),
            granted_ms BIGINT NOT NULL,
            withdrawn_ms BIGINT
        )",
        "CREATE INDEX grants_account ON grants (account_id)",
        "CREATE TABLE sessions (
            token_hash TEXT NOT NULL PRIMARY KEY,
            account_id {id} NOT NULL REFERENCES accounts (id),
            csrf TEXT NOT NULL,
            created_ms BIGINT NOT NULL,
            seen_ms BIGINT NOT NULL,
            expires_ms BIGINT NOT NULL
        )",
        "CREATE INDEX sessions_account ON sessions (account_id)",
    ],
};
