//! Organisations, persons, posts, accounts, roles and sessions.
