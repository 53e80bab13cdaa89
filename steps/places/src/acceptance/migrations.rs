//! The table of checks.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// Checks of sites.
pub(crate) struct SiteChecks;

impl MigrationName for SiteChecks {
    fn name(&self) -> &str {
        "2026_11_29_places_site_checks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SiteChecks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        let table = "CREATE TABLE site_checks (
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
        )";
        db.execute_unprepared(&table.replace("{id}", id)).await?;
        db.execute_unprepared("CREATE INDEX site_checks_site ON site_checks (site_id, at_ms)").await?;
        Ok(())
    }
}
