//! The tables of this step. They stand after those of accounts, of the ledger and of the plan.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(ORDERS), Box::new(BOTTLENECKS), Box::new(INSPECTIONS)]
}

const ORDERS: Statements = Statements {
    name: "2026_11_24_chase_orders",
    run: &[
        "CREATE TABLE orders (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            year INTEGER NOT NULL,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            colour TEXT NOT NULL,
            previous_id {id} UNIQUE REFERENCES orders (id),
            origin TEXT NOT NULL UNIQUE,
            project_id {id} NOT NULL REFERENCES projects (id),
            indicator_id {id} REFERENCES indicators (id),
            region BIGINT NOT NULL,
            organisation_id {id} NOT NULL REFERENCES organisations (id),
            lead_id {id} REFERENCES organisations (id),
            title TEXT NOT NULL,
            demand TEXT NOT NULL,
            raised_ms BIGINT NOT NULL,
            raised_by {id} REFERENCES accounts (id),
            raised_by_name TEXT NOT NULL,
            raised_by_organisation TEXT NOT NULL,
            due_on DATE NOT NULL,
            rule_code TEXT,
            rule_set TEXT NOT NULL,
            rule_version INTEGER NOT NULL,
            skip_reason TEXT,
            state TEXT NOT NULL,
            version INTEGER NOT NULL,
            closed_ms BIGINT,
            reopenings INTEGER NOT NULL,
            UNIQUE (programme_id, year, number)
        )",
        "CREATE INDEX orders_state ON orders (programme_id, state, due_on)",
        "CREATE INDEX orders_project ON orders (project_id, region)",
        "CREATE INDEX orders_organisation ON orders (organisation_id, state)",
        "CREATE INDEX orders_lead ON orders (lead_id, state)",
        "CREATE TABLE order_acts (
            order_id {id} NOT NULL REFERENCES orders (id),
            position INTEGER NOT NULL,
            id {id} NOT NULL UNIQUE,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            act TEXT NOT NULL,
            party TEXT NOT NULL,
            state TEXT NOT NULL,
            due_on DATE NOT NULL,
            late BOOLEAN NOT NULL,
            account_id {id} REFERENCES accounts (id),
            account_name TEXT NOT NULL,
            organisation_name TEXT NOT NULL,
            text TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (order_id, position)
        )",
        "CREATE INDEX order_acts_programme ON order_acts (programme_id, at_ms)",
        "CREATE TABLE order_numbers (
            programme_id {id} NOT NULL REFERENCES programmes (id),
            year INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (programme_id, year)
        )",
    ],
};

const BOTTLENECKS: Statements = Statements {
    name: "2026_11_24_chase_bottlenecks",
    run: &[
        "CREATE TABLE bottlenecks (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            order_id {id} REFERENCES orders (id),
            cause TEXT NOT NULL,
            text TEXT NOT NULL,
            since DATE NOT NULL,
            noted_ms BIGINT NOT NULL,
            noted_by {id} REFERENCES accounts (id),
            noted_by_name TEXT NOT NULL,
            resolved_on DATE,
            resolution TEXT NOT NULL,
            resolved_by_name TEXT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX bottlenecks_project ON bottlenecks (programme_id, project_id)",
        "CREATE TABLE chase_tasks (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            bottleneck_id {id} REFERENCES bottlenecks (id),
            text TEXT NOT NULL,
            organisation_id {id} REFERENCES organisations (id),
            due_on DATE NOT NULL,
            noted_ms BIGINT NOT NULL,
            noted_by_name TEXT NOT NULL,
            done_on DATE,
            done_by_name TEXT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX chase_tasks_project ON chase_tasks (programme_id, project_id)",
    ],
};

const INSPECTIONS: Statements = Statements {
    name: "2026_11_24_chase_inspections",
    run: &[
        "CREATE TABLE inspections (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            title TEXT NOT NULL,
            project_id {id} REFERENCES projects (id),
            region BIGINT NOT NULL,
            method TEXT NOT NULL,
            planned_on DATE NOT NULL,
            scope TEXT NOT NULL,
            approved_by TEXT NOT NULL,
            planned_ms BIGINT NOT NULL,
            planned_by_name TEXT NOT NULL,
            dropped_ms BIGINT,
            dropped_reason TEXT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX inspections_programme ON inspections (programme_id, planned_on)",
        "CREATE TABLE inspection_visits (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            inspection_id {id} NOT NULL REFERENCES inspections (id),
            visited_on DATE NOT NULL,
            people INTEGER NOT NULL,
            place TEXT NOT NULL,
            summary TEXT NOT NULL,
            noted_ms BIGINT NOT NULL,
            noted_by_name TEXT NOT NULL
        )",
        "CREATE INDEX inspection_visits_inspection ON inspection_visits (inspection_id)",
        "CREATE TABLE inspection_findings (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            inspection_id {id} NOT NULL REFERENCES inspections (id),
            visit_id {id} NOT NULL REFERENCES inspection_visits (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            region BIGINT NOT NULL,
            organisation_id {id} NOT NULL REFERENCES organisations (id),
            text TEXT NOT NULL,
            demand TEXT NOT NULL,
            due_on DATE NOT NULL,
            state TEXT NOT NULL,
            noted_ms BIGINT NOT NULL,
            noted_by {id} REFERENCES accounts (id),
            noted_by_name TEXT NOT NULL,
            version INTEGER NOT NULL
        )",
        "CREATE INDEX inspection_findings_inspection ON inspection_findings (inspection_id)",
        "CREATE INDEX inspection_findings_project ON inspection_findings (programme_id, project_id)",
        "CREATE INDEX inspection_findings_organisation ON inspection_findings (organisation_id, state)",
        "CREATE TABLE inspection_finding_acts (
            finding_id {id} NOT NULL REFERENCES inspection_findings (id),
            position INTEGER NOT NULL,
            id {id} NOT NULL UNIQUE,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            act TEXT NOT NULL,
            state TEXT NOT NULL,
            late BOOLEAN NOT NULL,
            account_id {id} REFERENCES accounts (id),
            account_name TEXT NOT NULL,
            organisation_name TEXT NOT NULL,
            text TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (finding_id, position)
        )",
    ],
};
