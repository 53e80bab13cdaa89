//! The table of imported boundaries.

use store::migrations::Statements;

/// Boundaries: a later version of a division's boundary takes the place of the one before, which stays on record.
pub(crate) const BOUNDARIES: Statements = Statements {
    name: "2026_11_28_places_boundaries",
    run: &["CREATE TABLE boundaries (
            region BIGINT NOT NULL,
            version INTEGER NOT NULL,
            id {id} NOT NULL UNIQUE,
            name TEXT NOT NULL,
            crs TEXT NOT NULL,
            source TEXT NOT NULL,
            shape TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (region, version)
        )"],
};
