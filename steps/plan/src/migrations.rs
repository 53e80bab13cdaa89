//! The tables of this step. They stand after those of accounts and of the ledger.

use sea_orm_migration::prelude::*;
use store::migrations::uuid_type;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(ImportJobs)]
}

struct ImportJobs;

impl MigrationName for ImportJobs {
    fn name(&self) -> &str {
        "2026_11_22_plan_import_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for ImportJobs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        db.execute_unprepared(&format!(
            "CREATE TABLE import_jobs (
                id {id} NOT NULL PRIMARY KEY,
                account_id {id} NOT NULL REFERENCES accounts (id),
                name TEXT NOT NULL,
                file TEXT NOT NULL,
                state TEXT NOT NULL,
                done BIGINT NOT NULL,
                total BIGINT NOT NULL,
                report TEXT,
                faults TEXT,
                created_ms BIGINT NOT NULL,
                updated_ms BIGINT NOT NULL
            )"
        ))
        .await?;
        db.execute_unprepared("CREATE INDEX import_jobs_account ON import_jobs (account_id, id)").await?;
        Ok(())
    }
}
