//! The table of notes.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// Notes about sites.
pub(crate) struct SiteNotes;

impl MigrationName for SiteNotes {
    fn name(&self) -> &str {
        "2026_11_28_places_site_notes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SiteNotes {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        let table = "CREATE TABLE site_notes (
            id {id} NOT NULL PRIMARY KEY,
            site_id {id} NOT NULL REFERENCES sites (id),
            programme_id {id} NOT NULL REFERENCES programmes (id),
            region BIGINT NOT NULL,
            words TEXT NOT NULL,
            written_ms BIGINT NOT NULL,
            account_id {id},
            by_name TEXT NOT NULL,
            at_ms BIGINT NOT NULL
        )";
        db.execute_unprepared(&table.replace("{id}", id)).await?;
        db.execute_unprepared("CREATE INDEX site_notes_site ON site_notes (site_id, written_ms)").await?;
        Ok(())
    }
}
