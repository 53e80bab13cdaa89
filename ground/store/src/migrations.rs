//! The tables of the ground: the audit chain and the search index.
//!
//! Every crate that has tables offers its own list; the binary runs them in the order of the house. Migrations
//! expand, then contract, and never use entities.

use sea_orm_migration::MigratorTraitSelf;
use sea_orm_migration::prelude::*;

use crate::Backend;

/// A crate's own migrations, in their order.
pub type Migrations = fn() -> Vec<Box<dyn MigrationTrait>>;

/// Several crates' migrations, those first on which others stand.
pub(crate) struct Lists<'a>(pub(crate) &'a [Migrations]);

impl MigratorTraitSelf for Lists<'_> {
    fn migrations(&self) -> Vec<Box<dyn MigrationTrait>> {
        self.0.iter().flat_map(|list| list()).collect()
    }
}

/// A migration that is nothing but statements, run in their order. In them `{id}` stands for the type of a key, `{date}` for
/// that of a day.
#[derive(Clone, Copy, Debug)]
pub struct Statements {
    /// Under which it is remembered that it ran; never changed afterwards.
    pub name: &'static str,
    /// What is run.
    pub run: &'static [&'static str],
}

impl MigrationName for Statements {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Statements {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = db.get_database_backend();
        let date = if backend == Backend::Postgres { "DATE" } else { "TEXT" };
        for statement in self.run {
            db.execute_unprepared(&statement.replace("{id}", uuid_type(backend)).replace("{date}", date)).await?;
        }
        Ok(())
    }
}

/// The ground's own migrations.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(AuditChain), Box::new(SearchIndex)]
}

struct AuditChain;

impl MigrationName for AuditChain {
    fn name(&self) -> &str {
        "2026_11_21_store_audit_chain"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AuditChain {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let id = uuid_type(db.get_database_backend());
        db.execute_unprepared(&format!(
            "CREATE TABLE audit_events (
                number BIGINT NOT NULL PRIMARY KEY,
                id {id} NOT NULL UNIQUE,
                at_ms BIGINT NOT NULL,
                account_id {id},
                actor TEXT NOT NULL,
                action TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                detail TEXT NOT NULL,
                previous TEXT NOT NULL,
                hash TEXT NOT NULL
            )"
        ))
        .await?;
        db.execute_unprepared("CREATE INDEX audit_events_subject ON audit_events (subject_kind, subject)").await?;
        db.execute_unprepared(
            "CREATE TABLE audit_heads (id INTEGER NOT NULL PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL)",
        )
        .await?;
        let genesis = crate::audit::GENESIS;
        db.execute_unprepared(&format!("INSERT INTO audit_heads (id, number, hash) VALUES (1, 0, '{genesis}')"))
            .await?;
        Ok(())
    }
}

struct SearchIndex;

impl MigrationName for SearchIndex {
    fn name(&self) -> &str {
        "2026_11_21_store_search_index"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SearchIndex {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let columns = "kind TEXT NOT NULL, region BIGINT NOT NULL, year INTEGER NOT NULL, title TEXT NOT NULL,
             text TEXT NOT NULL, path TEXT NOT NULL, normalised TEXT NOT NULL";
        if db.get_database_backend() == Backend::Postgres {
            db.execute_unprepared(&format!(
                "CREATE TABLE search_documents (id UUID NOT NULL PRIMARY KEY, {columns}, tokens TSVECTOR NOT NULL)"
            ))
            .await?;
            db.execute_unprepared("CREATE INDEX search_documents_tokens ON search_documents USING GIN (tokens)")
                .await?;
        } else {
            db.execute_unprepared(&format!(
                "CREATE TABLE search_documents (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, {columns})"
            ))
            .await?;
            db.execute_unprepared(
                "CREATE VIRTUAL TABLE search_tokens USING fts5 \
                 (tokens, content='', contentless_delete=1, detail=none, tokenize='unicode61 remove_diacritics 0')",
            )
            .await?;
        }
        Ok(())
    }
}

/// The column type of a key: both databases keep sixteen bytes.
fn uuid_type(backend: Backend) -> &'static str {
    if backend == Backend::Postgres { "UUID" } else { "BLOB" }
}
