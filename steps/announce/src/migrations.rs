//! The tables of this step. They stand after those of accounts and of the ledger.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(BULLETINS)]
}

const BULLETINS: Statements = Statements {
    name: "2026_11_28_announce_bulletins",
    run: &[
        "CREATE TABLE bulletins (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            template TEXT NOT NULL,
            title TEXT NOT NULL,
            body TEXT NOT NULL,
            cut_off DATE NOT NULL,
            known_on DATE,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            created_ms BIGINT NOT NULL,
            edited_ms BIGINT NOT NULL,
            edited_by_name TEXT NOT NULL,
            supersedes {id} REFERENCES bulletins (id),
            reason TEXT NOT NULL,
            signed_ms BIGINT,
            signed_by {id} REFERENCES accounts (id),
            signed_by_name TEXT NOT NULL,
            document TEXT NOT NULL,
            digest TEXT NOT NULL,
            event_id {id},
            rule_set TEXT NOT NULL,
            rule_version INTEGER NOT NULL
        )",
        "CREATE INDEX bulletins_programme ON bulletins (programme_id, state, cut_off)",
        "CREATE INDEX bulletins_signed ON bulletins (state, signed_ms)",
        "CREATE INDEX bulletins_supersedes ON bulletins (supersedes)",
        "CREATE TABLE bulletin_edits (
            bulletin_id {id} NOT NULL REFERENCES bulletins (id),
            version INTEGER NOT NULL,
            account_id {id} REFERENCES accounts (id),
            name TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (bulletin_id, version)
        )",
        "CREATE TABLE bulletin_figures (
            bulletin_id {id} NOT NULL REFERENCES bulletins (id),
            position INTEGER NOT NULL,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            entry_id {id} REFERENCES entries (id),
            name TEXT NOT NULL,
            printed TEXT NOT NULL,
            how TEXT NOT NULL,
            PRIMARY KEY (bulletin_id, position)
        )",
        "CREATE INDEX bulletin_figures_entry ON bulletin_figures (entry_id)",
    ],
};
