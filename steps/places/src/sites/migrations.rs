//! The tables of sites.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// Sites, their versions, and the counter of their codes.
pub(crate) struct Sites;

impl MigrationName for Sites {
    fn name(&self) -> &str {
        "2026_11_28_places_sites"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Sites {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        let statements = [
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
        ];
        for statement in statements {
            db.execute_unprepared(&statement.replace("{id}", id)).await?;
        }
        Ok(())
    }
}

/// The text that lists are searched by.
pub(crate) struct SiteSearch;

impl MigrationName for SiteSearch {
    fn name(&self) -> &str {
        "2026_11_28_places_site_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SiteSearch {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("ALTER TABLE sites ADD COLUMN normalised TEXT NOT NULL DEFAULT ''").await?;
        // As near as SQL comes to it; a site gets the very form with its next change.
        let text = "LOWER(name || ' ' || reference || ' ' || address || ' ' || code)";
        db.execute_unprepared(&format!("UPDATE sites SET normalised = {text}")).await?;
        Ok(())
    }
}
