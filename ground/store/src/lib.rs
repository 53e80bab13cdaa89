//! Connection, transactions, audit chain and text search on SQLite and PostgreSQL.
