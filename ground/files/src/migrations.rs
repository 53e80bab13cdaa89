//! The tables of this crate. They stand after those of people.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(EVIDENCE)]
}

const EVIDENCE: Statements = Statements {
    name: "2026_11_24_files_evidence",
    run: &[
        "CREATE TABLE evidence (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL,
            region BIGINT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id {id} NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size BIGINT NOT NULL,
            sm3 TEXT NOT NULL,
            key TEXT NOT NULL,
            public_key TEXT NOT NULL,
            width INTEGER,
            height INTEGER,
            taken_ms BIGINT,
            latitude_e6 INTEGER,
            longitude_e6 INTEGER,
            caption TEXT NOT NULL,
            public BOOLEAN NOT NULL,
            uploaded_by {id},
            uploaded_by_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            removed_ms BIGINT,
            removed_by TEXT,
            CHECK ((removed_ms IS NULL) = (removed_by IS NULL)),
            CHECK ((latitude_e6 IS NULL) = (longitude_e6 IS NULL))
        )",
        "CREATE INDEX evidence_subject ON evidence (subject_kind, subject_id)",
        "CREATE TABLE evidence_bytes (
            key TEXT NOT NULL PRIMARY KEY,
            public_key TEXT NOT NULL,
            kept_until_ms BIGINT NOT NULL
        )",
        "CREATE INDEX evidence_bytes_kept_until ON evidence_bytes (kept_until_ms)",
    ],
};
