//! The tables of feedback.

use store::migrations::Statements;

/// Feedback, what was done about it, and what proofs of work need.
pub(crate) const FEEDBACK: Statements = Statements {
    name: "2026_11_28_places_feedback",
    run: &[
        "CREATE TABLE feedback (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            site_id {id} NOT NULL REFERENCES sites (id),
            region BIGINT NOT NULL,
            kind TEXT NOT NULL,
            level SMALLINT,
            words TEXT NOT NULL,
            proven BOOLEAN NOT NULL,
            receipt_sm3 TEXT NOT NULL UNIQUE,
            sight TEXT NOT NULL,
            state TEXT NOT NULL,
            organisation_id {id},
            due_on DATE,
            reopened BOOLEAN NOT NULL,
            at_ms BIGINT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX feedback_site ON feedback (site_id, at_ms)",
        "CREATE INDEX feedback_region ON feedback (region, at_ms)",
        "CREATE TABLE feedback_acts (
            id {id} NOT NULL PRIMARY KEY,
            feedback_id {id} NOT NULL REFERENCES feedback (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            version INTEGER NOT NULL,
            act TEXT NOT NULL,
            words TEXT NOT NULL,
            body TEXT NOT NULL,
            due_on DATE,
            verdict TEXT,
            account_id {id},
            by_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            UNIQUE (feedback_id, version)
        )",
        "CREATE TABLE feedback_secret (id INTEGER NOT NULL PRIMARY KEY, secret TEXT NOT NULL)",
        "CREATE TABLE feedback_spent (challenge TEXT NOT NULL PRIMARY KEY, at_ms BIGINT NOT NULL)",
    ],
};
