//! The tables of this step.

use sea_orm_migration::MigrationTrait;

/// The migrations, in order.
pub fn list() -> Vec<Box<dyn MigrationTrait>> {
    let mut migrations = crate::chargers::migrations();
    migrations.push(Box::new(crate::registers::migrations::REGISTERS));
    migrations.push(Box::new(crate::sites::migrations::SITES));
    migrations.push(Box::new(crate::map::migrations::BOUNDARIES));
    migrations.push(Box::new(crate::feedback::migrations::FEEDBACK));
    migrations.push(Box::new(crate::notes::migrations::SITE_NOTES));
    migrations.push(Box::new(crate::sites::migrations::SITE_SEARCH));
    migrations.push(Box::new(crate::acceptance::migrations::SITE_CHECKS));
    migrations
}
