//! The ledger's tables. Constraints stand in CREATE TABLE, where both databases take them.

use sea_orm_migration::MigrationTrait;
use store::migrations::Statements;

/// The ledger's migrations.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(REGIONS),
        Box::new(PROGRAMMES),
        Box::new(ENTRIES),
        Box::new(SHARES),
        Box::new(LEADS),
        Box::new(CORRECTIONS),
    ]
}

const REGIONS: Statements = Statements {
    name: "2026_11_21_ledger_regions",
    run: &[
        "CREATE TABLE regions (
            code BIGINT NOT NULL,
            valid_from INTEGER NOT NULL,
            valid_to INTEGER,
            name TEXT NOT NULL,
            level SMALLINT NOT NULL,
            parent BIGINT,
            id {id} NOT NULL UNIQUE,
            PRIMARY KEY (code, valid_from)
        )",
        "CREATE TABLE region_changes (
            old_code BIGINT NOT NULL,
            new_code BIGINT NOT NULL,
            year INTEGER NOT NULL,
            kind TEXT NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (old_code, new_code, year)
        )",
    ],
};

const PROGRAMMES: Statements = Statements {
    name: "2026_11_21_ledger_programmes",
    run: &[
        "CREATE TABLE programmes (
            id {id} NOT NULL PRIMARY KEY,
            slug TEXT NOT NULL UNIQUE,
            region BIGINT NOT NULL,
            year INTEGER NOT NULL,
            series TEXT NOT NULL,
            title TEXT NOT NULL,
            title_en TEXT NOT NULL,
            adopted_by TEXT NOT NULL,
            decision_mode TEXT NOT NULL,
            schedule_basis TEXT NOT NULL,
            progress_rule TEXT NOT NULL,
            default_cut_off {date},
            demo BOOLEAN NOT NULL,
            published BOOLEAN NOT NULL,
            version INTEGER NOT NULL,
            created_ms BIGINT NOT NULL,
            UNIQUE (region, year, series)
        )",
        "CREATE TABLE documents (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            code TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            publisher TEXT NOT NULL,
            published_on {date}
        )",
        "CREATE TABLE categories (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            position INTEGER NOT NULL,
            number INTEGER,
            name TEXT NOT NULL,
            UNIQUE (programme_id, name)
        )",
        "CREATE TABLE projects (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            category_id {id} NOT NULL REFERENCES categories (id),
            position INTEGER NOT NULL,
            number INTEGER,
            name TEXT NOT NULL,
            formal_name TEXT NOT NULL,
            content TEXT NOT NULL,
            UNIQUE (category_id, name)
        )",
        "CREATE TABLE indicators (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            number INTEGER NOT NULL,
            series TEXT NOT NULL,
            name TEXT NOT NULL,
            unit TEXT NOT NULL,
            kind TEXT NOT NULL,
            accumulation TEXT NOT NULL,
            direction TEXT NOT NULL,
            grain SMALLINT NOT NULL,
            purpose TEXT NOT NULL,
            statistic TEXT,
            fund_source TEXT,
            parent_id {id},
            relation TEXT,
            breakdown TEXT,
            matter TEXT,
            services TEXT NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (programme_id, number),
            UNIQUE (programme_id, series)
        )",
        "CREATE INDEX indicators_matter ON indicators (matter)",
        "CREATE TABLE matters (
            id {id} NOT NULL PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            name_en TEXT NOT NULL,
            caveat TEXT NOT NULL,
            caveat_en TEXT NOT NULL
        )",
        "CREATE TABLE responsibilities (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            indicator_id {id},
            region BIGINT NOT NULL,
            role TEXT NOT NULL,
            organisation_id {id},
            post_id {id},
            valid_from {date},
            valid_to {date}
        )",
        "CREATE INDEX responsibilities_project ON responsibilities (project_id)",
    ],
};

const ENTRIES: Statements = Statements {
    name: "2026_11_21_ledger_entries",
    run: &[
        "CREATE TABLE entries (
            id {id} NOT NULL PRIMARY KEY,
            programme_id {id} NOT NULL,
            indicator_id {id} NOT NULL REFERENCES indicators (id),
            region BIGINT NOT NULL,
            organisation_id {id},
            measure SMALLINT NOT NULL,
            as_of {date},
            effective_on {date} NOT NULL,
            value BIGINT,
            precision_code SMALLINT NOT NULL,
            qualifier TEXT NOT NULL,
            recorded_ms BIGINT NOT NULL,
            event_id {id} NOT NULL,
            supersedes {id} UNIQUE,
            withdrawn BOOLEAN NOT NULL
        )",
        "CREATE INDEX entries_series ON entries (indicator_id, region, effective_on)",
        "CREATE INDEX entries_event ON entries (event_id, id)",
        "CREATE TABLE entry_sources (
            entry_id {id} NOT NULL PRIMARY KEY REFERENCES entries (id),
            programme_id {id} NOT NULL,
            document_id {id},
            external_id TEXT,
            sequence INTEGER NOT NULL,
            place TEXT NOT NULL,
            year INTEGER NOT NULL,
            label TEXT NOT NULL,
            raw TEXT NOT NULL,
            unit TEXT NOT NULL,
            kind TEXT NOT NULL,
            flow TEXT NOT NULL,
            period_start {date},
            period_end {date},
            date_basis TEXT NOT NULL,
            parent TEXT,
            relation TEXT,
            area TEXT NOT NULL,
            tie BOOLEAN NOT NULL,
            breakdown TEXT,
            note TEXT,
            quote TEXT,
            reason TEXT,
            reason_text TEXT
        )",
        "CREATE INDEX entry_sources_external ON entry_sources (external_id)",
        "CREATE TABLE rollups (
            programme_id {id} NOT NULL,
            region BIGINT NOT NULL,
            indicator_id {id} NOT NULL,
            measure SMALLINT NOT NULL,
            as_of {date} NOT NULL,
            recorded_on {date} NOT NULL,
            delta BIGINT NOT NULL,
            places BIGINT NOT NULL,
            PRIMARY KEY (programme_id, region, indicator_id, measure, as_of, recorded_on)
        )",
    ],
};

const SHARES: Statements = Statements {
    name: "2026_11_24_ledger_shares",
    run: &[
        "ALTER TABLE indicators ADD COLUMN by_body BOOLEAN NOT NULL DEFAULT FALSE",
        // Targets are few among entries; without an index of their own, finding them reads all of them.
        "CREATE INDEX entries_targets ON entries (programme_id, indicator_id, region) WHERE measure = 1",
        "CREATE TABLE hands (
            entry_id {id} NOT NULL REFERENCES entries (id),
            position INTEGER NOT NULL,
            programme_id {id} NOT NULL,
            act TEXT NOT NULL,
            person TEXT NOT NULL,
            organisation TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (entry_id, position)
        )",
    ],
};

const LEADS: Statements = Statements {
    name: "2026_11_28_ledger_leads",
    run: &[
        // A board asks who leads at its places; without it, it reads who leads in every village.
        "CREATE INDEX responsibilities_place ON responsibilities (programme_id, region)",
    ],
};

const CORRECTIONS: Statements = Statements {
    name: "2026_11_29_ledger_corrections",
    run: &[
        // The desk tells the latest corrections: few among entries, like targets.
        "CREATE INDEX entries_corrections ON entries (programme_id, id) WHERE supersedes IS NOT NULL",
    ],
};
