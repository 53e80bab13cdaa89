//! The tables of this step.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(ASSESSMENTS)]
}

const ASSESSMENTS: Statements = Statements {
    name: "2026_11_24_assess_assessments",
    run: &[
        "CREATE TABLE assessment_schemes (
            id {id} NOT NULL PRIMARY KEY,
            region BIGINT NOT NULL,
            code TEXT NOT NULL,
            version INTEGER NOT NULL,
            text TEXT NOT NULL,
            note TEXT NOT NULL,
            added_ms BIGINT NOT NULL,
            added_by TEXT NOT NULL,
            event_id {id} NOT NULL,
            UNIQUE (region, code, version)
        )",
        // Of two people who enter or correct the same thing at once, one finds its version taken.
        "CREATE TABLE assessment_inputs (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            subject TEXT NOT NULL,
            input TEXT NOT NULL,
            label TEXT NOT NULL,
            month SMALLINT NOT NULL,
            version INTEGER NOT NULL,
            value BIGINT,
            among INTEGER,
            source TEXT NOT NULL,
            reason TEXT NOT NULL,
            entered_ms BIGINT NOT NULL,
            entered_by TEXT NOT NULL,
            event_id {id} NOT NULL,
            UNIQUE (programme_id, subject, input, label, month, version)
        )",
        "CREATE TABLE assessments (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            year INTEGER NOT NULL,
            scheme TEXT NOT NULL,
            scheme_version INTEGER NOT NULL,
            rules TEXT NOT NULL,
            inputs TEXT NOT NULL,
            scores TEXT NOT NULL,
            digest TEXT NOT NULL,
            cut_off DATE NOT NULL,
            run_ms BIGINT NOT NULL,
            run_by TEXT NOT NULL,
            kept_ms BIGINT,
            kept_by TEXT,
            replaced_ms BIGINT,
            replaced_by {id},
            replaced_reason TEXT,
            discarded_ms BIGINT
        )",
        "CREATE INDEX assessments_programme ON assessments (programme_id, id)",
        // One kept assessment stands for a programme and a scheme.
        "CREATE UNIQUE INDEX assessments_standing ON assessments (programme_id, scheme) \
            WHERE kept_ms IS NOT NULL AND replaced_ms IS NULL",
    ],
};
