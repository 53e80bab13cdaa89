//! The tables of sites.

use store::migrations::Statements;

/// Sites, their versions, and the counter of their codes.
pub(crate) const SITES: Statements = Statements {
    name: "2026_11_28_places_sites",
    run: &[
        "CREATE TABLE sites (
            id {id} NOT NULL PRIMARY KEY,
            code TEXT NOT NULL UNIQUE,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            project_id {id} NOT NULL REFERENCES projects (id),
            indicator_id {id} REFERENCES indicators (id),
            reference TEXT NOT NULL,
            name TEXT NOT NULL,
            address TEXT NOT NULL,
            region BIGINT NOT NULL,
            kind TEXT NOT NULL,
            stage TEXT NOT NULL,
            body TEXT NOT NULL,
            telephone TEXT NOT NULL,
            starts_on DATE,
            due_on DATE,
            finished_on DATE,
            quantity BIGINT,
            money BIGINT,
            attributes TEXT NOT NULL,
            crs TEXT NOT NULL,
            given TEXT,
            lng_e7 INTEGER,
            lat_e7 INTEGER,
            shape TEXT,
            outside BOOLEAN NOT NULL,
            note TEXT NOT NULL,
            version INTEGER NOT NULL,
            changed_ms BIGINT NOT NULL,
            withdrawn BOOLEAN NOT NULL,
            UNIQUE (programme_id, reference)
        )",
        "CREATE INDEX sites_project ON sites (project_id, region)",
        "CREATE TABLE site_versions (
            site_id {id} NOT NULL REFERENCES sites (id),
            version INTEGER NOT NULL,
            programme_id {id} NOT NULL REFERENCES programmes (id),
            at_ms BIGINT NOT NULL,
            account_id {id},
            by_name TEXT NOT NULL,
            withdrawn BOOLEAN NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (site_id, version)
        )",
        "CREATE TABLE site_counter (
            id INTEGER NOT NULL PRIMARY KEY,
            last BIGINT NOT NULL,
            stamp BIGINT NOT NULL
        )",
        "INSERT INTO site_counter (id, last, stamp) VALUES (1, 0, 0)",
    ],
};

/// The text that lists are searched by.
pub(crate) const SITE_SEARCH: Statements = Statements {
    name: "2026_11_28_places_site_search",
    run: &[
        "ALTER TABLE sites ADD COLUMN normalised TEXT NOT NULL DEFAULT ''",
        // As near as SQL comes to it; a site gets the very form with its next change.
        "UPDATE sites SET normalised = LOWER(name || ' ' || reference || ' ' || address || ' ' || code)",
    ],
};
