//! The tables of this step. They stand after those of accounts, of the ledger and of the plan.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(ROUNDS), Box::new(RETURNS), Box::new(COUNTS), Box::new(UNANSWERED)]
}

const ROUNDS: Statements = Statements {
    name: "2026_11_24_report_rounds",
    run: &[
        "CREATE TABLE report_settings (
            programme_id {id} NOT NULL PRIMARY KEY REFERENCES programmes (id),
            every TEXT NOT NULL,
            opens_after_days INTEGER NOT NULL,
            due_after_days INTEGER NOT NULL,
            review_levels TEXT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE TABLE rounds (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            cut_off DATE NOT NULL,
            opens_on DATE NOT NULL,
            closes_on DATE NOT NULL,
            closes_ms BIGINT NOT NULL,
            review_levels TEXT NOT NULL,
            opened_ms BIGINT NOT NULL,
            opened_by TEXT NOT NULL,
            closed_ms BIGINT,
            closed_by TEXT,
            UNIQUE (programme_id, cut_off)
        )",
    ],
};

const RETURNS: Statements = Statements {
    name: "2026_11_24_report_returns",
    run: &[
        "CREATE TABLE returns (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            round_id {id} NOT NULL REFERENCES rounds (id),
            cut_off DATE NOT NULL,
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            organisation_id {id} NOT NULL REFERENCES organisations (id),
            state TEXT NOT NULL,
            level SMALLINT NOT NULL,
            awaits BIGINT,
            version INTEGER NOT NULL,
            stage {id},
            reached_on DATE,
            image BIGINT,
            places TEXT NOT NULL,
            problem TEXT NOT NULL,
            cause TEXT,
            late_until DATE,
            filled_by {id} REFERENCES accounts (id),
            first_submitted_ms BIGINT,
            submitted_ms BIGINT,
            approved_ms BIGINT,
            updated_ms BIGINT NOT NULL,
            flags INTEGER NOT NULL,
            UNIQUE (round_id, project_id, region, organisation_id)
        )",
        "CREATE INDEX returns_round ON returns (round_id, state)",
        "CREATE INDEX returns_body ON returns (organisation_id, state, round_id)",
        // The reviewers' queue: what has waited longest comes first.
        "CREATE INDEX returns_awaits ON returns (awaits, submitted_ms)",
        "CREATE INDEX returns_project ON returns (programme_id, project_id, region, cut_off)",
        "CREATE TABLE return_lines (
            return_id {id} NOT NULL REFERENCES returns (id),
            indicator_id {id} NOT NULL REFERENCES indicators (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            round_id {id} NOT NULL REFERENCES rounds (id),
            position INTEGER NOT NULL,
            by_body BOOLEAN NOT NULL,
            target BIGINT,
            raw TEXT NOT NULL,
            value BIGINT,
            precision_code SMALLINT NOT NULL,
            qualifier TEXT NOT NULL,
            reason TEXT NOT NULL,
            flags TEXT NOT NULL,
            PRIMARY KEY (return_id, indicator_id)
        )",
        "CREATE INDEX return_lines_peers ON return_lines (round_id, indicator_id)",
        "CREATE TABLE return_acts (
            id {id} NOT NULL PRIMARY KEY,
            return_id {id} NOT NULL REFERENCES returns (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            act TEXT NOT NULL,
            level SMALLINT NOT NULL,
            account_id {id} NOT NULL REFERENCES accounts (id),
            account_name TEXT NOT NULL,
            organisation_name TEXT NOT NULL,
            reason TEXT NOT NULL,
            at_ms BIGINT NOT NULL
        )",
        "CREATE INDEX return_acts_return ON return_acts (return_id, id)",
    ],
};

const COUNTS: Statements = Statements {
    name: "2026_11_28_report_counts",
    run: &[
        "ALTER TABLE rounds ADD COLUMN owed BIGINT NOT NULL DEFAULT 0",
        "UPDATE rounds SET owed = (SELECT COUNT(*) FROM returns WHERE returns.round_id = rounds.id)",
        // What is not done yet, was late or flagged is counted; what is done is what remains of `owed`. A year of
        // returns is then never counted one by one.
        "CREATE INDEX returns_submitted ON returns (round_id, first_submitted_ms)",
        "CREATE INDEX returns_approved ON returns (round_id, approved_ms)",
        "CREATE INDEX returns_flagged ON returns (round_id, flags) WHERE flags > 0",
        // The reviewers' queue: at one desk in order, and what waits anywhere from the oldest on.
        "DROP INDEX returns_awaits",
        "CREATE INDEX returns_desk ON returns (awaits, submitted_ms, id) WHERE awaits IS NOT NULL",
        "CREATE INDEX returns_waiting ON returns (submitted_ms, id, awaits) WHERE awaits IS NOT NULL",
        "CREATE INDEX returns_reminded ON returns (programme_id, awaits, submitted_ms) WHERE awaits IS NOT NULL",
        // A round page by page, and what is silent in it place by place.
        "CREATE INDEX returns_page ON returns (round_id, id)",
        "CREATE INDEX returns_place ON returns (round_id, region, id, approved_ms)",
    ],
};

const UNANSWERED: Statements = Statements {
    name: "2026_11_29_report_unanswered",
    run: &[
        // A round says how many shares nobody answers for without reading all shares and leads again.
        "ALTER TABLE rounds ADD COLUMN without_body BIGINT NOT NULL DEFAULT 0",
    ],
};
