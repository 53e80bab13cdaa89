//! The table of checks.

use store::migrations::Statements;

/// Checks of sites.
pub(crate) const SITE_CHECKS: Statements = Statements {
    name: "2026_11_29_places_site_checks",
    run: &[
        "CREATE TABLE site_checks (
            id {id} NOT NULL PRIMARY KEY,
            site_id {id} NOT NULL REFERENCES sites (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            region BIGINT NOT NULL,
            looked_on DATE NOT NULL,
            verdict TEXT NOT NULL,
            found TEXT NOT NULL,
            account_id {id},
            by_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL
        )",
        "CREATE INDEX site_checks_site ON site_checks (site_id, at_ms)",
    ],
};
