//! The table of imported boundaries.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// Boundaries: a later version of a division's boundary takes the place of the one before, which stays on record.
pub(crate) struct Boundaries;

impl MigrationName for Boundaries {
    fn name(&self) -> &str {
        "2026_11_28_places_boundaries"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Boundaries {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        let statement = "CREATE TABLE boundaries (
            region BIGINT NOT NULL,
            version INTEGER NOT NULL,
            id {id} NOT NULL UNIQUE,
            name TEXT NOT NULL,
            crs TEXT NOT NULL,
            source TEXT NOT NULL,
            shape TEXT NOT NULL,
            at_ms BIGINT NOT NULL,
            PRIMARY KEY (region, version)
        )";
        db.execute_unprepared(&statement.replace("{id}", id)).await?;
        Ok(())
    }
}
