//! The tables of this step. They stand after those of accounts and of the ledger.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(IMPORT_JOBS), Box::new(COURSE), Box::new(ADJUSTMENTS), Box::new(VERSIONS)]
}

const IMPORT_JOBS: Statements = Statements {
    name: "2026_11_22_plan_import_jobs",
    run: &[
        "CREATE TABLE import_jobs (
            id {id} NOT NULL PRIMARY KEY,
            account_id {id} NOT NULL REFERENCES accounts (id),
            name TEXT NOT NULL,
            file TEXT NOT NULL,
            state TEXT NOT NULL,
            done BIGINT NOT NULL,
            total BIGINT NOT NULL,
            report TEXT,
            faults TEXT,
            created_ms BIGINT NOT NULL,
            updated_ms BIGINT NOT NULL
        )",
        "CREATE INDEX import_jobs_account ON import_jobs (account_id, id)",
    ],
};

const COURSE: Statements = Statements {
    name: "2026_11_24_plan_course",
    run: &[
        "CREATE TABLE milestones (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT,
            position INTEGER NOT NULL,
            stage TEXT NOT NULL,
            name TEXT NOT NULL,
            weight BIGINT NOT NULL CHECK (weight >= 0 AND weight <= 1000000),
            planned_on {date},
            source TEXT NOT NULL,
            source_key {id},
            created_ms BIGINT NOT NULL,
            withdrawn_ms BIGINT
        )",
        "CREATE INDEX milestones_programme ON milestones (programme_id, project_id, position)",
        "CREATE TABLE milestone_marks (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            milestone_id {id} NOT NULL REFERENCES milestones (id),
            region BIGINT NOT NULL,
            reached_on {date} NOT NULL,
            recorded_ms BIGINT NOT NULL,
            event_id {id} NOT NULL,
            by_name TEXT NOT NULL,
            return_id {id},
            withdrawn_ms BIGINT
        )",
        "CREATE INDEX milestone_marks_programme ON milestone_marks (programme_id, milestone_id)",
        "CREATE UNIQUE INDEX milestone_marks_standing ON milestone_marks (milestone_id, region)
            WHERE withdrawn_ms IS NULL",
        "CREATE TABLE project_plans (
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            basis TEXT NOT NULL,
            kind TEXT NOT NULL,
            stepped BOOLEAN NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (project_id, region)
        )",
        "CREATE INDEX project_plans_programme ON project_plans (programme_id)",
        "CREATE TABLE plan_points (
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            cut_off {date} NOT NULL,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            percent BIGINT NOT NULL CHECK (percent >= 0 AND percent <= 1000000),
            PRIMARY KEY (project_id, region, cut_off)
        )",
        "CREATE INDEX plan_points_programme ON plan_points (programme_id)",
    ],
};

const ADJUSTMENTS: Statements = Statements {
    name: "2026_11_24_plan_adjustments",
    run: &[
        "CREATE TABLE adjustments (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            indicator_id {id} REFERENCES indicators (id),
            kind TEXT NOT NULL,
            region BIGINT NOT NULL,
            target_entry {id} REFERENCES entries (id),
            original TEXT NOT NULL,
            proposed_raw TEXT NOT NULL,
            proposed_value BIGINT,
            proposed_on {date},
            reason TEXT NOT NULL,
            requested_ms BIGINT NOT NULL,
            requested_by {id},
            requested_name TEXT NOT NULL,
            decided_ms BIGINT,
            decided_by {id},
            decided_name TEXT,
            decision TEXT,
            decision_document TEXT,
            decision_note TEXT,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX adjustments_programme ON adjustments (programme_id, requested_ms)",
    ],
};

const VERSIONS: Statements = Statements {
    name: "2026_11_28_plan_versions",
    run: &[
        "ALTER TABLE project_plans ADD COLUMN set_ms BIGINT NOT NULL DEFAULT 0",
        "CREATE TABLE plan_versions (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            version INTEGER NOT NULL,
            edit TEXT NOT NULL,
            basis TEXT NOT NULL,
            kind TEXT NOT NULL,
            stepped BOOLEAN NOT NULL,
            set_ms BIGINT NOT NULL,
            points TEXT NOT NULL,
            milestones TEXT NOT NULL,
            reason TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            by_name TEXT NOT NULL
        )",
        "CREATE INDEX plan_versions_project ON plan_versions (project_id, region, id)",
        "CREATE INDEX plan_versions_programme ON plan_versions (programme_id, id)",
    ],
};
