//! The tables of this step.

use sea_orm_migration::prelude::*;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    let mut migrations = crate::chargers::migrations();
    migrations.push(Box::new(crate::registers::migrations::Registers));
    migrations
}
