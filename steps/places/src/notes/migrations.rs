//! The table of notes.

use store::migrations::Statements;

/// Notes about sites.
pub(crate) const SITE_NOTES: Statements = Statements {
    name: "2026_11_28_places_site_notes",
    run: &[
        "CREATE TABLE site_notes (
            id {id} NOT NULL PRIMARY KEY,
            site_id {id} NOT NULL REFERENCES sites (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            region BIGINT NOT NULL,
            words TEXT NOT NULL,
            written_ms BIGINT NOT NULL,
            account_id {id},
            by_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL
        )",
        "CREATE INDEX site_notes_site ON site_notes (site_id, written_ms)",
    ],
};
