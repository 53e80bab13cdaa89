//! The tables of registers.

use store::migrations::Statements;

/// Entries and their versions.
pub(crate) const REGISTERS: Statements = Statements {
    name: "2026_11_28_places_registers",
    run: &[
        "CREATE TABLE register_entries (
            id {id} NOT NULL PRIMARY KEY,
            service TEXT NOT NULL,
            region BIGINT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            lng TEXT NOT NULL,
            lat TEXT NOT NULL,
            crs TEXT NOT NULL,
            lng_e7 INTEGER,
            lat_e7 INTEGER,
            hours TEXT NOT NULL,
            grade TEXT NOT NULL,
            stage TEXT NOT NULL,
            as_of DATE NOT NULL,
            attributes TEXT NOT NULL,
            normalised TEXT NOT NULL,
            demo BOOLEAN NOT NULL,
            version INTEGER NOT NULL,
            changed_ms BIGINT NOT NULL,
            UNIQUE (service, region, name)
        )",
        "CREATE INDEX register_entries_place ON register_entries (service, lng_e7)",
        "CREATE TABLE register_versions (
            entry_id {id} NOT NULL REFERENCES register_entries (id),
            version INTEGER NOT NULL,
            content TEXT NOT NULL,
            account_id {id} REFERENCES accounts (id),
            account_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (entry_id, version)
        )",
    ],
};
