//! The tables of this step.

use sea_orm_migration::prelude::*;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    let mut migrations = crate::chargers::migrations();
    migrations.push(Box::new(crate::registers::migrations::Registers));
    migrations.push(Box::new(crate::sites::migrations::Sites));
    migrations.push(Box::new(crate::map::migrations::Boundaries));
    migrations.push(Box::new(crate::feedback::migrations::Feedback));
    migrations.push(Box::new(crate::notes::migrations::SiteNotes));
    migrations.push(Box::new(crate::sites::migrations::SiteSearch));
    migrations.push(Box::new(crate::acceptance::migrations::SiteChecks));
    migrations
}
